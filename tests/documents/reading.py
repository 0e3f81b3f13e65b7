"""Reads PDF text back as a person would: spaces of every kind are one space."""

import io
import re

from pypdf import PdfReader


def pages(pdf: bytes) -> list[str]:
    """The text of each page, on one line."""
    return [re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


def text(pdf: bytes) -> str:
    return " ".join(pages(pdf))


def plain(shown: str) -> str:
    """A figure with its narrow and unbroken spaces as ordinary ones."""
    return re.sub(r"\s", " ", shown)
