"""Credit runs: opened once for each request, resumed by the same request, and set aside when nothing came of them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine

import sql
from tasks.credit import Request
from tasks.invoice_again import forget_staged
from tasks.ledger import Run, Stopped, abandon, find_run


@dataclass(frozen=True, slots=True)
class Unissued:
    """A credit run of which nothing is issued; `is_begun` = its drafts are accepted."""

    run_id: int
    subject: str
    run_on: date
    request: str
    is_begun: bool


def require_no_credit_under_way(engine: Engine, run: Run) -> None:
    """Raise Stopped while an invoice is being made anew: its charges are between two invoices until that is issued."""
    for found in _unissued(engine, run):
        if found.is_begun:
            again = Request.of(found.subject, found.request)
            raise Stopped(
                f"the credit of invoice {found.subject} was begun on {found.run_on} and is not issued, so {run.name} cannot work; "
                f"finish it first: `billing credit {found.subject} --on {found.run_on} --reason '{again.reason}'"
                f"{''.join(f' --line {line}' for line in again.lines)}{f' --amount {again.amount}' if again.amount else ''}"
                f"{' --again' if again.again else ''}`"
            )


def set_aside_others(engine: Engine, run: Run) -> None:
    """Forget the other credits of the same invoice that were begun and never issued."""
    for found in _unissued(engine, run):
        if found.subject == run.subject:
            other = find_run(engine, found.run_id)
            with engine.begin() as conn:
                forget_staged(conn, other)
            abandon(engine, other)


def _unissued(engine: Engine, run: Run) -> list[Unissued]:
    with engine.connect() as conn:
        return sql.rows(conn, Unissued, "runs/unissued_credits", run_id=run.run_id)


__all__ = ["require_no_credit_under_way", "set_aside_others"]
