"""A person says where the money of a movement goes, `billing allocate` or the form. What was said before stays on record."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection, Engine

import sql
from billing.collected import match_batch
from billing.money import ZERO
from tasks.bank.matching import movement_of, read_books, read_collected
from tasks.bank.placing import Place, places_of, put
from tasks.ledger import Stopped
from tasks.payments import Balance

log = logging.getLogger(__name__)

BY_HAND = "by hand"


class AllocationRefused(Stopped):
    """Money that was not allocated; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class AllocationReceipt:
    """What of a movement went where; `unmatched` is what still waits. EUR."""

    movement_no: int
    placed: Sequence[tuple[str, Decimal]]
    unmatched: Decimal

    def __str__(self) -> str:
        parts = ", ".join(f"{amount} EUR {where}" for where, amount in self.placed)
        left = f"; {self.unmatched} EUR stay unmatched" if self.unmatched else ""
        return f"movement {self.movement_no}: {parts}{left}"


def allocate(engine: Engine, movement_no: int, named: Sequence[str], *, by: str) -> AllocationReceipt:
    """Put a movement on the invoices named, or on those of the batch of direct debits that is named alone. Raises AllocationRefused."""
    if len(named) == 1 and named[0].startswith("DD-"):
        return allocate_to_batch(engine, movement_no, named[0], by=by)
    return allocate_to_invoices(engine, movement_no, named, by=by)


def allocate_to_invoices(engine: Engine, movement_no: int, invoices: Sequence[str], *, by: str) -> AllocationReceipt:
    """Put what is unmatched of a movement, or on account, on invoices in the order given, each up to what is open of it.

    Of a movement that hands money back, what was paid of each invoice is taken back. Raises AllocationRefused for an unknown movement or
    invoice, one that takes nothing, or when nothing of the movement is left to place.
    """
    with engine.begin() as conn:
        free = _free(conn, movement_no, by, ("unmatched", "on_account"))
        placed: list[tuple[str, Decimal]] = []
        for number in dict.fromkeys(invoices):
            left = sum((held.amount for held in free), ZERO)
            share = _share(conn, number, left)
            free = _move(conn, movement_no, free, Place("invoice", number, None, share), by)
            placed.append((f"on invoice {number}", share))
    return _told(movement_no, placed, free, by)


def allocate_to_batch(engine: Engine, movement_no: int, batch: str, *, by: str) -> AllocationReceipt:
    """Say that a movement is the credit of a batch of direct debits: its invoices are paid, and a return of one finds its money.

    Raises AllocationRefused as `allocate_to_invoices` does, and when the batch does not come to what is unmatched.
    """
    with engine.begin() as conn:
        free = _free(conn, movement_no, by, ("unmatched",))
        sql.run(conn, "bank/lock_open")
        left = sum((held.amount for held in free), ZERO)
        match = match_batch(left, batch, read_collected(conn), read_books(conn))
        if match is None:
            raise AllocationRefused(f"no batch {batch} waits for {left} EUR; its name stands in the file of its direct debits, as PmtInfId")
        placed = [(Place("invoice", number, None, share), f"on invoice {number}") for number, share in match.shares]
        placed += [(Place("on_account", None, payer_id, rest), f"on account of {payer_id}") for payer_id, rest in match.on_account]
        for to, _ in placed:
            free = _move(conn, movement_no, free, to, by)
        sql.run(conn, "bank/note_credited", movement_no=movement_no, numbers=list(match.collected))
    return _told(movement_no, [(where, to.amount) for to, where in placed], free, by)


