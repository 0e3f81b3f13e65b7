"""The price of what was used: increments, and micro-euro rounded up once to the cent."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from billing.clause import carries_out
from billing.tariff import Ints

MICRO_PER_CENT = 10_000
SECONDS_PER_MINUTE = 60
LARGEST = 2**62


@carries_out("BT-2.e")
def in_increments(seconds: Ints, first: Ints, following: Ints) -> Ints:
    """Returns seconds in whole increments: the first one, then as many of the next as it takes (ST, silent: the deck decides)."""
    beyond: Ints = np.maximum(seconds - first, 0)
    return first + -(-beyond // following) * following


@carries_out("BT-2.e")
def price_in_cents(setup_micro: Ints, per_minute_micro: Ints, quantity: Ints) -> Ints:
    """Returns ⌈setup + per minute x quantity / 60⌉ in whole cents, exactly, rounded once a call (BT-2.e).

    Rates in micro-euro, quantity in seconds (messages, bytes). Raises OverflowError when a price does not fit a 64-bit integer.
    """
    if not len(quantity):
        return np.zeros(0, dtype=np.int64)
    per_cent = SECONDS_PER_MINUTE * MICRO_PER_CENT
    if int(setup_micro.max()) * SECONDS_PER_MINUTE + int(per_minute_micro.max()) * int(quantity.max()) < LARGEST:
        return -(-(setup_micro * SECONDS_PER_MINUTE + per_minute_micro * quantity) // per_cent)
    # Some product might not fit 64 bits: Python's integers have no limit.
    exact = zip(setup_micro.tolist(), per_minute_micro.tolist(), quantity.tolist(), strict=True)
    return np.array([-(-(setup * SECONDS_PER_MINUTE + rate * used) // per_cent) for setup, rate, used in exact], dtype=np.int64)


@carries_out("BT-2.e", "GC-6.3")
def price_of_parts(parts: Iterable[tuple[int, int, int]]) -> int:
    """Returns what parts of one record, each (setup, per minute, quantity) at a rate of its own, cost together, up to the cent once."""
    sixtieths = sum(setup * SECONDS_PER_MINUTE + per_minute * quantity for setup, per_minute, quantity in parts)
    return -(-sixtieths // (SECONDS_PER_MINUTE * MICRO_PER_CENT))


__all__ = ["SECONDS_PER_MINUTE", "in_increments", "price_in_cents", "price_of_parts"]
