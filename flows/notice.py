"""The notice of a run, started by an automation of the server so that it goes out even when the run's process was killed."""

import logging
from datetime import UTC, datetime

from prefect import flow

from tasks.asked import asked_in
from tasks.database import DatabaseUnavailable
from tasks.notice import Kind, tell
from tasks.outcome import Outcome, done, stops_plainly
from tasks.review import moment
from tasks.review.reminding import deadline_passed
from tasks.review.shown import page_of
from tasks.runs import the_outside
from tasks.settings import read_settings

NEVER_RESUMED = " and never resumed."  # what Prefect says of a run that nobody answered in time

log = logging.getLogger(__name__)


@flow(name="notice", flow_run_name="notice of {run_name}")
@stops_plainly
def notice(kind: Kind, run_name: str, run_id: str, state: str = "", message: str = "", since: str = "") -> Outcome:
    """Tell the mail address of the setting `tell` and the webhook `tell_webhook` of a run; started by the automations, not by hand.

    Args:
        kind: "failed" (also crashed, timed out), "late" (due and not started), "waiting" (suspended until a person decides).
        run_name: The run, for example close 2026-10; of a late one, which has no name of its own yet, its deployment.
        run_id: The run in Prefect, for the address of its page.
        state: Its state: Failed, Crashed, Late, Suspended.
        message: Why, as the run said it.
        since: The moment it is so since; of a late run, when it was due. ISO 8601.

    """
    page, at, once = page_of(read_settings(), run_id), _shown(since), f"{kind} {run_id} {state} {since}"
    if kind == "late":
        return done(tell(run_name, "late", f"It was due on {at} and has not started.", page, kind="late", once=once))
    if kind == "waiting":
        asked = _asked(run_id)
        said = asked or f"{run_name} is suspended and goes on when somebody resumes it."
        return done(tell(run_name, "waiting for approval" if asked else "suspended", said, page, kind="waiting", since=at, once=once))
    if message.endswith(NEVER_RESUMED) and (over := _over(run_id)) is not None:
        return done(over)
    return done(tell(run_name, state, message, page, since=at, once=once))


def _asked(run_id: str) -> str:
    """What people are asked by the run, "" when it is nothing of ours or the database cannot say: the notice goes out in any case."""
    try:
        with the_outside() as outside:
            return asked_in(outside, run_id)
    except DatabaseUnavailable as error:
        log.warning("what is asked is not known: %s", error)
        return ""


def _over(run_id: str) -> str | None:
    """Say what it means that a run waited in vain, which the reminders say too: whoever is first. None when the database cannot say."""
    try:
        with the_outside() as outside:
            return deadline_passed(outside, run_id, datetime.now(UTC)) or "it is told already that the deadline has passed"
    except DatabaseUnavailable as error:
        log.warning("what was asked is not known: %s", error)
        return None


def _shown(since: str) -> str:
    """The moment as people in Brussels read it; as it came when it is none."""
    try:
        return moment(datetime.fromisoformat(since))
    except ValueError:
        return since
