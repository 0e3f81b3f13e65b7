"""Why the net of a month differs from the month before: price, quantity, traffic, new, lost and one-off, to the cent.

The definitions are those of decision 9. They need nothing but the lines of the invoices of two closes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from billing.change_words import sentence
from billing.line_changes import Family, Line, line_changes, net_of
from billing.money import ZERO


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why a net differs from the month before, EUR to the cent; what each part is stands in decision 9."""

    price: Decimal = ZERO
    quantity: Decimal = ZERO
    traffic: Decimal = ZERO
    new: Decimal = ZERO
    lost: Decimal = ZERO
    one_off: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """The net of this month less that of the month before."""
        return self.price + self.quantity + self.traffic + self.new + self.lost + self.one_off


@dataclass(frozen=True, slots=True)
class PayerReasons:
    """What a payer was billed before and is billed now, net, why it differs, and the same in words."""

    payer_id: str
    net_before: Decimal
    net_now: Decimal
    reasons: Reasons
    explanation: str

    @property
    def difference(self) -> Decimal:
        """What he is billed more than the month before."""
        return self.net_now - self.net_before


def changes(before: Iterable[Line], now: Iterable[Line]) -> tuple[PayerReasons, ...]:
    """Returns every payer of either month with what he is billed, why it differs and the explanation, by payer in order.

    A line that moved to another payer goes from the one and comes to the other.
    """
    return tuple(
        PayerReasons(payer_id, net_of(was), net_of(is_now), _of_payer(was, is_now), sentence(was, is_now))
        for payer_id, was, is_now in _paired(before, now)
    )


def reasons(changed: Iterable[PayerReasons]) -> Reasons:
    """Returns why the net differs over all these payers: the sum of each of their reasons."""
    parts = [one.reasons for one in changed]
    return Reasons(*(sum((getattr(part, name) for part in parts), ZERO) for name in Reasons.__slots__))


def largest_of(changed: Iterable[PayerReasons], how_many: int = 20) -> tuple[PayerReasons, ...]:
    """Returns the payers whose net differs most, up or down, the largest first; equal ones by payer. None without a difference."""
    differing = (one for one in changed if one.difference)
    return tuple(sorted(differing, key=lambda one: (-abs(one.difference), one.payer_id))[:how_many])


def _of_payer(before: Sequence[Line], now: Sequence[Line]) -> Reasons:
    """The reasons of one payer; of one billed in one month only, all is new, or lost."""
    if not before:
        return Reasons(new=net_of(now))
    if not now:
        return Reasons(lost=-net_of(before))
    was, is_now = _by_family(before), _by_family(now)
    price = sum((change.price for change in line_changes(before, now)), ZERO)
    return Reasons(
        price=price,
        quantity=is_now["recurring"] - was["recurring"] - price,
        traffic=is_now["usage"] - was["usage"],
        one_off=is_now["one_off"] - was["one_off"],
    )


def _by_family(lines: Iterable[Line]) -> Mapping[Family, Decimal]:
    sums: dict[Family, Decimal] = {"recurring": ZERO, "usage": ZERO, "one_off": ZERO}
    for line in lines:
        sums[line.family] += line.net
    return sums


def _paired(before: Iterable[Line], now: Iterable[Line]) -> list[tuple[str, list[Line], list[Line]]]:
    """The payers of either month in order, with their lines of both."""
    was: dict[str, list[Line]] = defaultdict(list)
    is_now: dict[str, list[Line]] = defaultdict(list)
    for lines, by_id in ((before, was), (now, is_now)):
        for line in lines:
            by_id[line.payer_id].append(line)
    return [(payer_id, was.get(payer_id, []), is_now.get(payer_id, [])) for payer_id in sorted(was.keys() | is_now.keys())]


__all__ = ["Line", "PayerReasons", "Reasons", "changes", "largest_of", "reasons"]
