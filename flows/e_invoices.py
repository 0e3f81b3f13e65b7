"""The e-invoices that wait for the access point, sent."""

from prefect import flow

from flows.parameters import asked_day
from tasks.outcome import Outcome, done, stops_plainly
from tasks.runs import the_outside
from tasks.steps import send_e_invoices


@flow(name="e-invoices", flow_run_name=lambda: f"e-invoices {asked_day()}")
@stops_plainly
def e_invoices(again: str = "") -> Outcome:
    """Send the e-invoices of all runs that wait for the access point, and read what became of those that left.

    Args:
        again: The number of an invoice whose e-invoice was refused, to send it again. Empty: none.

    """
    with the_outside() as outside:
        return done(send_e_invoices(outside, again))
