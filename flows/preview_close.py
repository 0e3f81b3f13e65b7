"""What a close would bill, from its form; nothing is issued."""

from datetime import date

from prefect import flow

from billing.period import Period
from flows.parameters import GivenMonth, asked_month
from flows.previewing import Payers, previewed
from tasks.outcome import Outcome, stops_plainly


@flow(name="preview-close", flow_run_name=lambda: f"preview {asked_month()}")
@stops_plainly
def preview_close(
    period: GivenMonth,
    on: date | None = None,
    payers: Payers = [],  # noqa: B006  # Prefect shows the default in the form; it is never changed
) -> Outcome:
    """Show what the close of a month would bill: drafts, report and PDFs marked as drafts. Nothing is issued, charged or sent.

    What is new in the feed is imported first, unless a close is being worked on. The files are in the folder "previews", in place of the
    last preview of that month; the artifact "preview-close-…" on the page of the run links to them.

    Args:
        period: The month, for example 2026-10: one that was never begun, one that waits for approval, or one that is issued.
        on: The close date. None: that of the close when it is begun, else the 28th of the month (setting close_day).
        payers: Show the drafts of these payers only, by payer_id as in contracts.csv. Empty: all.

    """
    return previewed(Period.month(period), on, payers)
