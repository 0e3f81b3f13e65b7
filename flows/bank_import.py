"""The bank statements that were delivered, booked and matched."""

from datetime import date

from prefect import flow

from flows.parameters import asked_day, scheduled_day
from tasks.artifacts import in_a_run
from tasks.outcome import Outcome, done, stops_plainly
from tasks.runs import the_outside
from tasks.steps import book_statements


@flow(name="bank-import", flow_run_name=lambda: f"bank {asked_day()}")
@stops_plainly
def bank_import(on: date | None = None, accept_gap: str = "", accepted_by: str = "") -> Outcome:
    """Book the bank statements that are new and match their payments to the open invoices.

    Args:
        on: The day up to which statements are booked. None: the day of the scheduled start; by hand, all there are.
        accept_gap: A statement that waits for one the bank never made, as BE71096123456769/2026/7.
        accepted_by: Who says so.

    """
    with the_outside() as outside:
        return done(book_statements(outside, on or (scheduled_day() if in_a_run() else None), accept_gap, accepted_by))
