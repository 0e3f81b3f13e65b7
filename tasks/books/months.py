"""The months of the books: which are final, which is the first that is open."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

import sql
from billing.period import Period


@dataclass(frozen=True, slots=True)
class Written:
    """The journal of a month (its first day); `final_on` None while it is provisional."""

    month: date
    final_on: date | None
    final_by: str


def written(conn: Connection, month: Period) -> Written | None:
    """The journal of a month, None when it was never written."""
    return sql.one(conn, Written, "books/month", month=month.first)


def is_final(conn: Connection, month: Period) -> bool:
    """Whether the journal of a month can no longer change."""
    found = written(conn, month)
    return found is not None and found.final_on is not None


def first_open(conn: Connection) -> Period | None:
    """The month after the last final one, None while none is final."""
    last: date | None = sql.scalar(conn, "books/last_final")
    return Period.month_of(last).next_month() if last else None


def next_due(conn: Connection) -> Period | None:
    """The month that is made final next: after the last final one, at first the earliest with anything to book; None when there is none."""
    earliest: date | None = sql.scalar(conn, "books/earliest")
    return first_open(conn) or (Period.month_of(earliest) if earliest else None)


def unwritten_before(conn: Connection, month: Period) -> list[Period]:
    """The months from the next to be made final up to this one that were never written, as those an earlier release closed."""
    due = next_due(conn)
    if due is None or due >= month:
        return []
    found = sql.dicts(conn, "books/unwritten_months", first=due.first, past=month.first)
    return [Period.month_of(row["month"]) for row in found]


__all__ = ["Written", "first_open", "is_final", "next_due", "unwritten_before", "written"]
