"""The reports of a close: gathered once, written as a page, a workbook, the gate page and the Data Docs behind it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Literal

from sqlalchemy import Connection

import sql
from billing.ageing import BUCKETS, OpenAmount, aged
from billing.money import CENT, ZERO
from billing.period import BRUSSELS, Period
from reports import gate_page
from reports.close_records import (
    NOTHING,
    AgeingBucket,
    ChargeTotal,
    CloseReport,
    Decision,
    DocumentFiles,
    DunningLevel,
    Failed,
    FileEntry,
    InvoiceRow,
    NotInForce,
    Parked,
    PayerChange,
    Policy,
    Receivables,
    Review,
    State,
    Totals,
)
from reports.close_report import render
from reports.close_workbook import workbook
from tasks import gates
from tasks.ageing import in_favour_on
from tasks.close_comparison import LastClose, TrafficRow, compared, destinations, last_close, named_changes, partners, services
from tasks.close_reconciliation import reconciliation
from tasks.judging import write_data_docs
from tasks.ledger import Run, Stopped, begun_close, is_accepted
from tasks.outside import Outside
from tasks.payments import open_invoices_on
from tasks.segments import policies_in_use
from tasks.store import file_name

SHOWN = 20  # of the largest changes
OURS = frozenset({"close_report.html", "close_report.xlsx", "gates.html"})
FOLDERS = frozenset({"rated_usage", "winbooks"})  # beside them lie documents, letters and pages, which are counted and not listed


@dataclass(frozen=True, slots=True)
class _Head:
    approved_by: str
    approved_at: datetime | None
    snapshot_on: date | None
    elements: int
    content_hash: str
    issued_on: date | None
    order_invoices: int
    order_net: Decimal


@dataclass(frozen=True, slots=True)
class _Asked:
    asked_at: datetime
    deadline: datetime


@dataclass(frozen=True, slots=True)
class _Decision:
    decision: Literal["approve", "reject", "exclude"]
    decided_by: str
    decided_at: datetime
    comment: str
    excluded: list[str]
    why_not: str


@dataclass(frozen=True, slots=True)
class _Deliveries:
    mailed: int
    published: int


@dataclass(frozen=True, slots=True)
class _Invoice:
    number: str
    kind: str
    payer_id: str
    name: str
    net: Decimal
    vat: Decimal
    gross: Decimal
    due_on: date | None
    path: str


def write_reports(outside: Outside, run: Run, *, folder: str, state: State) -> dict[str, int]:
    """Write the reports of a close below `folder` of the store; returns how many pages of Data Docs there are.

    Drafts are shown as they stand. The same run gives the same bytes, as long as nothing dated by its close date has come in and no file
    beside it was written anew since.
    """
    with outside.engine.connect().execution_options(isolation_level="REPEATABLE READ") as conn:  # all figures of one moment
        report = gather(outside, conn, run, folder=folder, state=state)
    outside.out.write(f"{folder}/close_report.html", render(report))
    outside.out.write(f"{folder}/close_report.xlsx", workbook(report))
    outside.out.write(f"{folder}/gates.html", gate_page.html(report.gates, run.name))
    return {"pages of Data Docs": copy_data_docs(outside, run, folder)}


def write_again(outside: Outside, period: Period) -> str:
    """Write the reports of a month again, as its close stands; returns where the page lies.

    Raises Stopped for a month whose close was never begun, or has no drafts yet.
    """
    month = f"{period.first:%Y-%m}"
    run = begun_close(outside.engine, period, f"; `billing close {month}` closes it")
    if not is_accepted(outside.engine, run.run_id, "drafts"):
        raise Stopped(f"{run.name} has no drafts yet, so there is nothing to report; `billing close {month} --on {run.on}` goes on with it")
    state: State = "closed" if is_accepted(outside.engine, run.run_id, "issue") else "waiting"
    write_reports(outside, run, folder=run.folder, state=state)
    return f"{run.name}: {outside.out.url(f'{run.folder}/close_report.html')}"


def gather(outside: Outside, conn: Connection, run: Run, *, folder: str, state: State) -> CloseReport:
    """Returns all that the reports of a close show, as its run stands, read as of the import its drafts were made with."""
    drafted_with = sql.scalar(conn, "report/drafted_with", run_id=run.run_id)
    run = run if drafted_with is None else replace(run, import_no=drafted_with)
    last = last_close(conn, run)
    versions = {"run_id": run.run_id, "import_no": run.import_no}
    head = sql.one(conn, _Head, "report/head", run_id=run.run_id)
    sent = sql.one(conn, _Deliveries, "report/deliveries", run_id=run.run_id)
    assert head is not None
    assert sent is not None
    assert run.period is not None
    rated = sql.rows(conn, TrafficRow, "report/traffic", **versions)
    billed = [row for row in rated if row.is_billed or state != "preview"]  # a preview may be of some payers alone
    invoices = tuple(_linked(outside, row, folder) for row in sql.rows(conn, _Invoice, "report/invoices", run_id=run.run_id))
    reasons, compared_payers = compared(conn, run, last)
    payers = named_changes(conn, run, last, compared_payers, {row.payer_id: row.link for row in sorted(invoices, key=_size) if row.link})
    return CloseReport(
        state=state,
        month=run.period.first,
        on=run.on,
        before=last.period if last else None,
        issued_on=head.issued_on,
        review=_review(outside, conn, run, head),
        totals=_totals(conn, run.run_id),
        totals_before=_totals(conn, last.run_id) if last else NOTHING,
        reasons=reasons,
        services=services(conn, run, last),
        partners=partners(conn, run, last),
        destinations=destinations(conn, run, last, billed),
        changes=_largest(outside, folder, payers) if last else (),
        charges=tuple(sql.rows(conn, ChargeTotal, "report/charges", run_id=run.run_id)),
        gates=gates.stored(conn, run),
        parked=tuple(sql.rows(conn, Parked, "report/parked", **versions)),
        not_in_force=tuple(sql.rows(conn, NotInForce, "report/not_in_force", **versions)),
        failed=tuple(sql.rows(conn, Failed, "report/failed", run_id=run.run_id)),
        mailed=sent.mailed,
        published=sent.published,
        reconciliation=reconciliation(conn, run, last, state, rated),
        receivables=_receivables(conn, run.on),
        dunning=_dunning(conn, run, last),
        policies=tuple(Policy(segment, one.name, one.source) for segment, one in policies_in_use(outside.settings, run.on).items()),
        snapshot_on=head.snapshot_on,
        elements=head.elements,
        content_hash=head.content_hash,
        order_invoices=head.order_invoices,
        order_net=head.order_net,
        documents=tuple(sql.rows(conn, DocumentFiles, "report/documents", run_id=run.run_id)),
        files=_files(outside, folder),
        invoices=invoices,
        payers=payers,
    )


def copy_data_docs(outside: Outside, run: Run, folder: str) -> int:
    """Write the Data Docs of the run to `data_docs` below a folder of the store; returns how many pages."""
    written = write_data_docs(gates.project_folder(outside.settings, run.name))
    files = [file for file in sorted(written.rglob("*")) if file.is_file()]
    for file in files:
        outside.out.write(f"{folder}/data_docs/{file.relative_to(written).as_posix()}", file.read_bytes())
    return sum(file.suffix == ".html" for file in files)


def _totals(conn: Connection, run_id: int) -> Totals:
    found = sql.one(conn, Totals, "report/totals", run_id=run_id)
    assert found is not None
    return found


def _review(outside: Outside, conn: Connection, run: Run, head: _Head) -> Review:
    asked = sql.one(conn, _Asked, "report/asked", run_id=run.run_id)
    decided = sql.rows(conn, _Decision, "report/decisions", run_id=run.run_id)
    return Review(
        asked_at=_here(asked.asked_at) if asked else None,
        deadline=_here(asked.deadline) if asked else None,
        approvals_needed=outside.settings.approvals_needed,
        decisions=tuple(_decision(one) for one in decided),
        approved_by=head.approved_by,
        approved_at=_here(head.approved_at) if head.approved_at else None,
    )


def _decision(one: _Decision) -> Decision:
    return Decision(one.decision, one.decided_by, _here(one.decided_at), one.comment, tuple(one.excluded), one.why_not)


def _here(moment: datetime) -> datetime:
    """A moment as clocks in Brussels show it."""
    return moment.astimezone(BRUSSELS)


def _linked(outside: Outside, row: _Invoice, folder: str) -> InvoiceRow:
    """The row with its link from the folder of the report."""
    path = PurePosixPath(row.path)
    link = str(path.relative_to(folder)) if row.path and path.is_relative_to(folder) else ""
    return InvoiceRow(row.number, row.kind, row.payer_id, row.name, row.net, row.vat, row.gross, row.due_on, link)


def _size(row: InvoiceRow) -> Decimal:
    return abs(row.net)


def _largest(outside: Outside, folder: str, payers: Sequence[PayerChange]) -> tuple[PayerChange, ...]:
    """The payers whose bill changed most, the largest change first, each with its document, or the draft that was drawn of it."""
    changed = sorted((one for one in payers if one.change), key=lambda one: (-abs(one.change), one.payer_id))[:SHOWN]
    drafts = {one.payer_id: f"drafts/{file_name(one.payer_id)}.pdf" for one in changed if not one.link}
    drawn = {payer_id: link for payer_id, link in drafts.items() if outside.out.exists(f"{folder}/{link}")}
    return tuple(replace(one, link=one.link or drawn.get(one.payer_id, "")) for one in changed)


def _receivables(conn: Connection, on: date) -> Receivables:
    found = open_invoices_on(conn, on)
    ages = aged((OpenAmount(one.due_on, one.open_amount, one.contested.quantize(CENT)) for one in found), on)
    buckets = zip(BUCKETS, ages.amounts, ages.contested, strict=True)
    return Receivables(
        on,
        tuple(AgeingBucket(bucket, amount, contested) for bucket, amount, contested in buckets),
        debtors=len({one.payer_id for one in found}),
        in_favour=sum((one.amount for one in in_favour_on(conn, on)), ZERO),
    )


def _dunning(conn: Connection, run: Run, last: LastClose | None) -> tuple[DunningLevel, ...]:
    after = last.on if last else date(1, 1, 1)
    return tuple(sql.rows(conn, DunningLevel, "report/dunning", after=after, on=run.on))


def _files(outside: Outside, folder: str) -> tuple[FileEntry, ...]:
    """The files beside the report, with their hashes; documents and pages are left out, and the reports themselves."""
    found = []
    for path in outside.out.paths(folder):
        inside = PurePosixPath(path).relative_to(folder)
        if str(inside) not in OURS and (len(inside.parts) == 1 or inside.parts[0] in FOLDERS):
            stored = outside.out.hashed(path)
            found.append(FileEntry(str(inside), stored.size, stored.sha256))
    return tuple(found)


__all__ = ["copy_data_docs", "gather", "write_again", "write_reports"]
