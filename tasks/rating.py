"""The rating step: all usage that is due becomes rated usage of the run, in windows of time, with memory for a few windows only.

The records are read, rated and written at the same time, each by its own thread, and all that is written is one transaction:
a step that was ended anywhere leaves nothing, one that runs again replaces everything.
"""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from sqlalchemy import Connection, Engine, text

import sql
from billing.clause import carries_out
from billing.money import from_cents
from billing.packs import Pool
from billing.period import start_of_day_utc
from billing.rating import Rated, Rating, Status, Usage
from billing.tariff import Ints
from tasks.ahead import ahead
from tasks.leaving import endings
from tasks.ledger import Receipt, Run, Stopped
from tasks.outside import Outside
from tasks.rating_basis import read_lines, read_rating, uncollected
from tasks.usage_stream import PENDING, RATED, Scope, Window, as_rows, as_usage, copy_in, copy_out, usage_query, windows

log = logging.getLogger(__name__)

RECORDS_A_WINDOW = 250_000
ROAMING_USE = ("run_id", "line_no", "sim", "month", "bytes")
POOL_USE = ("run_id", "contract_id", "end_client_id", "destination_group", "unit", "month", "allowance", "used")


@dataclass(frozen=True, slots=True)
class _Previous:
    run_id: int
    through_no: int


@dataclass(frozen=True, slots=True)
class _Hour:
    starts_at: datetime
    records: int
    leftover: int
    last_no: int


@dataclass(frozen=True, slots=True)
class _Named:
    usage_no: int
    usage_id: str
    caller: str


@dataclass(slots=True)
class _Tally:
    """What the step counts while the rows pass: records by status, cents, and the numbers of those the next close sees again."""

    by_status: Ints = field(default_factory=lambda: np.zeros(len(Status) + 1, dtype=np.int64))
    cents: int = 0
    unsettled: list[Ints] = field(default_factory=list)

    def add(self, usage: Usage, rated: Rated) -> None:
        self.by_status += np.bincount(rated.status, minlength=len(Status) + 1)
        self.cents += int(rated.price_cents.sum())
        again = rated.status >= Status.HELD
        if again.any():
            self.unsettled.append(usage.usage_no[again])


@carries_out("BT-2.c", "ST-2.c")
def cutoff_of(run: Run) -> datetime:
    """The instant from which usage is left to the next close: 00:00 in Brussels at the start of the close date."""
    return start_of_day_utc(run.on)


def stage(outside: Outside, run: Run) -> Receipt:
    """Rate all usage in scope that started before the cut-off; what an earlier attempt staged is replaced."""
    cutoff = cutoff_of(run)
    ids = WindowIds(outside.engine)
    with ThreadPoolExecutor(1) as beside:
        basis = beside.submit(_basis, outside, run, ids)  # meanwhile the server counts the usage and copies the first windows
        scope, hours = _look(outside.engine, run)
        planned = windows(((hour.starts_at, hour.records, hour.leftover) for hour in hours if hour.starts_at < cutoff), RECORDS_A_WINDOW)
        work = _Work(outside.engine, run.run_id, scope, planned, basis, ids)
        with outside.engine.begin() as conn, ahead(_rated(work)) as blocks:
            load(conn, run.run_id, blocks)
            _leave(conn, run.run_id, scope, cutoff, work.tally)
            note_pools(conn, run.run_id, basis.result())
    return _receipt(work.tally, later=sum(hour.records for hour in hours if hour.starts_at >= cutoff))


def accept(conn: Connection, run: Run) -> None:
    """Index what is accepted: the call detail reads it by line, the export by time. Staging again costs no index."""
    name = f"rated_usage_{run.run_id}"
    conn.execute(text(f"create index if not exists {name}_line on {name} (line_no)"))
    conn.execute(text(f"create index if not exists {name}_started on {name} using brin (started_at) with (pages_per_range = 32)"))


def _basis(outside: Outside, run: Run, ids: WindowIds) -> Rating:
    with outside.engine.connect() as conn:
        return basis_of(outside, conn, run, ids)


def basis_of(outside: Outside, conn: Connection, run: Run, ids: WindowIds) -> Rating:
    """What the run rates by, as `conn` sees the ledger."""
    with uncollected():
        known = endings(conn, run)
        lines = read_lines(conn, run.import_no, run.on, known)
        free = outside.settings.emergency_numbers
        return read_rating(
            conn,
            import_no=run.import_no,
            run_id=run.run_id,
            lines=lines,
            endings=known,
            emergency=free,
            ids=ids.of,
            caps=outside.settings.roaming_data_cap_mb,
            sims=ids.sims_of,
        )


def _look(engine: Engine, run: Run) -> tuple[Scope, list[_Hour]]:
    """What there is to rate, by hour; while it is counted no import can add a record under a number already passed."""
    with engine.begin() as conn:
        sql.scalar(conn, "rating/summarize")
    with engine.begin() as conn:
        sql.run(conn, "rating/wait_for_imports")
        previous = sql.one(conn, _Previous, "rating/previous", run_id=run.run_id) or _Previous(0, 0)
        hours = sql.rows(conn, _Hour, "rating/hours", after_no=previous.through_no, previous_id=previous.run_id)
    through = max((hour.last_no for hour in hours), default=0)
    return Scope(previous.through_no, max(previous.through_no, through), previous.run_id), hours


