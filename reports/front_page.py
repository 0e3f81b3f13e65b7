"""The first page of an invoice down to the payment panel, and the legal texts at its foot."""

from collections.abc import Sequence

from reportlab.lib.colors import Color

from billing.clause import carries_out
from reports.credit_note import credits_label, draw_credited, draw_set_off
from reports.direct_debit import draw_debit
from reports.figures import country, enterprise_number, structured_reference, vat_number
from reports.layout import ACCENT, BOLD, BOTTOM, HEIGHT, INK, LEFT, MUTED, REGULAR, RIGHT, Pen, fitted, printable, width_of, wrapped
from reports.lettering import largest
from reports.payment_panel import (
    AMOUNT_BESIDE_CODE,
    AMOUNT_WIDTH,
    PANEL_HEIGHT,
    draw_amount,
    draw_how_to_pay,
    draw_transfer,
)
from reports.qr import AMOUNT_AT_MOST, payment_payload
from reports.records import Addressed, InvoiceHead
from reports.wording import Wording

PANEL_TOP = HEIGHT - 236
FRONT_ENDS = PANEL_TOP - PANEL_HEIGHT - 20  # where the content below the payment panel begins
FACTS = LEFT + 318  # the column of date, due date, period, customer number
NAME_WIDTH = 300.0  # of the seller, beside the title
LEGAL_SIZE, LEGAL_LEADING = 6.3, 8.4
LETTERS = ("friendly", "reminder", "formal_notice", "suspension")


def draw_front(pen: Pen, head: InvoiceHead, words: Wording, draft: bool) -> None:
    """Seller, payer, facts, the amount to pay and how (nothing of a draft), and the legal texts at the foot of the page."""
    draw_letterhead(pen, head, words, words("title." + head.kind), head.number or words("title.draft"))
    draw_payer(pen, head, words, words("label.billed_to"))
    draw_facts(pen, _facts(head, words))
    (_draw_draft_panel if draft else _draw_panel)(pen, head, words)
    draw_legal(pen, head, words)


def draw_letterhead(pen: Pen, head: Addressed, words: Wording, title: str, number: str) -> None:
    """The seller at the left, what the document is at the right, a rule below."""
    seller, y = head.seller, HEIGHT - 56
    enterprise = enterprise_number(seller.vat_number)
    details = [
        f"{seller.street}, {seller.city}",
        f"{words('label.vat_number', number=vat_number(seller.vat_number))} · {words('label.enterprise', number=enterprise)}",
        f"{seller.register} · {seller.email} · {seller.website}",
    ]
    if seller.logo is None:
        _draw_seller_name(pen, seller.name, y, (13.0, 11.5, 10.0, 8.5, 7.2), ACCENT)
        pen.lines(LEFT, y - 16, [fitted(printable(line), REGULAR, 7.2, 330) for line in details], 7.2, leading=10.5, color=MUTED)
    else:
        pen.picture(seller.logo, LEFT, HEIGHT - 28)
        _draw_seller_name(pen, seller.name, y - 16, (7.2, 6.2), INK)
        pen.lines(LEFT, y - 26, [fitted(printable(line), REGULAR, 7.2, 330) for line in details], 7.2, leading=9.8, color=MUTED)
    pen.text(RIGHT, y - 3, title, 20, align="right")
    pen.text(RIGHT, y - 19, number, 10, ACCENT, bold=True, align="right")
    pen.rule(HEIGHT - 110)


def _draw_seller_name(pen: Pen, name: str, y: float, sizes: Sequence[float], color: Color) -> None:
    """The name in the largest size at which it stands whole beside the title, since the law wants it whole."""
    shown = printable(name)
    size = largest(shown, BOLD, sizes, NAME_WIDTH)
    pen.text(LEFT, y, fitted(shown, BOLD, size, NAME_WIDTH), size, color, bold=True)


