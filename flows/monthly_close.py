"""The monthly close, step by step."""

from datetime import date

from prefect import flow

from flows.parameters import Month, StepToRedo, asked_mode, asked_month, month_of
from flows.previewing import Mode, Payers, previewed, require_all_payers, require_nothing_more
from flows.reviewing import agreed, require_a_name
from tasks.outcome import Outcome, closed, stops_plainly, waiting_for_approval
from tasks.review.waking import wake_others
from tasks.runs import working_on_close
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


@flow(name="monthly-close", flow_run_name=lambda: f"{asked_mode()} {asked_month()}")
@stops_plainly
def monthly_close(
    period: Month = "",
    on: date | None = None,
    approve: bool = False,
    from_step: StepToRedo | None = None,
    by: str = "",
    mode: Mode = "close",
    payers: Payers = [],  # noqa: B006  # Prefect shows the default in the form; it is never changed
) -> Outcome:
    """Bill a month: import what is new, charge, draft, wait until people approve the drafts, then issue, mail and report.

    Run it again at any time: what is accepted stays, what is not is done again.

    Args:
        period: The month to close, for example 2026-10. Empty: the month of the scheduled start.
        on: The close date; what starts after it waits for the next close. None: the 28th of the month (setting close_day).
        approve: Issue the invoices without stopping after the drafts. Off: the run waits with a form until people have decided.
        from_step: Do this step and the later ones again, as long as no invoice is issued. None: go on where the last run ended.
        by: Who approves, when approve is on; to be given where two people have to. Empty: the user of this machine.
        mode: "preview" shows what the close would bill, in the folder "previews": nothing is issued, charged or sent.
        payers: For a preview: show the drafts of these payers only, by payer_id as in contracts.csv. Empty: all.

    """
    if mode == "preview":
        require_nothing_more(approve=approve, from_step=from_step, by=by)
        return previewed(month_of(period), on, payers)
    require_all_payers(payers)
    with working_on_close(month_of(period), on, from_step) as (outside, run):
        require_a_name(outside, approve, by)
        perform(import_feed, outside, run)
        perform(freeze_inventory, outside, run)
        perform(rate_usage, outside, run)
        perform(charge_recurring, outside, run)
        perform(draft_invoices, outside, run)
        if not agreed(outside, run, approve, by):
            return waiting_for_approval(outside, run)
        perform(issue_invoices, outside, run)
        perform(render_documents, outside, run)
        perform(deliver_invoices, outside, run)
        perform(report_close, outside, run)
        wake_others(outside, run)
        return closed(outside, run)
