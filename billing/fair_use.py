"""Fair use of roaming: the three signs of abuse the terms name, over four months. A human decides; nothing is charged for one (GC-6.1).

What is counted are uses (calls, messages, sessions of data, outgoing and incoming), as their units do not add up. Use outside the Union
is neither domestic nor roaming.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from billing.clause import carries_out
from billing.period import DAY, Period, months_after

MONTHS = 4
MAJORITY = Decimal("0.5")


class Sign(Enum):
    """The signs of GC-6.1, by their letters."""

    DOMESTIC_INSIGNIFICANT = "a"
    DOMESTIC_INACTIVE = "b"
    SIMS_IN_TURN = "c"


@dataclass(frozen=True, slots=True)
class DayOfUse:
    """What one SIM of an order line was used for on a day: uses at home and elsewhere in the Union. `sim` "" is the line itself."""

    line_no: int
    sim: str
    day: date
    domestic: int
    roaming: int


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where on a sign is one: settings, as the terms give no figures."""

    domestic_share_at_most: Decimal
    inactive_days_at_least: int
    sims_at_least: int


@dataclass(frozen=True, slots=True)
class FairUse:
    """The figures of one SIM over the window, and the signs they are."""

    line_no: int
    sim: str
    signs: tuple[Sign, ...]
    domestic_uses: int
    roaming_uses: int
    domestic_days: int
    roaming_days: int
    longest_without_domestic: int  # days in a row, from its first use in the window on
    sims_in_turn: int  # of its line: the most that roamed one after another, no two at a time


@carries_out("GC-6.1")
def window_of(period: Period, past: date) -> Period:
    """Returns the four calendar months that end with the one being closed, as far as usage is known: up to `past`, that day excluded."""
    return Period(months_after(period.first, 1 - MONTHS), min(period.past, past))


@carries_out("GC-6.1")
def signs_of_abuse(uses: Iterable[DayOfUse], quantities: Mapping[int, int], window: Period, limits: Thresholds) -> list[FairUse]:
    """Returns the SIMs that show a sign, in order of line and number; `quantities` is how many SIMs each line is ordered for."""
    lines: dict[int, dict[str, list[DayOfUse]]] = defaultdict(lambda: defaultdict(list))
    for use in uses:
        lines[use.line_no][use.sim].append(use)
    return [found for line_no in sorted(lines) for found in _of_line(line_no, lines[line_no], quantities.get(line_no, 1), window, limits)]


def _of_line(line_no: int, sims: Mapping[str, list[DayOfUse]], quantity: int, window: Period, limits: Thresholds) -> Iterator[FairUse]:
    stays = {sim: stay for sim, days in sims.items() if (stay := _stay(days))}
    in_turn = _in_turn(stays)
    too_many = len(in_turn) >= limits.sims_at_least and len(stays) > quantity
    for sim, days in sorted(sims.items()):
        domestic, roaming = sum(day.domestic for day in days), sum(day.roaming for day in days)
        idle = _longest_without_domestic(days, window)
        signs = tuple(_signs(domestic, roaming, idle, in_turn=too_many and sim in in_turn, limits=limits))
        if signs:
            at_home, away = sum(day.domestic > 0 for day in days), sum(day.roaming > 0 for day in days)
            yield FairUse(line_no, sim, signs, domestic, roaming, at_home, away, idle, len(in_turn))


def _signs(domestic: int, roaming: int, idle: int, *, in_turn: bool, limits: Thresholds) -> Iterator[Sign]:
    every = domestic + roaming
    if roaming and domestic <= limits.domestic_share_at_most * every:
        yield Sign.DOMESTIC_INSIGNIFICANT
    if roaming > MAJORITY * every and idle >= limits.inactive_days_at_least:
        yield Sign.DOMESTIC_INACTIVE
    if in_turn:
        yield Sign.SIMS_IN_TURN


def _longest_without_domestic(days: Sequence[DayOfUse], window: Period) -> int:
    """Returns the most days in a row without domestic use, from the first use of the SIM to the end of the window."""
    seen = min(day.day for day in days)
    at_home = sorted(day.day for day in days if day.domestic)
    before, gaps = seen - DAY, []
    for day in [*at_home, window.past]:
        gaps.append((day - before).days - 1)
        before = day
    return max(gaps)


def _stay(days: Sequence[DayOfUse]) -> tuple[date, date] | None:
    """Returns the first and the last day on which a SIM roamed."""
    away = [day.day for day in days if day.roaming]
    return (min(away), max(away)) if away else None


def _in_turn(stays: Mapping[str, tuple[date, date]]) -> list[str]:
    """Returns the most SIMs that roamed one after another: each begins after the last day of the one before."""
    chosen: list[str] = []
    last = date.min
    for sim, (first, end) in sorted(stays.items(), key=lambda each: (each[1][1], each[1][0], each[0])):
        if first > last:
            chosen.append(sim)
            last = end
    return chosen


__all__ = ["DayOfUse", "FairUse", "Sign", "Thresholds", "signs_of_abuse", "window_of"]
