"""How a long column of strips becomes pages, and what a table is made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reports.lettering import fitted, printable, width_of, wrapped
from reports.pen import ACCENT, BOTTOM, HEIGHT, INK, LEFT, MUTED, RIGHT, RULE, TINT, TOP, WIDTH, Align, Pen
from reports.typefaces import BOLD, REGULAR, load_fonts


@dataclass(frozen=True, slots=True)
class Strip:
    """A piece as wide as the page that is never broken. `draw(pen, y)` gets its upper edge.

    `again` is drawn first where a page begins with this strip; `keep` holds it on the page of the next.
    """

    height: float
    draw: Callable[[Pen, float], None]
    again: "Strip | None" = None
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """Many rows of one height, drawn a page full at a time: `draw(pen, y, first, past)`."""

    count: int
    height: float
    draw: Callable[[Pen, float, int, int], None]
    again: Strip | None = None


Drawing = Callable[[Pen], None]


class Pages:
    """Strips laid on pages from top to bottom; the first page may leave less room than the others."""

    def __init__(self, top: float, floor: float) -> None:
        self.pages: list[list[Drawing]] = [[]]
        self.y, self.floor = top, floor

    def turn(self) -> None:
        """Begin a new page."""
        self.pages.append([])
        self.y, self.floor = TOP, BOTTOM

    def lay(self, pieces: Sequence[Strip | Rows]) -> None:
        """Lay the pieces in order; none begins where it, and what it must stay with, would not fit."""
        for place, piece in enumerate(pieces):
            begins_page = self.y == TOP
            if not begins_page and self.y - _needed(pieces, place) < self.floor:
                self.turn()
                begins_page = True
            if begins_page and piece.again is not None:
                self._put(piece.again)
            if isinstance(piece, Strip):
                self._put(piece)
            else:
                self._put_rows(piece)

    def _put(self, strip: Strip) -> None:
        draw, y = strip.draw, self.y
        self.pages[-1].append(lambda pen: draw(pen, y))
        self.y -= strip.height

    def _put_rows(self, rows: Rows) -> None:
        first = 0
        while first < rows.count:
            fit = int((self.y - self.floor) // rows.height)
            if fit < 1:
                self.turn()
                if rows.again is not None:
                    self._put(rows.again)
                continue
            past = min(rows.count, first + fit)
            self._put_some(rows, first, past)
            first = past

    def _put_some(self, rows: Rows, first: int, past: int) -> None:
        draw, y = rows.draw, self.y
        self.pages[-1].append(lambda pen: draw(pen, y, first, past))
        self.y -= rows.height * (past - first)


def _needed(pieces: Sequence[Strip | Rows], place: int) -> float:
    """The height of the piece and of what it is kept with; of rows, the first two."""
    total = 0.0
    for piece in pieces[place:]:
        if isinstance(piece, Rows):
            return total + min(piece.count, 2) * piece.height
        total += piece.height
        if not piece.keep:
            break
    return total


def height_of(pieces: Sequence[Strip | Rows]) -> float:
    """The height all pieces take together."""
    return sum(piece.height if isinstance(piece, Strip) else piece.height * piece.count for piece in pieces)


def gap(height: float) -> Strip:
    """Empty space; it goes with what follows."""
    return Strip(height, lambda pen, y: None, keep=True)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, the x of its left or right end, and the width its texts may take."""

    heading: str
    x: float
    width: float
    align: Align = "left"


def heading_strip(columns: Sequence[Column], over: str = "") -> Strip:
    """The heading of a table; with `over`, the name of what goes on stands above it."""
    height = 17.0 + (15.0 if over else 0.0)

    def draw(pen: Pen, y: float) -> None:
        if over:
            pen.text(LEFT, y - 9, fitted(printable(over), BOLD, 8.5, RIGHT - LEFT), 8.5, ACCENT, bold=True)
            y -= 15
        for column in columns:
            pen.text(column.x, y - 8.5, fitted(column.heading, REGULAR, 6.8, column.width), 6.8, MUTED, align=column.align)
        pen.rule(y - 13.5)

    return Strip(height, draw, keep=True)


__all__ = [
    "ACCENT", "BOLD", "BOTTOM", "HEIGHT", "INK", "LEFT", "MUTED", "REGULAR", "RIGHT", "RULE", "TINT", "TOP", "WIDTH", "Align", "Column",
    "Drawing", "Pages", "Pen", "Rows", "Strip", "fitted", "gap", "heading_strip", "height_of", "load_fonts", "printable", "width_of",
    "wrapped",
]  # fmt: skip
