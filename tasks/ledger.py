"""The ledger of runs and steps: what has been accepted stays, what has not is done again, and one close works at a time."""

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

import sql
from billing.period import Period
from tasks.outside import Outside

log = logging.getLogger(__name__)

RunKind = Literal["close", "orders", "credit", "late_charges"]


class Stopped(Exception):
    """A run cannot go on; nothing of the step was accepted. The message says why and what to do, one line a reason."""


class GateStopped(Stopped):
    """A critical finding of a gate stopped the run."""


class RunLocked(Stopped):
    """Another process works on the same run."""


@dataclass(frozen=True, slots=True)
class Run:
    """One execution that makes invoices: the close of `period`, the orders of a day, corrections of `subject`, late charges of a month."""

    run_id: int
    kind: RunKind
    period: Period | None
    on: date
    import_no: int
    subject: str = ""

    @property
    def name(self) -> str:
        """As people call it: `close 2026-10`, `orders 2026-10-05`, `credit 2026-000123`, `late charges 2026-12`."""
        return f"{self.kind.replace('_', ' ')} {self.of}"

    @property
    def of(self) -> str:
        """What it bills: the month, `2026-10`, the day of the orders, `2026-10-05`, or the invoice it corrects."""
        if self.kind == "late_charges":
            return self.folder
        return f"{self.period.first:%Y-%m}" if self.period else self.subject or f"{self.on}"

    @property
    def folder(self) -> str:
        """Where its files go, below the store: the month, `2026-10`, for a close and for the orders of a day in it."""
        return f"{(self.period.first if self.period else self.on):%Y-%m}"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a step did, in figures a person reads: name → number or amount."""

    figures: Mapping[str, int | str] = field(default_factory=dict)

    def __str__(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in self.figures.items()) or "nothing to do"


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a run: `stage` writes, `gate` names the suite that must pass, `accept` is done with the acceptance."""

    name: str
    stage: Callable[[Outside, Run], Receipt]
    gate: str | None = None
    accept: Callable[[Connection, Run], None] | None = None


@dataclass(frozen=True, slots=True)
class _RunRow:
    run_id: int
    kind: RunKind
    period: date | None
    run_on: date
    import_no: int
    subject: str


def _run(row: _RunRow) -> Run:
    return Run(row.run_id, row.kind, Period.month(f"{row.period:%Y-%m}") if row.period else None, row.run_on, row.import_no, row.subject)


def open_close(engine: Engine, period: Period, on: date) -> Run:
    """The close of `period`, opened if it is new. Raises Stopped when it was begun for another close date or `on` lies before it."""
    if on < period.first:
        raise Stopped(
            f"{on} lies before {period.first:%Y-%m}; a month is closed on a day in it or after it, give --on {period.first:%Y-%m}-28"
        )
    with engine.begin() as conn:
        sql.run(conn, "runs/open_close", period=period.first, run_on=on)
        row = sql.one(conn, _RunRow, "runs/close_of_period", period=period.first)
        assert row is not None
        if row.run_on != on:
            if accepted_steps(conn, row.run_id):
                raise Stopped(f"close {period.first:%Y-%m} was begun for {row.run_on}; run it again with --on {row.run_on}")
            sql.run(conn, "runs/change_date", run_id=row.run_id, run_on=on)
            row = sql.one(conn, _RunRow, "runs/close_of_period", period=period.first)
            assert row is not None
    return _run(row)


def open_orders(engine: Engine, on: date) -> Run:
    """The orders run of the day `on`, opened if it is new."""
    with engine.begin() as conn:
        sql.run(conn, "runs/open_orders", run_on=on)
        row = sql.one(conn, _RunRow, "runs/orders_of_day", run_on=on)
    assert row is not None
    return _run(row)


def open_credit(engine: Engine, subject: str, on: date, request: str, check: Callable[[Connection], None]) -> Run:
    """The credit run of a request on a day, opened if it is new and `check` raises nothing: the same request credits once."""
    asked = {"subject": subject, "run_on": on, "request": request}
    with engine.begin() as conn:
        row = sql.one(conn, _RunRow, "runs/credit_of_request", **asked)
        if row is None:
            check(conn)
            sql.run(conn, "runs/open_credit", **asked)
            row = sql.one(conn, _RunRow, "runs/credit_of_request", **asked)
    assert row is not None
    return _run(row)


