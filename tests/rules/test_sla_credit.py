"""SLA credits: used up on the next invoices, oldest first, never below zero; paid out when the contract has ended (GC-10.5)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.sla_credit import LineState, SlaCredit, has_ended, use_up

pytestmark = pytest.mark.clause("GC-10.5")
D = Decimal
ON = date(2026, 10, 28)


def credit(credit_id: str, left: str, granted_on: str = "2026-10-01", amount: str = "100.00") -> SlaCredit:
    return SlaCredit(credit_id, "C1", "P1", "P1", date.fromisoformat(granted_on), "SLA", D(amount), D(left))


def used(credits_there: list[SlaCredit], *nets: str, on: date = ON) -> list[list[tuple[str, str, str]]]:
    uses = use_up(credits_there, [D(net) for net in nets], on)
    return [[(use.credit.credit_id, str(use.amount), str(use.left_after)) for use in of_invoice] for of_invoice in uses]


def test_a_credit_of_100_against_invoices_of_40_is_used_40_40_and_20() -> None:
    assert used([credit("K1", "100.00")], "40.00", "40.00", "40.00", "40.00") == [
        [("K1", "40.00", "60.00")], [("K1", "40.00", "20.00")], [("K1", "20.00", "0.00")], [],
    ]  # fmt: skip


def test_what_earlier_invoices_left_is_used_first_granted_first_used() -> None:
    there = [credit("K2", "30.00", "2026-10-02"), credit("K9", "5.00", "2026-09-30"), credit("K1", "10.00", "2026-10-02")]
    assert used(there, "20.00") == [[("K9", "5.00", "0.00"), ("K1", "10.00", "0.00"), ("K2", "5.00", "25.00")]]


@pytest.mark.parametrize(
    ("granted_on", "expected"),
    [
        pytest.param("2026-10-28", [[("K1", "40.00", "60.00")]], id="granted on the day of the run"),
        pytest.param("2026-10-29", [[]], id="granted the day after: waits for the next run"),
    ],
)
def test_a_credit_counts_from_the_day_it_was_granted(granted_on: str, expected: object) -> None:
    assert used([credit("K1", "100.00", granted_on)], "40.00") == expected


def test_an_invoice_of_nothing_uses_nothing() -> None:
    assert used([credit("K1", "100.00")], "0.00", "-5.00", "40.00") == [[], [], [("K1", "40.00", "60.00")]]


def test_a_credit_already_used_up_is_not_used_again() -> None:
    assert used([credit("K1", "0.00")], "40.00") == [[]]


CENTS = st.integers(0, 20_000).map(lambda cents: D(cents).scaleb(-2))


@given(st.lists(CENTS, max_size=5), st.lists(CENTS, max_size=5))
def test_no_invoice_falls_below_zero_no_credit_is_overused_and_none_is_kept_back(lefts: list[Decimal], nets: list[Decimal]) -> None:
    uses = use_up([credit(f"K{n}", str(left)) for n, left in enumerate(lefts)], nets, ON)
    of_invoice = [sum((use.amount for use in each), D(0)) for each in uses]
    assert all(0 <= amount <= net for amount, net in zip(of_invoice, nets, strict=True))
    assert all(use.amount > 0 for each in uses for use in each)
    assert sum(of_invoice) == min(sum(lefts), sum(nets))
    assert len({(use.credit.credit_id) for each in uses for use in each}) <= len(lefts)


@pytest.mark.parametrize(
    ("lines", "ended"),
    [
        pytest.param([("2026-10-28", True)], True, id="the only line ended on the close date and is charged to its last day"),
        pytest.param([("2026-10-29", True)], False, id="the last day is still to come"),
        pytest.param([("2026-09-30", False)], False, id="days are still to be charged"),
        pytest.param([("2026-09-30", True), (None, True)], False, id="another line of the contract runs on"),
        pytest.param([("2026-09-30", True), ("2026-10-15", True)], True, id="both lines ended"),
        pytest.param([], False, id="no line at all"),
    ],
)
def test_a_contract_has_ended_when_all_its_lines_have_and_are_billed_to_the_end(lines: list[tuple[str | None, bool]], ended: bool) -> None:
    states = [LineState(date.fromisoformat(last) if last else None, is_charged) for last, is_charged in lines]
    assert has_ended(states, ON) == ended
