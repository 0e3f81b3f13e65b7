"""The end of a fixed term as invoices show it: the last day included, and only while it runs."""

from datetime import date

import pytest

from billing.contract import Contract
from billing.fixed_term import FixedTerm, fixed_term, term_of_line

DONE = date(2025, 2, 1)


def contract(terms: str = "allocloud", starts_on: date | None = date(2025, 3, 1), term_months: int = 24) -> Contract:
    return Contract("C-1", "P-1", terms, DONE, DONE, None, None, DONE, starts_on, term_months)


@pytest.mark.clause("CG-3.a")
@pytest.mark.parametrize("terms", ["allocloud", "telavox"])
@pytest.mark.parametrize("on", [date(2025, 3, 28), date(2026, 10, 28), date(2027, 2, 28)])
def test_24_months_from_1_march_2025_run_until_28_february_2027(terms: str, on: date) -> None:
    assert fixed_term(contract(terms), on, is_terminated=False) == FixedTerm(date(2027, 2, 28))


@pytest.mark.parametrize(
    ("terms", "is_terminated", "shown"),
    [
        pytest.param("allocloud", False, None, id="ALLOcloud: nothing is said", marks=pytest.mark.clause("CG-3.a")),
        pytest.param("telavox", False, FixedTerm(None), id="Telavox: it runs on", marks=pytest.mark.clause("GC-11.2")),
        pytest.param("telavox", True, None, id="Telavox, terminated: it does not run on", marks=pytest.mark.clause("GC-11.2")),
    ],
)
def test_on_1_march_2027_the_term_is_over(terms: str, is_terminated: bool, shown: FixedTerm | None) -> None:
    assert fixed_term(contract(terms), date(2027, 3, 1), is_terminated=is_terminated) == shown


@pytest.mark.clause("CG-3.a")
@pytest.mark.parametrize("agreed", [contract(starts_on=None), contract(term_months=0)], ids=["no start", "no term"])
def test_a_contract_without_a_start_or_a_term_has_no_end_to_show(agreed: Contract) -> None:
    assert fixed_term(agreed, date(2026, 10, 28), is_terminated=False) is None


@pytest.mark.clause("GC-2.1")
@pytest.mark.parametrize(
    ("starts_on", "min_months", "on", "shown"),
    [
        pytest.param(date(2026, 4, 1), 12, date(2026, 10, 28), date(2027, 3, 31), id="12 months of its own, from the start of the line"),
        pytest.param(date(2026, 4, 1), 12, date(2027, 4, 1), None, id="its own term is over"),
        pytest.param(date(2026, 4, 1), None, date(2026, 10, 28), None, id="no term of its own: the contract's is shown already"),
        pytest.param(date(2025, 3, 1), 24, date(2026, 10, 28), None, id="the same end as the contract"),
    ],
)
def test_a_term_written_on_the_order_line_is_shown_with_the_line(
    starts_on: date, min_months: int | None, on: date, shown: date | None
) -> None:
    assert term_of_line(contract(), starts_on, min_months, on) == shown


@pytest.mark.clause("CG-3.a")
def test_where_the_contract_names_no_start_each_line_shows_its_own_end() -> None:
    assert term_of_line(contract(starts_on=None), date(2026, 4, 1), None, date(2026, 10, 28)) == date(2028, 3, 31)
