"""However a number is written it has one key; what is no number is refused with its reason."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.phone_numbers import dialled, key, keys, masked, written


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+32475123456", 32475123456),
        ("0032475123456", 32475123456),
        ("0475123456", 32475123456),
        ("0475/12.34.56", 32475123456),
        ("+32 (475) 12-34-56", 32475123456),
        ("32475123456", 32475123456),
        ("+1 212 555 0100", 12125550100),
        ("022345678", 3222345678),
        ("112", -112),
        ("s112", -112),
        ("116000", -116000),
        ("s1722", -1722),
        ("080012345", 3280012345),
    ],
)
def test_a_number_has_one_key_however_it_is_written(text: str, expected: int) -> None:
    assert key(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no number is given"),
        ("  ", "no number is given"),
        ("+", "it has no digits"),
        ("s", "it has no digits"),
        ("00", "it has no digits"),
        ("0", "it has no digits"),
        ("+32475abc", "it holds something other than digits"),
        ("anonymous", "it holds something other than digits"),
        ("+32475١٢٣", "it holds something other than digits"),
        ("+1234567890123456", "it has more than 15 digits"),
        ("+0475", "its first digit is 0, which no country code and no short code has"),
        ("s0112", "its first digit is 0, which no country code and no short code has"),
    ],
)
def test_what_is_no_number_is_refused_with_its_reason(text: str, reason: str) -> None:
    assert (dialled(text).key, dialled(text).reason) == (0, reason)


def test_the_refusal_does_not_show_the_whole_number() -> None:
    with pytest.raises(ValueError, match=r"'\+123456789012xxxx' is not a number that can be called: it has more than 15 digits"):
        key("+1234567890123456")


def test_a_number_of_fifteen_digits_is_a_number() -> None:
    assert key("+123456789012345") == 123456789012345


def test_a_column_of_numbers_gives_keys_and_marks_what_is_none() -> None:
    column, wrong = keys(["+32475123456", "112", "nobody", "0475123456", ""])
    assert column.tolist() == [32475123456, -112, 0, 32475123456, 0]
    assert wrong.tolist() == [False, False, True, False, True]
    assert column.dtype == np.int64


def test_an_empty_column_is_a_column() -> None:
    column, wrong = keys([])
    assert (len(column), len(wrong)) == (0, 0)


def test_masking_hides_the_last_digits_and_leaves_short_codes() -> None:
    assert masked("+32475123456") == "+3247512xxxx"
    assert masked("116000") == "116000"


@given(st.lists(st.text(alphabet="+s0123456789 .x", max_size=18)))
def test_the_column_form_agrees_with_the_single_form(texts: list[str]) -> None:
    column, wrong = keys(texts)
    assert column.tolist() == [dialled(text).key for text in texts]
    assert wrong.tolist() == [bool(dialled(text).reason) for text in texts]


@given(st.integers(min_value=1000000, max_value=10**15 - 1))
def test_a_written_number_reads_back(number: int) -> None:
    assert key(written(number)) == number
    assert key("00" + str(number)) == number
