"""Minimum service set and ended by hand: a row of the suspensions, as the feed would bring it."""

from datetime import date

from sqlalchemy import Engine

from tasks.feed.by_hand import import_by_hand
from tasks.feed.suspensions import Recorded, recorded
from tasks.feed.tables import SUSPENSIONS
from tasks.ledger import Stopped


def suspend(engine: Engine, end_client_id: str, starts_on: date, clause: str, note: str = "") -> str:
    """Puts an end client on minimum service from a day on, until `restore`; returns what was done.

    Done again for the same day it corrects the clause and the note. Raises Stopped with the reason of a refusal.
    """
    suspension_id = f"{end_client_id} {starts_on}"
    there = next((one for one in _of(engine, end_client_id) if one.suspension_id == suspension_id), None)
    row = {
        "suspension_id": suspension_id,
        "end_client_id": end_client_id,
        "starts_on": starts_on.isoformat(),
        "ends_on": there.ends_on.isoformat() if there and there.ends_on else "",
        "reason_clause": clause,
        "note": note,
    }
    number = import_by_hand(engine, SUSPENSIONS, row)
    if number is None:
        return f"{end_client_id} is on minimum service from {starts_on} ({clause}) already; nothing changed"
    return f"{end_client_id} is on minimum service from {starts_on} ({clause}), import {number}; its fees go on (GC-5.5)"


def restore(engine: Engine, end_client_id: str, last_day: date) -> str:
    """Ends the minimum service of an end client after a last day, or corrects that day; returns what was done.

    Raises Stopped when there is none that began by then, or when it is the feed's, which says itself when it ends.
    """
    begun = [one for one in _of(engine, end_client_id) if one.starts_on <= last_day]
    if not begun:
        raise Stopped(f"{end_client_id} has no minimum service that began by {last_day}; check the end client and the day")
    one = begun[-1]
    if not one.by_hand:
        raise Stopped(f"suspension {one.suspension_id} comes with the feed; give its ends_on in suspensions.csv and import again")
    return end(engine, one, last_day)


def end(engine: Engine, one: Recorded, last_day: date) -> str:
    """Ends minimum service that was set by hand or by an order after a last day; returns what was done."""
    row = {
        "suspension_id": one.suspension_id,
        "end_client_id": one.end_client_id,
        "starts_on": one.starts_on.isoformat(),
        "ends_on": last_day.isoformat(),
        "reason_clause": one.clause,
        "note": one.note,
    }
    number = import_by_hand(engine, SUSPENSIONS, row)
    said = f"the minimum service of {one.end_client_id} from {one.starts_on} ends with {last_day}"
    return f"{said} already; nothing changed" if number is None else f"{said}, import {number}; the next close bills what was made after it"


def _of(engine: Engine, end_client_id: str) -> list[Recorded]:
    with engine.connect() as conn:
        return [one for one in recorded(conn) if one.end_client_id == end_client_id]


__all__ = ["end", "restore", "suspend"]
