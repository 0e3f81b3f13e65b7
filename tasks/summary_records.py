"""From rows to the records monthly summaries are drawn from: what was counted, by which rule, and the elements themselves (BT-2.f)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import Connection

import sql
from billing.contract import Contract, term_end
from billing.counting import NO_HISTORY, History, reference_users
from billing.period import DAY, months_after, quarter_of
from reports.records import ElementRecord, InvoiceHead, Reference, SummaryLine, SummaryRecord
from tasks.charging import contracts
from tasks.ledger import Run
from tasks.recurring import QuantityBefore
from tasks.snapshot import Snapshot

# The rules that look at what is there; the others charge what an earlier invoice did, or what was added.
OF_ELEMENTS_THERE = ("counted", "ordered", "minimum_users", "minimum_term", "twelve_months")


@dataclass(frozen=True, slots=True)
class CountedRow:
    """What the close charges of a recurring line by one rule, with the days charged, last days included."""

    invoice_id: int
    owner_id: int
    end_client_id: str
    client_name: str
    contract_id: str
    line_no: int
    line_id: str
    service: str
    description: str
    counted: int | None
    ordered: int
    quantity: int
    rule: str
    clause: str
    first_days: list[date]
    last_days: list[date]
    starts_on: date
    min_months: int | None


@dataclass(frozen=True, slots=True)
class ElementRow:
    """An element of a line, its first day, and whether the snapshot of the close still shows it."""

    line_no: int
    element_id: str
    label: str
    first_day: date
    is_there: bool


@dataclass(frozen=True, slots=True)
class SummaryBasis:
    """What all summaries of a close rest on, read once."""

    period: date
    agreed: dict[str, Contract]
    history: dict[int, History]
    snapshot: Snapshot | None


@dataclass(frozen=True, slots=True)
class Counts:
    """The recurring lines of a batch of invoices by invoice, and their elements by line."""

    lines: dict[int, list[CountedRow]]
    elements: dict[int, list[ElementRow]]


def summary_basis(conn: Connection, run: Run) -> SummaryBasis | None:
    """What the summaries of a close rest on; None for a run that counts nothing."""
    if run.period is None:
        return None
    quarter, period = quarter_of(run.period.first).first, run.period.first
    before = sql.rows(conn, QuantityBefore, "recurring/quantities_before", quarter=quarter, period=period)
    history = {row.line_no: History(row.before_quarter, row.since) for row in before}
    snapshot = sql.one(conn, Snapshot, "documents/snapshot", run_id=run.run_id)
    return SummaryBasis(period, contracts(conn, run), history, snapshot)


def counts(conn: Connection, run: Run, basis: SummaryBasis, invoice_ids: Sequence[int]) -> Counts:
    """What the summaries of some invoices show, in two queries."""
    lines: dict[int, list[CountedRow]] = defaultdict(list)
    elements: dict[int, list[ElementRow]] = defaultdict(list)
    rows = sql.rows(conn, CountedRow, "documents/counted_lines", run_id=run.run_id, import_no=run.import_no, invoice_ids=list(invoice_ids))
    for row in rows:
        lines[row.invoice_id].append(row)
    if basis.snapshot is not None and rows:
        found = sql.rows(
            conn,
            ElementRow,
            "documents/elements",
            run_id=run.run_id,
            import_no=run.import_no,
            line_nos=sorted({row.line_no for row in rows if row.counted is not None}),
            kept_line_nos=sorted({row.line_no for row in rows if row.rule == "twelve_months"}),
        )
        for element in found:
            elements[element.line_no].append(element)
    return Counts(lines, elements)


def summaries(invoice_id: int, head: InvoiceHead, basis: SummaryBasis, found: Counts) -> tuple[tuple[SummaryRecord, bool], ...]:
    """A summary per end client of the invoice, each with whether this invoice is the first of the run with that end client (BT-2.f)."""
    made = []
    for client, group in groupby(found.lines.get(invoice_id, []), lambda row: row.end_client_id):
        rows = list(group)
        record = SummaryRecord(
            head,
            basis.period,
            client,
            rows[0].client_name,
            basis.snapshot.snapshot_on if basis.snapshot else None,
            basis.snapshot.content_hash if basis.snapshot else "",
            basis.snapshot.element_count if basis.snapshot else 0,
            tuple(_line(row, basis, found.elements.get(row.line_no, ())) for row in rows),
        )
        made.append((record, rows[0].owner_id == invoice_id))
    return tuple(made)


def _line(row: CountedRow, basis: SummaryBasis, elements: Sequence[ElementRow]) -> SummaryLine:
    rests_on_count = row.rule in OF_ELEMENTS_THERE
    shown = _elements(row, elements) if rests_on_count else ()
    return SummaryLine(
        row.contract_id,
        row.line_id,
        row.service,
        row.description,
        row.counted if rests_on_count else None,
        row.ordered,
        row.quantity,
        row.rule,
        row.clause,
        tuple(zip(row.first_days, row.last_days, strict=True)),
        _reference(row, basis),
        _until(row, basis, shown),
        shown,
    )


def _elements(row: CountedRow, elements: Sequence[ElementRow]) -> tuple[ElementRecord, ...]:
    """Those counted, then those removed whose twelve months still ran on the first day charged (BT-2.i)."""
    charged_from = row.first_days[0]
    shown = []
    for element in elements:
        past = months_after(element.first_day, 12)
        if element.is_there:
            shown.append(ElementRecord(element.element_id, element.label, element.first_day))
        elif past > charged_from:
            shown.append(ElementRecord(element.element_id, element.label, element.first_day, past - DAY))
    return tuple(shown)


def _reference(row: CountedRow, basis: SummaryBasis) -> Reference | None:
    if row.rule != "minimum_users":
        return None
    history = basis.history.get(row.line_no, NO_HISTORY)
    base = row.ordered if history.before_quarter is None else history.before_quarter
    users = reference_users(row.ordered, history)
    quarter = quarter_of(basis.period).first
    if users > base:
        return Reference(users, "raised", quarter)
    return Reference(users, "ordered" if history.before_quarter is None else "before", quarter)


def _until(row: CountedRow, basis: SummaryBasis, elements: Sequence[ElementRecord]) -> date | None:
    """The last day of what the rule is about."""
    if row.rule == "minimum_term":
        return term_end(basis.agreed[row.contract_id], row.starts_on, row.min_months) - DAY
    if row.rule == "twelve_months":
        return max((element.charged_until for element in elements if element.charged_until), default=None)
    return row.last_days[-1] if row.rule == "previous_invoice" else None


__all__ = ["Counts", "SummaryBasis", "counts", "summaries", "summary_basis"]
