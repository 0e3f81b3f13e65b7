"""The money of `billing status`: what came in and where it is, how far the bank's statements reach, and what waits for a person."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

import sql
from tasks.bank.receipt import LedgerTotals
from tasks.disputes import late_claims

SHOWN = 10  # names on a line; the list they come from has all


@dataclass(frozen=True, slots=True)
class BankRow:
    """How many movements wait for a person, statements for the one before them, and files of which something is refused."""

    unmatched: int
    statements_waiting: int
    files_refused: int


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account and the last statement booked of it; EUR."""

    iban: str
    number: int | None
    to_day: date
    closing: Decimal


@dataclass(frozen=True, slots=True)
class ProposedRow:
    """A suspension order that waits for approval."""

    order_no: int
    payer_id: str
    ordered_on: date


@dataclass(frozen=True, slots=True)
class UnreachedRow:
    """A payer and what did not reach it."""

    payer_id: str
    what: str


def money_lines(conn: Connection) -> list[str]:
    """Returns the lines about money, none where nothing came in and nobody waits for anything."""
    totals, bank = sql.one(conn, LedgerTotals, "bank/totals"), sql.one(conn, BankRow, "status/bank")
    assert totals is not None
    assert bank is not None
    accounts = sql.rows(conn, AccountRow, "status/accounts")
    return [
        *(_money(totals, bank) if accounts else ()),
        *(f"{one.iban}: statements booked up to {one.to_day}, balance EUR {one.closing:,.2f}" for one in accounts),
        *_files(bank),
        *_orders(sql.rows(conn, ProposedRow, "status/proposed_orders")),
        *_unreached(sql.rows(conn, UnreachedRow, "status/unreached")),
        *_late(late_claims(conn, date.max)),
    ]


def _money(totals: LedgerTotals, bank: BankRow) -> Iterator[str]:
    places = f"{totals.on_invoices:,.2f} on invoices, {totals.on_account:,.2f} on account, {totals.unmatched:,.2f} unmatched"
    waiting = f" ({_count(bank.unmatched, 'movement')}, see unmatched.csv)" if bank.unmatched else ""
    yield f"EUR {totals.received:,.2f} received by bank: {places}{waiting}"


def _files(bank: BankRow) -> Iterator[str]:
    if bank.statements_waiting:
        waits = "waits" if bank.statements_waiting == 1 else "wait"
        yield f"{_count(bank.statements_waiting, 'bank statement')} {waits} for one before it; `billing bank` names what is missing"
    if bank.files_refused:
        yield f"{_count(bank.files_refused, 'bank file')} refused, a payment may be in it; `billing bank` says why"


def _orders(orders: Sequence[ProposedRow]) -> Iterator[str]:
    if orders:
        names = _named(f"{one.order_no} ({one.payer_id}, since {one.ordered_on})" for one in orders)
        waits = "waits" if len(orders) == 1 else "wait"
        yield f"{_count(len(orders), 'suspension order')} {waits} for approval: {names}; see `billing suspensions`"


def _unreached(payers: Sequence[UnreachedRow]) -> Iterator[str]:
    if payers:
        names = _named(f"{one.payer_id} ({one.what})" for one in payers)
        yield f"{_count(len(payers), 'payer')} cannot be reached: {names}; correct the addresses in parties.csv"


def _late(late: Sequence[object]) -> Iterator[str]:
    if late:
        waits = "waits" if len(late) == 1 else "wait"
        yield f"{_count(len(late), 'late claim')} {waits} for a decision (GC-14.2); see `billing disputes`"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _named(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - SHOWN} more" if len(every) > SHOWN else ""
    return ", ".join(every[:SHOWN]) + more


__all__ = ["money_lines"]
