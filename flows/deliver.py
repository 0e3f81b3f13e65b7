"""What waits to be delivered, or a copy of the mail of one invoice."""

from datetime import date, datetime
from typing import Annotated

from prefect import flow
from prefect.runtime import flow_run
from pydantic import Field

from billing.period import BRUSSELS, Period
from flows.parameters import Month
from tasks.ledger import Stopped
from tasks.outcome import Outcome, done, stops_plainly
from tasks.runs import the_outside
from tasks.steps import copy_of_invoice, deliver_what_waits

NumberOrNone = Annotated[str, Field(pattern=r"^\s*([A-Z]{0,3}\d{4}-\d{6,})?\s*$", examples=["2026-000123"])]
AddressesOrNone = Annotated[str, Field(pattern=r"^\s*([^@\s;]+@[^@\s;]+\s*(;\s*[^@\s;]+@[^@\s;]+\s*)*)?$")]


def _asked() -> str:
    asked = flow_run.parameters
    return f"deliver {asked.get('resend') or asked.get('period') or 'what waits'}"


@flow(name="deliver", flow_run_name=_asked)
@stops_plainly
def deliver(period: Month = "", resend: NumberOrNone = "", to: AddressesOrNone = "", by: str = "", on: date | None = None) -> Outcome:
    """Send what waits to be delivered, or a copy of the mail of one invoice. Nothing is sent twice.

    Args:
        period: Send only what waits of the close of this month, as 2026-10. Empty: all that waits, of every run.
        resend: Instead, send a copy of this issued invoice, by its number, as 2026-000123. Empty: no copy.
        to: Only for a copy: where it goes, with a semicolon between several addresses. Empty: the billing addresses of its payer.
        by: Only for a copy: your name; it is kept with the copy.
        on: Only for a copy: its day; asked twice for the same day and address it is sent once. None: today.

    """
    if period and resend:
        raise Stopped("a month and a copy of an invoice are two different things; give one of them")
    if (to or by) and not resend:
        raise Stopped("an address and a name are for a copy; say of which invoice in resend, or leave them empty")
    with the_outside() as outside:
        if resend:
            return done(copy_of_invoice(outside, resend.strip(), to, by, on or datetime.now(BRUSSELS).date()))
        return done(deliver_what_waits(outside, Period.month(period) if period else None))
