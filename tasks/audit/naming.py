"""The names people know things by, for the internal numbers in the rows that differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

import sql
from tasks.audit.differences import Difference

RATES = ("rate_no", "beyond_rate_no")  # of a record; a session past the roaming limit is billed under its surcharge


@dataclass(frozen=True, slots=True)
class LineName:
    """An order line."""

    line_no: int
    line_id: str


@dataclass(frozen=True, slots=True)
class CallName:
    """A usage record."""

    usage_no: int
    usage_id: str


@dataclass(frozen=True, slots=True)
class RateName:
    """A version of a rate."""

    rate_no: int
    deck: str
    prefix: str
    destination_group: str
    valid_from: date

    def __str__(self) -> str:
        return f"rate {self.deck} {self.prefix} of {self.valid_from}"


@dataclass(frozen=True, slots=True)
class Names:
    """Lines, records and rates by number."""

    lines: dict[int, str]
    calls: dict[int, str]
    rates: dict[int, RateName]


def names_of(conn: Connection, differences: Sequence[Difference]) -> Names:
    """The names of everything the differences speak of."""
    rated = [row for one in differences if one.table in ("rated_usage", "usage_pending") for row in (one.issued, one.again) if row]
    rates = _unique(row.get(column, 0) for row in rated for column in RATES)
    return Names(
        {row.line_no: row.line_id for row in sql.rows(conn, LineName, "audit/lines", numbers=_numbers(differences, "line_no"))},
        {row.usage_no: row.usage_id for row in sql.rows(conn, CallName, "audit/calls", numbers=_unique(r["usage_no"] for r in rated))},
        {row.rate_no: row for row in sql.rows(conn, RateName, "audit/rates", numbers=rates)},
    )


def _numbers(differences: Sequence[Difference], column: str) -> list[int]:
    return _unique(one.row[column] for one in differences if column in one.row)


def _unique(numbers: Iterable[int]) -> list[int]:
    return sorted(set(numbers))


__all__ = ["RATES", "Names", "RateName", "names_of"]
