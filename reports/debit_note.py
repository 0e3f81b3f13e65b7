"""What a debit note has on paper that an invoice has not: no VAT, and under each line how it was computed, delay by delay."""

from billing.clause import carries_out
from billing.period import days_in_month
from reports.layout import ACCENT, LEFT, MUTED, REGULAR, RIGHT, Column, Pen, Rows, Strip, fitted, gap, heading_strip, printable, wrapped
from reports.records import DelayRecord, InvoiceRecord, LateRecord, LineRecord
from reports.wording import Wording

CLAUSE, PERIOD = LEFT + 292, LEFT + 348
DESCRIPTION_WIDTH = CLAUSE - LEFT - 12
INSIDE, OPEN, RATE, MONTHS = LEFT + 14, LEFT + 218, LEFT + 288, LEFT + 350
COST = LEFT + 418

Pieces = list[Strip | Rows]


@carries_out("CG-2.d", "CG-2.e", "GC-5.2")
def debit_note_detail(record: InvoiceRecord, words: Wording) -> Pieces:
    """Every line with the days it rests on, and below it its computation: so the payer can do the sum again."""
    pieces: Pieces = [_title(words("title.details_debit_note")), heading_strip(_columns(words))]
    again = heading_strip(_columns(words), words("title.details_debit_note"))
    for section in record.end_clients:
        for line in section.lines:
            pieces.append(_line_strip(line, words, again))
            if line.late is not None:
                pieces += _computation(line, line.late, words)
    return [*pieces, gap(13)]


def _columns(words: Wording) -> list[Column]:
    return [
        Column(words("column.description"), LEFT, DESCRIPTION_WIDTH),
        Column(words("column.clause"), CLAUSE, 50),
        Column(words("column.period"), PERIOD, 90),
        Column(words("column.price"), RIGHT, 58, "right"),
    ]


def _title(text: str) -> Strip:
    return Strip(19, lambda pen, y: pen.text(LEFT, y - 12, text, 11, ACCENT, bold=True), keep=True)


def _line_strip(line: LineRecord, words: Wording, again: Strip) -> Strip:
    title = wrapped(line.description, REGULAR, 8.5, DESCRIPTION_WIDTH)
    span = words.figures.short_span(line.from_day, line.to_day)

    def draw(pen: Pen, y: float) -> None:
        base = y - 12
        pen.text(LEFT - 5, base, str(line.line_seq), 5.8, MUTED, align="right")
        pen.lines(LEFT, base, title, 8.5, leading=10.5)
        pen.text(CLAUSE, base, line.clause, 6.8, MUTED)
        pen.text(PERIOD, base, span, 7.2, MUTED)
        pen.text(RIGHT, base, words.figures.amount(line.net), 8.5, bold=True, align="right")

    return Strip(8 + 10.5 * len(title), draw, again, keep=True)


def _computation(line: LineRecord, late: LateRecord, words: Wording) -> Pieces:
    if late.what != "interest":
        return [_said(_of_once(late, words))]
    pieces: Pieces = [_delay_heading(words), *(_delay(each, words) for each in late.delays)]
    shown = [(words("late.charged_now"), line.net)]
    if late.charged_before:
        shown = [(words("late.to_date"), late.to_date), (words("late.charged_before"), -late.charged_before), *shown]
    return [*pieces, *(_sum(label, words.figures.amount(amount)) for label, amount in shown), _end()]


def _of_once(late: LateRecord, words: Wording) -> str:
    """What stands behind a charge made once: the letter and its level, the cost that was incurred, the order that restored."""
    if late.letter_on is not None:
        return words("late.letter", level=late.level, day=words.figures.long_day(late.letter_on))
    return words("late." + late.what)


def _delay_heading(words: Wording) -> Strip:
    headings = ((OPEN, "late.open"), (RATE, "late.per_month"), (MONTHS, "late.months"), (COST, "late.cost"))

    def draw(pen: Pen, y: float) -> None:
        pen.text(INSIDE, y - 8, words("late.days"), 6.3, MUTED)
        for x, key in headings:
            pen.text(x, y - 8, words(key), 6.3, MUTED, align="right")

    return Strip(11.5, draw, keep=True)


def _delay(delay: DelayRecord, words: Wording) -> Strip:
    figures = words.figures
    cells = (
        (OPEN, figures.amount(delay.open_amount)),
        (RATE, f"{figures.number(delay.per_month, least=0, most=4)}{figures.percent_sign}"),
        (MONTHS, "1" if delay.is_month else f"{delay.days}/{days_in_month(delay.from_day)}"),
        (COST, figures.number(delay.cost, least=2, most=4)),
    )

    def draw(pen: Pen, y: float) -> None:
        pen.text(INSIDE, y - 8, figures.span(delay.from_day, delay.to_day), 7.2, MUTED)
        for x, text in cells:
            pen.text(x, y - 8, text, 7.2, MUTED, align="right")

    return Strip(10.5, draw)


def _sum(label: str, amount: str) -> Strip:
    def draw(pen: Pen, y: float) -> None:
        pen.text(INSIDE, y - 8.5, fitted(printable(label), REGULAR, 7.2, 320), 7.2)
        pen.text(COST, y - 8.5, amount, 7.2, align="right")

    return Strip(11, draw)


def _said(text: str) -> Strip:
    lines = wrapped(text, REGULAR, 7.2, DESCRIPTION_WIDTH)

    def draw(pen: Pen, y: float) -> None:
        pen.lines(INSIDE, y - 7, lines, 7.2, leading=9.2, color=MUTED)
        pen.rule(y - height + 0.5, width=0.25)

    height = 6 + 9.2 * len(lines)
    return Strip(height, draw)


def _end() -> Strip:
    return Strip(6, lambda pen, y: pen.rule(y - 4, width=0.25))


__all__ = ["debit_note_detail"]