def draw_facts(pen: Pen, facts: Sequence[tuple[str, str]], left: float = FACTS) -> None:
    """Label and value pairs below each other from `left` to the margin, beside the address."""
    y = HEIGHT - 134
    for label, value in facts:
        pen.text(left, y, label, 7.5, MUTED)
        pen.text(RIGHT, y, fitted(printable(value), REGULAR, 8.5, RIGHT - left - width_of(label, REGULAR, 7.5) - 10), 8.5, align="right")
        y -= 16.5


def draw_payer(pen: Pen, head: Addressed, words: Wording, label: str) -> None:
    """The whole name and the address of the payer, under a label."""
    y, (size, name) = HEIGHT - 134, _payer_name(head)
    pen.text(LEFT, y, label, 7.5, MUTED)
    y = pen.lines(LEFT, y - 16, name, size, leading=size + 2.3, bold=True)
    address = _payer_address(head, words)
    pen.lines(LEFT, y - 1, [fitted(printable(line), REGULAR, 8.5, 280) for line in address], 8.5, leading=12)


def payer_ends(head: Addressed, words: Wording) -> float:
    """How far down the page the name and address of the payer reach."""
    size, name = _payer_name(head)
    return float(HEIGHT) - 142 - (size + 2.3) * len(name) - 12 * len(_payer_address(head, words))


def _payer_name(head: Addressed) -> tuple[float, tuple[str, ...]]:
    """The size and the lines of the name: smaller where it is long, since the law wants the whole name."""
    name = head.payer.name
    size = 10.5 if len(wrapped(name, BOLD, 10.5, 290)) <= 2 else 8.0
    return size, wrapped(name, BOLD, size, 290)[:4]


def _payer_address(head: Addressed, words: Wording) -> list[str]:
    payer = head.payer
    address = [payer.street, f"{payer.postal_code} {payer.city}".strip()]
    if payer.country != "BE":
        address.append(country(payer.country, words.figures.locale))
    if payer.vat_number:
        address.append(words("label.vat_number", number=vat_number(payer.vat_number)))
    return [line for line in address if line]


def _facts(head: InvoiceHead, words: Wording) -> list[tuple[str, str]]:
    figures = words.figures
    due = "–"
    if head.due_on is not None:
        due = words("label.on_receipt") if head.due_on == head.issued_on else figures.day(head.due_on)
    credited = (words(credits_label(head)), head.credits_number or "–")
    replaced = [(words("label.replaces"), head.replaces_number)] if head.replaces_number else []
    return [
        (words("label.issued"), figures.day(head.issued_on) if head.issued_on else "–"),
        credited if head.kind == "credit_note" else (words("label.due"), due),
        (words("label.period"), figures.span(head.period_first, head.period_last)),
        (words("label.customer"), head.payer.payer_id),
        *replaced,
    ]


def _draw_panel(pen: Pen, head: InvoiceHead, words: Wording) -> None:
    pen.panel(PANEL_TOP, PANEL_HEIGHT)
    left, y = LEFT + 18, PANEL_TOP - 27
    in_favour, payload = head.kind == "credit_note" or head.gross < 0, _payload(head)
    pen.text(left, y, words("label.to_receive" if in_favour else "label.to_pay"), 8, MUTED)
    amount = words.figures.money(abs(head.gross) if in_favour else head.gross)
    draw_amount(pen, amount, left, y - 28, AMOUNT_BESIDE_CODE if payload else AMOUNT_WIDTH)
    if in_favour:
        draw_set_off(pen, words, left, y - 46, 206)
    elif not head.gross:  # an SLA credit may use up the whole invoice (GC-10.5)
        pen.text(left, y - 48, words("label.nothing_due"), 9)
    elif head.collection is not None:
        draw_debit(pen, head.collection, head.structured_reference, words, left, y)
    else:
        pen.lines(left, y - 48, wrapped(_pay_by(head, words), REGULAR, 9, AMOUNT_BESIDE_CODE), 9, leading=11.5)
        _draw_how_to_pay(pen, head, words, payload)
    if head.kind == "credit_note":
        draw_credited(pen, head, words, y)


