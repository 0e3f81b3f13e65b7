"""The monthly summary of one end client as PDF (BT-2.f): what was counted and ordered, and which rule made the quantity charged."""

from collections.abc import Sequence
from itertools import groupby

from reports.front_page import draw_facts, draw_letterhead
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
    fitted,
    gap,
    heading_strip,
    printable,
    wrapped,
)
from reports.page_furniture import document_name, draw_pages
from reports.records import ElementRecord, SummaryLine, SummaryRecord
from reports.wording import Wording, wording

Pieces = list[Strip | Rows]

FRONT_ENDS = HEIGHT - 252
COUNTED, SINCE, ORDERED, RULE_TEXT, CLAUSE = LEFT + 188, LEFT + 200, LEFT + 292, LEFT + 306, RIGHT - 98
ELEMENT_ROW, ELEMENT_COLUMNS = 12.0, 2


def render_summary(record: SummaryRecord, draft: bool = False) -> bytes:
    """The summary in the payer's language, as PDF bytes; the same record gives the same bytes.

    It names the snapshot by its day and the sha256 of its content, so that in a dispute everyone means the same count.
    """
    words = wording(record.head.payer.language)
    name = f"{words('title.summary')} {words.figures.month(record.period)}"
    pen = Pen(f"{name} – {record.name}", record.head.seller.name, words.figures.locale.replace("_", "-"))
    pages = Pages(FRONT_ENDS, BOTTOM)
    pages.lay(_counts(record, words))
    pages.lay(_elements(record, words))
    draw_pages(pen, pages.pages, record.head, words, name=name, draft=draft, front=lambda: _draw_front(pen, record, words))
    return pen.document()


def _draw_front(pen: Pen, record: SummaryRecord, words: Wording) -> None:
    head, figures = record.head, words.figures
    draw_letterhead(pen, head, words, words("title.summary"), figures.month(record.period))
    y = HEIGHT - 134
    pen.text(LEFT, y, words("label.end_client"), 7.5, MUTED)
    y = pen.lines(LEFT, y - 16, wrapped(record.name, BOLD, 10.5, 244)[:3], 10.5, leading=13, bold=True)
    pen.text(LEFT, y, record.end_client_id, 8.5, MUTED)
    draw_facts(
        pen,
        [
            (words("column.document"), document_name(head, words)),
            (words("label.billed_to"), head.payer.name),
            (words("label.snapshot"), figures.day(record.snapshot_on) if record.snapshot_on else "–"),
        ],
        left=LEFT + 262,
    )
    pen.text(LEFT, HEIGHT - 212, words("label.hash"), 7.2, MUTED)
    pen.text(LEFT + 110, HEIGHT - 212, record.snapshot_hash or "–", 7.2)
    pen.rule(HEIGHT - 224)


def _counts(record: SummaryRecord, words: Wording) -> Pieces:
    columns = [
        Column(words("column.product"), LEFT, 170),
        Column(words("column.counted"), COUNTED, 50, "right"),
        Column(words("column.first_day"), SINCE, 56),
        Column(words("column.ordered"), ORDERED, 50, "right"),
        Column(words("column.rule"), RULE_TEXT, 80),
        Column(words("column.clause"), CLAUSE, 40),
        Column(words("column.charged"), RIGHT, 52, "right"),
    ]
    pieces: Pieces = []
    for (contract, service), group in groupby(sorted(record.lines, key=_contract_and_service), key=_contract_and_service):
        under = f"{words('service.' + service)} · {words('label.contract', contract=contract)}"
        again = heading_strip(columns, under)
        pieces += [again, *(_count_strip(line, words, again) for line in group), gap(10)]
    return [*(pieces or [_sentence(words("label.none"))]), _sentence(words("legal.summary")), _sentence(words("legal.frozen")), gap(16)]


def _contract_and_service(line: SummaryLine) -> tuple[str, str]:
    return line.contract_id, line.service


def _count_strip(line: SummaryLine, words: Wording, again: Strip) -> Strip:
    figures = words.figures
    product = wrapped(line.description, REGULAR, 8.2, COUNTED - LEFT - 44)
    rule = wrapped(words("rule." + line.rule), REGULAR, 7, CLAUSE - RULE_TEXT - 6)
    height = max(10.5 * len(product), 9.2 * len(rule)) + 7

    def draw(pen: Pen, y: float) -> None:
        base = y - 10.5
        pen.lines(LEFT, base, product, 8.2, leading=10.5)
        pen.text(COUNTED, base, "–" if line.counted is None else figures.whole(line.counted), 8.2, align="right")
        pen.text(SINCE, base, figures.day(line.first_day) if line.first_day else "–", 7.2, MUTED)
        pen.text(ORDERED, base, figures.whole(line.ordered), 8.2, align="right")
        pen.lines(RULE_TEXT, base, rule, 7, leading=9.2, color=MUTED)
        pen.text(CLAUSE, base, fitted(printable(line.clause), REGULAR, 6.5, 40), 6.5, MUTED)
        pen.text(RIGHT, base, figures.whole(line.quantity), 8.2, bold=True, align="right")
        pen.rule(y - height + 0.5, width=0.25)

    return Strip(height, draw, again)


def _elements(record: SummaryRecord, words: Wording) -> Pieces:
    """The counted elements of each line by name, each with the first snapshot that shows it."""
    pieces: Pieces = []
    for line in record.lines:
        if line.elements:
            pieces += _line_elements(line, words)
    return [_title(words("title.elements")), *pieces] if pieces else []


def _line_elements(line: SummaryLine, words: Wording) -> Pieces:
    over = f"{line.description} · {words('label.calls_of', line=line.line_id)} · {words.figures.whole(len(line.elements))}"
    heading = _over(over)
    rows = -(-len(line.elements) // ELEMENT_COLUMNS)

    def draw(pen: Pen, y: float, first: int, past: int) -> None:
        _draw_elements(pen, y, line.elements[first * ELEMENT_COLUMNS : past * ELEMENT_COLUMNS], words)

    return [heading, Rows(rows, ELEMENT_ROW, draw, heading), gap(10)]


def _draw_elements(pen: Pen, y: float, elements: Sequence[ElementRecord], words: Wording) -> None:
    width = (RIGHT - LEFT - 24) / ELEMENT_COLUMNS
    for place, element in enumerate(elements):
        row, column = divmod(place, ELEMENT_COLUMNS)
        x, base = LEFT + column * (width + 24), y - 8.6 - row * ELEMENT_ROW
        pen.text(x, base, fitted(printable(element.label), REGULAR, 7.5, width - 76), 7.5)
        pen.text(x + width, base, words("label.from_first", day=words.figures.day(element.first_day)), 6.8, MUTED, align="right")


def _title(text: str) -> Strip:
    def draw(pen: Pen, y: float) -> None:
        pen.text(LEFT, y - 12, text, 11, ACCENT, bold=True)

    return Strip(22, draw, keep=True)


def _over(text: str) -> Strip:
    def draw(pen: Pen, y: float) -> None:
        pen.text(LEFT, y - 8.5, fitted(printable(text), REGULAR, 7.5, RIGHT - LEFT), 7.5, MUTED)
        pen.rule(y - 13)

    return Strip(17, draw, keep=True)


def _sentence(text: str) -> Strip:
    lines = wrapped(text, REGULAR, 7.5, RIGHT - LEFT)

    def draw(pen: Pen, y: float) -> None:
        pen.lines(LEFT, y - 11, lines, 7.5, leading=10.5, color=MUTED)

    return Strip(10.5 * len(lines) + 4, draw)
