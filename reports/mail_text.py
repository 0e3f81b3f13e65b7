"""What invoice mails and reminders say, as plain text and as simple HTML without anything fetched from elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from billing.clause import carries_out
from reports.credit_note import reason
from reports.figures import account_number, enterprise_number, structured_reference
from reports.records import InvoiceHead, InvoiceRecord, MailText, ReminderRecord, Seller
from reports.wording import Wording, wording

FONT = "font-family:Arial,Helvetica,sans-serif;font-size:15px;line-height:1.5;color:#1c2328"
SMALL = "font-size:12px;line-height:1.45;color:#68727b"
CELL = "padding:6px 16px 6px 0;border-bottom:1px solid #d5dbdf;text-align:left;vertical-align:top"
CELL_RIGHT = "padding:6px 0;border-bottom:1px solid #d5dbdf;text-align:right;vertical-align:top;white-space:nowrap"
ACCENT = "#0b5f6b"

Pairs = Sequence[tuple[str, str]]

# In HTML the number stands above its reference and the due date above the date: so a telephone shows the amount too.
STACKS = ((0, 3), (2, 1), (4,))


def invoice_mail(invoice: InvoiceHead | InvoiceRecord, summaries: int = 0) -> MailText:
    """The mail an invoice, credit note or debit note travels with, in the payer's language: how much, until when, how to pay.

    `summaries` is how many monthly summaries (BT-2.f) are attached beside it.
    """
    head = invoice.head if isinstance(invoice, InvoiceRecord) else invoice
    words = wording(head.payer.language)
    title = words("mail.title_" + head.kind)
    amount = words.figures.money(head.gross)
    issued = words.figures.long_day(head.issued_on) if head.issued_on else words("label.draft_number")
    period = words.figures.span(head.period_first, head.period_last)
    pays = head.kind != "credit_note" and head.gross > 0
    opening = [words("mail.invoice_intro", title=title, number=head.number, day=issued, period=period), _what_is_due(head, words)]
    if head.kind == "credit_note":
        opening = _of_credit_note(head, title, issued, words)
    due = (words("label.to_pay"), amount)
    pairs = _how_to_pay(head.seller, words, due, structured_reference(head.structured_reference)) if pays else ()
    closing = [words("mail.attached_summary" if summaries else "mail.attached"), words("mail.question", email=head.seller.email)]
    subject = words("mail.invoice_subject", seller=head.seller.name, title=title, number=head.number, amount=amount)
    if head.kind == "credit_note":
        named = {"title": title, "number": head.number, "credited": head.credits_number}
        subject = words("mail.credit_subject", seller=head.seller.name, amount=words.figures.money(abs(head.gross)), **named)
    return _mail(subject, _Letter("", opening, (), (), pairs, closing, head.seller, words))


def _of_credit_note(head: InvoiceHead, title: str, issued: str, words: Wording) -> list[str]:
    """Which invoice is credited, why, and what becomes of the amount."""
    credited_day = words.figures.long_day(head.credits_on) if head.credits_on else "–"
    named = {"title": title, "number": head.number, "day": issued, "credited": head.credits_number, "credited_day": credited_day}
    amount = words.figures.money(abs(head.gross))
    return [words("mail.credit_note_intro", **named), reason(head, words), words("mail.credit_note_amount", amount=amount)]


def _what_is_due(head: InvoiceHead, words: Wording) -> str:
    if head.gross < 0:
        return words("mail.credit_intro", amount=words.figures.money(abs(head.gross)))
    if head.gross == 0:
        return words("mail.nothing_due")
    by = words("label.by_receipt")
    if head.due_on is not None and head.due_on != head.issued_on:
        by = words("label.by", day=words.figures.long_day(head.due_on))
    return words("mail.invoice_pay", amount=words.figures.money(head.gross), by=by)


@carries_out("CG-4", "CG-2.d")
def reminder_mail(reminder: ReminderRecord) -> MailText:
    """A payment reminder in the payer's language: the open invoices, the total, how to pay, how to complain (CG-4).

    Level 1 is polite and says that a second reminder would follow; level 2 is firm and says what comes next (CG-2.c, GC-9.1.a).
    A fee is named only when there is one (CG-2.d).
    """
    words, figures = wording(reminder.payer.language), wording(reminder.payer.language).figures
    total = figures.money(reminder.total)
    alone = len(reminder.invoices) == 1
    opening = [words(f"reminder.intro_{reminder.level}" + ("_one" if alone else ""))]
    closing = [words("reminder.fee", fee=figures.money(reminder.fee))] if reminder.fee else []
    if reminder.level == 2:
        closing.append(words("reminder.interest_" + reminder.interest))
        closing.append(_what_comes_next(reminder, words))
    else:
        closing.append(words("reminder.next_1"))
    closing += [words("reminder.dispute"), words("reminder.paid"), words("mail.question", email=reminder.seller.email)]
    reference = structured_reference(reminder.invoices[0].structured_reference) if alone else words("reminder.each_reference")
    pairs = _how_to_pay(reminder.seller, words, (words("reminder.total"), total), reference)
    subject = words(f"reminder.subject_{reminder.level}", seller=reminder.seller.name, amount=total)
    heading = words(f"reminder.heading_{reminder.level}")
    columns, rows = _open_invoices(reminder, words)
    return _mail(subject, _Letter(heading, opening, columns, rows, pairs, closing, reminder.seller, words))


def _mail(subject: str, letter: "_Letter") -> MailText:
    return MailText(" ".join(subject.split()), _plain(letter), _html(letter))


def _what_comes_next(reminder: ReminderRecord, words: Wording) -> str:
    if reminder.suspension_from is None:
        return words("reminder.next_undated")
    return words("reminder.next", day=words.figures.long_day(reminder.suspension_from))


def _open_invoices(reminder: ReminderRecord, words: Wording) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """The heading and the rows of the table: number, date, due date, structured reference, open amount."""
    heading = (words("label.number"), words("label.issued"), words("label.due"), words("label.reference"), words("reminder.open"))
    figures = words.figures
    rows = [
        (
            one.number,
            figures.day(one.issued_on),
            figures.day(one.due_on),
            structured_reference(one.structured_reference),
            figures.money(one.open_amount),
        )
        for one in reminder.invoices
    ]
    return heading, rows


def _how_to_pay(seller: Seller, words: Wording, due: tuple[str, str], reference: str) -> Pairs:
    account = [(words("label.iban"), account_number(seller.iban)), (words("label.bic"), seller.bic)]
    return [due, (words("label.beneficiary"), seller.name), *account, (words("label.reference"), reference)]


@dataclass(frozen=True, slots=True)
class _Letter:
    """What a mail says, before it is plain text or HTML. `columns` and `rows` are its table, `pairs` how to pay."""

    heading: str
    opening: Sequence[str]
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    pairs: Pairs
    closing: Sequence[str]
    seller: Seller
    words: Wording


def _signature(letter: _Letter) -> list[str]:
    seller, words = letter.seller, letter.words
    enterprise = words("label.enterprise", number=enterprise_number(seller.vat_number))
    return [seller.name, f"{seller.street}, {seller.city}", f"{enterprise} · {seller.register}", seller.website]


def _plain(letter: _Letter) -> str:
    words = letter.words

    def pair(label: str, value: str) -> str:
        return words("mail.pair", label=label, value=value)

    blocks = [letter.heading] if letter.heading else []
    blocks += [words("mail.greeting"), *letter.opening]
    blocks += ["\n".join(map(pair, letter.columns, row)) for row in letter.rows]
    if letter.pairs:
        blocks.append("\n".join([words("mail.how"), *(f"  {pair(label, value)}" for label, value in letter.pairs)]))
    blocks += [*letter.closing, "\n".join([words("mail.closing"), *_signature(letter)])]
    blocks.append(f"{words('legal.complaint_title')} {words('legal.complaint', email=letter.seller.email)}")
    return "\n\n".join(blocks) + "\n"


def _html(letter: _Letter) -> str:
    words = letter.words
    name, *details = map(escape, _signature(letter))
    complaint = escape(words("legal.complaint", email=letter.seller.email))
    return (
        f'<!DOCTYPE html>\n<html lang="{words.language}"><head><meta charset="utf-8"></head>'
        f'<body style="margin:0;padding:24px;background:#ffffff"><div style="max-width:640px;margin:0 auto;{FONT}">\n'
        f"{_heading(letter.heading)}{_paragraphs([words('mail.greeting'), *letter.opening])}"
        f"{_table(letter.columns, letter.rows)}{_panel(letter.pairs, words)}{_paragraphs(letter.closing)}"
        f'<p style="margin:20px 0">{escape(words("mail.closing"))}<br><b>{name}</b><br>'
        f'<span style="{SMALL}">{"<br>".join(details)}</span></p>\n'
        f'<p style="{SMALL};border-top:1px solid #d5dbdf;padding-top:12px"><b>{escape(words("legal.complaint_title"))}</b> '
        f"{complaint}</p>\n</div></body></html>\n"
    )


def _heading(text: str) -> str:
    return f'<h1 style="font-size:20px;font-weight:bold;color:{ACCENT};margin:0 0 16px">{escape(text)}</h1>\n' if text else ""


def _paragraphs(texts: Sequence[str]) -> str:
    return "".join(f'<p style="margin:0 0 12px">{escape(text)}</p>\n' for text in texts)


def _panel(pairs: Pairs, words: Wording) -> str:
    if not pairs:
        return ""
    rows = "".join(
        f'<tr><td style="padding:4px 24px 4px 16px;color:#68727b">{escape(label)}</td>'
        f'<td style="padding:4px 16px 4px 0;font-weight:bold">{escape(value)}</td></tr>'
        for label, value in pairs
    )
    style = f"background:#eef5f6;border-left:3px solid {ACCENT};margin:0 0 20px;padding:8px 0;border-collapse:separate"
    title = f'<p style="margin:20px 0 4px;font-weight:bold;color:{ACCENT}">{escape(words("mail.how"))}</p>'
    return f'{title}<table role="presentation" cellspacing="0" style="{style}">{rows}</table>\n'


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The open invoices, the amount at the right; nothing without rows."""
    if not rows:
        return ""
    head = _cells("th", columns, ";font-weight:normal;color:#68727b")
    body = "".join(_cells("td", row, "") for row in rows)
    style = "border-collapse:collapse;width:100%;font-size:13px;margin:8px 0 16px"
    return f'<table cellspacing="0" style="{style}">{head}{body}</table>\n'


def _cells(tag: str, texts: Sequence[str], more: str) -> str:
    styles = [CELL] * (len(STACKS) - 1) + [CELL_RIGHT]
    stacked = ([escape(texts[column]) for column in stack] for stack in STACKS)
    cells = (f'<{tag} style="{style}{more}">{_stack(*lines)}</{tag}>' for style, lines in zip(styles, stacked, strict=True))
    return f"<tr>{''.join(cells)}</tr>"


def _stack(first: str, *below: str) -> str:
    return first + "".join(f'<br><span style="{SMALL}">{line}</span>' for line in below)