def _draw_draft_panel(pen: Pen, head: InvoiceHead, words: Wording) -> None:
    """What would be asked or given back, and that nobody is to pay it."""
    pen.panel(PANEL_TOP, PANEL_HEIGHT)
    left, y, in_favour = LEFT + 18, PANEL_TOP - 27, head.kind == "credit_note" or head.gross < 0
    pen.text(left, y, words("label.to_receive" if in_favour else "label.draft_amount"), 8, MUTED)
    draw_amount(pen, words.figures.money(abs(head.gross) if in_favour else head.gross), left, y - 28)
    pen.lines(left, y - 46, wrapped(words("label.draft_nothing_to_pay"), REGULAR, 7.8, AMOUNT_WIDTH), 7.8, leading=10.5, color=MUTED)
    if head.kind == "credit_note":
        draw_credited(pen, head, words, y)


def _draw_how_to_pay(pen: Pen, head: InvoiceHead, words: Wording, payload: str) -> None:
    reference = structured_reference(head.structured_reference) or "–"
    if payload:
        draw_transfer(pen, head, words, PANEL_TOP, reference, payload)
    else:
        draw_how_to_pay(pen, head, words, PANEL_TOP - 29, reference)


def _payload(head: InvoiceHead) -> str:
    """What the code of a document that is to be paid says; nothing for drafts, credits, what is debited and more than a code can carry."""
    is_asked = head.kind != "credit_note" and 0 < head.gross <= AMOUNT_AT_MOST and head.collection is None
    return payment_payload(head.seller, head.gross, [head.structured_reference]) if is_asked and head.structured_reference else ""


def _pay_by(head: InvoiceHead, words: Wording) -> str:
    """Until when, in words; payable on receipt when it is due the day it is issued (BT-2.a)."""
    if head.due_on is None:
        return ""
    if head.due_on == head.issued_on:
        return words("label.by_receipt")
    return words("label.by", day=words.figures.long_day(head.due_on))


@carries_out("CG-4")
def _legal(head: Addressed, words: Wording) -> list[tuple[float, float, str, tuple[str, ...]]]:
    """The columns of the foot: x, width, title and lines. How to complain is CG-4, late payment CG-2.e, electronic CG-2.b.

    A credit note says what becomes of the amount instead of what late payment costs, a letter how an amount is contested.
    """
    website, is_letter = head.seller.website, head.kind in LETTERS
    payment = "contest" if is_letter else "set_off" if head.kind == "credit_note" else "late"
    terms = words("legal.terms", website=website) + " " + words("legal.compare")
    if head.kind == "debit_note":
        payment, terms = "late_debit_note", words("legal.terms_debit_note", website=website)
    texts = (
        (LEFT, 208.0, "complaint", words("legal.complaint", email=head.seller.email)),
        (LEFT + 222, 114.0, payment, words("legal." + payment)),
        (LEFT + 350, RIGHT - LEFT - 350, "terms", words("legal.terms_letter", website=website) if is_letter else terms),
    )
    return [(x, width, words(f"legal.{name}_title"), wrapped(text, REGULAR, LEGAL_SIZE, width)) for x, width, name, text in texts]


def legal_height(head: Addressed, words: Wording) -> float:
    """The room the legal texts take above the foot of the page."""
    return 28 + LEGAL_LEADING * max(len(lines) for _, _, _, lines in _legal(head, words))


def draw_legal(pen: Pen, head: Addressed, words: Wording) -> None:
    """How to complain, what late payment costs and the terms, at the foot of the first page."""
    top = BOTTOM + legal_height(head, words) - 12
    for x, _, title, lines in _legal(head, words):
        pen.text(x, top, title, 6.8, ACCENT, bold=True)
        pen.lines(x, top - 11, lines, LEGAL_SIZE, leading=LEGAL_LEADING, color=MUTED)
