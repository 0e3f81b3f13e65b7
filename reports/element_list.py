"""The elements a summary counts, by name: each with its identifier and its first day on the platform (BT-2.f, BT-2.i)."""

from collections.abc import Sequence

from reports.layout import ACCENT, LEFT, MUTED, REGULAR, RIGHT, Pen, Rows, Strip, fitted, gap, printable, width_of
from reports.records import ElementRecord, SummaryLine
from reports.wording import Wording

Pieces = list[Strip | Rows]

ROW, COLUMNS, GUTTER = 12.0, 2, 24.0
NAME_SIZE, ID_SIZE, DAY_SIZE = 7.5, 6.2, 6.8
ID_WIDTH = 72.0


def element_pieces(lines: Sequence[SummaryLine], words: Wording) -> Pieces:
    """The elements of each line, those there and then those removed that are still due; nothing when no line has any."""
    pieces: Pieces = []
    for line in lines:
        there = [element for element in line.elements if element.charged_until is None]
        kept = [element for element in line.elements if element.charged_until is not None]
        over = words("label.elements_of", product=line.description, line=line.line_id, count=words.counted("elements", len(there)))
        if line.elements:
            pieces += _listed(over, there, COLUMNS if all(_fits(element, words) for element in there) else 1, words)
        if kept:
            kept_over = words("label.kept", clause=line.clause, count=words.counted("elements", len(kept)))
            pieces += _listed(f"{line.description} · {kept_over}", kept, 1, words)
    return [_title(words("title.elements")), *pieces] if pieces else []


def _listed(over: str, elements: Sequence[ElementRecord], columns: int, words: Wording) -> Pieces:
    heading = _over(over)

    def draw(pen: Pen, y: float, first: int, past: int) -> None:
        _draw(pen, y, elements[first * columns : past * columns], columns, words)

    return [heading, Rows(-(-len(elements) // columns), ROW, draw, heading), gap(10)]


def _fits(element: ElementRecord, words: Wording) -> bool:
    """Whether the element can be named whole beside another."""
    name = width_of(printable(element.label), REGULAR, NAME_SIZE)
    shown = 0.0 if element.element_id == element.label else 6 + min(ID_WIDTH, width_of(printable(element.element_id), REGULAR, ID_SIZE))
    return bool(name + shown + width_of(_since(element, words), REGULAR, DAY_SIZE) + 8 <= (RIGHT - LEFT - GUTTER) / COLUMNS)


def _draw(pen: Pen, y: float, elements: Sequence[ElementRecord], columns: int, words: Wording) -> None:
    width = (RIGHT - LEFT - GUTTER * (columns - 1)) / columns
    for place, element in enumerate(elements):
        row, column = divmod(place, columns)
        x, base = LEFT + column * (width + GUTTER), y - 8.6 - row * ROW
        since = _since(element, words)
        left = width - width_of(since, REGULAR, DAY_SIZE) - 8
        shown = "" if element.element_id == element.label else fitted(printable(element.element_id), REGULAR, ID_SIZE, ID_WIDTH)
        name = fitted(printable(element.label), REGULAR, NAME_SIZE, left - (width_of(shown, REGULAR, ID_SIZE) + 6 if shown else 0))
        pen.text(x, base, name, NAME_SIZE)
        if shown:
            pen.text(x + width_of(name, REGULAR, NAME_SIZE) + 6, base, shown, ID_SIZE, MUTED)
        pen.text(x + width, base, since, DAY_SIZE, MUTED, align="right")


def _since(element: ElementRecord, words: Wording) -> str:
    first = words.figures.day(element.first_day)
    if element.charged_until is None:
        return words("label.from_first", day=first)
    return words("label.kept_until", day=first, until=words.figures.day(element.charged_until))


def _title(text: str) -> Strip:
    def draw(pen: Pen, y: float) -> None:
        pen.text(LEFT, y - 12, text, 11, ACCENT, bold=True)

    return Strip(22, draw, keep=True)


def _over(text: str) -> Strip:
    def draw(pen: Pen, y: float) -> None:
        pen.text(LEFT, y - 8.5, fitted(printable(text), REGULAR, 7.5, RIGHT - LEFT), 7.5, MUTED)
        pen.rule(y - 13)

    return Strip(17, draw, keep=True)


__all__ = ["element_pieces"]
