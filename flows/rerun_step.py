"""A step of a close done again, from its form."""

from collections.abc import Mapping
from typing import Literal, cast

from prefect import flow
from prefect.runtime import flow_run

from billing.period import Period
from flows.monthly_close import monthly_close
from flows.parameters import GivenMonth, StepToRedo
from tasks.outcome import Outcome, repeated, stops_plainly
from tasks.rerun import begun_for, repeating
from tasks.runs import the_outside, this_attempt
from tasks.steps import StepTask, deliver_again, draw_documents_again, perform, report_again

StepAgain = Literal["snapshot", "rating", "recurring", "drafts", "documents", "delivery", "report"]

# What is repeated once invoices are issued; the other steps are done again by the close itself, with all that follows.
AFTER_ISSUE: Mapping[str, StepTask] = {"documents": draw_documents_again, "delivery": deliver_again, "report": report_again}


def _asked() -> str:
    return f"rerun {flow_run.parameters.get('step')} {flow_run.parameters.get('period')}"


@flow(name="rerun-step", flow_run_name=_asked)
@stops_plainly
def rerun_step(period: GivenMonth, step: StepAgain) -> Outcome:
    """Do a step of a close again. It says so in words when that is not possible, and changes nothing then.

    Before the invoices are issued, the step is done again with all that follows, after importing what is new in the feed; then people are
    asked for their approval again. Once they are issued, documents, delivery and report may be repeated; an invoice is corrected with a
    credit note (deployment credit).

    Args:
        period: The month of the close, as 2026-10.
        step: Before the issue: "snapshot" freezes the inventory again, "rating" prices the usage, "recurring" charges subscriptions,
            "drafts" assembles the invoices; each with all that follows. After it: "documents" draws the documents again, puts back what
            is lost and stops if one comes out differently; "delivery" sends what waits, nothing twice; "report" writes the files of the
            month and the close report again.

    """
    month = Period.month(period)
    with the_outside() as outside:
        if step in AFTER_ISSUE:
            with repeating(outside, month, step) as run:
                perform(AFTER_ISSUE[step], outside, run)
                return repeated(outside, run, step)
        on = begun_for(outside, month, step, asked_by=this_attempt())
    return monthly_close.fn(period=period, on=on, from_step=cast(StepToRedo, step))
