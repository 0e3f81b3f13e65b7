"""The price of one call, with its reasons, from the rates and packs in the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from sqlalchemy import Engine

import sql
from billing.period import BRUSSELS, brussels_day, months_after
from billing.quote import Quote, quote_call
from billing.rating import EMERGENCY_NUMBERS
from billing.tariff import Ints
from tasks.feed.values import Unreadable, country
from tasks.leaving import ended, endings_on
from tasks.ledger import Stopped
from tasks.rating_basis import LineRow, as_line, in_force, read_rating

CLOSE_DAY = 28  # about the 28th (BT-2.c)
DEFAULT_EMERGENCY = tuple(str(number) for number in EMERGENCY_NUMBERS)


class QuoteRefused(Stopped):
    """The call cannot be quoted; the message says what is wrong and what to give instead."""


def quote(
    engine: Engine,
    import_no: int,
    number: str,
    line_id: str,
    seconds: int,
    at: str | datetime,
    emergency: Iterable[str] = DEFAULT_EMERGENCY,
    visited: str = "",
) -> Quote:
    """The price of a call of the line to `number`, by the reference data of `import_no` and the pools as accepted closes left them.

    `at` is an ISO timestamp; without a zone it is Brussels time. `visited` is the country it is made in, empty = at home.
    Raises QuoteRefused.
    """
    started = instant(at)
    day = brussels_day(started)
    with engine.connect() as conn:
        row = sql.one(conn, LineRow, "rating/line_by_id", import_no=import_no, line_id=line_id)
        if row is None:
            raise QuoteRefused(f"there is no order line {line_id!r}; give a line_id of order_lines.csv, after `billing import`")
        billed_on = _close_that_bills(day)
        known = endings_on(conn, import_no=import_no, run_id=0, on=billed_on)
        line = as_line(ended([row], known)[0], in_force(conn, import_no, billed_on))
        rating = read_rating(conn, import_no=import_no, run_id=0, lines=[line], endings=known, emergency=emergency, ids=_no_ties)
    try:
        return quote_call(rating, line, line_id, number=number, seconds=seconds, at=started, visited=_country(visited))
    except ValueError as error:
        raise QuoteRefused(f"{error}; write it as +32475123456 or 112" if "number" in str(error) else str(error)) from None


def _country(visited: str) -> str:
    try:
        return country(visited) if visited else ""
    except Unreadable as why:
        raise QuoteRefused(f"{visited!r} is {why}; give it with --visited, or leave it out for a call made at home") from None


def _close_that_bills(day: date) -> date:
    """The close date of the first close that looks at a call of this day: whether the contract is in force is judged on it."""
    return months_after(day.replace(day=CLOSE_DAY), 0 if day.day < CLOSE_DAY else 1)


def instant(at: str | datetime) -> datetime:
    """The instant of a timestamp, in UTC; without a zone it is Brussels time. Raises QuoteRefused for what is no timestamp."""
    try:
        given = datetime.fromisoformat(at) if isinstance(at, str) else at
    except ValueError:
        raise QuoteRefused(f"{at!r} is not a timestamp; write it as 2026-10-03T10:00 or 2026-10-03T08:00:00Z") from None
    return (given if given.tzinfo else given.replace(tzinfo=BRUSSELS)).astimezone(UTC)


def _no_ties(numbers: Ints) -> Sequence[str]:
    return [""] * len(numbers)


__all__ = ["QuoteRefused", "instant", "quote"]
