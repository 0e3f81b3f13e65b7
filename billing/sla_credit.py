"""SLA credits: used up on the next invoices of the payer, never below zero; what is left when the contract has ended is paid out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.clause import carries_out
from billing.money import ZERO

CLAUSE = "GC-10.5"


@dataclass(frozen=True, slots=True)
class SlaCredit:
    """A credit granted for an outage or the like, EUR excluding VAT, and what is left of it."""

    credit_id: str
    contract_id: str
    payer_id: str
    end_client_id: str
    granted_on: date
    reason: str
    amount: Decimal
    left: Decimal


@dataclass(frozen=True, slots=True)
class CreditUse:
    """How much of a credit an invoice uses up, and what is left of the credit after it."""

    credit: SlaCredit
    amount: Decimal
    left_after: Decimal


@dataclass(frozen=True, slots=True)
class LineState:
    """An order line of a contract on a close date: its last day of service (None = it runs on), and whether every day to it is charged."""

    last_day: date | None
    is_charged: bool


@carries_out("GC-10.5")
def use_up(granted: Iterable[SlaCredit], invoices: Sequence[Decimal], on: date) -> list[list[CreditUse]]:
    """Returns for each invoice of a payer, given by its net before credits and in order, what it uses of the credits granted.

    Credits granted after the day `on` wait. The oldest is used first, then by id; an invoice uses at most its own net, so it
    never falls below zero, and what it does not need is there for the next.
    """
    waiting = [
        (credit, credit.left)
        for credit in sorted(granted, key=lambda credit: (credit.granted_on, credit.credit_id))
        if credit.granted_on <= on and credit.left > 0
    ]
    uses: list[list[CreditUse]] = []
    for net in invoices:
        room = max(net, ZERO)
        of_invoice: list[CreditUse] = []
        still: list[tuple[SlaCredit, Decimal]] = []
        for credit, left in waiting:
            amount = min(left, room)
            room -= amount
            if amount > 0:
                of_invoice.append(CreditUse(credit, amount, left - amount))
            if left > amount:
                still.append((credit, left - amount))
        waiting = still
        uses.append(of_invoice)
    return uses


@carries_out("GC-10.5")
def has_ended(lines: Iterable[LineState], on: date) -> bool:
    """Returns whether a contract has ended on a close date and is billed to its last day: then no invoice is left to use a credit on.

    A contract without a line has nothing that could end, so nothing says that its next invoice will not come.
    """
    states = list(lines)
    return bool(states) and all(state.last_day is not None and state.last_day <= on and state.is_charged for state in states)
