"""From rows to the records documents are drawn from: a batch of invoices at a time, in a handful of queries."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Literal, TypeVar

from sqlalchemy import Connection, Engine

import sql
from billing.phone_numbers import dialled
from reports.records import (
    CallRecord,
    ElementRecord,
    EndClientSection,
    InvoiceHead,
    InvoiceRecord,
    Kind,
    Language,
    LineCalls,
    LineRecord,
    Payer,
    Seller,
    SummaryLine,
    SummaryRecord,
    VatLine,
)
from tasks.ledger import Run
from tasks.settings import Settings

FETCH = 5000
Calls = dict[int, dict[str, list[LineCalls]]]


@dataclass(frozen=True, slots=True)
class HeadRow:
    """An invoice and its payer."""

    invoice_id: int
    number: str
    kind: Kind
    issued_on: date
    due_on: date
    structured_reference: str
    net: Decimal
    vat: Decimal
    gross: Decimal
    period_first: date
    period_last: date
    payer_id: str
    name: str
    street: str
    postal_code: str
    city: str
    country: str
    vat_number: str
    language: Language
    credits_number: str
    credits_on: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of an invoice."""

    invoice_id: int
    end_client_id: str
    end_client_name: str
    contract_id: str
    line_id: str
    service: str
    product: str
    description: str
    charge: str
    from_day: date
    to_day: date
    quantity: Decimal
    unit_price: Decimal | None
    net: Decimal
    clause: str
    note: str


@dataclass(frozen=True, slots=True)
class VatRow:
    """A VAT category and rate of an invoice."""

    invoice_id: int
    vat_category: Literal["S", "AE", "O", "E"]
    vat_rate: Decimal
    base: Decimal
    vat: Decimal


@dataclass(frozen=True, slots=True)
class CountedRow:
    """A recurring line of the close, as the monthly summary shows it."""

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


Row = TypeVar("Row", LineRow, VatRow, CountedRow)


@dataclass(frozen=True, slots=True)
class ElementRow:
    """An element of the snapshot and its first day."""

    line_no: int
    label: str
    first_day: date


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """The snapshot a close used."""

    snapshot_on: date
    content_hash: str


@dataclass(frozen=True, slots=True)
class InvoiceDocuments:
    """All that is drawn for one invoice. A summary comes with whether this invoice is the first of the run with that end client."""

    invoice_id: int
    invoice: InvoiceRecord
    summaries: tuple[tuple[SummaryRecord, bool], ...]


def seller_of(settings: Settings) -> Seller:
    """Who invoices, from the settings."""
    return Seller(
        settings.seller_name,
        settings.seller_street,
        settings.seller_city,
        settings.seller_vat,
        settings.seller_register,
        settings.seller_iban,
        settings.seller_bic,
        settings.seller_email,
        settings.seller_website,
    )


def call_details(engine: Engine, run: Run, settings: Settings) -> Iterator[tuple[int, dict[str, list[LineCalls]]]]:
    """The calls to itemise, invoice by invoice in order of id: end client → its lines. Streamed, so a close's calls never lie in memory."""
    hidden = sorted(hidden_keys(settings.emergency_numbers))
    with engine.connect().execution_options(stream_results=True, yield_per=FETCH) as conn:
        rows = conn.execute(sql.statement("documents/call_details"), {"run_id": run.run_id, "hidden_keys": hidden})
        for invoice_id, of_invoice in groupby(rows, itemgetter(0)):
            clients: dict[str, list[LineCalls]] = defaultdict(list)
            for (client, line), calls in groupby(of_invoice, itemgetter(1, 2)):
                clients[client].append(LineCalls(line, "", tuple(CallRecord(*call[3:]) for call in calls)))
            yield invoice_id, dict(clients)


def hidden_keys(numbers: Iterable[str]) -> set[int]:
    """The callee keys of emergency and help numbers, as dialled and with the country code in front."""
    dialled_keys = {dialled(number).key for number in numbers} - {0}
    return dialled_keys | {int(f"32{-key}") for key in dialled_keys if key < 0}