def open_late_charges(engine: Engine, on: date) -> Run:
    """The run of late charges of the month of a day, opened for that day if there is none: one that was begun keeps its day."""
    with engine.begin() as conn:
        sql.run(conn, "runs/open_late_charges", run_on=on)
        row = sql.one(conn, _RunRow, "runs/late_charges_of_month", on=on)
    assert row is not None
    return _run(row)


def latest_late_charges(engine: Engine) -> Run | None:
    """The run of late charges of the latest month that has one."""
    with engine.connect() as conn:
        row = sql.one(conn, _RunRow, "runs/latest_late_charges")
    return _run(row) if row else None


def find_run(engine: Engine, run_id: int) -> Run:
    """The run as it stands, with the newest import: what a step not yet accepted works with."""
    with engine.connect() as conn:
        row = sql.one(conn, _RunRow, "runs/by_id", run_id=run_id)
    if row is None:
        raise Stopped(f"there is no run {run_id}; see `billing status`")
    return _run(row)


def close_of(engine: Engine, period: Period) -> Run | None:
    """The close of `period`, None when it was never begun."""
    with engine.connect() as conn:
        row = sql.one(conn, _RunRow, "runs/close_of_period", period=period.first)
    return _run(row) if row else None


def begun_close(engine: Engine, period: Period, so: str) -> Run:
    """The close of `period`. Raises Stopped when it was never begun, with what follows from that: `so` ends the sentence."""
    run = close_of(engine, period)
    if run is None:
        raise Stopped(f"close {period.first:%Y-%m} was never begun{so}")
    return run


def accepted_steps(conn: Connection, run_id: int) -> set[str]:
    """The names of the accepted steps of a run."""
    return {row["step"] for row in sql.dicts(conn, "runs/accepted_steps", run_id=run_id)}


def is_accepted(engine: Engine, run_id: int, step: str) -> bool:
    """Whether the step of the run is accepted."""
    with engine.connect() as conn:
        return step in accepted_steps(conn, run_id)


def run_step(outside: Outside, run: Run, step: Step, check: Callable[[Outside, Run, str], object]) -> Receipt | None:
    """Stage, check and accept a step; None when it was accepted before. Raises GateStopped and what the step raises.

    The three are separate transactions: a process killed anywhere leaves a step that is simply done again.
    """
    if is_accepted(outside.engine, run.run_id, step.name):
        log.info("%s: %s is accepted already", run.name, step.name)
        return None
    with outside.engine.connect() as conn:
        began_at = sql.scalar(conn, "runs/now")
    receipt = step.stage(outside, run)
    with outside.engine.begin() as conn:
        sql.run(
            conn,
            "runs/stage_step",
            run_id=run.run_id,
            step=step.name,
            import_no=run.import_no,
            receipt=json.dumps(dict(receipt.figures)),
            settings=json.dumps(outside.settings.of_the_rules()),
            began_at=began_at,
        )
    if step.gate:
        check(outside, run, step.gate)
    with outside.engine.begin() as conn:
        if step.accept:
            step.accept(conn, run)
        sql.run(conn, "runs/accept_step", run_id=run.run_id, step=step.name)
    log.info("%s: %s accepted: %s", run.name, step.name, receipt)
    return receipt


@contextmanager
def only_one(engine: Engine, run_name: str) -> Iterator[None]:
    """Hold the lock of a run while inside: a session lock of the database, gone with the process whatever ends it.

    Raises RunLocked when another process holds it.
    """
    with _holding_locks(engine) as connection:
        if not sql.scalar(connection, "runs/try_lock", lock=f"run {run_name}"):
            raise RunLocked(f"{run_name} is being worked on by another process; wait for it to end, `billing status` shows it")
        yield


@contextmanager
def in_turn(engine: Engine, what: str) -> Iterator[None]:
    """Wait until no other process does the same, and hold its lock while inside, as `only_one` does."""
    with _holding_locks(engine) as connection:
        sql.scalar(connection, "runs/lock", lock=f"turn {what}")
        yield


