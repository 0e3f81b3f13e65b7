"""Dunning read a second time, from the terms alone: working days, what the operator asks for, and what happens between it and a payer.

Nothing of the product is imported. `tests/plain_arrears.py` says what follows from it.
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

ZERO = Decimal("0.00")
ONE_DAY = timedelta(days=1)

# Belgian public and bank holidays that are no Saturday and no Sunday.
HOLIDAYS = frozenset(
    map(
        date.fromisoformat,
        [
            *("2024-11-01", "2024-11-11", "2024-12-25", "2024-12-26"),
            *("2025-01-01", "2025-04-18", "2025-04-21", "2025-05-01", "2025-05-29", "2025-05-30"),
            *("2025-06-09", "2025-07-21", "2025-08-15", "2025-11-11", "2025-12-25", "2025-12-26"),
            *("2026-01-01", "2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2026-05-15"),
            *("2026-05-25", "2026-07-21", "2026-11-11", "2026-12-25"),
            *("2027-01-01", "2027-03-26", "2027-03-29", "2027-05-06", "2027-05-07", "2027-05-17", "2027-07-21", "2027-11-01", "2027-11-11"),
        ],
    )
)


def days(number: int) -> timedelta:
    return timedelta(days=number)


def is_working(day: date) -> bool:
    return day.weekday() < 5 and day not in HOLIDAYS


def working_from(day: date) -> date:
    """The day itself when people work on it, else the next on which they do."""
    while not is_working(day):
        day += ONE_DAY
    return day


def each_day(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last, both included."""
    return (first + days(n) for n in range((last - first).days + 1))


def length_of_month(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def month_after(day: date) -> date:
    """The same day of the next month, its last where it has no such day."""
    there = day.replace(day=length_of_month(day)) + ONE_DAY
    return there.replace(day=min(day.day, length_of_month(there)))


def cents(amount: Fraction) -> Decimal:
    """Rounded half-up to the cent; never asked of less than nothing."""
    return Decimal(int(amount * 100 + Fraction(1, 2))) / 100


# What the operator asks for


@dataclass(frozen=True)
class Level:
    """So many days late at least, and so many after the level before; what it costs."""

    overdue: int
    after: int
    fee: Decimal = ZERO
    cost: Decimal = ZERO


@dataclass(frozen=True)
class Terms:
    """A policy, in figures. `legal_rates` a year, by first day; none = no limit."""

    name: str
    letters: tuple[Level, ...]
    suspension: Level
    reactivation: Decimal = ZERO
    debit_note_at_least: Decimal = ZERO
    per_month: Fraction = Fraction(1, 100)
    method: str = "completed_months"
    legal_rates: tuple[tuple[date, Fraction], ...] = ()
    delivered_after: int = 7  # days after which a letter that has not come back has arrived, for its fee

    def counted(self, method: str) -> "Terms":
        """The same terms, interest counted by this method."""
        return replace(self, method=method)

    def share(self, first_day: date) -> Fraction:
        """What a month of a delay that begins on a day costs, of what is open."""
        legal = [rate for since, rate in self.legal_rates if since <= first_day]
        return min(self.per_month, legal[-1] / 12) if legal else self.per_month


# What happened


@dataclass(frozen=True)
class Document:
    """An invoice or a debit note."""

    number: str
    payer: str
    kind: str
    issued: date
    due: date
    gross: Decimal


@dataclass
class Dispute:
    """What a payer contests of an invoice, and what a bank guarantee covers of it."""

    dispute_id: str
    number: str
    opened: date
    amount: Decimal
    guarantee: Decimal = ZERO
    closed: date | None = None

    def stands(self, on: date) -> bool:
        return self.opened <= on and (self.closed is None or on < self.closed)


@dataclass
class Letter:
    """A letter that was sent or tried: level 1 to 4, what it asked of which document."""

    payer: str
    level: int
    on: date
    anchor: str
    asked: dict[str, Decimal]
    to: str = ""
    fee: Decimal = ZERO
    cost: Decimal = ZERO
    failed: bool = False
    came_back: date | None = None
    order: int | None = None  # the suspension that a letter of level 4 tells of
    lifted: bool = False  # whether that suspension is over
    message_id: str = ""

    @property
    def arrived(self) -> bool:
        return not self.failed and self.came_back is None


@dataclass(frozen=True)
class Due:
    """What the terms call for today: a letter of a level, or (level 4) the suspension; what is asked of which document."""

    payer: str
    level: int
    anchor: str
    asked: dict[str, Decimal] = field(hash=False)
