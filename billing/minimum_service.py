"""Minimum service: on the days of a suspension only emergency calls go out; what else went out is a failure of the barring, not a bill."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from billing.clause import carries_out
from billing.period import DAY
from billing.tariff import NONE, Ints, day_number

SPAN = 2**22  # days; more than there are before the year 9999


@dataclass(frozen=True, slots=True)
class Suspension:
    """An end client on minimum service from the first to the last day, both included; no last day = still."""

    end_client_id: str
    starts_on: date
    ends_on: date | None

    def meets(self, other: Suspension) -> bool:
        """Returns whether the two are of one end client and share a day."""
        return self.end_client_id == other.end_client_id and self._begins_within(other) and other._begins_within(self)

    def _begins_within(self, other: Suspension) -> bool:
        return other.ends_on is None or self.starts_on <= other.ends_on


class MinimumService:
    """Who is on minimum service on which days, for whole columns of usage.

    The bounds of all stretches are one rising column, first day and day past by turns: an odd place is inside.
    """

    def __init__(self, suspensions: Iterable[Suspension], lines: Mapping[int, str]) -> None:
        """`lines` is the end client of each line_no."""
        days = _stretches(suspensions)
        number_of = {client: number for number, client in enumerate(sorted(days))}
        self._bounds = np.array(
            [number * SPAN + bound for client, number in number_of.items() for stretch in days[client] for bound in stretch],
            dtype=np.int64,
        )
        self._client = np.full(max(lines, default=0) + 1, NONE)
        for line_no, client in lines.items():
            self._client[line_no] = number_of.get(client, NONE)

    @carries_out("BT-2.k", "ST-2.f")
    def covers(self, line: Ints, days: Ints) -> NDArray[np.bool_]:
        """Returns which usage was made on minimum service, by the place of its line (0 = unknown) and its Brussels day; bool[n]."""
        covered = np.zeros(len(line), dtype=np.bool_)
        if len(self._bounds):
            rows = np.flatnonzero(self._client[line] != NONE)
            place = np.searchsorted(self._bounds, self._client[line[rows]] * SPAN + days[rows], "right")
            covered[rows] = place % 2 == 1
        return covered


def _stretches(suspensions: Iterable[Suspension]) -> dict[str, list[tuple[int, int]]]:
    """Returns the days of each end client as (first, past), joined where they meet, in order."""
    found: dict[str, list[tuple[int, int]]] = {}
    for one in sorted(suspensions, key=lambda each: (each.end_client_id, each.starts_on)):
        first, past = day_number(one.starts_on), day_number((one.ends_on or date.max - DAY) + DAY)
        stretches = found.setdefault(one.end_client_id, [])
        if stretches and first <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], max(past, stretches[-1][1]))
        else:
            stretches.append((first, past))
    return found


__all__ = ["MinimumService", "Suspension"]
