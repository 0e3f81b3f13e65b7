"""A close as the report shows it, invented but consistent: every sum is the sum of its parts, for any number of payers."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from billing.ageing import BUCKETS
from billing.change_reasons import Line, changes, largest_of, reasons
from billing.invoices import totals
from billing.money import ZERO
from billing.vat import Treatment
from reports import close_records as r
from reports.gate_page import Finding, GateReport

D = Decimal
VAT = Treatment("S", D("21.00"))
HASH = "ab" * 32
NAMES = ("Boulangerie Peeters", "Cabinet Lambert & Fils", "Garage Van Damme", "Atelier \N{LATIN CAPITAL LETTER E WITH ACUTE}toile")


def lines_of(payers: int, month: int) -> list[Line]:
    """The lines of a month: payers come and go at the ends, users and prices change, calls vary, a telephone is sold."""
    made = []
    for at in range(month, payers + month):  # the first payer of last month is gone, one is new
        users, price = D(3 + (at * (month + 1)) % 4), D("31.00") + (at % 3 == 0) * month
        made += [
            Line(f"P{at:05d}", f"L{at}", "Business user", "recurring", users, price, users * price, "user"),
            Line(f"P{at:05d}", f"L{at}", "be_mobile", "usage", D(4), None, D(at * 7 * (month + 1) % 1999) / 100),
        ]
        if at % 5 == month:
            made.append(Line(f"P{at:05d}", "", "Desk phone", "one_off", D(1), D("89.00"), D("89.00"), "piece"))
    made.append(Line(f"P{month + 1:05d}", f"L{month + 1}", "Business user", "refund", D(1), D("-400.00"), D("-400.00"), "user"))
    return made


def close_of(payers: int = 12, names: Sequence[str] = NAMES) -> r.CloseReport:
    """The close of October 2026, whose report is asked for; its payers bear the names given, in turn."""
    before, now = lines_of(payers, 0), lines_of(payers, 1)
    found = changes(before, now)
    shown = tuple(
        r.PayerChange(
            one.payer_id, names[at % len(names)], one.net_now, one.net_before, one.reasons, one.explanation, link_of(one.payer_id)
        )
        for at, one in enumerate(found)
    )
    largest = {one.payer_id for one in largest_of(found)}
    documents = tuple(_invoice(at, one) for at, one in enumerate(sorted({line.payer_id for line in now}), start=1))
    documents = tuple(
        _with(one, names[at % len(names)], [line for line in now if line.payer_id == one.payer_id]) for at, one in enumerate(documents)
    )
    return r.CloseReport(
        state="closed",
        month=date(2026, 10, 1),
        on=date(2026, 10, 28),
        before=date(2026, 9, 1),
        issued_on=date(2026, 10, 28),
        review=_review(),
        totals=_totals(now, documents),
        totals_before=_totals_before(before),
        reasons=reasons(changes(before, now)),
        services=_services(before, now),
        partners=_partners(before, now),
        destinations=(
            r.DestinationTotal("be_mobile", "Belgian mobile", "min", 1200, D("845.50"), D("3000.00"), _net(now, "usage"), _net(before, "usage")),
            r.DestinationTotal("sms_be", "SMS in Belgium", "", 7, D("7.00"), D("0.00"), ZERO, ZERO),
        ),
        changes=tuple(one for one in shown if one.payer_id in largest),
        charges=tuple(
            r.ChargeTotal(charge, sum(line.charge == charge for line in now), sum((line.net for line in now if line.charge == charge), ZERO))
            for charge in ("recurring", "usage", "one_off", "refund")
        ),
        gates=(
            GateReport("close 2026-10", "rating", "Rated usage", (
                Finding("held", "warning", "GC-2.2", "no usage is held back", "bring the contract into force", D(2), D(0), False, ({"line": "L-WAIT", "records": "2"},)),
                Finding("price_negative", "critical", "BT-2.e", "no call costs less than nothing", "look", D(0), D(0), True),
            )),
        ),
        parked=(r.Parked("P-X", names[0], D("310.00"), "no mail address to send the invoice to", "set billing_emails of P-X in parties.csv"),),
        not_in_force=(r.NotInForce("C9", "P9", names[-1], "written confirmation"),),
        failed=(r.Failed("2026-000007", "P00007", "email", "550 no such user"),),
        mailed=payers - 1,
        published=1,
        reconciliation=(
            r.ReconciliationRow("records", "usage records", (r.Part("imported since the last close", D(1210)), r.Part("left from it", D(3))),
                                (r.Part("charged", D(1200), "on the invoices"), r.Part("free", D(11)), r.Part("held", D(2)))),
            r.ReconciliationRow("elements", "elements of the inventory", (r.Part("in the snapshot", D(60)),), (r.Part("counted", D(60)),)),
            r.ReconciliationRow("euros", "charged without VAT", (r.Part("charges of the steps", D("1234.56")), r.Part("refunds", D("-400.00"))),
                                (r.Part("on the invoices", D("524.56")), r.Part("parked", D("310.00")))),
        ),
        receivables=r.Receivables(
            date(2026, 10, 28),
            tuple(r.AgeingBucket(bucket, D("1000.10") * at, D("0.05") * at) for at, bucket in enumerate(BUCKETS)), 4, D("12.50"),
        ),
        dunning=(r.DunningLevel(1, 3, 3, D("720.30")), r.DunningLevel(2, 1, 1, D("121.00"))),
        policies=(r.Policy("", "contract", "General commercial conditions CG-2.d"), r.Policy("consumer", "article119", "Law of 13 June 2005, art. 119")),
        snapshot_on=date(2026, 10, 28),
        elements=60,
        content_hash=HASH,
        order_invoices=2,
        order_net=D("178.00"),
        documents=(r.DocumentFiles("invoice", payers, 123456), r.DocumentFiles("summary", payers, 654321)),
        files=(r.FileEntry("invoices.csv", 2048, HASH), r.FileEntry("invoice_lines.csv", 8192, HASH)),
        invoices=documents,
        payers=shown,
    )  # fmt: skip


def brussels(at: str) -> datetime:
    """A moment of late October, when winter time has begun."""
    return datetime.fromisoformat(f"{at}+01:00")


def link_of(payer_id: str) -> str:
    """Where the document of a payer lies, from the workbook."""
    return f"invoices/{payer_id}.pdf"


def _net(lines: Sequence[Line], *charges: str) -> Decimal:
    return sum((line.net for line in lines if not charges or line.charge in charges), ZERO)


def _invoice(number: int, payer_id: str) -> r.InvoiceRow:
    return r.InvoiceRow(f"2026-{number:06d}", "invoice", payer_id, "", ZERO, ZERO, ZERO, date(2026, 11, 27), link_of(payer_id))


def _with(one: r.InvoiceRow, name: str, lines: Sequence[Line]) -> r.InvoiceRow:
    sums = totals((line.net, VAT) for line in lines)
    kind = "credit_note" if sums.net < 0 else "invoice"
    return r.InvoiceRow(one.number, kind, one.payer_id, name, sums.net, sums.vat, sums.gross, one.due_on, one.link)


def _totals(now: Sequence[Line], documents: Sequence[r.InvoiceRow]) -> r.Totals:
    notes = sum(one.kind == "credit_note" for one in documents)
    vat = sum((one.vat for one in documents), ZERO)
    return r.Totals(len(documents) - notes, notes, len(documents), _net(now), vat, _net(now) + vat)


def _totals_before(before: Sequence[Line]) -> r.Totals:
    sums = totals((line.net, VAT) for line in before)
    return r.Totals(len(changes(before, [])), 0, len(changes(before, [])), sums.net, sums.vat, sums.gross)


def _services(before: Sequence[Line], now: Sequence[Line]) -> tuple[r.ServiceTotal, ...]:
    recurring, usage, other = _net(now, "recurring"), _net(now, "usage"), _net(now, "one_off", "refund")
    return (
        r.ServiceTotal("business_telephony", recurring, usage, ZERO, recurring + usage, _net(before, "recurring", "usage")),
        r.ServiceTotal("", ZERO, ZERO, other, other, _net(before, "one_off", "refund")),
    )


def _partners(before: Sequence[Line], now: Sequence[Line]) -> tuple[r.PartnerTotal, ...]:
    ours = [line for line in now if line.payer_id.endswith("0")], [line for line in before if line.payer_id.endswith("0")]
    rest = [line for line in now if not line.payer_id.endswith("0")], [line for line in before if not line.payer_id.endswith("0")]
    return (
        r.PartnerTotal("", "", len({line.payer_id for line in rest[0]}), _net(rest[0]), _net(rest[1])),
        r.PartnerTotal("P00010", "Partner ICT", len({line.payer_id for line in ours[0]}), _net(ours[0]), _net(ours[1])),
    )


def _review() -> r.Review:
    at = brussels("2026-10-28 09:30")
    return r.Review(
        at, brussels("2026-10-30 09:30"), 1,
        (r.Decision("reject", "An Peeters", brussels("2026-10-28 10:00"), "P00003 is a test account", (), ""),
         r.Decision("exclude", "An Peeters", brussels("2026-10-28 11:00"), "", ("P-X", "P-Y"), ""),
         r.Decision("approve", "Claire Dubois", brussels("2026-10-28 12:00"), "", (), "")),
        "Claire Dubois", brussels("2026-10-28 12:00"),
    )  # fmt: skip
