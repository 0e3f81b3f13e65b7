"""The mail that came back, read and booked."""

from datetime import date, datetime

from prefect import flow

from billing.period import BRUSSELS
from flows.parameters import asked_day, scheduled_day
from tasks.artifacts import in_a_run
from tasks.outcome import Outcome, done, stops_plainly
from tasks.runs import the_outside
from tasks.steps import read_returned_mail


@flow(name="bounces", flow_run_name=lambda: f"bounces {asked_day()}")
@stops_plainly
def bounces(on: date | None = None) -> Outcome:
    """Read the mailbox that returned mail comes to, and book each recipient that was not reached.

    Args:
        on: The day it is booked as come back on. None: the day of the scheduled start; by hand, today.

    """
    with the_outside() as outside:
        return done(read_returned_mail(outside, on or (scheduled_day() if in_a_run() else datetime.now(BRUSSELS).date())))
