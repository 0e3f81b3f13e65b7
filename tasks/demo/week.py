"""When people call: by hour and day of the week in Brussels, and what the hour was in UTC."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

BRUSSELS = ZoneInfo("Europe/Brussels")
SHAPES = ("office", "shop", "care", "centre")
WORKDAY, SATURDAY, SUNDAY = 0, 1, 2
HOLIDAYS = frozenset({(1, 1), (5, 1), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25)})

# Weight of a workday, a Saturday, a Sunday or holiday.
_DAYS = {"office": (1.0, 0.04, 0.01), "shop": (0.9, 1.2, 0.15), "care": (1.0, 0.8, 0.75), "centre": (1.0, 0.55, 0.10)}
# Weight of each hour from 0 to 23.
_HOURS = {
    "office": (0, 0, 0, 0, 0, 0.1, 0.3, 2, 7, 11, 12, 10, 5, 7, 11, 11, 9, 6, 2, 0.6, 0.3, 0.2, 0.1, 0),
    "shop": (0, 0, 0, 0, 0, 0, 0.2, 1, 3, 8, 11, 10, 7, 7, 9, 10, 10, 9, 6, 2, 0.5, 0.2, 0.1, 0),
    "care": (0.8, 0.6, 0.5, 0.5, 0.6, 1, 3, 6, 8, 9, 9, 8, 6, 7, 8, 8, 8, 7, 6, 5, 4, 3, 2, 1),
    "centre": (0, 0, 0, 0, 0, 0, 0.1, 1, 8, 10, 10, 9, 8, 9, 10, 10, 10, 9, 8, 7, 3, 0.5, 0, 0),
}


def day_type(day: date) -> int:
    """Workday, Saturday, or Sunday and holidays."""
    if day.weekday() == 6 or (day.month, day.day) in HOLIDAYS:
        return SUNDAY
    return SATURDAY if day.weekday() == 5 else WORKDAY


def day_weights(shape: str, days: tuple[date, ...]) -> NDArray[np.float64]:
    """How much is called on each day, float[days]; August is quiet in offices."""
    weights = [_DAYS[shape][day_type(day)] * (0.75 if shape == "office" and day.month == 8 else 1.0) for day in days]
    return np.array(weights)


def hours_of(shape: NDArray[np.int64], chance: NDArray[np.float64]) -> NDArray[np.int64]:
    """The hour of each call, int64[n], from the shape of its line's week (index into `SHAPES`) and a number between 0 and 1."""
    steps = np.cumsum(np.array([_HOURS[name] for name in SHAPES]), axis=1)
    steps /= steps[:, -1:]
    hours: NDArray[np.int64] = np.sum(chance[:, None] >= steps[shape], axis=1, dtype=np.int64)
    return hours


def utc_starts(days: tuple[date, ...]) -> NDArray[np.int64]:
    """The start of each hour of each Brussels day as seconds since 1970 in UTC, int64[days, 24]; summer time ends inside a day."""
    return np.array([[int(datetime.combine(day, time(hour), BRUSSELS).astimezone(UTC).timestamp()) for hour in range(24)] for day in days])
