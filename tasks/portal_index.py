"""The index of a payer on the portal: what is published for him, from the database, as JSON for programs and as a page for people."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from urllib.parse import quote

from sqlalchemy import Connection

import sql
from reports.portal_page import PortalFile, PortalInvoice, PortalLetter, PortalPage, render
from reports.records import Kind, Language
from tasks.collecting.announcing import told
from tasks.document_records import seller_of
from tasks.portal_names import document_path
from tasks.settings import Settings

ABOVE = "../../"  # from the folder of a payer to the portal


@dataclass(frozen=True, slots=True)
class ShownPayer:
    """Whose index it is, and the language he reads."""

    payer_id: str
    name: str
    language: Language


@dataclass(frozen=True, slots=True)
class ShownDocument:
    """A published document, with the invoice it belongs to; EUR, negative on a credit note."""

    invoice_id: int
    number: str
    invoice_kind: Kind
    issued_on: date
    due_on: date
    gross: Decimal
    structured_reference: str
    credits_number: str
    kind: str
    end_client_id: str
    name: str
    file: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class ShownLetter:
    """A published letter: its PDF ("" where an earlier release made none), and its words; what it asks, EUR."""

    noticed_on: date
    level: int
    open_amount: Decimal
    pay_by: date | None
    name: str
    file: str
    sha256: str
    text_name: str
    text_file: str
    text_sha256: str


@dataclass(frozen=True, slots=True)
class Index:
    """The index of a payer."""

    page: PortalPage

    def as_html(self) -> bytes:
        """The page, in the language of the payer."""
        return render(self.page)

    def as_json(self) -> bytes:
        """The same for a program: amounts as text in EUR, `href` relative to the index."""
        shown = {
            "payer": self.page.payer_id,
            "invoices": [_invoice(each) for each in self.page.invoices],
            "reminders": [_letter(each) for each in self.page.letters],
        }
        return (json.dumps(shown, ensure_ascii=False, indent=1) + "\n").encode()


def read_index(conn: Connection, settings: Settings, payer_id: str) -> Index:
    """Returns the index of a payer as the database has it: his published invoices and letters in order of date."""
    payer = sql.one(conn, ShownPayer, "portal/payer", payer_id=payer_id)
    assert payer is not None, f"{payer_id} was never invoiced"
    documents = sql.rows(conn, ShownDocument, "portal/invoices", payer_id=payer_id)
    debited = told(conn, settings, {row.invoice_id: (row.issued_on, row.due_on) for row in documents if row.gross > 0})
    invoices = (list(theirs) for _, theirs in groupby(documents, lambda each: each.invoice_id))
    return Index(
        PortalPage(
            payer.payer_id,
            payer.name,
            payer.language,
            seller_of(settings),
            tuple(
                _shown(theirs, debited[theirs[0].invoice_id].collected_on if theirs[0].invoice_id in debited else None)
                for theirs in invoices
            ),
            tuple(_shown_letter(each) for each in sql.rows(conn, ShownLetter, "portal/letters", payer_id=payer_id)),
        )
    )


def _shown(documents: list[ShownDocument], collected_on: date | None) -> PortalInvoice:
    first = documents[0]
    return PortalInvoice(
        first.number,
        first.invoice_kind,
        first.issued_on,
        first.due_on,
        first.gross,
        first.structured_reference,
        first.credits_number,
        collected_on,
        tuple(
            PortalFile(each.kind, each.file, _href(each.name, each.file), each.sha256, each.size, each.end_client_id) for each in documents
        ),
    )


def _href(name: str, file: str) -> str:
    """The link to a document: a browser takes what is quoted in the name of a file for the sign it stands for, so it is quoted again."""
    return ABOVE + quote(document_path(name, file))


def _shown_letter(letter: ShownLetter) -> PortalLetter:
    def files() -> Iterable[PortalFile]:
        if letter.sha256:
            yield PortalFile("letter", letter.file, _href(letter.name, letter.file), letter.sha256)
        if letter.text_sha256:
            yield PortalFile("text", letter.text_file, _href(letter.text_name, letter.text_file), letter.text_sha256)

    return PortalLetter(letter.noticed_on, letter.level, letter.open_amount, letter.pay_by, tuple(files()))


def _invoice(shown: PortalInvoice) -> dict[str, object]:
    credited = {"credits": shown.credits_number} if shown.credits_number else {}
    collected = {"collected_on": str(shown.collected_on)} if shown.collected_on else {}
    return {
        "number": shown.number,
        "kind": shown.kind,
        "issued_on": str(shown.issued_on),
        "due_on": str(shown.due_on),
        "gross": str(shown.gross),
        "structured_reference": shown.structured_reference,
        **credited,
        **collected,
        "files": [_file(each) for each in shown.files],
    }


def _letter(shown: PortalLetter) -> dict[str, object]:
    return {"on": str(shown.on), "level": shown.level, "open_amount": str(shown.amount), "files": [_file(each) for each in shown.files]}


def _file(shown: PortalFile) -> dict[str, object]:
    end_client = {"end_client": shown.end_client_id} if shown.end_client_id else {}
    size = {"size": shown.size} if shown.size else {}
    return {"kind": shown.kind, **end_client, "name": shown.name, "href": shown.href, "sha256": shown.sha256, **size}


__all__ = ["Index", "read_index"]
