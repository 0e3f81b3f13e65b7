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

    `most_per_year` is a legal limit, as shares a year (0.045 = 4.5 %), each by the first day it is in force; empty = none. A day before
    the first of them has the first. `earlier` are the terms before these, oldest first, each with the first day it no longer held: a delay
    costs what was asked on its first day, whatever is asked since.
    """

    per_month: Decimal = Decimal("0.01")
    method: Method = "completed_months"
    most_per_year: tuple[tuple[date, Decimal], ...] = ()
    earlier: tuple[tuple[date, InterestTerms], ...] = ()

    @carries_out("CG-2.e")
    def share_on(self, first_day: date) -> Fraction:
        """Returns the share of the debt that a month of a delay costs, by its first day: never more than a twelfth of the limit then."""
        for past, terms in self.earlier:
            if first_day < past:
                return terms.share_on(first_day)
        asked = Fraction(exact(self.per_month))
        if not self.most_per_year:
            return asked
        in_force = [limit for limit in self.most_per_year if limit[0] <= first_day]
        _, most = max(in_force) if in_force else min(self.most_per_year)
        return min(asked, Fraction(exact(most)) / 12)


@dataclass(frozen=True, slots=True)
class Reduction:
    """What lowered a debt on a day: a payment, a deposit set off. EUR, below zero where a payment was taken back."""

    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Debt:
    """An invoice as interest sees it: its amount including VAT, in EUR, the day it was due, and what lowered it since.

    What a credit note takes off was never owed: `amount` is what is left after it.
    """

    number: str
    due_on: date
    amount: Decimal
    reductions: tuple[Reduction, ...] = ()

    def open_on(self, day: date) -> Decimal:
        """Returns what is still open when a day ends, never below zero."""
        return max(ZERO, self.amount - sum((each.amount for each in self.reductions if each.on <= day), ZERO))


@dataclass(frozen=True, slots=True)
class Delay:
    """Days of delay on which the same amount was open, what a month of it costs as a share, and its exact interest in EUR."""

    days: Period
    open_amount: Decimal
    per_month: Fraction
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

    What is paid within a month of delay has not been late for all of it and costs nothing for it; a payment that was taken back leaves the
    months after it late again.
    """
    delays: list[Delay] = []
    number, month = 1, completed_month(debt.due_on + DAY, 1)
    while month.last <= on:
        still_open = debt.open_on(month.last)
        if still_open:
            share = terms.share_on(month.first)
            delays.append(Delay(month, still_open, share, Fraction(still_open) * share))
        number += 1
        month = completed_month(debt.due_on + DAY, number)
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
            share = terms.share_on(part.first)
            delays.append(Delay(part, still_open, share, Fraction(still_open) * share * part.days / days_in_month(part.first)))
    return tuple(delays)


@carries_out("CG-2.e", "GC-5.2")
def due_for_interest(due_on: date, debited_on: date | None) -> date:
    """Returns the last day without delay: the due date, or the day on which we said that we debit the payer's account, if that is later.

    `debited_on` is None where the payer has to pay himself: nothing was said of a debit, its mandate was not in force, or it came back.
    """
    return due_on if debited_on is None else max(due_on, debited_on)


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
