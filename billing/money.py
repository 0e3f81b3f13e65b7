"""Amounts of money: exact decimals, rounded only where a clause says so.

Amounts are Decimal EUR. Bulk columns hold integers instead: cents for prices, micro-euro (a millionth of a euro) for rates.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from fractions import Fraction

from billing.clause import carries_out

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
MICRO_PER_EURO = 1_000_000


def round_half_up(amount: Decimal) -> Decimal:
    """Returns the amount in EUR to the cent; half a cent goes away from zero."""
    return exact(amount).quantize(CENT, ROUND_HALF_UP)


def cents_half_up(amount: Fraction) -> Decimal:
    """Returns an exact fraction of EUR as EUR to the cent; half a cent goes away from zero.

    A price x days / days in month seldom has a finite decimal expansion, so it stays a fraction until it is rounded, once.
    """
    cents = (abs(amount.numerator) * 200 + amount.denominator) // (2 * amount.denominator)
    return from_cents(cents if amount >= 0 else -cents)


@carries_out("BT-2.e")
def ceil_to_cent(amount: Decimal) -> Decimal:
    """Returns the amount in EUR, up to the next whole cent (BT-2.e)."""
    return exact(amount).quantize(CENT, ROUND_CEILING)


def to_micro(amount: Decimal) -> int:
    """Returns EUR as whole micro-euro. Raises ValueError when the amount has more than six decimals."""
    micro = exact(amount).scaleb(6)
    if micro != micro.to_integral_value():
        raise ValueError(f"{amount} EUR has more than six decimals; give it to a millionth of a euro")
    return int(micro)


def from_micro(micro: int) -> Decimal:
    """Returns micro-euro as EUR with six decimals."""
    return Decimal(whole(micro, "micro-euro")).scaleb(-6)


def to_cents(amount: Decimal) -> int:
    """Returns EUR as whole cents. Raises ValueError when the amount is not rounded to the cent."""
    cents = exact(amount).scaleb(2)
    if cents != cents.to_integral_value():
        raise ValueError(f"{amount} EUR is not a whole number of cents; round it by the rule that applies first")
    return int(cents)


def from_cents(cents: int) -> Decimal:
    """Returns cents as EUR with two decimals."""
    return Decimal(whole(cents, "cents")).scaleb(-2)


def exact(amount: Decimal) -> Decimal:
    """Returns the amount itself. Raises TypeError for a float and ValueError for NaN or infinity: neither is money."""
    if not isinstance(amount, Decimal):
        raise TypeError(f"{amount!r} is a {type(amount).__name__}; money is a Decimal")
    if not amount.is_finite():
        raise ValueError(f"{amount} is not an amount of money")
    return amount


def whole(number: int, unit: str) -> int:
    """Returns the number itself. Raises TypeError when it is not an integer."""
    if not isinstance(number, int):
        raise TypeError(f"{number!r} is a {type(number).__name__}; {unit} are integers")
    return number
