"""Deposits and guarantees of a payer: what is held, and `billing set-off`, on finance's decision (GC-5.3)."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, Engine

import sql
from billing.deposits import DEPOSIT, Debt, Movement, available, spread
from billing.money import CENT, ZERO
from tasks.ledger import Stopped
from tasks.payments import Balance, open_invoices_on

log = logging.getLogger(__name__)


class SetOffRefused(Stopped):
    """A deposit that was not set off; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class SetOffReceipt:
    """A deposit set off: what of it went to which invoice, oldest first, and what stays held. EUR."""

    payer_id: str
    on: date
    shares: Sequence[tuple[Debt, Decimal]]
    held_after: Decimal

    @property
    def amount(self) -> Decimal:
        """What was set off in all."""
        return sum((share for _, share in self.shares), ZERO)

    def __str__(self) -> str:
        invoices = ", ".join(f"{share} EUR of invoice {debt.number}" for debt, share in self.shares)
        return f"deposit of {self.payer_id}: {self.amount} EUR set off on {self.on}: {invoices}; {self.held_after} EUR stay held"


def movements_of(conn: Connection, payer_id: str) -> list[Movement]:
    """All that came in and went out of what is held for a payer, set-offs included, as known now."""
    return [
        *sql.rows(conn, Movement, "feed/deposit_movements", payer_ids=[payer_id], deposit_ids=[]),
        *sql.rows(conn, Movement, "feed/deposits_set_off", payer_ids=[payer_id]),
    ]


def set_off(engine: Engine, payer_id: str, amount: Decimal | None, *, on: date, by: str, reason: str) -> SetOffReceipt:
    """Set a deposit off against the overdue invoices of a payer, the oldest first; without an amount, as much as there is and is overdue.

    What is contested is not set off, nor is a guarantee, which the bank pays out. Raises SetOffRefused when there is no such payer,
    nothing is held or overdue, the amount is none or too much, or nobody decides or says why. Done at the same time, two set-offs and
    payments never take more than is held or open.
    """
    _check(amount, by, reason)
    with engine.begin() as conn:
        sql.run(conn, "deposits/lock")
        if sql.scalar(conn, "statement/payer", payer_id=payer_id) is None:
            raise SetOffRefused(f"there is no payer {payer_id}; give the payer_id of contracts.csv")
        held = available([one for one in movements_of(conn, payer_id) if one.kind == DEPOSIT], on)
        debts = _overdue(conn, payer_id, on)
        shares = spread(_allowed(payer_id, on, amount, held, sum((debt.amount for debt in debts), ZERO)), debts)
        _record(conn, payer_id, shares, on=on, by=by.strip(), reason=reason.strip())
    receipt = SetOffReceipt(payer_id, on, shares, held - sum((share for _, share in shares), ZERO))
    log.info("%s", receipt)
    return receipt


def _check(amount: Decimal | None, by: str, reason: str) -> None:
    if not by.strip() or not reason.strip():
        raise SetOffRefused("a deposit is set off on somebody's decision; give --by NAME and --reason TEXT")
    if amount is None:
        return
    if not amount.is_finite() or amount <= 0:
        raise SetOffRefused(f"{amount} EUR cannot be set off; give an amount above 0.00, or none for all that is overdue")
    if amount != amount.quantize(CENT):
        raise SetOffRefused(f"{amount} EUR has parts of a cent; give two decimals")


def _overdue(conn: Connection, payer_id: str, on: date) -> list[Debt]:
    """What is overdue on a day and not contested, less what was paid or credited since; the invoices locked until it is recorded."""
    theirs = [one for one in open_invoices_on(conn, on) if one.payer_id == payer_id and one.due_on < on]
    for invoice in sorted(theirs, key=lambda one: one.number):
        sql.run(conn, "payments/lock", number=invoice.number)
    now: Mapping[str, Balance | None] = {
        one.number: sql.one(conn, Balance, "payments/balance", number=one.number) for one in theirs
    }  # fmt: skip
    debts = (Debt(one.invoice_id, one.number, one.due_on, min(one.open_amount, _left(now[one.number])) - one.contested) for one in theirs)
    return [debt for debt in debts if debt.amount > 0]


def _left(balance: Balance | None) -> Decimal:
    return ZERO if balance is None else balance.left


def _allowed(payer_id: str, on: date, amount: Decimal | None, held: Decimal, overdue: Decimal) -> Decimal:
    if held <= 0:
        raise SetOffRefused(f"no deposit of {payer_id} is held on {on}; a guarantee is called at the bank")
    if overdue <= 0:
        raise SetOffRefused(f"{payer_id} has nothing overdue on {on} that is not contested; a deposit is set off against overdue debt only")
    if amount is None:
        return min(held, overdue)
    if amount > held:
        raise SetOffRefused(f"{amount} EUR is more than the {held} EUR of deposit held for {payer_id} on {on}; set off at most that")
    if amount > overdue:
        raise SetOffRefused(f"{amount} EUR is more than the {overdue} EUR that {payer_id} has overdue on {on}; set off at most that")
    return amount.quantize(CENT)


def _record(conn: Connection, payer_id: str, shares: Iterable[tuple[Debt, Decimal]], *, on: date, by: str, reason: str) -> None:
    parts = list(shares)
    total = sum((share for _, share in parts), ZERO)
    number = sql.scalar(
        conn, "deposits/record_set_off", payer_id=payer_id, amount=total, set_off_on=on, decided_by=by, reason=reason
    )  # fmt: skip
    rows = [{"invoice_id": debt.invoice_id, "amount": share, "paid_on": on, "set_off_no": number} for debt, share in parts]
    sql.write_each(conn, "deposits/pay_from", rows)


__all__ = ["SetOffReceipt", "SetOffRefused", "movements_of", "set_off"]
