"""Everything accounted for: each usage record that was imported, each element of the inventory, each euro that was charged."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from sqlalchemy import Connection

import sql
from billing.money import ZERO
from reports.close_records import Part, ReconciliationRow, State
from tasks.close_comparison import LastClose, TrafficRow
from tasks.ledger import Run

STATUSES = {
    1: ("Charged", "on the invoices"),
    2: ("In the pack", "covered by an allowance"),
    3: ("Free", "incoming, emergency, not answered, or at a rate of zero"),
    4: ("Held", "contract or line not in force; billed when it is"),
    5: ("Unrated", "no rate yet; billed by the first close that has one"),
}
ELEMENTS = {
    "counted": ("Counted", "on a line this close charges"),
    "parked": ("Payer parked", "the next close counts them"),
    "not_in_force": ("Contract not in force", "not billed until it is (GC-2.2)"),
    "not_begun": ("Service not begun", "the line begins after the close date"),
    "ended": ("Service ended", "still on the platform; have them removed"),
    "billed_before": ("Billed before", "the days are charged already"),
    "at_order": ("Billed once", "charged when they were ordered"),
    "other_kind": ("Of another kind", "not what the line orders; correct the line or the platform"),
    "left_out": ("Of payers not in this preview", "or of none it can name"),
    "no_line": ("On no line", "no order line is known; add it to order_lines.csv"),
}
CHARGES = {
    "recurring": ("Recurring", "users, numbers, channels, packs, and balances of ended contracts"),
    "once": ("One-off", "what was charged once"),
    "usage": ("Usage", "calls, messages and data"),
    "given_back": ("Given back", "days after the end of a service"),
    "sla_credit": ("SLA credits", "used up on the invoices"),
}
DOCUMENTS = {"invoice": "Invoices", "credit_note": "Credit notes", "debit_note": "Debit notes"}
CATEGORIES = {"S": "VAT", "AE": "VAT reverse charge", "O": "Outside VAT", "E": "VAT exempt"}


@dataclass(frozen=True, slots=True)
class RowsRead:
    """Rows of usage files that were read, and what became of them."""

    rows_read: int
    accepted: int
    known: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Records:
    """Usage records to settle, new and left by the last close, and those left to the next one without a look at their rate."""

    new: int
    left_before: int
    after_cutoff: int
    handed_over: int


@dataclass(frozen=True, slots=True)
class ElementsRow:
    """Elements of the inventory that went one way."""

    why: str
    elements: int


@dataclass(frozen=True, slots=True)
class Charged:
    """What the steps charged of a kind, EUR without VAT: payers with a document, parked payers, all others."""

    kind: str
    billed: Decimal
    parked: Decimal
    others: Decimal


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What parked payers were left out with, EUR without VAT, and for how many of them that was not noted."""

    amount: Decimal
    not_noted: int


@dataclass(frozen=True, slots=True)
class DocumentSums:
    """The totals of the documents of a kind, and the sum of their lines. EUR."""

    kind: str
    net: Decimal
    vat: Decimal
    gross: Decimal
    lines: Decimal


@dataclass(frozen=True, slots=True)
class VatSums:
    """What the VAT tables of the documents say of a category and a rate. EUR."""

    category: str
    rate: Decimal
    base: Decimal
    vat: Decimal


def reconciliation(
    conn: Connection, run: Run, last: LastClose | None, state: State, rated: Iterable[TrafficRow]
) -> tuple[ReconciliationRow, ...]:
    """Every record, every element and every euro of a close: where it came from, where it went; each row must leave nothing."""
    return (*_records(conn, run, last, rated), *_elements(conn, run, state), *_euros(conn, run, state))


def _records(conn: Connection, run: Run, last: LastClose | None, rated: Iterable[TrafficRow]) -> list[ReconciliationRow]:
    read = sql.one(conn, RowsRead, "report/rows_read", after_import=last.import_no if last else 0, import_no=run.import_no)
    settled = sql.one(conn, Records, "report/records", run_id=run.run_id)
    assert read is not None
    assert settled is not None
    statuses: Counter[int] = Counter()
    parked = settled.handed_over
    for row in rated:
        if row.is_parked:
            parked += row.records
        else:
            statuses[row.status] += row.records
    rows = ReconciliationRow(
        "records",
        "Rows of usage files read since the last close",
        (_count("Read", read.rows_read),),
        (
            _count("Imported", read.accepted, "new records"),
            _count("Known already", read.known, "delivered or read before"),
            _count("Rejected", read.rejected, "listed in rejects.csv; read again once corrected"),
        ),
    )
    records = ReconciliationRow(
        "records",
        "Usage records to settle",
        (_count("Imported since the last close", settled.new), _count("Left by the last close", settled.left_before)),
        (
            *(_count(what, statuses[status], meaning) for status, (what, meaning) in STATUSES.items()),
            _count("After the cut-off", settled.after_cutoff, "started on or after the close date; rated by the next close"),
            _count("Of parked payers", parked, "handed over to the next close"),
        ),
    )
    return [rows, records]


