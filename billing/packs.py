"""Packs: what each pool gives in a month, and who draws how much of it in order of time.

A pool is what one end client under one contract has for one destination group in one calendar month (Brussels), in seconds,
or in bytes for data. Clause register, "packs"; BT-2.d for contents that change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from math import ceil
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from billing.clause import carries_out
from billing.period import DAY, Period
from billing.tariff import NONE, Ints, day_number
from billing.turns import Ids, Wants, drawn

BYTES_PER_MB = 1_000_000
Unit = Literal["seconds", "bytes"]


@dataclass(frozen=True, slots=True)
class PackLine:
    """An order line of a pack: who may draw on it, and its quantity as ordered."""

    line_no: int
    contract_id: str
    end_client_id: str
    product: str
    starts_on: date
    ends_on: date | None
    quantity: int
    charged_through: date | None = None


@dataclass(frozen=True, slots=True)
class PackContent:
    """What one unit of a pack gives a month for a destination group, from a day on; a later version replaces that group's."""

    product: str
    valid_from: date
    destination_group: str
    minutes: Decimal | None
    data_mb: Decimal | None


@dataclass(frozen=True, slots=True, order=True)
class Pool:
    """Whose pool, for what, in which month (its first day)."""

    contract_id: str
    end_client_id: str
    destination_group: str
    unit: Unit
    month: date


@dataclass(frozen=True, slots=True)
class PoolUse:
    """What one run took from a pool; `allowance` is the most the pool gave in the month. Seconds or bytes."""

    pool: Pool
    allowance: int
    used: int


Owner = tuple[str, str]
Offer = tuple[Owner, str, Unit]
Changes = dict[date, int]  # day -> by how much the allowance changes on it


@dataclass(frozen=True, slots=True)
class Packs:
    """All pack lines with their contents. `charged` is the quantity charged for a line and month (its first day), where one was."""

    lines: Sequence[PackLine] = ()
    contents: Sequence[PackContent] = ()
    charged: Mapping[tuple[int, date], int] = field(default_factory=dict)

    def quantity(self, line: PackLine, month: Period) -> int:
        """Returns the quantity charged for the month; as ordered where an earlier system charged it or nothing was charged yet."""
        if line.charged_through is not None and line.charged_through >= month.last:
            return line.quantity
        return self.charged.get((line.line_no, month.first), line.quantity)

    @carries_out("BT-2.d", "ST-2.d")
    def changes(self, month: Period) -> dict[Offer, Changes]:
        """Returns by how much the allowance of each pool changes, and on which days of the month.

        A pack counts on its days of service, with the content in force on each; what it gives on the first day of the month is a
        change on that day.
        """
        versions: dict[str, list[PackContent]] = {}
        for content in sorted(self.contents, key=lambda one: (one.product, one.destination_group, one.valid_from)):
            versions.setdefault(content.product, []).append(content)
        alike: dict[tuple[str, Period, int], list[tuple[str, Unit, date, int]]] = {}  # most packs of a month give the same
        found: dict[Offer, Changes] = {}
        for line in self.lines:
            whole = line.starts_on <= month.first and line.ends_on is None
            days = month if whole else month.overlap(_service(line, month))
            if not days:
                continue
            gives = (line.product, days, self.quantity(line, month))
            if gives not in alike:
                alike[gives] = list(_gives(versions.get(line.product, []), days, month, gives[2]))
            owner = (line.contract_id, line.end_client_id)
            for group, unit, day, more in alike[gives]:
                at = found.setdefault((owner, group, unit), {})
                at[day] = at.get(day, 0) + more
        return found

    @carries_out("GC-6.2")
    def data_per_unit(self, month: Period) -> dict[Owner, int]:
        """Returns the bytes of the largest data pack that each owner has in service in the month, of one unit and a whole month."""
        versions: dict[str, list[PackContent]] = {}
        for content in sorted(self.contents, key=lambda one: (one.product, one.destination_group, one.valid_from)):
            if content.data_mb is not None:
                versions.setdefault(content.product, []).append(content)
        largest: dict[Owner, int] = {}
        for line in self.lines:
            days = month.overlap(_service(line, month))
            if line.product in versions and days and self.quantity(line, month):
                owner = (line.contract_id, line.end_client_id)
                largest[owner] = max(largest.get(owner, 0), _most_data(versions[line.product], days))
        return {owner: size for owner, size in largest.items() if size}


