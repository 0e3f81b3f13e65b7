"""A letter about overdue documents as PDF: what is asked and why, how to pay it, what it costs, what comes next, how to complain."""

from collections.abc import Sequence

from billing.clause import carries_out
from reports import letter_text
from reports.cells import TALL_ROW, Cell, draw_cells, sentence, total
from reports.figures import structured_reference
from reports.front_page import PANEL_TOP, draw_facts, draw_legal, draw_letterhead, draw_payer, legal_height, payer_ends
from reports.layout import (
    ACCENT,
    BOLD,
    BOTTOM,
    HEIGHT,
    LEFT,
    MUTED,
    REGULAR,
    RIGHT,
    Column,
    Pages,
    Pen,
    Rows,
    Strip,
    gap,
    heading_strip,
    printable,
    width_of,
    wrapped,
)
from reports.page_furniture import draw_pages
from reports.payment_panel import AMOUNT_BESIDE_CODE, PANEL_HEIGHT, draw_amount, draw_transfer
from reports.qr import payment_payload
from reports.records import LetterItem, LetterRecord
from reports.wording import Wording, wording

Pieces = list[Strip | Rows]

TEXT, LEADING = 8.6, 11.8
ISSUED, DUE, LATE, GROSS, CREDITED, PAID, CONTESTED = (LEFT + x for x in (82, 134, 216, 271, 327, 383, 437))


@carries_out("CG-4")
def render_letter(letter: LetterRecord) -> bytes:
    """The letter in the payer's language, as PDF bytes; the same record gives the same bytes. Its items are shown oldest due date first."""
    words = wording(letter.payer.language)
    name = f"{words('title.' + letter.words)} {words.figures.day(letter.noticed_on)}"
    pen = Pen(f"{name} – {letter.payer.name}", letter.seller.name, words.figures.locale.replace("_", "-"), letter.noticed_on)
    pages = Pages(_panel_top(letter, words) - PANEL_HEIGHT - 15, BOTTOM + legal_height(letter, words))
    pages.lay(_pieces(letter, words))
    draw_pages(pen, pages.pages, letter, words, name=name, draft=False, front=lambda: _draw_front(pen, letter, words))
    return pen.document()


def _pieces(letter: LetterRecord, words: Wording) -> Pieces:
    greeting = words(f"letter.greeting_{letter.words}")
    limited = letter_text.limited(letter, words)
    notes = [words("letter.computed"), *letter_text.contested(letter, words), *letter_text.ways_to_pay(letter, words)]
    return [
        *_paragraphs([greeting, letter_text.asked(letter, words), *limited]),
        *_limited_pieces(letter.suspended, words),
        gap(5),
        *_item_pieces(letter, words),
        sentence(" ".join(notes)),
        gap(6),
        *_part(words("letter.costs_title"), letter_text.costs(letter, words)),
        *_part(words("letter.next_title"), letter_text.what_follows(letter, words)),
        *_paragraphs([" ".join(letter_text.closing(letter, words)), f"{words('mail.closing')} {letter.seller.name}"], keep=True),
    ]


def _draw_front(pen: Pen, letter: LetterRecord, words: Wording) -> None:
    figures = words.figures
    draw_letterhead(pen, letter, words, words("title." + letter.words), figures.long_day(letter.noticed_on))
    draw_payer(pen, letter, words, words("statement.account_of"))
    draw_facts(
        pen,
        [
            (words("label.issued"), figures.day(letter.noticed_on)),
            (words("letter.since"), figures.day(min(item.due_on for item in letter.items))),
            (words("label.customer"), letter.payer.payer_id),
            (words("letter.documents"), figures.whole(len(letter.items))),
        ],
    )
    _draw_panel(pen, letter, words)
    draw_legal(pen, letter, words)


def _panel_top(letter: LetterRecord, words: Wording) -> float:
    """Below the facts and the address: higher than on an invoice where the address is short, so that most letters are one page."""
    return max(float(PANEL_TOP), min(float(HEIGHT) - 204, payer_ends(letter, words) - 18))


def _draw_panel(pen: Pen, letter: LetterRecord, words: Wording) -> None:
    """What is to be paid and by when, to which account, and the code that a banking app reads."""
    top = _panel_top(letter, words)
    pen.panel(top, PANEL_HEIGHT)
    left, y = LEFT + 18, top - 24
    pen.text(left, y, words("label.to_pay"), 8, MUTED)
    draw_amount(pen, words.figures.money(letter.total), left, y - 27, AMOUNT_BESIDE_CODE)
    pen.lines(left, y - 46, wrapped(words("letter.by", day=words.figures.long_day(letter.pay_by)), REGULAR, 9, 166), 9, leading=12)
    references = [item.structured_reference for item in letter_text.by_age(letter)]
    payload = payment_payload(letter.seller, letter.total, references)
    draw_transfer(pen, letter, words, top, letter_text.reference_to_use(letter, words), payload)


