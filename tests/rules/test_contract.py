"""A contract is in force when the last of its acts is done (GC-2.2, GC-11.1); its minimum term runs from its start (CG-3.a)."""

from datetime import date
from decimal import Decimal

import pytest

from billing.contract import in_force_since, missing_for_force, term_end, term_runs
from tests.rules.lines import contract

CLOSE = date(2026, 10, 28)


@pytest.mark.clause("GC-2.2", "GC-11.1")
def test_all_acts_done_is_in_force() -> None:
    assert missing_for_force(contract(), CLOSE) == ()
    assert in_force_since(contract()) == date(2025, 12, 10)


@pytest.mark.clause("GC-2.2", "GC-11.1")
@pytest.mark.parametrize(
    ("act", "missing"), [("signed_on", "signature"), ("credit_approved_on", "credit approval"), ("confirmed_on", "written confirmation")]
)
def test_each_act_can_be_the_one_missing(act: str, missing: str) -> None:
    assert missing_for_force(contract(**{act: None}), CLOSE) == (missing,)
    assert missing_for_force(contract(**{act: date(2026, 10, 29)}), CLOSE) == (missing,)
    assert missing_for_force(contract(**{act: date(2026, 10, 28)}), CLOSE) == ()
    assert in_force_since(contract(**{act: None})) is None


@pytest.mark.clause("GC-2.2", "GC-11.1")
def test_a_deposit_is_needed_only_when_one_was_agreed() -> None:
    assert missing_for_force(contract(deposit_required=Decimal("500.00")), CLOSE) == ("deposit",)
    assert missing_for_force(contract(deposit_required=Decimal("0.00")), CLOSE) == ()
    received = contract(deposit_required=Decimal("500.00"), deposit_received_on=date(2026, 2, 1))
    assert missing_for_force(received, CLOSE) == ()
    assert in_force_since(received) == date(2026, 2, 1)


@pytest.mark.clause("GC-2.2", "GC-11.1")
def test_everything_missing_is_listed() -> None:
    blank = contract(signed_on=None, credit_approved_on=None, deposit_required=Decimal("1.00"), confirmed_on=None)
    assert missing_for_force(blank, CLOSE) == ("signature", "credit approval", "deposit", "written confirmation")


@pytest.mark.clause("CG-3.a", "GC-11.1")
def test_the_term_of_the_contract_counts_from_its_start() -> None:
    assert term_end(contract(), date(2026, 5, 1), None) == date(2028, 1, 1)
    assert term_end(contract(starts_on=None), date(2026, 5, 1), None) == date(2028, 5, 1)


@pytest.mark.clause("CG-3.a", "GC-2.1")
def test_a_term_on_the_order_line_prevails_and_counts_from_the_line() -> None:
    assert term_end(contract(), date(2026, 5, 15), 12) == date(2027, 5, 15)


@pytest.mark.clause("CG-3.a")
def test_the_term_still_runs_the_day_before_its_end_and_not_on_it() -> None:
    assert term_runs(contract(), date(2026, 1, 1), None, date(2027, 12, 31))
    assert not term_runs(contract(), date(2026, 1, 1), None, date(2028, 1, 1))
    assert not term_runs(contract(term_months=0), date(2026, 1, 1), None, date(2026, 1, 1))
