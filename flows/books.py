"""The books of a month, made final."""

from datetime import date

from prefect import flow
from prefect.runtime import flow_run

from billing.period import Period
from flows.parameters import Month, asked_day, scheduled_day
from tasks.outcome import Outcome, done, stops_plainly
from tasks.runs import the_outside, who
from tasks.steps import close_books


def month_of_books(month: str, on: date) -> Period:
    """The month asked for, without one the month before a day."""
    return Period.month(month) if month else Period.month_of(on).previous_month()


def _name() -> str:
    return f"books {month_of_books(flow_run.parameters.get('month') or '', asked_day())}"


@flow(name="books", flow_run_name=_name)
@stops_plainly
def books(month: Month = "", on: date | None = None) -> Outcome:
    """Complete the journal of a month with the traffic not billed yet, check it, and make it final. A final month stays as it is.

    Args:
        month: The month, for example 2026-10. Empty: the month before the day.
        on: The day the books are made final, after the end of the month. None: the day of the scheduled start.

    """
    day = on or scheduled_day()
    with the_outside() as outside:
        return done(close_books(outside, month_of_books(month, day), day, by=who()))
