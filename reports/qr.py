"""The QR code that banking apps read to fill in a transfer: European Payments Council EPC069-12, version 002, drawn as vectors."""

import re
from collections.abc import Sequence
from decimal import Decimal

import segno
from reportlab.lib.colors import HexColor

from billing.communications import digits_of
from reports.figures import structured_reference
from reports.layout import INK, Pen
from reports.records import Seller

PAPER = HexColor("#ffffff")
MASK = 3
DARK = re.compile(b"\x01+")
QUIET = 4  # modules of paper that a reader needs on each side
NAME, TEXT = 70, 140  # the most characters of the beneficiary's name and of the free text
AMOUNT_AT_MOST = Decimal("999999999.99")


def payment_payload(seller: Seller, amount: Decimal, references: Sequence[str]) -> str:
    """The transfer of `amount` EUR that pays documents by their structured communications, oldest first, as the lines of an EPC QR code.

    One communication goes in the structured line, written as the seller set it: the guideline names ISO 11649 there, yet that is where
    Belgian banking apps look for a Belgian communication; read in the line of free text, they send it as a plain message. Several do not
    fit the structured line: they go as +++…+++ in the free text while its 140 characters hold them all, from where a payment is matched
    with each; with more of them the communication of the oldest goes alone.
    """
    several = len(references) > 1 and names_each(references)
    structured, text = ("", _together(references)) if several else (_written(seller, references[0]), "")
    lines = ("BCD", "002", "1", "SCT", seller.bic, " ".join(seller.name.split())[:NAME], seller.iban.replace(" ", ""), f"EUR{amount:.2f}",
             "", structured, text)  # fmt: skip
    return "\n".join(lines).rstrip("\n")  # nothing follows the last line that says something


def _written(seller: Seller, reference: str) -> str:
    return structured_reference(reference) if seller.qr_reference == "structured" else digits_of(reference)


def names_each(references: Sequence[str]) -> bool:
    """Whether one transfer can carry the communications of all the documents."""
    return len(_together(references)) <= TEXT


def _together(references: Sequence[str]) -> str:
    return " ".join(map(structured_reference, references))


def draw_qr(pen: Pen, left: float, top: float, size: float, payload: str) -> None:
    """The code with its quiet zone, a square of `size` points whose upper left corner is given."""
    # Byte mode in UTF-8 (its line 3) and level M are what the guideline asks; not boosted, the code stays as coarse as it can be.
    # Every reader reads every mask; to seek the one of the best looks takes longer than the rest of the page.
    code = segno.make(payload, error="m", mode="byte", encoding="utf-8", boost_error=False, micro=False, mask=MASK)
    module = size / (len(code.matrix) + 2 * QUIET)
    pen.fill(PAPER)
    pen.write(f"{left:.2f} {top - size:.2f} {size:.2f} {size:.2f} re f")
    pen.fill(INK)
    runs = "".join(_runs(bytes(row), y) for y, row in enumerate(code.matrix, start=QUIET))
    pen.write(f"q {module:.5f} 0 0 {-module:.5f} {left:.2f} {top:.2f} cm {runs}f Q")  # one path: no seams between its rectangles


def _runs(row: bytes, y: int) -> str:
    """The dark stretches of a row as rectangles, in modules from the upper left corner."""
    return "".join(f"{QUIET + run.start()} {y} {run.end() - run.start()} 1 re " for run in DARK.finditer(row))


__all__ = ["AMOUNT_AT_MOST", "draw_qr", "names_each", "payment_payload"]
