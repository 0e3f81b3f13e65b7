"""What a line that ends still owes and is owed: the balance of its contract, and days charged past its end given back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from billing.clause import carries_out
from billing.counting import Count
from billing.leaving import Ending
from billing.money import ZERO
from billing.order import OrderLine, is_recurring
from billing.period import DAY, Period
from billing.prices import PriceList, Unpriced, price_on
from billing.recurring import RecurringCharge, price_of_days, uncharged


@dataclass(frozen=True, slots=True)
class LastCharged:
    """What a line was last charged before a close: quantity, price and the numbers behind the quantity."""

    quantity: int
    unit_price: Decimal
    price_from: date | None
    counted: int | None


@dataclass(frozen=True, slots=True)
class ChargedPart:
    """A charge of an earlier run for days within one calendar month."""

    line_no: int
    days: Period
    quantity: int
    unit_price: Decimal
    net: Decimal
    run_id: int


@dataclass(frozen=True, slots=True)
class Refund:
    """Days charged past the end, and what is given back for them: EUR, positive. `below_floor`: too little together to be paid."""

    line_no: int
    days: Period
    termination_id: str
    charged_run_id: int
    net: Decimal
    below_floor: bool
    clause: str


@carries_out("CG-3.d", "GC-13.3")
def owes_balance(line: OrderLine) -> bool:
    """Returns whether a line is part of a balance: what recurs, without national numbers, usage and what is paid at order."""
    return is_recurring(line) and line.kind != "national_number"


def balance_days(line: OrderLine, ending: Ending, charged: Iterable[Period]) -> list[Period]:
    """Returns the days of the balance nobody has charged: from the end of service, or the start of a line not begun, to the term's."""
    if ending.balance_until is None or not owes_balance(line):
        return []
    first = max(ending.past_day, line.starts_on, line.charged_through + DAY if line.charged_through else date.min)
    return uncharged(Period(first, max(first, ending.balance_until)), charged)


@carries_out("CG-3.d", "GC-13.3")
def balance(
    line: OrderLine, ending: Ending, charged: Iterable[Period], last: LastCharged | None, prices: PriceList
) -> list[RecurringCharge | Unpriced]:
    """Returns the balance of a line, one charge for each calendar month part of its days not yet charged.

    Quantity and price are those the line was last charged; of a line never charged those ordered, the price on the first of
    the days. A whole month costs the monthly price, a part price × days ÷ days of the month, half-up to the cent.
    """
    days = balance_days(line, ending, charged)
    if not days:
        return []
    if last is None:
        price = price_on(line, prices, days[0].first)
        if isinstance(price, Unpriced):
            return [price]
        last = LastCharged(line.quantity, price.unit_price, price.price_from, None)
    count = Count(last.quantity, "previous_invoice", ending.balance_clause, last.counted, line.quantity)
    return [_balance_of(line, ending, part, last, count) for period in days for part in period.months()]


def _balance_of(line: OrderLine, ending: Ending, part: Period, last: LastCharged, count: Count) -> RecurringCharge:
    _, net = price_of_days(last.quantity, last.unit_price, part)
    return RecurringCharge(line.line_no, part, "balance", last.unit_price, net, ending.balance_clause, count, last.price_from)


@carries_out("GC-13.2")
def refunds(
    endings: Mapping[int, Ending], charged: Iterable[ChargedPart], given_back: Mapping[int, Sequence[Period]], floor: Decimal, clause: str
) -> list[Refund]:
    """Returns what the terminations give back for days charged past the end and not given back before.

    Under `floor` EUR together, all that one termination gives back is marked as not to be paid.
    """
    found = [
        refund
        for part in charged
        if (ending := endings.get(part.line_no)) is not None and ending.refunds
        for refund in _given_back(part, ending, given_back.get(part.line_no, ()), clause)
    ]
    together: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for refund in found:
        together[refund.termination_id] += refund.net
    return [replace(refund, below_floor=together[refund.termination_id] < floor) for refund in found if refund.net]


def _given_back(part: ChargedPart, ending: Ending, given_back: Sequence[Period], clause: str) -> list[Refund]:
    past_the_end = part.days.overlap(Period(ending.past_day, date.max))
    return [
        Refund(part.line_no, days, ending.termination_id, part.run_id, _share(part, days), below_floor=False, clause=clause)
        for days in uncharged(past_the_end, given_back)
    ]


def _share(part: ChargedPart, days: Period) -> Decimal:
    """What of a charge is for some of its days; never more than the charge."""
    if days == part.days:
        return part.net
    _, net = price_of_days(part.quantity, part.unit_price, days)
    return min(net, part.net)


__all__ = ["ChargedPart", "LastCharged", "Refund", "balance", "balance_days", "owes_balance", "refunds"]
