"""From rows to the records documents are drawn from: a batch of invoices at a time, in a handful of queries."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Literal, TypeVar

from sqlalchemy import Connection, Engine

import sql
from billing.contract import Contract
from billing.fixed_term import fixed_term, term_of_line
from billing.phone_numbers import dialled
from reports.records import (
    CallRecord,
    Collection,
    ContractTerm,
    EndClientSection,
    InvoiceHead,
    InvoiceRecord,
    Kind,
    Language,
    LateRecord,
    LineCalls,
    LineRecord,
    PackUse,
    Payer,
    Seller,
    SummaryRecord,
    VatCategory,
    VatLine,
)
from tasks.charging import contracts
from tasks.collecting.announcing import told
from tasks.late_records import late_records
from tasks.ledger import Run
from tasks.letterhead import letterhead
from tasks.settings import Settings
from tasks.summary_records import SummaryBasis, counts, summaries, summary_basis

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
    replaces_number: str
    peppol_id: str
    email: str


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of an invoice; the last two are of its order line."""

    invoice_id: int
    line_seq: int
    credits_line_seq: int | None
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
    vat_category: VatCategory
    vat_rate: Decimal
    starts_on: date | None
    min_months: int | None


@dataclass(frozen=True, slots=True)
class VatRow:
    """A VAT category and rate of an invoice."""

    invoice_id: int
    vat_category: VatCategory
    vat_rate: Decimal
    base: Decimal
    vat: Decimal


@dataclass(frozen=True, slots=True)
class PackRow:
    """A pool that the calls of an invoice drew from, see reports.records.PackUse."""

    invoice_id: int
    end_client_id: str
    destination_group: str
    unit: Literal["seconds", "bytes"]
    month: date
    used: int
    allowance: int


Row = TypeVar("Row", LineRow, VatRow, PackRow)


@dataclass(frozen=True, slots=True)
class Basis:
    """What all documents of a run rest on, read once: the contracts, which of them were terminated, and what was counted."""

    agreed: dict[str, Contract]
    terminated: frozenset[str]
    counted: SummaryBasis | None


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
        settings.qr_reference,
    )


def call_details(
    engine: Engine, run: Run, settings: Settings, invoice_ids: Sequence[int] | None = None
) -> Iterator[tuple[int, dict[str, list[LineCalls]]]]:
    """The calls to itemise, invoice by invoice in order of id: end client → its lines. Streamed, so a close's calls never lie in memory.

    Of the invoices given, or None for all of the run.
    """
    hidden = sorted(hidden_keys(settings.emergency_numbers))
    known = {"run_id": run.run_id, "hidden_keys": hidden, "invoice_ids": None if invoice_ids is None else list(invoice_ids)}
    with engine.connect().execution_options(stream_results=True, yield_per=FETCH) as conn:
        rows = conn.execute(sql.statement("documents/call_details"), known)
        for invoice_id, of_invoice in groupby(rows, itemgetter(0)):
            clients: dict[str, list[LineCalls]] = defaultdict(list)
            for (client, line), calls in groupby(of_invoice, itemgetter(1, 2)):
                clients[client].append(LineCalls(line, "", tuple(CallRecord(*call[3:]) for call in calls)))
            yield invoice_id, dict(clients)


def hidden_keys(numbers: Iterable[str]) -> set[int]:
    """The callee keys of emergency and help numbers, as dialled and with the country code in front."""
    dialled_keys = {dialled(number).key for number in numbers} - {0}
    return dialled_keys | {int(f"32{-key}") for key in dialled_keys if key < 0}


def basis_of(conn: Connection, run: Run) -> Basis:
    """What the documents of the run rest on."""
    terminated = frozenset(row["contract_id"] for row in sql.dicts(conn, "documents/terminated", import_no=run.import_no))
    return Basis(contracts(conn, run), terminated, summary_basis(conn, run))


