"""Reminders of closes that wait for approval: a flow of its own, so that nothing runs while a close waits."""

from datetime import datetime

from prefect import flow
from prefect.runtime import flow_run

from billing.period import BRUSSELS
from tasks.outcome import Outcome, done, stops_plainly
from tasks.review.reminding import remind
from tasks.review.waking import ask_again, wake_all
from tasks.runs import the_outside


def _hour() -> datetime:
    """The hour this run was scheduled for: the same on every Retry."""
    start: datetime = flow_run.scheduled_start_time
    return start


@flow(name="review-reminders", flow_run_name=lambda: f"review reminders {_hour().astimezone(BRUSSELS):%Y-%m-%d %H:00}")
@stops_plainly
def review_reminders() -> Outcome:
    """Remind people of a close that waits, and tell them once when its deadline has passed; nothing when nothing waits."""
    with the_outside() as outside:
        try:
            said = remind(outside, _hour())
        finally:  # also when nobody could be told
            again, woken = ask_again(outside), wake_all(outside)
    counted = {"taken for lost while they waited, which ask again": again, "that waited for nothing any more and go on": woken}
    return done("\n".join([said, *(f"runs {what}: {count}" for what, count in counted.items() if count)]))
