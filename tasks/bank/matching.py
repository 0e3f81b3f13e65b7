"""Matching with the ledger: what is owed and what was paid before is read, the rule decides, and its answer is written."""

from collections import Counter, defaultdict
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

import sql
from billing.bank import Movement
from billing.matching import (
    BY_RETURN,
    UNMATCHED,
    Books,
    Match,
    Owed,
    Taken,
    communications_of,
    find_returned,
    invoice_returned,
    match_payment,
)
from tasks.bank.placing import put_match, put_return


@dataclass(frozen=True, slots=True)
class AccountOf:
    """An account that paid for a payer."""

    iban: str
    payer_id: str


@dataclass(frozen=True, slots=True)
class PaidOf:
    """What is paid of an invoice."""

    number: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class MovementRow:
    """A movement of the ledger, with its number there."""

    movement_no: int
    seq: int
    bank_reference: str
    booked_on: date
    value_on: date
    amount: Decimal
    counterparty_iban: str
    counterparty_name: str
    reference: str
    text: str
    end_to_end_id: str
    mandate_id: str
    is_return: bool
    return_reason: str

    @property
    def movement(self) -> Movement:
        """The movement as the rules take it."""
        return Movement(**{field.name: getattr(self, field.name) for field in fields(Movement)})


class Matcher:
    """The books of one transaction: what is owed, locked, and kept up to date match by match."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        sql.run(conn, "bank/lock_open")  # a statement of its own: what is open is read after the wait
        self._books = read_books(conn)
        self.matched: Counter[str] = Counter()

    def place(self, movement_no: int, movement: Movement, *, waited: bool = False) -> None:
        """Put the money of a movement where it belongs; what cannot be said stays, or is put, with the unmatched."""
        if movement.is_return and movement.amount < 0:
            how = self._return(movement_no, movement, waited)
        else:
            match = match_payment(movement, self._books)
            how = match.how
            if not (waited and how == UNMATCHED):
                put_match(self._conn, movement_no, movement, match, waited=waited)
                self._books.note(movement, match)
        self.matched[how] += not (waited and how == UNMATCHED)

    def _return(self, movement_no: int, movement: Movement, waited: bool) -> str:
        taken = sql.rows(self._conn, MovementRow, "bank/taken", amount=-movement.amount, booked_on=movement.booked_on)
        returned_no = find_returned(movement, map(_taken, taken))
        if returned_no is not None:
            self._books.note(movement, put_return(self._conn, movement_no, movement, returned_no, waited=waited))
            return BY_RETURN
        paid = {one.number: one.amount for one in sql.rows(self._conn, PaidOf, "bank/paid")}
        number = invoice_returned(movement, self._books, paid)
        if number is None and waited:
            return UNMATCHED
        match = Match(UNMATCHED, unmatched=movement.amount) if number is None else Match(BY_RETURN, ((number, movement.amount),))
        put_match(self._conn, movement_no, movement, match, waited=waited)
        self._books.note(movement, match)
        return match.how


def match_waiting(conn: Connection) -> Counter[str]:
    """Look again at what is unmatched: an invoice may have been issued since, or an account become known. Returns how many, by how."""
    rows = sql.rows(conn, MovementRow, "bank/waiting")
    if not rows:
        return Counter()
    matcher = Matcher(conn)
    for row in rows:
        matcher.place(row.movement_no, row.movement, waited=True)
    return matcher.matched


def read_books(conn: Connection) -> Books:
    """What is owed now, and who paid from which account."""
    accounts: dict[str, set[str]] = defaultdict(set)
    for one in sql.rows(conn, AccountOf, "bank/accounts"):
        accounts[one.iban].add(one.payer_id)
    return Books(sql.rows(conn, Owed, "bank/owed"), accounts)


def movement_of(conn: Connection, movement_no: int) -> MovementRow | None:
    """A movement of the ledger by its number, None when there is none."""
    return sql.one(conn, MovementRow, "bank/movement", movement_no=movement_no)


def _taken(row: MovementRow) -> Taken:
    said = communications_of(row.movement)
    return Taken(row.movement_no, row.amount, row.counterparty_iban, said, row.end_to_end_id, row.mandate_id)


__all__ = ["Matcher", "MovementRow", "match_waiting", "movement_of", "read_books"]
