"""What the rule of late charges looks at, as the ledger has it: late invoices with what was paid and charged, letters, costs, orders."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol, TypeVar

from sqlalchemy import Connection

import sql
from billing.disputes import Dispute, contested
from billing.interest import Debt, Reduction, due_for_interest
from billing.late_charges import Booked, Cost, LateInvoice, LatePayer, Letter, Restored
from billing.money import CENT
from tasks.collecting.announcing import days_of_debit
from tasks.settings import Settings


@dataclass(frozen=True, slots=True)
class LateInvoiceRow:
    """An invoice that was late, and what is owed of it after its credit notes. EUR including VAT."""

    invoice_id: int
    payer_id: str
    number: str
    issued_on: date
    due_on: date
    amount: Decimal
    clause: str


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """What was paid, set off or (below zero) taken back of an invoice. EUR."""

    invoice_id: int
    paid_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class BookedRow:
    """Interest of an invoice on a debit note, or (below zero) credited. EUR."""

    invoice_id: int
    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """An invoice whose direct debit was handed back."""

    invoice_id: int


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter sent that has not come back, with what is not charged of it yet. EUR."""

    payer_id: str
    notice_id: int
    level: int
    sent_on: date
    fee: Decimal
    recovery_cost: Decimal
    policy: str
    clause: str


@dataclass(frozen=True, slots=True)
class CostRow:
    """A cost of recovery. EUR."""

    payer_id: str
    cost_id: str
    incurred_on: date
    amount: Decimal
    description: str


@dataclass(frozen=True, slots=True)
class RestoredRow:
    """An order that restored a service."""

    payer_id: str
    order_no: int
    effective_on: date


@dataclass(frozen=True, slots=True)
class Reading:
    """As of what is read: up to a day, an import of the feed, and what runs other than `run_id` (0 = any) have charged."""

    on: date
    import_no: int
    run_id: int = 0


class _OfInvoice(Protocol):
    @property
    def invoice_id(self) -> int: ...


class _OfPayer(Protocol):
    @property
    def payer_id(self) -> str: ...


InvoiceRow = TypeVar("InvoiceRow", bound=_OfInvoice)
PayersRow = TypeVar("PayersRow", bound=_OfPayer)


def late_payers(conn: Connection, settings: Settings, reading: Reading) -> list[LatePayer]:
    """Every payer that something may be charged to, by id."""
    invoices = late_invoices(conn, settings, reading)
    letters = _by_payer(sql.rows(conn, LetterRow, "late_charges/letters", day=reading.on, run_id=reading.run_id))
    costs = _by_payer(
        sql.rows(conn, CostRow, "late_charges/costs", day=reading.on, import_no=reading.import_no, run_id=reading.run_id)
    )  # fmt: skip
    restored = _by_payer(sql.rows(conn, RestoredRow, "late_charges/restored", day=reading.on, run_id=reading.run_id))
    return [
        LatePayer(
            payer_id,
            tuple(invoices.get(payer_id, ())),
            tuple(Letter(r.notice_id, r.level, r.sent_on, r.fee, r.recovery_cost, r.policy, r.clause) for r in letters.get(payer_id, ())),
            tuple(Cost(row.cost_id, row.incurred_on, row.amount, row.description) for row in costs.get(payer_id, ())),
            tuple(Restored(row.order_no, row.effective_on) for row in restored.get(payer_id, ())),
        )
        for payer_id in sorted({*invoices, *letters, *costs, *restored})
    ]


def late_invoices(
    conn: Connection, settings: Settings, reading: Reading, payer_ids: Sequence[str] | None = None
) -> Mapping[str, list[LateInvoice]]:
    """The invoices that were late by a day, by payer, oldest first; of the payers given, or of all.

    One that we debit later than it was due bears interest from then on: its debt is due on the day of the debit.
    """
    given = None if payer_ids is None else list(payer_ids)
    found = sql.rows(conn, LateInvoiceRow, "late_charges/invoices", day=reading.on, import_no=reading.import_no, payer_ids=given)
    ids = [row.invoice_id for row in found]
    paid = _by_invoice(sql.rows(conn, PaymentRow, "late_charges/payments", invoice_ids=ids, day=reading.on))
    booked = _by_invoice(sql.rows(conn, BookedRow, "late_charges/booked", invoice_ids=ids, day=reading.on, run_id=reading.run_id))
    debited = _days_of_debit(conn, settings, reading, found)
    disputes = _by_number(sql.rows(conn, Dispute, "late_charges/disputes", import_no=reading.import_no))
    theirs: dict[str, list[LateInvoice]] = defaultdict(list)
    for row in found:
        reductions = tuple(Reduction(each.paid_on, each.amount) for each in paid.get(row.invoice_id, ()))
        theirs[row.payer_id].append(
            LateInvoice(
                row.invoice_id,
                Debt(row.number, due_for_interest(row.due_on, debited.get(row.invoice_id)), row.amount.quantize(CENT), reductions),
                row.clause,
                contested(disputes.get(row.number, ()), row.number, row.amount, reading.on),
                tuple(Booked(each.on, each.amount) for each in booked.get(row.invoice_id, ())),
            )
        )
    return theirs


def _days_of_debit(conn: Connection, settings: Settings, reading: Reading, found: Sequence[LateInvoiceRow]) -> Mapping[int, date]:
    """The day on which each invoice that says so is debited, without those that came back."""
    issued = {row.invoice_id: (row.issued_on, row.due_on) for row in found}
    said = days_of_debit(conn, settings, issued, reading.import_no)
    came_back = sql.rows(conn, ReturnedRow, "late_charges/returned", invoice_ids=sorted(said), day=reading.on, run_id=reading.run_id)
    returned = {row.invoice_id for row in came_back}
    return {invoice_id: day for invoice_id, day in said.items() if invoice_id not in returned}


def _by_payer(rows: Iterable[PayersRow]) -> Mapping[str, list[PayersRow]]:
    grouped: dict[str, list[PayersRow]] = defaultdict(list)
    for row in rows:
        grouped[row.payer_id].append(row)
    return grouped


def _by_invoice(rows: Iterable[InvoiceRow]) -> Mapping[int, list[InvoiceRow]]:
    grouped: dict[int, list[InvoiceRow]] = defaultdict(list)
    for row in rows:
        grouped[row.invoice_id].append(row)
    return grouped


def _by_number(disputes: Iterable[Dispute]) -> Mapping[str, list[Dispute]]:
    grouped: dict[str, list[Dispute]] = defaultdict(list)
    for dispute in disputes:
        grouped[dispute.invoice_number].append(dispute)
    return grouped


__all__ = ["Reading", "late_invoices", "late_payers"]
