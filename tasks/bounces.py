"""Mail that came back: it was sent and not delivered, so a letter counts as never sent and what it cost is not charged.

A mail may come back from one of its addresses and be delivered to the others: it came back when no address that took it is left.
"""

import logging
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import Connection, Engine

import sql
from tasks.copies import try_fallback
from tasks.ledger import Stopped

log = logging.getLogger(__name__)

ADVICE = "give the payer an address that works in parties.csv (billing_emails)"


class NothingToBookError(Stopped):
    """The mail cannot have come back like that: it is not ours, was never sent, or never went to the address."""


class TooEarlyError(Stopped):
    """The mail is not settled yet, or was sent after the day given: another day it can be booked."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """A mail of the outbox, `what` it brought, and since when it is known to have come back."""

    delivery_id: int
    purpose: Literal["invoice", "reminder", "e_invoice", "copy", "notice"]
    payer_id: str
    state: Literal["pending", "sent", "failed"]
    channel: Literal["email", "portal", "peppol"]
    recipients: str
    bounced_on: date | None
    sent_on: date
    what: str

    def __str__(self) -> str:
        return f"{self.what} to payer {self.payer_id}"


@dataclass(frozen=True, slots=True)
class Recipient:
    """What became of a mail at one address."""

    address: str
    state: Literal["accepted", "refused", "bounced"]


@dataclass(frozen=True, slots=True)
class Booked:
    """What a booking changed: nothing when the mail had come back from there before; `whole` when no address is left that took it.

    `elsewhere`: a copy of the invoice is recorded, to the second address of the payer.
    """

    is_new: bool
    whole: bool
    elsewhere: bool = False


def book_bounce(engine: Engine, message_id: str, on: date, reason: str = "", address: str = "") -> str:
    """Book that a mail came back on a day, from one address or ("") from all that took it; returns what that means.

    Done twice it changes nothing. Raises Stopped for an id nobody has, for what was never sent or is on the portal, for an address it
    never went to, and for a day before it was sent.
    """
    wanted = f"<{message_id.strip().strip('<>')}>"
    with engine.begin() as conn:
        mail = sql.one(conn, Delivered, "bounces/delivery", message_id=wanted)
        if mail is None:
            raise NothingToBookError(
                f"no mail has the Message-ID {wanted}; it stands in the headers of the mail, also of the one inside the notice"
            )
        if mail.bounced_on is not None:
            return f"{mail}: it came back on {mail.bounced_on} already; nothing changed"
        booked = book(conn, mail, on, reason, address)
    if not booked.is_new:
        return f"{mail}: it came back from {address} before; nothing changed"
    if not booked.whole:
        return f"{mail}: it came back from {address} on {on}; another address took it; {ADVICE}"
    second = "a copy goes to the second address of the payer; " if booked.elsewhere else ""
    return f"{mail}: it came back on {on}; {second}{ADVICE}"


def book(conn: Connection, mail: Delivered, on: date, reason: str, address: str) -> Booked:
    """Book it in the transaction of the caller, who has locked the delivery; a letter is left to dunning, an invoice goes elsewhere.

    What is recorded to go elsewhere is sent by `tasks.copies.send_copies`. Raises NothingToBookError or TooEarlyError.
    """
    _check(mail, on)
    said = " ".join(reason.split())
    recipients = sql.rows(conn, Recipient, "bounces/recipients", delivery_id=mail.delivery_id)
    if address:
        _check_address(mail, recipients, address)
    came_back = sql.run(conn, "bounces/note_recipient", delivery_id=mail.delivery_id, bounced_on=on, reason=said, address=address)
    whole = sql.run(conn, "bounces/note", delivery_id=mail.delivery_id, bounced_on=on, reason=said)
    if came_back or whole:
        log.info("mail %d to payer %s came back on %s, %s", mail.delivery_id, mail.payer_id, on, "whole" if whole else "from one address")
    elsewhere = bool(whole) and try_fallback(conn, mail.delivery_id, on)
    return Booked(bool(came_back or whole), bool(whole), elsewhere)


def _check(mail: Delivered, on: date) -> None:
    if mail.channel != "email":
        place = "on the portal" if mail.channel == "portal" else "at the access point"
        raise NothingToBookError(f"{mail} is {place}, from where nothing comes back; check the Message-ID")
    if mail.state != "sent":
        kind = TooEarlyError if mail.state == "pending" else NothingToBookError
        raise kind(f"{mail} was never sent (it is {mail.state}), so it cannot come back; check the Message-ID")
    if on < mail.sent_on:
        raise TooEarlyError(f"{mail} was sent on {mail.sent_on}, so it cannot come back on {on}; give the day it came back")


def _check_address(mail: Delivered, recipients: list[Recipient], address: str) -> None:
    """Raises NothingToBookError unless the mail went to the address; mails of earlier releases are known by their recipients alone."""
    states = {one.address.casefold(): one.state for one in recipients}
    if not recipients:
        states = {one.strip().casefold(): "accepted" for one in mail.recipients.split(";")}
    state = states.get(address.strip().casefold())
    if state is None:
        raise NothingToBookError(f"{mail} never went to {address}; its delivery says which addresses it went to")
    if state == "refused":
        raise NothingToBookError(f"{mail} was refused for {address} when it was sent, so nothing came back from there")


__all__ = ["ADVICE", "Booked", "Delivered", "NothingToBookError", "TooEarlyError", "book", "book_bounce"]
