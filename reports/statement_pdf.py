"""The statement of account as PDF: what is open since when, how to pay it, what is in the payer's favour and held for him."""

from dataclasses import dataclass

from billing.money import ZERO
from reports.front_page import (
    FRONT_ENDS,
    PANEL_TOP,
    draw_facts,
    draw_legal,
    draw_letterhead,
    draw_payer,
    legal_height,
)
from reports.layout import BOTTOM, LEFT, MUTED, REGULAR, Pages, Pen, wrapped
from reports.page_furniture import draw_pages
from reports.payment_panel import PANEL_HEIGHT, draw_amount, draw_how_to_pay
from reports.records import Payer, Seller
from reports.statement import Statement
from reports.statement_tables import account_pieces, ageing_pieces, credit_pieces, dispute_pieces, favour_pieces, held_pieces, open_pieces
from reports.wording import Wording, wording

NOTES_WIDTH = 204.0  # beside the account to pay to


@dataclass(frozen=True, slots=True)
class StatementSheet:
    """A statement on paper: who sends it to whom."""

    payer: Payer
    seller: Seller
    statement: Statement

    @property
    def kind(self) -> str:
        """What the document is, as its title is looked up."""
        return "statement"


def render_statement(sheet: StatementSheet) -> bytes:
    """The statement in the payer's language, as PDF bytes; the same record gives the same bytes."""
    words, found = wording(sheet.payer.language), sheet.statement
    name = f"{words('title.statement')} {words.figures.day(found.on)}"
    pen = Pen(f"{name} – {sheet.payer.name}", sheet.seller.name, words.figures.locale.replace("_", "-"), found.on)
    pages = Pages(FRONT_ENDS, BOTTOM + legal_height(sheet, words))
    parts = (ageing_pieces, open_pieces, dispute_pieces, favour_pieces, held_pieces, credit_pieces, account_pieces)
    pages.lay([piece for part in parts for piece in part(found, words)])
    draw_pages(pen, pages.pages, sheet, words, name=name, draft=False, front=lambda: _draw_front(pen, sheet, words))
    return pen.document()


def _draw_front(pen: Pen, sheet: StatementSheet, words: Wording) -> None:
    found, figures = sheet.statement, words.figures
    draw_letterhead(pen, sheet, words, words("title.statement"), figures.long_day(found.on))
    draw_payer(pen, sheet, words, words("statement.account_of"))
    since = [(words("statement.since"), figures.day(found.account.first))] if found.account else []
    draw_facts(
        pen,
        [
            (words("statement.on"), figures.day(found.on)),
            *since,
            (words("label.customer"), sheet.payer.payer_id),
            (words("statement.open_documents"), figures.whole(len(found.invoices))),
        ],
    )
    _draw_panel(pen, sheet, words)
    draw_legal(pen, sheet, words)


def _draw_panel(pen: Pen, sheet: StatementSheet, words: Wording) -> None:
    """What the account comes to, and where to pay what is open."""
    found = sheet.statement
    pen.panel(PANEL_TOP, PANEL_HEIGHT)
    left, y = LEFT + 18, PANEL_TOP - 24
    pen.text(left, y, words("label.to_receive" if found.owed < 0 else "statement.balance"), 8, MUTED)
    draw_amount(pen, words.figures.money(abs(found.owed)), left, y - 26)
    lines = [line for note in _notes(found, words) for line in wrapped(note, REGULAR, 7.2, NOTES_WIDTH)]
    pen.lines(left, y - 40, lines, 7.2, leading=9.2, color=MUTED)
    if found.owed > 0:
        draw_how_to_pay(pen, sheet, words, PANEL_TOP - 29, words("statement.each_reference"))


def _notes(found: Statement, words: Wording) -> list[str]:
    """What stands below the balance: how it comes about, what is overdue and contested, and what becomes of it where nothing is to pay."""
    ageing, money = found.ageing, words.figures.money
    notes = []
    if found.favour and found.invoices:
        notes.append(words("statement.in_favour", open=money(ageing.total), favour=money(found.favour)))
    if ageing.overdue > ZERO:
        notes.append(words("statement.overdue", amount=money(ageing.overdue)))
    if ageing.total_contested:
        notes.append(words("statement.contested", amount=money(ageing.total_contested)))
    if found.interest:
        notes.append(words("statement.interest", amount=money(found.interest)))
    if found.owed <= 0:
        notes.append(words("label.set_off" if found.favour else "label.nothing_due"))
    return notes


__all__ = ["StatementSheet", "render_statement"]
