"""Which price applies on a day: the order line's own, else the version of the price list then in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import attrgetter

from billing.clause import carries_out
from billing.order import OrderLine
from billing.terms import terms_of_service


@dataclass(frozen=True, slots=True)
class PriceVersion:
    """One version of a product's price, EUR a unit and month (or a unit, for one-offs)."""

    product: str
    service: str
    valid_from: date
    unit_price: Decimal
    announced_on: date | None


@dataclass(frozen=True, slots=True)
class Price:
    """The price of a line on a day, and the version it comes from (None = the order line's own price)."""

    unit_price: Decimal
    price_from: date | None


@dataclass(frozen=True, slots=True)
class Unpriced:
    """A line that cannot be charged because no price applies on a day (GC-5.1)."""

    line_no: int
    line_id: str
    product: str
    day: date

    @property
    def reason(self) -> str:
        """What is wrong and what to do, in one line."""
        return (
            f"no price for product {self.product} of line {self.line_id} on {self.day}: "
            "add a price version to prices.csv or a unit_price to the order line"
        )


# A product's versions with the day each takes effect, the latest version first.
PriceList = Mapping[str, tuple[tuple[date, PriceVersion], ...]]


@carries_out("GC-5.6")
def takes_effect(version: PriceVersion, is_first: bool) -> date | None:
    """Returns the first day a version applies; None = never.

    A change of a Telavox fee needs 30 days' written notice: announced later, it applies 30 days after the announcement;
    never announced, it never applies. The first version of a product changes nothing and needs no notice.
    """
    notice = terms_of_service(version.service).price_notice
    if notice is None or is_first:
        return version.valid_from
    if version.announced_on is None:
        return None
    return max(version.valid_from, version.announced_on + notice)


def price_list(versions: Iterable[PriceVersion]) -> PriceList:
    """Returns the versions by product, with the day each takes effect, without those that never do."""
    ordered = sorted(versions, key=attrgetter("product", "valid_from"))
    return {product: tuple(_effective(list(group)))[::-1] for product, group in groupby(ordered, attrgetter("product"))}


def _effective(versions: list[PriceVersion]) -> Iterable[tuple[date, PriceVersion]]:
    for position, version in enumerate(versions):
        effective_from = takes_effect(version, is_first=position == 0)
        if effective_from is not None:
            yield effective_from, version


def without_notice(versions: Iterable[PriceVersion]) -> list[PriceVersion]:
    """Returns the versions that do not apply from their `valid_from` for want of notice (GC-5.6), for the gate to show."""
    ordered = sorted(versions, key=attrgetter("product", "valid_from"))
    return [
        version
        for _, group in groupby(ordered, attrgetter("product"))
        for position, version in enumerate(group)
        if takes_effect(version, is_first=position == 0) != version.valid_from
    ]


@carries_out("GC-2.1", "GC-5.1", "BT-2.d", "ST-2.d")
def price_on(line: OrderLine, prices: PriceList, day: date) -> Price | Unpriced:
    """Returns the price of one unit of a line on a day, or that there is none.

    The order line's own price prevails over the list. Of the list, the latest version in force counts: a version delayed
    for want of notice never replaces one with a later `valid_from`.
    """
    if line.unit_price is not None:
        return Price(line.unit_price, None)
    return listed_price(line.product, prices, day) or Unpriced(line.line_no, line.line_id, line.product, day)


def listed_price(product: str, prices: PriceList, day: date) -> Price | None:
    """Returns the price of the list in force for a product on a day, None when there is none."""
    for effective_from, version in prices.get(product, ()):
        if effective_from <= day:
            return Price(version.unit_price, version.valid_from)
    return None
