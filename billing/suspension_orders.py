"""What becomes of a suspension order: whether it may be made, whether it still stands, and when minimum service ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from billing.clause import carries_out
from billing.period import DAY
from billing.suspension_grounds import Ground


@dataclass(frozen=True, slots=True)
class Rejected:
    """The grounds of an order that finance rejected, and the day it did."""

    rejected_on: date
    grounds: tuple[Ground, ...]


@carries_out("GC-9.1.a", "GC-9.1.b", "GC-9.1.c")
def may_be_proposed(found: Iterable[Ground], rejected: Sequence[Rejected], rest_days: int, on: date) -> bool:
    """Returns whether the grounds of a day are worth an order: at least one that finance did not reject in the last `rest_days` days.

    It is the same ground while its clause and its oldest invoice are the same.
    """
    resting = {
        _name(ground) for each in rejected if on < each.rejected_on + timedelta(days=rest_days) for ground in each.grounds
    }  # fmt: skip
    return any(_name(ground) not in resting for ground in found)


@carries_out("GC-9.1.a", "GC-9.3", "BT-2.k", "ST-2.f")
def stands(ordered: Iterable[Ground], found: Iterable[Ground]) -> bool:
    """Returns whether an order that has not left still rests on a ground: one of its own, with the same oldest invoice."""
    return bool({_name(ground) for ground in ordered} & {_name(ground) for ground in found})


@carries_out("BT-2.k", "ST-2.f")
def last_day(starts_on: date, restored_from: date) -> date:
    """Returns the last day of minimum service: the day before the service is back, at the earliest the first day."""
    return max(starts_on, restored_from - DAY)


def _name(ground: Ground) -> tuple[str, str]:
    return ground.clause, ground.invoices[0] if ground.invoices else ""
