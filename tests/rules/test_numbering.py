"""Numbers and structured communications, proven against an independent implementation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.be import ogm_vcs

from billing.numbering import InvoiceKind, check_digits, invoice_number, series_name, structured_reference

kinds = st.sampled_from(["invoice", "credit_note", "debit_note"])


@pytest.mark.parametrize(
    ("kind", "series", "number"),
    [
        ("invoice", "invoice-2026", "2026-000123"),
        ("credit_note", "credit_note-2026", "C2026-000123"),
        ("debit_note", "debit_note-2026", "D2026-000123"),
    ],
)
def test_each_kind_has_its_own_series_and_numbers(kind: InvoiceKind, series: str, number: str) -> None:
    assert series_name(kind, 2026) == series
    assert invoice_number(kind, 2026, 123) == number


def test_the_structured_communication_of_the_first_invoice() -> None:
    # 2600000001 divided by 97 leaves 70.
    assert structured_reference("invoice", 2026, 1) == "+++260/0000/00170+++"


def test_check_digits_are_never_00() -> None:
    assert check_digits("0000000097") == 97
    assert check_digits("0000000001") == 1


@given(kinds, st.integers(2020, 2119), st.integers(1, 9_999_999))
def test_every_structured_communication_is_valid(kind: InvoiceKind, year: int, seq: int) -> None:
    assert ogm_vcs.is_valid(structured_reference(kind, year, seq))


@given(st.lists(st.tuples(kinds, st.integers(2020, 2119), st.integers(1, 9_999_999)), unique=True))
def test_no_two_invoices_share_a_number_or_a_structured_communication(invoices: list[tuple[InvoiceKind, int, int]]) -> None:
    assert len({invoice_number(*invoice) for invoice in invoices}) == len(invoices)
    assert len({structured_reference(*invoice) for invoice in invoices}) == len(invoices)


@pytest.mark.parametrize("seq", [0, -1, 10_000_000])
def test_a_number_outside_the_series_is_refused(seq: int) -> None:
    with pytest.raises(ValueError, match="they run from 1 to 9999999"):
        invoice_number("invoice", 2026, seq)
    with pytest.raises(ValueError, match="they run from 1 to 9999999"):
        structured_reference("invoice", 2026, seq)
