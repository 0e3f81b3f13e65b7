"""Calls, messages and data of the invented customers, as columns."""

from dataclasses import dataclass
from datetime import date
from random import Random

import numpy as np
from numpy.typing import NDArray

from tasks.demo.book import Caller
from tasks.demo.dialling import CENTRE_SHARES, KINDS, OFFICE_SHARES, PEOPLE, numbers_of
from tasks.demo.week import SHAPES, day_weights, hours_of, utc_starts

Ints = NDArray[np.int64]
Generator = np.random.Generator

VOICE, SMS, DATA = 0, 1, 2
KIND_NAMES = ("voice", "sms", "data")
INCOMING_SHARE = 0.38
UNANSWERED_SHARE = 0.05
ROAMED = ("", "FR", "NL", "DE", "ES", "LU", "IT", "US", "CH", "MA")
ROAMED_SHARES = (0.26, 0.22, 0.16, 0.10, 0.08, 0.08, 0.05, 0.04, 0.01)  # of what is used abroad; the deck has no rate for the last
MOBILE_KINDS = (0.50, 0.14, 0.36)     # voice, messages, data
LONGEST_CALL = 3 * 3600
_KNOWN_NUMBERS = 80                   # how many different numbers of a kind one line calls


@dataclass(slots=True)
class Calls:
    """One row a record, in order of day, then start, then line. All int64[n].

    `line` counts the callers, `day` the days of the feed (Brussels), `started` is seconds since 1970 in UTC, `quantity` seconds,
    messages or bytes, `number` an entry of `numbers`, `own` one of the caller's own numbers, `visited` an entry of `ROAMED`.
    """

    line: Ints
    day: Ints
    started: Ints
    kind: Ints
    incoming: Ints
    number: Ints
    own: Ints
    quantity: Ints
    visited: Ints
    numbers: list[str]

    def __len__(self) -> int:
        return len(self.line)


def make_calls(callers: list[Caller], days: tuple[date, ...], count: int, seed: int) -> Calls:
    """`count` records spread over lines and days by the size of the line and the shape of its week."""
    rng = np.random.default_rng(seed)
    line, day = _spread(callers, days, count, rng)
    shape = np.array([SHAPES.index(caller.shape) for caller in callers])[line]
    hour = hours_of(shape, rng.random(count))
    started = utc_starts(days)[day, hour] + rng.integers(0, 3600, count)
    order = np.lexsort((line, started, day))
    line, day, started, shape = line[order], day[order], started[order], shape[order]
    mobile = np.array([caller.mobile for caller in callers])[line]
    kind = np.where(mobile, rng.choice(3, count, p=MOBILE_KINDS), VOICE)
    incoming = ((kind != DATA) & (rng.random(count) < INCOMING_SHARE)).astype(np.int64)
    reached = _destinations(kind, incoming, shape, rng)
    numbers, number = _numbers(line, reached, len(callers), Random(seed), rng)
    number[kind == DATA] = 0
    own = rng.integers(0, 1 << 30, count) % np.array([len(caller.numbers) for caller in callers])[line]
    abroad = np.array([caller.abroad for caller in callers])[line]
    visited = np.where(mobile & (rng.random(count) < abroad), rng.choice(np.arange(1, len(ROAMED)), count, p=ROAMED_SHARES), 0)
    return Calls(line, day, started, kind, incoming, number, own, _quantities(kind, rng), visited, numbers)


def _spread(callers: list[Caller], days: tuple[date, ...], count: int, rng: Generator) -> tuple[Ints, Ints]:
    """Which line calls on which day, int64[count] each, line by line."""
    weights = np.zeros((len(callers), len(days)))
    for row, caller in enumerate(callers):
        in_service = np.array([caller.first <= day and (caller.past is None or day < caller.past) for day in days])
        weights[row] = caller.weight * day_weights(caller.shape, days) * in_service
    noise = np.exp(rng.normal(0, 0.25, weights.shape))
    cells = rng.multinomial(count, (weights * noise / (weights * noise).sum()).ravel())
    line, day = np.divmod(np.repeat(np.arange(cells.size), cells), len(days))
    return line.astype(np.int64), day.astype(np.int64)


def _destinations(kind: Ints, incoming: Ints, shape: Ints, rng: Generator) -> Ints:
    """The kind of number (index into `KINDS`) at the other end. Nobody is called by a service number, messages go to mobiles."""
    reached = np.empty(len(kind), dtype=np.int64)
    centre = shape == SHAPES.index("centre")
    for shares, these in ((OFFICE_SHARES, ~centre), (CENTRE_SHARES, centre)):
        reached[these] = rng.choice(len(KINDS), int(these.sum()), p=np.array(shares) / sum(shares))
    people = np.array([name in PEOPLE for name in KINDS])
    reached[(incoming == 1) & ~people[reached]] = KINDS.index("belgium_fixed")
    mobiles = np.array([name.endswith("_mobile") for name in KINDS])
    reached[(kind == SMS) & ~mobiles[reached]] = KINDS.index("belgium_mobile")
    return reached


def _numbers(line: Ints, reached: Ints, lines: int, names: Random, rng: Generator) -> tuple[list[str], Ints]:
    """The list of all numbers, its first entry empty, and the entry each record has: a line calls some numbers again and again."""
    numbers, first, size = [""], [], []
    for kind in KINDS:
        listed = numbers_of(kind, names)
        first.append(len(numbers))
        size.append(len(listed))
        numbers += listed
    favourite = (rng.random(len(line)) ** 2.5 * _KNOWN_NUMBERS).astype(np.int64)
    book_start = rng.integers(0, 1 << 30, (lines, len(KINDS)))[line, reached]
    return numbers, np.array(first)[reached] + (book_start + favourite) % np.array(size)[reached]


def _quantities(kind: Ints, rng: Generator) -> Ints:
    """Seconds of a call (median about 100, one in twenty unanswered), one message, bytes of a data session (median about 12 MB)."""
    count = len(kind)
    seconds = np.clip(rng.lognormal(np.log(100), 1.05, count), 1, LONGEST_CALL).astype(np.int64)
    seconds[rng.random(count) < UNANSWERED_SHARE] = 0
    size = np.clip(rng.lognormal(np.log(12e6), 1.2, count), 1e3, 2e9).astype(np.int64)
    return np.where(kind == VOICE, seconds, np.where(kind == SMS, 1, size))
