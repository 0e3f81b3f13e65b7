"""The returned mail of `billing status`: which invoices came back, from where, why, and what to do about each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

import sql

SHOWN = 10


@dataclass(frozen=True, slots=True)
class OpenBounce:
    """A document that came back from an address: `reached` when another took it, `readdressed` when the payer has others since."""

    what: str
    payer_id: str
    address: str
    bounced_on: date
    reason: str
    reached: bool
    readdressed: bool

    def __str__(self) -> str:
        why = f": {self.reason}" if self.reason else ""
        return f"{self.what} to payer {self.payer_id} came back from {self.address} on {self.bounced_on}{why}; {self._advice}"

    @property
    def _advice(self) -> str:
        if self.reached:
            return "another address took it; correct billing_emails in parties.csv"
        again = f"send it again: `billing deliver --resend {self.what.split()[-1]}`"
        return again if self.readdressed else f"correct billing_emails in parties.csv, then {again}"


def bounce_lines(conn: Connection) -> Iterator[str]:
    """A line for each document that came back, newest first, at most ten."""
    found = sql.rows(conn, OpenBounce, "status/open_bounces")
    yield from map(str, found[:SHOWN])
    if len(found) > SHOWN:
        yield f"{len(found) - SHOWN} more came back; unreachable.csv has who was not reached at all"


__all__ = ["bounce_lines"]
