"""Rating: what each usage record costs. Columns in, columns out, exact integers, one pass; one call is a column of length one.

A record ends in exactly one status, and the seconds (messages, bytes) from the pack and those charged always add up to its quantity.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import IntEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from billing.clause import carries_out
from billing.packs import Ids, Pools, Wants
from billing.period import DAY, start_of_day_utc
from billing.tariff import NONE, Ints, Mark, Tariff, day_number

Flags = NDArray[np.bool_]

EMERGENCY_NUMBERS = (100, 101, 102, 103, 105, 106, 107, 108, 110, 112, 116000, 116111, 116117, 1722, 1733)
MICRO_PER_CENT = 10_000
SECONDS_PER_MINUTE = 60
LARGEST = 2**62
EPOCH_UTC = datetime(1970, 1, 1, tzinfo=UTC)


class Kind(IntEnum):
    """What was used, and so the unit of the quantity: seconds, messages, bytes."""

    VOICE = 1
    SMS = 2
    DATA = 3


class Status(IntEnum):
    """What became of a record."""

    CHARGED = 1
    IN_PACK = 2
    FREE = 3
    HELD = 4
    UNRATED = 5


class Reason(IntEnum):
    """Why a record is free, held or unrated."""

    NONE = 0
    INCOMING = 1
    NO_QUANTITY = 2
    EMERGENCY = 3
    ZERO_PRICE = 4
    CONTRACT_NOT_IN_FORCE = 5
    LINE_NOT_IN_SERVICE = 6
    LINE_UNKNOWN = 7
    NO_RATE = 8

    @property
    def text(self) -> str:
        """What a person reads."""
        return _TEXTS[self]


_TEXTS = {
    Reason.NONE: "",
    Reason.INCOMING: "incoming usage is not priced",
    Reason.NO_QUANTITY: "nothing was used",
    Reason.EMERGENCY: "emergency and help numbers are always free",
    Reason.ZERO_PRICE: "its rate is zero",
    Reason.CONTRACT_NOT_IN_FORCE: "the contract is not in force on the close date",
    Reason.LINE_NOT_IN_SERVICE: "the line was not in service on the day of the call",
    Reason.LINE_UNKNOWN: "the line is on no order",
    Reason.NO_RATE: "no prefix of the number has a rate on the day of the call",
}


@dataclass(frozen=True, slots=True)
class Usage:
    """Records as columns, one entry a record; `started` in microseconds since 1970 UTC, `callee_key` see `billing.phone_numbers`."""

    usage_no: Ints
    line_no: Ints
    kind: Ints
    outgoing: Flags
    callee_key: Ints
    started: Ints
    quantity: Ints

    def __len__(self) -> int:
        return len(self.usage_no)


@dataclass(frozen=True, slots=True)
class Line:
    """What rating knows of an order line; `held` says why its usage cannot be billed now, NONE when it can."""

    line_no: int
    deck: int
    starts_on: date
    ends_on: date | None
    contract_id: str
    end_client_id: str
    held: Reason = Reason.NONE


class Lines:
    """Order lines as columns, found by their line_no: deck, first and past day of service, owner of pools, why held."""

    def __init__(self, lines: Iterable[Line], pools: Pools) -> None:
        known = tuple(lines)
        size = max((line.line_no for line in known), default=0) + 1
        self.deck, self.owner = np.full(size, NONE), np.full(size, NONE)
        self.first, self.past = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
        self.held = np.full(size, int(Reason.LINE_UNKNOWN))
        for line in known:
            at = line.line_no
            self.deck[at], self.held[at] = line.deck, line.held
            self.first[at], self.past[at] = day_number(line.starts_on), day_number((line.ends_on or date.max - DAY) + DAY)
            self.owner[at] = pools.owner_index.get((line.contract_id, line.end_client_id), NONE)

    def places(self, line_no: Ints) -> Ints:
        """Returns where each line stands in the columns; an unknown one stands at 0, which no line has."""
        return np.where((line_no > 0) & (line_no < len(self.deck)), line_no, 0)


@dataclass(frozen=True, slots=True)
class Rated:
    """The results, one entry a record: `rate` is a row of the tariff (NONE = none), quantities in the unit of the kind, price in cents."""

    rate: Ints
    in_pack: Ints
    charged: Ints
    billed: Ints
    price_cents: Ints
    status: Ints
    reason: Ints


class Rating:
    """What a run rates with: the lines, the decks, the pools, the numbers that are always free, and the ids that break a tie."""

    def __init__(self, lines: Iterable[Line], tariff: Tariff, pools: Pools, ids: Ids, emergency: Iterable[int] = EMERGENCY_NUMBERS) -> None:
        self.tariff, self.pools, self.ids = tariff, pools, ids
        self.lines = Lines(lines, pools)
        self.emergency = np.array(sorted(-number for number in emergency), dtype=np.int64)
        self._offer_of_group = np.array([pools.group_index.get(name, NONE) for name in tariff.groups], dtype=np.int64)
        self._rated_up_to = -LARGEST

    def rate(self, usage: Usage) -> Rated:
        """Returns the rated records in the order given.

        Batches come in order of time, none overlapping an earlier one; inside a batch the order does not matter. Raises ValueError
        when a batch starts before the end of the one before.
        """
        if not len(usage):
            return Rated(*(np.zeros(0, dtype=np.int64) for _ in range(7)))
        self._require_later(usage.started)
        days = brussels_days(usage.started)
        line = self.lines.places(usage.line_no)
        rate = self._rates(usage, self.lines.deck[line], days)
        reason = self._reasons(usage, line, rate, days)
        in_pack = self._from_packs(usage, line, rate, reason, days)
        charged = usage.quantity - in_pack
        reason[(reason == Reason.NONE) & (rate == NONE) & (charged > 0)] = Reason.NO_RATE
        billed, price = self._prices(usage, rate, charged, reason)
        reason[(reason == Reason.NONE) & (price == 0) & (in_pack == 0)] = Reason.ZERO_PRICE
        return Rated(rate, in_pack, charged, billed, price, _statuses(reason, charged), reason)

    def _require_later(self, started: Ints) -> None:
        first, last = int(started.min()), int(started.max())
        if first <= self._rated_up_to:
            raise ValueError("usage was not given in order of time; packs would be consumed in the wrong order")
        self._rated_up_to = last

    @carries_out("BT-2.e", "BT-2.k", "ST-2.f")
    def _reasons(self, usage: Usage, line: Ints, rate: Ints, days: Ints) -> Ints:
        """Returns why a record is settled before any price: later assignments win, so emergency comes last."""
        lines = self.lines
        reason = lines.held[line].copy()
        in_service = (days >= lines.first[line]) & (days < lines.past[line])
        reason[(reason == Reason.NONE) & ~in_service] = Reason.LINE_NOT_IN_SERVICE
        reason[usage.quantity == 0] = Reason.NO_QUANTITY
        short = np.flatnonzero(usage.callee_key < 0)
        emergency = np.zeros(len(usage), dtype=np.bool_)
        emergency[short] = np.isin(usage.callee_key[short], self.emergency)
        if self.tariff.emergency_group != NONE:
            emergency |= (rate != NONE) & (self.tariff.group[rate] == self.tariff.emergency_group)  # NONE is masked, whatever it reads
        reason[emergency] = Reason.EMERGENCY
        reason[~usage.outgoing] = Reason.INCOMING
        return reason

    def _rates(self, usage: Usage, deck: Ints, days: Ints) -> Ints:
        """Returns the row of each record's rate. Messages look for `sms` prefixes first; data has only `data` ones."""
        rate = np.full(len(usage), NONE, dtype=np.int64)
        mark = np.where(usage.callee_key < 0, int(Mark.SHORT), int(Mark.NUMBER))
        mark[usage.kind == Kind.DATA] = Mark.DATA
        books = np.where((deck != NONE) & usage.outgoing, deck * len(Mark) + mark, NONE)
        sms = np.flatnonzero((usage.kind == Kind.SMS) & (usage.callee_key > 0) & (books != NONE))
        if len(sms):
            self._look_up(rate, sms, deck[sms] * len(Mark) + int(Mark.SMS), usage, days)
        rest = np.flatnonzero((books != NONE) & (rate == NONE))
        self._look_up(rate, rest, books[rest], usage, days)
        return rate

    def _look_up(self, rate: Ints, rows: Ints, books: Ints, usage: Usage, days: Ints) -> None:
        """Fills in the rate of these rows, each from its book: a deck and what its prefixes are matched against."""
        for book in np.flatnonzero(np.bincount(books)).tolist():
            these = rows[books == book]
            deck, mark = divmod(book, len(Mark))
            rate[these] = self.tariff.find(deck, Mark(mark), np.abs(usage.callee_key[these]), days[these])

    def _from_packs(self, usage: Usage, line: Ints, rate: Ints, reason: Ints, days: Ints) -> Ints:
        """Returns what packs cover. Messages never draw on minutes; all data of an end client draws on its data pool."""
        offer = np.full(len(usage), NONE, dtype=np.int64)
        rated = np.flatnonzero(rate != NONE)
        offer[rated] = self._offer_of_group[self.tariff.group[rate[rated]]]
        offer[usage.kind == Kind.DATA] = self.pools.data_column
        offer[(usage.kind == Kind.SMS) | (reason != Reason.NONE)] = NONE
        wants = Wants(usage.started, usage.quantity, rate == NONE, usage.usage_no)
        return self.pools.draw(self.lines.owner[line], offer, days, wants, self.ids)

    def _prices(self, usage: Usage, rate: Ints, charged: Ints, reason: Ints) -> tuple[Ints, Ints]:
        """Returns the quantity each record is billed for and its price in cents; 0 where nothing is left to price."""
        billed, price = np.zeros(len(usage), dtype=np.int64), np.zeros(len(usage), dtype=np.int64)
        priced = np.flatnonzero((reason == Reason.NONE) & (charged > 0))
        row, left = rate[priced], charged[priced]
        if self.tariff.increments:
            voice = usage.kind[priced] == Kind.VOICE
            left = np.where(voice, in_increments(left, self.tariff.first[row], self.tariff.next[row]), left)
        billed[priced] = left
        price[priced] = price_in_cents(self.tariff.setup[row], self.tariff.per_minute[row], left)
        return billed, price


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


