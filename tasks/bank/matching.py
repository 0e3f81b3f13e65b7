"""Matching with the ledger: what is owed and what was paid before is read, the rule decides, and its answer is written."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

import sql
from billing.bank import Movement
from billing.collected import Collected, Item, match_collected, match_return
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
from billing.money import ZERO
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
    batch_id: str

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
        self._collected = read_collected(conn)
        self.matched: Counter[str] = Counter()

    def place(self, movement_no: int, movement: Movement, *, waited: bool = False) -> None:
        """Put the money of a movement where it belongs; what cannot be said stays, or is put, with the unmatched."""
        if movement.is_return and movement.amount < 0:
            how = self._return(movement_no, movement, waited)
        else:
            match = match_collected(movement, self._collected, self._books) or match_payment(movement, self._books)
            how = self._put(movement_no, movement, match, waited)
            if match.collected:
                sql.run(self._conn, "bank/note_credited", movement_no=movement_no, numbers=list(match.collected))
                self._collected.note_credit(match, movement_no, movement.amount)
        self.matched[how] += not (waited and how == UNMATCHED)

    def _put(self, movement_no: int, movement: Movement, match: Match, waited: bool) -> str:
        """Returns how it was matched. What waited and still cannot be said is left as it is."""
        if not (waited and match.how == UNMATCHED):
            put_match(self._conn, movement_no, movement, match, waited=waited)
            self._books.note(movement, match)
        return match.how

    def _return(self, movement_no: int, movement: Movement, waited: bool) -> str:
        item = self._collected.named(movement.end_to_end_id)
        if item is not None:
            return self._return_collected(movement_no, movement, item, waited)
        taken = sql.rows(self._conn, MovementRow, "bank/taken", amount=-movement.amount, booked_on=movement.booked_on)
        returned_no = find_returned(movement, map(_taken, taken))
        if returned_no is not None:
            brought = self._collected.brought_by(returned_no)
            if brought is not None:
                self._note_return(brought, movement_no)
            return self._put_return(movement_no, movement, returned_no, waited)
        paid = self._paid()
        number = invoice_returned(movement, self._books, paid)
        item = None if number is None else self._collected.of_invoice(number)
        if item is not None and item.credited_by is not None:
            return self._return_collected(movement_no, movement, item, waited)
        match = Match(UNMATCHED, unmatched=movement.amount) if number is None else Match(BY_RETURN, ((number, movement.amount),))
        return self._put(movement_no, movement, match, waited)

    def _return_collected(self, movement_no: int, movement: Movement, item: Item, waited: bool) -> str:
        """A debit handed back: from where its money is. One that comes before the money waits for it; a second one waits for a person."""
        match = Match(UNMATCHED, unmatched=movement.amount)
        if item.amount == -movement.amount and item.returned_by in (None, movement_no):
            self._note_return(item, movement_no)
            if item.credited_by is not None and item.credit == item.amount:  # its money came alone
                return self._put_return(movement_no, movement, item.credited_by, waited)
            if item.credited_by is not None:
                on_account = sql.scalar(self._conn, "bank/on_account", payer_id=item.payer_id)
                match = match_return(movement, item, paid=self._paid().get(item.number, ZERO), on_account=on_account)
        return self._put(movement_no, movement, match, waited)

    def _note_return(self, item: Item, movement_no: int) -> None:
        sql.run(self._conn, "bank/note_returned", movement_no=movement_no, number=item.number)
        self._collected.note_return(item, movement_no)

    def _put_return(self, movement_no: int, movement: Movement, returned_no: int, waited: bool) -> str:
        self._books.note(movement, put_return(self._conn, movement_no, movement, returned_no, waited=waited))
        return BY_RETURN

    def _paid(self) -> dict[str, Decimal]:
        return {one.number: one.amount for one in sql.rows(self._conn, PaidOf, "bank/paid")}


def match_waiting(conn: Connection) -> Counter[str]:
    """Look again at what is unmatched: an invoice may have been issued since, or an account become known. Returns how many, by how."""
    rows = sql.rows(conn, MovementRow, "bank/waiting")
    if not rows:
        return Counter()
    matcher = Matcher(conn)
    for row in rows:
        matcher.place(row.movement_no, row.movement, waited=True)
    return matcher.matched


class LedgerBooks(Books):
    """What is open, read at once, and what is settled, read when it is named: all that was ever issued is more every month."""

    def __init__(self, conn: Connection, accounts: Mapping[str, set[str]]) -> None:
        super().__init__(sql.rows(conn, Owed, "bank/owed"), accounts)
        self._conn = conn

    def of_reference(self, digits: str) -> Owed | None:
        """The invoice of a communication, also when nothing is open of it."""
        return super().of_reference(digits) or self._read(reference=f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++")

    def open_amount_of(self, number: str) -> Decimal:
        """What is open of an invoice; below zero where more was paid than is due."""
        if not self.knows(number):
            self._read(number=number)
        return super().open_amount_of(number)

    def note(self, movement: Movement, match: Match) -> None:
        """Take a match that is in the ledger into account for those that follow; a settled invoice is read as it is after it."""
        known = tuple(share for share in match.shares if self.knows(share[0]))
        for number, _ in match.shares:
            if not self.knows(number):
                self._read(number=number)
        super().note(movement, replace(match, shares=known))

    def _read(self, number: str = "", reference: str = "") -> Owed | None:
        one = sql.one(self._conn, Owed, "bank/owed_of", number=number, reference=reference)
        if one is not None:
            self.enter(one)
        return one


def read_books(conn: Connection) -> Books:
    """What is owed now, and who paid from which account."""
    accounts: dict[str, set[str]] = defaultdict(set)
    for one in sql.rows(conn, AccountOf, "bank/accounts"):
        accounts[one.iban].add(one.payer_id)
    return LedgerBooks(conn, accounts)


def read_collected(conn: Connection) -> Collected:
    """What was collected, and what became of it."""
    return Collected(sql.rows(conn, Item, "bank/collected"))


def movement_of(conn: Connection, movement_no: int) -> MovementRow | None:
    """A movement of the ledger by its number, None when there is none."""
    return sql.one(conn, MovementRow, "bank/movement", movement_no=movement_no)


def _taken(row: MovementRow) -> Taken:
    said = communications_of(row.movement)
    return Taken(row.movement_no, row.amount, row.counterparty_iban, said, row.end_to_end_id, row.mandate_id)


__all__ = ["Matcher", "MovementRow", "match_waiting", "movement_of", "read_books", "read_collected"]
