"""VAT: the category of a payer, and the tax of an invoice, once for each category."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from billing.clause import carries_out
from billing.money import ZERO, round_half_up

CategoryCode = Literal["S", "AE", "O"]

SELLER_COUNTRY = "BE"

# The member states by country code. Greece writes its VAT numbers with EL.
MEMBER_STATES = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()
)
VAT_PREFIXES = (MEMBER_STATES - {"GR"}) | {"EL"}


@dataclass(frozen=True, slots=True)
class DatedRate:
    """A rate of VAT in percent, the day it applies from, and the text that sets it."""

    applies_from: date
    percent: Decimal
    source: str


STANDARD_RATES = (DatedRate(date(1996, 1, 1), Decimal("21.00"), "Royal decree no 20, article 1"),)


@dataclass(frozen=True, slots=True, order=True)
class VatCategory:
    """A category of EN 16931 and its rate in percent: S standard, AE reverse charge, O outside the scope of VAT."""

    code: CategoryCode
    rate: Decimal


@dataclass(frozen=True, slots=True)
class VatTotal:
    """The VAT of one category on an invoice: the sum of its net lines, and the tax on that sum. EUR, two decimals."""

    category: VatCategory
    base: Decimal
    vat: Decimal


def standard_rate(on: date, rates: tuple[DatedRate, ...] = STANDARD_RATES) -> Decimal:
    """Returns the standard rate in percent on a day. Raises ValueError for a day before the first rate kept here."""
    in_force = [rate for rate in rates if rate.applies_from <= on]
    if not in_force:
        raise ValueError(f"no standard rate of VAT is known for {on}; add it to STANDARD_RATES")
    return max(in_force, key=lambda rate: rate.applies_from).percent


def is_of_another_member_state(vat_number: str) -> bool:
    """Returns whether a VAT number is of a member state other than ours, by its prefix. Spaces, dots and case do not matter."""
    compact = "".join(character for character in vat_number.upper() if character.isalnum())
    return len(compact) > 2 and compact[:2] in VAT_PREFIXES - {SELLER_COUNTRY}


@carries_out("GC-5.1")
def vat_category(country: str, vat_number: str, on: date) -> VatCategory:
    """Returns the VAT category of a payer on the day of the invoice.

    Belgian payer: standard rate. VAT number of another member state: reverse charge. Outside the Union: outside scope.
    A payer in another member state without a VAT number pays the Belgian rate.
    """
    if country == SELLER_COUNTRY:
        return VatCategory("S", standard_rate(on))
    if is_of_another_member_state(vat_number):
        return VatCategory("AE", ZERO)
    if country not in MEMBER_STATES:
        return VatCategory("O", ZERO)
    return VatCategory("S", standard_rate(on))


@carries_out("GC-5.1")
def vat_totals(lines: Iterable[tuple[VatCategory, Decimal]]) -> list[VatTotal]:
    """Returns the VAT of an invoice from the category and net amount of each line: half-up, once a category, on the sum."""
    bases: dict[VatCategory, Decimal] = {}
    for category, net in lines:
        bases[category] = bases.get(category, ZERO) + net
    return [VatTotal(category, base, round_half_up(base * category.rate / 100)) for category, base in sorted(bases.items())]
