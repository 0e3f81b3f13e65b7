"""VAT: how a payer is taxed. The tax itself is computed on the totals of an invoice, once a category."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from billing.clause import carries_out
from billing.money import ZERO

CategoryCode = Literal["S", "AE", "O"]

SELLER_COUNTRY = "BE"

# The member states by country code. Greece writes its VAT numbers with EL.
MEMBER_STATES = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())
VAT_PREFIXES = (MEMBER_STATES - {"GR"}) | {"EL"}


@dataclass(frozen=True, slots=True)
class DatedRate:
    """A rate of VAT in percent, the day it applies from, and the text that sets it."""

    applies_from: date
    percent: Decimal
    source: str


STANDARD_RATES = (DatedRate(date(1996, 1, 1), Decimal("21.00"), "Royal decree no 20, article 1"),)


@dataclass(frozen=True, slots=True)
class Treatment:
    """A VAT category of EN 16931 and its rate in percent: S standard, AE reverse charge, O outside the scope of VAT."""

    category: CategoryCode
    rate: Decimal


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
def treatment(country: str, vat_number: str, on: date) -> Treatment:
    """Returns how a payer is taxed on the day of the invoice.

    Belgian payer: standard rate. VAT number of another member state: reverse charge. Outside the Union: outside scope.
    A payer in another member state without a VAT number pays the Belgian rate.
    """
    if country == SELLER_COUNTRY:
        return Treatment("S", standard_rate(on))
    if is_of_another_member_state(vat_number):
        return Treatment("AE", ZERO)
    if country not in MEMBER_STATES:
        return Treatment("O", ZERO)
    return Treatment("S", standard_rate(on))
