"""Texts as they stand on paper: in characters the fonts have, measured, cut or broken to a width, ready to be shown."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from reportlab.pdfbase.pdfmetrics import stringWidth

from reports.reading_order import is_right_to_left, joined
from reports.typefaces import FIRST_PIECE, first_codes, glyphs

UNKNOWN = "\u25af"  # stands for a character the font lacks
# The spaces no line ends at: before a sign that French parts from its word, and inside a day written out.
BOUND = re.compile(r" (?=[:;?!%»€])|(?<=«) |(?<=[0-9r]) (?=\w+ 2[0-9]{3}\b)|(?<=[a-zéû]) (?=2[0-9]{3}\b(?!-))")
GONE = ("Cc", "Cf", "Mn", "Me", "Cs")  # controls, what is invisible, accents that go with no letter the font has


@lru_cache(maxsize=16384)
def printable(text: str) -> str:
    """The text in one line and in characters the fonts have, Arabic letters in the forms they take between their neighbours."""
    if text.isascii() and text.isprintable():
        return text
    shown = cleaned(text)
    return joined(shown) if is_right_to_left(shown) else shown


def cleaned(text: str) -> str:
    """The text in one line: a character that the fonts lack becomes ▯, an invisible one goes."""
    known, kept = glyphs(), []
    for character in unicodedata.normalize("NFC", text):
        if character.isspace() and character not in "\u00a0\u202f":
            kept.append(" ")
        elif unicodedata.category(character) not in GONE:
            kept.append(character if ord(character) in known else UNKNOWN)
    return "".join(kept)


@lru_cache(maxsize=65536)
def width_of(text: str, font: str, size: float) -> float:
    """The width of a printable text in points."""
    return float(stringWidth(text, font, size))


def largest(text: str, font: str, sizes: Sequence[float], width: float) -> float:
    """The first of the sizes, from the largest, at which a printable text is at most `width` points wide; the last if none is."""
    return next((size for size in sizes if width_of(text, font, size) <= width), sizes[-1])


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
    """The text in lines of at most `width` points; a word wider than that is broken. Ordinary spaces part words, but bound ones."""
    lines, line = [], ""
    for word in BOUND.sub("\u00a0", printable(text)).split(" "):
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


@lru_cache(maxsize=65536)
def codes(text: str, font: str) -> str | None:
    """What shows a printable text in the first piece of a font, in any document; None for one with characters of its own."""
    return f"({text.translate(first_codes(font))}) Tj" if FIRST_PIECE.issuperset(text) else None


__all__ = ["cleaned", "codes", "fitted", "largest", "printable", "width_of", "wrapped"]
