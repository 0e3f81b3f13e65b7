"""Which days are working days in Belgium: no weekend, no public holiday, no day on which the banks are closed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.working_days import WorkingDays
from tasks.holidays import belgian_working_days


@pytest.mark.parametrize(
    ("day", "next_working"),
    [
        pytest.param(date(2026, 12, 4), date(2026, 12, 4), id="a Friday is one itself"),
        pytest.param(date(2026, 12, 5), date(2026, 12, 7), id="Saturday moves to Monday"),
        pytest.param(date(2026, 12, 6), date(2026, 12, 7), id="Sunday moves to Monday"),
        pytest.param(date(2026, 4, 3), date(2026, 4, 7), id="Good Friday, closed banks, moves past Easter Monday"),
        pytest.param(date(2026, 4, 6), date(2026, 4, 7), id="Easter Monday moves to Tuesday"),
        pytest.param(date(2026, 5, 1), date(2026, 5, 4), id="1 May, a Friday, moves to Monday"),
        pytest.param(date(2026, 5, 14), date(2026, 5, 18), id="Ascension Day moves past the Friday on which banks are closed"),
        pytest.param(date(2026, 5, 15), date(2026, 5, 18), id="the Friday after Ascension, closed banks, moves to Monday"),
        pytest.param(date(2026, 5, 25), date(2026, 5, 26), id="Pentecost Monday moves to Tuesday"),
        pytest.param(date(2026, 7, 21), date(2026, 7, 22), id="21 July, a Tuesday, moves to Wednesday"),
        pytest.param(date(2027, 11, 1), date(2027, 11, 2), id="1 November, a Monday, moves to Tuesday"),
        pytest.param(date(2026, 11, 11), date(2026, 11, 12), id="11 November, a Wednesday, moves to Thursday"),
        pytest.param(date(2026, 12, 25), date(2026, 12, 28), id="Christmas, a Friday, moves past 26 December to Monday"),
        pytest.param(date(2027, 1, 1), date(2027, 1, 4), id="New Year's Day, a Friday, moves to Monday"),
    ],
)
def test_a_day_that_is_no_working_day_moves_to_the_next_one(day: date, next_working: date) -> None:
    assert belgian_working_days(day).on_or_after(day) == next_working


def test_the_calendar_reaches_from_the_year_before_to_the_second_after() -> None:
    calendar = belgian_working_days(date(2026, 6, 1))
    assert [calendar.is_working(date(year, 7, 21)) for year in (2025, 2026, 2027, 2028)] == [False] * 4
    assert belgian_working_days(date(2026, 1, 1)) is belgian_working_days(date(2026, 12, 31))


@pytest.mark.parametrize(
    ("day", "number", "after", "before"),
    [
        (date(2026, 12, 3), 1, date(2026, 12, 4), date(2026, 12, 2)),
        (date(2026, 12, 4), 1, date(2026, 12, 7), date(2026, 12, 3)),
        (date(2026, 12, 5), 1, date(2026, 12, 7), date(2026, 12, 4)),
        (date(2026, 12, 24), 2, date(2026, 12, 29), date(2026, 12, 22)),
        (date(2026, 5, 13), 5, date(2026, 5, 22), date(2026, 5, 6)),
    ],
)
def test_working_days_are_counted_from_the_day_after_and_from_the_day_before(day: date, number: int, after: date, before: date) -> None:
    calendar = belgian_working_days(day)
    assert (calendar.after(day, number), calendar.before(day, number)) == (after, before)


def test_no_working_day_at_all_cannot_be_counted() -> None:
    with pytest.raises(ValueError, match="0 working days; count 1 or more, or ask for on_or_after"):
        WorkingDays(frozenset()).after(date(2026, 12, 4), 0)


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(1, 30))
def test_counting_forth_and_back_from_a_working_day_ends_where_it_began(day: date, number: int) -> None:
    calendar = belgian_working_days(date(2026, 7, 1))
    start = calendar.on_or_after(day)
    there = calendar.after(start, number)
    assert calendar.is_working(there)
    assert calendar.before(there, number) == start