class WindowIds:
    """The ids of the few records whose order decides who gets the rest of a pool, and the callers of those who roam.

    Both are looked up inside the window being rated.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.window: Window | None = None

    def of(self, numbers: Ints) -> Sequence[str]:
        """The ids of these numbers, in their order."""
        found = self._found(numbers)
        return [found[number].usage_id for number in numbers.tolist()]

    def sims_of(self, numbers: Ints) -> Sequence[str]:
        """The callers of these numbers, in their order."""
        found = self._found(numbers)
        return [found[number].caller for number in numbers.tolist()]

    def _found(self, numbers: Ints) -> dict[int, _Named]:
        assert self.window is not None
        with self._engine.connect() as conn:
            rows = sql.rows(conn, _Named, "rating/usage_names", numbers=numbers.tolist(), first=self.window.first, past=self.window.past)
        return {row.usage_no: row for row in rows}


@dataclass(frozen=True, slots=True)
class _Work:
    """Everything the stream of windows needs; the basis may still be being read."""

    engine: Engine
    run_id: int
    scope: Scope
    planned: Sequence[Window]
    basis: Future[Rating]
    ids: WindowIds
    tally: _Tally = field(default_factory=_Tally)


def _rated(work: _Work) -> Generator[memoryview, None, None]:
    """The rows of `rated_usage`, a block a window, in order of time; the next window is read while one is rated."""
    queries = (usage_query(work.scope, window) for window in work.planned)
    with ahead(copy_out(work.engine, queries)) as copied:
        rating = work.basis.result()
        rate_no = np.append(rating.tariff.rate_no, 0)  # its last entry answers for NONE
        for window, rows in zip(work.planned, copied, strict=True):
            work.ids.window = window
            usage = as_usage(rows)
            if len(usage) != window.records:
                raise Stopped(f"{len(usage)} usage records from {window.first}, {window.records} were counted; run the close again")
            rated = rating.rate(usage)
            work.tally.add(usage, rated)
            yield as_rows(work.run_id, usage, rated, rate_no[rated.rate])


def load(conn: Connection, run_id: int, blocks: Iterator[memoryview]) -> None:
    """Load the blocks into a table of their own and make it the run's partition in place of an earlier one.

    Readers of other runs are locked out only for the moment of the exchange.
    """
    name, new = f"rated_usage_{run_id}", f"rated_usage_{run_id}_new"
    conn.execute(text(f"create table {new} (like rated_usage, check (run_id = {run_id}))"))
    # Rows of a table made in this transaction can be written as visible to all at once, and need no second pass later.
    copy_in(conn, new, RATED.names, blocks, "format binary, freeze")
    conn.execute(text(f"analyze {new}"))  # the joins of the gate, the drafts and the call detail are planned by what is in it
    conn.execute(text(f"drop table if exists {name}"))
    conn.execute(text(f"alter table {new} rename to {name}"))
    conn.execute(text(f"alter table rated_usage attach partition {name} for values in ({run_id})"))


def _leave(conn: Connection, run_id: int, scope: Scope, cutoff: datetime, tally: _Tally) -> None:
    """Note what was looked at, and what the next close looks at again: records after the cut-off, held or unrated."""
    sql.run(conn, "rating/forget_window", run_id=run_id)
    sql.run(conn, "rating/forget_pending", run_id=run_id)
    sql.run(conn, "rating/add_window", run_id=run_id, after_no=scope.after_no, through_no=scope.through_no, cutoff=cutoff)
    sql.run(
        conn,
        "rating/leave_after_cutoff",
        run_id=run_id,
        after_no=scope.after_no,
        through_no=scope.through_no,
        previous_id=scope.previous_id,
        cutoff=cutoff,
    )
    rows = (PENDING.write({"run_id": run_id, "usage_no": numbers}, len(numbers)) for numbers in tally.unsettled)
    copy_in(conn, "usage_pending", PENDING.names, rows)


def note_pools(conn: Connection, run_id: int, rating: Rating) -> None:
    """Replace what the run took of the pools and of the limits of roaming data."""
    sql.run(conn, "rating/forget_pools", run_id=run_id)
    sql.run(conn, "rating/forget_roaming_use", run_id=run_id)
    roamed = ((run_id, use.user.line_no, use.user.sim, use.user.month, use.used) for use in rating.roaming.uses())
    sql.copy_in(conn, "roaming_use", ROAMING_USE, roamed)
    with uncollected():
        uses = ((run_id, *_pool_columns(use.pool), use.allowance, use.used) for use in rating.pools.uses())
        sql.copy_in(conn, "pool_use", POOL_USE, uses)


def _pool_columns(pool: Pool) -> tuple[object, ...]:
    return pool.contract_id, pool.end_client_id, pool.destination_group, pool.unit, pool.month


def _receipt(tally: _Tally, later: int) -> Receipt:
    counts = {status.name.lower(): int(tally.by_status[status]) for status in Status}
    return Receipt({"rated": sum(counts.values()), **counts, "after_cutoff": later, "net": str(from_cents(tally.cents))})
