"""Instants as columns, and the Brussels day each falls on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache

import numpy as np

from billing.period import start_of_day_utc
from billing.tariff import Ints, day_number

EPOCH_UTC = datetime(1970, 1, 1, tzinfo=UTC)


def brussels_days(started: Ints) -> Ints:
    """Returns the Brussels day of each instant (microseconds since 1970 UTC) as days since 1970; int64[n]."""
    years = range(_year(int(started.min())) - 1, _year(int(started.max())) + 2)
    midnights = np.concatenate([_midnights(year) for year in years])
    low, high = np.searchsorted(midnights, [started.min(), started.max()], "right")
    first = day_number(date(years[0], 1, 1))
    return first + int(low) - 1 + np.searchsorted(midnights[low:high], started, "right")


def _year(micros: int) -> int:
    return 1970 + micros // 31_557_600_000_000


@lru_cache(maxsize=512)
def _midnights(year: int) -> Ints:
    """The instants at which the days of a year start in Brussels: 23 to 25 hours apart."""
    days = (date(year + 1, 1, 1) - date(year, 1, 1)).days
    starts = [start_of_day_utc(date.fromordinal(date(year, 1, 1).toordinal() + day)) for day in range(days)]
    return np.array([micros_since_1970(start) for start in starts], dtype=np.int64)


def micros_since_1970(instant: datetime) -> int:
    """Returns an instant as whole microseconds, the way it stands in a column."""
    passed = instant - EPOCH_UTC
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds


__all__ = ["brussels_days", "micros_since_1970"]
