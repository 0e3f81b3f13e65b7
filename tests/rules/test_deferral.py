"""Deferred income, case by case: what is billed for days to come becomes income as the days pass."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.deferral import days_of_income, deferred, recognised, released
from billing.period import DAY, Period, months_after

D = Decimal
NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))
OCTOBER_FROM_23 = Period(date(2026, 10, 23), date(2026, 11, 1))


@pytest.mark.parametrize(
    ("net", "days", "day", "earned"),
    [
        pytest.param("62.00", NOVEMBER, date(2026, 10, 31), "0.00", id="nothing of November is earned in October"),
        pytest.param("62.00", NOVEMBER, date(2026, 11, 1), "2.07", id="the first of 30 days earns 2.0667, rounded up"),
        pytest.param("62.00", NOVEMBER, date(2026, 11, 15), "31.00", id="half of the days earn half"),
        pytest.param("62.00", NOVEMBER, date(2026, 11, 29), "59.93", id="one day is left: 59.9333"),
        pytest.param("62.00", NOVEMBER, date(2026, 11, 30), "62.00", id="all is earned at the end"),
        pytest.param("62.00", NOVEMBER, date(2027, 3, 1), "62.00", id="and nothing more after it"),
        pytest.param("18.00", OCTOBER_FROM_23, date(2026, 10, 31), "18.00", id="9 days of October are earned by its end"),
        pytest.param("18.00", OCTOBER_FROM_23, date(2026, 10, 25), "6.00", id="3 of 9 days earn a third"),
        pytest.param("-62.00", NOVEMBER, date(2026, 11, 1), "-2.07", id="a credit takes back what was earned, to the cent"),
        pytest.param("0.01", NOVEMBER, date(2026, 11, 14), "0.00", id="14 of 30 parts of a cent are no cent yet"),
        pytest.param("0.01", NOVEMBER, date(2026, 11, 15), "0.01", id="half a cent is rounded up"),
        pytest.param("-0.01", NOVEMBER, date(2026, 11, 15), "-0.01", id="half a cent of a credit is rounded away from zero"),
    ],
)
def test_income_is_net_by_elapsed_days(net: str, days: Period, day: date, earned: str) -> None:
    assert recognised(D(net), days, day) == D(earned)
    assert deferred(D(net), days, day) == D(net) - D(earned)


def test_what_is_income_at_issue_is_never_deferred() -> None:
    assert deferred(D("99.00"), None, date(2026, 10, 1)) == 0


def test_no_day_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing is earned on no day"):
        recognised(D("1.00"), Period(date(2026, 11, 1), date(2026, 11, 1)), date(2026, 11, 1))


@pytest.mark.parametrize(
    ("charge", "credited", "is_by_days"),
    [
        ("recurring", "", True),
        ("pro_rata", "", True),
        ("refund", "recurring", True),
        ("credit", "recurring", True),
        ("credit", "pro_rata", True),
        pytest.param("credit", "", False, id="an SLA credit used up on an invoice"),
        pytest.param("credit", "usage", False, id="a credit of calls"),
        pytest.param("credit", "credit", False, id="an SLA credit given back with its invoice"),
        ("usage", "", False),
        ("one_off", "", False),
        pytest.param("balance", "", False, id="the balance of an ended contract"),
        ("fee", "", False),
        ("interest", "", False),
    ],
)
def test_which_lines_are_earned_by_days(charge: str, credited: str, is_by_days: bool) -> None:
    found = days_of_income(charge, date(2026, 11, 1), date(2026, 11, 30), credited)
    assert found == (NOVEMBER if is_by_days else None)


NETS = st.decimals(min_value=-99999, max_value=99999, places=2)
DAYS = st.builds(
    lambda first, many: Period(first, first + timedelta(days=many)), st.dates(date(2024, 1, 1), date(2028, 12, 31)), st.integers(1, 400)
)


@given(net=NETS, days=DAYS, many=st.integers(-5, 410))
def test_a_credit_is_the_mirror_of_its_charge_on_every_day(net: Decimal, days: Period, many: int) -> None:
    day = days.first + timedelta(days=many)
    assert recognised(-net, days, day) == -recognised(net, days, day)
    assert recognised(net, days, days.last) == net
    assert recognised(net, days, days.first - DAY) == 0


@given(net=NETS.filter(lambda net: net > 0), days=DAYS, many=st.integers(-5, 410))
def test_income_never_goes_back(net: Decimal, days: Period, many: int) -> None:
    day = days.first + timedelta(days=many)
    assert 0 <= recognised(net, days, day) <= recognised(net, days, day + DAY) <= net


@given(net=NETS, days=DAYS)
def test_the_months_of_a_line_add_up_to_its_net(net: Decimal, days: Period) -> None:
    months = [Period.month_of(part.first) for part in days.months()]
    assert sum(released(net, days, month) for month in months) == net
    last = Period.month_of(months_after(months[-1].first, 1))
    assert released(net, days, last) == 0


@given(net=NETS, days=DAYS, cut=st.integers(0, 400))
def test_it_does_not_matter_how_the_days_are_cut(net: Decimal, days: Period, cut: int) -> None:
    between = min(days.first + timedelta(days=cut), days.past)
    parts = [part for part in (Period(days.first, between), Period(between, days.past)) if part]
    assert sum(recognised(net, days, part.last) - recognised(net, days, part.first - DAY) for part in parts) == net
