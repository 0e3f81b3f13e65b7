"""The page: its fonts, colours and measures, a pen to draw with, and how a long column of strips becomes pages.

Drawn straight on ReportLab's canvas with embedded fonts. The same record gives the same bytes: no clock, no random id.
"""

import io
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal

from reportlab import rl_config
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

rl_config.useA85 = 0  # a fifth smaller and faster; every reader takes binary streams

WIDTH, HEIGHT = A4
LEFT, RIGHT = 51.0, WIDTH - 51.0
TOP, BOTTOM = HEIGHT - 62.0, 64.0

REGULAR, BOLD = "DejaVuSans", "DejaVuSans-Bold"
INK, MUTED, ACCENT = HexColor("#1c2328"), HexColor("#68727b"), HexColor("#0b5f6b")
RULE, TINT, WATERMARK = HexColor("#d5dbdf"), HexColor("#eef5f6"), HexColor("#eef1f3")
DIGITS = "0123456789/:+x "
UNKNOWN = "\u25af"  # stands for a character the font lacks

Align = Literal["left", "right"]


@cache
def load_fonts() -> None:
    """Register the two fonts, once a process."""
    folder = files("reports").joinpath("fonts")
    for name in (REGULAR, BOLD):
        # Not asciiReadable: that would embed all of ASCII in every document, a third of its making and ten kilobytes.
        pdfmetrics.registerFont(TTFont(name, str(folder.joinpath(f"{name}.ttf")), asciiReadable=0))


@lru_cache(maxsize=16384)
def printable(text: str) -> str:
    """The text in one line and in characters the font has: another becomes ▯, an invisible one goes."""
    load_fonts()
    glyphs = pdfmetrics.getFont(REGULAR).face.charToGlyph
    kept = []
    for character in unicodedata.normalize("NFC", text):
        if character.isspace() and character not in "\u00a0\u202f":
            kept.append(" ")
        elif unicodedata.category(character) in ("Cc", "Cf", "Mn", "Me", "Cs"):
            continue
        else:
            kept.append(character if ord(character) in glyphs and ord(character) <= 0xFFFF else UNKNOWN)
    return "".join(kept)


@lru_cache(maxsize=65536)
def width_of(text: str, font: str, size: float) -> float:
    """The width of a text in points."""
    return float(stringWidth(text, font, size))


@cache
def _rgb(color: Color) -> str:
    return f"{color.red:.3f} {color.green:.3f} {color.blue:.3f}"


