"""The totals of an invoice: lines rounded to the cent, VAT once per category on their sum, gross as the sum of both."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from billing.clause import carries_out
from billing.money import ZERO, round_half_up
from billing.vat import Treatment


@dataclass(frozen=True, slots=True)
class VatTotal:
    """The VAT of one category and rate: `base` and `vat` in EUR to the cent, `rate` in per cent."""

    category: str
    rate: Decimal
    base: Decimal
    vat: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """The totals of an invoice in EUR to the cent, with the VAT by category and rate, in that order."""

    net: Decimal
    vat: Decimal
    gross: Decimal
    by_category: tuple[VatTotal, ...]


@carries_out("GC-5.1")
def totals(lines: Iterable[tuple[Decimal, Treatment]]) -> Totals:
    """Returns the totals of lines given as (net, VAT treatment).

    VAT is computed once per category and rate on the sum of the rounded lines, half-up to the cent (GC-5.1); so the
    net total is exactly the sum of the lines, and the VAT total that of the categories.
    """
    bases: dict[tuple[str, Decimal], Decimal] = defaultdict(lambda: ZERO)
    for net, treated in lines:
        bases[treated.category, treated.rate] += net
    by_category = tuple(
        VatTotal(category, rate, base, round_half_up(base * rate / 100)) for (category, rate), base in sorted(bases.items())
    )
    net = sum((total.base for total in by_category), ZERO)
    vat = sum((total.vat for total in by_category), ZERO)
    return Totals(net, vat, net + vat, by_category)
