"""What belongs on the portal of a payer and is not there yet: documents of invoices, and what earlier releases published elsewhere."""

import hashlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from sqlalchemy import Connection

import sql
from tasks.ledger import Stopped
from tasks.outside import Outside
from tasks.store import Store, StoreFailed, file_name

log = logging.getLogger(__name__)

ENDINGS = {"e_invoice": ".xml"}
LONGEST = 120  # characters of an id in a file name: two of them and what is between fit into the 255 that a disk can have


@dataclass(frozen=True, slots=True)
class ToPublish:
    """A document of an invoice as the store has it; one that is not `is_asked` was published by an earlier release."""

    number: str
    kind: str
    end_client_id: str
    path: str
    sha256: str
    is_asked: bool


@dataclass(frozen=True, slots=True)
class EarlierLetter:
    """A letter that an earlier release published; `path` is that of its PDF in the store, "" for one that has none."""

    noticed_on: date
    level: int
    path: str
    sha256: str


def documents_of(outside: Outside, conn: Connection, payer_id: str, invoice_ids: Sequence[int]) -> Iterator[tuple[str, bytes]]:
    """Yields the documents of the invoices given that are not published yet, by the name a person sees, then those of earlier releases.

    Raises Stopped for a document that is not the one that was drawn. One of an earlier release that is lost stays out of the index.
    """
    for document in sql.rows(conn, ToPublish, "portal/invoices_to_publish", payer_id=payer_id, invoice_ids=list(invoice_ids)):
        name = document_name(document.number, document.kind, document.end_client_id)
        if document.is_asked:
            yield name, as_drawn(outside.out, document.path, document.sha256)
        elif (content := _if_there(outside.out, document.path, document.sha256)) is not None:
            yield name, content


def letters_of_earlier_releases(outside: Outside, portal: Store, conn: Connection, payer_id: str) -> Iterator[tuple[str, bytes]]:
    """Yields the letters that an earlier release published under the number of the payer: words and PDF, where they are still there."""
    for letter in sql.rows(conn, EarlierLetter, "portal/letters_to_publish", payer_id=payer_id):
        words = reminder_name(letter.noticed_on, letter.level)
        said = _if_there(portal, f"{file_part(payer_id)}/{words}")
        if said is not None:
            yield words, said
        if letter.path and (content := _if_there(outside.out, letter.path, letter.sha256)) is not None:
            yield letter_name(letter.noticed_on, letter.level), content


def document_name(number: str, kind: str, end_client_id: str) -> str:
    """The name a payer sees: `2026-000123.pdf`, as e-invoice `2026-000123.xml`, the summary of an end client `2026-000123-E17.pdf`."""
    ending = ENDINGS.get(kind, ".pdf")
    return f"{file_part(number)}-{file_part(end_client_id)}{ending}" if kind == "summary" else f"{file_part(number)}{ending}"


def reminder_name(noticed_on: date, level: int) -> str:
    """`reminder-2026-12-05-1.txt`."""
    return f"reminder-{noticed_on}-{level}.txt"


def letter_name(noticed_on: date, level: int) -> str:
    """`reminder-2026-12-05-1.pdf`, as a payer sees it."""
    return f"reminder-{noticed_on}-{level}.pdf"


def file_part(name: str) -> str:
    """An id as part of a file name: it can neither leave its folder, nor be hidden, nor be longer than a disk can have."""
    quoted = quote(name, safe=" ")
    if len(quoted) > LONGEST:
        return file_name(name)
    return quoted.replace(".", "%2E") if quoted.startswith(".") else quoted


def as_drawn(store: Store, path: str, sha256: str) -> bytes:
    """The content of a document as it was rendered. Raises Stopped when it changed since, StoreFailed when it cannot be read."""
    content = store.read(path)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Stopped(f"{store.url(path)} is not the file that was rendered; run the step `documents` again")
    return content


def _if_there(store: Store, path: str, sha256: str = "") -> bytes | None:
    """The content of a file of an earlier release, of which nobody says that it has to be there still."""
    try:
        content = store.read(path)
    except StoreFailed:
        content = None
    if content is None or (sha256 and hashlib.sha256(content).hexdigest() != sha256):
        log.warning("%s was published by an earlier release and is not there any more; the portal's index leaves it out", path)
        return None
    return content


__all__ = ["as_drawn", "document_name", "documents_of", "file_part", "letter_name", "letters_of_earlier_releases", "reminder_name"]
