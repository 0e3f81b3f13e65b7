"""The monthly summary of one end client as PDF (BT-2.f): what was counted and ordered, which rule made the quantity charged, and why."""

from itertools import groupby

from reports.element_list import element_pieces
from reports.front_page import draw_facts, draw_letterhead
from reports.layout import (
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
from reports.records import SummaryLine, SummaryRecord
from reports.wording import Wording, wording

Pieces = list[Strip | Rows]

FRONT_ENDS = HEIGHT - 252
COUNTED, ORDERED, CHARGED, DAYS, RULE, CLAUSE = LEFT + 168, LEFT + 216, LEFT + 274, LEFT + 288, LEFT + 366, RIGHT - 36
PRODUCT_WIDTH, RULE_WIDTH = COUNTED - LEFT - 38, CLAUSE - RULE - 6
DELAYED = "GC-5.4"


def render_summary(record: SummaryRecord, draft: bool = False) -> bytes:
    """The summary in the payer's language, as PDF bytes; the same record gives the same bytes.

    It names the snapshot by its day, its size and the sha256 of its content, so that in a dispute everyone means the same count.
    """
    words = wording(record.head.payer.language)
    name = f"{words('title.summary')} {words.figures.month(record.period)}"
    pen = Pen(f"{name} – {record.name}", record.head.seller.name, words.figures.locale.replace("_", "-"), record.head.issued_on)
    pages = Pages(FRONT_ENDS, BOTTOM)
    pages.lay(_counts(record, words))
    pages.lay(element_pieces(record.lines, words))
    draw_pages(pen, pages.pages, record.head, words, name=name, draft=draft, front=lambda: _draw_front(pen, record, words))
    return pen.document()


def _draw_front(pen: Pen, record: SummaryRecord, words: Wording) -> None:
    head, figures = record.head, words.figures
    draw_letterhead(pen, head, words, words("title.summary"), figures.month(record.period))
    y = HEIGHT - 134
    pen.text(LEFT, y, words("label.end_client"), 7.5, MUTED)
    size = 10.5 if len(wrapped(record.name, BOLD, 10.5, 244)) <= 3 else 8.0
    y = pen.lines(LEFT, y - 16, wrapped(record.name, BOLD, size, 244)[:4], size, leading=size + 2.5, bold=True)
    pen.text(LEFT, y, record.end_client_id, 8.5, MUTED)
    draw_facts(
        pen,
        [
            (words("column.document"), document_name(head, words)),
            (words("label.billed_to"), head.payer.name),
            (words("label.snapshot"), figures.day(record.snapshot_on) if record.snapshot_on else "–"),
            (words("label.snapshot_elements"), figures.whole(record.snapshot_elements) if record.snapshot_on else "–"),
        ],
        left=LEFT + 262,
    )
    pen.text(LEFT, HEIGHT - 212, words("label.hash"), 7.2, MUTED)
    pen.text(LEFT + 110, HEIGHT - 212, record.snapshot_hash or "–", 7.2)
    pen.rule(HEIGHT - 224)


def _counts(record: SummaryRecord, words: Wording) -> Pieces:
    columns = [
        Column(words("column.product"), LEFT, PRODUCT_WIDTH),
        Column(words("column.counted"), COUNTED, 48, "right"),
        Column(words("column.ordered"), ORDERED, 48, "right"),
        Column(words("column.charged"), CHARGED, 48, "right"),
        Column(words("column.days"), DAYS, 74),
        Column(words("column.rule"), RULE, RULE_WIDTH),
        Column(words("column.clause"), CLAUSE, 36),
    ]
    pieces: Pieces = []
    for (contract, service), group in groupby(sorted(record.lines, key=_contract_and_service), key=_contract_and_service):
        under = f"{words('service.' + service)} · {words('label.contract', contract=contract)}"
        again = heading_strip(columns, under)
        pieces += [again, *(_count_strip(line, words, again) for line in group), gap(10)]
    return [*(pieces or [_sentence(words("label.none"))]), *(_sentence(text) for text in _authority(record, words)), gap(16)]


def _contract_and_service(line: SummaryLine) -> tuple[str, str]:
    return line.contract_id, line.service


def _authority(record: SummaryRecord, words: Wording) -> list[str]:
    """What the summary is worth in a dispute, in the words of the terms, and how to check it (BT-2.f)."""
    texts = [words("legal.summary")]
    if record.snapshot_on is not None:
        texts.append(words("legal.frozen"))
        texts.append(
            words(
                "legal.check",
                elements=words.counted("elements", record.snapshot_elements),
                day=words.figures.long_day(record.snapshot_on),
                period=f"{record.period:%Y-%m}",
                client=record.end_client_id,
            )
        )
    return texts


def _count_strip(line: SummaryLine, words: Wording, again: Strip) -> Strip:
    figures = words.figures
    product = wrapped(line.description, REGULAR, 8.2, PRODUCT_WIDTH)
    rule = wrapped(words("rule." + line.rule), REGULAR, 7, RULE_WIDTH)
    days = [figures.short_span(first, last) for first, last in line.days] or ["–"]
    said = _why(line, words)
    why = wrapped(said, REGULAR, 6.8, RIGHT - LEFT) if said else ()
    upper = max(10.5 * len(product), 9.2 * len(rule), 9.2 * len(days))
    height = upper + (9 * len(why) + 1.5 if why else 0) + 7

    def draw(pen: Pen, y: float) -> None:
        base = y - 10.5
        pen.lines(LEFT, base, product, 8.2, leading=10.5)
        pen.text(COUNTED, base, "–" if line.counted is None else figures.whole(line.counted), 8.2, align="right")
        pen.text(ORDERED, base, figures.whole(line.ordered), 8.2, align="right")
        pen.text(CHARGED, base, figures.whole(line.quantity), 8.2, bold=True, align="right")
        pen.lines(DAYS, base, days, 7, leading=9.2, color=MUTED)
        pen.lines(RULE, base, rule, 7, leading=9.2)
        pen.text(CLAUSE, base, fitted(printable(line.clause), REGULAR, 6.5, 36), 6.5, MUTED)
        pen.lines(LEFT, base - upper - 0.7, why, 6.8, leading=9, color=MUTED)
        pen.rule(y - height + 0.5, width=0.25)

    return Strip(height, draw, again)


def _why(line: SummaryLine, words: Wording) -> str:
    """The sentence that lets a reader check the rule by hand; nothing where the count or the order speaks for itself."""
    figures = words.figures
    if line.reference is not None:
        reference = line.reference
        quarter = figures.quarter(reference.quarter)
        return words(
            f"why.users_{reference.source}",
            reference=figures.whole(reference.quantity),
            quarter=quarter,
            charged=figures.whole(line.quantity),
        )
    if line.until is not None:
        return words("why." + line.rule, until=figures.long_day(line.until))
    return words("why.delayed") if line.rule == "ordered" and line.clause == DELAYED else ""


def _sentence(text: str) -> Strip:
    lines = wrapped(text, REGULAR, 7.5, RIGHT - LEFT)

    def draw(pen: Pen, y: float) -> None:
        pen.lines(LEFT, y - 11, lines, 7.5, leading=10.5, color=MUTED)

    return Strip(10.5 * len(lines) + 4, draw)
