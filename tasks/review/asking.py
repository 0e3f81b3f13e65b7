"""Asking people about the drafts of a close: one ask is open at a time, for the drafts as they stand, until its deadline."""

from collections.abc import Callable

from sqlalchemy import Connection, Engine

import sql
from tasks.ledger import Run
from tasks.outside import Outside
from tasks.review.records import Ask, EndedHow, Waiting


def drafts_hash(conn: Connection, run: Run) -> str:
    """SHA-256, in hex, of what the drafts of the run bill; drafts made again with the same content have the same."""
    return str(sql.scalar(conn, "review/drafts_hash", run_id=run.run_id))


def asks_of(conn: Connection, run: Run) -> list[Ask]:
    """Every asking about the run, oldest first."""
    return sql.rows(conn, Ask, "review/asks", run_id=run.run_id)


def open_ask(conn: Connection, run: Run) -> Ask | None:
    """What is asked now, None when nothing is."""
    return next((ask for ask in asks_of(conn, run) if ask.ended_at is None), None)


def waiting(engine: Engine) -> list[Waiting]:
    """The asks that wait for an answer, of all closes."""
    with engine.connect() as conn:
        return sql.rows(conn, Waiting, "review/waiting")


def ask_open(outside: Outside, run: Run, flow_run: str, waits_elsewhere: Callable[[str], bool] = lambda _: False) -> Ask:
    """What people have to answer now: the ask that is open, or a new one when it was for other drafts or its deadline is over.

    `flow_run` is the Prefect run that waits, "" when asked on the command line. An ask of another Prefect run stays as long as that
    run still waits, as `waits_elsewhere` says of it; the ask returned is then not of `flow_run`. Called under the lock of the run.
    """
    with outside.engine.begin() as conn:
        shown = drafts_hash(conn, run)
        before = open_ask(conn, run)
        if before is not None:
            over = _over(conn, before, shown)
            if over is None and (not flow_run or before.flow_run == flow_run or (before.flow_run and waits_elsewhere(before.flow_run))):
                return before
            end_ask(conn, before, over or "replaced")
        hours = outside.settings.approval_hours
        sql.run(conn, "review/ask", run_id=run.run_id, drafts_hash=shown, flow_run=flow_run, hours=hours)
        made = open_ask(conn, run)
    assert made is not None
    return made


def _over(conn: Connection, ask: Ask, drafts: str) -> EndedHow | None:
    if ask.drafts_hash != drafts:
        return "replaced"
    return "expired" if ask.deadline < sql.scalar(conn, "runs/now") else None


def end_ask(conn: Connection, ask: Ask, how: EndedHow) -> None:
    """End an ask that is open."""
    sql.run(conn, "review/end_ask", run_id=ask.run_id, ask_no=ask.ask_no, how=how)
