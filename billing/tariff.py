"""The rate decks: which rate a called number has on a day, for whole columns of calls at once.

The rate is the longest prefix of the number that has a version in force on the day, then its latest version (clause register, "lookup").
A number shorter than a prefix never has that prefix, whatever it would be when padded. A prefix that begins with a country (`us:32`)
counts for usage made there, and there no other does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from billing.clause import carries_out
from billing.visited import AT_HOME, UNION, code_of

Ints = NDArray[np.int64]

DECKS = ("business_telephony", "sip_trunking", "web_meeting", "telavox")
INCREMENT_DECKS = frozenset({"sip_trunking", "telavox"})
EMERGENCY_GROUP = "emergency"
NONE = -1
WIDTH = 15  # digits of the longest E.164 number
POWERS = 10 ** np.arange(WIDTH + 1, dtype=np.int64)
EPOCH = date(1970, 1, 1)
_PREFIX = re.compile(r"(?:([a-z]{2}):)?(s|sms|data)?([0-9]*)")
BEYOND_LIMIT = "eu"  # no country of a visit: `eu:data` is the surcharge for roaming data beyond the limit (GC-6.3)
SURCHARGE = code_of(BEYOND_LIMIT.upper())


class Mark(IntEnum):
    """What a prefix is matched against: called numbers, short codes, or messages and data only."""

    NUMBER = 0
    SHORT = 1
    SMS = 2
    DATA = 3


_MARKS = {None: Mark.NUMBER, "s": Mark.SHORT, "sms": Mark.SMS, "data": Mark.DATA}


@dataclass(frozen=True, slots=True)
class Rate:
    """One version of one prefix of a deck; money in micro-euro, increments in seconds."""

    rate_no: int
    deck: str
    prefix: str
    valid_from: date
    destination: str
    destination_group: str
    per_minute_micro: int
    setup_micro: int
    first_increment: int = 1
    next_increment: int = 1


def day_number(day: date) -> int:
    """Returns days since 1 January 1970: how a day stands in a column."""
    return (day - EPOCH).days


def split_prefix(prefix: str) -> tuple[int, Mark, str]:
    """Returns where usage must be made for a prefix to count (a code of `billing.visited`), what it is matched against, its digits.

    Raises ValueError for what is no prefix.
    """
    found = _PREFIX.fullmatch(prefix)
    if found is None:
        raise ValueError(f"{prefix!r} is not a prefix; write digits, s112 for a short code, sms32 or data32 for messages and data")
    return code_of((found[1] or "").upper()), _MARKS[found[2]], found[3]


def useless_country(prefix: str) -> str:
    """Returns why no usage can ever be rated by the country a prefix begins with, "" when some can (GC-6.1)."""
    country, _, rest = prefix.rpartition(":")
    if country == BEYOND_LIMIT and rest != "data":
        return "eu: stands for the surcharge beyond the roaming limit only; write eu:data"
    if country.upper() in UNION:
        return f"usage made in {country.upper()} is rated as at home; take the row out, the surcharge beyond the limit is eu:data"
    return ""


class Tariff:
    """All decks as columns, one row a rate version; row numbers are what `find` returns.

    `rate_no`, `per_minute`, `setup` (micro-euro), `first`, `next` (seconds; 1 where the deck's increments do not apply) and
    `group` (an index into `groups`) are int64[rates].
    """

    def __init__(self, rates: Iterable[Rate]) -> None:
        self.rates = tuple(rates)
        self.groups = tuple(sorted({rate.destination_group for rate in self.rates}))
        index = {name: number for number, name in enumerate(self.groups)}
        self.rate_no = _column(rate.rate_no for rate in self.rates)
        self.per_minute = _column(rate.per_minute_micro for rate in self.rates)
        self.setup = _column(rate.setup_micro for rate in self.rates)
        self.first = _column(_increments(rate)[0] for rate in self.rates)
        self.next = _column(_increments(rate)[1] for rate in self.rates)
        self.group = _column(index[rate.destination_group] for rate in self.rates)
        self.increments = bool((self.first > 1).any() or (self.next > 1).any())
        self.emergency_group = index.get(EMERGENCY_GROUP, NONE)
        self._books = self._bound()

    def _bound(self) -> dict[tuple[int, Mark, int], _Book]:
        entries: dict[tuple[int, Mark, int], list[tuple[int, int, int, int]]] = {}
        for row, rate in enumerate(self.rates):
            country, mark, digits = split_prefix(rate.prefix)
            if len(digits) <= WIDTH and rate.deck in DECKS:  # no number has more digits, no line has another deck
                entry = (len(digits), int(digits or 0), day_number(rate.valid_from), row)
                entries.setdefault((DECKS.index(rate.deck), mark, country), []).append(entry)
        return {key: _Book(book) for key, book in entries.items()}

    @carries_out("BT-2.e")
    def find(self, deck: int, mark: Mark, numbers: Ints, days: Ints, country: int = AT_HOME) -> Ints:
        """Returns the row of the rate of each number (digits, positive; 0 = none) on each day, NONE where there is none; int64[n].

        `country` is where the usage was made: at home, or one whose own prefixes count.
        """
        book = self._books.get((deck, mark, country))
        return np.full(len(numbers), NONE, dtype=np.int64) if book is None else book.find(numbers, days)


class _Book:
    """The versions of one deck and mark, opened at a day."""

    def __init__(self, entries: Sequence[tuple[int, int, int, int]]) -> None:
        length, prefix, since, row = (np.array(column, dtype=np.int64) for column in zip(*sorted(entries), strict=True))
        self._length, self._low, self._since, self._row = length, prefix * POWERS[WIDTH - length], since, row
        self._changes = np.unique(since)
        self._open: dict[int, _InForce] = {}

    @carries_out("BT-2.d", "ST-2.d")
    def find(self, numbers: Ints, days: Ints) -> Ints:
        """Returns rows by the versions in force on each day: a later version never touches an earlier call."""
        found = np.full(len(numbers), NONE, dtype=np.int64)
        stretch = np.searchsorted(self._changes, days, "right")
        for number in np.flatnonzero(np.bincount(stretch)):
            if number == 0:  # before the first version of all
                continue
            these = np.flatnonzero(stretch == number)
            if len(these) == len(numbers):
                return self._in_force(int(number)).find(numbers)
            found[these] = self._in_force(int(number)).find(numbers[these])
        return found

    def _in_force(self, stretch: int) -> _InForce:
        if stretch not in self._open:
            valid = np.flatnonzero(self._since <= self._changes[stretch - 1])
            # Sorted by length, prefix, day: the last of each run of equal prefixes is its latest version.
            length, low = self._length[valid], self._low[valid]
            last = np.append((length[1:] != length[:-1]) | (low[1:] != low[:-1]), True)
            self._open[stretch] = _InForce(length[last], low[last], self._row[valid][last])
        return self._open[stretch]


class _InForce:
    """The prefixes in force at one time, each a range of fifteen-digit numbers, also flattened so that one search finds the longest."""

    def __init__(self, length: Ints, low: Ints, row: Ints) -> None:
        self._by_length = [(int(n), low[length == n], row[length == n]) for n in np.unique(length)[::-1]]
        self._starts = np.unique(np.concatenate([np.zeros(1, dtype=np.int64), low, low + POWERS[WIDTH - length]]))
        self._length_of = dict(zip(row.tolist(), length.tolist(), strict=True))
        self._owner = self._longest(self._starts, np.full(len(self._starts), WIDTH))
        self._owner_length = np.array([self._length_of.get(owner, 0) for owner in self._owner.tolist()], dtype=np.int64)

    def find(self, numbers: Ints) -> Ints:
        digits = np.searchsorted(POWERS, numbers, "right")
        padded = numbers * POWERS[WIDTH - digits]
        place = np.searchsorted(self._starts, padded, "right") - 1
        found = self._owner[place]
        # Padding makes 32 look like 320000000000000, which prefix 320 would take: those few are searched by length.
        short = np.flatnonzero(self._owner_length[place] > digits)
        if len(short):
            found[short] = self._longest(padded[short], digits[short])
        return found

    def _longest(self, padded: Ints, digits: Ints) -> Ints:
        """Returns the row of the longest prefix no longer than the number, by trying each length from the longest down."""
        found = np.full(len(padded), NONE, dtype=np.int64)
        for length, low, row in self._by_length:
            place = np.searchsorted(low, padded, "right") - 1
            hit = (place >= 0) & (padded - low[place] < POWERS[WIDTH - length]) & (digits >= length) & (found == NONE)
            found[hit] = row[place[hit]]
        return found


def _increments(rate: Rate) -> tuple[int, int]:
    return (rate.first_increment, rate.next_increment) if rate.deck in INCREMENT_DECKS else (1, 1)


def _column(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)


__all__ = ["DECKS", "NONE", "SURCHARGE", "Mark", "Rate", "Tariff", "day_number", "split_prefix", "useless_country"]
