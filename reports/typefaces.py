"""The two typefaces of the house, embedded in every document in the same pieces: what is common to all is made once a process."""

import zlib
from functools import cache, lru_cache
from importlib.resources import files

from reportlab.lib.rl_accel import fp_str
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFDocument
from reportlab.pdfbase.ttfonts import TTFError, TTFont

REGULAR, BOLD = "DejaVuSans", "DejaVuSans-Bold"
# What stands in the first piece of both faces besides ASCII: the rest of what French and Dutch documents are written with. Characters
# of other languages make a second piece, in the documents that have any.
COMMON = "éèêëàâäçîïôöùûüÉÈÀÇ’–·…€•«»−≤½×°²\u202f"
FIRST_NAME = {REGULAR: "/F1+0", BOLD: "/F2+0"}  # what pages call the first piece
FIRST_PIECE = frozenset(map(chr, range(32, 127))) | frozenset(COMMON) | {"\u00a0"}


class FontMissing(Exception):
    """A font file that is not there or cannot be used."""


class _Typeface(TTFont):  # type: ignore[misc]  # ReportLab has no types
    """A font whose subsets are kept: ReportLab cuts and packs them anew for every document, which is half the making of a short one."""

    def __init__(self, name: str, file: str) -> None:
        super().__init__(name, file, asciiReadable=1)
        self.face.table.pop("name", None)  # licence and names of the font, which no reader of a document needs: 4 kB in each
        self._cut = lru_cache(maxsize=64)(self.face.makeSubset)
        self.face.makeSubset = lambda subset: self._cut(tuple(subset))

    def addObjects(self, doc: PDFDocument) -> None:  # noqa: N802  # ReportLab calls it
        """Add the subsets of a document to it."""
        super().addObjects(doc)
        for name, made in doc.idToObject.items():
            if str(name).startswith(("fontFile:", "toUnicodeCMap:")):
                made.filters = [_PACKED]
        for font in doc.idToObject["BasicFonts"].dict.values():
            if not isinstance(font.Widths, bytes):
                font.Widths = _listed(tuple(font.Widths.sequence))


class _Packed:
    """Flate compression that remembers what it packed."""

    pdfname = "FlateDecode"

    def encode(self, content: bytes | str) -> bytes:
        return _packed(content.encode() if isinstance(content, str) else content)


@lru_cache(maxsize=128)
def _packed(content: bytes) -> bytes:
    return zlib.compress(content, 9)


@lru_cache(maxsize=128)
def _listed(widths: tuple[float, ...]) -> bytes:
    """Widths of characters as a font lists them."""
    return f"[{' '.join(map(fp_str, widths))}]".encode()


_PACKED = _Packed()


@cache
def load_fonts() -> None:
    """Register the two fonts, once a process. Raises FontMissing naming a file that is not there or is none."""
    folder = files("reports").joinpath("fonts")
    for name in (REGULAR, BOLD):
        file = str(folder.joinpath(f"{name}.ttf"))
        try:
            pdfmetrics.registerFont(_Typeface(name, file))
        except (TTFError, OSError) as error:
            raise FontMissing(f"the font {file} cannot be read ({error}); install the package again") from error


@cache
def glyphs() -> frozenset[int]:
    """The characters that both fonts have."""
    load_fonts()
    regular, bold = (set(pdfmetrics.getFont(name).face.charToGlyph) for name in (REGULAR, BOLD))
    return frozenset(code for code in regular & bold if code <= 0xFFFF)


def begin(doc: PDFDocument) -> None:
    """Give both fonts of a new document their first piece, under the same codes and name in all documents."""
    for name in (REGULAR, BOLD):
        font = pdfmetrics.getFont(name)
        font.splitString(COMMON, doc)
        if font.getSubsetInternalName(0, doc) != FIRST_NAME[name]:
            raise ValueError(f"the font {name} must be the first of the document to get its name")
        font.state[doc].nextCode = 256  # the first piece is closed: another character opens the second


@cache
def first_codes(name: str) -> dict[int, str]:
    """The characters of the first piece as they are written in a page, for str.translate: those that stand for themselves are left out."""
    doc = _AnyDocument()
    font = pdfmetrics.getFont(name)
    font.splitString(COMMON, doc)
    codes: dict[int, int] = font.state[doc].assignments
    escaped = {ord(character): f"\\{character}" for character in "\\()"}
    return {0xA0: " ", **escaped, **{ord(character): f"\\{codes[ord(character)]:03o}" for character in COMMON}}


class _AnyDocument:
    """Stands for a document where a font is asked how it would encode."""


__all__ = ["BOLD", "COMMON", "FIRST_NAME", "FIRST_PIECE", "REGULAR", "FontMissing", "begin", "first_codes", "glyphs", "load_fonts"]
