"""Invented invoices, credit notes and debit notes: payers of every kind, odd names, lines that multiply out and lines that do not."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import strategies as st

from billing.numbering import invoice_number, structured_reference
from reports.records import (
    Collection,
    EndClientSection,
    InvoiceHead,
    InvoiceRecord,
    Kind,
    LateRecord,
    LineRecord,
    Payer,
    VatCategory,
    VatLine,
)
from tests.documents.samples import SELLER

CENT, ZERO, FIRST = Decimal("0.01"), Decimal("0.00"), date(2026, 10, 1)
# Country, VAT number, Peppol id, mail address, and how the payer is taxed.
PAYERS: tuple[tuple[str, str, str, str, VatCategory], ...] = (
    ("BE", "BE0987654394", "", "pay@client.example", "S"),
    ("BE", "BE 0987.654.394", "0208:0987654394", "", "S"),
    ("BE", "", "", "pay@client.example", "S"),
    ("BE", "", "", "", "S"),
    ("FR", "", "", "pay@client.example", "S"),
    ("LU", "LU99000154", "9938:LU99000154", "", "AE"),
    ("DE", "DE999999000", "", "pay@client.example", "AE"),
    ("NL", "NL999990007B99", "", "", "AE"),
    ("US", "", "", "pay@client.example", "O"),
    ("CH", "CHE-123.456.788 MWST", "", "", "O"),
)
NOTES = ("", "", "pro_rata 9/31", "minimum_users counted=8 charged=9 clause=BT-2.h", "balance clause=CG-3.d")
ODD = ("\x00", "\x1b[31m", "\ud800", "<b>&amp;", "]]>", "\u202eOOB", "شركة الهاتف", "☎️🇧🇪", "\u00a0", "\t\n", "'\"", "\ufffe", "É", "x" * 90)
names = st.lists(st.one_of(st.sampled_from(ODD), st.text(max_size=12)), max_size=4).map("".join)
amounts = st.decimals("0.01", "3000000", places=2)


@st.composite
def line_records(draw: st.DrawFn, category: VatCategory, rate: Decimal) -> LineRecord:
    """A line of any charge: net exactly quantity × price, or calls with a price each, or a part of what quantity × price gives."""
    charge = draw(st.sampled_from(("recurring", "pro_rata", "usage", "one_off", "balance", "credit", "fee")))
    quantity = draw(st.one_of(st.integers(1, 5000).map(Decimal), st.decimals("0.000001", "99999", places=6)))
    price: Decimal | None = draw(st.decimals("0", "5000", places=draw(st.sampled_from((2, 4, 6)))))
    net = (quantity * (price or ZERO)).quantize(CENT, ROUND_HALF_UP)
    if charge == "usage":
        price, net = None, draw(st.one_of(st.just(ZERO), amounts))
    elif charge == "pro_rata":
        net = (net * 9 / 31).quantize(CENT, ROUND_HALF_UP)
    elif charge == "credit":
        quantity, net = Decimal(1), -draw(amounts)
        price = net
    from_day = FIRST + timedelta(days=draw(st.integers(0, 60)))
    note = f"usage seconds={draw(st.integers(0, 99999))} in_pack=60" if charge == "usage" else draw(st.sampled_from(NOTES))
    return LineRecord(
        draw(st.sampled_from(("C-1", "C-2", ""))), draw(st.sampled_from(("L-1", "L-2", "\x07", ""))),
        draw(st.sampled_from(("business_telephony", "sip_trunking", ""))), draw(names), draw(names), charge, from_day,
        from_day + timedelta(days=draw(st.integers(0, 31))), quantity, price, net, "BT-2.c", note, vat_category=category, vat_rate=rate,
    )  # fmt: skip


@st.composite
def records(draw: st.DrawFn) -> InvoiceRecord:
    """An invoice, credit note or debit note with 1 to 60 lines of one end client to five."""
    kind: Kind = draw(st.sampled_from(("invoice", "invoice", "credit_note", "debit_note")))
    country, vat_number, peppol_id, email, category = draw(st.sampled_from(PAYERS))
    if kind == "debit_note":
        category = "O"
    treatments = [(category, Decimal("21.00") if category == "S" else ZERO)]
    if category == "S" and draw(st.booleans()):
        treatments.append(("E", ZERO))
    lines = [draw(line_records(*draw(st.sampled_from(treatments)))) for _ in range(draw(st.one_of(st.integers(1, 6), st.integers(1, 60))))]
    lines = [replace(line, line_seq=number) for number, line in enumerate(_above_zero(lines), 1)]
    if kind == "debit_note":
        late = LateRecord("reminder_fee", letter_on=FIRST, level=2)
        lines = [replace(line, charge="fee", service="", contract_id="", late=late, note="") for line in lines]
    language = draw(st.sampled_from(("fr", "nl", "en")))
    payer = Payer("P-1", draw(names), draw(names), draw(names), draw(names), country, vat_number, language, peppol_id, email)
    return _signed(_record(kind, payer, lines, draw(st.integers(1, 5)), draw(names), is_debited=draw(st.booleans())))


def _above_zero(lines: list[LineRecord]) -> list[LineRecord]:
    """The lines, with one more where credits come to more than charges: no invoice goes below zero (GC-10.5)."""
    missing: dict[tuple[VatCategory, Decimal], Decimal] = defaultdict(Decimal)
    for line in lines:
        missing[line.vat_category, line.vat_rate] -= line.net
    filled = list(lines)
    for (category, rate), net in missing.items():
        if net > 0:
            filled.append(
                replace(
                    lines[0], charge="one_off", quantity=Decimal(1), unit_price=net, net=net, note="", vat_category=category, vat_rate=rate
                )
            )
    return filled


def _record(kind: Kind, payer: Payer, lines: list[LineRecord], clients: int, reason: str, *, is_debited: bool) -> InvoiceRecord:
    sections = []
    for client in range(clients):
        own = tuple(lines[client::clients])
        name = payer.name if client == 0 else f"Client {client} & Co"
        sections.append(EndClientSection("P-1" if client == 0 else f"EC-{client}", name, own, sum((line.net for line in own), ZERO)))
    vat = vat_of(lines)
    net, tax = sum((line.net for line in lines), ZERO), sum((line.vat for line in vat), ZERO)
    shown = [line for line in lines if line.charge != "credit"] or lines  # the day a credit was granted is no period billed
    head = InvoiceHead(
        invoice_number(kind, 2026, 17), kind, date(2026, 10, 28), date(2026, 11, 27), min(line.from_day for line in shown),
        max(line.to_day for line in shown), payer, SELLER, structured_reference(kind, 2026, 17), net, tax, net + tax,
        collection=Collection(date(2026, 11, 12), "BE71096123456769", "M-1", "BE81ZZZ0123456749") if is_debited else None,
    )  # fmt: skip
    if kind == "credit_note":
        head = replace(head, credits_number="2026-000003", credits_on=FIRST, reason=reason, collection=None)
    return InvoiceRecord(head, tuple(sections), vat)


def vat_of(lines: list[LineRecord]) -> tuple[VatLine, ...]:
    """VAT by category and rate, as the ledger has it: half up on the sum of the lines."""
    bases: dict[tuple[VatCategory, Decimal], Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        bases[line.vat_category, line.vat_rate] += line.net
    return tuple(
        VatLine(category, rate, base, (base * rate / 100).quantize(CENT, ROUND_HALF_UP)) for (category, rate), base in sorted(bases.items())
    )


def _signed(record: InvoiceRecord) -> InvoiceRecord:
    """The record as the ledger has it: a credit note below zero."""
    if record.head.kind != "credit_note":
        return record
    head = replace(record.head, net=-record.head.net, vat_total=-record.head.vat_total, gross=-record.head.gross)
    sections = tuple(
        replace(each, net=-each.net, lines=tuple(replace(line, net=-line.net) for line in each.lines)) for each in record.end_clients
    )
    return replace(record, head=head, end_clients=sections, vat=tuple(replace(line, base=-line.base, vat=-line.vat) for line in record.vat))
