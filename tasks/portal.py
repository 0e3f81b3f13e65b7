"""The customer portal: publishes documents below a folder or URL, one folder a payer, with an index.json the portal reads.

Everything is written whole under a stable name and the index is derived from the database, so publishing twice changes nothing.
"""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from urllib.parse import quote

from sqlalchemy import Connection

import sql
from tasks.settings import Settings
from tasks.store import Store


@dataclass(frozen=True, slots=True)
class ShownDocument:
    """A document on the portal, with the invoice it belongs to."""

    number: str
    invoice_kind: str
    issued_on: date
    due_on: date
    gross: Decimal
    structured_reference: str
    kind: str
    end_client_id: str


@dataclass(frozen=True, slots=True)
class ShownReminder:
    """A reminder on the portal."""

    noticed_on: date
    level: int


def open_portal(settings: Settings) -> Store:
    """Where the portal publishes from: the setting `portal`, else `portal` under `out`."""
    return Store(settings.portal or f"{settings.out.rstrip('/')}/portal")


def publish(portal: Store, conn: Connection, payer_id: str, contents: dict[str, bytes], delivery_ids: list[int]) -> None:
    """Write the files of a payer by name, then its index; `delivery_ids` are the deliveries they belong to. Raises StoreFailed."""
    folder = file_part(payer_id)
    for name, content in contents.items():
        portal.write(f"{folder}/{name}", content)
    portal.write(f"{folder}/index.json", index(conn, payer_id, delivery_ids))


def index(conn: Connection, payer_id: str, delivery_ids: list[int]) -> bytes:
    """What the portal shows a payer, as JSON: its invoices and reminders in order of date, amounts as text in EUR."""
    documents = sql.rows(conn, ShownDocument, "delivery/portal_invoices", payer_id=payer_id, delivery_ids=delivery_ids)
    reminders = sql.rows(conn, ShownReminder, "delivery/portal_reminders", payer_id=payer_id, delivery_ids=delivery_ids)
    shown = {
        "payer": payer_id,
        "invoices": [_invoice(list(theirs)) for _, theirs in groupby(documents, lambda each: each.number)],
        "reminders": [
            {"on": str(each.noticed_on), "level": each.level, "file": reminder_name(each.noticed_on, each.level)} for each in reminders
        ],
    }
    return (json.dumps(shown, ensure_ascii=False, indent=1) + "\n").encode()


def document_name(number: str, kind: str, end_client_id: str) -> str:
    """The name a payer sees: `2026-000123.pdf` for the invoice, `2026-000123-E17.pdf` for the summary of an end client."""
    return f"{file_part(number)}-{file_part(end_client_id)}.pdf" if kind == "summary" else f"{file_part(number)}.pdf"


def reminder_name(noticed_on: date, level: int) -> str:
    """`reminder-2026-12-05-1.txt`."""
    return f"reminder-{noticed_on}-{level}.txt"


def file_part(name: str) -> str:
    """An id as part of a file name: it can neither leave its folder nor be hidden."""
    quoted = quote(name, safe=" ")
    return quoted.replace(".", "%2E") if quoted.startswith(".") else quoted


def _invoice(documents: list[ShownDocument]) -> dict[str, object]:
    first = documents[0]
    return {
        "number": first.number,
        "kind": first.invoice_kind,
        "issued_on": str(first.issued_on),
        "due_on": str(first.due_on),
        "gross": str(first.gross),
        "structured_reference": first.structured_reference,
        "files": [document_name(each.number, each.kind, each.end_client_id) for each in documents],
    }


__all__ = ["document_name", "file_part", "index", "open_portal", "publish", "reminder_name"]