def _most_data(versions: list[PackContent], days: Period) -> int:
    """Returns the bytes that one unit gives a month on the days it gives most, all its groups together."""
    at: Changes = {}
    for _, unit, day, more in _gives(versions, days, Period.month_of(days.first), 1, share=(1, 1)):
        if unit == "bytes":
            at[day] = at.get(day, 0) + more
    return max(accumulate(more for _, more in sorted(at.items())), default=0)


def _service(line: PackLine, month: Period) -> Period:
    past = month.past if line.ends_on is None else line.ends_on + DAY
    return Period(line.starts_on, max(line.starts_on, past))


def monthly_allowance(unit: Unit, content: PackContent, quantity: int, days: int, of_days: int) -> int:
    """Returns the seconds or bytes of a month; of a partial first month pro rata, rounded up to the second (or byte)."""
    per_unit = Fraction(content.minutes or 0) * 60 if unit == "seconds" else Fraction(content.data_mb or 0) * BYTES_PER_MB
    return ceil(per_unit * quantity * days / of_days)


def _gives(
    versions: list[PackContent], days: Period, month: Period, quantity: int, share: tuple[int, int] | None = None
) -> Iterator[tuple[str, Unit, date, int]]:
    """Yields what packs in service on some days of a month give: in with each content in force, out when it or the service ends."""
    share = share or ((month.past - days.first).days, month.days)  # all of it, unless the service starts within the month
    units: tuple[Unit, ...] = ("seconds", "bytes")
    for number, content in enumerate(versions):
        later = versions[number + 1] if number + 1 < len(versions) else None
        replaced = later.valid_from if later and later.destination_group == content.destination_group else days.past
        stretch = days.overlap(Period(content.valid_from, max(content.valid_from, replaced)))
        for unit in units:
            amount = monthly_allowance(unit, content, quantity, *share) if stretch else 0
            if amount:
                yield content.destination_group, unit, stretch.first, amount
                if stretch.past < month.past:
                    yield content.destination_group, unit, stretch.past, -amount


@dataclass(slots=True)
class _Month:
    """The pools of one month as columns: int64[pools] unless said."""

    offers: list[Offer]
    place: NDArray[np.int32]  # [owners, offers] -> pool, NONE where there is none
    stretches: list[tuple[int, int, Ints]]  # first day, past day, allowance: in order of time
    before: Ints  # taken by earlier runs
    used: Ints  # taken by this run


