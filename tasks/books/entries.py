"""The journal of a month as it stands in the database, entry by entry."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

import sql
from billing.period import Period


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry with its document; EUR, one of debit and credit is zero."""

    document_no: int
    journal: str
    document: str
    dated_on: date
    due_on: date | None
    account: str
    partner: str
    debit: Decimal
    credit: Decimal
    vat_code: str
    reference: str
    text: str
    entry_text: str


def entries_of(conn: Connection, month: Period) -> list[EntryRow]:
    """The entries of a month in their order."""
    return sql.rows(conn, EntryRow, "books/entries", month=month.first)


__all__ = ["EntryRow", "entries_of"]
