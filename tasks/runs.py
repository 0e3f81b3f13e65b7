"""A run being worked on: the outside world opened, the lock of the run held, and what was asked noted in the ledger."""

import getpass
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from uuid import uuid4

from prefect.runtime import flow_run

from billing.period import Period
from tasks.artifacts import in_a_run
from tasks.credit import Request, refuse
from tasks.credit_runs import require_no_credit_under_way, set_aside_others
from tasks.ledger import Run, Stopped, approve, approved_by, only_one, open_close, open_credit, open_orders, reopen, require_no_other_close
from tasks.outside import Outside, open_outside
from tasks.review.deciding import decide, has_approved
from tasks.review.records import Answer

log = logging.getLogger(__name__)


AUTO = "setting approval = auto"
SPEAKING = ("billing", "sql", "reports", "tasks", "flows")


@contextmanager
def the_outside() -> Iterator[Outside]:
    """The outside world as the settings describe it, its connections given back at the end."""
    if in_a_run():
        for name in SPEAKING:  # Prefect takes their lines to the run's page, and leaves their level as it is
            logging.getLogger(name).setLevel(logging.INFO)
    outside = open_outside()
    try:
        yield outside
    finally:
        outside.engine.dispose()


@contextmanager
def working_on_close(period: Period, on: date | None, from_step: str | None) -> Iterator[tuple[Outside, Run]]:
    """The close of `period`, opened if it is new and locked while inside. `on` None = the close day of the settings.

    Raises RunLocked when another process works on a close, Stopped when `from_step` can no longer be done again or when another
    close was begun and has not issued.
    """
    with (
        the_outside() as outside,
        only_one(outside.engine, f"close {period.first:%Y-%m}"),
        only_one(outside.engine, "another close"),
    ):
        run = open_close(outside.engine, period, on or period.first.replace(day=outside.settings.close_day))
        require_no_other_close(outside.engine, run)
        require_no_credit_under_way(outside.engine, run)
        if from_step:
            reopen(outside.engine, run, from_step, asked_by=this_attempt())
        yield outside, run


@contextmanager
def working_on_orders(on: date) -> Iterator[tuple[Outside, Run]]:
    """The orders run of a day, opened if it is new and locked while inside. Raises RunLocked."""
    with the_outside() as outside, only_one(outside.engine, f"orders {on}"):
        yield outside, open_orders(outside.engine, on)


@contextmanager
def working_on_credit(request: Request, on: date) -> Iterator[tuple[Outside, Run]]:
    """The run of a request, opened if it is new and locked while inside: no close works meanwhile, and no other credit.

    Another credit of the same invoice that was begun and never issued is set aside. Raises RunLocked, and Stopped when what is asked
    cannot be credited, or when a close is under way whose charges an invoice made anew would change.
    """
    with the_outside() as outside, only_one(outside.engine, "another close"):
        run = open_credit(outside.engine, request.number, on, request.text, check=lambda conn: refuse(conn, request, on))
        set_aside_others(outside.engine, run)
        if request.again:
            require_no_other_close(outside.engine, run)
        approve(outside.engine, run, by=who())
        yield outside, run


def approved(outside: Outside, run: Run, approve_now: bool, by: str = "") -> bool:
    """Whether the drafts of the run may be issued; an approval given with this very run is taken first, as that of `by`.

    Under four eyes it is one of two. A person who has approved these drafts is not asked again, however often the run is resumed.
    Raises Stopped when the approval does not count.
    """
    if outside.settings.approval == "auto" and not approve_now and approved_by(outside.engine, run) is None:
        _approve(outside, run, Answer("approve", AUTO, channel="setting"))
    elif approve_now:
        comment = f"with the Prefect run {flow_run.name}" if in_a_run() else ""
        _approve(outside, run, Answer("approve", by or getpass.getuser(), comment))
    return approved_by(outside.engine, run) is not None


def _approve(outside: Outside, run: Run, answer: Answer) -> None:
    if not has_approved(outside, run, answer.by):
        made = decide(outside, run, answer)
        if not made.counts and approved_by(outside.engine, run) is None:
            raise Stopped(f"{run.name}: the approval does not count: {made.why_not}")


def who() -> str:
    """Who is at work: the user of this machine, and the Prefect run that was asked."""
    return f"{getpass.getuser()} (Prefect run {flow_run.name})" if in_a_run() else getpass.getuser()


def this_attempt() -> str:
    """Names what asked: a Retry of the same Prefect run is the same asking, a second command is another one."""
    return str(flow_run.id) if in_a_run() else uuid4().hex
