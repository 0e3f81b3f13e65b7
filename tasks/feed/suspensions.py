"""Suspensions that cannot be: two of one end client on the same day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

import sql
from billing.minimum_service import Suspension
from tasks.feed.tables import Broken, Row


@dataclass(frozen=True, slots=True)
class Recorded:
    """A suspension in force. `by_hand` tells those set by `billing suspend` from those of the feed."""

    suspension_id: str
    end_client_id: str
    starts_on: date
    ends_on: date | None
    clause: str
    note: str
    by_hand: bool

    @property
    def days(self) -> Suspension:
        """Whose days it takes, and which."""
        return Suspension(self.end_client_id, self.starts_on, self.ends_on)


def recorded(conn: Connection) -> list[Recorded]:
    """The suspensions in force, by end client and first day."""
    return sql.rows(conn, Recorded, "feed/suspensions")


def objections(conn: Connection, rows: Mapping[int, Row]) -> dict[int, Broken]:
    """Returns, by line of the file, which suspensions share a day with another one of their end client, and with which.

    Those there before come first, then the order of the file. One that is corrected is no other, and keeps its place when its
    correction is refused.
    """
    there = {one.suspension_id: one.days for one in recorded(conn)}
    given = {str(row["suspension_id"]) for row in rows.values()}
    taken = {name: days for name, days in there.items() if name not in given}
    wrong: dict[int, Broken] = {}
    for line, row in sorted(rows.items(), key=lambda item: (item[1]["suspension_id"] not in there, item[0])):
        name, days = str(row["suspension_id"]), _days(row)
        other = next((known for known, their in taken.items() if their.meets(days)), None)
        if other is None:
            taken[name] = days
            continue
        wrong[line] = (
            "starts_on",
            f"suspension {other} of {days.end_client_id} holds days of it already ({_shown(taken[other])}); {_WAY_OUT}",
        )
        if name in there:
            taken[name] = there[name]
    return wrong


_WAY_OUT = "correct one of the two, an end client is suspended once at a time"


def _days(row: Row) -> Suspension:
    starts_on, ends_on = row["starts_on"], row["ends_on"]
    assert isinstance(starts_on, date)
    assert ends_on is None or isinstance(ends_on, date)
    return Suspension(str(row["end_client_id"]), starts_on, ends_on)


def _shown(days: Suspension) -> str:
    return f"from {days.starts_on} {f'to {days.ends_on}' if days.ends_on else 'on'}"


__all__ = ["Recorded", "objections", "recorded"]
