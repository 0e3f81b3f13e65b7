"""unmatched.csv: the money nobody could place, with what a person may look at first."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

import sql
from billing.collected import Collected
from billing.matching import suggestions
from tasks.bank.matching import MovementRow, read_books, read_collected
from tasks.csv_files import write_csv
from tasks.outside import Outside

FILE = "unmatched.csv"


@dataclass(frozen=True, slots=True)
class UnmatchedRow(MovementRow):
    """A movement of which something is unmatched, with its statement. EUR."""

    iban: str
    number: int | None
    to_day: date
    unmatched: Decimal


@dataclass(frozen=True, slots=True)
class PayerName:
    """A payer by name."""

    payer_id: str
    name: str


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """A row of unmatched.csv; amounts in EUR, below zero for money handed back. Nobody acts on a suggestion by itself."""

    movement: int
    booked_on: date
    value_on: date
    amount: Decimal
    unmatched: Decimal
    counterparty_iban: str
    counterparty_name: str
    communication: str
    text: str
    return_reason: str
    account: str
    statement: str
    suggestions: str


def worklist(conn: Connection) -> list[WorklistRow]:
    """All money that waits for a person, oldest first."""
    rows = sql.rows(conn, UnmatchedRow, "bank/unmatched")
    if not rows:
        return []
    books, collected = read_books(conn), read_collected(conn)
    names = {one.payer_id: one.name for one in sql.rows(conn, PayerName, "bank/payer_names")}
    return [_row(row, "; ".join([*_batches(row, collected), *suggestions(row.movement, books, names)])) for row in rows]


def _batches(row: UnmatchedRow, collected: Collected) -> list[str]:
    return [f"{name}: direct debits that come to it" for name in collected.that_come_to(row.unmatched)]


def write_worklist(outside: Outside) -> int:
    """Write unmatched.csv, also when it is empty; returns how many rows it has."""
    with outside.engine.connect() as conn:
        rows = worklist(conn)
    write_csv(outside.out, FILE, WorklistRow, rows)
    return len(rows)


def _row(row: UnmatchedRow, suggested: str) -> WorklistRow:
    statement = str(row.to_day) if row.number is None else f"{row.to_day.year}/{row.number}"
    return WorklistRow(
        row.movement_no, row.booked_on, row.value_on, row.amount, row.unmatched, row.counterparty_iban, row.counterparty_name,
        row.reference, row.text, row.return_reason, row.iban, statement, suggested,
    )  # fmt: skip


__all__ = ["WorklistRow", "worklist", "write_worklist"]
