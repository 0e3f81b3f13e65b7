"""A returned mail, booked: each recipient it says was not reached, in one transaction with the note that the mail was read."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import Connection, Engine

import sql
from billing.clause import carries_out
from tasks.bounce_mail.mailbox import Held
from tasks.bounce_mail.notice import Notice, Said, UnreadableError, read_notice, shown
from tasks.bounces import Delivered, NothingToBookError, Recipient, TooEarlyError, book

BY_ADDRESS = 1  # the mail is named by the address it came back to


@dataclass(frozen=True, slots=True)
class Named:
    """A mail of ours that a notice names, and how: the lower, the surer."""

    message_id: str
    named_by: int


@dataclass(frozen=True, slots=True)
class ReadMail:
    """What became of a mail of the mailbox: which delivery came back and what it was for, or `why` nothing was booked."""

    key: str
    what: Literal["bounced", "delayed", "unknown", "known", "left"]
    delivery_id: int = 0
    purpose: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    """What a notice comes to, before it is noted."""

    what: Literal["bounced", "delayed", "unknown"]
    mail: Delivered | None = None
    addresses: tuple[str, ...] = ()
    status: str = ""
    said: str = ""


def book_mail(engine: Engine, held: Held, bounce_address: str, on: date) -> ReadMail:
    """Read a mail and book what it says, once: done again it is known. One that came before its mail was settled is left for later."""
    digest = hashlib.sha256(held.content).hexdigest()
    try:
        with engine.begin() as conn:
            if sql.scalar(conn, "bounces/was_read", sha256=digest):
                return ReadMail(held.key, "known")
            found = _book(conn, held.content, bounce_address, on)
            noted = sql.run(
                conn,
                "bounces/note_read",
                sha256=digest,
                delivery_id=found.mail.delivery_id if found.mail else None,
                address="; ".join(found.addresses),
                status=found.status,
                said=found.said,
                what=found.what,
            )
    except TooEarlyError:
        return ReadMail(held.key, "left", why="the mail it returns is not settled yet, or was sent on a later day")
    if not noted:
        return ReadMail(held.key, "known")
    if found.what == "unknown" or found.mail is None:
        return ReadMail(held.key, found.what, why=found.said)
    return ReadMail(held.key, found.what, found.mail.delivery_id, found.mail.purpose)


def _book(conn: Connection, content: bytes, bounce_address: str, on: date) -> _Found:
    try:
        notice = read_notice(content, bounce_address)
        mail = _the_mail(conn, notice)
    except (UnreadableError, NothingToBookError) as problem:
        return _Found("unknown", said=str(problem))
    return _book_all(conn, mail, notice.said, on)


def _the_mail(conn: Connection, notice: Notice) -> Delivered:
    """The mail of ours that came back, locked. Raises NothingToBookError when it is none, or not clear which."""
    named = sql.rows(
        conn, Named, "bounces/named_mails",
        delivery_id=notice.delivery_id, message_ids=list(notice.message_ids), invoices=list(notice.invoices),
    )  # fmt: skip
    if notice.delivery_id is not None and not any(one.named_by == BY_ADDRESS for one in named):
        raise NothingToBookError(f"it came back to the address of mail {notice.delivery_id}, which we never sent")
    if not named:
        raise NothingToBookError("it names no mail of ours")
    ids = [one.message_id for one in named if one.named_by == named[0].named_by]
    others = [one.message_id for one in named if one.named_by <= BY_ADDRESS + 1 and one.message_id not in ids]
    if len(ids) > 1 or (others and not set(ids) & set(notice.message_ids)):
        raise NothingToBookError("it names several mails of ours, so it is not clear which came back")
    mail = sql.one(conn, Delivered, "bounces/delivery", message_id=ids[0])
    assert mail is not None
    return mail


@carries_out("CG-2.b")
def _book_all(conn: Connection, mail: Delivered, said: Sequence[Said], on: date) -> _Found:
    """Book what did not reach its address. A mail that is late may still arrive, an answer was delivered: these book nothing."""
    ours = {one.address.casefold(): one.address for one in sql.rows(conn, Recipient, "bounces/recipients", delivery_id=mail.delivery_id)}
    ours = ours or {one.strip().casefold(): one.strip() for one in mail.recipients.split(";")}
    failed: dict[str, Said] = {}
    delayed: dict[str, Said] = {}
    strangers = 0
    for one in said:
        address = next((ours[each.casefold()] for each in one.addresses if each.casefold() in ours), "")
        if address and one.action != "other":
            (failed if one.action == "failed" else delayed).setdefault(address, one)
        strangers += not address
    problem = ""
    for address, one in list(failed.items()):
        try:
            book(conn, mail, on, " ".join(filter(None, (one.status, one.words))), address)
        except NothingToBookError:
            problem = f"{mail} did not leave for that address, so it cannot come back from it"
            del failed[address]
    for what, found in (("bounced", failed), ("delayed", delayed)):
        if found:
            first = next(iter(found.values()))
            return _Found(what, mail, tuple(found), first.status, first.words)  # type: ignore[arg-type]
    if not problem:
        problem = (
            f"it speaks of an address that {mail} never went to"
            if strangers
            else f"it answers {mail} and says of no address that it failed"
        )
    return _Found("unknown", mail, said=shown(problem))


__all__ = ["ReadMail", "book_mail"]