@lru_cache(maxsize=16384)
def fitted(text: str, font: str, size: float, width: float) -> str:
    """The text, cut with … where it would be wider than `width` points."""
    if width_of(text, font, size) <= width:
        return text
    while text and width_of(text + "…", font, size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


@lru_cache(maxsize=16384)
def wrapped(text: str, font: str, size: float, width: float) -> tuple[str, ...]:
    """The text in lines of at most `width` points; a word wider than that is broken. Ordinary spaces part words."""
    lines, line = [], ""
    for word in printable(text).split(" "):
        trial = f"{line} {word}" if line else word
        if width_of(trial, font, size) <= width:
            line = trial
            continue
        if line:
            lines.append(line)
        *broken, line = _broken(word, font, size, width)
        lines += broken
    return (*lines, line)


def _broken(word: str, font: str, size: float, width: float) -> list[str]:
    parts = []
    while width_of(word, font, size) > width:
        head = _longest_head(word, font, size, width)
        parts.append(head)
        word = word[len(head) :]
    return [*parts, word]


def _longest_head(word: str, font: str, size: float, width: float) -> str:
    count = 1
    while count < len(word) and width_of(word[: count + 1], font, size) <= width:
        count += 1
    return word[:count]


class Pen:
    """Draws on the pages of one document. Positions are points from the lower left; y is the baseline of a text.

    Text and rules are written as page content directly (`write`), which reaches below ReportLab's public surface (`_code`, `_doc`,
    `_escape`): its text objects take eight times as long, and a close has millions of them. The tests extract the text of whole
    documents again, so a change in ReportLab cannot pass unseen.
    """

    def __init__(self, title: str, author: str, language: str) -> None:
        load_fonts()
        self._file = io.BytesIO()
        self.canvas = Canvas(self._file, pagesize=A4, invariant=1, pageCompression=1, initialFontName=REGULAR, lang=language)
        self.canvas.setTitle(printable(title))
        self.canvas.setAuthor(printable(author))
        self.canvas.setCreator("")
        self._color: Color | None = None
        self._shown: dict[tuple[str, str, float], str] = {}
        # Digits come first, so that they stand in the first subset of the font and a table can turn them into its codes.
        ((subset, codes),) = pdfmetrics.getFont(REGULAR).splitString(DIGITS, self.canvas._doc)
        self.digits_font = str(pdfmetrics.getFont(REGULAR).getSubsetInternalName(subset, self.canvas._doc))
        self.digits = str.maketrans({digit: self.canvas._escape(bytes([code])) for digit, code in zip(DIGITS, codes, strict=True)})

    def write(self, content: str) -> None:
        """Append ready-made content to the page."""
        self.canvas._code.append(content)

    def show(self, text: str, font: str, size: float) -> str:
        """The operators that show a text of printable characters where the text position is; remembered for the document."""
        known = self._shown.get((text, font, size))
        if known is None:
            face, doc = pdfmetrics.getFont(font), self.canvas._doc
            known = self._shown[text, font, size] = " ".join(
                f"{face.getSubsetInternalName(subset, doc)} {size} Tf ({self.canvas._escape(code)}) Tj"
                for subset, code in face.splitString(text, doc)
            )
        return known

    def text(
        self, x: float, y: float, text: str, size: float = 8.5, color: Color = INK, *, bold: bool = False, align: Align = "left"
    ) -> None:
        """One line of text at `x`, its left or right end."""
        font = BOLD if bold else REGULAR
        shown = printable(text)
        start = x - width_of(shown, font, size) if align == "right" else x
        self.fill(color)
        self.write(f"BT 1 0 0 1 {start:.2f} {y:.2f} Tm {self.show(shown, font, size)} ET")

    def lines(
        self, x: float, y: float, lines: Sequence[str], size: float, *, leading: float, color: Color = INK, bold: bool = False
    ) -> float:
        """Lines below each other, the first at `y`; returns the baseline after the last."""
        for line in lines:
            self.text(x, y, line, size, color, bold=bold)
            y -= leading
        return y

    def fill(self, color: Color) -> None:
        """The colour of what is drawn from here on; written only when it changes."""
        if color is not self._color:
            self.write(f"{_rgb(color)} rg")
            self._color = color

    def rule(self, y: float, left: float = LEFT, right: float = RIGHT, color: Color = RULE, width: float = 0.5) -> None:
        """A thin horizontal line."""
        self.write(f"{_rgb(color)} RG {width} w {left:.2f} {y:.2f} m {right:.2f} {y:.2f} l S")

    def panel(self, top: float, height: float, color: Color = TINT) -> None:
        """A tinted band over the width of the text, marked by the accent at its left."""
        self.fill(color)
        self.write(f"{LEFT:.2f} {top - height:.2f} {RIGHT - LEFT:.2f} {height:.2f} re f")
        self.fill(ACCENT)
        self.write(f"{LEFT:.2f} {top - height:.2f} 2.5 {height:.2f} re f")

    def watermark(self, text: str) -> None:
        """A large pale word across the page, below everything drawn after it."""
        self.canvas.saveState()
        self.canvas.translate(WIDTH / 2, HEIGHT / 2)
        self.canvas.rotate(52)
        self.canvas.setFillColor(WATERMARK)
        self.canvas.setFont(BOLD, 118)
        self.canvas.drawCentredString(0, -40, text)
        self.canvas.restoreState()

    def next_page(self) -> None:
        """End the page and begin another."""
        self.canvas.showPage()
        self._color = None

    def document(self) -> bytes:
        """The finished PDF."""
        self.canvas.save()
        return self._file.getvalue()


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
