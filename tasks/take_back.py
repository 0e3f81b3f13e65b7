"""`billing write-off --take-back`: an amount that was given up is open again, and no loss any more."""

import logging
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Engine

import sql
from billing.money import CENT
from tasks.payments import Balance
from tasks.write_off import WriteOffRefused

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TakeBackReceipt:
    """What is taken back of what was given up of an invoice, and what is open of it after that. EUR."""

    number: str
    amount: Decimal
    on: date
    open_after: Decimal

    def __str__(self) -> str:
        stands = f"{self.open_after} EUR are open of it" if self.open_after > 0 else "nothing is open of it"
        return f"invoice {self.number}: {self.amount} EUR that were given up are taken back on {self.on}, {stands}"


def take_back(engine: Engine, number: str, amount: Decimal | None, *, on: date, by: str, reason: str) -> TakeBackReceipt:
    """Take back an amount that was given up of an invoice, EUR with VAT; without an amount all of it.

    For an amount given up by mistake, and before money that came after all is noted or the invoice is credited. Raises WriteOffRefused for
    an unknown number, one of which nothing is given up, more than that, a day before it, or when nobody decides or says why.
    """
    _check(amount, by, reason)
    with engine.begin() as conn:
        sql.run(conn, "payments/lock", number=number)  # a statement of its own: the balance is read after the wait
        balance = sql.one(conn, Balance, "payments/balance", number=number)
        if balance is None:
            raise WriteOffRefused(f"there is no invoice {number}; its number stands on the PDF and in invoices.csv")
        if balance.given_up <= 0:
            raise WriteOffRefused(f"nothing of invoice {number} is given up; check the number on the statement of its payer")
        taken = balance.given_up if amount is None else amount.quantize(CENT)
        if taken > balance.given_up:
            raise WriteOffRefused(f"{taken} EUR is more than the {balance.given_up} EUR given up of {number}; take back at most that")
        last: date = sql.scalar(conn, "write_offs/last_on", invoice_id=balance.invoice_id)
        if on < last:
            raise WriteOffRefused(f"it was given up on {last}; nothing of it can be taken back on {on}, give a day from then on")
        given = {"invoice_id": balance.invoice_id, "amount": -taken, "on": on}
        write_off_no = sql.scalar(conn, "write_offs/record", **given, decided_by=by.strip(), reason=reason.strip())
        sql.run(conn, "write_offs/settle", **given, write_off_no=write_off_no)
    receipt = TakeBackReceipt(number, taken, on, balance.left + taken)
    log.info("%s", receipt)
    return receipt


def _check(amount: Decimal | None, by: str, reason: str) -> None:
    if not by.strip() or not reason.strip():
        raise WriteOffRefused("an amount is taken back on somebody's decision; give --by NAME and --reason TEXT")
    if amount is None:
        return
    if not amount.is_finite() or amount <= 0:
        raise WriteOffRefused(f"{amount} EUR cannot be taken back; give an amount above 0.00, or none for all of it")
    if amount != amount.quantize(CENT):
        raise WriteOffRefused(f"{amount} EUR has parts of a cent; give two decimals")


__all__ = ["TakeBackReceipt", "take_back"]
