"""When a contract is in force, and how long its minimum term runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.clause import carries_out
from billing.period import months_after


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract as far as billing it needs: its regime, the four acts that bring it into force, and its minimum term."""

    contract_id: str
    payer_id: str
    terms: str  # the name of its regime, see billing.terms
    signed_on: date | None
    credit_approved_on: date | None
    deposit_required: Decimal | None  # EUR; None or 0 = no deposit was agreed
    deposit_received_on: date | None
    confirmed_on: date | None
    starts_on: date | None
    term_months: int


def acts(contract: Contract) -> tuple[tuple[str, date | None], ...]:
    """Returns the acts this contract needs, each with the day it was done (None = not yet). A deposit only when one was agreed."""
    deposit = (("deposit", contract.deposit_received_on),) if contract.deposit_required else ()
    return (
        ("signature", contract.signed_on),
        ("credit approval", contract.credit_approved_on),
        *deposit,
        ("written confirmation", contract.confirmed_on),
    )


@carries_out("GC-2.2", "GC-11.1")
def missing_for_force(contract: Contract, on: date) -> tuple[str, ...]:
    """Returns what the contract still lacks on a day to be in force, in the words finance uses; empty = in force.

    An act dated after the day is missing on that day.
    """
    return tuple(act for act, done_on in acts(contract) if done_on is None or done_on > on)


@carries_out("GC-2.2", "GC-11.1")
def in_force_since(contract: Contract) -> date | None:
    """Returns the day the last of the acts was done, None while one of them has no day."""
    days = [done_on for _, done_on in acts(contract)]
    known = [day for day in days if day is not None]
    return max(known) if len(known) == len(days) else None


@carries_out("CG-3.a")
def term_end(contract: Contract, line_starts_on: date, min_months: int | None) -> date:
    """Returns the first day after the minimum term of an order line of the contract."""
    return term_past(contract.starts_on, contract.term_months, line_starts_on, min_months)


@carries_out("CG-3.a", "GC-2.1")
def term_past(contract_starts_on: date | None, term_months: int, line_starts_on: date, min_months: int | None) -> date:
    """Returns the first day after a minimum term.

    A term written on the order line counts from the start of the line; else the contract's term counts from the start of
    the contract (of the line, where the contract names none).
    """
    if min_months is not None:
        return months_after(line_starts_on, min_months)
    return months_after(contract_starts_on or line_starts_on, term_months)


@carries_out("CG-3.a")
def term_runs(contract: Contract, line_starts_on: date, min_months: int | None, on: date) -> bool:
    """Returns whether the minimum term of an order line still runs on a day."""
    return on < term_end(contract, line_starts_on, min_months)
