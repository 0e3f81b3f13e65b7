"""What every page carries besides its content: the seller, the document's number, the page of how many, the draft mark."""

from collections.abc import Callable, Sequence

from reports.figures import account_number, enterprise_number
from reports.layout import ACCENT, BOLD, HEIGHT, LEFT, MUTED, REGULAR, RIGHT, Drawing, Pen, fitted, printable, width_of
from reports.records import Addressed, InvoiceHead
from reports.wording import Wording


def draw_pages(
    pen: Pen, pages: Sequence[Sequence[Drawing]], head: Addressed, words: Wording, *, name: str, draft: bool, front: Callable[[], None]
) -> None:
    """Draw the pages one after the other; `front` draws the head of the first, the others carry a running head."""
    for number, drawings in enumerate(pages, start=1):
        if draft:
            pen.watermark(words("title.draft"))
            pen.banner(f"{words('title.draft')} · {words('label.draft_banner')}")
        if number == 1:
            front()
        else:
            _running_head(pen, head, name)
        for draw in drawings:
            draw(pen)
        _foot(pen, head, words, f"{name} · {words('label.page', page=number, pages=len(pages))}", draft)
        pen.next_page()


def document_name(head: InvoiceHead, words: Wording) -> str:
    """`Facture 2026-000123`; a draft has no number and says so: `Facture PROJET`."""
    return f"{words('title.' + head.kind)} {head.number or words('title.draft')}"


def _running_head(pen: Pen, head: Addressed, name: str) -> None:
    pen.text(LEFT, HEIGHT - 42, fitted(printable(head.seller.name), BOLD, 8, 230), 8, ACCENT, bold=True)
    pen.text(RIGHT, HEIGHT - 42, fitted(printable(f"{name} · {head.payer.name}"), REGULAR, 7.5, 250), 7.5, MUTED, align="right")
    pen.rule(HEIGHT - 50)


def _foot(pen: Pen, head: Addressed, words: Wording, where: str, draft: bool) -> None:
    seller = head.seller
    enterprise = words("label.enterprise", number=enterprise_number(seller.vat_number))
    who = f"{seller.name} · {enterprise} · {seller.register}"
    room = RIGHT - LEFT - width_of(where, REGULAR, 6.5) - 14
    pen.rule(46)
    pen.text(LEFT, 34, fitted(printable(who), REGULAR, 6.5, room), 6.5, MUTED)
    if not draft:  # nobody is to pay what is not issued
        pen.text(LEFT, 25, f"{words('label.iban')} {account_number(seller.iban)}", 6.5, MUTED)
    pen.text(RIGHT, 34, where, 6.5, MUTED, align="right")
