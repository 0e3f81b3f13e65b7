"""The first page of an invoice down to the payment panel, and the legal texts at its foot."""

from collections.abc import Sequence

from billing.clause import carries_out
from reports.credit_note import draw_credited, draw_set_off
from reports.figures import account_number, country, enterprise_number, structured_reference, vat_number
from reports.layout import ACCENT, BOLD, BOTTOM, HEIGHT, LEFT, MUTED, REGULAR, RIGHT, Pen, fitted, printable, width_of, wrapped
from reports.records import Addressed, InvoiceHead
from reports.wording import Wording

PANEL_TOP, PANEL_HEIGHT = HEIGHT - 236, 88.0
FRONT_ENDS = PANEL_TOP - PANEL_HEIGHT - 24  # where the content below the payment panel begins
FACTS = LEFT + 318  # the column of date, due date, period, customer number
LEGAL_SIZE, LEGAL_LEADING = 6.3, 8.4


def draw_front(pen: Pen, head: InvoiceHead, words: Wording) -> None:
    """Seller, payer, facts, the amount to pay and how, and the legal texts at the foot of the page."""
    draw_letterhead(pen, head, words, words("title." + head.kind), head.number or words("label.draft_number"))
    draw_payer(pen, head, words, words("label.billed_to"))
    draw_facts(pen, _facts(head, words))
    _draw_panel(pen, head, words)
    draw_legal(pen, head, words)


def draw_letterhead(pen: Pen, head: Addressed, words: Wording, title: str, number: str) -> None:
    """The seller at the left, what the document is at the right, a rule below."""
    seller, y = head.seller, HEIGHT - 56
    pen.text(LEFT, y, fitted(printable(seller.name), BOLD, 13, 290), 13, ACCENT, bold=True)
    enterprise = enterprise_number(seller.vat_number)
    details = (
        f"{seller.street}, {seller.city}",
        f"{words('label.vat_number', number=vat_number(seller.vat_number))} · {words('label.enterprise', number=enterprise)}",
        f"{seller.register} · {seller.email} · {seller.website}",
    )
    pen.lines(LEFT, y - 16, [fitted(printable(line), REGULAR, 7.2, 330) for line in details], 7.2, leading=10.5, color=MUTED)
    pen.text(RIGHT, y - 3, title, 20, align="right")
    pen.text(RIGHT, y - 19, number, 10, ACCENT, bold=True, align="right")
    pen.rule(HEIGHT - 110)


def draw_facts(pen: Pen, facts: Sequence[tuple[str, str]], left: float = FACTS) -> None:
    """Label and value pairs below each other from `left` to the margin, beside the address."""
    y = HEIGHT - 134
    for label, value in facts:
        pen.text(left, y, label, 7.5, MUTED)
        pen.text(RIGHT, y, fitted(printable(value), REGULAR, 8.5, RIGHT - left - width_of(label, REGULAR, 7.5) - 10), 8.5, align="right")
        y -= 16.5


def draw_payer(pen: Pen, head: Addressed, words: Wording, label: str) -> None:
    """The whole name and the address of the payer, under a label."""
    payer, y = head.payer, HEIGHT - 134
    pen.text(LEFT, y, label, 7.5, MUTED)
    size = 10.5 if len(wrapped(payer.name, BOLD, 10.5, 290)) <= 2 else 8.0  # the law wants the whole name, however long
    name = wrapped(payer.name, BOLD, size, 290)[:4]
    y = pen.lines(LEFT, y - 16, name, size, leading=size + 2.3, bold=True)
    address = [payer.street, f"{payer.postal_code} {payer.city}".strip()]
    if payer.country != "BE":
        address.append(country(payer.country, words.figures.locale))
    if payer.vat_number:
        address.append(words("label.vat_number", number=vat_number(payer.vat_number)))
    pen.lines(LEFT, y - 1, [fitted(printable(line), REGULAR, 8.5, 280) for line in address if line], 8.5, leading=12)


def _facts(head: InvoiceHead, words: Wording) -> list[tuple[str, str]]:
    figures = words.figures
    due = "–"
    if head.due_on is not None:
        due = words("label.on_receipt") if head.due_on == head.issued_on else figures.day(head.due_on)
    credited = (words("label.credits"), head.credits_number or "–")
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
    left, y = LEFT + 18, PANEL_TOP - 22
    in_favour = head.kind == "credit_note" or head.gross < 0
    pen.text(left, y, words("label.to_receive" if in_favour else "label.to_pay"), 8, MUTED)
    pen.text(left, y - 28, words.figures.money(abs(head.gross) if in_favour else head.gross), 23, ACCENT, bold=True)
    if in_favour:
        draw_set_off(pen, words, left, y - 46, 206)
    elif not head.gross:  # an SLA credit may use up the whole invoice (GC-10.5)
        pen.text(left, y - 48, words("label.nothing_due"), 9)
    else:
        pen.text(left, y - 48, _pay_by(head, words), 9)
        draw_how_to_pay(pen, head, words, y, structured_reference(head.structured_reference) or "–")
    if head.kind == "credit_note":
        draw_credited(pen, head, words, y)


def draw_how_to_pay(pen: Pen, head: Addressed, words: Wording, y: float, reference: str) -> None:
    """Beneficiary, account and the structured communication, at the right of the payment panel."""
    right = RIGHT - 16
    rows = (
        (words("label.beneficiary"), head.seller.name, False),
        (words("label.iban"), account_number(head.seller.iban), False),
        (words("label.bic"), head.seller.bic, False),
        (words("label.reference"), reference, True),
    )
    for label, value, bold in rows:
        pen.text(LEFT + 232, y, label, 7.2, MUTED)
        pen.text(right, y, fitted(printable(value), BOLD if bold else REGULAR, 8.8, 150), 8.8, bold=bold, align="right")
        y -= 16


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

    A credit note says what becomes of the amount instead of what late payment costs.
    """
    payment = "set_off" if head.kind == "credit_note" else "late"
    texts = (
        (LEFT, 224.0, "complaint", words("legal.complaint", email=head.seller.email)),
        (LEFT + 240, 118.0, payment, words("legal." + payment)),
        (LEFT + 374, RIGHT - LEFT - 374, "terms", f"{words('legal.terms', website=head.seller.website)} {words('legal.compare')}"),
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
