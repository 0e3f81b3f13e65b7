"""What the mails of invoices and letters say, as plain text and as simple HTML without anything fetched from elsewhere."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from billing.clause import carries_out
from reports import letter_text
from reports.credit_note import is_of_debit_note, reason
from reports.direct_debit import debited_by, masked_account
from reports.figures import account_number, enterprise_number, structured_reference
from reports.portal_page import PortalInvoice, due_in_words
from reports.records import InvoiceHead, InvoiceRecord, Language, LetterRecord, MailText, Seller
from reports.wording import Wording, unbroken, wording

FONT = "font-family:Arial,Helvetica,sans-serif;font-size:15px;line-height:1.5;color:#1c2328"
SMALL = "font-size:12px;line-height:1.45;color:#68727b"
CELL = "padding:6px 16px 6px 0;border-bottom:1px solid #d5dbdf;text-align:left;vertical-align:top"
CELL_RIGHT = "padding:6px 0;border-bottom:1px solid #d5dbdf;text-align:right;vertical-align:top;white-space:nowrap"
ACCENT = "#0b5f6b"

# A white sheet of 600 px on grey, by tables as Outlook needs; clients that darken mail are told that it is light.
SHEET = (
    '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light">'
    '<meta name="supported-color-schemes" content="light"></head><body style="margin:0;padding:0;background:#eef1f2" bgcolor="#eef1f2">'
    '<table role="presentation" width="100%" cellspacing="0" cellpadding="0" bgcolor="#eef1f2">'
    '<tr><td align="center" style="padding:24px 8px">'
    '<table role="presentation" width="600" cellspacing="0" cellpadding="0" bgcolor="#ffffff" '
    f'style="width:100%;max-width:600px;background:#ffffff;border-top:4px solid {ACCENT}"><tr>'
    f'<td align="left" style="padding:28px 28px 20px;{FONT}">'
)

Pairs = Sequence[tuple[str, str]]

LINK = re.compile(r"https?://[^\s<]+")

# In HTML the number stands above its reference and the due date above the date: so a telephone shows the amount too.
STACKS = ((0, 3), (2, 1), (4,))


@dataclass(frozen=True, slots=True)
class Enclosed:
    """What travels with the mail of an invoice besides its PDF: monthly summaries (BT-2.f), how many, and the e-invoice.

    `left_out`: there are more documents, too large for a mail. `link`: all are too large, and wait on the portal at this address.
    `copy`: of a mail that was asked for again, or that could not be delivered.
    """

    summaries: int = 0
    e_invoice: bool = False
    left_out: bool = False
    link: str = ""
    copy: Literal["", "asked", "undelivered"] = ""


def invoice_mail(invoice: InvoiceHead | InvoiceRecord, enclosed: Enclosed = Enclosed()) -> MailText:
    """The mail an invoice, credit note or debit note travels with, in the payer's language: how much, until when, how to pay."""
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
    if head.kind == "debit_note":
        opening[0] = words("mail.debit_note_intro", title=title, number=head.number, day=issued)
    if enclosed.link:
        opening[0] = words("mail.ready", title=title, number=head.number, day=issued)
    if enclosed.copy:
        opening.insert(0, words("mail.copy_" + enclosed.copy))
    due = (words("label.to_pay"), amount)
    pairs = _how_it_is_paid(head, words, due) if pays else ()
    closing = [*_what_is_enclosed(enclosed, words), words("mail.question", email=head.seller.email)]
    subject = words("mail.invoice_subject", seller=head.seller.name, title=title, number=head.number, amount=amount)
    if head.kind == "credit_note":
        named = {"title": title, "number": head.number, "credited": head.credits_number}
        subject = words(
            _of_credited(head, "mail.credit_subject"), seller=head.seller.name, amount=words.figures.money(abs(head.gross)), **named
        )
    if enclosed.copy:
        subject = words("mail.copy_subject", subject=subject)
    how = words("debit.how") if head.collection is not None else ""
    return _mail(subject, _Letter("", opening, (), (), pairs, closing, head.seller, words, how=how))


def _what_is_enclosed(enclosed: Enclosed, words: Wording) -> list[str]:
    """What is attached and what for, or where it is."""
    if enclosed.link:
        return [words("mail.too_large", link=enclosed.link), words("portal.notice_private")]
    said = [words("mail.attached_summary" if enclosed.summaries else "mail.attached")]
    if enclosed.e_invoice:
        said.append(words("mail.attached_e_invoice"))
    return [" ".join(said), *([words("mail.left_out")] if enclosed.left_out else [])]


