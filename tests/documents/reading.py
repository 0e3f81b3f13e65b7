"""Reads PDF text back as a person would: spaces of every kind are one space."""

import io
import os
import re
import shutil
import subprocess
from itertools import takewhile

import numpy as np
import pytest
import zxingcpp
from lxml import etree
from numpy.typing import NDArray
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import ContentStream

Word = tuple[float, float, float, float, str]


def pages(pdf: bytes) -> list[str]:
    """The text of each page, on one line."""
    return [re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


def text(pdf: bytes) -> str:
    return " ".join(pages(pdf))


def plain(shown: str) -> str:
    """A figure with its narrow and unbroken spaces as ordinary ones."""
    return re.sub(r"\s", " ", shown)


def painted(pdf: bytes, per_point: int = 5) -> NDArray[np.uint8]:
    """The rectangles that the first page fills, as grey pixels on white: what a camera sees of a code, without the texts."""
    page = PdfReader(io.BytesIO(pdf)).pages[0]
    height = float(page.mediabox.height)
    pixels = np.full((int(height * per_point), int(float(page.mediabox.width) * per_point)), 255, dtype=np.uint8)
    scale, shift, grey = (1.0, 1.0), (0.0, 0.0), 0
    waiting: list[tuple[float, float, float, float]] = []
    for operands, operator in ContentStream(page.get_contents(), page.pdf).operations:
        numbers = [float(value) for value in operands] if operator in (b"cm", b"rg", b"re") else []
        if operator == b"cm":
            scale, shift = (numbers[0], numbers[3]), (numbers[4], numbers[5])
        elif operator == b"Q":
            scale, shift = (1.0, 1.0), (0.0, 0.0)
        elif operator == b"rg":
            grey = round(85 * sum(numbers))
        elif operator == b"re":
            x, y, width, tall = numbers
            ends = (x * scale[0] + shift[0], y * scale[1] + shift[1], (x + width) * scale[0] + shift[0], (y + tall) * scale[1] + shift[1])
            waiting.append(ends)
        elif operator in (b"f", b"n"):
            for left, one, right, other in waiting if operator == b"f" else ():
                top, bottom = height - max(one, other), height - min(one, other)
                pixels[round(top * per_point) : round(bottom * per_point), round(left * per_point) : round(right * per_point)] = grey
            waiting = []
    return pixels


def program_of_poppler(name: str) -> str:
    """A program of poppler; its absence is a reason to skip except where the tests are to prove something."""
    program = shutil.which(name)
    if program is None:
        if not os.environ.get("CI"):
            pytest.skip(f"no {name} on this machine; install poppler-utils to see the pages tested")
        pytest.fail(f"{name} is not installed; .ci/run installs poppler-utils")
    return str(program)


def photographed(pdf: bytes, dots_an_inch: int = 110) -> NDArray[np.uint8]:
    """The first page as poppler draws it, in grey: all that a camera sees of it."""
    program = program_of_poppler("pdftoppm")
    command = [program, "-f", "1", "-l", "1", "-r", str(dots_an_inch), "-gray", "-"]
    drawn = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout
    return np.asarray(Image.open(io.BytesIO(drawn)), dtype=np.uint8)


def codes_seen(pdf: bytes, dots_an_inch: int = 110) -> list[str]:
    """The texts of the QR codes that a camera finds on the first page."""
    return [str(found.text) for found in zxingcpp.read_barcodes(photographed(pdf, dots_an_inch))]


def overlaps(pdf: bytes) -> list[str]:
    """The words that are drawn over each other, or beyond the edge of the paper, as poppler finds them on the pages."""
    program = program_of_poppler("pdftotext")
    boxes = subprocess.run([program, "-bbox", "-", "-"], input=pdf, capture_output=True, check=True).stdout
    found = []
    for page in etree.fromstring(boxes).iter("{*}page"):
        words = [(*(float(word.get(name)) for name in ("xMin", "xMax", "yMin", "yMax")), word.text or "") for word in page.iter("{*}word")]
        found += [word[4] for word in words if word[0] < 0 or word[1] > float(page.get("width"))]
        words.sort(key=lambda word: word[2])
        for place, one in enumerate(words):
            near = takewhile(lambda other: other[2] < one[3], words[place + 1 :])  # noqa: B023  # used at once
            found += [f"{one[4]} {other[4]}" for other in near if _on_each_other(one, other)]
    return found


def _on_each_other(one: Word, other: Word) -> bool:
    """Whether two words share more than a hair of both directions; lines stand close, so a third of the height is nothing."""
    across = min(one[1], other[1]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[2], other[2])
    return across > 0.7 and down > 0.45 * min(one[3] - one[2], other[3] - other[2])


def qr_code(pdf: bytes) -> str:
    """The text of the one QR code on the first page."""
    (found,) = zxingcpp.read_barcodes(painted(pdf))
    return str(found.text)
