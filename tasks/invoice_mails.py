"""The mail of an invoice, credit note or debit note, or a copy of it: what it says and what is attached."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from sqlalchemy import Connection

import sql
from reports.mail_text import Enclosed, invoice_mail
from reports.records import Collection, InvoiceHead, Kind, Language, Payer, Seller
from tasks.collecting.announcing import told
from tasks.document_records import seller_of
from tasks.ledger import Stopped
from tasks.message import Attachment, Letter, mime_bytes, usual_headers
from tasks.outbox import Compose, send_all
from tasks.outside import Outside
from tasks.portal import document_name, publish_for
from tasks.portal_contents import as_drawn


@dataclass(frozen=True, slots=True)
class PendingInvoice:
    """An invoice, or a copy, that is recorded and not sent; `first_day`, `last_day` are those of its lines.

    `mailed_on` is the date of its mail: the day of the run, or the one a copy was asked for on.
    """

    delivery_id: int
    purpose: Literal["invoice", "copy"]
    asked_by: str
    mailed_on: date
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
    kind: Literal["invoice", "e_invoice", "summary"]
    end_client_id: str
    path: str
    sha256: str


Files = Mapping[int, Sequence[DocumentFile]]


def pending_mails(conn: Connection, purpose: Literal["invoice", "copy"], run_id: int | None) -> tuple[list[PendingInvoice], Files]:
    """Returns what is recorded for the invoices of a run (None: of all) and not sent, by number, with the documents by invoice_id.

    Raises Stopped for an invoice without its PDF.
    """
    pending = sql.rows(conn, PendingInvoice, "delivery/pending_invoices", run_id=run_id, purpose=purpose)
    files: dict[int, list[DocumentFile]] = defaultdict(list)
    for document in sql.rows(conn, DocumentFile, "delivery/documents", invoice_ids=[row.invoice_id for row in pending]):
        files[document.invoice_id].append(document)
    for row in pending:
        if not any(document.kind == "invoice" for document in files[row.invoice_id]):
            raise Stopped(f"invoice {row.number} has no PDF, so nothing is sent; run the step `documents` again")
    return pending, files


def send_mails(outside: Outside, rows: Sequence[PendingInvoice], files: Files) -> None:
    """Send the mails, each settled right after its answer. Raises as `send_all`, and StoreFailed."""
    send_all(outside, rows, composer(outside, rows, files))


def composer(outside: Outside, rows: Sequence[PendingInvoice], files: Files) -> Compose[PendingInvoice]:
    """Returns what writes the mail of each of `rows`, in the ways it can be sent, the fullest first."""
    with outside.engine.connect() as conn:
        debited = told(conn, outside.settings, {row.invoice_id: (row.issued_on, row.due_on) for row in rows if row.gross > 0})
    seller = seller_of(outside.settings)

    def compose(row: PendingInvoice, recipients: tuple[str, ...]) -> Iterator[bytes]:
        head = _head(seller, row, debited.get(row.invoice_id))
        for enclosed, attached in _ways(outside, row, files[row.invoice_id]):
            yield mime_bytes(_letter(outside, row, head, recipients, enclosed, attached))

    return compose


def _ways(outside: Outside, row: PendingInvoice, files: Sequence[DocumentFile]) -> Iterator[tuple[Enclosed, tuple[Attachment, ...]]]:
    """Yields what can travel with the mail: all documents; or none and the link to the portal, where there is one; else the PDF alone."""
    wanted = [file for file in files if file.kind != "e_invoice" or outside.settings.mail_with_e_invoice]
    attached = _attachments(outside, row.number, wanted)
    summaries, e_invoice = (sum(file.kind == kind for file in wanted) for kind in ("summary", "e_invoice"))
    copy: Literal["", "asked", "undelivered"] = "" if row.purpose == "invoice" else "asked" if row.asked_by else "undelivered"
    yield Enclosed(summaries, bool(e_invoice), copy=copy), attached
    if outside.settings.portal_url:
        with outside.engine.connect() as conn:
            link = publish_for(outside, conn, row.invoice_id)
        yield Enclosed(link=link, copy=copy), ()
    elif len(attached) > 1:
        yield Enclosed(left_out=True, copy=copy), attached[:1]


def _letter(
    outside: Outside,
    row: PendingInvoice,
    head: InvoiceHead,
    recipients: tuple[str, ...],
    enclosed: Enclosed,
    attached: tuple[Attachment, ...],
) -> Letter:
    words = invoice_mail(head, enclosed)
    return Letter(
        message_id=row.message_id,
        sender_name=head.seller.name,
        sender=outside.settings.mail_from,
        recipients=recipients,
        on=row.mailed_on,
        subject=words.subject,
        text=words.text,
        html=words.html,
        attachments=attached,
        headers=usual_headers(outside.settings, "invoices", row.language) | {"X-Invoice": row.number},
    )


def _head(seller: Seller, row: PendingInvoice, collection: Collection | None) -> InvoiceHead:
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
        collection=collection,
    )


def _attachments(outside: Outside, number: str, files: Sequence[DocumentFile]) -> tuple[Attachment, ...]:
    """The documents of an invoice as they were rendered: a file changed since is not sent."""
    attachments = []
    for document in files:
        content = as_drawn(outside.out, document.path, document.sha256)
        attachments.append(Attachment(document_name(number, document.kind, document.end_client_id), content))
    return tuple(attachments)


__all__ = ["DocumentFile", "Files", "PendingInvoice", "composer", "pending_mails", "send_mails"]
