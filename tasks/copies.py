"""Copies of the mail of an invoice: one that somebody asks for, and one to the second address of a payer whom no first one reached.

The first delivery stays as it was. A copy has a Message-ID of its own, recorded and committed before it is sent, like all mail.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import Connection

import sql
from billing.clause import carries_out
from reports.records import Kind
from tasks.invoice_mails import PendingInvoice, pending_mails, send_mails
from tasks.ledger import Run, Stopped, in_turn, only_one
from tasks.message import domain_of, usable
from tasks.outside import Outside

State = Literal["pending", "sent", "failed"]


class CopyRefusedError(Stopped):
    """No copy can be sent of what was asked for."""


@dataclass(frozen=True, slots=True)
class Copied:
    """An invoice that a copy is asked of: how its payer gets invoices now, and what became of its first delivery (None: not recorded)."""

    invoice_id: int
    kind: Kind
    payer_id: str
    channel: Literal["email", "portal"]
    billing_emails: str
    first: State | None


@dataclass(frozen=True, slots=True)
class CopySent:
    """A copy, and what became of it."""

    delivery_id: int
    state: State
    last_error: str


def resend(outside: Outside, number: str, to: str, by: str, on: date) -> str:
    """Send a copy of the mail of an issued invoice, to its payer or ("to") elsewhere, asked for by somebody; returns what became of it.

    Asked again on the same day for the same address it is the same copy: one that was sent is not sent again, one that was not is.
    Raises CopyRefusedError for a number nobody has and for what cannot be mailed, MailUnavailable, StoreFailed.
    """
    if not by.strip():
        raise CopyRefusedError("a copy is asked for by somebody; give a name with --by")
    with only_one(outside.engine, f"copy of {number}"):
        with outside.engine.begin() as conn:
            copied = _to_copy(conn, number)
            recipients = _recipients(copied, number, to)
            before = _copy(conn, copied, recipients, on)
            what = f"{copied.kind.replace('_', ' ')} {number}"
            if before is not None and before.state == "sent":
                return f"a copy of {what} went to {recipients} on {on} already; nothing is sent twice a day"
            domain = domain_of(outside.settings.mail_from)
            sql.run(
                conn, "delivery/record_copy",
                invoice_id=copied.invoice_id, recipients=recipients, asked_by=by.strip(), asked_on=on, domain=domain,
            )  # fmt: skip
            asked = _copy(conn, copied, recipients, on)
            assert asked is not None
        _send(outside, None, asked.delivery_id)
        with outside.engine.connect() as conn:
            done = _copy(conn, copied, recipients, on)
    assert done is not None
    if done.state != "sent":
        raise CopyRefusedError(f"the copy of {what} could not be delivered to {recipients}: {done.last_error}; give another with --to")
    return f"a copy of {what} was sent to {recipients}"


@carries_out("CG-2.b")
def try_fallbacks(outside: Outside, run: Run) -> int:
    """Record a copy to the second address of each payer for whom every first one refused an invoice of the run; returns how many."""
    with outside.engine.begin() as conn:
        return _record_fallbacks(conn, run.on, run_id=run.run_id, delivery_id=None)


def try_fallback(conn: Connection, delivery_id: int, on: date) -> bool:
    """Record a copy to the payer's `fallback_email` when no first address has the mail of an invoice; whether there is now one to send.

    Once an invoice: False when it was tried before, when the payer has no such address, and for what is no mail of an invoice. In the
    transaction of the caller; `send_copies` sends it.
    """
    return bool(_record_fallbacks(conn, on, run_id=None, delivery_id=delivery_id))


def send_copies(outside: Outside, run: Run | None = None) -> int:
    """Send the copies that are recorded and not sent, of the invoices of a run or of all; returns how many left.

    Raises MailUnavailable, StoreFailed: what was not sent stays pending.
    """
    return _send(outside, run.run_id if run is not None else None, None)


def _record_fallbacks(conn: Connection, on: date, *, run_id: int | None, delivery_id: int | None) -> int:
    return sql.run(conn, "delivery/record_fallbacks", run_id=run_id, delivery_id=delivery_id, on=on)


def _send(outside: Outside, run_id: int | None, delivery_id: int | None) -> int:
    with in_turn(outside.engine, "copies"):  # a close, the bounces and a person may all be at it: each copy is sent by one of them
        with outside.engine.begin() as conn:
            pending, files = pending_mails(conn, "copy", run_id)
        rows: list[PendingInvoice] = [row for row in pending if delivery_id in (None, row.delivery_id)]
        send_mails(outside, rows, files)
    with outside.engine.connect() as conn:
        return int(sql.scalar(conn, "delivery/count_sent", delivery_ids=[row.delivery_id for row in rows]))


def _to_copy(conn: Connection, number: str) -> Copied:
    copied = sql.one(conn, Copied, "delivery/invoice_to_copy", number=number)
    if copied is None:
        raise CopyRefusedError(f"no invoice has the number {number!r}; a draft has none, it gets one when its close is issued")
    if copied.first in (None, "pending"):
        raise CopyRefusedError(f"invoice {number} was not delivered yet; `billing deliver --pending` sends it itself")
    return copied


def _recipients(copied: Copied, number: str, to: str) -> str:
    """The addresses the copy goes to, `;` between."""
    if not to and copied.channel == "portal":
        raise CopyRefusedError(f"payer {copied.payer_id} finds invoice {number} on the portal; give an address with --to to mail a copy")
    good, bad = usable((to or copied.billing_emails).split(";"))
    if to and (bad or not good):
        raise CopyRefusedError(f"no mail can go to {to!r}; give an address as name@domain.example, `;` between several")
    if not good:
        raise CopyRefusedError(
            f"payer {copied.payer_id} has no usable mail address; give it one in parties.csv (billing_emails), or give one with --to"
        )
    return ";".join(good)


def _copy(conn: Connection, copied: Copied, recipients: str, on: date) -> CopySent | None:
    return sql.one(conn, CopySent, "delivery/copy", invoice_id=copied.invoice_id, recipients=recipients, on=on)


__all__ = ["CopyRefusedError", "resend", "send_copies", "try_fallback", "try_fallbacks"]
