"""Where the money of a movement is put: each placing is a row that stays, and one on an invoice is a payment of it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from sqlalchemy import Connection

import sql
from billing.bank import Movement
from billing.matching import BY_RETURN, OUTGOING, UNMATCHED, Match

Where = Literal["invoice", "on_account", "unmatched", "aside"]


@dataclass(frozen=True, slots=True)
class Place:
    """What of a movement is in a place: on the invoice `number`, on account of `payer_id`, unmatched, or aside. EUR."""

    place: Where
    number: str | None
    payer_id: str | None
    amount: Decimal


def places_of(conn: Connection, movement_no: int) -> list[Place]:
    """Where the money of a movement is now; no place twice, none empty."""
    return sql.rows(conn, Place, "bank/places", movement_no=movement_no)


def put(conn: Connection, movement_no: int, to: Place, how: str, *, returns: int | None = None, by: str = "") -> None:
    """Put an amount in a place; a negative one takes out of it. Nothing is done for 0.00."""
    if not to.amount:
        return
    sql.run(
        conn,
        "bank/place",
        movement_no=movement_no,
        place=to.place,
        number=to.number,
        payer_id=to.payer_id,
        amount=to.amount,
        how=how,
        returns_movement_no=returns,
        decided_by=by,
    )


def put_match(conn: Connection, movement_no: int, movement: Movement, match: Match, *, waited: bool) -> None:
    """Put the money of a movement where the match says; one that `waited` is taken from the unmatched first."""
    if waited:
        put(conn, movement_no, Place("unmatched", None, None, -movement.amount), match.how)
    if match.how == OUTGOING:
        put(conn, movement_no, Place("aside", None, None, movement.amount), OUTGOING)
    for number, amount in match.shares:
        put(conn, movement_no, Place("invoice", number, None, amount), match.how)
    for payer_id, amount in match.on_account:
        put(conn, movement_no, Place("on_account", None, payer_id, amount), match.how)
    put(conn, movement_no, Place("unmatched", None, None, match.unmatched), UNMATCHED)


def put_return(conn: Connection, movement_no: int, movement: Movement, returned_no: int, *, waited: bool) -> Match:
    """Take the money of an earlier movement back from where it is: its invoices are open again, by payments below zero.

    Returns what was taken back of which invoice, as amounts below zero. What of it was never matched is no payer's money any more:
    it goes aside, and what handed it back with it.
    """
    if waited:
        put(conn, movement_no, Place("unmatched", None, None, -movement.amount), BY_RETURN)
    shares: list[tuple[str, Decimal]] = []
    for held in places_of(conn, returned_no):
        where: Where = held.place
        if held.place == "unmatched":
            where = "aside"
            put(conn, returned_no, Place("unmatched", None, None, -held.amount), BY_RETURN)
            put(conn, returned_no, Place("aside", None, None, held.amount), BY_RETURN)
        put(conn, movement_no, Place(where, held.number, held.payer_id, -held.amount), BY_RETURN, returns=returned_no)
        if held.number is not None:
            shares.append((held.number, -held.amount))
    return Match(BY_RETURN, tuple(shares))


__all__ = ["Place", "places_of", "put", "put_match", "put_return"]
