"""The three signs of unfair roaming, on the use of SIMs day by day: thresholds of a tenth, sixty days and three SIMs."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest

from billing.fair_use import DayOfUse, FairUse, Sign, Thresholds, signs_of_abuse, window_of
from billing.period import Period

pytestmark = pytest.mark.clause("GC-6.1")

LIMITS = Thresholds(Decimal("0.10"), 60, 3)
WINDOW = Period(date(2026, 7, 1), date(2026, 10, 28))
A, B, C = Sign.DOMESTIC_INSIGNIFICANT, Sign.DOMESTIC_INACTIVE, Sign.SIMS_IN_TURN


def days(sim: str, first: date, count: int, *, domestic: int = 0, roaming: int = 0, line: int = 1) -> list[DayOfUse]:
    return [DayOfUse(line, sim, first + timedelta(days=n), domestic, roaming) for n in range(count)]


def signs(uses: Sequence[DayOfUse], quantity: int = 1) -> dict[str, tuple[Sign, ...]]:
    return {found.sim: found.signs for found in signs_of_abuse(uses, {1: quantity}, WINDOW, LIMITS)}


def test_the_window_is_four_calendar_months_that_end_with_the_one_closed_as_far_as_usage_is_known() -> None:
    assert window_of(Period.month("2026-10"), date(2026, 10, 28)) == WINDOW
    assert window_of(Period.month("2026-02"), date(2026, 3, 5)) == Period(date(2025, 11, 1), date(2026, 3, 1))


@pytest.mark.parametrize(
    ("domestic", "found"),
    [
        pytest.param(10, {"S": (A,)}, id="10 uses at home of 100: a tenth, insignificant"),
        pytest.param(11, {}, id="11 uses at home of 101: more than a tenth"),
    ],
)
def test_sign_a_domestic_use_that_is_insignificant_beside_roaming(domestic: int, found: dict[str, tuple[Sign, ...]]) -> None:
    everywhere = [*days("S", date(2026, 10, 1), 1, domestic=domestic), *days("S", date(2026, 10, 2), 9, roaming=10)]
    assert signs(everywhere) == found


@pytest.mark.parametrize(
    ("at_home_again", "roaming", "found"),
    [
        pytest.param(date(2026, 8, 31), 10, {"S": (B,)}, id="sixty days in a row without use at home, most use abroad"),
        pytest.param(date(2026, 8, 30), 10, {}, id="fifty-nine days in a row"),
        pytest.param(date(2026, 8, 31), 4, {}, id="sixty days, but no majority of roaming"),
    ],
)
def test_sign_b_long_inactivity_at_home_while_most_use_is_roaming(
    at_home_again: date, roaming: int, found: dict[str, tuple[Sign, ...]]
) -> None:
    uses = [
        *days("S", date(2026, 7, 1), 1, domestic=2),
        *days("S", date(2026, 7, 20), 1, roaming=roaming),
        *days("S", at_home_again, 1, domestic=1),
        *days("S", date(2026, 10, 20), 1, domestic=1),
    ]
    assert signs(uses) == found


def test_inactivity_counts_from_the_first_use_of_a_sim_to_the_end_of_the_window() -> None:
    new_in_september = [*days("S", date(2026, 9, 20), 1, roaming=5), *days("S", date(2026, 9, 21), 1, domestic=1)]
    (found,) = signs_of_abuse(new_in_september, {}, WINDOW, Thresholds(Decimal("0.5"), 30, 3))
    assert found == FairUse(1, "S", (A, B), 1, 5, 1, 1, 36, 1)  # from 22 September to 27 October


def test_sign_c_three_sims_of_a_line_for_one_that_roam_one_after_another() -> None:
    in_turn = [
        *days("+1", date(2026, 7, 1), 20, domestic=1, roaming=1),
        *days("+2", date(2026, 8, 1), 20, domestic=1, roaming=1),
        *days("+3", date(2026, 9, 1), 20, domestic=1, roaming=1),
    ]
    assert signs(in_turn) == {"+1": (C,), "+2": (C,), "+3": (C,)}
    assert signs(in_turn, quantity=3) == {}  # a line for three users


@pytest.mark.parametrize(
    "third",
    [
        pytest.param(days("+3", date(2026, 8, 20), 5, domestic=1, roaming=1), id="the third roams from the last day of the second on"),
        pytest.param(days("+3", date(2026, 9, 1), 5, domestic=1), id="the third is used at home only"),
    ],
)
def test_sims_that_roam_at_a_time_or_not_at_all_are_not_in_turn(third: list[DayOfUse]) -> None:
    two = [
        *days("+1", date(2026, 7, 1), 20, domestic=1, roaming=1),
        *days("+2", date(2026, 8, 1), 20, domestic=1, roaming=1),
    ]
    assert signs([*two, *third]) == {}


def test_use_at_home_alone_is_no_sign_whatever_the_pauses() -> None:
    assert signs([*days("S", date(2026, 7, 1), 1, domestic=1), *days("S", date(2026, 10, 27), 1, domestic=1)]) == {}


def test_each_line_is_judged_by_itself_in_order() -> None:
    uses = [use for line in (2, 1) for use in days("S", date(2026, 10, 1), 5, roaming=1, line=line)]
    assert [(one.line_no, one.signs) for one in signs_of_abuse(uses, {1: 1, 2: 1}, WINDOW, LIMITS)] == [(1, (A,)), (2, (A,))]