def records(
    conn: Connection, run: Run, invoice_ids: Sequence[int], calls: Calls, settings: Settings, basis: Basis, *, drafts: bool = False
) -> list[InvoiceDocuments]:
    """What is drawn for the invoices given, in order of id; `drafts` as they would be issued by the run, without number and reference."""
    ids, seller = list(invoice_ids), letterhead(seller_of(settings), settings)
    lines = _by_invoice(sql.rows(conn, LineRow, "documents/lines", invoice_ids=ids, import_no=run.import_no))
    vat = _by_invoice(sql.rows(conn, VatRow, "documents/vat", invoice_ids=ids))
    packs = _by_invoice(sql.rows(conn, PackRow, "documents/packs", invoice_ids=ids, run_id=run.run_id))
    counted = counts(conn, run, basis.counted, ids) if basis.counted else None
    late = late_records(conn, ids) if run.kind == "late_charges" else {}
    made = []
    heads = sql.rows(conn, HeadRow, "documents/heads", invoice_ids=ids)
    if drafts:
        heads = [_to_be_issued(row, run) for row in heads]
    debited = {} if drafts else told(conn, settings, {row.invoice_id: (row.issued_on, row.due_on) for row in heads if row.gross > 0})
    for row in heads:
        head, of_invoice = _head(row, seller, debited.get(row.invoice_id)), lines.get(row.invoice_id, [])
        invoice = InvoiceRecord(
            head,
            _sections(of_invoice, calls.get(row.invoice_id, {}), head, _Behind(basis, late, packs.get(row.invoice_id, ()))),
            tuple(VatLine(one.vat_category, one.vat_rate, one.base, one.vat) for one in vat.get(row.invoice_id, [])),
            settings.masked_digits,
            _terms(of_invoice, head, basis),
        )
        attached = summaries(row.invoice_id, head, basis.counted, counted) if basis.counted and counted else ()
        made.append(InvoiceDocuments(row.invoice_id, invoice, attached))
    return made


def _to_be_issued(row: HeadRow, run: Run) -> HeadRow:
    """A draft as its run would issue it, with nothing in it that only an issue gives."""
    first, last = row.period_first or run.on, row.period_last or run.on  # of one that bills nothing but an SLA credit
    return replace(row, number="", issued_on=run.on, due_on=run.on, structured_reference="", period_first=first, period_last=last)


def _by_invoice(rows: Iterable[Row]) -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row.invoice_id].append(row)
    return grouped


def _head(row: HeadRow, seller: Seller, collection: Collection | None) -> InvoiceHead:
    payer = Payer(
        row.payer_id,
        row.name,
        row.street,
        row.postal_code,
        row.city,
        row.country,
        row.vat_number,
        row.language,
        row.peppol_id,
        row.email,
    )
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
        row.replaces_number,
        collection,
    )


@dataclass(frozen=True, slots=True)
class _Behind:
    """What stands behind the lines: the contracts, the packs drawn from, and of a debit note what each line was computed from."""

    basis: Basis
    late: Mapping[tuple[int, int], LateRecord]
    packs: Sequence[PackRow]


def _sections(
    rows: Sequence[LineRow], calls: dict[str, list[LineCalls]], head: InvoiceHead, behind: _Behind
) -> tuple[EndClientSection, ...]:
    """The lines by end client, each with its subtotal and its calls (CG-2.a)."""
    sections = []
    for client, group in groupby(rows, lambda row: row.end_client_id):
        of_client = list(group)
        names = {row.line_id: row.description for row in reversed(of_client) if row.charge != "usage"}
        itemised = tuple(LineCalls(line.line_id, names.get(line.line_id, ""), line.calls) for line in calls.get(client, []))
        net = sum((row.net for row in of_client), Decimal("0.00"))
        late = behind.late
        lines = tuple(_line(row, _own_term(row, head, behind.basis), late.get((row.invoice_id, row.line_seq))) for row in of_client)
        packs = tuple(_pack(row) for row in behind.packs if row.end_client_id == client)
        sections.append(EndClientSection(client, of_client[0].end_client_name, lines, net, itemised, packs))
    return tuple(sections)


def _pack(row: PackRow) -> PackUse:
    return PackUse(row.destination_group, row.unit, row.month, row.used, row.allowance)


def _line(row: LineRow, term_until: date | None, late: LateRecord | None) -> LineRecord:
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
        row.line_seq,
        row.credits_line_seq,
        term_until,
        late,
        row.vat_category,
        row.vat_rate,
    )


def _own_term(row: LineRow, head: InvoiceHead, basis: Basis) -> date | None:
    """The last day of a minimum term that is the line's own; a prepaid subscription is bought by terms and needs none."""
    contract = basis.agreed.get(row.contract_id)
    if head.kind != "invoice" or head.issued_on is None or contract is None or row.starts_on is None:
        return None
    if row.charge not in ("recurring", "pro_rata") or row.service == "web_meeting":
        return None
    return term_of_line(contract, row.starts_on, row.min_months, head.issued_on)


def _terms(rows: Sequence[LineRow], head: InvoiceHead, basis: Basis) -> tuple[ContractTerm, ...]:
    """The terms of the contracts with something that recurs on an invoice, where there is something to say of them."""
    if head.kind != "invoice" or head.issued_on is None:
        return ()
    found = []
    for contract_id in sorted({row.contract_id for row in rows if row.charge in ("recurring", "pro_rata")} & set(basis.agreed)):
        term = fixed_term(basis.agreed[contract_id], head.issued_on, is_terminated=contract_id in basis.terminated)
        if term is not None:
            found.append(ContractTerm(contract_id, term.until))
    return tuple(found)
