"""Deferred income: what is billed for days to come becomes income day by day, as they pass."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from billing.money import ZERO, cents_half_up
from billing.period import DAY, Period

BY_DAYS = frozenset({"recurring", "pro_rata"})  # charges that are earned day by day; all others are income when they are billed


def days_of_income(charge: str, first: date, to_day: date, credited_charge: str = "") -> Period | None:
    """Returns the days a line of a document is earned on, `to_day` the last of them; None when it is income at its issue.

    A refund gives days back, and a credit of a line that is earned by days (`credited_charge`) follows the days of that line. One-off
    charges, usage, balances of ended contracts, fees, interest and SLA credits are income, or less of it, at once.
    """
    if charge in BY_DAYS or charge == "refund" or (charge == "credit" and credited_charge in BY_DAYS):
        return Period(first, to_day + DAY)
    return None


def recognised(net: Decimal, days: Period, day: date) -> Decimal:
    """Returns what of `net` (EUR to the cent) is income of the days up to `day`, that day included.

    net x elapsed days / days, rounded half-up to the cent, cumulated: all of it from the last day on, nothing before the first, and for
    a credit exactly the opposite of what it takes back. Raises ValueError for no days at all.
    """
    if not days:
        raise ValueError(f"nothing is earned on no day: {days}")
    elapsed = min(max((day - days.first).days + 1, 0), days.days)
    return cents_half_up(Fraction(net) * elapsed / days.days)


def deferred(net: Decimal, days: Period | None, day: date) -> Decimal:
    """Returns what of `net` is not earned yet at the end of a day; nothing of a line that is income at its issue (None)."""
    return ZERO if days is None else net - recognised(net, days, day)


def released(net: Decimal, days: Period, month: Period) -> Decimal:
    """Returns what of `net`, deferred before, becomes income of a month: the months of a line add up to its net, however they are cut."""
    return recognised(net, days, month.last) - recognised(net, days, month.first - DAY)


__all__ = ["BY_DAYS", "days_of_income", "deferred", "recognised", "released"]
