"""Charging again what a wrong invoice charged: the same days and quantities, at the prices that are now known to be right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, takewhile
from operator import attrgetter

from billing.clause import carries_out
from billing.counting import Count
from billing.money import round_half_up
from billing.one_off import OneOffCharge
from billing.order import OrderLine, is_prepaid
from billing.period import DAY, Period
from billing.prepaid import terms_due, whole_term
from billing.prices import Price, PriceList, Unpriced, price_on
from billing.recurring import AdditionCharge, RecurringCharge, charges, price_of_days, uncharged

Recharged = RecurringCharge | Unpriced


@carries_out("GC-5.1", "BT-2.b", "ST-2.b", "WM-2.b")
def days_again(line: OrderLine, before: Sequence[RecurringCharge], refunded: Iterable[Period], prices: PriceList) -> list[Recharged]:
    """Returns the charges that take the place of those a wrong invoice made of a line for days of service.

    Days, quantity and the rule behind it stay; the price is that of the order line or the list as they are now. Days given back since
    are not charged again.
    """
    gone = list(refunded)
    found: list[Recharged] = []
    recurring = [charge for charge in before if charge.charge != "balance"]
    for count, group in groupby(sorted(recurring, key=lambda each: each.days), key=attrgetter("count")):
        days = [part for whole in joined(each.days for each in group) for part in uncharged(whole, gone)]
        found += _prepaid_again(line, days, count, prices) if is_prepaid(line) else charges(line, days, count, prices)
    return found


@carries_out("CG-3.d", "GC-13.3")
def balance_again(line: OrderLine, before: RecurringCharge, last: Price | None, prices: PriceList) -> Recharged:
    """Returns the balance of a contract charged again: same days and quantity, at the price the line was `last` charged at.

    None = no other invoice charged the line; its balance is at the price of the order then.
    """
    price = last or price_on(line, prices, before.days.first)
    if isinstance(price, Unpriced):
        return price
    net = price_of_days(before.count.quantity, price.unit_price, before.days)[1]
    return replace(before, unit_price=price.unit_price, net=net, price_from=price.price_from)


def joined(days: Iterable[Period]) -> list[Period]:
    """Returns periods in order with neighbours joined: a month that was charged in parts, at two prices, is one month again."""
    found: list[Period] = []
    for period in days:
        if found and found[-1].past == period.first:
            found[-1] = Period(found[-1].first, period.past)
        else:
            found.append(period)
    return found


def _prepaid_again(line: OrderLine, days: Sequence[Period], count: Count, prices: PriceList) -> Iterator[Recharged]:
    """Whole terms as terms, at the price of their first day; what is no whole term by its days."""
    if not days:
        return
    last = max(period.past for period in days)
    terms = takewhile(lambda term: term.days.first < last, terms_due(replace(line, ends_on=None), last + 400 * DAY, 0))
    whole = [term for term in terms if any(period.overlap(term.days) == term.days for period in days)]
    for term in whole:
        assert term.months is not None
        yield from whole_term(line, term.days, term.months, count, prices)
    rest = [part for period in days for part in uncharged(period, [term.days for term in whole])]
    yield from charges(line, rest, count, prices)


@carries_out("BT-2.g", "GC-5.1")
def addition_again(line: OrderLine, before: AdditionCharge, prices: PriceList) -> AdditionCharge | Unpriced:
    """Returns the units added within a month charged back again, at the price now known for it."""
    price = price_on(line, prices, before.period)
    if isinstance(price, Unpriced):
        return price
    _, net = price_of_days(before.quantity, price.unit_price, Period(before.first_day, before.to_day + DAY))
    return replace(before, unit_price=price.unit_price, net=net)


@carries_out("BT-2.a", "ST-2.a", "WM-2.a", "GC-5.1")
def one_off_again(line: OrderLine, before: OneOffCharge, prices: PriceList) -> OneOffCharge | Unpriced:
    """Returns a one-off charge made again, at the price now known for the day of the order."""
    price = price_on(line, prices, before.ordered_on)
    if isinstance(price, Unpriced):
        return price
    return replace(before, unit_price=price.unit_price, net=round_half_up(before.quantity * price.unit_price))
