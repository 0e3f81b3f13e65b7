"""A credit note on finance's decision, and the invoice made anew."""

from datetime import date
from typing import Annotated

from prefect import flow
from prefect.runtime import flow_run
from pydantic import Field

from flows.parameters import Amount, InvoiceNumber, scheduled_day
from tasks.credit import Request
from tasks.ledger import is_accepted
from tasks.outcome import Outcome, credited, stops_plainly
from tasks.runs import working_on_credit
from tasks.steps import (
    deliver_invoices,
    draft_credit,
    import_feed,
    issue_invoices,
    perform,
    render_documents,
    write_files,
)

# The form refuses what is no number, no line and no amount; what only the ledger can know is refused in words by the run.
Reason = Annotated[str, Field(pattern=r"\S", examples=["price of the users was not the one agreed"])]
Line = Annotated[int, Field(ge=1)]


@flow(name="credit", flow_run_name=lambda: f"credit {flow_run.parameters.get('invoice')}")
@stops_plainly
def credit(
    invoice: InvoiceNumber,
    reason: Reason,
    on: date | None = None,
    lines: list[Line] = [],  # noqa: B006  # Prefect shows the default in the form; it is never changed
    amount: Amount | None = None,
    again: bool = False,
) -> Outcome:
    """Credit an invoice, whole or in part, and send the credit note. Asked twice on the same day it is done once.

    Args:
        invoice: The number of the invoice as it is printed, for example 2026-000123.
        reason: Why it is credited, in the language of the payer, who reads it on the credit note.
        on: The day of the credit note, not before that of the invoice. None: today.
        lines: The lines to credit, by their place on the invoice: the first line is 1. Empty: the whole invoice.
        amount: Credit only so much of the one line named above, in EUR without VAT, as 12.50. None: all that is left of the line.
        again: On: after correcting the feed, make the invoice anew in the same run, for the same days, quantities and usage. Leave lines
            and amount empty then.

    """
    asked = Request(invoice.strip(), reason, tuple(lines), amount, again)
    with working_on_credit(asked, on or scheduled_day()) as (outside, run):
        done_before = is_accepted(outside.engine, run.run_id, "report")
        if again:
            perform(import_feed, outside, run)
        perform(draft_credit, outside, run)
        perform(issue_invoices, outside, run)
        perform(render_documents, outside, run)
        perform(deliver_invoices, outside, run)
        perform(write_files, outside, run)
        return credited(outside, run, done_before=done_before)
