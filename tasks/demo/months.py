"""The months the demo plays in."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The months of the feed, oldest first, each as its first day."""

    months: tuple[date, ...]

    @property
    def first_day(self) -> date:
        """The first day of the feed."""
        return self.months[0]

    @property
    def last_day(self) -> date:
        """The last day of the feed."""
        return month_end(self.months[-1])

    @property
    def days(self) -> tuple[date, ...]:
        """Every day of the feed."""
        return tuple(self.first_day + n * DAY for n in range((self.last_day - self.first_day).days + 1))

    def in_last_month(self, day: int) -> date:
        """The day of that number in the month whose close the demo shows; the last day where the month is shorter."""
        return min(self.months[-1] + (day - 1) * DAY, self.last_day)

    def in_middle_month(self, day: int) -> date:
        """The day of that number in the month in the middle."""
        month = self.months[len(self.months) // 2]
        return min(month + (day - 1) * DAY, month_end(month))


def calendar_of(months: tuple[str, ...]) -> Calendar:
    """Reads months as written, `("2026-08", "2026-09")`. ValueError when there is none, or when they do not follow one another."""
    firsts = tuple(date.fromisoformat(f"{month}-01") for month in months)
    if not firsts or any(later != month_end(earlier) + DAY for earlier, later in pairwise(firsts)):
        raise ValueError(f"the months {', '.join(months) or '(none)'} do not follow one another: give them in order, as 2026-08 2026-09")
    return Calendar(firsts)


def month_end(month: date) -> date:
    """The last day of the month that holds this day."""
    return add_months(month.replace(day=1), 1) - DAY


def add_months(day: date, months: int) -> date:
    """The same day so many months later (or earlier), the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    first = date(index // 12, index % 12 + 1, 1)
    following = date((index + 1) // 12, (index + 1) % 12 + 1, 1)
    return min(first + (day.day - 1) * DAY, following - DAY)
