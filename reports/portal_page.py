"""The page on which a payer finds its documents on the portal: everything in one file, no script, readable on paper and a telephone."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reports.figures import structured_reference
from reports.pages import page
from reports.records import Kind, Language, Seller
from reports.wording import Wording, unbroken, wording

KILOBYTE, MEGABYTE = 1_000, 1_000_000


@dataclass(frozen=True, slots=True)
class PortalFile:
    """A file behind a link: its kind (of a document, or letter, text), the name a person sees, its link, its bytes (0: unknown)."""

    kind: str
    name: str
    href: str
    sha256: str
    size: int = 0
    end_client_id: str = ""


@dataclass(frozen=True, slots=True)
class PortalInvoice:
    """An invoice, credit note or debit note with its files, itself first; EUR, negative on a credit note."""

    number: str
    kind: Kind
    issued_on: date
    due_on: date
    gross: Decimal
    structured_reference: str
    credits_number: str
    collected_on: date | None
    files: tuple[PortalFile, ...] = ()

    @property
    def owes(self) -> bool:
        """Whether there is something to pay."""
        return self.kind != "credit_note" and self.gross > 0


@dataclass(frozen=True, slots=True)
class PortalLetter:
    """A letter about what is late, by its level; `amount` is what it asks, EUR."""

    on: date
    level: int
    amount: Decimal
    pay_by: date | None
    files: tuple[PortalFile, ...]


@dataclass(frozen=True, slots=True)
class PortalPage:
    """All that is published for a payer, in order of date."""

    payer_id: str
    name: str
    language: Language
    seller: Seller
    invoices: tuple[PortalInvoice, ...]
    letters: tuple[PortalLetter, ...]


@dataclass(frozen=True, slots=True)
class _Link:
    """A link as it is read: its text, what a screen reader adds, the size in words."""

    href: str
    text: str
    of: str
    size: str


@dataclass(frozen=True, slots=True)
class _Row:
    """A document or letter in words."""

    title: str
    number: str
    below: str
    day: str
    due: str
    reference: str
    amount: str
    in_favour: bool
    links: tuple[_Link, ...]


def render(shown: PortalPage) -> bytes:
    """Returns the page as HTML in the language of the payer, the latest document first, by year."""
    words = wording(shown.language)
    words = words._replace(texts={key: unbroken(text) for key, text in words.texts.items()})
    return page(
        "portal.html",
        t=words,
        shown=shown,
        years=[
            (year, [_invoice(each, words) for each in reversed(shown.invoices) if each.issued_on.year == year]) for year in _years(shown)
        ],
        letters=[_letter(each, words) for each in reversed(shown.letters)],
    )


def _years(shown: PortalPage) -> list[int]:
    return sorted({each.issued_on.year for each in shown.invoices}, reverse=True)


def _invoice(shown: PortalInvoice, words: Wording) -> _Row:
    return _Row(
        words("title." + shown.kind),
        shown.number,
        words("portal.credits", number=shown.credits_number) if shown.credits_number else "",
        words.figures.day(shown.issued_on),
        due_in_words(shown, words),
        structured_reference(shown.structured_reference) if shown.owes else "",
        words.figures.money(abs(shown.gross)),
        shown.gross < 0,
        tuple(_link(each, f"{words('title.' + shown.kind)} {shown.number}", words) for each in shown.files),
    )


def due_in_words(shown: PortalInvoice, words: Wording) -> str:
    """Returns until when an invoice is paid: a day, on receipt, the day of its debit, or that there is nothing to pay."""
    if not shown.owes:
        return words("portal.nothing_due")
    if shown.collected_on is not None:
        return words("portal.debited", day=words.figures.day(shown.collected_on))
    return words("label.on_receipt") if shown.due_on == shown.issued_on else words.figures.day(shown.due_on)


def _letter(shown: PortalLetter, words: Wording) -> _Row:
    day = words.figures.day(shown.on)
    due = words.figures.day(shown.pay_by) if shown.pay_by else ""
    links = tuple(_link(each, words("portal.letter_of", day=day), words) for each in shown.files)
    return _Row(words("portal.letter"), "", "", day, due, "", words.figures.money(shown.amount), in_favour=False, links=links)


def _link(shown: PortalFile, of: str, words: Wording) -> _Link:
    text = words("portal.file_" + shown.kind, end_client=shown.end_client_id)
    return _Link(shown.href, text, of, _size(shown.size, words) if shown.size else "")


def _size(size: int, words: Wording) -> str:
    if size < MEGABYTE:
        return words("portal.kilobytes", size=words.figures.whole(max(1, round(size / KILOBYTE))))
    return words("portal.megabytes", size=words.figures.number(Decimal(size) / MEGABYTE, 1, 1))


__all__ = ["PortalFile", "PortalInvoice", "PortalLetter", "PortalPage", "due_in_words", "render"]
