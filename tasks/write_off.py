"""Finance no longer expects an amount of an invoice, `billing write-off`. It is a loss, not a payment; the invoice stays as it was."""

import logging
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, Engine

import sql
from billing.money import CENT
from tasks.ledger import Stopped
from tasks.payments import Balance

log = logging.getLogger(__name__)


class WriteOffRefused(Stopped):
    """An amount that was not given up; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class WriteOffReceipt:
    """What is given up of an invoice, and what is open of it after that. EUR."""

    number: str
    amount: Decimal
    on: date
    open_after: Decimal

    def __str__(self) -> str:
        left = f"{self.open_after} EUR stay open" if self.open_after else "nothing is open of it any more"
        return f"invoice {self.number}: {self.amount} EUR given up on {self.on}, {left}; its VAT is not taken back by this"


def write_off(engine: Engine, number: str, amount: Decimal | None, *, on: date, by: str, reason: str) -> WriteOffReceipt:
    """Give up an amount of an invoice or debit note, EUR with VAT; without an amount all that is open.

    Raises WriteOffRefused for an unknown number, a credit note, an amount that is not in cents, none or more than is open, a day before
    the issue, or when nobody decides or says why. Payments at the same time never make it more than is open.
    """
    _check(amount, by, reason)
    with engine.begin() as conn:
        sql.run(conn, "payments/lock", number=number)  # a statement of its own: the balance is read after the wait
        balance, left = _balance(conn, number, on)
        taken = left if amount is None else amount.quantize(CENT)
        if taken > left:
            raise WriteOffRefused(f"{taken} EUR is more than the {left} EUR open of invoice {number}; give up at most that")
        given = {"invoice_id": balance.invoice_id, "amount": taken, "on": on}
        write_off_no = sql.scalar(conn, "write_offs/record", **given, decided_by=by.strip(), reason=reason.strip())
        sql.run(conn, "write_offs/settle", **given, write_off_no=write_off_no)
    receipt = WriteOffReceipt(number, taken, on, left - taken)
    log.info("%s", receipt)
    return receipt


def given_up_before(engine: Engine, number: str, amount: Decimal, *, on: date, by: str, reason: str) -> bool:
    """Whether the very same was given up already: a form that is sent twice, or tried again, means it once."""
    with engine.connect() as conn:
        return bool(sql.scalar(conn, "write_offs/same", number=number, amount=amount, on=on, decided_by=by.strip(), reason=reason.strip()))


def _check(amount: Decimal | None, by: str, reason: str) -> None:
    if not by.strip() or not reason.strip():
        raise WriteOffRefused("an amount is given up on somebody's decision; give --by NAME and --reason TEXT")
    if amount is None:
        return
    if not amount.is_finite() or amount <= 0:
        raise WriteOffRefused(f"{amount} EUR cannot be given up; give an amount above 0.00, or none for all that is open")
    if amount != amount.quantize(CENT):
        raise WriteOffRefused(f"{amount} EUR has parts of a cent; give two decimals")


def _balance(conn: Connection, number: str, on: date) -> tuple[Balance, Decimal]:
    """The balance of the invoice and what is open of it, above zero."""
    balance = sql.one(conn, Balance, "payments/balance", number=number)
    if balance is None:
        raise WriteOffRefused(f"there is no invoice {number}; its number stands on the PDF and in invoices.csv")
    if balance.kind == "credit_note":
        raise WriteOffRefused(f"{number} is a credit note; only what is open of an invoice or a debit note is given up")
    issued_on: date = sql.scalar(conn, "write_offs/issued_on", number=number)
    if on < issued_on:
        raise WriteOffRefused(f"invoice {number} is of {issued_on}; nothing of it can be given up on {on}, give a day from then on")
    left = balance.left
    if left <= 0:
        raise WriteOffRefused(f"nothing is open of invoice {number}; check the number on the statement of its payer")
    return balance, left


__all__ = ["WriteOffReceipt", "WriteOffRefused", "given_up_before", "write_off"]
