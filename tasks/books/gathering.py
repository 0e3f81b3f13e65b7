"""What a month books: documents of the register, money of the ledger, and what its end brings."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from sqlalchemy import Connection

import sql
from billing.accounts import Chart
from billing.journal import (
    Booking,
    Means,
    Part,
    Place,
    Sale,
    SoldLine,
    VatAmount,
    accrual,
    booking_of_entries,
    movement,
    release,
    sale,
    settlement,
    taken_back,
)
from billing.journal import Entry as JournalEntry
from billing.numbering import InvoiceKind
from billing.period import Period
from tasks.books.income import DaysRow, earned_in
from tasks.books.months import first_open

Source = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Booked:
    """A document of the journal, and the things of the ledger it books: none for what the end of a month brings."""

    booking: Booking
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the register; EUR."""

    invoice_id: int
    kind: InvoiceKind
    number: str
    payer_id: str
    issued_on: date
    due_on: date
    gross: Decimal
    reference: str
    credits: str

    @property
    def sale(self) -> Sale:
        """As the rule sees it."""
        return Sale(self.kind, self.number, self.payer_id, self.issued_on, self.due_on, self.gross, self.reference, self.credits)


@dataclass(frozen=True, slots=True)
class LineRow(DaysRow):
    """Lines of one kind of a document."""

    invoice_id: int
    vat_category: str
    vat_rate: Decimal


@dataclass(frozen=True, slots=True)
class VatRow:
    """VAT of a document, EUR."""

    invoice_id: int
    vat_category: str
    vat_rate: Decimal
    vat: Decimal


@dataclass(frozen=True, slots=True)
class MovementRow:
    """A part of a movement of the bank; EUR."""

    movement_no: int
    booked_on: date
    allocation_no: int
    place: Place
    amount: Decimal
    came: Decimal
    payer_id: str
    number: str
    iban: str
    from_day: date
    statement_number: str
    seq: int
    reference: str

    @property
    def text(self) -> str:
        """The statement and the place in it."""
        statement = f"{self.from_day:%Y}/{self.statement_number}" if self.statement_number else f"of {self.from_day}"
        return f"{self.iban} statement {statement}, movement {self.seq}"


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment without a movement of the bank; EUR."""

    payment_no: int
    paid_on: date
    amount: Decimal
    payer_id: str
    number: str
    means: Means
    reason: str


PREFIX: Mapping[Means, str] = {"bank": "PAY", "deposits": "DEP", "write_offs": "LOSS"}


def of_month(conn: Connection, month: Period, chart: Chart, unbilled: Mapping[str, Decimal] | None = None) -> list[Booked]:
    """All that a month books, in the order of its journal; with `unbilled` the traffic no invoice bills yet, by revenue account, EUR."""
    opened = first_open(conn)
    stretch = {"first": month.first, "past": month.past, "open_from": opened.first if opened else None}
    earned = earned_in(conn, month, chart)
    found = [
        *_back(conn, month),
        *_documents(conn, stretch, month, chart),
        *_movements(conn, stretch, chart),
        *_payments(conn, stretch, chart),
    ]
    if earned:
        found.append(Booked(release(month, earned, chart)))
    if unbilled:
        found.append(Booked(accrual(month, unbilled, chart)))
    return found


def _back(conn: Connection, month: Period) -> Iterator[Booked]:
    """What the month before accrued, taken back."""
    before = month.previous_month()
    entries = sql.rows(conn, JournalEntry, "books/entries_of_document", month=before.first, document=f"ACC-{before}")
    if entries:
        yield Booked(taken_back(booking_of_entries(f"ACC-{before}", before.last, entries), month))


def _documents(conn: Connection, stretch: Mapping[str, object], month: Period, chart: Chart) -> Iterator[Booked]:
    documents = sql.rows(conn, Document, "books/documents", **stretch)
    ids = [one.invoice_id for one in documents]
    lines: dict[int, list[SoldLine]] = defaultdict(list)
    for row in sql.rows(conn, LineRow, "books/lines", invoice_ids=ids, last=month.last):
        lines[row.invoice_id].append(SoldLine(row.account(chart), row.net, row.vat_category, row.vat_rate, row.days))
    taxed: dict[int, list[VatAmount]] = defaultdict(list)
    for tax in sql.rows(conn, VatRow, "books/vat", invoice_ids=ids):
        taxed[tax.invoice_id].append(VatAmount(tax.vat_category, tax.vat_rate, tax.vat))
    for one in documents:
        booked = sale(one.sale, lines[one.invoice_id], taxed[one.invoice_id], month.last, chart)
        yield Booked(booked, (("invoice", one.invoice_id),))


def _movements(conn: Connection, stretch: Mapping[str, object], chart: Chart) -> Iterator[Booked]:
    rows = sql.rows(conn, MovementRow, "books/movements", **stretch)
    for movement_no, group in groupby(rows, key=lambda row: row.movement_no):
        found = list(group)
        head = found[0]
        parts = [Part(row.place, row.amount, row.payer_id, row.number) for row in found]
        document = f"BNK-{movement_no}" if head.came else f"BNK-{movement_no}-{head.allocation_no}"
        booked = movement(document, head.booked_on, head.came, parts, head.reference, head.text, chart)
        moved: list[Source] = [("movement", movement_no)] if head.came else []
        yield Booked(booked, (*moved, *(("allocation", row.allocation_no) for row in found)))


def _payments(conn: Connection, stretch: Mapping[str, object], chart: Chart) -> Iterator[Booked]:
    for row in sql.rows(conn, PaymentRow, "books/payments", **stretch):
        document = f"{PREFIX[row.means]}-{row.payment_no}"
        booked = settlement(document, row.paid_on, row.amount, row.payer_id, row.number, row.means, row.reason, chart)
        yield Booked(booked, (("payment", row.payment_no),))


__all__ = ["Booked", "of_month"]