def _how_it_is_paid(head: InvoiceHead, words: Wording, due: tuple[str, str]) -> Pairs:
    if head.collection is not None:
        return [due, *debited_by(head.collection, head.structured_reference, words)]
    return _how_to_pay(head.seller, words, due, structured_reference(head.structured_reference))


def _of_credit_note(head: InvoiceHead, title: str, issued: str, words: Wording) -> list[str]:
    """Which invoice is credited, why, and what becomes of the amount."""
    credited_day = words.figures.long_day(head.credits_on) if head.credits_on else "–"
    named = {"title": title, "number": head.number, "day": issued, "credited": head.credits_number, "credited_day": credited_day}
    amount = words.figures.money(abs(head.gross))
    return [
        words(_of_credited(head, "mail.credit_note_intro"), **named),
        reason(head, words),
        words("mail.credit_note_amount", amount=amount),
    ]


def _of_credited(head: InvoiceHead, key: str) -> str:
    return f"{key}_debit_note" if is_of_debit_note(head) else key


def _what_is_due(head: InvoiceHead, words: Wording) -> str:
    if head.gross < 0:
        return words("mail.credit_intro", amount=words.figures.money(abs(head.gross)))
    if head.gross == 0:
        return words("mail.nothing_due")
    if head.collection is not None:
        said = {"day": words.figures.long_day(head.collection.collected_on), "account": masked_account(head.collection.iban)}
        named = {"mandate": head.collection.mandate_id, "creditor": head.collection.creditor_id}
        return words("debit.mail", amount=words.figures.money(head.gross), **said, **named)
    by = words("label.by_receipt")
    if head.due_on is not None and head.due_on != head.issued_on:
        by = words("label.by", day=words.figures.long_day(head.due_on))
    return words("mail.invoice_pay", amount=words.figures.money(head.gross), by=by)


@carries_out("CG-4", "CG-2.d", "CG-2.e")
def letter_mail(letter: LetterRecord) -> MailText:
    """The mail a letter travels with, in the payer's language: what is due, how to pay, what it costs, what comes next, how to complain.

    How each amount was computed stands in the letter itself, which is attached. The portal shows the same text.
    """
    words, amount = wording(letter.payer.language), wording(letter.payer.language).figures.money(letter.total)
    named = [words("mail.pair", label=words("letter.limited_title"), value=" · ".join(letter.suspended))] if letter.suspended else []
    opening = [letter_text.asked(letter, words), *letter_text.limited(letter, words), *named]
    closing = [*letter_text.contested(letter, words), " ".join(letter_text.costs(letter, words)), *letter_text.what_follows(letter, words)]
    closing += [f"{words('legal.contest_title')} {words('legal.contest')}", *letter_text.closing(letter, words), words("letter.attached")]
    pairs = _how_to_pay(letter.seller, words, (words("letter.total"), amount), letter_text.reference_to_use(letter, words))
    day = words.figures.long_day(letter.pay_by)
    subject = words(f"letter.subject_{letter.words}", seller=letter.seller.name, amount=amount, day=day)
    columns, rows = _documents(letter, words)
    heading, greeting = words("title." + letter.words), words(f"letter.greeting_{letter.words}")
    said = _Letter(heading, opening, columns, rows, pairs, list(filter(None, closing)), letter.seller, words, greeting)
    return _mail(subject, said)


@carries_out("CG-2.b")
def notice_mail(language: Language, seller: Seller, published: Sequence[PortalInvoice], link: str) -> MailText:
    """The mail that tells a payer what is new on the portal: each document, its amount, until when; `link` leads there, "" without one."""
    words, one = wording(language), "_one" if len(published) == 1 else ""
    columns = (words("portal.document"), words("label.issued"), words("label.due"), words("label.reference"), words("portal.amount"))
    rows = [
        (f"{words('title.' + each.kind)} {each.number}", words.figures.day(each.issued_on), due_in_words(each, words),
         structured_reference(each.structured_reference) if each.owes else "–", words.figures.money(each.gross))
        for each in published
    ]  # fmt: skip
    where = [words("portal.notice_no_link" + one)]
    if link:
        where = [words("portal.notice_link" + one, link=link), words("portal.notice_private")]
    named = {"title": words("mail.title_" + published[0].kind), "number": published[0].number, "amount": rows[0][-1]}
    subject = words("portal.notice_subject" + one, seller=seller.name, **named)
    closing = [*where, words("mail.question", email=seller.email)]
    return _mail(subject, _Letter("", [words("portal.notice_new" + one)], columns, rows, (), closing, seller, words))


def _documents(letter: LetterRecord, words: Wording) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """The heading and the rows of the table: number, date, due date, structured communication, what is asked."""
    figures = words.figures
    heading = (words("letter.number"), words("label.issued"), words("label.due"), words("label.reference"), words("letter.asked"))
    rows = [
        (item.number, figures.day(item.issued_on), figures.day(item.due_on), structured_reference(item.structured_reference),
         figures.money(item.asked))
        for item in letter_text.by_age(letter)
    ]  # fmt: skip
    return heading, rows


