"""The monthly close, step by step."""

from datetime import date

from prefect import flow

from flows.parameters import Month, StepToRedo, asked_month, month_of
from tasks.outcome import Outcome, closed, stops_plainly, waiting_for_approval
from tasks.runs import approved, working_on_close
from tasks.steps import (
    charge_recurring,
    deliver_invoices,
    draft_invoices,
    freeze_inventory,
    import_feed,
    issue_invoices,
    perform,
    rate_usage,
    render_documents,
    report_close,
)


@flow(name="monthly-close", flow_run_name=lambda: f"close {asked_month()}")
@stops_plainly
def monthly_close(period: Month = "", on: date | None = None, approve: bool = False, from_step: StepToRedo | None = None) -> Outcome:
    """Bill a month: import what is new, charge, draft, and after approval issue, mail and report.

    Run it again at any time: what is accepted stays, what is not is done again.

    Args:
        period: The month to close, for example 2026-10. Empty: the month of the scheduled start.
        on: The close date; what starts after it waits for the next close. None: the 28th of the month (setting close_day).
        approve: Issue the invoices without stopping after the drafts. Off: the run ends with "Waiting for approval".
        from_step: Do this step and the later ones again, as long as no invoice is issued. None: go on where the last run ended.

    """
    with working_on_close(month_of(period), on, from_step) as (outside, run):
        perform(import_feed, outside, run)
        perform(freeze_inventory, outside, run)
        perform(rate_usage, outside, run)
        perform(charge_recurring, outside, run)
        perform(draft_invoices, outside, run)
        if not approved(outside, run, approve):
            return waiting_for_approval(outside, run)
        perform(issue_invoices, outside, run)
        perform(render_documents, outside, run)
        perform(deliver_invoices, outside, run)
        perform(report_close, outside, run)
        return closed(outside, run)
