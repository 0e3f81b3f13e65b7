"""Taking turns: who gets how much of something limited, in order of time, for whole columns of records at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from billing.tariff import Ints

Ids = Callable[[Ints], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Wants:
    """What records want of their pools, as columns: when each started, how much it needs, its number.

    `whole` marks records that have no rate: what the pool does not cover could not be priced, so they take all they need or nothing.
    """

    started: Ints
    quantity: Ints
    whole: NDArray[np.bool_]
    numbers: Ints

    def at(self, rows: Ints) -> Wants:
        """The same for some of the records."""
        return Wants(self.started[rows], self.quantity[rows], self.whole[rows], self.numbers[rows])


def drawn(pool: Ints, left: Ints, wants: Wants, ids: Ids) -> Ints:
    """Returns what each record takes while the allowances stand still: all it needs, the last of the pool, or nothing."""
    order: Ints = np.lexsort((wants.started, pool)).astype(np.int64)
    tied = _ties_that_matter(pool[order], left, wants.at(order))
    if len(tied):
        rows = order[tied]
        names = [name.encode() for name in ids(wants.numbers[rows])]
        by_id = sorted(range(len(rows)), key=lambda n: (pool[rows[n]], wants.started[rows[n]], names[n]))
        order[tied] = rows[by_id]
    taken = np.empty_like(wants.quantity)
    taken[order] = _in_turn(pool[order], left, wants.quantity[order], wants.whole[order])
    return taken


def _in_turn(pool: Ints, left: Ints, quantity: Ints, whole: NDArray[np.bool_]) -> Ints:
    """Returns what records in their final order take: each what is left when its turn comes, at most its quantity.

    A record that cannot be split takes nothing when it does not fit. Nothing after it finds more left than it did, so each round
    also leaves out every such record that needs more than that.
    """
    wants = quantity
    while True:
        rest = left[pool] - _before(pool, wants)
        taken: Ints = np.clip(rest, 0, wants)
        refused = np.flatnonzero(whole & (taken < wants))
        if not len(refused):
            return taken
        first = refused[np.append(True, pool[refused][1:] != pool[refused][:-1])]
        found = np.zeros(len(left), dtype=np.int64)
        found[pool[first]] = taken[first]
        turn = np.full(len(left), len(pool), dtype=np.int64)
        turn[pool[first]] = first
        out = whole & (np.arange(len(pool)) >= turn[pool]) & (wants > found[pool])
        wants = np.where(out, 0, wants)


def _before(pool: Ints, quantity: Ints) -> Ints:
    """Returns the sum of the quantities of the same pool before each record; records are in order of pool."""
    running: Ints = np.cumsum(quantity) - quantity
    begins = np.append(True, pool[1:] != pool[:-1])
    before: Ints = running - running[begins][np.cumsum(begins) - 1]
    return before


def _ties_that_matter(pool: Ints, left: Ints, wants: Wants) -> Ints:
    """Returns the places (in order of pool and time) of records whose turn among equals decides who gets the rest of a pool."""
    same = (pool[1:] == pool[:-1]) & (wants.started[1:] == wants.started[:-1])
    if not same.any():
        return np.empty(0, dtype=np.int64)
    begins = np.flatnonzero(np.append(True, ~same))
    ends = np.append(begins[1:], len(pool))
    before = _before(pool, wants.quantity)
    rest = left[pool[begins]] - before[begins]
    needs = np.add.reduceat(wants.quantity, begins)
    picky = np.zeros(len(left), dtype=np.bool_)  # pools where a record may have to stand back: every tie may matter there
    picky[pool[wants.whole & (before + wants.quantity > left[pool])]] = True
    matters = (ends - begins > 1) & ((needs > rest) & (rest > 0) | picky[pool[begins]])
    inside = np.repeat(matters, ends - begins)
    return np.flatnonzero(inside)


__all__ = ["Ids", "Wants", "drawn"]