def _mail(subject: str, letter: "_Letter") -> MailText:
    return MailText(" ".join(subject.split()), _plain(letter), _html(letter))


def _how_to_pay(seller: Seller, words: Wording, due: tuple[str, str], reference: str) -> Pairs:
    account = [(words("label.iban"), account_number(seller.iban)), (words("label.bic"), seller.bic)]
    return [due, (words("label.beneficiary"), seller.name), *account, (words("label.reference"), reference)]


@dataclass(frozen=True, slots=True)
class _Letter:
    """What a mail says, before it is plain text or HTML. `columns` and `rows` are its table, `pairs` how to pay.

    `greeting` stands in the place of the usual one, `how` in that of the heading of `pairs`.
    """

    heading: str
    opening: Sequence[str]
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    pairs: Pairs
    closing: Sequence[str]
    seller: Seller
    words: Wording
    greeting: str = ""
    how: str = ""


def _greeting(letter: _Letter) -> str:
    return letter.greeting or letter.words("mail.greeting")


def _signature(letter: _Letter) -> list[str]:
    seller, words = letter.seller, letter.words
    enterprise = words("label.enterprise", number=enterprise_number(seller.vat_number))
    return [seller.name, f"{seller.street}, {seller.city}", f"{enterprise} · {seller.register}", seller.website]


def _plain(letter: _Letter) -> str:
    words = letter.words

    def pair(label: str, value: str) -> str:
        return words("mail.pair", label=label, value=value)

    blocks = [letter.heading] if letter.heading else []
    blocks += [_greeting(letter), *letter.opening]
    blocks += ["\n".join(map(pair, letter.columns, row)) for row in letter.rows]
    if letter.pairs:
        blocks.append("\n".join([letter.how or words("mail.how"), *(f"  {pair(label, value)}" for label, value in letter.pairs)]))
    blocks += [*letter.closing, "\n".join([words("mail.closing"), *_signature(letter)])]
    blocks.append(f"{words('legal.complaint_title')} {words('legal.complaint', email=letter.seller.email)}")
    return "\n\n".join(blocks) + "\n"


def _html(letter: _Letter) -> str:
    words = letter.words
    name, *details = map(escape, _signature(letter))
    title, complaint = words("legal.complaint_title"), words("legal.complaint", email=letter.seller.email)
    return (
        f'<!DOCTYPE html>\n<html lang="{words.language}"><head><meta charset="utf-8">'
        f"{SHEET}\n"
        f"{_heading(letter.heading)}{_paragraphs([_greeting(letter), *letter.opening])}"
        f"{_table(letter.columns, letter.rows)}{_panel(letter.pairs, letter.how or words('mail.how'))}{_paragraphs(letter.closing)}"
        f'<p style="margin:20px 0">{escape(words("mail.closing"))}<br><b>{name}</b><br>'
        f'<span style="{SMALL}">{"<br>".join(details)}</span></p>\n'
        f'<p style="{SMALL};border-top:1px solid #d5dbdf;padding-top:12px"><b>{unbroken(escape(title))}</b> '
        f"{unbroken(escape(complaint))}</p>\n</td></tr></table></td></tr></table></body></html>\n"
    )


def _heading(text: str) -> str:
    return f'<h1 style="font-size:20px;font-weight:bold;color:{ACCENT};margin:0 0 16px">{escape(text)}</h1>\n' if text else ""


def _paragraphs(texts: Sequence[str]) -> str:
    return "".join(f'<p style="margin:0 0 12px">{_linked(unbroken(escape(text)))}</p>\n' for text in texts)


def _linked(text: str) -> str:
    """Text of HTML with its addresses as links: none of them ends a sentence."""
    return LINK.sub(rf'<a href="\g<0>" style="color:{ACCENT}">\g<0></a>', text)


def _panel(pairs: Pairs, how: str) -> str:
    if not pairs:
        return ""
    rows = "".join(
        f'<tr><td style="padding:4px 12px 4px 14px;vertical-align:top;color:#68727b">{escape(label)}</td>'
        f'<td style="padding:4px 12px 4px 0;vertical-align:top;font-weight:bold">{escape(value)}</td></tr>'
        for label, value in pairs
    )
    style = f"background:#eef5f6;border-left:3px solid {ACCENT};margin:0 0 20px;padding:8px 0;border-collapse:separate"
    title = f'<p style="margin:20px 0 4px;font-weight:bold;color:{ACCENT}">{escape(how)}</p>'
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
