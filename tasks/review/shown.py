"""What was asked and decided about a close, in words: for `billing review`, `billing status` and the end of a run."""

from prefect.settings import PREFECT_UI_URL
from sqlalchemy import Connection

from tasks.ledger import Run
from tasks.outside import Outside
from tasks.review.asking import asks_of, open_ask
from tasks.review.deciding import decisions_of
from tasks.review.records import Ask, Decision, moment
from tasks.settings import Settings

ENDED = {"answered": "answered", "expired": "the deadline passed", "replaced": "the drafts were made anew, or it was asked again"}


def gone_back(run: Run, made: Decision) -> str:
    """How a run ends whose drafts were rejected."""
    after = "correct what is wrong, then Retry or run the close again: all is computed anew and asked about again"
    return f"{run.name}: rejected by {made.decided_by}: {made.comment}; {after}"


def page_of(settings: Settings, flow_run: str) -> str:
    """The address of the page of a Prefect run, where Retry and its form are; "" without one."""
    server = (PREFECT_UI_URL.value() or f"http://127.0.0.1:{settings.ui_port}").rstrip("/")
    return f"{server}/v2/runs/flow-run/{flow_run}" if flow_run else ""


def asked_until(outside: Outside, conn: Connection, run: Run) -> str:
    """Until when people are asked and where, "" when they are not."""
    ask = open_ask(conn, run)
    if ask is None:
        return ""
    where = f" on {page_of(outside.settings, ask.flow_run)}" if ask.flow_run else ""
    return f"people were asked on {moment(ask.asked_at)} and have until {moment(ask.deadline)}{where}"


def as_text(outside: Outside, run: Run) -> str:
    """Who was asked, when, until when and where, and what was decided; a line each."""
    with outside.engine.connect() as conn:
        asks, decisions = asks_of(conn, run), decisions_of(conn, run)
    lines = [_asked(outside, ask) for ask in asks] or [f"nobody was asked about {run.name} yet"]
    return "\n".join([*lines, *map(str, decisions)])


def _asked(outside: Outside, ask: Ask) -> str:
    where = f", form on {page_of(outside.settings, ask.flow_run)}" if ask.flow_run and ask.ended_how is None else ""
    state = f"waits, deadline {moment(ask.deadline)}" if ask.ended_how is None else ENDED[ask.ended_how]
    return f"asked {ask.ask_no}, {moment(ask.asked_at)}: {state}{where}"