@contextmanager
def _holding_locks(engine: Engine) -> Iterator[Connection]:
    """A session whose locks are given back at the end of the block."""
    connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        yield connection
    finally:
        try:
            with suppress(SQLAlchemyError):  # a session that is gone has given its lock back
                sql.scalar(connection, "runs/unlock")
        finally:  # a run stopped in that statement must not leave a session that holds the lock in the pool
            connection.invalidate()  # closes the session itself
            connection.close()


REDONE = ("feed", "snapshot", "rating", "recurring", "one_off", "drafts")


def reopen(engine: Engine, run: Run, step: str, *, asked_by: str) -> None:
    """Have `step` and the later ones of the run done again; an approval given before is withdrawn.

    `asked_by` names the attempt that asks: asking twice reopens once, so that a retry does not undo what it has done.
    Raises Stopped once the invoices are issued, or for a step that cannot be done again.
    """
    with engine.begin() as conn:
        reopen_steps(conn, run, step, asked_by=asked_by)


def reopen_steps(conn: Connection, run: Run, step: str, *, asked_by: str) -> None:
    """As `reopen`, inside a transaction that decides it. What people were asked about the drafts is over."""
    if step not in REDONE:
        raise Stopped(f"there is no step {step!r} to do again; choose one of {', '.join(REDONE)}")
    if not sql.run(conn, "runs/note_reopening", run_id=run.run_id, asked_by=asked_by, step=step):
        return
    if sql.scalar(conn, "runs/has_numbers", run_id=run.run_id):
        raise Stopped(f"{run.name}: invoices are issued, {step} stays as it is; correct with a credit note")
    sql.run(conn, "runs/reopen_steps", run_id=run.run_id, steps=[*REDONE[REDONE.index(step) :], "issue"])
    sql.run(conn, "drafts/delete_parked", run_id=run.run_id)  # else the charges made again would leave these payers out
    sql.run(conn, "runs/withdraw_approval", run_id=run.run_id)
    sql.run(conn, "review/withdraw_approvals", run_id=run.run_id)
    sql.run(conn, "review/end_open", run_id=run.run_id, how="replaced")
    log.info("%s: %s and what follows is done again", run.name, step)


def require_no_other_close(engine: Engine, run: Run) -> None:
    """Raise Stopped while another close was begun and has not issued: what it rated and charged would be missing from this one."""
    with engine.connect() as conn:
        other = sql.scalar(conn, "runs/close_in_the_way", run_id=run.run_id)
    if other is not None:
        name = f"{other:%Y-%m}"
        raise Stopped(
            f"close {name} was begun and its invoices are not issued, so {run.name} cannot work; "
            f"finish it with `billing close {name} --approve`, or set it aside with `billing close {name} --abandon`"
        )


def abandon(engine: Engine, run: Run, note: Callable[[Connection], object] | None = None) -> None:
    """Forget a close that was begun by mistake: all it rated and charged is free again. Raises Stopped once its invoices are issued.

    `note` writes down that it was, in the same transaction.
    """
    with engine.begin() as conn:
        if sql.scalar(conn, "runs/has_numbers", run_id=run.run_id):
            raise Stopped(f"{run.name}: invoices are issued, it cannot be set aside; correct with credit notes")
        sql.run(conn, "drafts/delete_drafts", run_id=run.run_id)
        conn.execute(text(f"drop table if exists rated_usage_{run.run_id}"))
        sql.run(conn, "runs/forget", run_id=run.run_id)
        if note:
            note(conn)
    log.info("%s is set aside", run.name)


def approve(engine: Engine, run: Run, by: str) -> None:
    """Record who approved the drafts of a run; an approval once given stays."""
    with engine.begin() as conn:
        sql.run(conn, "runs/approve", run_id=run.run_id, approved_by=by)


def approved_by(engine: Engine, run: Run) -> str | None:
    """Who approved the drafts, None when nobody has."""
    with engine.connect() as conn:
        found = sql.scalar(conn, "runs/approved_by", run_id=run.run_id)
    return None if found is None else str(found)
