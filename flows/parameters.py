"""What the flows can be asked for, typed so that the form of a custom run shows pickers and refuses nonsense."""

from datetime import date, datetime
from typing import Annotated, Literal

from prefect.runtime import flow_run
from pydantic import Field

from billing.period import BRUSSELS, Period

# Empty = the month of the scheduled start. Prefect checks the pattern before a run begins and shows the example in the form.
Month = Annotated[str, Field(pattern=r"^$|^\d{4}-(0[1-9]|1[0-2])$", examples=["2026-10"])]

# The steps that may be done again while no invoice is issued; later ones change nothing that was not corrected by a credit note.
StepToRedo = Literal["snapshot", "rating", "recurring", "drafts"]


def scheduled_day() -> date:
    """The day this run was scheduled for, in Brussels: the same on every retry, so that a retry tomorrow does what was due today."""
    start: datetime = flow_run.scheduled_start_time
    return start.astimezone(BRUSSELS).date()


def month_of(month: str) -> Period:
    """The month written, or that of the scheduled day when nothing is written. Raises ValueError for what is no month."""
    return Period.month(month) if month else Period.month_of(scheduled_day())


def asked_month() -> str:
    """The month of the run that begins, as its name shows it."""
    return f"{month_of(flow_run.parameters.get('period') or '').first:%Y-%m}"


def asked_day() -> date:
    """The day of the run that begins, as its name shows it."""
    asked = flow_run.parameters.get("on")
    return date.fromisoformat(str(asked)[:10]) if asked else scheduled_day()
