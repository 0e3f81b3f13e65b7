"""Working days: no Saturday, no Sunday, no holiday. Which days are holidays is given; a rule only counts them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from billing.period import DAY

FRIDAY = 4  # as date.weekday() counts


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The days of a country on which work is done: all but weekends and `holidays`."""

    holidays: frozenset[date]

    def is_working(self, day: date) -> bool:
        """Tells whether a day is neither a Saturday, a Sunday nor a holiday."""
        return day.weekday() <= FRIDAY and day not in self.holidays

    def on_or_after(self, day: date) -> date:
        """Returns the day itself when it is a working day, else the next one."""
        while not self.is_working(day):
            day += DAY
        return day

    def after(self, day: date, number: int) -> date:
        """Returns the `number`-th working day after a day, which itself never counts. Raises ValueError below 1."""
        return self._counted(day, number, 1)

    def before(self, day: date, number: int) -> date:
        """Returns the `number`-th working day before a day, which itself never counts. Raises ValueError below 1."""
        return self._counted(day, number, -1)

    def _counted(self, day: date, number: int, way: int) -> date:
        if number < 1:
            raise ValueError(f"{number} working days; count 1 or more, or ask for on_or_after")
        for _ in range(number):
            day += way * DAY
            while not self.is_working(day):
                day += way * DAY
        return day


__all__ = ["WorkingDays"]
