"""The reminders of a day."""

from datetime import date

from prefect import flow

from flows.parameters import asked_day, scheduled_day
from tasks.outcome import Outcome, done, stops_plainly
from tasks.runs import the_outside
from tasks.steps import send_reminders


@flow(name="dunning", flow_run_name=lambda: f"dunning {asked_day()}")
@stops_plainly
def dunning(on: date | None = None, preview: bool = False) -> Outcome:
    """Send the reminders that are due, at most one level a payer and day.

    Args:
        on: The day to look at what is open. None: the day of the scheduled start.
        preview: Show what would be sent, send nothing.

    """
    with the_outside() as outside:
        return done(send_reminders(outside, on or scheduled_day(), preview=preview))
