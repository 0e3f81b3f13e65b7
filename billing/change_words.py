"""Why what a payer is billed changed, in one sentence: the largest causes with their amounts, the rest as a sum."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from billing.line_changes import Line, LineChange, line_changes, net_of
from billing.money import ZERO, cents_half_up

NAMED = 3
ONCE = {
    "one_off": "one-off",
    "balance": "balance of an ended contract",
    "credit": "credit",
    "refund": "refund",
    "fee": "fee",
    "interest": "interest",
}


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that changed, in words, and by how much, EUR."""

    words: str
    amount: Decimal

    def __str__(self) -> str:
        return f"{self.words} {signed(self.amount)}" if self.words == "calls" else f"{self.words} ({signed(self.amount)})"


def sentence(before: Sequence[Line], now: Sequence[Line]) -> str:
    """Returns why one payer's lines differ from the month before, never empty; the amounts in it add up to the difference."""
    if not before and not now:
        return "not billed in either month"
    if not now:
        return f"not billed this month ({signed(-net_of(before))})"
    if not before:
        return f"not billed last month: {_listed(_causes([], now)) or 'nothing to pay (0.00)'}"
    return _listed(_causes(before, now)) or "no change"


def signed(amount: Decimal) -> str:
    """Returns an amount with its sign, as "+1,234.50", "-3.00" or "0.00"."""
    return f"{amount:+,.2f}" if amount else "0.00"


def _listed(causes: Iterable[Cause]) -> str:
    """The largest causes, the rest as one sum; equal amounts by their words, so that the order of lines does not matter."""
    found = sorted((cause for cause in causes if cause.amount), key=lambda cause: (-abs(cause.amount), cause.words))
    named, rest = found[:NAMED], found[NAMED:]
    if rest:
        named = [*named, Cause(f"{len(rest)} other cause{'s' * (len(rest) > 1)}", sum((cause.amount for cause in rest), ZERO))]
    return ", ".join(str(cause) for cause in named)


def _causes(before: Sequence[Line], now: Sequence[Line]) -> list[Cause]:
    by_product: dict[tuple[str, str], list[LineChange]] = defaultdict(list)
    for change in line_changes(before, now):
        by_product[change.product, change.unit].append(change)
    than = " more" if before else ""  # nothing is more than a bill there was not
    recurring = [cause for key in sorted(by_product) for cause in _of_product(*key, by_product[key], than)]
    calls = net_of(line for line in now if line.family == "usage") - net_of(line for line in before if line.family == "usage")
    return [*recurring, Cause("calls", calls), *_charged_once(before, now)]


def _of_product(product: str, unit: str, changes: Sequence[LineChange], than: str) -> list[Cause]:
    price = sum((change.price for change in changes), ZERO)
    units = sum((change.units for change in changes), ZERO)
    days = sum((change.days for change in changes), ZERO)
    more = sum((change.more_units for change in changes), Decimal(0))
    known = all(change.known for change in changes if change.days)
    return [
        Cause(_price_words(product, unit, [change for change in changes if change.price]), price),
        Cause(f"{_how_many(more, unit)}{than if more > 0 else ' fewer'} on {product}" if more else f"other lines of {product}", units),
        Cause(f"{_which(days, than)} days of {product}" if known else f"another amount for {product}", days),
    ]


def _which(days: Decimal, than: str) -> str:
    """Which days make the difference; those of a first bill before its whole month are the first ones."""
    if days < 0:
        return "fewer"
    return "more" if than else "first"


def _how_many(more: Decimal, unit: str) -> str:
    count = abs(more)
    name = f" {unit}{'' if count == 1 else 's'}" if unit else ""
    return f"{format(count.normalize(), 'f')}{name}"


def _price_words(product: str, unit: str, changes: Sequence[LineChange]) -> str:
    steps = {change.price_step for change in changes}
    step = steps.pop() if len(steps) == 1 else None
    return f"price {_step(step)} {f'a {unit}' if unit else 'each'} on {product}" if step else f"other prices of {product}"


def _step(step: Fraction) -> str:
    """A difference of unit prices: to the cent when it is whole cents, else with the decimals it has (six at most)."""
    cents = cents_half_up(step)
    if Fraction(cents) == step:
        return signed(cents)
    exact = Decimal(step.numerator) / Decimal(step.denominator)
    return f"{exact.normalize():+f}"


def _charged_once(before: Sequence[Line], now: Sequence[Line]) -> list[Cause]:
    """What is charged once, by kind and product; what only last month had says so, for its going is what changed."""
    was: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    is_now: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for lines, sums in ((before, was), (now, is_now)):
        for line in lines:
            if line.family == "one_off":
                sums[line.charge, line.product] += line.net
    gone = [Cause(f"{_once(*key)} of last month", -sums) for key, sums in was.items() if key not in is_now]
    return [*gone, *(Cause(_once(*key), sums - was.get(key, ZERO)) for key, sums in is_now.items())]


def _once(charge: str, product: str) -> str:
    return f"{ONCE.get(charge, charge)} {product}".strip()
