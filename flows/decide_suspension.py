"""Finance's decision about a suspension order, from its form."""

from datetime import date
from typing import Annotated, Literal

from prefect import flow
from prefect.runtime import flow_run
from pydantic import Field

from flows.parameters import RowNumber, Words, scheduled_day
from tasks.finance_pages import show_orders
from tasks.ledger import Stopped
from tasks.outcome import Outcome, done, stops_plainly
from tasks.runs import the_outside
from tasks.suspension.deciding import approve, reject

Decision = Literal["approve", "reject"]
Reason = Annotated[str, Field(max_length=500)]


def _asked() -> str:
    return f"{flow_run.parameters.get('decision')} order {flow_run.parameters.get('order')}"


@flow(name="decide-suspension", flow_run_name=_asked)
@stops_plainly
def decide_suspension(order: RowNumber, decision: Decision, by: Words, on: date | None = None, reason: Reason = "") -> Outcome:
    """Approve or reject an order that limits the service of a payer. The orders that wait are on the page Suspension orders.

    Approved, it is sent by the next run of dunning, if its ground still holds then. Rejected, it is not sent, and its grounds rest.

    Args:
        order: The number of the order, as on the page Suspension orders (Artifacts) and on the page of the dunning run.
        decision: "approve": it leaves with the next run of dunning. "reject": it does not leave; give the reason below.
        by: Your name; it is kept with the order.
        on: The day of the decision, not before that of the order. None: today.
        reason: Why it is rejected; it is kept with the order. Needed to reject, empty to approve.

    """
    if decision == "reject" and not reason.strip():
        raise Stopped(f"order {order} is rejected for a reason; write it into reason. Nothing is decided")
    if decision == "approve" and reason.strip():
        raise Stopped("a reason is kept with a rejection only; leave it empty to approve, or choose reject. Nothing is decided")
    day = on or scheduled_day()
    with the_outside() as outside:
        try:
            if decision == "approve":
                return done(approve(outside.engine, order, by=by, on=day))
            return done(reject(outside.engine, order, by=by, on=day, reason=reason))
        finally:
            show_orders(outside)
