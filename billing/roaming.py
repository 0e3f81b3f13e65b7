"""Data used elsewhere in the Union: how much of it is rated as domestic, and what is past the limit of its user (GC-6.2, GC-6.3).

A user is a caller's number on an order line, or the line itself where none is given. His limit of a calendar month (Brussels) is the
data of one unit of the largest data pack of his end client under the contract, or the operator's cap where that is lower; without
either there is none. In order of time each session takes what is left; one that passes the limit is split.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from billing.clause import carries_out
from billing.packs import BYTES_PER_MB, Owner, Packs
from billing.period import Period
from billing.tariff import Ints
from billing.turns import Ids, Wants, drawn

Sims = Callable[[Ints], Sequence[str]]  # the caller's number of each usage record
NO_LIMIT = 2**62


@dataclass(frozen=True, slots=True, order=True)
class RoamingUser:
    """Who has a limit, for which month (its first day)."""

    line_no: int
    sim: str
    month: date


@dataclass(frozen=True, slots=True)
class RoamingUse:
    """The bytes that one run let a user have within his limit of a month."""

    user: RoamingUser
    used: int


@carries_out("GC-6.2")
def limit_of(bundle: int | None, cap_mb: int | None) -> int | None:
    """Returns the bytes of roaming data a user has a month as at home: the lower of bundle (bytes) and cap (MB); None = no limit."""
    known = [size for size in (bundle, None if cap_mb is None else cap_mb * BYTES_PER_MB) if size is not None]
    return min(known, default=None)


def cap_in_force(caps: Mapping[date, int], month: date) -> int | None:
    """Returns the operator's cap in MB for a month: the latest one valid on its first day, None when there is none yet."""
    valid = [day for day in caps if day <= month]
    return caps[max(valid)] if valid else None


class RoamingLimits:
    """The limits of a run, used up in order of time.

    `caps` is the operator's cap in MB from each day on; `earlier` what accepted runs before this one let each user have.
    """

    def __init__(
        self,
        packs: Packs,
        caps: Mapping[date, int] | None = None,
        earlier: Mapping[RoamingUser, int] | None = None,
        sims: Sims | None = None,
    ) -> None:
        self._packs, self._caps, self._sims = packs, caps or {}, sims or _the_line_itself
        self._taken = dict(earlier or {})
        self._settled: dict[RoamingUser, int] = {}
        self._bundles: dict[date, dict[Owner, int]] = {}

    def users(self, line_no: Ints, days: Ints, numbers: Ints) -> list[RoamingUser]:
        """Returns the user and month of each record, by its line, its Brussels day since 1970 and its usage number."""
        months = days.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").tolist()
        return [RoamingUser(*user) for user in zip(line_no.tolist(), self._sims(numbers), months, strict=True)]

    @carries_out("GC-6.2", "GC-6.3")
    def within(self, users: Sequence[RoamingUser], owners: Sequence[Owner | None], wants: Wants, ids: Ids) -> Ints:
        """Returns the bytes of each session within the limit of its user; what passes it is the rest.

        A session keeps its turn even when it cannot be priced yet: what it takes is not left for those after it. Ties of time go by
        the bytes of the id. Call it with later and later records.
        """
        place = {user: number for number, user in enumerate(dict.fromkeys(users))}
        owner_of = dict(zip(users, owners, strict=True))
        left = np.array([self._left(user, owner_of[user]) for user in place], dtype=np.int64)
        row = np.fromiter((place[user] for user in users), dtype=np.int64, count=len(users))
        taken = drawn(row, left, wants, ids)
        _add(self._taken, users, taken)
        return taken

    def settle(self, users: Iterable[RoamingUser], used: Ints) -> None:
        """Note what sessions that have their price used of the limits: that is what later runs find taken."""
        _add(self._settled, users, used)

    def uses(self) -> list[RoamingUse]:
        """Returns what this run let each user have, in order of line, number and month."""
        return [RoamingUse(user, used) for user, used in sorted(self._settled.items()) if used]

    def _left(self, user: RoamingUser, owner: Owner | None) -> int:
        if user.month not in self._bundles:
            self._bundles[user.month] = self._packs.data_per_unit(Period.month_of(user.month))
        bundle = self._bundles[user.month].get(owner) if owner else None
        limit = limit_of(bundle, cap_in_force(self._caps, user.month))
        return NO_LIMIT if limit is None else max(0, limit - self._taken.get(user, 0))


def _add(to: dict[RoamingUser, int], users: Iterable[RoamingUser], used: Ints) -> None:
    for user, more in zip(users, used.tolist(), strict=True):
        to[user] = to.get(user, 0) + more


def _the_line_itself(numbers: Ints) -> list[str]:
    return [""] * len(numbers)


__all__ = ["RoamingLimits", "RoamingUse", "RoamingUser", "Sims", "cap_in_force", "limit_of"]
