"""Amounts: exact, rounded in the direction the clause says, and never a float."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.money import ceil_to_cent, cents_half_up, from_cents, from_micro, round_half_up, to_cents, to_micro


@pytest.mark.clause("BT-2.e")
@pytest.mark.parametrize(
    ("amount", "half_up", "up"),
    [
        ("0.125", "0.13", "0.13"),
        ("0.115", "0.12", "0.12"),
        ("0.1249", "0.12", "0.13"),
        ("0.12", "0.12", "0.12"),
        ("0.120001", "0.12", "0.13"),
        ("0.000001", "0.00", "0.01"),
        ("0", "0.00", "0.00"),
        ("-0.125", "-0.13", "-0.12"),
        ("9999999.995", "10000000.00", "10000000.00"),
    ],
)
def test_half_a_cent_goes_away_from_zero_and_a_call_goes_up(amount: str, half_up: str, up: str) -> None:
    assert str(round_half_up(Decimal(amount))) == half_up
    assert ceil_to_cent(Decimal(amount)) == Decimal(up)


@pytest.mark.clause("BT-2.b", "ST-2.b")
def test_a_fraction_is_rounded_once_and_exactly() -> None:
    assert str(cents_half_up(Fraction(1, 200))) == "0.01"  # exactly half a cent
    assert str(cents_half_up(Fraction(1, 201))) == "0.00"
    assert str(cents_half_up(Fraction(-1, 200))) == "-0.01"
    assert str(cents_half_up(Fraction(31 * 9, 31))) == "9.00"
    assert str(cents_half_up(Fraction(2, 3))) == "0.67"


@given(st.decimals(-(10**9), 10**9, places=6))
def test_a_fraction_rounds_as_the_decimal_it_is(amount: Decimal) -> None:
    assert cents_half_up(Fraction(amount)) == round_half_up(amount)


@given(st.integers(-(10**15), 10**15))
def test_micro_euro_and_cents_come_back_as_they_went(whole: int) -> None:
    assert to_micro(from_micro(whole)) == whole
    assert to_cents(from_cents(whole)) == whole


def test_micro_euro_are_millionths() -> None:
    assert to_micro(Decimal("0.0195")) == 19_500
    assert from_micro(19_500) == Decimal("0.0195")


def test_what_would_be_lost_is_refused() -> None:
    with pytest.raises(ValueError, match=r"0\.0000001 EUR has more than six decimals|1E-7 EUR has more than six decimals"):
        to_micro(Decimal("0.0000001"))
    with pytest.raises(ValueError, match="not a whole number of cents"):
        to_cents(Decimal("0.005"))


@pytest.mark.parametrize("turned", [round_half_up, ceil_to_cent, to_micro, to_cents])
def test_a_float_is_not_money(turned: object) -> None:
    assert callable(turned)
    with pytest.raises(TypeError, match="money is a Decimal"):
        turned(0.1)
    with pytest.raises(ValueError, match="not an amount of money"):
        turned(Decimal("NaN"))


def test_whole_units_are_integers() -> None:
    with pytest.raises(TypeError, match="cents are integers"):
        from_cents(1.0)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="micro-euro are integers"):
        from_micro(1.0)  # type: ignore[arg-type]
