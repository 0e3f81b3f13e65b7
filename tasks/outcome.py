"""How a run ends: a sentence for whoever started it, a named state and a checklist for the Prefect pages."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ParamSpec

from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed
from sqlalchemy import Connection

import sql
from tasks import gates
from tasks.artifacts import in_a_run, show
from tasks.credit import sentence
from tasks.ledger import Run, Stopped, approved_by, is_accepted
from tasks.outside import Outside
from tasks.review.shown import asked_until

P = ParamSpec("P")
Outcome = str | State[str]

WAITING = "Waiting for approval"
WORDS = {
    "feed": "Feed imported",
    "snapshot": "Inventory frozen",
    "rating": "Usage rated",
    "recurring": "Recurring charges",
    "one_off": "One-off charges",
    "late_charges": "Late charges",
    "drafts": "Drafts",
    "issue": "Invoices issued",
    "documents": "Documents",
    "delivery": "Delivered",
    "report": "Close report",
}
CLOSE = ("feed", "snapshot", "rating", "recurring", "drafts", "issue", "documents", "delivery", "report")
CREDIT = ("feed", "drafts", "issue", "documents", "delivery")
LATE_CHARGES = ("late_charges", "drafts", "issue", "documents", "delivery")
ORDERS = ("feed", "one_off", "drafts", "issue", "documents", "delivery")

# What a person opens of a month, as far as it is there: files, and a folder.
FILES = {
    "close_report.html": "Close report",
    "close_report.xlsx": "Workbook of the report",
    "gates.html": "Checks",
    "data_docs/index.html": "Data Docs: every check with its figures",
    "drafts": "Drafts of the largest changes",
    "invoices.csv": "Invoices",
    "invoice_lines.csv": "Lines of the invoices",
    "journal.csv": "Journal",
}
AMOUNTS = {"Net": "net", "VAT": "vat", "With VAT": "gross"}


@dataclass(frozen=True, slots=True)
class Before:
    """What the close before billed; amounts in EUR."""

    period: date
    net: Decimal
    vat: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """What a run bills; amounts in EUR."""

    invoices: int
    credit_notes: int
    payers: int
    net: Decimal
    vat: Decimal
    gross: Decimal
    parked: int

    def __str__(self) -> str:
        notes = f" and {_many(self.credit_notes, 'credit note')}" if self.credit_notes else ""
        sent = f"{_many(self.invoices, 'invoice')}{notes} to {_many(self.payers, 'payer')}"
        parked = f", {_many(self.parked, 'payer')} parked" if self.parked else ""
        return f"{sent}, EUR {self.net:,.2f} net, EUR {self.gross:,.2f} with VAT{parked}"


def _many(count: object, noun: str) -> str:
    """`1 payer`, `2 payers`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def stops_plainly(work: Callable[P, Outcome]) -> Callable[P, Outcome]:
    """A flow that was stopped fails with the reason as its message, not with a trace of our code; alone it raises as any function."""

    @functools.wraps(work)
    def stopped_plainly(*args: P.args, **kwargs: P.kwargs) -> Outcome:
        try:
            return work(*args, **kwargs)
        except Stopped as reason:
            if not in_a_run():
                raise
            return Failed(message=str(reason), data=reason)

    return stopped_plainly


def step_done(receipt: str | None) -> Outcome:
    """The end of a step: what it did, or that it was accepted before."""
    return ended("Accepted before", "accepted before") if receipt is None else ended("Completed", receipt)


def waiting_for_approval(outside: Outside, run: Run) -> Outcome:
    """The end of a run whose drafts nobody approved yet."""
    how = f"run it again with --approve (`billing {run.name} --on {run.on} --approve`), or with approve switched on in the form"
    page = gates.write_page(outside, run)
    look = f"look at {page}, then " if page else ""
    with outside.engine.connect() as conn:
        asked = asked_until(outside, conn, run)
    return ended(WAITING, f"{run.name}: waiting for approval of {totals(outside, run)}; {look}{how}{'; ' + asked if asked else ''}")


def closed(outside: Outside, run: Run) -> Outcome:
    """The end of a run that did everything."""
    return ended("Closed" if run.period else "Invoiced", f"{run.name} is done: {totals(outside, run)}")


def credited(outside: Outside, run: Run, *, done_before: bool) -> Outcome:
    """The end of a credit run: which credit note did it, whether now or when the same was asked before."""
    with outside.engine.connect() as conn:
        what = sentence(conn, run)
    return ended("Credited", f"{what}; it was asked before on {run.on}, nothing is done twice" if done_before else what)


def repeated(outside: Outside, run: Run, step: str) -> Outcome:
    """The end of a run that repeated a step of an issued close."""
    return ended("Completed", f"{run.name}: {step} done again; its {totals(outside, run)} stand as they were issued")


def done(message: str) -> Outcome:
    """The end of a run that says one sentence."""
    return ended("Completed", message)


def totals(outside: Outside, run: Run) -> Totals:
    """What the run bills as its invoices stand."""
    with outside.engine.connect() as conn:
        found = sql.one(conn, Totals, "runs/totals", run_id=run.run_id)
    assert found is not None
    return found