def _statuses(reason: Ints, charged: Ints) -> Ints:
    status = _STATUS_OF_REASON[reason]
    status[(reason == Reason.NONE) & (charged == 0)] = Status.IN_PACK
    return status


_STATUS_OF_REASON = np.array([Status.CHARGED, *[Status.FREE] * 4, *[Status.HELD] * 3, Status.UNRATED], dtype=np.int64)


def brussels_days(started: Ints) -> Ints:
    """Returns the Brussels day of each instant (microseconds since 1970 UTC) as days since 1970; int64[n]."""
    years = range(_year(int(started.min())) - 1, _year(int(started.max())) + 2)
    midnights = np.concatenate([_midnights(year) for year in years])
    low, high = np.searchsorted(midnights, [started.min(), started.max()], "right")
    first = day_number(date(years[0], 1, 1))
    return first + int(low) - 1 + np.searchsorted(midnights[low:high], started, "right")


def _year(micros: int) -> int:
    return 1970 + micros // 31_557_600_000_000


@lru_cache(maxsize=512)
def _midnights(year: int) -> Ints:
    """The instants at which the days of a year start in Brussels: 23 to 25 hours apart."""
    days = (date(year + 1, 1, 1) - date(year, 1, 1)).days
    starts = [start_of_day_utc(date.fromordinal(date(year, 1, 1).toordinal() + day)) for day in range(days)]
    return np.array([micros_since_1970(start) for start in starts], dtype=np.int64)


def micros_since_1970(instant: datetime) -> int:
    """Returns an instant as whole microseconds, the way it stands in a column."""
    passed = instant - EPOCH_UTC
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds


__all__ = ["EMERGENCY_NUMBERS", "Kind", "Line", "Lines", "Rated", "Rating", "Reason", "Status", "Usage", "price_in_cents"]
