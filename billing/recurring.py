"""Recurring charges: which days of a line a close charges, and what they cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Literal

from billing.clause import carries_out
from billing.counting import Count
from billing.money import cents_half_up, round_half_up
from billing.order import OrderLine
from billing.period import DAY, Period, days_in_month
from billing.prices import PriceList, Unpriced, price_on

Charged = Literal["recurring", "pro_rata", "balance"]

IN_ADVANCE_CLAUSE = {"business_telephony": "BT-2.b", "sip_trunking": "ST-2.b", "web_meeting": "WM-2.b", "telavox": "GC-5.2"}


@dataclass(frozen=True, slots=True)
class RecurringCharge:
    """What a line costs for a whole calendar month or a part of one. Its days are the record that they were charged."""

    line_no: int
    days: Period
    charge: Charged
    unit_price: Decimal
    net: Decimal  # EUR, two decimals
    clause: str
    count: Count
    price_from: date | None


@dataclass(frozen=True, slots=True)
class AdditionCharge:
    """Units added within P, charged back for P from their first day (BT-2.g, setting additions = "pro_rata")."""

    line_no: int
    period: date
    first_day: date
    to_day: date
    quantity: int
    unit_price: Decimal
    net: Decimal
    clause: str


@carries_out("BT-2.b", "ST-2.b", "GC-5.2")
def horizon(period: Period, timing: str) -> date:
    """Returns the day up to which the close of P charges (that day excluded): the end of P+1 in advance, of P in arrears."""
    return period.next_month().past if timing == "advance" else period.past


def clause_of(line: OrderLine) -> str:
    """Returns the clause a recurring charge of the line rests on."""
    return "GC-5.2" if line.timing == "arrears" else IN_ADVANCE_CLAUSE[line.service]


@carries_out("GC-3.3", "GC-5.4", "GC-5.5")
def service_days(line: OrderLine, past: date) -> Period:
    """Returns the days of service before `past`, whoever charges them: from the start of the line to its last day, included.

    The inventory has no say: fees are due from the agreed day (GC-5.4) and during a suspension (GC-5.5).
    """
    end = past if line.ends_on is None else min(past, line.ends_on + DAY)
    return Period(line.starts_on, max(line.starts_on, end))


def days_of_ours(line: OrderLine, past: date) -> Period:
    """Returns the days of service before `past` that no earlier system charged, charged by us or not."""
    days = service_days(line, past)
    if line.charged_through is None:
        return days
    first = max(days.first, line.charged_through + DAY)
    return Period(first, max(first, days.past))


def uncharged(days: Period, charged: Iterable[Period]) -> list[Period]:
    """Returns the parts of `days` that no period of `charged` covers, in order."""
    gaps: list[Period] = []
    first = days.first
    for covered in sorted(charged):
        if covered.first >= days.past:
            break
        if covered.first > first:
            gaps.append(Period(first, covered.first))
        first = max(first, covered.past)
    if first < days.past:
        gaps.append(Period(first, days.past))
    return gaps


@carries_out("BT-2.b", "ST-2.b", "GC-5.2", "GC-5.4", "GC-5.5")
def days_to_charge(line: OrderLine, period: Period, on: date, charged: Iterable[Period]) -> list[Period]:
    """Returns the days the close of P on close date `on` charges: all not yet charged, up to the horizon of the line.

    A line that starts after the close date is left to the next close, which picks it up pro rata.
    """
    if line.starts_on > on:
        return []
    return uncharged(days_of_ours(line, horizon(period, line.timing)), charged)


@carries_out("BT-2.b", "ST-2.b")
def price_of_days(quantity: int, unit_price: Decimal, days: Period) -> tuple[Charged, Decimal]:
    """Returns what days within one calendar month cost: the monthly price for all of them, else days / days in month of it.

    EUR, rounded half-up to the cent, once for all units of the line.
    """
    month = days_in_month(days.first)
    if days.days == month:
        return "recurring", round_half_up(quantity * unit_price)
    return "pro_rata", cents_half_up(Fraction(quantity * unit_price) * days.days / month)


@carries_out("BT-2.b", "ST-2.b", "GC-5.1")
def charges(line: OrderLine, days: Iterable[Period], count: Count, prices: PriceList) -> list[RecurringCharge | Unpriced]:
    """Returns one charge for each calendar month part of the days, at the price in force on its first day.

    A part without a price comes back as Unpriced instead; the other parts are charged.
    """
    return [_charge(line, part, count, prices) for period in days for part in period.months()]


def _charge(line: OrderLine, part: Period, count: Count, prices: PriceList) -> RecurringCharge | Unpriced:
    price = price_on(line, prices, part.first)
    if isinstance(price, Unpriced):
        return price
    charged, net = price_of_days(count.quantity, price.unit_price, part)
    return RecurringCharge(line.line_no, part, charged, price.unit_price, net, clause_of(line), count, price.price_from)


@carries_out("BT-2.g")
def additions(
    line: OrderLine, period: Period, charged_for_period: int, first_days: Sequence[date], prices: PriceList
) -> list[AdditionCharge | Unpriced]:
    """Returns what the units over those charged for P cost from their first day to the end of P, one charge a first day.

    `first_days` are those of every unit now on the platform: the newest are the ones added. Units that appeared between
    the close before and P are charged from the first day of P. Only for lines charged in advance.
    """
    added = len(first_days) - charged_for_period
    served = service_days(line, period.past).overlap(period)
    if added <= 0 or not served or line.timing != "advance":
        return []
    starts = sorted(max(day, served.first) for day in sorted(first_days)[-added:])
    return [
        _addition(line, period, Period(first, served.past), len(list(units)), prices)
        for first, units in groupby(starts)
        if first < served.past
    ]


def _addition(line: OrderLine, period: Period, days: Period, quantity: int, prices: PriceList) -> AdditionCharge | Unpriced:
    price = price_on(line, prices, period.first)
    if isinstance(price, Unpriced):
        return price
    _, net = price_of_days(quantity, price.unit_price, days)
    return AdditionCharge(line.line_no, period.first, days.first, days.last, quantity, price.unit_price, net, "BT-2.g")
