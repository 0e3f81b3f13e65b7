"""What one call would cost and why: a column of length one through the rating of a close, put into words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import numpy as np

from billing import phone_numbers
from billing.money import from_cents, from_micro
from billing.packs import Pool
from billing.period import brussels_day
from billing.rating import SECONDS_PER_MINUTE, Kind, Line, Rating, Reason, Status, Usage, micros_since_1970
from billing.tariff import DECKS, INCREMENT_DECKS, NONE, Rate
from billing.visited import HOME_COUNTRY, UNION, code_of


@dataclass(frozen=True, slots=True)
class Quote:
    """The price of one outgoing call, in EUR, with everything that led to it. `left` is what its pool still held before it, in seconds."""

    number: str
    line_id: str
    deck: str
    at: datetime
    day: date
    seconds: int
    rate: Rate | None
    left: int
    in_pack: int
    charged: int
    billed: int
    price: Decimal
    status: Status
    reason: Reason
    visited: str = ""

    def explain(self) -> list[str]:
        """Returns the quote line by line, as a person checks it."""
        return [
            f"number    {self.number}",
            f"line      {self.line_id}, deck {self.deck or 'none'}",
            f"call      {self.seconds} seconds on {self.day} (Brussels), started {self.at:%Y-%m-%d %H:%M:%S} UTC",
            *self._visit_lines(),
            *self._rate_lines(),
            *self._pack_lines(),
            *self._price_lines(),
            f"clauses   {', '.join(self.clauses())}",
        ]

    def clauses(self) -> tuple[str, ...]:
        """Returns the clauses that the outcome rests on."""
        if self.reason == Reason.EMERGENCY:
            return ("ST-2.f",) if self.deck == "sip_trunking" else ("BT-2.k",)
        if self.reason == Reason.CONTRACT_NOT_IN_FORCE:
            return ("GC-2.2", "GC-11.1")
        if self.reason == Reason.MINIMUM_SERVICE:
            return ("ST-2.f",) if self.deck == "sip_trunking" else ("BT-2.k",)
        usual = ("ST-2.c", "ST-2.d", "BT-2.e") if self.deck == "sip_trunking" else ("BT-2.c", "BT-2.d", "BT-2.e")
        return (*usual, "GC-6.1") if self.visited in UNION and self.visited != HOME_COUNTRY else usual

    @property
    def is_abroad(self) -> bool:
        """Whether the call is made outside the Union."""
        return self.visited != "" and self.visited not in UNION

    def _visit_lines(self) -> list[str]:
        if self.is_abroad:
            prefixes = f"{self.visited.lower()}:"
            return [f"visited   {self.visited}, outside the EU and EEA: only prefixes of {prefixes} count, and no pack"]
        return [f"visited   {self.visited}, in the EU or EEA: rated as at home"] if self.visited not in ("", HOME_COUNTRY) else []

    def _rate_lines(self) -> list[str]:
        if self.rate is None:
            of_country = f" of {self.visited.lower()}:" if self.is_abroad else ""
            return [f"rate      none: no prefix of the number{of_country} has a rate on that day"]
        rate = self.rate
        minute, setup = _plain(from_micro(rate.per_minute_micro)), _plain(from_micro(rate.setup_micro))
        lines = [
            f"prefix    {rate.prefix} → {rate.destination}, group {rate.destination_group}",
            f"rate      in force since {rate.valid_from}: {minute} EUR a minute, setup {setup} EUR",
        ]
        if self.deck in INCREMENT_DECKS:
            lines.append(f"increments {rate.first_increment}/{rate.next_increment} seconds")
        return lines

    def _pack_lines(self) -> list[str]:
        if not self.left and not self.in_pack:
            return ["pack      no allowance left for this destination, or none agreed"]
        return [f"pack      {self.left} seconds left in {self.day:%Y-%m}, the call takes {self.in_pack}; {self.charged} left to charge"]

    def _price_lines(self) -> list[str]:
        if self.status != Status.CHARGED or self.rate is None:
            said = {Status.IN_PACK: "covered by the pack"}.get(self.status, self.reason.text)
            return [f"price     {self.price} EUR: {self.status.name.lower().replace('_', ' ')}, {said}"]
        setup, minute = from_micro(self.rate.setup_micro), from_micro(self.rate.per_minute_micro)
        sixtieths = setup * SECONDS_PER_MINUTE + minute * self.billed
        exact = _plain(sixtieths / SECONDS_PER_MINUTE)
        return [
            f"billed    {self.billed} seconds",
            f"price     {_plain(setup)} + {_plain(minute)} × {self.billed} ÷ 60 = {exact}, up to the cent: {self.price} EUR",
        ]


def quote_call(rating: Rating, line: Line, line_id: str, *, number: str, seconds: int, at: datetime, visited: str = "") -> Quote:
    """Returns what an outgoing call of the line costs, by the rule that rates a close.

    `at` is an instant with its zone, `visited` where the call is made ("" = at home). Raises ValueError for what is no number, no
    country or a negative duration.
    """
    if seconds < 0:
        raise ValueError(f"{seconds} seconds is no duration; give 0 or more")
    key, day = phone_numbers.key(number), brussels_day(at)
    rated = rating.rate(_one_call(line, key, seconds, at, visited))
    row, taken = int(rated.rate[0]), int(rated.in_pack[0])
    rate = None if row == NONE else rating.tariff.rates[row]
    pool = Pool(line.contract_id, line.end_client_id, rate.destination_group, "seconds", day.replace(day=1)) if rate else None
    return Quote(
        number=phone_numbers.written(key),
        line_id=line_id,
        deck=DECKS[line.deck] if line.deck != NONE else "",
        at=at,
        day=day,
        seconds=seconds,
        rate=rate,
        left=(rating.pools.left(pool, day) if pool else 0) + taken,
        in_pack=taken,
        charged=int(rated.charged[0]),
        billed=int(rated.billed[0]),
        price=from_cents(int(rated.price_cents[0])),
        status=Status(int(rated.status[0])),
        reason=Reason(int(rated.reason[0])),
        visited=visited,
    )


def _one_call(line: Line, key: int, seconds: int, at: datetime, visited: str) -> Usage:
    def one(value: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.array([value], dtype=np.int64)

    out = np.array([True], dtype=np.bool_)
    started, where = one(micros_since_1970(at)), one(code_of(visited))
    return Usage(one(1), one(line.line_no), one(Kind.VOICE), out, one(key), started, one(seconds), where)


def _plain(amount: Decimal) -> str:
    """An amount with at least two decimals and no needless zeros; a division that does not end is cut after eight and marked."""
    cut = amount.quantize(Decimal("1e-8"), rounding="ROUND_FLOOR")
    whole, _, decimals = f"{cut:f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}{'…' if cut != amount else ''}"


__all__ = ["Quote", "quote_call"]
