"""Orders that are payable in advance, invoiced on the day."""

from datetime import date

from prefect import flow

from flows.parameters import asked_day, scheduled_day
from tasks.outcome import Outcome, closed, stops_plainly
from tasks.runs import working_on_orders
from tasks.steps import (
    charge_one_off,
    deliver_invoices,
    draft_invoices,
    import_feed,
    issue_invoices,
    perform,
    render_documents,
    write_files,
)


@flow(name="order-invoicing", flow_run_name=lambda: f"orders {asked_day()}")
@stops_plainly
def order_invoicing(on: date | None = None) -> Outcome:
    """Invoice what was ordered and is payable in advance, once.

    Args:
        on: The day to invoice. None: the day of the scheduled start.

    """
    with working_on_orders(on or scheduled_day()) as (outside, run):
        perform(import_feed, outside, run)
        perform(charge_one_off, outside, run)
        perform(draft_invoices, outside, run)
        perform(issue_invoices, outside, run)
        perform(render_documents, outside, run)
        perform(deliver_invoices, outside, run)
        perform(write_files, outside, run)
        return closed(outside, run)