def allocate_on_account(engine: Engine, movement_no: int, payer_id: str, *, by: str) -> AllocationReceipt:
    """Put what is unmatched of a movement on account of a payer. Raises AllocationRefused as `allocate_to_invoices` does."""
    with engine.begin() as conn:
        free = _free(conn, movement_no, by, ("unmatched",))
        if sql.scalar(conn, "statement/payer", payer_id=payer_id) is None:
            raise AllocationRefused(f"there is no payer {payer_id}; give the payer_id of contracts.csv")
        left = sum((held.amount for held in free), ZERO)
        if left < 0:
            raise AllocationRefused(f"movement {movement_no} hands money back; name the invoices that are open again by it")
        free = _move(conn, movement_no, free, Place("on_account", None, payer_id, left), by)
    return _told(movement_no, [(f"on account of {payer_id}", left)], free, by)


def set_aside(engine: Engine, movement_no: int, *, by: str) -> AllocationReceipt:
    """Say that what is unmatched of a movement is no payer's money, a tax refund say. Raises AllocationRefused as the others."""
    with engine.begin() as conn:
        free = _free(conn, movement_no, by, ("unmatched",))
        left = sum((held.amount for held in free), ZERO)
        free = _move(conn, movement_no, free, Place("aside", None, None, left), by)
    return _told(movement_no, [("is no payer's money", left)], free, by)


def _free(conn: Connection, movement_no: int, by: str, places: tuple[str, ...]) -> list[Place]:
    """What of a movement a person may place, the unmatched first; the movement locked."""
    if not by.strip():
        raise AllocationRefused("money is allocated on somebody's word; give --by NAME")
    sql.run(conn, "bank/lock_movement", movement_no=movement_no)
    if movement_of(conn, movement_no) is None:
        raise AllocationRefused(f"there is no movement {movement_no}; its number stands in unmatched.csv")
    free = [held for place in places for held in places_of(conn, movement_no) if held.place == place]
    if not free:
        raise AllocationRefused(f"nothing of movement {movement_no} is unmatched; what waits stands in unmatched.csv")
    return free


def _share(conn: Connection, number: str, left: Decimal) -> Decimal:
    """How much of the money left an invoice takes: what is open of it, or what was paid of it where money is handed back."""
    sql.run(conn, "payments/lock", number=number)
    balance = sql.one(conn, Balance, "payments/balance", number=number)
    if balance is None or balance.kind == "credit_note":
        raise AllocationRefused(f"there is no invoice {number}; its number stands on the PDF and in invoices.csv")
    if left == 0:
        raise AllocationRefused(f"nothing is left for invoice {number}; name fewer invoices")
    able = balance.left if left > 0 else balance.paid - balance.given_up
    if able <= 0:
        why = "nothing is open of it" if left > 0 else "nothing was paid of it"
        raise AllocationRefused(f"invoice {number} takes no part of {left} EUR: {why}; check the number, or put it on account of a payer")
    return min(left, able) if left > 0 else max(left, -able)


def _move(conn: Connection, movement_no: int, free: list[Place], to: Place, by: str) -> list[Place]:
    """Take the amount out of where it is, in turn, and put it where it goes; returns what is free after it."""
    wanted, rest = to.amount, list[Place]()
    for held in free:
        taken = min(wanted, held.amount) if to.amount > 0 else max(wanted, held.amount)
        put(conn, movement_no, Place(held.place, held.number, held.payer_id, -taken), BY_HAND, by=by.strip())
        wanted -= taken
        if held.amount != taken:
            rest.append(Place(held.place, held.number, held.payer_id, held.amount - taken))
    put(conn, movement_no, to, BY_HAND, by=by.strip())
    return rest


def _told(movement_no: int, placed: list[tuple[str, Decimal]], free: list[Place], by: str) -> AllocationReceipt:
    receipt = AllocationReceipt(movement_no, placed, sum((held.amount for held in free if held.place == "unmatched"), ZERO))
    log.info("%s, by %s", receipt, by.strip())
    return receipt


__all__ = [
    "AllocationReceipt", "AllocationRefused", "allocate", "allocate_on_account", "allocate_to_batch", "allocate_to_invoices", "set_aside",
]  # fmt: skip
