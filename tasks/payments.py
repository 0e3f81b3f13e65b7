"""Money in: a payment of one invoice, and what is open on a day."""

import logging
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, Engine

import sql
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
class OpenInvoiceOn:
    """An invoice or debit note (`kind`) with its open amount as of a day, of which `contested` is under an open dispute. EUR."""

    invoice_id: int
    payer_id: str
    number: str
    issued_on: date
    due_on: date
    structured_reference: str
    gross: Decimal
    open_amount: Decimal
    contested: Decimal
    kind: str
    credited: Decimal
    paid: Decimal


@dataclass(frozen=True, slots=True)
class Balance:
    """What an invoice comes to, what credit notes took back and what was paid of it so far, whatever the day. EUR."""

    invoice_id: int
    kind: str
    gross: Decimal
    credited: Decimal
    paid: Decimal


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
            raise PaymentRefused(f"{amount} EUR is more than the {left} EUR open on invoice {invoice_number}; pay at most that")
        sql.run(conn, "payments/record", invoice_id=balance.invoice_id, amount=amount, paid_on=on)
    receipt = PaymentReceipt(invoice_number, amount.quantize(CENT), on, left - amount)
    log.info("%s", receipt)
    return receipt


def open_invoices_on(conn: Connection, day: date) -> list[OpenInvoiceOn]:
    """All invoices open on a day, oldest due date first."""
    return sql.rows(conn, OpenInvoiceOn, "payments/open_invoices_on", day=day)


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
        raise PaymentRefused(f"invoice {number} is paid in full; check the number, or hand the money back")
    return due - balance.paid


__all__ = ["PaymentReceipt", "PaymentRefused", "open_invoices_on", "pay"]
