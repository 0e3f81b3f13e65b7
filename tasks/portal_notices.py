"""Notices: a payer of the portal who has a mail address is told what a run published for him, in one mail."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sql
from billing.clause import carries_out
from reports.mail_text import notice_mail
from reports.portal_page import PortalInvoice
from reports.records import Kind, Language
from tasks.collecting.announcing import told
from tasks.document_records import seller_of
from tasks.ledger import Run
from tasks.message import Letter, mime_bytes, stable_message_id, usual_headers
from tasks.outbox import send_all
from tasks.outside import Outside
from tasks.portal import portal_link


@dataclass(frozen=True, slots=True)
class Told:
    """A payer who is told; `recipients` as the payer gave them, `;` between."""

    payer_id: str
    recipients: str


@dataclass(frozen=True, slots=True)
class PendingNotice:
    """A notice that is recorded and not sent."""

    delivery_id: int
    message_id: str
    recipients: str
    payer_id: str


@dataclass(frozen=True, slots=True)
class New:
    """An invoice that a run published, and the language of its payer. EUR, negative on a credit note."""

    invoice_id: int
    number: str
    kind: Kind
    issued_on: date
    due_on: date
    gross: Decimal
    structured_reference: str
    language: Language


@carries_out("CG-2.b")
def notify(outside: Outside, run: Run) -> None:
    """Tell each payer of the portal who has a mail address what the run published, once; who has none is told by nobody.

    Recorded and committed before anything is sent, so done again after a kill it goes on. Raises MailUnavailable as `send_all`.
    """
    pending = record(outside, run)

    def compose(row: PendingNotice, recipients: tuple[str, ...]) -> Iterable[bytes]:
        yield _mail(outside, run, row, recipients)

    send_all(outside, pending, compose)


def record(outside: Outside, run: Run) -> Sequence[PendingNotice]:
    """Record the notices of a run that are not recorded yet, commit, and return those that are not sent."""
    with outside.engine.begin() as conn:
        rows = sql.rows(conn, Told, "portal/payers_to_tell", run_id=run.run_id)
        sql.write_each(conn, "portal/record_notice", [_outbox(outside, run, row) for row in rows])
        return sql.rows(conn, PendingNotice, "portal/pending_notices", run_id=run.run_id)


def _outbox(outside: Outside, run: Run, row: Told) -> dict[str, object]:
    message_id = stable_message_id(f"{row.payer_id}.{run.run_id}.notice", outside.settings.mail_from)
    return {"run_id": run.run_id, "payer_id": row.payer_id, "recipients": row.recipients, "message_id": message_id}


def _mail(outside: Outside, run: Run, row: PendingNotice, recipients: tuple[str, ...]) -> bytes:
    with outside.engine.connect() as conn:
        news = sql.rows(conn, New, "portal/news", run_id=run.run_id, payer_id=row.payer_id)
        debited = told(conn, outside.settings, {each.invoice_id: (each.issued_on, each.due_on) for each in news if each.gross > 0})
        link = portal_link(conn, outside.settings, row.payer_id)
    seller = seller_of(outside.settings)
    shown = [_shown(each, debited[each.invoice_id].collected_on if each.invoice_id in debited else None) for each in news]
    words = notice_mail(news[0].language, seller, shown, link)
    return mime_bytes(
        Letter(
            message_id=row.message_id,
            sender_name=seller.name,
            sender=outside.settings.mail_from,
            recipients=recipients,
            on=run.on,
            subject=words.subject,
            text=words.text,
            html=words.html,
            headers=usual_headers(outside.settings, "notices", news[0].language),
        )
    )


def _shown(new: New, collected_on: date | None) -> PortalInvoice:
    return PortalInvoice(new.number, new.kind, new.issued_on, new.due_on, new.gross, new.structured_reference, "", collected_on)


__all__ = ["notify", "record"]
