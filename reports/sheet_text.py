"""Texts of others as cells of a workbook: always text, never a formula, a number, a link or markup, whatever they begin with."""

from __future__ import annotations

import re
from urllib.parse import quote

MOST_UNITS = 32_767  # of UTF-16: what a cell holds
LONGEST_ADDRESS = 2_079
REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")  # control characters, and what XML cannot hold
LIKE_A_FORMULA = ("=", "+", "-", "@", "\t", "\n")


def cell_text(text: str) -> str:
    """Returns a text as a cell can show it: ends of lines as line feeds, control characters as U+FFFD, cut with "…" at 32,767 units.

    The library takes what stands between <r> and </r> for its own markup, unescaped; a blank after it keeps such a text a text.
    """
    shown = REFUSED.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n").replace("\r", "\n"))
    if shown.startswith("<r>") and shown.endswith("</r>"):
        shown += " "
    return _cut(shown)


def looks_like_a_formula(text: str) -> bool:
    """Returns whether a text would become a formula when a person edits the cell and does not mean to."""
    return text.startswith(LIKE_A_FORMULA)


def relative_link(path: str) -> str:
    """Returns the path as the address of a file beside the workbook, "" when it leads elsewhere (up, to a root, to a server) or is none."""
    parts = path.split("/")
    elsewhere = "\\" in path or ":" in parts[0] or any(part in {"", ".", ".."} for part in parts)
    if elsewhere or REFUSED.search(path):
        return ""
    address = quote(path)
    return address if len(address) <= LONGEST_ADDRESS else ""


def _cut(text: str) -> str:
    if len(text) <= MOST_UNITS // 2 or _units(text) <= MOST_UNITS:
        return text
    kept = text[: MOST_UNITS - 1]
    over = _units(kept) - (MOST_UNITS - 1)
    while over > 0:
        over -= _units(kept[-1])
        kept = kept[:-1]
    return f"{kept}…"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
