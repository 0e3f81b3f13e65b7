"""The drafts step: everything the run charges, one draft per payer and payment term, without a number yet (CG-1, CG-2.a)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from sqlalchemy import Connection

import sql
from billing.invoices import VatTotal, totals
from billing.vat import Treatment, treatment
from reports.records import Language
from reports.wording import wording
from tasks.ledger import Receipt, Run
from tasks.outside import Outside

INVOICE = ("invoice_id", "run_id", "kind", "payer_id", "payer_version", "payment_days", "net", "vat", "gross")
LINE = (
    "invoice_id",
    "line_seq",
    "contract_id",
    "end_client_id",
    "line_id",
    "product",
    "description",
    "charge",
    "from_day",
    "to_day",
    "quantity",
    "unit_price",
    "net",
    "vat_category",
    "vat_rate",
    "clause",
    "note",
)
VAT = ("invoice_id", "vat_category", "vat_rate", "base", "vat")


@dataclass(frozen=True, slots=True)
class ChargedLine:
    """What an invoice line is made of; days inclusive, `net` in EUR to the cent. The names of usage are empty: its product is the group."""

    payer_id: str
    payment_days: int
    contract_id: str
    end_client_id: str
    line_id: str
    product: str
    service: str
    name_fr: str
    name_nl: str
    name_en: str
    charge: str
    from_day: date
    to_day: date
    quantity: Decimal
    unit_price: Decimal | None
    net: Decimal
    clause: str
    note: str


@dataclass(frozen=True, slots=True)
class PayerRow:
    """Who pays, as known when the drafts are made."""

    payer_id: str
    version: int
    language: Language
    country: str
    vat_number: str
    delivery: Literal["email", "portal"]
    billing_emails: str


@dataclass(frozen=True, slots=True)
class Parked:
    """A payer left out of the run, why, and the way out."""

    run_id: int
    payer_id: str
    reason: str
    advice: str


def stage(outside: Outside, run: Run) -> Receipt:
    """Replace the drafts of the run; returns how many, their net total and how many payers are parked."""
    with outside.engine.begin() as conn:
        sql.run(conn, "drafts/delete_drafts", run_id=run.run_id)
        sql.run(conn, "drafts/delete_parked", run_id=run.run_id)
        payers = {payer.payer_id: payer for payer in sql.rows(conn, PayerRow, "drafts/payers", import_no=run.import_no)}
        lines = _charged_lines(conn, run)
        sql.write_each(conn, "drafts/park", _parked(run, payers, lines))
        parked = {row["payer_id"] for row in sql.dicts(conn, "drafts/parked", run_id=run.run_id)}
        drafts = _by_draft(line for line in lines if line.payer_id not in parked)
        net = _write(conn, run, payers, drafts)
    return Receipt({"drafts": len(drafts), "net": f"{net:.2f}", "parked payers": len(parked)})


def _charged_lines(conn: Connection, run: Run) -> list[ChargedLine]:
    found: list[ChargedLine] = []
    queries = ("recurring_lines", "addition_lines", "usage_lines") if run.period else ("one_off_lines", "recurring_lines")
    for query in queries:
        found += sql.rows(conn, ChargedLine, f"drafts/{query}", run_id=run.run_id, import_no=run.import_no)
    # What an orders run charges is payable on receipt, the prepaid subscriptions of Web Meeting included (WM-2.b).
    return found if run.period else [replace(line, payment_days=0) for line in found]


def _parked(run: Run, payers: dict[str, PayerRow], lines: Sequence[ChargedLine]) -> list[Parked]:
    found = []
    for payer_id in sorted({line.payer_id for line in lines}):
        payer = payers[payer_id]
        if payer.delivery == "email" and not _addresses(payer.billing_emails):
            reason = "no mail address to send the invoice to" if not payer.billing_emails else "no usable mail address"
            advice = f"set billing_emails of {payer_id} in parties.csv (or delivery = portal) and run again; else the next close bills it"
            found.append(Parked(run.run_id, payer_id, reason, advice))
    return found


def _addresses(billing_emails: str) -> list[str]:
    """The usable addresses: something before and a dotted domain after the only @, no blanks."""
    candidates = (address.strip() for address in billing_emails.split(";"))
    return [a for a in candidates if a.count("@") == 1 and " " not in a and a[0] != "@" and "." in a.partition("@")[2].strip(".")]


def _by_draft(lines: Iterable[ChargedLine]) -> dict[tuple[str, int], list[ChargedLine]]:
    drafts: dict[tuple[str, int], list[ChargedLine]] = defaultdict(list)
    for line in lines:
        drafts[line.payer_id, line.payment_days].append(line)
    return {key: sorted(drafts[key], key=_order_on_paper) for key in sorted(drafts)}


def _order_on_paper(line: ChargedLine) -> tuple[object, ...]:
    """By end client, contract, what recurs before what was used, then line and day."""
    return (line.end_client_id, line.contract_id, line.charge == "usage", line.line_id, line.from_day, line.to_day, line.product)


def _write(conn: Connection, run: Run, payers: dict[str, PayerRow], drafts: dict[tuple[str, int], list[ChargedLine]]) -> Decimal:
    ids = [int(row["invoice_id"]) for row in sql.dicts(conn, "drafts/next_invoice_ids", how_many=len(drafts))]
    invoices: list[tuple[object, ...]] = []
    lines: list[tuple[object, ...]] = []
    vat: list[tuple[object, ...]] = []
    net = Decimal("0.00")
    for invoice_id, ((payer_id, payment_days), charged) in zip(ids, drafts.items(), strict=True):
        payer = payers[payer_id]
        treated = treatment(payer.country, payer.vat_number, run.on)
        sums = totals([(line.net, treated) for line in charged])
        net += sums.net
        invoices.append(
            (invoice_id, run.run_id, "invoice", payer_id, payer.version, payment_days, sums.net, sums.vat, sums.gross),
        )
        lines += [_line_row(invoice_id, seq, line, payer, treated) for seq, line in enumerate(charged, start=1)]
        vat += [_vat_row(invoice_id, total) for total in sums.by_category]
    sql.copy_in(conn, "invoice", INVOICE, invoices)
    sql.copy_in(conn, "invoice_line", LINE, lines)
    sql.copy_in(conn, "invoice_vat", VAT, vat)
    return net


def _line_row(invoice_id: int, seq: int, line: ChargedLine, payer: PayerRow, treated: Treatment) -> tuple[object, ...]:
    return (
        invoice_id,
        seq,
        line.contract_id,
        line.end_client_id,
        line.line_id,
        line.product,
        _description(line, payer.language),
        line.charge,
        line.from_day,
        line.to_day,
        line.quantity,
        line.unit_price,
        line.net,
        treated.category,
        treated.rate,
        line.clause,
        line.note,
    )


def _description(line: ChargedLine, language: Language) -> str:
    """The product, or for usage the destination group, as the payer's language calls it."""
    if line.charge == "usage":
        return wording(language).group(line.product)
    return {"fr": line.name_fr, "nl": line.name_nl, "en": line.name_en}[language]


def _vat_row(invoice_id: int, total: VatTotal) -> tuple[object, ...]:
    return (invoice_id, total.category, total.rate, total.base, total.vat)
