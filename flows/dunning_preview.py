"""What dunning would do on a day; nothing is written or sent."""

from datetime import date

from prefect import flow

from flows.parameters import asked_day, scheduled_day
from tasks.outcome import Outcome, done, stops_plainly
from tasks.runs import the_outside
from tasks.steps import dun


@flow(name="dunning-preview", flow_run_name=lambda: f"dunning preview {asked_day()}")
@stops_plainly
def dunning_preview(on: date | None = None) -> Outcome:
    """Show what dunning would do on a day: letters by payer, late charges, suspension orders. Nothing is written or sent.

    The answer is the artifact "preview-dunning-…" on the page of the run.

    Args:
        on: The day to look at, for example tomorrow: what is open then, as it is known now. None: today.

    """
    with the_outside() as outside:
        return done(dun(outside, on or scheduled_day(), preview=True))
