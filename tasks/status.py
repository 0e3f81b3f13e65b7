"""`billing status`: what has been closed, what waits, what is parked, where the money is; a screen of text."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Engine

import sql
from tasks.review import moment
from tasks.status_bounces import bounce_lines
from tasks.status_e_invoices import e_invoice_lines
from tasks.status_money import money_lines

CLOSE_STEPS = ("snapshot", "rating", "recurring", "drafts", "issue", "documents", "delivery", "report")


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run and how far it came; amounts in EUR."""

    run_id: int
    kind: str
    subject: str
    period: date | None
    run_on: date
    approved_by: str | None
    accepted: str | None
    issued: int
    drafts: int
    gross: Decimal
    parked: int
    undelivered: int
    stopped_by: str | None
    deadline: datetime | None


@dataclass(frozen=True, slots=True)
class ParkedRow:
    """A payer left out of a close, an orders run or the late charges of a month."""

    kind: str
    period: date | None
    run_on: date
    payer_id: str
    reason: str
    advice: str


@dataclass(frozen=True, slots=True)
class TotalsRow:
    """Totals over everything; EUR."""

    open_amount: Decimal
    open_rejects: int
    usage_records: int
    import_no: int


def status(engine: Engine) -> str:
    """The state of the closes, newest first, then what is parked, the money that came in and what is open."""
    with engine.connect() as conn:
        runs = sql.rows(conn, RunRow, "status/runs")
        parked = sql.rows(conn, ParkedRow, "status/parked_payers")
        totals = sql.one(conn, TotalsRow, "status/totals")
        money = [*money_lines(conn), *bounce_lines(conn), *e_invoice_lines(conn)]
    assert totals is not None
    lines = [_described(row) for row in runs] or ["nothing closed yet; `billing close 2026-10` closes a month"]
    lines += [f"parked in {_name(row)}: {row.payer_id}: {row.reason}; {row.advice}" for row in parked]
    lines += money
    waiting = "1 rejected row waits" if totals.open_rejects == 1 else f"{totals.open_rejects:,} rejected rows wait"
    imports = "1 import" if totals.import_no == 1 else f"{totals.import_no:,} imports"
    lines.append(
        f"EUR {totals.open_amount:,.2f} open on invoices · {totals.usage_records:,} usage records · {imports} · {waiting} for a correction"
    )
    return "\n".join(lines)


def _name(row: RunRow | ParkedRow) -> str:
    if row.kind == "late_charges":
        return f"late charges {row.run_on:%Y-%m}"
    return f"close {row.period:%Y-%m}" if row.period else f"orders {row.run_on}"


def _described(row: RunRow) -> str:
    accepted = (row.accepted or "").split(",")
    if row.stopped_by:
        state = f"stopped at the gate {row.stopped_by}"
    elif "report" in accepted or (row.kind != "close" and "delivery" in accepted):
        state = "closed" if row.kind == "close" else "done"
    elif "drafts" in accepted and row.approved_by is None:
        state = "waits for approval" + (f" until {moment(row.deadline)}" if row.deadline else "")
    else:
        reached = next((step for step in reversed(CLOSE_STEPS) if step in accepted), "")
        state = f"under way, done up to {reached}" if reached else "begun, no step done yet"
    figures = f"{row.issued} issued, {row.drafts} drafts, EUR {row.gross:,.2f} with VAT, {row.parked} parked, {row.undelivered} undelivered"
    name = f"credit {row.subject}" if row.kind == "credit" else _name(row)
    return f"{name} (on {row.run_on}): {state}; {figures}"
