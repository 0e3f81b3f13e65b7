"""What of a close may be done again. Before the issue everything; after it, what changes no invoice: drawing, delivering, reporting."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

import sql
from billing.period import Period
from tasks.ledger import Run, Stopped, begun_close, only_one
from tasks.outside import Outside


@dataclass(frozen=True, slots=True)
class Accepted:
    """What an accepted step read: the import, and the settings of its rules as JSON values."""

    import_no: int
    settings: dict[str, object]


def begun_for(outside: Outside, period: Period, step: str, *, asked_by: str) -> date:
    """The date of the close whose `step` is done again before its issue, with all that follows. Changes nothing.

    `asked_by` names the asking: one that has begun goes on, however far it came. Raises Stopped for a month that was never begun, a step
    that it has not come to, and a close that is issued.
    """
    run = _close(outside, period)
    with outside.engine.connect() as conn:
        if sql.scalar(conn, "runs/was_asked", run_id=run.run_id, asked_by=asked_by):
            return run.on
        if sql.scalar(conn, "runs/has_numbers", run_id=run.run_id):
            raise Stopped(
                f"{run.name}: its invoices are issued, so {step} stays as it is; what is wrong on an invoice is put right with a credit "
                "note (deployment credit, or `billing credit`)"
            )
        _accepted(conn, run, step)
    return run.on


@contextmanager
def repeating(outside: Outside, period: Period, step: str) -> Iterator[Run]:
    """The close whose `step` is repeated after the issue, locked while inside: no invoice of it changes.

    Raises RunLocked while another process works on it, Stopped for a month that was never begun or a step it has not come to.
    """
    run = _close(outside, period)
    with only_one(outside.engine, run.name):
        with outside.engine.connect() as conn:
            _accepted(conn, run, step)
        yield run


def as_accepted(outside: Outside, run: Run, step: str) -> tuple[Outside, Run]:
    """The outside world and the run as the accepted step knew them: its import, and the settings of its rules."""
    with outside.engine.connect() as conn:
        accepted = _accepted(conn, run, step)
    return replace(outside, settings=outside.settings.with_rules(accepted.settings)), replace(run, import_no=accepted.import_no)


def _close(outside: Outside, period: Period) -> Run:
    so = f", so there is no step of it to do again; start it with monthly-close and {period.first:%Y-%m}"
    return begun_close(outside.engine, period, so)


def _accepted(conn: Connection, run: Run, step: str) -> Accepted:
    found = sql.one(conn, Accepted, "runs/accepted_step", run_id=run.run_id, step=step)
    if found is None:
        raise Stopped(
            f"{run.name} has not come to {step} yet, so there is nothing to do again; start monthly-close for {run.of}: "
            "it goes on where it stopped"
        )
    return found


__all__ = ["Accepted", "as_accepted", "begun_for", "repeating"]
