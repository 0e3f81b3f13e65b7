"""Cells of a row, rows alone on a line, totals and sentences: what the tables of statements and letters are made of."""

from collections.abc import Sequence
from dataclasses import dataclass

from reports.layout import ACCENT, BOLD, LEFT, MUTED, REGULAR, RIGHT, Column, Pen, Strip, fitted, printable, wrapped

SIZE, ROW, TALL_ROW = 7.8, 15.0, 24.0


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a column of a row."""

    column: Column
    text: str
    bold: bool = False


def draw_cells(pen: Pen, y: float, cells: Sequence[Cell]) -> None:
    """The cells of a row; a text too long for its column is cut, an amount never is."""
    for cell in cells:
        column, shown = cell.column, printable(cell.text)
        if column.align == "left":
            shown = fitted(shown, BOLD if cell.bold else REGULAR, SIZE, column.width)
        pen.text(column.x, y - 10, shown, SIZE, bold=cell.bold, align=column.align)


def row(cells: Sequence[Cell], again: Strip | None = None) -> Strip:
    """A row alone, ruled below."""

    def draw(pen: Pen, y: float) -> None:
        draw_cells(pen, y, cells)
        pen.rule(y - ROW + 0.5, width=0.25)

    return Strip(ROW, draw, again)


def total(label: str, amount: str, right: float) -> Strip:
    """A total in the column that ends at `right`, its label before it."""

    def draw(pen: Pen, y: float) -> None:
        pen.text(right - 84, y - 13, label, SIZE, bold=True, align="right")
        pen.text(right, y - 13, amount, 9, ACCENT, bold=True, align="right")

    return Strip(19, draw)


def sentence(text: str) -> Strip:
    """A sentence about the table above it."""
    lines = wrapped(text, REGULAR, 7.5, RIGHT - LEFT)

    def draw(pen: Pen, y: float) -> None:
        pen.lines(LEFT, y - 11, lines, 7.5, leading=10.5, color=MUTED)

    return Strip(10.5 * len(lines) + 6, draw)


__all__ = ["ROW", "SIZE", "TALL_ROW", "Cell", "draw_cells", "row", "sentence", "total"]
