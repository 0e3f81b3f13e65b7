"""What is new in the feed, imported by hand."""

from prefect import flow

from flows.parameters import scheduled_day
from tasks.feed import importing
from tasks.outcome import Outcome, done, stops_plainly
from tasks.runs import the_outside


@flow(name="import-feed", flow_run_name=lambda: f"feed {scheduled_day()}")
@stops_plainly
def import_feed() -> Outcome:
    """Import what is new in the feed now: corrected tables, usage, inventory. A close does so by itself; this shows what is rejected first.

    What is imported and what is rejected is said in the end state; the rejected rows, with reasons, are in rejects.csv of the next close.
    """
    with the_outside() as outside:
        return done(str(importing.import_feed(outside)))
