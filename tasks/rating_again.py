"""Rating again: the usage a wrong invoice billed, by the same kernel, with the rates and packs that are now known to be right."""

from __future__ import annotations

import logging
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import Connection, text

import sql
from billing.rating import Rating
from tasks import rating
from tasks.ahead import ahead
from tasks.ledger import Run
from tasks.outside import Outside
from tasks.usage_stream import RECORDS, Window, as_rows, as_usage, copy_out, windows

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour with usage to rate again."""

    starts_at: datetime
    records: int


class RatingAgain:
    """The usage of some lines in a run that is credited, rated for the run `run` that credits it.

    Made while the ledger stands as if the credited run had taken nothing of the pools.
    """

    def __init__(self, outside: Outside, conn: Connection, run: Run) -> None:
        self._engine, self._run = outside.engine, run
        self._ids = rating.WindowIds(outside.engine)
        self._basis: Rating = rating.basis_of(outside, conn, run, self._ids)

    def write(self, conn: Connection, credited_run_id: int, line_nos: Sequence[int]) -> int:
        """Replace the rated usage of the run and what it takes of the pools; returns how many records were rated."""
        hours = sql.rows(conn, Hour, "again/usage_hours", run_id=credited_run_id, line_nos=list(line_nos))
        planned = windows(((hour.starts_at, hour.records, 0) for hour in hours), rating.RECORDS_A_WINDOW)
        with ahead(self._blocks(planned, credited_run_id, line_nos)) as blocks:
            rating.load(conn, self._run.run_id, blocks)
        rating.accept(conn, self._run)
        rating.note_pools(conn, self._run.run_id, self._basis)
        return sum(hour.records for hour in hours)

    def _blocks(self, planned: Sequence[Window], credited_run_id: int, line_nos: Sequence[int]) -> Generator[memoryview, None, None]:
        rate_no = np.append(self._basis.tariff.rate_no, 0)
        queries = (_query(credited_run_id, line_nos, window) for window in planned)
        with ahead(copy_out(self._engine, queries)) as copied:
            for window, rows in zip(planned, copied, strict=True):
                self._ids.window = window
                usage = as_usage(rows)
                rated = self._basis.rate(usage)
                yield as_rows(self._run.run_id, usage, rated, rate_no[rated.rate])


def forget(conn: Connection, run: Run) -> None:
    """Remove the usage that an earlier attempt rated."""
    conn.execute(text(f"drop table if exists rated_usage_{run.run_id}"))


def _query(run_id: int, line_nos: Sequence[int], window: Window) -> str:
    """The usage of a window that the run billed of the lines, or found free; what it held or could not price is a later close's."""
    columns = ", ".join(f"usage_record.{name}" for name in RECORDS.names)
    started = f"started_at >= '{window.first.isoformat()}' and {{}}.started_at < '{window.past.isoformat()}'"
    return (
        f"select {columns} from rated_usage_{run_id} as rated join usage_record using (usage_no)"
        f" where rated.line_no = any('{{{','.join(map(str, line_nos))}}}'::integer[]) and rated.status in (1, 2, 3)"
        f" and rated.{started.format('rated')} and usage_record.{started.format('usage_record')}"
    )


__all__ = ["RatingAgain", "forget"]
