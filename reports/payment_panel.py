"""The panel of the first page: the amount, and how to pay it, with the code that banking apps read."""

from reports.figures import account_number
from reports.layout import ACCENT, BOLD, LEFT, MUTED, REGULAR, RIGHT, Pen, fitted, printable, width_of
from reports.lettering import largest
from reports.qr import draw_qr
from reports.records import Addressed
from reports.wording import Wording

PANEL_HEIGHT = 100.0
CODE = 84.0  # the side of the code, its quiet zone included: a module is half a millimetre or more
HOW, HOW_WIDTH = LEFT + 196, 186.0  # the column of the account to pay to, beside the code
BESIDE = LEFT + 232  # the same where there is no code
AMOUNT_WIDTH, AMOUNT_BESIDE_CODE = 204.0, 168.0


def draw_amount(pen: Pen, text: str, x: float, y: float, width: float = AMOUNT_WIDTH) -> None:
    """The amount, large; smaller where millions would not fit."""
    shown = printable(text)
    pen.text(x, y, shown, largest(shown, BOLD, (23.0, 21.0, 19.0, 17.0, 15.0, 13.0), width), ACCENT, bold=True)


def how_to_pay(head: Addressed, words: Wording, reference: str) -> tuple[tuple[str, str, bool], ...]:
    """Label, value and whether it is bold: beneficiary, account and the structured communication."""
    return (
        (words("label.beneficiary"), head.seller.name, False),
        (words("label.iban"), account_number(head.seller.iban), False),
        (words("label.bic"), head.seller.bic, False),
        (words("label.reference"), reference, True),
    )


def draw_how_to_pay(pen: Pen, head: Addressed, words: Wording, y: float, reference: str) -> None:
    """Beneficiary, account and the structured communication, at the right of the panel; `y` is the first baseline."""
    right = RIGHT - 16
    for label, value, bold in how_to_pay(head, words, reference):
        pen.text(BESIDE, y, label, 7.2, MUTED)
        room = right - BESIDE - width_of(label, REGULAR, 7.2) - 8
        pen.text(right, y, fitted(printable(value), BOLD if bold else REGULAR, 8.8, room), 8.8, bold=bold, align="right")
        y -= 16


def draw_transfer(pen: Pen, head: Addressed, words: Wording, top: float, reference: str, payload: str) -> None:
    """The same, each below its label, and at their right the code that fills in the transfer; `top` is the upper edge of the panel."""
    y = top - 14
    for label, value, bold in how_to_pay(head, words, reference):
        pen.text(HOW, y, label, 6.6, MUTED)
        shown, font = printable(value), BOLD if bold else REGULAR
        size = largest(shown, font, (8.8, 7.0), HOW_WIDTH)
        pen.text(HOW, y - 10.2, fitted(shown, font, size, HOW_WIDTH), size, bold=bold)
        y -= 23
    left, scan = RIGHT - CODE - 8, words("letter.scan")
    draw_qr(pen, left, top - 4.5, CODE, payload)
    pen.text(left + (CODE - width_of(scan, REGULAR, 5.8)) / 2, top - PANEL_HEIGHT + 4, scan, 5.8, MUTED)


__all__ = ["AMOUNT_BESIDE_CODE", "AMOUNT_WIDTH", "PANEL_HEIGHT", "draw_amount", "draw_how_to_pay", "draw_transfer", "how_to_pay"]
