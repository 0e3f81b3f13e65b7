"""A close done in a schema of its own: from what stands in the ledger now, with findings that would stop it only noted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

import sql
from billing.period import Period, months_after
from tasks import drafts, gates, issue, rating, recurring, snapshot
from tasks.audit.recomputing import recomputed
from tasks.ledger import GateStopped, Run, Step, Stopped, accepted_steps, close_of, find_run, is_accepted, open_close, run_step
from tasks.outside import Outside
from tasks.scratch import forget, scratch

STEPS = (
    Step("snapshot", snapshot.stage, "snapshot", snapshot.accept),
    Step("rating", rating.stage, "rating", rating.accept),
    Step("recurring", recurring.stage, "recurring"),
    Step("drafts", drafts.stage, "drafts"),
)


@dataclass(frozen=True, slots=True)
class Previewed:
    """A close done up to its drafts: where it can be read, which gates would stop it, and what people should know of it."""

    inside: Outside
    run: Run
    stopping: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Days:
    """The first and the last day charged of what recurs."""

    first: date
    last: date


@contextmanager
def done_aside(outside: Outside, period: Period, on: date | None) -> Iterator[Previewed]:
    """The close of a month that is not issued, done from what stands now; what was staged of it is computed again.

    Raises Stopped when a step cannot be done, and RunLocked when another preview works.
    """
    on = _close_date(outside, period, on)
    with scratch(outside, "preview") as inside:
        begun = close_of(inside.engine, period)
        if begun is not None:
            forget(inside, begun.run_id, the_run_too=False)
        run = open_close(inside.engine, period, on)
        notes = _take_as_issued(inside, run)
        stopping = _do_steps(inside, run)
        run = find_run(inside.engine, run.run_id)
        yield Previewed(inside, run, stopping, (*notes, *_months_besides(inside, run, period)))


@contextmanager
def done_again(outside: Outside, run: Run, on: date | None) -> Iterator[Previewed]:
    """The close of a month that is issued, computed again up to its drafts from what was frozen. Raises Stopped as an audit does."""
    if on is not None and on != run.on:
        raise Stopped(f"{run.name} is issued, for {run.on}; leave --on out, or give --on {run.on}")
    with recomputed(outside, run, through="drafts") as past:
        past.show_findings()
        inside = replace(outside, engine=past.inside)
        noted = (
            f"it is issued: these are its drafts computed again as they were, its files are in {run.folder}, "
            f"`billing audit {run.of}` compares every row"
        )
        yield Previewed(inside, find_run(past.inside, run.run_id), notes=(noted,))


def _close_date(outside: Outside, period: Period, on: date | None) -> date:
    begun = close_of(outside.engine, period)
    if begun is not None:
        with outside.engine.connect() as conn:
            is_begun = bool(accepted_steps(conn, begun.run_id))
        if is_begun and on not in (None, begun.on):
            raise Stopped(f"{begun.name} was begun for {begun.on}; preview it with --on {begun.on}")
        if is_begun:
            return begun.on
    return on or period.first.replace(day=outside.settings.close_day)


def _take_as_issued(inside: Outside, run: Run) -> tuple[str, ...]:
    """Of other closes that were begun, those with drafts count as issued, so that nothing is charged twice; the others as not begun."""
    notes = []
    with inside.engine.connect() as conn:
        found = sql.scalar(conn, "runs/close_in_the_way", run_id=run.run_id)
    while found is not None:
        other = close_of(inside.engine, Period.month_of(found))
        assert other is not None
        if is_accepted(inside.engine, other.run_id, "drafts"):
            run_step(inside, other, Step("issue", issue.stage), check=lambda *_: None)
            notes.append(f"{other.name} waits to be issued and is taken as issued here")
        else:
            forget(inside, other.run_id, the_run_too=True)
            notes.append(f"{other.name} was begun and has no drafts: it is taken as not begun here")
        with inside.engine.connect() as conn:
            found = sql.scalar(conn, "runs/close_in_the_way", run_id=run.run_id)
    return tuple(notes)


def _do_steps(inside: Outside, run: Run) -> tuple[str, ...]:
    """Every step up to the drafts, whatever its gate finds; returns the gates that would stop the close."""
    stopping = []

    def note(outside: Outside, run: Run, gate: str) -> None:
        try:
            gates.check(outside, run, gate)
        except GateStopped:
            stopping.append(gate)

    note(inside, find_run(inside.engine, run.run_id), "feed")
    for step in STEPS:
        run_step(inside, find_run(inside.engine, run.run_id), step, check=note)
    return tuple(stopping)


def _months_besides(inside: Outside, run: Run, period: Period) -> tuple[str, ...]:
    """What a preview of a month says when the months before it are not closed: their days and their usage are in it."""
    with inside.engine.connect() as conn:
        last = sql.scalar(conn, "preview/last_issued", period=period.first)
        days = sql.one(conn, Days, "preview/days", run_id=run.run_id)
    if days is None:
        return ()
    if last is None:
        return (f"no close before it is issued: it charges from {days.first} to {days.last}",)
    missing, month = [], months_after(last, 1)
    while month < period.first:
        missing.append(f"{month:%Y-%m}")
        month = months_after(month, 1)
    if not missing:
        return ()
    are = "is" if len(missing) == 1 else "are"
    return (f"{', '.join(missing)} {are} not closed and in it with all days and traffic: it charges from {days.first} to {days.last}",)


__all__ = ["Previewed", "done_again", "done_aside"]
