"""What the flows can be asked for, typed so that the form of a custom run shows pickers and refuses nonsense."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from prefect.runtime import flow_run
from pydantic import BeforeValidator, Field, WithJsonSchema

from billing.period import BRUSSELS, Period

# Empty = the month of the scheduled start. Prefect checks the pattern before a run begins and shows the example in the form.
Month = Annotated[str, Field(pattern=r"^$|^20\d{2}-(0[1-9]|1[0-2])$", examples=["2026-10"])]
# A month that has to be given.
GivenMonth = Annotated[str, Field(pattern=r"^20\d{2}-(0[1-9]|1[0-2])$", examples=["2026-10"])]
# A few words: not empty, and not only blanks.
Words = Annotated[str, Field(pattern=r"\S", max_length=500)]
# The number of an invoice, a credit note or a debit note as it is printed.
InvoiceNumber = Annotated[str, Field(pattern=r"^\s*[A-Z]{0,3}\d{4}-\d{6,}\s*$", examples=["2026-000123"])]
# The number of a row of the ledger; no more digits than the database can count to.
RowNumber = Annotated[int, Field(ge=1, le=10**18 - 1)]


def _with_a_point(amount: object) -> object:
    """The amount as Python reads it: in Belgium people write 12,50."""
    return amount.replace(",", ".") if isinstance(amount, str) else amount


# EUR, shown as one field of text; what is wrong with an amount that the command line gives, the rule says in words.
Amount = Annotated[Decimal, BeforeValidator(_with_a_point), WithJsonSchema({"type": "string", "pattern": r"^\d{1,8}([.,]\d{1,2})?$"})]

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


def asked_mode() -> str:
    """Whether the close is made or looked at, as the name of the run shows it."""
    return str(flow_run.parameters.get("mode") or "close")


def asked_day() -> date:
    """The day of the run that begins, as its name shows it."""
    asked = flow_run.parameters.get("on")
    return date.fromisoformat(str(asked)[:10]) if asked else scheduled_day()
