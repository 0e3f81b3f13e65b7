"""The pen that draws on the pages of one document, in the fonts and colours of the house.

Drawn straight on ReportLab's canvas with embedded fonts. The same record gives the same bytes: no clock, no random id.
"""

import io
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Literal

from reportlab import rl_config
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFName, PDFStream
from reportlab.pdfgen.canvas import Canvas

from reports.archival import archival
from reports.lettering import cleaned, codes, printable, width_of
from reports.logo import Logo
from reports.reading_order import as_seen, is_right_to_left
from reports.typefaces import BOLD, FIRST_NAME, REGULAR, begin, load_fonts

rl_config.useA85 = 0  # a fifth smaller and faster; every reader takes binary streams

WIDTH, HEIGHT = A4
LEFT, RIGHT = 51.0, WIDTH - 51.0
TOP, BOTTOM = HEIGHT - 62.0, 64.0

INK, MUTED, ACCENT = HexColor("#1c2328"), HexColor("#68727b"), HexColor("#0b5f6b")
RULE, TINT, WATERMARK = HexColor("#d5dbdf"), HexColor("#eef5f6"), HexColor("#e4e9ec")
WARNING, ON_WARNING = HexColor("#9a3412"), HexColor("#ffffff")

Align = Literal["left", "right"]


@cache
def _rgb(color: Color) -> str:
    return f"{color.red:.3f} {color.green:.3f} {color.blue:.3f}"


class Pen:
    """Draws on the pages of one document. Positions are points from the lower left; y is the baseline of a text.

    Text and rules are written as page content directly (`write`), which reaches below ReportLab's public surface (`_code`, `_doc`,
    `_escape`): its text objects take eight times as long, and a close has millions of them. The tests extract the text of whole
    documents again, so a change in ReportLab cannot pass unseen.
    """

    def __init__(self, title: str, author: str, language: str, made_on: date | None = None) -> None:
        load_fonts()
        self._title, self._author, self._language, self._made_on = cleaned(title), cleaned(author), language, made_on
        self._file = io.BytesIO()
        self.canvas = Canvas(self._file, pagesize=A4, invariant=1, pageCompression=1, initialFontName=REGULAR)
        begin(self.canvas._doc)
        self._begin_page()
        self._shown: dict[tuple[str, str, float], str] = {}

    def write(self, content: str) -> None:
        """Append ready-made content to the page."""
        self.canvas._code.append(content)

    def _begin_page(self) -> None:
        """What is drawn with is unknown: it is written before it is used, and again only when it changes."""
        self._color: Color | None = None
        self._font: tuple[str, float] | None = None
        self._line: tuple[Color, float] | None = None

    def set_font(self, font: str, size: float) -> None:
        """The font of what `shown` gives from here on."""
        if (font, size) != self._font:
            self.write(f"{FIRST_NAME[font]} {size} Tf")
            self._font = font, size

    def shown(self, text: str, font: str, size: float) -> str:
        """The operators that show a text of printable characters where the text position is, the font being set, and leave it set."""
        return codes(text, font) or f"{self._shown_here(text, font, size)} {FIRST_NAME[font]} {size} Tf"

    def _shown_here(self, text: str, font: str, size: float) -> str:
        """The operators of a text with characters of its own, remembered for the document."""
        known = self._shown.get((text, font, size))
        if known is None:
            face, doc = pdfmetrics.getFont(font), self.canvas._doc
            known = self._shown[text, font, size] = " ".join(
                f"{face.getSubsetInternalName(subset, doc)} {size} Tf ({self.canvas._escape(code)}) Tj"
                for subset, code in face.splitString(as_seen(text) if is_right_to_left(text) else text, doc)
            )
        return known

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 8.5,
        color: Color = INK,
        *,
        bold: bool = False,
        align: Align = "left",
        within: float | None = None,
    ) -> None:
        """One line of text at `x`, its left or right end; smaller where it would be wider than `within` points."""
        font = BOLD if bold else REGULAR
        shown = printable(text)
        if within is not None and (width := width_of(shown, font, size)) > within:
            size = round(size * within / width, 2)
        start = x - width_of(shown, font, size) if align == "right" else x
        self.fill(color)
        self.set_font(font, size)
        self.write(f"BT 1 0 0 1 {start:.2f} {y:.2f} Tm {self.shown(shown, font, size)} ET")

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
        if (color, width) != self._line:
            self.write(f"{_rgb(color)} RG {width} w")
            self._line = color, width
        self.write(f"{left:.2f} {y:.2f} m {right:.2f} {y:.2f} l S")

    def panel(self, top: float, height: float, color: Color = TINT) -> None:
        """A tinted band over the width of the text, marked by the accent at its left."""
        self.fill(color)
        self.write(f"{LEFT:.2f} {top - height:.2f} {RIGHT - LEFT:.2f} {height:.2f} re f")
        self.fill(ACCENT)
        self.write(f"{LEFT:.2f} {top - height:.2f} 2.5 {height:.2f} re f")

    def picture(self, logo: Logo, left: float, top: float) -> None:
        """The logo with its upper left corner there; it is in the document once, however often it is drawn."""
        doc, (width, height) = self.canvas._doc, logo.size
        name = doc.getXObjectName("logo")
        if name not in doc.idToObject:
            about = {"Type": PDFName("XObject"), "Subtype": PDFName("Image"), "Width": logo.width, "Height": logo.height,
                     "ColorSpace": PDFName("DeviceRGB"), "BitsPerComponent": 8, "Filter": PDFName("FlateDecode")}  # fmt: skip
            picture = PDFStream(PDFDictionary(about), logo.packed)
            doc.Reference(picture, name)
            doc.addForm("logo", picture)
        self.canvas._currentPageHasImages = 1
        self.canvas._formsinuse.append("logo")
        self.write(f"q {width:.2f} 0 0 {height:.2f} {left:.2f} {top - height:.2f} cm /{name} Do Q")

    def watermark(self, text: str) -> None:
        """A large pale word across the page, below everything drawn after it."""
        self.canvas.saveState()
        self.canvas.translate(WIDTH / 2, HEIGHT / 2)
        self.canvas.rotate(52)
        self.canvas.setFillColor(WATERMARK)
        self.canvas.setFont(BOLD, 118)
        self.canvas.drawCentredString(0, -40, text)
        self.canvas.restoreState()

    def banner(self, text: str) -> None:
        """A band across the head of the page that nobody overlooks."""
        self.fill(WARNING)
        self.write(f"0 {HEIGHT - 22:.2f} {WIDTH:.2f} 22 re f")
        self.text(LEFT, HEIGHT - 15, text, 9, ON_WARNING, bold=True, within=RIGHT - LEFT)

    def next_page(self) -> None:
        """End the page and begin another."""
        self.canvas.showPage()
        self._begin_page()

    def document(self) -> bytes:
        """The finished PDF, made for the archive (PDF/A-1b)."""
        self.canvas.save()
        return archival(self._file.getvalue(), title=self._title, author=self._author, language=self._language, made_on=self._made_on)


__all__ = ["ACCENT", "BOTTOM", "HEIGHT", "INK", "LEFT", "MUTED", "RIGHT", "RULE", "TINT", "TOP", "WIDTH", "Align", "Pen"]
