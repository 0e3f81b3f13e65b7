"""Bank statements booked by hand, between the mornings."""

from datetime import date

from prefect import flow
from prefect.runtime import flow_run

from flows.parameters import scheduled_day
from tasks.ledger import Stopped
from tasks.outcome import Outcome, done, stops_plainly
from tasks.runs import the_outside
from tasks.steps import book_statements


def _asked() -> str:
    up_to = flow_run.parameters.get("up_to")
    return f"statements {str(up_to)[:10] if up_to else scheduled_day()}"


@flow(name="import-statements", flow_run_name=_asked)
@stops_plainly
def import_statements(up_to: date | None = None, accept_gap: str = "", accepted_by: str = "") -> Outcome:
    """Book the bank statements that lie in the feed now, without waiting for the morning, and match their payments to the open invoices.

    What cannot be matched is on the worklist (unmatched.csv). What is booked is never booked twice.

    Args:
        up_to: Only statements up to this day. None: all there are.
        accept_gap: Only when a run said that a statement waits for one before it that the bank never made: the one that waits, as
            BE71096123456769/2026/7. Empty: no gap is accepted.
        accepted_by: Who says that the bank never made it; needed with a gap.

    """
    if bool(accept_gap.strip()) != bool(accepted_by.strip()):
        raise Stopped("a gap is accepted by somebody: give both the statement that waits and the name, or neither")
    with the_outside() as outside:
        return done(book_statements(outside, up_to, accept_gap.strip(), accepted_by.strip()))
