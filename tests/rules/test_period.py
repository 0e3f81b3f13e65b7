"""Days, months and quarters, and the instants they begin in Brussels."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.period import Period, brussels_day, days_in_month, months_after, quarter_of, start_of_day_utc

any_day = st.dates(date(2000, 1, 1), date(2090, 12, 31))


def test_a_month_is_written_year_and_month() -> None:
    assert Period.month("2026-10") == Period(date(2026, 10, 1), date(2026, 11, 1))
    assert Period.month("2026-12").past == date(2027, 1, 1)
    assert str(Period.month("2026-10")) == "2026-10"


@pytest.mark.parametrize("wrong", ["2026-13", "2026-00", "202610", "2026-1", "october", "", "2026-10-01"])
def test_what_is_not_a_month_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="write it as 2026-10"):
        Period.month(wrong)


def test_the_last_day_is_shown_and_the_day_past_it_is_not_in_the_period() -> None:
    october = Period.month("2026-10")
    assert (october.last, october.days) == (date(2026, 10, 31), 31)
    assert date(2026, 10, 31) in october
    assert date(2026, 11, 1) not in october
    assert str(Period(date(2026, 10, 23), date(2026, 11, 1))) == "2026-10-23 to 2026-10-31"


def test_an_empty_period_has_no_last_day() -> None:
    nothing = Period(date(2026, 10, 1), date(2026, 10, 1))
    assert not nothing
    assert str(nothing) == "no day at 2026-10-01"
    with pytest.raises(ValueError, match="has no last day"):
        _ = nothing.last


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot end before it starts"):
        Period(date(2026, 10, 2), date(2026, 10, 1))


def test_the_months_around() -> None:
    assert str(Period.month("2026-12").next_month()) == "2027-01"
    assert str(Period.month("2026-01").previous_month()) == "2025-12"


def test_a_period_falls_apart_by_calendar_month() -> None:
    parts = Period(date(2026, 10, 23), date(2026, 12, 2)).months()
    assert [str(part) for part in parts] == ["2026-10-23 to 2026-10-31", "2026-11", "2026-12-01 to 2026-12-01"]


def test_overlap() -> None:
    october, late = Period.month("2026-10"), Period(date(2026, 10, 20), date(2026, 11, 10))
    assert october.overlap(late) == late.overlap(october) == Period(date(2026, 10, 20), date(2026, 11, 1))
    assert not october.overlap(Period.month("2026-12"))


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2028-01-31", 1, "2028-02-29"),
        ("2027-01-31", 1, "2027-02-28"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-01-01", 24, "2028-01-01"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-15", -1, "2025-12-15"),
    ],
)
def test_months_after(day: str, months: int, later: str) -> None:
    assert months_after(date.fromisoformat(day), months) == date.fromisoformat(later)


def test_february_has_29_days_every_fourth_year() -> None:
    assert [days_in_month(date(year, 2, 1)) for year in (2026, 2027, 2028, 2100)] == [28, 28, 29, 28]
    assert [days_in_month(date(2026, month, 1)) for month in (1, 4, 10, 12)] == [31, 30, 31, 31]


def test_quarters() -> None:
    assert quarter_of(date(2026, 12, 31)) == Period(date(2026, 10, 1), date(2027, 1, 1))
    assert quarter_of(date(2027, 1, 1)).first == date(2027, 1, 1)
    assert quarter_of(date(2026, 8, 15)).first == date(2026, 7, 1)


@pytest.mark.parametrize(
    ("day", "instant"),
    [
        ("2026-07-01", "2026-06-30T22:00:00+00:00"),  # summer time
        ("2026-01-01", "2025-12-31T23:00:00+00:00"),  # winter time
        ("2026-10-25", "2026-10-24T22:00:00+00:00"),  # the day of 25 hours
        ("2026-10-26", "2026-10-25T23:00:00+00:00"),
        ("2026-03-29", "2026-03-28T23:00:00+00:00"),  # the day of 23 hours
        ("2026-03-30", "2026-03-29T22:00:00+00:00"),
    ],
)
def test_a_day_starts_at_midnight_in_brussels(day: str, instant: str) -> None:
    assert start_of_day_utc(date.fromisoformat(day)).isoformat() == instant


@given(any_day)
def test_the_start_of_a_day_is_its_first_instant(day: date) -> None:
    start = start_of_day_utc(day)
    assert brussels_day(start) == day
    assert brussels_day(start - timedelta(microseconds=1)) == day - timedelta(days=1)


def test_an_instant_without_a_zone_has_no_day() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        brussels_day(datetime(2026, 10, 1, 12))  # noqa: DTZ001
    assert brussels_day(datetime(2026, 10, 31, 23, 30, tzinfo=UTC)) == date(2026, 11, 1)


@given(any_day, st.integers(0, 900))
def test_the_months_of_a_period_are_exactly_its_days(first: date, length: int) -> None:
    period = Period(first, first + timedelta(days=length))
    parts = list(period.months())
    assert sum(part.days for part in parts) == period.days
    assert all(part and part.last in Period.month_of(part.first) for part in parts)
    assert all(one.past == other.first for one, other in itertools.pairwise(parts))
