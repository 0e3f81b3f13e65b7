"""Usage in and rated usage out, by the million: windows of time by binary COPY, into a table that becomes the run's partition."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import asyncpg
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine

from billing.rating import Rated, Usage
from tasks.binary_copy import HEADER, MICROS_TO_2000, TRAILER, FixedRows
from tasks.database import plain_url

log = logging.getLogger(__name__)

RECORDS = FixedRows(
    usage_no="int8",
    line_no="int4",
    kind="int2",
    outgoing="bool",
    callee_key="int8",
    started_at="timestamptz",
    quantity="int8",
    visited="int2",
)
RATED = FixedRows(
    run_id="int4",
    usage_no="int8",
    line_no="int4",
    started_at="timestamptz",
    callee_key="int8",
    kind="int2",
    rate_no="int4",
    in_pack="int8",
    charged="int8",
    price_cents="int8",
    status="int2",
    reason="int2",
    beyond="int8",
    beyond_rate_no="int4",
)
PENDING = FixedRows(run_id="int4", usage_no="int8")
PIECE = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Scope:
    """The usage a run looks at: numbers after `after_no` up to `through_no`, and what the previous close left over."""

    after_no: int
    through_no: int
    previous_id: int  # 0 = no close before


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time [first, past) and how many records in scope started in it."""

    first: datetime
    past: datetime
    records: int
    leftover: int  # of these, left over by the previous close


def windows(hours: Iterable[tuple[datetime, int, int]], at_most: int) -> list[Window]:
    """Hours (start, records, left over) joined into windows of at most so many records, or one hour where one holds more."""
    made: list[Window] = []
    for starts_at, records, leftover in sorted(hours):
        past = starts_at + timedelta(hours=1)
        if made and (made[-1].past > starts_at or made[-1].records + records <= at_most):
            last = made[-1]
            made[-1] = Window(last.first, past, last.records + records, last.leftover + leftover)
        else:
            made.append(Window(starts_at, past, records, leftover))
    return made


def copy_out(engine: Engine, queries: Iterable[str], form: Literal["binary", "csv"] = "binary") -> Generator[bytes, None, None]:
    """What each query returns, as one COPY; on a connection of its own, which ends with the generator.

    asyncpg hands over many rows a call, where psycopg makes an object of each.
    """
    loop = asyncio.new_event_loop()
    try:
        connection = loop.run_until_complete(asyncpg.connect(plain_url(engine), server_settings=_READING))
        try:
            for query in queries:
                yield loop.run_until_complete(_copied(connection, query, form))
        finally:
            connection.terminate()
            loop.run_until_complete(asyncio.sleep(0))  # the transport is closed by the next turn of the loop
    finally:
        loop.close()


# The block-range index finds a window; a plan that read the whole table for each window would make the time quadratic.
_READING = {"timezone": "UTC", "enable_seqscan": "off", "work_mem": "64MB", "max_parallel_workers_per_gather": "0", "jit": "off"}


async def _copied(connection: Any, query: str, form: str) -> bytes:
    pieces: list[bytes] = []

    async def keep(piece: bytes) -> None:
        pieces.append(piece)

    await connection.copy_from_query(query, output=keep, format=form)
    return b"".join(pieces)


def usage_query(scope: Scope, window: Window) -> str:
    """The query of the records in scope that started in a window."""
    columns = ", ".join(f"usage_record.{name}" for name in RECORDS.names)
    started = f"started_at >= '{window.first.isoformat()}' and started_at < '{window.past.isoformat()}'"
    new = f"usage_no > {scope.after_no} and usage_no <= {scope.through_no}"
    left = f"usage_pending.run_id = {scope.previous_id}"
    queries = []
    if window.records > window.leftover:
        queries.append(f"select {columns} from usage_record where {new} and {started}")
    if window.leftover:
        queries.append(f"select {columns} from usage_pending join usage_record using (usage_no) where {left} and {started}")
    return " union all ".join(queries)


def as_usage(copied: bytes) -> Usage:
    """The columns of a window."""
    column = RECORDS.read(copied)
    return Usage(
        column["usage_no"],
        column["line_no"],
        column["kind"],
        column["outgoing"].astype(np.bool_),
        column["callee_key"],
        column["started_at"] + MICROS_TO_2000,
        column["quantity"],
        column["visited"],
    )


def as_rows(run_id: int, usage: Usage, rated: Rated, rate_no: NDArray[np.int64]) -> memoryview:
    """The rows of `rated_usage` of a window."""
    return RATED.write(
        {
            "run_id": run_id,
            "usage_no": usage.usage_no,
            "line_no": usage.line_no,
            "started_at": usage.started - MICROS_TO_2000,
            "callee_key": usage.callee_key,
            "kind": usage.kind,
            "rate_no": rate_no,
            "in_pack": rated.in_pack,
            "charged": rated.charged,
            "price_cents": rated.price_cents,
            "status": rated.status,
            "reason": rated.reason,
            "beyond": rated.beyond,
            "beyond_rate_no": rated.beyond_rate_no,
        },
        len(usage),
    )


def copy_in(conn: Connection, table: str, columns: tuple[str, ...], blocks: Iterable[memoryview], options: str = "format binary") -> None:
    """Load blocks of fixed rows into a table by one binary COPY; nothing stays when a block cannot be made."""
    driver = conn.connection.driver_connection
    assert driver is not None
    with driver.cursor().copy(f"copy {table} ({', '.join(columns)}) from stdin ({options})") as copy:
        copy.write(HEADER)
        for block in blocks:
            for start in range(0, len(block), PIECE):
                copy.write(block[start : start + PIECE])
        copy.write(TRAILER)


__all__ = ["PENDING", "RATED", "RECORDS", "Scope", "Window", "as_rows", "as_usage", "copy_in", "copy_out", "usage_query", "windows"]
