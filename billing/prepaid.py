"""Prepaid subscriptions (Web Meeting): charged by whole terms, at order and again before each renewal."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from billing.clause import carries_out
from billing.counting import COUNT_CLAUSE, Count
from billing.money import ZERO, cents_half_up, round_half_up
from billing.order import OrderLine
from billing.period import Period, days_in_month, months_after
from billing.prices import PriceList, Unpriced, price_on
from billing.recurring import RecurringCharge, charges, days_of_ours, uncharged

CLAUSE = "WM-2.b"


@dataclass(frozen=True, slots=True)
class Term:
    """A prepaid term: its days, and how many whole months they are (None = the end of service cuts it short)."""

    days: Period
    months: int | None


@carries_out("WM-2.b")
def terms_due(line: OrderLine, on: date, lead_days: int) -> Iterator[Term]:
    """Yields the prepaid terms of a line that are to be invoiced by a day, in order, charged or not.

    A term lasts the minimum months of the order line, one month where it names none, and is cut at the last day of
    service. The first is due at order; each renewal `lead_days` before it begins, so that it can be paid in time.
    """
    months = line.min_months or 1
    ours = days_of_ours(line, date.max)
    for number in itertools.count():
        whole = Period(months_after(ours.first, number * months), months_after(ours.first, (number + 1) * months))
        is_renewal = number > 0 or ours.first != line.starts_on
        if whole.first >= ours.past or (is_renewal and on < whole.first - timedelta(days=lead_days)):
            return
        yield Term(whole, months) if whole.past <= ours.past else Term(Period(whole.first, ours.past), None)


@carries_out("WM-2.b")
def prepaid_charges(
    line: OrderLine, on: date, lead_days: int, charged: Iterable[Period], prices: PriceList
) -> list[RecurringCharge | Unpriced]:
    """Returns the charges of the terms due and not yet charged, one for each calendar month part, at the quantity ordered.

    The price is that of the first day of the term. A whole term of n months costs exactly n x price, wherever in a month it
    begins: the cent that rounding its parts would lose or add falls on the last of them.
    """
    count = Count(line.quantity, "ordered", COUNT_CLAUSE[line.service], None, line.quantity)
    already = list(charged)
    found: list[RecurringCharge | Unpriced] = []
    for term in terms_due(line, on, lead_days):
        days = uncharged(term.days, already)
        if term.months is not None and days == [term.days]:
            found += whole_term(line, term.days, term.months, count, prices)
        else:
            found += charges(line, days, count, prices)
    return found


def whole_term(line: OrderLine, term: Period, months: int, count: Count, prices: PriceList) -> list[RecurringCharge | Unpriced]:
    """Returns the parts of a whole term; their sum is months x quantity x price, half-up to the cent."""
    price = price_on(line, prices, term.first)
    if isinstance(price, Unpriced):
        return [price]
    parts = list(term.months())
    nets = split(count.quantity * price.unit_price, months, parts)
    return [
        RecurringCharge(
            line.line_no,
            part,
            "recurring" if part.days == days_in_month(part.first) else "pro_rata",
            price.unit_price,
            net,
            CLAUSE,
            count,
            price.price_from,
        )
        for part, net in zip(parts, nets, strict=True)
    ]


def split(monthly: Decimal, months: int, parts: list[Period]) -> list[Decimal]:
    """Returns the price of each part of a term, EUR to the cent, none negative, their sum months x monthly half-up.

    What the parts cost so far is rounded, not each part: so no cent is lost or gained on the way.
    """
    total = round_half_up(months * monthly)
    shares = [Fraction(monthly) * part.days / days_in_month(part.first) for part in parts[:-1]]
    so_far = [cents_half_up(share) for share in itertools.accumulate(shares)] + [total]
    return [now - before for before, now in zip([ZERO, *so_far], so_far, strict=False)]
