"""Deposits and guarantees held for a payer: received, given back, set off against overdue debt on decision; they never bear interest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate, groupby
from operator import attrgetter

from billing.clause import carries_out
from billing.money import ZERO

DEPOSIT, GUARANTEE = "deposit", "bank_guarantee"


@dataclass(frozen=True, slots=True)
class Movement:
    """What came in (positive) or went out (negative) of what is held for a payer, in EUR; `kind` deposit or bank_guarantee."""

    movement_id: str
    payer_id: str
    kind: str
    moved_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Debt:
    """An overdue invoice, and what may be set off of it: what is open and not contested. EUR including VAT."""

    invoice_id: int
    number: str
    due_on: date
    amount: Decimal


@carries_out("GC-5.3")
def held(movements: Iterable[Movement], day: date) -> Decimal:
    """Returns what is held at the end of a day: received less given back and set off. It bears no interest, however long it is held."""
    return sum((movement.amount for movement in movements if movement.moved_on <= day), ZERO)


@carries_out("GC-5.3")
def available(movements: Sequence[Movement], day: date) -> Decimal:
    """Returns what can be given back or set off on a day: the least that is held at its end or at the end of any later day."""
    later = sorted({day} | {movement.moved_on for movement in movements if movement.moved_on > day})
    return min(held(movements, each) for each in later)


@carries_out("GC-5.3")
def never_below_zero(movements: Iterable[Movement]) -> bool:
    """Returns whether at the end of every day no more has gone out than had come in."""
    ordered = sorted(movements, key=attrgetter("moved_on"))
    days = [sum((movement.amount for movement in group), ZERO) for _, group in groupby(ordered, attrgetter("moved_on"))]
    return all(balance >= 0 for balance in accumulate(days))


@carries_out("GC-5.3")
def refused_movements(given: Iterable[Movement], known: Mapping[str, Movement], set_off: Iterable[Movement]) -> dict[str, Decimal]:
    """Returns the movements that cannot be, by id, with what was available on their day: more would go out than is held.

    `given` is delivered now, `known` was delivered before (by id), `set_off` is what was set off since. A movement delivered again
    as it was is no news; one that is changed replaces what was known, and when the change is refused the known one stays.
    Movements are looked at in the order of their days, what comes in before what goes out.
    """
    standing = dict(known)
    refused: dict[str, Decimal] = {}
    gone = list(set_off)
    for movement in sorted(given, key=lambda one: (one.moved_on, one.amount < 0, one.movement_id)):
        before = standing.get(movement.movement_id)
        if before == movement:
            continue
        others = [other for name, other in standing.items() if name != movement.movement_id] + gone
        if all(never_below_zero(_of(pot, [*others, movement])) for pot in {_pot(movement), _pot(before or movement)}):
            standing[movement.movement_id] = movement
        else:
            refused[movement.movement_id] = max(available(_of(_pot(movement), others), movement.moved_on), ZERO)
    return refused


def _pot(movement: Movement) -> tuple[str, str]:
    return movement.payer_id, movement.kind


def _of(pot: tuple[str, str], movements: Iterable[Movement]) -> list[Movement]:
    return [movement for movement in movements if _pot(movement) == pot]


@carries_out("GC-5.3")
def spread(amount: Decimal, debts: Iterable[Debt]) -> list[tuple[Debt, Decimal]]:
    """Returns how an amount is set off against overdue invoices: the oldest due date first, then by number, each up to what is open."""
    shares: list[tuple[Debt, Decimal]] = []
    left = amount
    for debt in sorted(debts, key=attrgetter("due_on", "number")):
        share = min(left, debt.amount)
        if share > 0:
            shares.append((debt, share))
            left -= share
    return shares
