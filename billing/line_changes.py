"""What changed on each recurring line between two closes: its unit price, its units, and the days it is charged for.

A row of an invoice says what its quantity costs; divided by its unit price it says how many units were charged for a whole
month, parts of a month included. So the days of a row need not be known, and several rows of a line, at several prices, have a mean price.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from billing.money import CENT, ZERO, cents_half_up, exact

Family = Literal["recurring", "usage", "one_off"]

NOTHING = Fraction(0)
FAMILIES: Mapping[str, Family] = {"recurring": "recurring", "pro_rata": "recurring", "usage": "usage"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an invoice: `product` and `unit` ("user", "channel") in the words of the reader, `net` in EUR to the cent.

    `charge` is that of the invoice line. `unit_price` is for a whole month of one unit; None when the line has none.
    """

    payer_id: str
    line_id: str
    product: str
    charge: str
    quantity: Decimal
    unit_price: Decimal | None
    net: Decimal
    unit: str = ""

    @property
    def family(self) -> Family:
        """Whether it recurs, is usage, or is charged once; credits, refunds, balances, fees and interest are charged once."""
        return FAMILIES.get(self.charge, "one_off")


@dataclass(frozen=True, slots=True)
class LineChange:
    """Why the recurring charge of a line of a payer differs: EUR to the cent, `price` + `units` + `days` being the difference.

    `more_units` is how many units more are charged for. `price_step` is how much more a unit costs; None when rows of one month
    differ among themselves, or one of the months has no price. `known` says whether there is a price to tell units from days.
    """

    product: str
    unit: str
    price: Decimal
    price_step: Fraction | None
    units: Decimal
    more_units: Decimal
    days: Decimal
    known: bool


def net_of(lines: Iterable[Line]) -> Decimal:
    """Returns what lines come to, EUR."""
    return sum((exact(line.net) for line in lines), ZERO)


def line_changes(before: Iterable[Line], now: Iterable[Line]) -> list[LineChange]:
    """Returns the changes of the recurring lines of one payer, by line and product; lines that did not change are left out."""
    was, is_now = _by_line(before), _by_line(now)
    keys = sorted(was.keys() | is_now.keys())
    return [line_change(was.get(key, []), is_now.get(key, [])) for key in keys if was.get(key) != is_now.get(key)]


def price_effect(before: Sequence[Line], now: Sequence[Line]) -> Decimal:
    """Returns what another unit price of a line adds at this month's quantity, EUR, rounded half-up once.

    Of several rows the mean price counts, weighed by what each charges for. Rows without a price have no part in it.
    """
    mean = mean_price(before)
    priced = [line for line in now if line.unit_price is not None]
    if mean is None or not priced:
        return ZERO
    return cents_half_up(Fraction(net_of(priced)) - mean * unit_months(priced))


def line_change(before: Sequence[Line], now: Sequence[Line]) -> LineChange:
    """Returns why the rows of one line come to another amount than the month before; one of the two may be empty."""
    price = price_effect(before, now)
    rest = net_of(now) - net_of(before) - price
    more = _units(now) - _units(before)
    known = mean_price(before or now) is not None
    units = _worth_of_units(before, now, more, rest)
    rounding = CENT * (len(before) + len(now))
    if more and abs(rest - units) <= rounding:  # what rounding leaves is no other days: it belongs to the units, or to the price
        units = rest
    elif price and not more and abs(rest) <= rounding:
        price, rest = price + rest, ZERO
    shown = (now or before)[0]
    return LineChange(shown.product, shown.unit, price, _price_step(before, now), units, more, rest - units, known)


def _worth_of_units(before: Sequence[Line], now: Sequence[Line], more: Decimal, rest: Decimal) -> Decimal:
    """What of the change without price is worth of units, a month each; all of it when there is no price to tell."""
    mean = mean_price(before or now)
    if not more or mean is None:
        return rest if more else ZERO
    worth = cents_half_up(mean * Fraction(more))
    if before and now:
        return worth
    return min(worth, rest, key=abs)  # a line that came or went, for less than a month, has no days besides


def mean_price(lines: Sequence[Line]) -> Fraction | None:
    """Returns the unit price of the rows of a line, their mean by what each charges for; None when no row has a price."""
    priced = [line for line in lines if line.unit_price is not None]
    if not priced:
        return None
    weight = unit_months(priced)
    if weight:
        return Fraction(net_of(priced)) / weight
    return sum((Fraction(price) for price in _prices(priced)), NOTHING) / len(_prices(priced))  # nothing charged: all alike


def unit_months(lines: Iterable[Line]) -> Fraction:
    """Returns for how many units, a whole month each, priced rows charge: two units for half a month are one.

    A part of a month at no price says nothing of its days, and counts for nothing.
    """
    return sum((_unit_months(line) for line in lines), NOTHING)


def _unit_months(line: Line) -> Fraction:
    if line.unit_price:
        return Fraction(line.net) / Fraction(line.unit_price)
    return Fraction(line.quantity) if line.charge == "recurring" else NOTHING


def _units(lines: Sequence[Line]) -> Decimal:
    """How many units a line has: its rows are months and parts of them, so the largest quantity counts, not their sum."""
    return max((line.quantity for line in lines), key=abs, default=Decimal(0))


def _prices(lines: Iterable[Line]) -> list[Decimal]:
    return sorted({line.unit_price for line in lines if line.unit_price is not None})


def _price_step(before: Sequence[Line], now: Sequence[Line]) -> Fraction | None:
    was, is_now = _prices(before), _prices(now)
    return Fraction(is_now[0]) - Fraction(was[0]) if len(was) == len(is_now) == 1 else None


def _by_line(lines: Iterable[Line]) -> dict[tuple[str, str], list[Line]]:
    """The recurring rows by line and product, in an order of their own: another product of the same line is another thing."""
    found: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        if line.family == "recurring":
            found[line.line_id, line.product].append(line)
    return {key: sorted(rows, key=_order) for key, rows in found.items()}


def _order(line: Line) -> tuple[str, Decimal, Decimal, Decimal, str]:
    return (line.charge, line.quantity, Decimal(-1) if line.unit_price is None else line.unit_price, line.net, line.unit)
