"""The e-invoices of `billing status`: which were refused and why, and how many wait for the access point."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

import sql

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Refused:
    """An e-invoice that was refused, in the words of the access point."""

    number: str
    payer_id: str
    reason: str

    def __str__(self) -> str:
        again = f"put it right with the access point, then `billing e-invoices --again {self.number}`"
        return f"the e-invoice of {self.number} to payer {self.payer_id} was refused: {self.reason}; {again}"


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many e-invoices wait, the first of them, and what the access point said last; "" when none was tried."""

    count: int
    first: str
    said: str

    def __str__(self) -> str:
        what = f"1 e-invoice waits, {self.first}" if self.count == 1 else f"{self.count:,} e-invoices wait, the first {self.first}"
        return f"{what}{f': {self.said}' if self.said else ''}; `billing e-invoices` sends what waits"


def e_invoice_lines(conn: Connection) -> Iterator[str]:
    """A line for each e-invoice that was refused, newest first, at most ten, then one for those that wait."""
    refused = sql.rows(conn, Refused, "status/e_invoices_refused")
    yield from map(str, refused[:SHOWN])
    if len(refused) > SHOWN:
        yield f"{len(refused) - SHOWN} more e-invoices were refused; the gate pages of their runs list them"
    waiting = sql.one(conn, Waiting, "status/e_invoices_waiting")
    if waiting is not None:
        yield str(waiting)


__all__ = ["e_invoice_lines"]
