"""Every kind of document of the house, drawn: what holds for all of them is tested on these."""

import io
from dataclasses import replace
from datetime import date
from functools import cache

from PIL import Image, ImageDraw

from reports.invoice_pdf import render
from reports.letter_pdf import render_letter
from reports.logo import Logo, logo
from reports.records import Collection, InvoiceRecord, Language
from reports.statement_pdf import render_statement
from reports.summary_pdf import render_summary
from tests.documents.debit_notes import debit_note
from tests.documents.letter_samples import WORDS, letter
from tests.documents.samples import SELLER, credit_note, invoice, partner_invoice, renamed, summary
from tests.documents.statement_samples import full

COLLECTION = Collection(date(2026, 11, 27), "BE68539007547034", "M-2026-17", "BE81ZZZ0123456749")
STRANGE = 'Café & Zonen <b>n° 1</b> – מאפייה (12) "القهوة" 😀 Ελλάδα \x07\u200d'


def with_head(record: InvoiceRecord, **changes: object) -> InvoiceRecord:
    return replace(record, head=replace(record.head, **changes))  # type: ignore[arg-type]


def picture(mode: str = "RGBA", size: tuple[int, int] = (600, 120), form: str = "PNG") -> bytes:
    """A red bar, on nothing where the mode knows transparency, as a PNG or JPEG file."""
    drawn = Image.new("RGBA", size, (0, 0, 0, 0))
    ImageDraw.Draw(drawn).rectangle((size[0] // 4, 0, size[0] // 2, size[1]), fill=(200, 30, 30, 255))
    file = io.BytesIO()
    (drawn if mode == "RGBA" else drawn.convert(mode)).save(file, form)
    return file.getvalue()


@cache
def red_bar() -> Logo:
    return logo(picture())


@cache
def every_kind(language: Language) -> dict[str, bytes]:
    """Name → PDF: each kind, and invoices with a logo, as a draft, of a strange name, debited, of nothing, of many calls."""
    with_logo = replace(SELLER, logo=red_bar())
    small = invoice(4, 30, language)
    return {
        "invoice": render(small),
        "invoice_with_logo": render(with_head(small, seller=with_logo)),
        "invoice_of_a_strange_name": render(renamed(small, STRANGE)),
        "invoice_debited": render(with_head(small, collection=COLLECTION)),
        "invoice_of_nothing": render(invoice(0, 0, language)),
        "invoice_of_a_partner": render(partner_invoice(3, language)),
        "draft": render(with_head(small, number="", issued_on=None, due_on=None, structured_reference=""), draft=True),
        "draft_with_logo": render(with_head(small, seller=with_logo), draft=True),
        "credit_note": render(credit_note(language)),
        "debit_note": render(debit_note(language)),
        "summary": render_summary(summary(language)),
        "statement": render_statement(full(language)),
        **{f"letter_{words}": render_letter(letter(words, language)) for words in WORDS},
        "letter_with_logo": render_letter(letter("formal_notice", language, seller=with_logo)),
    }
