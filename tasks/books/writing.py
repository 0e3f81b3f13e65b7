"""The journal of a month, written to the database and from there to its files; provisional until it is made final."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

import sql
from billing.period import Period
from tasks import gates
from tasks.books.gathering import Booked, of_month
from tasks.books.journal_files import write_files
from tasks.books.months import first_open, is_final, unwritten_before
from tasks.chart_of_accounts import chart_of
from tasks.ledger import Run, in_turn
from tasks.outside import Outside

LOCK = "books"
DOCUMENT = ("month", "document_no", "journal", "document", "dated_on", "due_on", "reference", "text")
ENTRY = ("month", "document_no", "entry_no", "account", "partner", "debit", "credit", "vat_code", "text")
SOURCE = ("source", "source_id", "month", "document_no")


def write_journal(outside: Outside, run: Run, publish: gates.Publish | None = None) -> int:
    """Write the journal of the months that a run bills in, as it stands now; returns how many entries they have.

    What the run dates in a month that is final is booked in the first one that is open. Raises GateStopped when the books do not tie to
    the register of invoices and the ledger of money.
    """
    with outside.engine.connect() as conn:
        opened = first_open(conn)
    asked = {run.folder, f"{run.on:%Y-%m}"}
    months = sorted({month for name in asked for month in _open_for(Period.month(name), opened)})
    return sum(write_month(outside, month, publish) for month in months)


def _open_for(month: Period, opened: Period | None) -> tuple[Period, ...]:
    return (month, opened) if opened and month < opened else (month,)


def write_month(outside: Outside, month: Period, publish: gates.Publish | None = None) -> int:
    """Write the journal of a month: the files of a final one again, a provisional one anew. Returns how many entries it has.

    Months before it that were never written are written first: without them nothing they deferred is earned in it. Later months that are
    written already are written anew with it: they release what it defers, and take back what it accrues.
    """
    with in_turn(outside.engine, LOCK):
        with outside.engine.connect() as conn:
            stands, missing = is_final(conn, month), unwritten_before(conn, month)
        if stands:
            return write_files(outside, month)
        for each in missing:
            _anew(outside, each, publish)
        entries = _anew(outside, month, publish)
        write_later(outside, month, publish)
    return entries


def write_later(outside: Outside, month: Period, publish: gates.Publish | None = None) -> None:
    """Write the months after one anew whose journal is written; whoever calls holds the lock of the books."""
    with outside.engine.connect() as conn:
        later = [Period.month_of(row["month"]) for row in sql.dicts(conn, "books/later_months", month=month.first)]
    for each in later:
        _anew(outside, each, publish)


def _anew(outside: Outside, month: Period, publish: gates.Publish | None) -> int:
    if not replace_and_look(outside, month):
        gates.check_books(outside, month, publish)
    return write_files(outside, month)


def replace_and_look(outside: Outside, month: Period, unbilled: Mapping[str, Decimal] | None = None) -> bool:
    """Replace the provisional journal of a month; returns whether it ties. What came in before the look is booked by writing once more."""
    for _ in range(2):
        replace(outside, month, unbilled)
        if gates.books_tie(outside, month):
            return True
    return False


def replace(outside: Outside, month: Period, unbilled: Mapping[str, Decimal] | None = None) -> None:
    """Replace the provisional journal of a month, in one transaction; whoever calls holds the lock of the books."""
    with outside.engine.begin() as conn:
        sql.run(conn, "books/lock")
        sql.run(conn, "books/forget", month=month.first)
        sql.run(conn, "books/begin_month", month=month.first)
        _store(conn, month.first, of_month(conn, month, chart_of(outside.settings), unbilled))


def _store(conn: Connection, month: date, found: Sequence[Booked]) -> None:
    numbered = list(enumerate(found, start=1))
    sql.copy_in(conn, "journal_document", DOCUMENT, (_document(month, number, one) for number, one in numbered))
    entries = ((number, seq, entry) for number, one in numbered for seq, entry in enumerate(one.booking.entries, start=1))
    sql.copy_in(
        conn,
        "journal_entry",
        ENTRY,
        ((month, number, seq, e.account, e.partner, e.debit, e.credit, e.vat_code, e.text) for number, seq, e in entries),
    )
    sources = ((name, key, month, number) for number, one in numbered for name, key in one.sources)
    sql.copy_in(conn, "journal_source", SOURCE, sources)


def _document(month: date, number: int, one: Booked) -> tuple[object, ...]:
    told = one.booking
    return month, number, told.journal, told.document, told.dated_on, told.due_on, told.reference, told.text


__all__ = ["LOCK", "replace", "replace_and_look", "write_journal", "write_later", "write_month"]
