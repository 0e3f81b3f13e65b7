"""Days, months and periods. A period is half-open inside, [first, past), and shown with its last day included."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")
DAY = timedelta(days=1)
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days from `first` up to but not including `past`. Empty when both are the same day."""

    first: date
    past: date

    def __post_init__(self) -> None:
        if self.past < self.first:
            raise ValueError(f"a period cannot end before it starts: {self.first} to {self.past}")

    @staticmethod
    def month(month: str) -> Period:
        """Returns the calendar month written "2026-10". Raises ValueError for anything else."""
        if not MONTH.fullmatch(month):
            raise ValueError(f"{month!r} is not a month; write it as 2026-10")
        return Period.month_of(date(int(month[:4]), int(month[5:]), 1))

    @staticmethod
    def month_of(day: date) -> Period:
        """Returns the calendar month that holds a day."""
        first = day.replace(day=1)
        return Period(first, months_after(first, 1))

    @property
    def last(self) -> date:
        """The last day, as shown to people. Raises ValueError for an empty period."""
        if not self:
            raise ValueError(f"the empty period at {self.first} has no last day")
        return self.past - DAY

    @property
    def days(self) -> int:
        """How many days."""
        return (self.past - self.first).days

    def __bool__(self) -> bool:
        return self.first < self.past

    def __contains__(self, day: date) -> bool:
        return self.first <= day < self.past

    def __str__(self) -> str:
        """The month as "2026-10" when it is a whole one, else "2026-10-23 to 2026-10-31" with the last day included."""
        if self.first.day == 1 and self.past == months_after(self.first, 1):
            return f"{self.first:%Y-%m}"
        return f"{self.first} to {self.last}" if self else f"no day at {self.first}"

    def next_month(self) -> Period:
        """Returns the calendar month after the one the period starts in."""
        return Period.month_of(months_after(self.first.replace(day=1), 1))

    def previous_month(self) -> Period:
        """Returns the calendar month before the one the period starts in."""
        return Period.month_of(months_after(self.first.replace(day=1), -1))

    def overlap(self, other: Period) -> Period:
        """Returns the days in both; empty (at the later of the two starts) when there are none."""
        first = max(self.first, other.first)
        return Period(first, max(first, min(self.past, other.past)))

    def months(self) -> Iterator[Period]:
        """Yields the parts of the period by calendar month, in order, without gap or overlap."""
        first = self.first
        while first < self.past:
            past = min(Period.month_of(first).past, self.past)
            yield Period(first, past)
            first = past


def months_after(day: date, months: int) -> date:
    """Returns the same day of the month, `months` later (or earlier when negative).

    A day the month does not have becomes its last one: a month after 31 January is 28 or 29 February.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, length_of_month(year, month + 1)))


def days_in_month(day: date) -> int:
    """Returns how many days the calendar month of a day has, 28 to 31."""
    return length_of_month(day.year, day.month)


@lru_cache(maxsize=4096)
def length_of_month(year: int, month: int) -> int:
    """Returns how many days a month has."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - date(year, month, 1)).days


def quarter_of(day: date) -> Period:
    """Returns the calendar quarter that holds a day."""
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return Period(first, months_after(first, 3))


def start_of_day_utc(day: date) -> datetime:
    """Returns the instant, in UTC, at which a day starts in Brussels: 22:00 the evening before in summer, 23:00 in winter."""
    return datetime(day.year, day.month, day.day, tzinfo=BRUSSELS).astimezone(UTC)


def brussels_day(instant: datetime) -> date:
    """Returns the Brussels day of an instant. Raises ValueError for a datetime without a time zone."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no time zone; instants are kept in UTC")
    return instant.astimezone(BRUSSELS).date()
