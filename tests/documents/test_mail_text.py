"""Invoice mails, as words."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from reports.mail_text import Enclosed, invoice_mail
from reports.records import Language
from reports.wording import LANGUAGES
from tests.documents.reading import plain
from tests.documents.samples import SELLER, credit_note, invoice, refund_note


class Texts(HTMLParser):
    """Collects what a reader sees."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def handle_data(self, data: str) -> None:
        self.seen.append(data)


def visible(html: str) -> str:
    reader = Texts()
    reader.feed(html)
    return re.sub(r"\s+", " ", " ".join(reader.seen))


def test_an_invoice_mail_says_how_much_until_when_and_how_to_pay() -> None:
    mail = invoice_mail(invoice(4))
    assert plain(mail.subject) == "Example Cloud Telephony SRL – facture 2026-000123 : 60,50 €"
    for shown in (plain(mail.text), visible(mail.html)):
        for part in ("60,50 €", "27 novembre 2026", "BE71 0961 2345 6769", "GKCCBEBB", "+++123/4567/89012+++", "Service de médiation"):
            assert part in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_plain_text_and_html_say_the_same(language: Language) -> None:
    for mail in (
        invoice_mail(invoice(4, language=language)),
        invoice_mail(credit_note(language)),
    ):
        for line in filter(None, (plain(line).strip() for line in mail.text.splitlines())):
            for part in re.split(r" ?: ", line):
                assert part in visible(mail.html), part


def test_the_mail_speaks_of_a_summary_only_when_one_is_attached() -> None:
    assert "résumé mensuel" not in invoice_mail(invoice(4)).text
    assert "résumé mensuel" in invoice_mail(invoice(4), Enclosed(summaries=2)).text


def test_a_credit_note_asks_for_no_payment() -> None:
    mail = invoice_mail(credit_note("fr"))
    assert "Vous n’avez rien à payer" in mail.text
    assert "BE71" not in mail.text


@pytest.mark.parametrize(
    ("language", "subject", "parts"),
    [
        (
            "fr",
            "note de crédit C2026-000007 sur la facture 2026-000123 : 45,38 €",
            ("Elle crédite la facture 2026-000123 du 28 octobre 2026.", "Motif : Prix erroné", "45,38 € est en votre faveur"),
        ),
        (
            "nl",
            "creditnota C2026-000007 op factuur 2026-000123: € 45,38",
            ("Ze crediteert factuur 2026-000123 van 28 oktober 2026.", "Reden: Prix erroné", "€ 45,38 is in uw voordeel"),
        ),
        (
            "en",
            "credit note C2026-000007 on invoice 2026-000123: €45.38",
            ("It credits invoice 2026-000123 of 28 October 2026.", "Reason: Prix erroné", "€45.38 is in your favour"),
        ),
    ],
)
def test_the_mail_of_a_credit_note_names_the_invoice_the_reason_and_a_positive_amount(
    language: Language, subject: str, parts: tuple[str, ...]
) -> None:
    mail = invoice_mail(credit_note(language, 3, "Prix erroné"))
    assert plain(mail.subject).endswith(subject)
    for shown in (plain(mail.text), visible(mail.html)):
        for part in parts:
            assert part in shown
        assert "-45" not in shown


@pytest.mark.clause("GC-13.2")
def test_a_refund_without_a_reason_of_finance_rests_on_the_terms() -> None:
    assert "Motif : remboursement des jours facturés après la fin du service (GC-13.2)" in plain(invoice_mail(refund_note("fr")).text)


def test_an_invoice_due_the_day_it_is_issued_is_payable_on_receipt() -> None:
    record = invoice(4)
    assert "à la réception de la facture" in invoice_mail(replace(record.head, due_on=record.head.issued_on)).text


def test_names_cannot_break_the_html_or_the_subject() -> None:
    head = invoice(4).head
    mail = invoice_mail(replace(head, seller=replace(SELLER, name="A & B <script>alert(1)</script>\r\nBcc: x@example.org")))
    assert "<script>" not in mail.html
    assert "\n" not in mail.subject
    assert "\r" not in mail.subject


def test_a_mail_fetches_nothing_from_elsewhere() -> None:
    assert re.search(r"<img|<link|<script|url\(|src=|href=", invoice_mail(invoice(4)).html) is None