class Pools:
    """The pools of a run, drawn on in order of time; the months are opened as calls reach them.

    `earlier` is what accepted runs before this one took of each pool: what is taken stays taken.
    """

    def __init__(self, packs: Packs, earlier: Mapping[Pool, int] | None = None) -> None:
        self.packs = packs
        self._earlier: dict[date, dict[Offer, int]] = {}
        for pool, used in (earlier or {}).items():
            self._earlier.setdefault(pool.month, {})[_offer(pool)] = used
        owners = sorted({(line.contract_id, line.end_client_id) for line in packs.lines})
        self.owner_index: dict[Owner, int] = {owner: number for number, owner in enumerate(owners)}
        timed = sorted({content.destination_group for content in packs.contents if content.minutes})
        self.group_index: dict[str, int] = {name: number for number, name in enumerate(timed)}
        self.data_column = len(timed)  # all data of an owner draws on one pool
        self._months: dict[date, _Month] = {}

    def _open(self, first: date) -> _Month:
        if first not in self._months:
            month = Period.month_of(first)
            changes = _with_one_data_pool(self.packs.changes(month))
            place = np.full((len(self.owner_index), self.data_column + 1), NONE, dtype=np.int32)
            for number, (owner, group, unit) in enumerate(changes):
                place[self.owner_index[owner], self.group_index[group] if unit == "seconds" else self.data_column] = number
            taken = self._earlier.get(first, {})
            before = np.fromiter((taken.get(offer, 0) for offer in changes), dtype=np.int64, count=len(changes))
            self._months[first] = _Month(list(changes), place, _stretches(month, list(changes.values())), before, np.zeros_like(before))
        return self._months[first]

    @carries_out("BT-2.c", "ST-2.c")
    def draw(self, owner: Ints, offer: Ints, day: Ints, wants: Wants, ids: Ids) -> Ints:
        """Returns what each record takes of its pool, int64[n]; ties of time go by the bytes of the id, asked for only where they matter.

        `owner` and `offer` are indices (NONE: no pool), `day` Brussels days since 1970. Call it with later and later records.
        """
        taken = np.zeros(len(owner), dtype=np.int64)
        drawing = np.flatnonzero((owner != NONE) & (offer != NONE))
        months = day[drawing].astype("datetime64[D]").astype("datetime64[M]")
        for first in np.unique(months):
            month = self._open(first.astype("datetime64[D]").item())
            rows = drawing[months == first]
            pool = month.place[owner[rows], offer[rows]].astype(np.int64)
            for start, past, allowance in month.stretches:
                these = (pool != NONE) & (day[rows] >= start) & (day[rows] < past)
                if these.any():
                    left = np.maximum(allowance - month.before - month.used, 0)
                    at = rows[these]
                    taken[at] = drawn(pool[these], left, wants.at(at), ids)
                    np.add.at(month.used, pool[these], taken[at])
        return taken

    def uses(self) -> list[PoolUse]:
        """Returns what was taken of each pool that anything was taken of, in order of pool."""
        found: list[tuple[tuple[str, str, str, Unit, date], int, int]] = []
        for first, month in self._months.items():
            drawn = np.flatnonzero(month.used)
            most = np.max([allowance for _, _, allowance in month.stretches], axis=0)[drawn]
            for number, allowance, used in zip(drawn.tolist(), most.tolist(), month.used[drawn].tolist(), strict=True):
                owner, group, unit = month.offers[number]
                found.append(((*owner, group, unit, first), allowance, used))
        found.sort()  # each pool is there once, so its name decides
        return [PoolUse(Pool(*pool), allowance, used) for pool, allowance, used in found]

    def left(self, pool: Pool, day: date) -> int:
        """Returns what the pool still gives on a day, 0 when there is no such pool."""
        month = self._open(pool.month)
        if _offer(pool) not in month.offers:
            return 0
        number, at = month.offers.index(_offer(pool)), day_number(day)
        allowance = sum(int(gives[number]) for start, past, gives in month.stretches if start <= at < past)
        return max(0, allowance - int(month.before[number] + month.used[number]))


def _offer(pool: Pool) -> Offer:
    return (pool.contract_id, pool.end_client_id), pool.destination_group, pool.unit


def _with_one_data_pool(changes: dict[Offer, Changes]) -> dict[Offer, Changes]:
    """Returns the pools with all data of an owner in one, named by the first of its groups: a data record has no destination."""
    if not any(unit == "bytes" for _, _, unit in changes):
        return changes
    merged = {offer: at for offer, at in sorted(changes.items()) if offer[2] == "seconds"}
    named: dict[Owner, Offer] = {}
    for offer, at in sorted(changes.items()):
        if offer[2] == "bytes":
            pool = merged.setdefault(named.setdefault(offer[0], offer), {})
            for day, more in at.items():
                pool[day] = pool.get(day, 0) + more
    return merged


def _stretches(month: Period, pools: list[Changes]) -> list[tuple[int, int, Ints]]:
    """Returns the stretches of days between any two changes, each with the allowance of every pool."""
    days = sorted({month.first}.union(*pools))
    index = {day: number for number, day in enumerate(days)}
    change = np.zeros((len(days), len(pools)), dtype=np.int64)
    for pool, at in enumerate(pools):
        for day, more in at.items():
            change[index[day], pool] += more
    pasts = [*days[1:], month.past]
    return [(day_number(day), day_number(past), gives) for day, past, gives in zip(days, pasts, change.cumsum(axis=0), strict=True)]


__all__ = ["Ids", "PackContent", "PackLine", "Packs", "Pool", "PoolUse", "Pools", "Wants", "monthly_allowance"]
