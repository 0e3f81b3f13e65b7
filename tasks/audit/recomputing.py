"""A run done again in its past, by the very functions that did it: what each step staged then should be staged again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, Engine

import sql
from billing.period import Period
from tasks import credit, drafts, issue, one_off, rating, recurring
from tasks.audit.as_it_was import Past, as_it_was
from tasks.late_charges import charging, debit_notes
from tasks.ledger import Receipt, Run, RunKind, Stopped
from tasks.outside import Outside

# What makes the figures of a run, by its kind and step; the steps not named here freeze, draw, send or report.
STAGES: Mapping[tuple[str, str], Callable[[Outside, Run], Receipt]] = {
    ("close", "rating"): rating.stage,
    ("close", "recurring"): recurring.stage,
    ("close", "drafts"): drafts.stage,
    ("close", "issue"): issue.stage,
    ("orders", "one_off"): one_off.stage,
    ("orders", "drafts"): drafts.stage,
    ("orders", "issue"): issue.stage,
    ("credit", "drafts"): credit.stage,
    ("credit", "issue"): issue.stage,
    ("late_charges", "late_charges"): charging.stage,
    ("late_charges", "drafts"): debit_notes.stage,
    ("late_charges", "issue"): issue.stage,
}


@dataclass(frozen=True, slots=True)
class Issued:
    """A run whose invoices have their numbers."""

    run_id: int
    kind: RunKind
    period: date | None
    on: date
    subject: str


@dataclass(frozen=True, slots=True)
class Noted:
    """An accepted step: the import it read, the settings of its rules, and when it began to read."""

    step: str
    import_no: int
    settings: object
    began_at: datetime


def issued_runs(conn: Connection, period: Period) -> list[Run]:
    """The close of a month, and the orders, corrections and late charges dated in it, in the order they were issued."""
    found = sql.rows(conn, Issued, "audit/runs", first=period.first, past=period.past)
    return [
        Run(row.run_id, row.kind, Period.month_of(row.period) if row.period else None, row.on, 0, row.subject) for row in found
    ]  # fmt: skip


@contextmanager
def recomputed(outside: Outside, run: Run, through: str = "") -> Iterator[Past]:
    """The past of the run with its steps done again, ready to be compared; with `through` no further than that step.

    Raises Stopped naming a step that cannot be done again.
    """
    steps = _up_to(_steps(outside.engine, run), through)
    with as_it_was(outside.engine, run.run_id, max(step.import_no for step in steps)) as past:
        if run.kind == "credit":
            past.show_rated(run.subject)
        for noted in steps:
            if (run.kind, noted.step) in STAGES:
                past.seen_at(noted.began_at)
                _do_again(outside, past, run, noted)
            past.done(noted.step)
        yield past


def _steps(engine: Engine, run: Run) -> list[Noted]:
    with engine.connect() as conn:
        return sql.rows(conn, Noted, "audit/steps", run_id=run.run_id)


def _up_to(steps: list[Noted], last: str) -> list[Noted]:
    """The steps up to the one named, or all."""
    names = [noted.step for noted in steps]
    return steps[: names.index(last) + 1] if last in names else steps


def _do_again(outside: Outside, past: Past, run: Run, noted: Noted) -> None:
    assert isinstance(noted.settings, dict)
    then = replace(outside, engine=past.inside, settings=outside.settings.with_rules(noted.settings))
    try:
        STAGES[run.kind, noted.step](then, replace(run, import_no=noted.import_no))
    except Stopped as error:
        raise Stopped(f"{run.name}: {noted.step} cannot be recomputed: {error}") from error


__all__ = ["STAGES", "issued_runs", "recomputed"]
