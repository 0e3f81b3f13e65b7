"""The delivery step: each issued invoice of a run goes out once, by mail or on the portal (CG-2.b).

First the outbox is recorded and committed, then the pending ones are sent, each settled right after its own answer. So whatever ends
the process, running the step again goes on where it stopped. Rows of this step are never deleted: what was sent was sent.
"""

import hashlib
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Literal

import sql
from billing.clause import carries_out
from reports.mail_text import invoice_mail
from reports.records import InvoiceHead, Kind, Language, Payer, Seller
from tasks.document_records import seller_of
from tasks.ledger import Receipt, Run, Stopped
from tasks.message import Attachment, Letter, domain_of, mime_bytes
from tasks.outbox import send_all
from tasks.outside import Outside
from tasks.portal import document_name, open_portal, publish

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PendingInvoice:
    """An invoice that is recorded and not sent; `first_day`, `last_day` are those of its lines."""

    delivery_id: int
    channel: Literal["email", "portal"]
    recipients: str
    message_id: str
    invoice_id: int
    number: str
    kind: Kind
    issued_on: date
    due_on: date
    net: Decimal
    vat: Decimal
    gross: Decimal
    structured_reference: str
    first_day: date
    last_day: date
    payer_id: str
    name: str
    street: str
    postal_code: str
    city: str
    country: str
    vat_number: str
    language: Language
    credits_number: str
    credits_on: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """A document of an invoice, and where the store has it."""

    invoice_id: int
    kind: Literal["invoice", "summary"]
    end_client_id: str
    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class FailedDelivery:
    """An invoice that could not be delivered, and why."""

    number: str
    payer_id: str
    recipients: str
    reason: str


@dataclass(frozen=True, slots=True)
class Totals:
    """What became of the invoices of a run."""

    mailed: int
    published: int
    failed: int
    pending: int


Files = Mapping[int, Sequence[DocumentFile]]


def stage(outside: Outside, run: Run) -> Receipt:
    """Record the outbox, send what is pending, and return what became of all of it.

    Raises MailUnavailable when the mail server cannot be used (what was sent stays sent, the rest stays pending), Stopped for an
    invoice without its PDF, StoreFailed when a document cannot be read or published.
    """
    pending, files = record(outside, run)
    _publish_all(outside, [each for each in pending if each.channel == "portal"], files)

    def compose(row: PendingInvoice, recipients: tuple[str, ...]) -> bytes:
        return mime_bytes(_letter(outside, run, row, recipients, files[row.invoice_id]))

    send_all(outside, [each for each in pending if each.channel == "email"], compose)
    return _receipt(outside, run)


@carries_out("CG-2.b")
def record(outside: Outside, run: Run) -> tuple[list[PendingInvoice], Files]:
    """Record what is not recorded yet, commit, and return what is pending with its documents by invoice_id."""
    domain, portal = domain_of(outside.settings.mail_from), open_portal(outside.settings).root
    with outside.engine.begin() as conn:
        sql.run(conn, "delivery/record_invoices", run_id=run.run_id, domain=domain, portal=portal)
        sql.run(conn, "delivery/readdress_failed", run_id=run.run_id)
    files: dict[int, list[DocumentFile]] = defaultdict(list)
    with outside.engine.begin() as conn:
        pending = sql.rows(conn, PendingInvoice, "delivery/pending_invoices", run_id=run.run_id)
        for document in sql.rows(conn, DocumentFile, "delivery/documents", run_id=run.run_id):
            files[document.invoice_id].append(document)
    for row in pending:
        if not any(document.kind == "invoice" for document in files[row.invoice_id]):
            raise Stopped(f"invoice {row.number} has no PDF, so nothing is sent; run the step `documents` again")
    return pending, files


def failures(outside: Outside, run: Run) -> list[FailedDelivery]:
    """The invoices of the run that could not be delivered, in the order of their numbers."""
    with outside.engine.connect() as conn:
        return sql.rows(conn, FailedDelivery, "delivery/failed", run_id=run.run_id)


def _publish_all(outside: Outside, rows: Sequence[PendingInvoice], files: Files) -> None:
    """Publish payer by payer, each settled when its files and its index are there."""
    portal = open_portal(outside.settings)
    with outside.engine.connect() as conn:
        for payer_id, theirs in groupby(sorted(rows, key=lambda row: row.payer_id), key=lambda row: row.payer_id):
            invoices = list(theirs)
            contents = {
                attachment.name: attachment.content
                for row in invoices
                for attachment in _attachments(outside, row.number, files[row.invoice_id])
            }
            with conn.begin():
                publish(portal, conn, payer_id, contents, [row.delivery_id for row in invoices])
                for row in invoices:
                    sql.run(conn, "delivery/settle", delivery_id=row.delivery_id, state="sent", tries=1, note="")


def _letter(outside: Outside, run: Run, row: PendingInvoice, recipients: tuple[str, ...], files: Sequence[DocumentFile]) -> Letter:
    seller = seller_of(outside.settings)
    words = invoice_mail(_head(seller, row), summaries=sum(file.kind == "summary" for file in files))
    return Letter(
        message_id=row.message_id,
        sender_name=seller.name,
        sender=outside.settings.mail_from,
        recipients=recipients,
        on=run.on,
        subject=words.subject,
        text=words.text,
        html=words.html,
        attachments=_attachments(outside, row.number, files),
        headers={"X-Invoice": row.number},
    )


def _head(seller: Seller, row: PendingInvoice) -> InvoiceHead:
    """What the mail says of the invoice, the same as its PDF: the period is that of its lines."""
    return InvoiceHead(
        number=row.number,
        kind=row.kind,
        issued_on=row.issued_on,
        due_on=row.due_on,
        period_first=row.first_day,
        period_last=row.last_day,
        payer=Payer(row.payer_id, row.name, row.street, row.postal_code, row.city, row.country, row.vat_number, row.language),
        seller=seller,
        structured_reference=row.structured_reference,
        net=row.net,
        vat_total=row.vat,
        gross=row.gross,
        credits_number=row.credits_number,
        credits_on=row.credits_on,
        reason=row.reason,
    )


def _attachments(outside: Outside, number: str, files: Sequence[DocumentFile]) -> tuple[Attachment, ...]:
    """The documents of an invoice as they were rendered: a file changed since is not sent."""
    attachments = []
    for document in files:
        content = outside.out.read(document.path)
        if hashlib.sha256(content).hexdigest() != document.sha256:
            raise Stopped(f"{outside.out.url(document.path)} is not the file that was rendered; run the step `documents` again")
        attachments.append(Attachment(document_name(number, document.kind, document.end_client_id), content))
    return tuple(attachments)


def _receipt(outside: Outside, run: Run) -> Receipt:
    with outside.engine.connect() as conn:
        totals = sql.one(conn, Totals, "delivery/totals", run_id=run.run_id)
    assert totals is not None
    figures = {"mailed": totals.mailed, "on the portal": totals.published, "failed": totals.failed}
    for failed in failures(outside, run):
        log.warning("invoice %s could not be delivered to payer %s; correct its addresses in the feed", failed.number, failed.payer_id)
    return Receipt({name: count for name, count in figures.items() if count})


__all__ = ["FailedDelivery", "failures", "record", "stage"]
