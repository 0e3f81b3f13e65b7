"""Rating: what each usage record costs. Columns in, columns out, exact integers, one pass; one call is a column of length one.

A record ends in exactly one status, and the seconds (messages, bytes) from the pack and those charged always add up to its quantity.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from billing.brussels_days import brussels_days, micros_since_1970
from billing.clause import carries_out
from billing.minimum_service import MinimumService, Suspension
from billing.packs import Ids, Pools
from billing.period import DAY
from billing.pricing import SECONDS_PER_MINUTE, in_increments, price_in_cents, price_of_parts
from billing.roaming import RoamingLimits, RoamingUser
from billing.tariff import NONE, SURCHARGE, Ints, Mark, Tariff, day_number
from billing.turns import Wants
from billing.usage import Flags, Kind, Rated, Reason, Status, Usage
from billing.visited import AT_HOME, as_at_home

EMERGENCY_NUMBERS = (100, 101, 102, 103, 105, 106, 107, 108, 110, 112, 116000, 116111, 116117, 1722, 1733)
BEFORE_ALL = -(2**62)


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
class _Roamed:
    """Sessions of data elsewhere in the Union: their rows, users, bytes within the limit and past it, the row of the surcharge."""

    rows: Ints
    users: list[RoamingUser]
    within: Ints
    beyond: Ints
    surcharge: Ints


class Rating:
    """What a run rates with: the lines, the decks, the pools, and the ids that break a tie.

    Then the numbers that are always free, the limits of roaming data, and who is on minimum service.
    """

    def __init__(
        self,
        lines: Iterable[Line],
        tariff: Tariff,
        pools: Pools,
        ids: Ids,
        emergency: Iterable[int] = EMERGENCY_NUMBERS,
        roaming: RoamingLimits | None = None,
        suspensions: Iterable[Suspension] = (),
    ) -> None:
        known = tuple(lines)
        self.tariff, self.pools, self.ids = tariff, pools, ids
        self.lines = Lines(known, pools)
        self.emergency = np.array(sorted(-number for number in emergency), dtype=np.int64)
        self.roaming = roaming or RoamingLimits(pools.packs)
        self.minimum_service = MinimumService(suspensions, {line.line_no: line.end_client_id for line in known})
        self._owners = list(pools.owner_index)
        self._offer_of_group = np.array([pools.group_index.get(name, NONE) for name in tariff.groups], dtype=np.int64)
        self._rated_up_to = BEFORE_ALL

    def rate(self, usage: Usage) -> Rated:
        """Returns the rated records in the order given.

        Batches come in order of time, none overlapping an earlier one; inside a batch the order does not matter. Raises ValueError
        when a batch starts before the end of the one before.
        """
        if not len(usage):
            return Rated(*(np.zeros(0, dtype=np.int64) for _ in range(9)))
        self._require_later(usage.started)
        days = brussels_days(usage.started)
        line = self.lines.places(usage.line_no)
        abroad = np.flatnonzero(usage.visited != AT_HOME)
        union = as_at_home(usage.visited[abroad])
        world = abroad[~union]
        rate, emergency = self._rates_and_emergency(usage, line, days, world)
        reason = self._reasons(usage, line, emergency, days)
        roamed = self._roamed(usage, line, reason, days, abroad[union])
        within = usage.quantity if roamed is None else _with(usage.quantity, roamed.rows, roamed.within)
        in_pack = self._from_packs(usage, line, rate, reason, days, within, world)
        at_rate = within - in_pack
        self._note_missing_rates(reason, (rate == NONE) & (at_rate > 0), world)
        billed, price = self._prices(usage, rate, at_rate, reason)
        beyond, beyond_rate_no = np.zeros((2, len(usage)), dtype=np.int64)
        if roamed is not None:
            self._add_surcharge(roamed, rate, at_rate, reason, (billed, price, beyond, beyond_rate_no))
        reason[(reason == Reason.NONE) & (price == 0) & (in_pack == 0)] = Reason.ZERO_PRICE
        charged = usage.quantity - in_pack
        status = _statuses(reason, charged)
        if roamed is not None:
            self.roaming.settle(roamed.users, np.where(status[roamed.rows] <= Status.FREE, roamed.within, 0))
        return Rated(rate, in_pack, charged, billed, price, status, reason, beyond, beyond_rate_no)

    def _require_later(self, started: Ints) -> None:
        first, last = int(started.min()), int(started.max())
        if first <= self._rated_up_to:
            raise ValueError("usage was not given in order of time; packs would be consumed in the wrong order")
        self._rated_up_to = last

    def _rates_and_emergency(self, usage: Usage, line: Ints, days: Ints, world: Ints) -> tuple[Ints, Flags]:
        """Returns the row of each record's rate, and which calls are free as emergency calls, wherever they were made."""
        deck = self.lines.deck[line]
        rate = self._rates(usage, deck, days)
        emergency = self._is_emergency(usage, rate)
        if len(world):
            self._rate_by_country(usage, deck, days, rate, world[~emergency[world]])
            emergency[world] |= self._is_emergency(usage.at(world), rate[world])
        return rate, emergency

    @carries_out("GC-6.1")
    def _rate_by_country(self, usage: Usage, deck: Ints, days: Ints, rate: Ints, world: Ints) -> None:
        """Gives usage made outside the Union the rates of its country, and no other."""
        for country in np.unique(usage.visited[world]).tolist():
            rows = world[usage.visited[world] == country]
            rate[rows] = self._rates(usage.at(rows), deck[rows], days[rows], country)

    @carries_out("BT-2.k", "ST-2.f")
    def _is_emergency(self, usage: Usage, rate: Ints) -> Flags:
        """Returns which records went to an emergency or help number, or to one the deck counts among them."""
        short = np.flatnonzero(usage.callee_key < 0)
        emergency = np.zeros(len(usage), dtype=np.bool_)
        emergency[short] = np.isin(usage.callee_key[short], self.emergency)
        if self.tariff.emergency_group != NONE:
            emergency |= (rate != NONE) & (self.tariff.group[rate] == self.tariff.emergency_group)  # NONE is masked, whatever it reads
        return emergency

    @carries_out("BT-2.e", "BT-2.k", "ST-2.f")
    def _reasons(self, usage: Usage, line: Ints, emergency: Flags, days: Ints) -> Ints:
        """Returns why a record is settled before any price: later assignments win, so emergency comes last."""
        lines = self.lines
        reason = lines.held[line].copy()
        in_service = (days >= lines.first[line]) & (days < lines.past[line])
        reason[(reason == Reason.NONE) & ~in_service] = Reason.LINE_NOT_IN_SERVICE
        reason[(reason == Reason.NONE) & self.minimum_service.covers(line, days)] = Reason.MINIMUM_SERVICE
        reason[usage.quantity == 0] = Reason.NO_QUANTITY
        reason[emergency] = Reason.EMERGENCY
        reason[~usage.outgoing] = Reason.INCOMING
        return reason

    @carries_out("GC-6.2", "GC-6.3")
    def _roamed(self, usage: Usage, line: Ints, reason: Ints, days: Ints, union: Ints) -> _Roamed | None:
        """Returns the sessions of data elsewhere in the Union, split by the limit of their users; None when there are none.

        One that passes the limit on a day without a surcharge in the deck is left for a later close.
        """
        rows = union[(usage.kind[union] == Kind.DATA) & (reason[union] == Reason.NONE)]
        if not len(rows):
            return None
        sessions = usage.at(rows)
        users = self.roaming.users(sessions.line_no, days[rows], sessions.usage_no)
        owners = [None if number == NONE else self._owners[number] for number in self.lines.owner[line[rows]].tolist()]
        wants = Wants(sessions.started, sessions.quantity, np.zeros(len(rows), dtype=np.bool_), sessions.usage_no)
        within = self.roaming.within(users, owners, wants, self.ids)
        beyond = sessions.quantity - within
        surcharge = self._rates(sessions, self.lines.deck[line[rows]], days[rows], SURCHARGE)
        reason[rows[(beyond > 0) & (surcharge == NONE)]] = Reason.NO_SURCHARGE
        return _Roamed(rows, users, within, beyond, surcharge)

    def _rates(self, usage: Usage, deck: Ints, days: Ints, country: int = AT_HOME) -> Ints:
        """Returns the row of each record's rate. Messages look for `sms` prefixes first; data has only `data` ones."""
        rate = np.full(len(usage), NONE, dtype=np.int64)
        mark = np.where(usage.callee_key < 0, int(Mark.SHORT), int(Mark.NUMBER))
        mark[usage.kind == Kind.DATA] = Mark.DATA
        books = np.where((deck != NONE) & usage.outgoing, deck * len(Mark) + mark, NONE)
        sms = np.flatnonzero((usage.kind == Kind.SMS) & (usage.callee_key > 0) & (books != NONE))
        if len(sms):
            self._look_up(rate, sms, deck[sms] * len(Mark) + int(Mark.SMS), usage, days, country)
        rest = np.flatnonzero((books != NONE) & (rate == NONE))
        self._look_up(rate, rest, books[rest], usage, days, country)
        return rate

    def _look_up(self, rate: Ints, rows: Ints, books: Ints, usage: Usage, days: Ints, country: int) -> None:
        """Fills in the rate of these rows, each from its book: a deck and what its prefixes are matched against."""
        for book in np.flatnonzero(np.bincount(books)).tolist():
            these = rows[books == book]
            deck, mark = divmod(book, len(Mark))
            rate[these] = self.tariff.find(deck, Mark(mark), np.abs(usage.callee_key[these]), days[these], country)

    def _from_packs(self, usage: Usage, line: Ints, rate: Ints, reason: Ints, days: Ints, within: Ints, world: Ints) -> Ints:
        """Returns what packs cover of what is `within` the roaming limit; nothing of what was used outside the Union.

        Messages never draw on minutes; all data of an end client draws on its data pool.
        """
        offer = np.full(len(usage), NONE, dtype=np.int64)
        rated = np.flatnonzero(rate != NONE)
        offer[rated] = self._offer_of_group[self.tariff.group[rate[rated]]]
        offer[usage.kind == Kind.DATA] = self.pools.data_column
        offer[(usage.kind == Kind.SMS) | (reason != Reason.NONE)] = NONE
        offer[world] = NONE
        wants = Wants(usage.started, within, rate == NONE, usage.usage_no)
        return self.pools.draw(self.lines.owner[line], offer, days, wants, self.ids)

    def _note_missing_rates(self, reason: Ints, unrated: Flags, world: Ints) -> None:
        """Says of what was used and has no rate that it has none, and where it was made outside the Union, that its country has none."""
        unrated &= reason == Reason.NONE
        reason[unrated] = Reason.NO_RATE
        reason[world[unrated[world]]] = Reason.NO_RATE_ABROAD

    @carries_out("GC-6.3")
    def _add_surcharge(self, roamed: _Roamed, rate: Ints, at_rate: Ints, reason: Ints, to: tuple[Ints, Ints, Ints, Ints]) -> None:
        """Adds what is past the limit at the surcharge; both parts of a session together are rounded up once."""
        tariff, (billed, price, beyond, beyond_rate_no) = self.tariff, to
        past = np.flatnonzero((roamed.beyond > 0) & (reason[roamed.rows] == Reason.NONE))
        rows, surcharge = roamed.rows[past], roamed.surcharge[past]
        beyond[rows], beyond_rate_no[rows] = roamed.beyond[past], tariff.rate_no[surcharge]
        billed[rows] += beyond[rows]
        for row, extra in zip(rows.tolist(), surcharge.tolist(), strict=True):
            parts = [(int(tariff.setup[extra]), int(tariff.per_minute[extra]), int(beyond[row]))]
            if at_rate[row]:
                parts.append((int(tariff.setup[rate[row]]), int(tariff.per_minute[rate[row]]), int(at_rate[row])))
            price[row] = price_of_parts(parts)

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


def _with(column: Ints, rows: Ints, values: Ints) -> Ints:
    """Returns the column with other values in some rows."""
    changed = column.copy()
    changed[rows] = values
    return changed


def _statuses(reason: Ints, charged: Ints) -> Ints:
    status = _STATUS_OF_REASON[reason]
    status[(reason == Reason.NONE) & (charged == 0)] = Status.IN_PACK
    return status


_STATUS_OF_REASON = np.array(
    [Status.CHARGED, *[Status.FREE] * 4, *[Status.HELD] * 3, *[Status.UNRATED] * 2, Status.HELD, Status.UNRATED], dtype=np.int64
)


__all__ = [
    "EMERGENCY_NUMBERS",
    "SECONDS_PER_MINUTE",
    "Kind",
    "Line",
    "Lines",
    "Rated",
    "Rating",
    "Reason",
    "Status",
    "Usage",
    "brussels_days",
    "micros_since_1970",
    "price_in_cents",
]