def _paragraphs(texts: Sequence[str], *, keep: bool = False) -> Pieces:
    """Paragraphs below each other; kept ones stand on the same page."""
    return [_paragraph(text, keep=keep and place < len(texts) - 1) for place, text in enumerate(texts)]


def _paragraph(text: str, *, bold: bool = False, keep: bool = False) -> Strip:
    """A paragraph, or the bold line above one; `keep` holds it on the page of the next, as a bold line always is."""
    lines = wrapped(text, BOLD if bold else REGULAR, TEXT, RIGHT - LEFT)

    def draw(pen: Pen, y: float) -> None:
        if bold:
            pen.lines(LEFT, y - 9, lines, TEXT, leading=LEADING, color=ACCENT, bold=True)
        else:
            pen.lines(LEFT, y - 9, lines, TEXT, leading=LEADING)

    return Strip(LEADING * len(lines) + (2 if bold else 5), draw, keep=keep or bold)


def _part(title: str, texts: Sequence[str]) -> Pieces:
    """A titled paragraph; nothing without texts."""
    return [_paragraph(title, bold=True), _paragraph(" ".join(texts)), gap(2)] if texts else []


def _limited_pieces(names: Sequence[str], words: Wording) -> Pieces:
    """The clients whose services are limited, by name: in two columns, in one where a name is too long for half a line."""
    if not names:
        return []
    half = (RIGHT - LEFT) / 2
    columns = 2 if len(names) > 1 and all(width_of(printable(name), REGULAR, TEXT) <= half - 22 for name in names) else 1
    beside = -(-len(names) // columns)
    rows = [[names[place] for place in range(row, len(names), beside)] for row in range(beside)]
    return [gap(3), _paragraph(words("letter.limited_title"), bold=True), *(_names(row, half) for row in rows), gap(4)]


def _names(names: Sequence[str], half: float) -> Strip:
    shown = [wrapped(name, REGULAR, TEXT, RIGHT - LEFT - 10) for name in names]

    def draw(pen: Pen, y: float) -> None:
        for place, lines in enumerate(shown):
            pen.text(LEFT + place * half, y - 9, "•", TEXT, ACCENT)
            pen.lines(LEFT + place * half + 10, y - 9, lines, TEXT, leading=LEADING)

    return Strip(LEADING * max(map(len, shown)), draw)


def _columns(words: Wording) -> list[Column]:
    return [
        Column(words("letter.number"), LEFT, 80),
        Column(words("statement.date"), ISSUED, 48),
        Column(words("statement.due"), DUE, 48),
        Column(words("statement.days_late"), LATE, 30, "right"),
        Column(words("statement.amount"), GROSS, 54, "right"),
        Column(words("statement.credited"), CREDITED, 54, "right"),
        Column(words("statement.paid"), PAID, 54, "right"),
        Column(words("letter.contested_column"), CONTESTED, 52, "right"),
        Column(words("letter.asked"), RIGHT, 54, "right"),
    ]


def _item_pieces(letter: LetterRecord, words: Wording) -> Pieces:
    """Every document with how what is asked of it comes about, and the total."""
    items, columns = letter_text.by_age(letter), _columns(words)
    heading = heading_strip(columns, words("letter.due_title"))

    def draw(pen: Pen, y: float, first: int, past: int) -> None:
        for item in items[first:past]:
            _draw_item(pen, y, item, columns, words)
            y -= TALL_ROW

    return [heading, Rows(len(items), TALL_ROW, draw, heading), total(words("letter.total"), words.figures.money(letter.total), RIGHT)]


def _draw_item(pen: Pen, y: float, item: LetterItem, columns: Sequence[Column], words: Wording) -> None:
    figures = words.figures
    taken = [figures.amount(amount) if amount else "–" for amount in (item.credited, item.paid, item.contested)]
    days = words("statement.days", days=figures.whole(item.days_late))
    texts = (item.number, figures.day(item.issued_on), figures.day(item.due_on), days, figures.amount(item.gross), *taken)
    cells = [Cell(column, shown) for column, shown in zip(columns, texts, strict=False)]
    draw_cells(pen, y, [*cells, Cell(columns[-1], figures.amount(item.asked), bold=True)])
    pen.text(LEFT, y - 19.5, f"{words('title.' + item.kind)} · {structured_reference(item.structured_reference)}", 6.8, MUTED)
    if item.interest:
        pen.text(RIGHT, y - 19.5, words("letter.interest_here", amount=figures.amount(item.interest)), 6.8, MUTED, align="right")
    pen.rule(y - TALL_ROW + 0.5, width=0.25)


__all__ = ["render_letter"]
