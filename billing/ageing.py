"""How old a debt is on a day: open amounts by days past their due date, what is contested of them marked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, get_args

from billing.clause import carries_out
from billing.money import ZERO

Bucket = Literal["not_due", "1_30", "31_60", "61_90", "over_90"]

BUCKETS: tuple[Bucket, ...] = get_args(Bucket)
LAST_DAYS: tuple[tuple[int, Bucket], ...] = ((0, "not_due"), (30, "1_30"), (60, "31_60"), (90, "61_90"))


@dataclass(frozen=True, slots=True)
class OpenAmount:
    """What is open of a document, and what of that is contested. EUR including VAT."""

    due_on: date
    amount: Decimal
    contested: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Ageing:
    """Open amounts by age, in the order of BUCKETS, EUR including VAT. What is contested is part of them: it stays in its bucket."""

    amounts: tuple[Decimal, ...]
    contested: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        """All that is open."""
        return sum(self.amounts, ZERO)

    @property
    def total_contested(self) -> Decimal:
        """What is contested of it."""
        return sum(self.contested, ZERO)

    @property
    def overdue(self) -> Decimal:
        """What is past its due date."""
        return self.total - self.of("not_due")

    def of(self, bucket: Bucket) -> Decimal:
        """What is open in a bucket."""
        return self.amounts[BUCKETS.index(bucket)]


def days_late(due_on: date, on: date) -> int:
    """Returns how many days past its due date a debt is at the end of a day; 0 up to the due date itself."""
    return max((on - due_on).days, 0)


def bucket(due_on: date, on: date) -> Bucket:
    """Returns the age of a debt on a day: the due date itself is not due, the day after it is the first of 1 to 30."""
    late = days_late(due_on, on)
    return next((name for last, name in LAST_DAYS if late <= last), "over_90")


@carries_out("GC-9.3")
def aged(open_amounts: Iterable[OpenAmount], on: date) -> Ageing:
    """Returns the open amounts by age on a day, and apart how much of each age is contested."""
    amounts, contested = dict.fromkeys(BUCKETS, ZERO), dict.fromkeys(BUCKETS, ZERO)
    for one in open_amounts:
        name = bucket(one.due_on, on)
        amounts[name] += one.amount
        contested[name] += one.contested
    return Ageing(tuple(amounts.values()), tuple(contested.values()))