def records(conn: Connection, run: Run, invoice_ids: Sequence[int], calls: Calls, settings: Settings) -> list[InvoiceDocuments]:
    """What is drawn for the invoices given, in order of id."""
    ids = list(invoice_ids)
    seller, snapshot = seller_of(settings), sql.one(conn, SnapshotRow, "documents/snapshot", run_id=run.run_id)
    lines = _by_invoice(sql.rows(conn, LineRow, "documents/lines", invoice_ids=ids, import_no=run.import_no))
    vat = _by_invoice(sql.rows(conn, VatRow, "documents/vat", invoice_ids=ids))
    counts = _counts(conn, run, ids, snapshot) if run.period else _Counts({}, {})
    made = []
    for row in sql.rows(conn, HeadRow, "documents/heads", invoice_ids=ids):
        head = _head(row, seller)
        invoice = InvoiceRecord(
            head,
            _sections(lines.get(row.invoice_id, []), calls.get(row.invoice_id, {})),
            tuple(VatLine(one.vat_category, one.vat_rate, one.base, one.vat) for one in vat.get(row.invoice_id, [])),
            settings.masked_digits,
        )
        summaries = _summaries(row.invoice_id, head, run.period.first, snapshot, counts) if run.period else ()
        made.append(InvoiceDocuments(row.invoice_id, invoice, summaries))
    return made


def _by_invoice(rows: Iterable[Row]) -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row.invoice_id].append(row)
    return grouped


def _head(row: HeadRow, seller: Seller) -> InvoiceHead:
    payer = Payer(row.payer_id, row.name, row.street, row.postal_code, row.city, row.country, row.vat_number, row.language)
    return InvoiceHead(
        row.number,
        row.kind,
        row.issued_on,
        row.due_on,
        row.period_first,
        row.period_last,
        payer,
        seller,
        row.structured_reference,
        row.net,
        row.vat,
        row.gross,
        row.credits_number,
        row.credits_on,
        row.reason,
    )


def _sections(rows: Sequence[LineRow], calls: dict[str, list[LineCalls]]) -> tuple[EndClientSection, ...]:
    """The lines by end client, each with its subtotal and its calls (CG-2.a)."""
    sections = []
    for client, group in groupby(rows, lambda row: row.end_client_id):
        of_client = list(group)
        names = {row.line_id: row.description for row in reversed(of_client) if row.charge != "usage"}
        itemised = tuple(LineCalls(line.line_id, names.get(line.line_id, ""), line.calls) for line in calls.get(client, []))
        net = sum((row.net for row in of_client), Decimal("0.00"))
        sections.append(EndClientSection(client, of_client[0].end_client_name, tuple(map(_line, of_client)), net, itemised))
    return tuple(sections)


def _line(row: LineRow) -> LineRecord:
    return LineRecord(
        row.contract_id,
        row.line_id,
        row.service,
        row.product,
        row.description,
        row.charge,
        row.from_day,
        row.to_day,
        row.quantity,
        row.unit_price,
        row.net,
        row.clause,
        row.note,
    )


@dataclass(frozen=True, slots=True)
class _Counts:
    """The recurring lines of a batch by invoice, and the elements counted by line."""

    lines: dict[int, list[CountedRow]]
    elements: dict[int, list[ElementRecord]]


def _counts(conn: Connection, run: Run, ids: list[int], snapshot: SnapshotRow | None) -> _Counts:
    counted = sql.rows(conn, CountedRow, "documents/counted_lines", run_id=run.run_id, import_no=run.import_no, invoice_ids=ids)
    elements: dict[int, list[ElementRecord]] = defaultdict(list)
    if snapshot is not None and counted:
        line_nos = sorted({row.line_no for row in counted if row.counted is not None})
        found = sql.rows(
            conn, ElementRow, "documents/elements", import_no=run.import_no, snapshot_on=snapshot.snapshot_on, line_nos=line_nos
        )
        for element in found:
            elements[element.line_no].append(ElementRecord(element.label, element.first_day))
    return _Counts(_by_invoice(counted), elements)


def _summaries(
    invoice_id: int, head: InvoiceHead, period: date, snapshot: SnapshotRow | None, counts: _Counts
) -> tuple[tuple[SummaryRecord, bool], ...]:
    """A summary per end client of the invoice (BT-2.f)."""
    made = []
    for client, group in groupby(counts.lines.get(invoice_id, []), lambda row: row.end_client_id):
        rows = list(group)
        record = SummaryRecord(
            head,
            period,
            client,
            rows[0].client_name,
            snapshot.snapshot_on if snapshot else None,
            snapshot.content_hash if snapshot else "",
            tuple(_summary_line(row, tuple(counts.elements.get(row.line_no, ()))) for row in rows),
        )
        made.append((record, rows[0].owner_id == invoice_id))
    return tuple(made)


def _summary_line(row: CountedRow, elements: tuple[ElementRecord, ...]) -> SummaryLine:
    first_day = min((element.first_day for element in elements), default=None)
    return SummaryLine(
        row.contract_id,
        row.line_id,
        row.service,
        row.description,
        row.counted,
        row.ordered,
        row.quantity,
        row.rule,
        row.clause,
        first_day,
        elements,
    )
