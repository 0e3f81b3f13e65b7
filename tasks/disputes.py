"""`billing disputes`: what payers contest on a day, what is asked meanwhile, and which claims came late (GC-9.3, GC-14.2, CG-4)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from sqlalchemy import Connection, Engine

import sql
from billing.clause import carries_out
from billing.disputes import CLAIM_DAYS, Dispute, is_late
from billing.money import CENT, ZERO
from tasks.csv_files import csv_text
from tasks.payments import open_invoices_on


@dataclass(frozen=True, slots=True)
class Disputed:
    """An issued document that may be disputed, and who pays it by its name of now. EUR including VAT."""

    number: str
    kind: str
    payer_id: str
    name: str
    issued_on: date
    gross: Decimal


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """A dispute that is open on a day, a row of the list. EUR including VAT.

    `open_amount` is what is open of its invoice, `contested` what all disputes of it hold back and `asked` what is claimed meanwhile;
    `guaranteed` is what the bank guarantees of these disputes cover, which bars suspension. `late` = claimed after more than 30 days.
    """

    payer_id: str
    name: str
    dispute_id: str
    invoice_number: str
    issued_on: date
    opened_on: date
    days: int
    late: bool
    phase: str
    amount: Decimal
    guarantee: Decimal
    open_amount: Decimal
    contested: Decimal
    asked: Decimal
    guaranteed: Decimal


def disputed(conn: Connection, numbers: Iterable[str]) -> Mapping[str, Disputed]:
    """Returns the issued documents of the numbers given, by number; what is not issued is missing."""
    return {one.number: one for one in sql.rows(conn, Disputed, "disputes/invoices", numbers=sorted(set(numbers)))}


def open_disputes(conn: Connection, on: date) -> list[tuple[Dispute, Disputed]]:
    """Returns the disputes that stand on a day with their documents, oldest first; those of a document not issued by then are left out."""
    standing = [one for one in sql.rows(conn, Dispute, "payments/disputes") if one.is_open(on)]
    documents = disputed(conn, (one.invoice_number for one in standing))
    found = [(one, documents[one.invoice_number]) for one in standing if one.invoice_number in documents]
    return sorted(found, key=lambda pair: (pair[0].opened_on, pair[0].dispute_id))


@carries_out("GC-14.2")
def late_claims(conn: Connection, on: date) -> list[tuple[Dispute, Disputed]]:
    """Returns the open disputes claimed more than 30 days after their invoice, oldest first: finance decides what becomes of each."""
    return [(dispute, document) for dispute, document in open_disputes(conn, on) if is_late(dispute, document.issued_on)]


def late_lines(conn: Connection, on: date) -> tuple[str, ...]:
    """Returns a line for each late claim of a day, for finance."""
    return tuple(
        f"{document.payer_id}: dispute {one.dispute_id} of {one.amount:.2f} EUR on {document.number} came "
        f"{(one.opened_on - document.issued_on).days} days after it, more than {CLAIM_DAYS}: finance decides (GC-14.2)"
        for one, document in late_claims(conn, on)
    )


def disputes_on(engine: Engine, on: date) -> list[DisputeRow]:
    """Returns the disputes open on a day by payer, invoice and opening day, from what is known now."""
    with engine.connect() as conn:
        found = open_disputes(conn, on)
        open_now = {one.number: (one.open_amount, one.contested, one.covered) for one in open_invoices_on(conn, on)}
    rows = [_row(dispute, document, *open_now.get(document.number, (ZERO, ZERO, ZERO))) for dispute, document in found]
    return sorted(rows, key=lambda row: (row.payer_id, row.invoice_number, row.opened_on, row.dispute_id))


def _row(dispute: Dispute, document: Disputed, open_amount: Decimal, contested: Decimal, guaranteed: Decimal) -> DisputeRow:
    return DisputeRow(
        document.payer_id,
        document.name,
        dispute.dispute_id,
        document.number,
        document.issued_on,
        dispute.opened_on,
        (dispute.opened_on - document.issued_on).days,
        is_late(dispute, document.issued_on),
        dispute.phase,
        dispute.amount.quantize(CENT),
        dispute.guarantee.quantize(CENT),
        open_amount.quantize(CENT),
        contested.quantize(CENT),
        (open_amount - contested).quantize(CENT),
        guaranteed.quantize(CENT),
    )


def as_csv(rows: Sequence[DisputeRow]) -> str:
    """The list as CSV, with a header."""
    return csv_text(DisputeRow, rows).rstrip("\n")


def as_text(rows: Sequence[DisputeRow], on: date) -> str:
    """The list as lines of text, payer by payer; late claims last once more, for the person who decides."""
    return "\n".join(_lines(rows, on))


def _lines(rows: Sequence[DisputeRow], on: date) -> Iterator[str]:
    yield f"Disputes open on {on}, EUR including VAT"
    for (payer_id, name), theirs in groupby(rows, key=lambda row: (row.payer_id, row.name)):
        yield f"{payer_id} ({name})"
        for _, of_invoice in groupby(theirs, key=lambda row: row.invoice_number):
            yield from _of_invoice(list(of_invoice))
    if not rows:
        yield "  none"
    late = [row for row in rows if row.late]
    if late:
        count = "1 late claim waits" if len(late) == 1 else f"{len(late)} late claims wait"
        yield f"{count} for a decision (GC-14.2): deliver closed_on where it is not admitted; until then the amount is not asked for"


def _of_invoice(rows: Sequence[DisputeRow]) -> Iterator[str]:
    first = rows[0]
    asked = f"open {first.open_amount:,.2f}, asked meanwhile {first.asked:,.2f}"
    yield f"  invoice {first.invoice_number} of {first.issued_on}: {asked}{_barred(first)}"
    for row in rows:
        late = f"  LATE: {row.days} days after the invoice, more than {CLAIM_DAYS}" if row.late else ""
        guarantee = f"  guarantee {row.guarantee:,.2f}" if row.guarantee else ""
        yield f"    {row.dispute_id}  opened {row.opened_on}  {row.amount:>12,.2f}  {row.phase}{guarantee}{late}"


def _barred(row: DisputeRow) -> str:
    return f", no suspension for the {row.guaranteed:,.2f} guaranteed (GC-9.3)" if row.guaranteed else ""


__all__ = ["DisputeRow", "Disputed", "as_csv", "as_text", "disputed", "disputes_on", "late_claims", "late_lines", "open_disputes"]
