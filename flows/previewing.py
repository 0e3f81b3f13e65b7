"""A close looked at before it is made, from whichever form it is asked for."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from billing.period import Period
from tasks.artifacts import show
from tasks.ledger import Stopped
from tasks.outcome import Outcome, ended, page_link
from tasks.outside import Outside
from tasks.preview import preview_close
from tasks.preview.files import FOLDER
from tasks.runs import the_outside

Mode = Literal["close", "preview"]
Payers = Annotated[list[Annotated[str, Field(pattern=r"\S", max_length=100)]], Field(examples=[["CL-00012"]])]
FILES = {
    "Close report": "close_report.html",
    "Workbook": "close_report.xlsx",
    "Checks": "gates.html",
    "Drafts": "invoices.csv",
    "Lines": "invoice_lines.csv",
}


def previewed(period: Period, on: date | None, payers: Sequence[str]) -> Outcome:
    """The preview of a month, shown with links to its files. Raises Stopped when it cannot be made."""
    with the_outside() as outside:
        said = preview_close(outside, period, on, [payer.strip() for payer in payers])
        month = f"{period.first:%Y-%m}"
        show(f"preview-close-{month}", _page(outside, month, said), description=f"Preview of {month}: nothing is issued")
    return ended("Preview", said)


def _page(outside: Outside, month: str, said: str) -> str:
    there = {words: f"{FOLDER}/{month}/{file}" for words, file in FILES.items() if outside.out.exists(f"{FOLDER}/{month}/{file}")}
    links = [f"- {page_link(outside, words, path)}" for words, path in there.items()]
    return "\n".join([f"# preview {month}", "", f"{said}.", "", *links])


def require_nothing_more(*, approve: bool, from_step: str | None, by: str) -> None:
    """Raises Stopped for a preview that is asked to do what only a close does."""
    asked = [name for name, given in (("approve", approve), ("from_step", from_step), ("by", by)) if given]
    if asked:
        raise Stopped(f"a preview issues nothing and does all steps anew: leave {' and '.join(asked)} out, or choose mode = close")


def require_all_payers(payers: Sequence[str]) -> None:
    """Raises Stopped for a close of some payers only."""
    if payers:
        raise Stopped("a close bills all payers: leave payers out, or choose mode = preview; its review can exclude payers")


__all__ = ["Mode", "Payers", "previewed", "require_all_payers", "require_nothing_more"]
