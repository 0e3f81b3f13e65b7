"""Reminding people of a close that waits: again after so many hours, and once when the deadline has passed."""

from datetime import UTC, datetime, timedelta

import sql
from tasks.ledger import find_run, in_turn
from tasks.notice import tell
from tasks.outcome import totals
from tasks.outside import Outside
from tasks.review.asking import waiting
from tasks.review.records import Waiting, moment
from tasks.review.shown import page_of

AFTERWARDS = "Retry the run in its page, or run the close again: it asks again with a new form. Nothing is issued meanwhile."


def remind(outside: Outside, at: datetime) -> str:
    """Tell people of what waits at the hour of `at`; returns what was done.

    Done again for the same hour it tells nobody twice: the moment is kept with the ask, and a notice that was sent by an attempt
    that ended before that has the same text, so the same id. Raises Stopped when nobody could be told; what follows waits for the next
    hour.
    """
    hour = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    with in_turn(outside.engine, "review reminders"):
        said = [line for each in waiting(outside.engine) if (line := _told(outside, each, hour))]
    return "\n".join(said) or "nobody has to be reminded"


def deadline_passed(outside: Outside, flow_run: str, at: datetime) -> str:
    """Tell people that nobody answered the Prefect run in time, which ended for it; "" when it asks nothing, or there is time at `at`."""
    with in_turn(outside.engine, "review reminders"):
        over = [each for each in waiting(outside.engine) if each.flow_run == flow_run and each.deadline <= at]
        return "\n".join(_ended(outside, each) for each in over)


def _told(outside: Outside, ask: Waiting, hour: datetime) -> str:
    if ask.deadline <= hour:
        return _ended(outside, ask)
    if hour - (ask.reminded_at or ask.asked_at) < timedelta(hours=outside.settings.approval_reminder_hours):
        return ""
    said = _tell(outside, ask, "still waiting for approval", _asked(outside, ask), "")
    _note(outside, "review/reminded", ask, at=hour)
    return said


def _ended(outside: Outside, ask: Waiting) -> str:
    said = _tell(outside, ask, "the deadline for approval has passed", _over(outside, ask), AFTERWARDS)
    _note(outside, "review/end_ask", ask, how="expired")
    return said


def _tell(outside: Outside, ask: Waiting, state: str, message: str, what_to_do: str) -> str:
    page, since = page_of(outside.settings, ask.flow_run), moment(ask.asked_at)
    return tell(ask.name, state, message, page, outside.settings, kind="waiting", since=since, what_to_do=what_to_do or _way(ask))


def _way(ask: Waiting) -> str:
    """What to do about an ask on the command line; about a form the notice says it itself."""
    month = f"{ask.period:%Y-%m}"
    return "" if ask.flow_run else f"Decide with `billing review {month} --approve --by NAME`, --reject COMMENT or --exclude PAYERS."


def _asked(outside: Outside, ask: Waiting) -> str:
    bills = totals(outside, find_run(outside.engine, ask.run_id))
    approved = f"\n\n{' and '.join(ask.approved)} approved already; another person has to as well." if ask.approved else ""
    count = f"Reminder {ask.reminders + 1}: " if ask.reminders else ""
    return f"{count}{bills} wait for a decision until {moment(ask.deadline)} (Brussels); later answers do not count.{approved}"


def _over(outside: Outside, ask: Waiting) -> str:
    bills = totals(outside, find_run(outside.engine, ask.run_id))
    return f"{bills} were not decided about by {moment(ask.deadline)} (Brussels); answers from now on do not count."


def _note(outside: Outside, query: str, ask: Waiting, **given: object) -> None:
    with outside.engine.begin() as conn:
        sql.run(conn, query, run_id=ask.run_id, ask_no=ask.ask_no, **given)
