"""Interest for late payment: 1 % a month on what is overdue, VAT included, simple (CG-2.e, GC-5.2).

A day counts as it ends: what is paid on a day is not open on that day, and the day after the due date is the first day of delay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from billing.clause import carries_out
from billing.money import ZERO, cents_half_up, exact
from billing.period import DAY, Period, days_in_month, months_after

Method = Literal["completed_months", "daily"]


@dataclass(frozen=True, slots=True)
class InterestTerms:
    """How interest is counted: the share of the debt a month of delay costs (0.01 = 1 %), by whole months or by days.

    `most_per_year` is a legal limit, as a share a year (0.045 = 4.5 %); None = none.
    """

    per_month: Decimal = Decimal("0.01")
    method: Method = "completed_months"
    most_per_year: Decimal | None = None

    @property
    def share(self) -> Fraction:
        """The share of the debt that a month of delay costs, never more than a twelfth of the limit."""
        asked = Fraction(exact(self.per_month))
        return asked if self.most_per_year is None else min(asked, Fraction(exact(self.most_per_year)) / 12)


@dataclass(frozen=True, slots=True)
class Reduction:
    """What lowered a debt on a day: a payment, a credit note, a deposit set off. EUR, positive."""

    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Debt:
    """An invoice as interest sees it: its amount including VAT, in EUR, the day it was due, and what lowered it since."""

    number: str
    due_on: date
    amount: Decimal
    reductions: tuple[Reduction, ...] = ()

    def open_on(self, day: date) -> Decimal:
        """Returns what is still open when a day ends, never below zero."""
        return max(ZERO, self.amount - sum((each.amount for each in self.reductions if each.on <= day), ZERO))


@dataclass(frozen=True, slots=True)
class Delay:
    """Days of delay on which the same amount was open; `cost` is its exact interest in EUR."""

    days: Period
    open_amount: Decimal
    cost: Fraction


@dataclass(frozen=True, slots=True)
class Interest:
    """The interest of a debt up to a day: EUR, two decimals, and the delays it is the sum of."""

    number: str
    amount: Decimal
    delays: tuple[Delay, ...]


@carries_out("CG-2.e", "GC-5.2")
def interest(debt: Debt, on: date, terms: InterestTerms) -> Interest:
    """Returns the interest of a debt when a day ends, rounded half-up to the cent, once for the whole debt.

    It is simple: interest bears none. Nothing is due before the debt is late.
    """
    delays = by_months(debt, on, terms) if terms.method == "completed_months" else by_days(debt, on, terms)
    return Interest(debt.number, cents_half_up(sum((each.cost for each in delays), Fraction(0))), delays)


@carries_out("CG-2.e", "GC-5.2")
def completed_month(first_day: date, number: int) -> Period:
    """Returns a month of delay, number 1 being the first: from a day to the eve of the same day of the next month.

    Where that month lacks the day, its last day ends the month of delay.
    """
    return Period(_start(first_day, number), _start(first_day, number + 1))


@carries_out("CG-2.e")
def by_months(debt: Debt, on: date, terms: InterestTerms) -> tuple[Delay, ...]:
    """Returns one delay a completed month: each costs the month's share of what is still open when that month ends.

    What is paid within a month of delay has not been late for all of it and costs nothing for it.
    """
    delays: list[Delay] = []
    month = completed_month(debt.due_on + DAY, 1)
    while month.last <= on:
        still_open = debt.open_on(month.last)
        if not still_open:
            break
        delays.append(Delay(month, still_open, Fraction(still_open) * terms.share))
        month = completed_month(debt.due_on + DAY, len(delays) + 1)
    return tuple(delays)


@carries_out("CG-2.e")
def by_days(debt: Debt, on: date, terms: InterestTerms) -> tuple[Delay, ...]:
    """Returns one delay for each stretch of a calendar month with the same amount open.

    A day costs the month's share, divided by the days of its calendar month: a whole calendar month costs that share.
    """
    delays: list[Delay] = []
    for part in _stretches(debt, on):
        still_open = debt.open_on(part.first)
        if still_open:
            delays.append(Delay(part, still_open, Fraction(still_open) * terms.share * part.days / days_in_month(part.first)))
    return tuple(delays)


def total(interests: Sequence[Interest]) -> Decimal:
    """Returns what several debts come to, in EUR: the sum of amounts that are each rounded."""
    return sum((each.amount for each in interests), ZERO)


def _start(first_day: date, number: int) -> date:
    """The day a month of delay starts: the same day of the month, or the first of the next where a month lacks it."""
    start = months_after(first_day, number - 1)
    return start if start.day == first_day.day else start + DAY


def _stretches(debt: Debt, on: date) -> list[Period]:
    """The days of delay up to a day, cut where a calendar month ends and where something was paid."""
    late = Period(debt.due_on + DAY, max(debt.due_on, on) + DAY)
    cuts = sorted({late.first, late.past, *(each.on for each in debt.reductions if each.on in late)})
    return [part for first, past in pairwise(cuts) for part in Period(first, past).months()]
