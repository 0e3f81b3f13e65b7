"""Invoice mails and reminders, as words."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from reports.mail_text import invoice_mail, reminder_mail
from reports.records import Language, OpenInvoice, ReminderRecord
from reports.wording import LANGUAGES
from tests.documents.reading import plain
from tests.documents.samples import SELLER, credit_note, invoice, payer, refund_note

D = Decimal
FIRST = OpenInvoice("2026-000101", date(2026, 9, 28), date(2026, 10, 28), D("1172.60"), "123456789012")
SECOND = OpenInvoice("2026-000123", date(2026, 10, 28), date(2026, 11, 27), D("72.60"), "123456789112")


def reminder(level: int = 1, language: Language = "fr", **changes: object) -> ReminderRecord:
    made = ReminderRecord(level, date(2026, 12, 5), payer(language), SELLER, (FIRST, SECOND), D("1245.20"))  # type: ignore[arg-type]
    return replace(made, **changes)  # type: ignore[arg-type]


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
        reminder_mail(reminder(2, language, fee=D("10.00"))),
    ):
        for line in filter(None, (plain(line).strip() for line in mail.text.splitlines())):
            for part in re.split(r" ?: ", line):
                assert part in visible(mail.html), part


def test_the_mail_speaks_of_a_summary_only_when_one_is_attached() -> None:
    assert "résumé mensuel" not in invoice_mail(invoice(4)).text
    assert "résumé mensuel" in invoice_mail(invoice(4), summaries=2).text


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reminder_lists_each_open_invoice_and_the_total(language: Language) -> None:
    mail = reminder_mail(reminder(1, language))
    first = ("2026-000101", "28/09/2026", "28/10/2026", "+++123/4567/89012+++")
    second = ("2026-000123", "28/10/2026", "27/11/2026", "+++123/4567/89112+++")
    for shown in (plain(mail.text), visible(mail.html)):
        for part in (*first, *second):
            assert part in shown
    assert {"fr": "1 245,20 €", "nl": "€ 1.245,20", "en": "€1,245.20"}[language] in plain(mail.text)


def test_the_first_reminder_is_polite_and_threatens_nothing() -> None:
    mail = reminder_mail(reminder(1))
    assert "Sauf erreur de notre part" in mail.text
    assert "suspendu" not in mail.text
    assert "frais de rappel" not in mail.text.split("contestation ?")[0]


@pytest.mark.parametrize(
    ("language", "next_step"),
    [
        ("fr", "nous vous enverrons un deuxième rappel"),
        ("nl", "sturen wij een tweede herinnering"),
        ("en", "we will send a second reminder"),
    ],
)
def test_the_first_reminder_says_what_comes_next(language: Language, next_step: str) -> None:
    assert next_step in reminder_mail(reminder(1, language)).text
    assert next_step not in reminder_mail(reminder(2, language)).text


def test_a_reminder_of_one_invoice_speaks_of_one_invoice() -> None:
    for level in (1, 2):
        assert "la facture ci-dessous" in reminder_mail(reminder(level, invoices=(FIRST,), total=D("1172.60"))).text
        assert "les factures ci-dessous" in reminder_mail(reminder(level)).text


@pytest.mark.clause("CG-2.d")
def test_the_second_reminder_names_the_fee_and_what_comes_next() -> None:
    mail = reminder_mail(reminder(2, fee=D("10.00"), suspension_from=date(2026, 12, 18)))
    assert "10,00" in mail.text
    assert "suspendu à partir du 18 décembre 2026" in mail.text
    assert "Les appels d’urgence restent possibles" in mail.text
    assert "1 % par mois" in mail.text


@pytest.mark.clause("CG-2.d")
def test_under_the_legal_cap_a_reminder_does_not_speak_of_one_per_cent_a_month() -> None:
    said = reminder_mail(reminder(2, interest="legal")).text.split("contestation ?")[0]
    assert "taux légal" in said
    assert "1 %" not in said


def test_one_open_invoice_puts_its_communication_under_how_to_pay() -> None:
    mail = reminder_mail(reminder(1, invoices=(FIRST,), total=D("1172.60")))
    assert mail.text.count("+++123/4567/89012+++") == 2


def test_several_open_invoices_are_paid_each_with_its_own_communication() -> None:
    assert "Communication structurée : celle de chaque facture, ci-dessus" in plain(reminder_mail(reminder(1)).text)


def test_names_cannot_break_the_html_or_the_subject() -> None:
    seller = replace(SELLER, name="A & B <script>alert(1)</script>\r\nBcc: x@example.org")
    mail = reminder_mail(reminder(1, seller=seller))
    assert "<script>" not in mail.html
    assert "\n" not in mail.subject
    assert "\r" not in mail.subject


def test_a_mail_fetches_nothing_from_elsewhere() -> None:
    for mail in (invoice_mail(invoice(4)), reminder_mail(reminder(2))):
        assert re.search(r"<img|<link|<script|url\(|src=|href=", mail.html) is None
