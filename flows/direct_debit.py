"""The direct debits of a day."""

from datetime import date

from prefect import flow

from flows.parameters import asked_day, scheduled_day
from tasks.outcome import Outcome, done, stops_plainly
from tasks.runs import the_outside
from tasks.steps import make_collections


@flow(name="direct-debit", flow_run_name=lambda: f"direct debit {asked_day()}")
@stops_plainly
def direct_debit(on: date | None = None, preview: bool = False) -> Outcome:
    """Make the files that the bank debits payers' accounts by, for the invoices that say so.

    Args:
        on: The day the files are made on. None: the day of the scheduled start.
        preview: Show what would be collected, make nothing.

    """
    with the_outside() as outside:
        return done(make_collections(outside, on or scheduled_day(), preview=preview))
