"""Dunning on a day: late charges, suspensions, letters."""

from datetime import date

from prefect import flow

from flows.parameters import asked_day, scheduled_day
from tasks.outcome import Outcome, done, stops_plainly
from tasks.runs import the_outside
from tasks.steps import dun


@flow(name="dunning", flow_run_name=lambda: f"dunning {asked_day()}")
@stops_plainly
def dunning(on: date | None = None, preview: bool = False, without_statements: bool = False, by: str = "") -> Outcome:
    """Send the letters that are due, at most one a payer and day, order what is due of suspensions, charge the month's late charges.

    Args:
        on: The day to look at what is open. None: the day of the scheduled start.
        preview: Show what would be done; write and send nothing.
        without_statements: Go on although bank statements of the days before are missing.
        by: Who says so.

    """
    with the_outside() as outside:
        return done(dun(outside, on or scheduled_day(), preview=preview, without_statements=without_statements, by=by))