def _elements(conn: Connection, run: Run, state: State) -> list[ReconciliationRow]:
    found = {row.why: row.elements for row in sql.rows(conn, ElementsRow, "report/elements", run_id=run.run_id, import_no=run.import_no)}
    if state == "preview" and "" in found:  # of payers whom it leaves out, nothing is known of what they lack
        found["left_out"] = found.pop("")
    shown = (why for why in ELEMENTS if why == "counted" or found.get(why))
    total = sum(found.values())
    return [
        ReconciliationRow(
            "elements",
            "Elements of the inventory",
            (_count("In the snapshot", total),),
            tuple(_count(ELEMENTS[why][0], found.get(why, 0), ELEMENTS[why][1]) for why in shown),
        )
    ]


def _euros(conn: Connection, run: Run, state: State) -> list[ReconciliationRow]:
    charged = {row.kind: row for row in sql.rows(conn, Charged, "report/charged", run_id=run.run_id, import_no=run.import_no)}
    documents = sql.rows(conn, DocumentSums, "report/documents_by_kind", run_id=run.run_id)
    said = _said_by_the_steps(conn, run)
    return [
        *([_of_the_steps(conn, run, state, said, charged)] if said else []),
        ReconciliationRow(
            "euros",
            "Charges of billed payers",
            tuple(Part(what, charged[kind].billed, meaning) for kind, (what, meaning) in CHARGES.items() if kind in charged),
            tuple(Part(f"Lines of {DOCUMENTS[one.kind].lower()}", one.lines) for one in _ordered(documents)),
        ),
        ReconciliationRow(
            "euros",
            "Lines",
            tuple(Part(f"Lines of {DOCUMENTS[one.kind].lower()}", one.lines) for one in _ordered(documents)),
            tuple(Part(f"{DOCUMENTS[one.kind]}, net", one.net) for one in _ordered(documents)),
        ),
        *_vat(conn, run, documents),
        ReconciliationRow(
            "euros",
            "Net and VAT",
            (Part("Net", sum((one.net for one in documents), ZERO)), Part("VAT", sum((one.vat for one in documents), ZERO))),
            tuple(Part(f"{DOCUMENTS[one.kind]}, gross", one.gross) for one in _ordered(documents)),
        ),
    ]


def _of_the_steps(
    conn: Connection, run: Run, state: State, said: Mapping[str, Decimal], charged: Mapping[str, Charged]
) -> ReconciliationRow:
    """What the steps said they charged, against what stands and what was released with parked payers."""
    left = sql.one(conn, LeftOut, "report/left_out", run_id=run.run_id)
    assert left is not None
    of_credits = charged["sla_credit"].billed if "sla_credit" in charged else ZERO
    billed = sum((row.billed for row in charged.values()), ZERO) - of_credits
    others = sum((row.others for row in charged.values()), ZERO)
    parked = left.amount if not left.not_noted else sum(said.values(), ZERO) - billed - others
    asked_for_part = state == "preview" and others
    return ReconciliationRow(
        "euros",
        "Charged by the steps",
        tuple(Part(what, amount) for what, amount in said.items()),
        (
            Part("Charges of billed payers", billed, "before SLA credits"),
            Part("Of parked payers", parked, "released; the next close charges it"),
            *([Part("Of payers not in this preview", others)] if asked_for_part else []),
        ),
    )


def _said_by_the_steps(conn: Connection, run: Run) -> dict[str, Decimal]:
    """What rating and charging noted when they were done; nothing of runs without such notes."""
    receipts = {str(row["step"]): row["receipt"] for row in sql.dicts(conn, "runs/receipts", run_id=run.run_id)}
    named = (("Recurring and one-off", "recurring", "net", 1), ("Usage", "rating", "net", 1), ("Given back", "recurring", "given back", -1))
    try:
        return {what: sign * Decimal(receipts[step][figure]) for what, step, figure, sign in named if figure in receipts[step]}
    except (KeyError, InvalidOperation):
        return {}


def _vat(conn: Connection, run: Run, documents: Iterable[DocumentSums]) -> list[ReconciliationRow]:
    taxed = sql.rows(conn, VatSums, "report/vat", run_id=run.run_id)
    return [
        ReconciliationRow(
            "euros",
            "Bases of VAT",
            tuple(Part(_category(one), one.base) for one in taxed),
            tuple(Part(f"{DOCUMENTS[one.kind]}, net", one.net) for one in _ordered(documents)),
        ),
        ReconciliationRow(
            "euros",
            "VAT",
            tuple(Part(_category(one), one.vat) for one in taxed),
            tuple(Part(f"{DOCUMENTS[one.kind]}, VAT", one.vat) for one in _ordered(documents)),
        ),
    ]


def _category(one: VatSums) -> str:
    return f"{CATEGORIES[one.category]} {one.rate.normalize():f} %" if one.category == "S" else CATEGORIES[one.category]


def _ordered(documents: Iterable[DocumentSums]) -> list[DocumentSums]:
    return sorted(documents, key=lambda one: list(DOCUMENTS).index(one.kind))


def _count(what: str, number: int, meaning: str = "") -> Part:
    return Part(what, Decimal(number), meaning)


__all__ = ["reconciliation"]