def close_before(conn: Connection, run: Run) -> Before | None:
    """What the close before a close billed, None for the first."""
    return sql.one(conn, Before, "review/close_before", run_id=run.run_id)


def show_checklist(outside: Outside, run: Run) -> None:
    """Show how far the run is, what it bills once that is drafted, and where its files are."""
    if in_a_run():
        show(f"checklist-{run.name}", checklist(outside, run), description=f"Checklist of the {run.name}")
        if is_accepted(outside.engine, run.run_id, "drafts"):
            show(f"totals-{run.name}", totals_table(outside, run), description=f"Totals of the {run.name}")


def checklist(outside: Outside, run: Run) -> str:
    """The steps of the run, each with what it did and what its gate found, as a markdown page."""
    with outside.engine.connect() as conn:
        receipts = {row["step"]: row["receipt"] for row in sql.dicts(conn, "runs/receipts", run_id=run.run_id)}
        gates = {row["gate"]: row for row in sql.dicts(conn, "runs/gates", run_id=run.run_id)}
    lines = [
        f"# {run.name}",
        f"Close date {run.on}." if run.period else f"Day {run.on}.",
        "",
        "| step | state | did | gate |",
        "|---|---|---|---|",
    ]
    for step in {"close": CLOSE, "orders": ORDERS, "credit": CREDIT, "late_charges": LATE_CHARGES}[run.kind]:
        passed = step in receipts or (step == "feed" and bool(receipts))
        did = ", ".join(f"{name} {value}" for name, value in receipts.get(step, {}).items())
        lines.append(f"| {WORDS[step]} | {'done' if passed else 'open'} | {did} | {_verdict(gates.get(step))} |")
        if step == "drafts" and run.period:
            lines.append(_approval_row(outside, run, drafted=passed))
    return "\n".join([*lines, "", *_links(outside, run, drawn="documents" in receipts)])


def totals_table(outside: Outside, run: Run) -> str:
    """What the run bills, a close beside the one before it, as a markdown page."""
    found = totals(outside, run)
    with outside.engine.connect() as conn:
        before = close_before(conn, run) if run.period else None
    table = amounts_table(found, before, run.of)
    return "\n".join([f"# {run.name}: totals", "", f"{found}.", "", table, "", *_links(outside, run, drawn=False)])


def amounts_table(now: Totals, before: Before | None, called: str) -> str:
    """The amounts of a run, beside those of the close before when there is one, as a markdown table; `called` heads its column."""
    pairs = [(word, getattr(now, name), getattr(before, name, None)) for word, name in AMOUNTS.items()]
    if before is None:
        return "\n".join([f"| EUR | {called} |", "|---|---:|", *(f"| {word} | {amount:,.2f} |" for word, amount, _ in pairs)])
    head = f"| EUR | {called} | close {before.period:%Y-%m} | change |"
    rows = [f"| {word} | {amount:,.2f} | {then:,.2f} | {amount - then:+,.2f} |" for word, amount, then in pairs]
    return "\n".join([head, "|---|---:|---:|---:|", *rows])


def _approval_row(outside: Outside, run: Run, *, drafted: bool) -> str:
    """The row of the approval: who gave it, or until when who is asked."""
    by = approved_by(outside.engine, run)
    with outside.engine.connect() as conn:
        asked = asked_until(outside, conn, run) if drafted and by is None else ""
    state = "done" if by else "waiting" if asked else "open"
    return f"| Approved | {state} | {by or asked} | |"


def _verdict(gate: dict[str, object] | None) -> str:
    if gate is None:
        return ""
    if gate["critical"]:
        return f"STOPPED by {gate['critical']} of {gate['checks']} checks"
    return f"{gate['checks']} checks, {_many(gate['warnings'], 'warning')}" if gate["warnings"] else f"{gate['checks']} checks passed"


def _links(outside: Outside, run: Run, *, drawn: bool) -> list[str]:
    """Where the files of the run are: on the report pages of `billing ui` when they are served, else where they lie."""
    invoices = [page_link(outside, "Invoices as PDF and e-invoice", f"{run.folder}/invoices/")] if drawn else []
    return [f"- {link}" for link in [*links_to(outside, run.folder, FILES), *invoices]]


def links_to(outside: Outside, folder: str, opened: Mapping[str, str]) -> list[str]:
    """A markdown link to each of the files and folders below `folder` that is there, by its words; a folder that is empty is not."""
    links = []
    for name, words in opened.items():
        path = f"{folder}/{name}"
        if outside.out.exists(path):
            links.append(page_link(outside, words, path))
        elif outside.out.paths(path):
            links.append(page_link(outside, words, f"{path}/"))
    return links


def page_link(outside: Outside, words: str, path: str) -> str:
    """A markdown link to a file of the store, or its place when no report pages are served."""
    pages = outside.settings.reports_url
    return f"[{words}]({pages.rstrip('/')}/{path})" if pages else f"{words}: `{outside.out.url(path)}`"


def ended(name: str, message: str) -> Outcome:
    """The message, and in a Prefect run a state of that name with it."""
    return Completed(name=name, message=message, data=message) if in_a_run() else message
