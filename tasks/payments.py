"""Money in: a payment of one invoice, and what is open on a day."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, Engine

import sql
from billing.disputes import Dispute, contested, covered
from billing.money import CENT
from tasks.ledger import Stopped

log = logging.getLogger(__name__)


class PaymentRefused(Stopped):
    """A payment that was not recorded; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class PaymentReceipt:
    """A recorded payment, and what is open of the invoice after it. EUR."""

    number: str
    amount: Decimal
    on: date
    open_after: Decimal

    def __str__(self) -> str:
        left = f"{self.open_after} EUR stay open" if self.open_after else "it is paid in full"
        return f"invoice {self.number}: {self.amount} EUR paid on {self.on}, {left}"


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """An invoice or debit note (`kind`) with its open amount as of a day, and what credit notes and payments took off it by then. EUR."""

    invoice_id: int
    payer_id: str
    number: str
    issued_on: date
    due_on: date
    structured_reference: str
    gross: Decimal
    open_amount: Decimal
    kind: str
    credited: Decimal
    paid: Decimal


@dataclass(frozen=True, slots=True)
class OpenInvoiceOn(OpenDocument):
    """An open document of which `contested` is under open disputes, and `covered` of that by their guarantees. EUR."""

    contested: Decimal
    covered: Decimal


@dataclass(frozen=True, slots=True)
class Balance:
    """What an invoice comes to, what credit notes took back and what was paid of it so far, whatever the day. EUR.

    `given_up` is no money, and part of what was paid.
    """

    invoice_id: int
    kind: str
    gross: Decimal
    credited: Decimal
    paid: Decimal
    given_up: Decimal

    @property
    def left(self) -> Decimal:
        """What is open of it."""
        return self.gross - self.credited - self.paid

    def take_back(self, number: str, what: str) -> str:
        """Where a part was given up: that it is to be taken back before `what`; nothing otherwise."""
        if self.given_up <= 0:
            return ""
        return f"; {self.given_up} EUR of it were given up: take it back with `billing write-off {number} --take-back`, then {what}"


def pay(engine: Engine, invoice_number: str, amount: Decimal, on: date) -> PaymentReceipt:
    """Record a payment of an invoice.

    Raises PaymentRefused for an unknown number, or an amount that is not in cents, not above zero, or more than is open; two payments
    at the same time can never add up to more.
    """
    _check_amount(invoice_number, amount)
    with engine.begin() as conn:
        sql.run(conn, "payments/lock", number=invoice_number)  # a statement of its own: the balance is read after the wait
        balance = sql.one(conn, Balance, "payments/balance", number=invoice_number)
        left = _open(invoice_number, balance)
        assert balance is not None
        if amount > left:
            hint = balance.take_back(invoice_number, "note the payment") or "; pay at most that"
            raise PaymentRefused(f"{amount} EUR is more than the {left} EUR open on invoice {invoice_number}{hint}")
        sql.run(conn, "payments/record", invoice_id=balance.invoice_id, amount=amount, paid_on=on)
    receipt = PaymentReceipt(invoice_number, amount.quantize(CENT), on, left - amount)
    log.info("%s", receipt)
    return receipt


def open_invoices_on(conn: Connection, day: date) -> list[OpenInvoiceOn]:
    """All invoices and debit notes open on a day, oldest due date first, with what is contested of them by the disputes known now."""
    disputes = by_invoice(sql.rows(conn, Dispute, "payments/disputes"))
    found = sql.rows(conn, OpenDocument, "payments/open_invoices_on", day=day, due_before=None, known_now=False)
    return [_held(one, disputes[one.number], [day]) for one in found]


def late_invoices_on(conn: Connection, day: date) -> list[OpenInvoiceOn]:
    """Those of `open_invoices_on` that are past their due date, without what was paid, credited or contested since: what may be asked for.

    A day that is done late asks nobody for money that has come in meanwhile.
    """
    disputes = by_invoice(sql.rows(conn, Dispute, "payments/disputes"))
    found = sql.rows(conn, OpenDocument, "payments/open_invoices_on", day=day, due_before=day, known_now=True)
    return [_held(one, disputes[one.number], [day, date.max]) for one in found]


def by_invoice(disputes: Iterable[Dispute]) -> Mapping[str, list[Dispute]]:
    """Returns the disputes by the number of their invoice, none for any other number."""
    found: dict[str, list[Dispute]] = defaultdict(list)
    for dispute in disputes:
        found[dispute.invoice_number].append(dispute)
    return found


def _held(one: OpenDocument, disputes: Sequence[Dispute], days: Sequence[date]) -> OpenInvoiceOn:
    """The document with what is contested and covered of it on the day on which that is most."""
    return OpenInvoiceOn(
        **{field.name: getattr(one, field.name) for field in fields(one)},
        contested=max(contested(disputes, one.number, one.open_amount, day) for day in days),
        covered=max(covered(disputes, one.number, one.open_amount, day) for day in days),
    )


def _check_amount(number: str, amount: Decimal) -> None:
    if not amount.is_finite() or amount <= 0:
        raise PaymentRefused(f"{amount} EUR cannot be paid on invoice {number}; give an amount above 0.00")
    if amount != amount.quantize(CENT):
        raise PaymentRefused(f"{amount} EUR on invoice {number} has parts of a cent; give two decimals")


def _open(number: str, balance: Balance | None) -> Decimal:
    if balance is None:
        raise PaymentRefused(f"there is no invoice {number}; its number stands on the PDF and in invoices.csv")
    if balance.kind == "credit_note" or balance.gross <= 0:
        raise PaymentRefused(f"{number} is in the payer's favour ({balance.gross} EUR); nothing can be paid on it")
    due = balance.gross - balance.credited
    if due <= 0:
        raise PaymentRefused(f"invoice {number} is credited in full; check the number, or hand the money back")
    if balance.paid >= due:
        if hint := balance.take_back(number, "note the payment"):
            raise PaymentRefused(f"nothing is open of invoice {number}{hint}")
        raise PaymentRefused(f"invoice {number} is paid in full; check the number, or hand the money back")
    return due - balance.paid


__all__ = ["OpenInvoiceOn", "PaymentReceipt", "PaymentRefused", "by_invoice", "late_invoices_on", "open_invoices_on", "pay"]
