"""Disputes (GC-9.3, GC-14.2, CG-4), told of an invoice of 28 October 2026 over 300.00 EUR with VAT."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.disputes import PHASES, Dispute, Phase, contested, covered, is_late, may_become

D = Decimal
INVOICED = date(2026, 10, 28)
DISPUTE = Dispute("D1", "A", date(2026, 11, 10), D("120.00"), "claim")
ON = date(2026, 12, 1)


@pytest.mark.clause("GC-14.2")
@pytest.mark.parametrize(
    ("opened_on", "late"),
    [
        pytest.param(date(2026, 10, 28), False, id="the day of the invoice"),
        pytest.param(date(2026, 11, 27), False, id="day 30"),
        pytest.param(date(2026, 11, 28), True, id="day 31"),
    ],
)
def test_a_claim_more_than_30_days_after_the_invoice_is_marked_late(opened_on: date, late: bool) -> None:
    assert is_late(replace(DISPUTE, opened_on=opened_on), INVOICED) is late


@pytest.mark.clause("GC-9.3", "GC-14.2")
def test_a_late_claim_holds_back_until_a_human_has_closed_it() -> None:
    late = replace(DISPUTE, opened_on=date(2026, 11, 30))
    assert contested([late], "A", D("300.00"), date(2026, 11, 30)) == D("120.00")
    assert contested([replace(late, closed_on=ON)], "A", D("300.00"), ON) == D("0.00")


@pytest.mark.clause("GC-9.3")
@pytest.mark.parametrize(
    ("on", "held"),
    [
        pytest.param(date(2026, 11, 9), "0.00", id="the day before it was opened"),
        pytest.param(date(2026, 11, 10), "120.00", id="the day it was opened"),
        pytest.param(date(2026, 11, 19), "120.00", id="the day before it was closed"),
        pytest.param(date(2026, 11, 20), "0.00", id="the day it was closed"),
    ],
)
def test_a_contested_amount_is_held_out_of_dunning_while_the_dispute_is_open(on: date, held: str) -> None:
    assert contested([replace(DISPUTE, closed_on=date(2026, 11, 20))], "A", D("300.00"), on) == D(held)


@pytest.mark.clause("GC-9.3")
def test_no_more_is_contested_than_is_open() -> None:
    two = [DISPUTE, replace(DISPUTE, dispute_id="D2", amount=D("250.00"))]
    assert contested(two, "A", D("300.00"), ON) == D("300.00")
    assert contested(two, "A", D("80.00"), ON) == D("80.00")
    assert contested(two, "B", D("300.00"), ON) == D("0.00")


@pytest.mark.clause("GC-9.3")
@pytest.mark.parametrize(
    ("guarantee", "barred"),
    [
        pytest.param("0.00", "0.00", id="no guarantee"),
        pytest.param("50.00", "50.00", id="a guarantee of a part"),
        pytest.param("120.00", "120.00", id="a guarantee of the whole"),
        pytest.param("500.00", "120.00", id="a guarantee of more covers what is contested"),
    ],
)
def test_a_bank_guarantee_bars_suspension_for_what_it_covers_of_120_contested(guarantee: str, barred: str) -> None:
    assert covered([replace(DISPUTE, guarantee=D(guarantee))], "A", D("300.00"), ON) == D(barred)


@pytest.mark.clause("GC-9.3")
def test_the_guarantee_of_one_dispute_covers_no_other() -> None:
    first = replace(DISPUTE, guarantee=D("500.00"))
    second = replace(DISPUTE, dispute_id="D2", amount=D("100.00"))
    assert covered([first, second], "A", D("300.00"), ON) == D("120.00")


@pytest.mark.clause("CG-4")
@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        pytest.param("claim", "mediation", True, id="a claim goes to the mediation service"),
        pytest.param("mediation", "court", True, id="what mediation did not settle goes to court"),
        pytest.param("claim", "court", False, id="no claim goes to court without mediation"),
        pytest.param("court", "mediation", False, id="nothing goes back"),
        pytest.param("claim", "claim", True, id="a claim may stay one"),
    ],
)
def test_a_dispute_goes_through_its_phases_in_order(before: Phase, after: Phase, allowed: bool) -> None:
    assert may_become(before, after) is allowed


amounts = st.decimals("0", "500", places=2)
disputes = st.lists(
    st.builds(
        Dispute,
        st.just("D"),
        st.sampled_from("AB"),
        st.dates(date(2026, 10, 1), date(2026, 12, 31)),
        amounts,
        st.sampled_from(PHASES),
        amounts,
        st.none() | st.dates(date(2027, 1, 1), date(2027, 2, 1)),
    ),
    max_size=5,
)


@pytest.mark.clause("GC-9.3")
@given(disputes, amounts, st.dates(date(2026, 9, 1), date(2027, 3, 1)))
def test_what_is_covered_is_never_more_than_what_is_contested(given_disputes: list[Dispute], open_amount: Decimal, on: date) -> None:
    held = contested(given_disputes, "A", open_amount, on)
    assert D(0) <= covered(given_disputes, "A", open_amount, on) <= held <= open_amount
