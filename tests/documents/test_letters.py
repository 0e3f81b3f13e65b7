"""Letters as customers get them: read back from the PDF and from the mail, and held against the record."""

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from billing.bank import Movement
from billing.matching import Books, Owed, match_payment
from reports.figures import structured_reference
from reports.letter_pdf import render_letter
from reports.mail_text import letter_mail
from reports.records import Language, LetterItem, LetterRecord
from reports.wording import LANGUAGES, wording
from tests.documents.letter_samples import LIMITED, ONE, THREE, WORDS, item, letter
from tests.documents.reading import pages, plain, qr_code, text
from tests.documents.samples import SELLER
from tests.documents.test_mail_text import visible

D = Decimal
AMOUNT = {"fr": r"\d{1,3}(?: \d{3})*,\d\d", "nl": r"\d{1,3}(?:\.\d{3})*,\d\d", "en": r"\d{1,3}(?:,\d{3})*\.\d\d"}
EVERY_LETTER = [pytest.param(words, language, id=f"{words} in {language}") for words in WORDS for language in LANGUAGES]


def amounts_in(shown: str, language: Language) -> set[str]:
    return set(re.findall(rf"(?<![\d.,/]){AMOUNT[language]}(?![\d/])", shown))


def amounts_of(record: LetterRecord) -> set[str]:
    """Every amount of a record but zero, and what is contested in all, as its language writes them."""
    found = [record.total, record.fee, record.recovery_cost, record.interest_total, sum(one.contested for one in record.items)]
    for one in record.items:
        found += [one.gross, one.credited, one.paid, one.contested, one.asked, one.interest]
    return {plain(wording(record.payer.language).figures.amount(D(amount))) for amount in found if amount}


def both_texts(record: LetterRecord) -> tuple[str, str]:
    """The letter on paper, and the plain text that the mail and the portal show."""
    return text(render_letter(record)), plain(letter_mail(record).text)


@pytest.mark.parametrize(("words", "language"), EVERY_LETTER)
def test_every_amount_on_paper_is_in_the_record_and_the_other_way_round(words: str, language: Language) -> None:
    record = letter(words, language)
    assert amounts_in(text(render_letter(record)), language) == amounts_of(record)


@pytest.mark.parametrize(("words", "language"), EVERY_LETTER)
def test_the_mail_names_no_amount_that_is_not_in_the_record(words: str, language: Language) -> None:
    record = letter(words, language)
    shown = amounts_in(plain(letter_mail(record).text), language)
    assert shown <= amounts_of(record)
    assert {plain(record_money(record, amount)) for amount in (record.total, *(one.asked for one in THREE))} <= shown


def record_money(record: LetterRecord, amount: Decimal) -> str:
    return wording(record.payer.language).figures.amount(amount)


@pytest.mark.parametrize(("words", "language"), EVERY_LETTER)
def test_each_document_is_listed_with_its_days_and_its_communication(words: str, language: Language) -> None:
    record = letter(words, language)
    paper, mail = both_texts(record)
    figures = wording(language).figures
    for one in record.items:
        for part in (one.number, figures.day(one.issued_on), figures.day(one.due_on), structured_reference(one.structured_reference)):
            assert part in paper
            assert part in mail


def test_a_row_leads_from_the_gross_amount_to_what_is_asked() -> None:
    shown = text(render_letter(letter("reminder", "en")))
    assert "2026-000101 28/09/2026 28/10/2026 54 d 1,172.60 60.50 100.00 – 1,012.10" in shown
    assert "Invoice · +++000/0000/10104+++ interest to date: 10.12" in shown
    assert "2026-000123 28/10/2026 27/11/2026 24 d 172.60 – – 48.40 124.20" in shown
    assert "D2026-000007 15/11/2026 15/12/2026 6 d 13.45 – – – 13.45 Debit note · +++000/0000/00707+++" in shown
    assert "Total to pay €1,149.75" in shown
    assert "To pay = amount including VAT, less what has been credited, paid or contested." in shown


@pytest.mark.parametrize(
    ("words", "language", "parts"),
    [
        ("friendly", "fr", ("Rappel amical", "Sauf erreur de notre part", "la plus ancienne échéance remonte au 28 octobre 2026",
                            "merci de le payer au plus tard le 4 janvier 2027", "Ce rappel est gratuit.")),
        ("friendly", "nl", ("Herinnering", "Tenzij wij ons vergissen", "Wilt u het bedrag uiterlijk op 4 januari 2027 betalen?")),
        ("friendly", "en", ("Friendly reminder", "Unless we are mistaken", "This reminder is free of charge.")),
        ("reminder", "fr", ("Rappel de paiement", "Nous vous demandons de le payer au plus tard le 4 janvier 2027")),
        ("reminder", "nl", ("Betalingsherinnering", "Wij vragen u het bedrag uiterlijk op 4 januari 2027 te betalen")),
        ("reminder", "en", ("Payment reminder", "We ask you to pay the amount by 4 January 2027 at the latest")),
        ("formal_notice", "fr", ("Mise en demeure", "nous vous mettons en demeure de payer cette somme au plus tard le 4 janvier 2027")),
        ("formal_notice", "nl", ("Ingebrekestelling", "stellen wij u in gebreke")),
        ("formal_notice", "en", ("Formal notice", "we give you formal notice to pay the amount by 4 January 2027")),
        ("suspension", "fr", ("Services limités", "Nous limitons donc dès à présent les services", *LIMITED)),
        ("suspension", "nl", ("Diensten beperkt", "Daarom beperken wij de diensten hieronder vanaf nu", *LIMITED)),
        ("suspension", "en", ("Services limited", "We are therefore limiting the services below, from now on", *LIMITED)),
    ],
)  # fmt: skip
def test_each_level_says_in_its_own_words_what_is_due_and_until_when(words: str, language: Language, parts: tuple[str, ...]) -> None:
    for shown in both_texts(letter(words, language)):
        assert [part for part in parts if part not in shown] == []


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        pytest.param("friendly", ("nous vous enverrons un nouveau rappel, au plus tôt le 5 janvier 2027",),
                     marks=pytest.mark.clause("CG-2.d"), id="after the friendly reminder a reminder, which may carry a fee"),
        pytest.param("reminder", ("nous vous enverrons une mise en demeure, au plus tôt le 5 janvier 2027", "GC-9.1.a"),
                     id="after the reminder a formal notice"),
        pytest.param("formal_notice", ("à partir du 6 janvier 2027, limiter au service minimum", "seuls les appels vers les services d’urgence",
                                       "ne met pas fin à votre abonnement (CG-2.c)", "les services limités restent facturés (GC-5.5)"),
                     marks=pytest.mark.clause("GC-9.1.a", "GC-5.5", "CG-2.c"), id="after the formal notice the minimum service"),
        pytest.param("suspension", ("Dès que cette somme est payée, nous rétablissons les services", "restent facturés (GC-5.5)",
                                    "pendant un mois au moins, nous pouvons mettre fin au contrat (GC-12.2.a)"),
                     marks=pytest.mark.clause("GC-12.2.a", "GC-5.5"), id="during a limitation how it ends, and what a month of it allows"),
    ],
)  # fmt: skip
def test_a_letter_says_what_comes_next_and_when(words: str, parts: tuple[str, ...]) -> None:
    for shown in both_texts(letter(words, "fr")):
        assert [part for part in parts if part not in shown] == []


@pytest.mark.clause("CG-2.c")
@pytest.mark.parametrize("words", ["friendly", "reminder", "formal_notice"])
def test_no_service_is_said_to_be_limited_before_it_is(words: str) -> None:
    for shown in both_texts(letter(words, "fr")):
        assert "dès à présent" not in shown
        assert "Services limités" not in shown


def test_what_follows_is_left_out_where_nothing_does() -> None:
    for shown in both_texts(letter("reminder", "en", next_words="", next_on=None)):
        assert "What comes next?" not in shown
        assert "Without your payment" not in shown


@pytest.mark.clause("CG-4")
@pytest.mark.parametrize(("words", "language"), EVERY_LETTER)
def test_every_letter_says_how_to_complain(words: str, language: Language) -> None:
    mediator, courts = {
        "fr": ("plaintes@mediateurtelecom.be", "tribunaux de Nivelles"),
        "nl": ("klachten@ombudsmantelecom.be", "rechtbanken van Nijvel"),
        "en": ("plaintes@mediateurtelecom.be", "courts of Nivelles"),
    }[language]
    for shown in (pages(render_letter(letter(words, language)))[0], plain(letter_mail(letter(words, language)).text)):
        for part in (SELLER.email, mediator, courts, "(CG-4)", wording(language)("legal.contest_title")):
            assert plain(part) in shown


@pytest.mark.clause("CG-2.d")
@pytest.mark.parametrize(("fee", "said"), [("10.00", True), ("7.50", True), ("0.00", False)])
def test_a_fee_is_named_only_where_there_is_one_and_stands_on_a_debit_note(fee: str, said: bool) -> None:
    for shown in both_texts(letter("reminder", "en", ONE, fee=D(fee))):
        assert (f"The reminder fee is €{fee} (CG-2.d)." in shown) is said
        assert ("not part of the total to pay: a separate debit note will follow" in shown) is said
        assert "€0.00" not in shown


@pytest.mark.clause("CG-2.e")
def test_interest_so_far_is_named_with_its_rate_and_stands_on_a_debit_note() -> None:
    for shown in both_texts(letter("formal_notice", "en")):
        assert "The recovery costs are €25.00 (CG-2.e)." in shown
        assert "Late interest not charged yet amounts to €10.12 to date, at 1% per month late (CG-2.e)." in shown
        assert "This is not part of the total to pay: a separate debit note will follow." in shown


@pytest.mark.clause("CG-2.e")
@pytest.mark.parametrize(
    ("percent", "shown_rate"),
    [
        pytest.param("1.00", "1 %", id="the contract's one per cent"),
        pytest.param("0.375", "0,375 %", id="a legal rate of 4.5 % a year"),
        pytest.param("0.4791666667", "0,479 %", id="a legal rate of 5.75 % a year"),
    ],
)
def test_without_interest_so_far_the_rate_is_said_and_nothing_is_claimed(percent: str, shown_rate: str) -> None:
    for shown in both_texts(letter("friendly", "fr", ONE, interest_per_month=D(percent))):
        assert f"aucun intérêt de retard n’est à ajouter. L’intérêt est de {shown_rate} par mois de retard (CG-2.e)" in shown
        assert "intérêts à ce jour" not in shown


@pytest.mark.clause("CG-2.e")
def test_a_letter_about_debit_notes_alone_speaks_of_no_interest_since_they_bear_none() -> None:
    for shown in both_texts(letter("friendly", "fr", (item(7, "13.45", date(2026, 12, 1), kind="debit_note"),))):
        assert "CG-2.e" not in shown


def test_a_policy_without_interest_speaks_of_none() -> None:
    for shown in both_texts(letter("friendly", "fr", ONE, interest_per_month=D("0"))):
        assert "CG-2.e" not in shown
        assert "Ce rappel est gratuit." in shown


@pytest.mark.clause("GC-9.3")
def test_what_is_contested_is_not_asked_for_and_said_not_to_be() -> None:
    for shown in both_texts(letter("reminder", "fr")):
        assert "Le montant contesté de 48,40 € n’est pas compris dans ce total" in shown
    for shown in both_texts(letter("reminder", "fr", ONE)):
        assert "Le montant contesté de" not in shown


def test_restoring_names_its_cost_only_where_there_is_one() -> None:
    for shown in both_texts(letter("suspension", "nl", reactivation_fee=D("30.00"))):
        assert "Het herstellen kost € 30,00; daarvoor ontvangt u een debetnota." in shown
    for shown in both_texts(letter("suspension", "nl")):
        assert "Het herstellen kost" not in shown


@pytest.mark.parametrize(("words", "language"), EVERY_LETTER)
def test_who_has_paid_meanwhile_is_thanked(words: str, language: Language) -> None:
    for shown in both_texts(letter(words, language)):
        assert plain(wording(language)("letter.paid")) in shown


def test_one_document_is_spoken_of_in_the_singular_and_paid_with_its_communication() -> None:
    record = letter("formal_notice", "fr", ONE)
    for shown in both_texts(record):
        assert "elle était à payer pour le 27 novembre 2026" in shown
    assert pages(render_letter(record))[0].count("+++000/0000/12326+++") == 2
    assert "celle de chaque document" in pages(render_letter(letter("formal_notice", "fr")))[0]


PAID_TO = "BCD\n002\n1\nSCT\nGKCCBEBB\nExample Cloud Telephony SRL\nBE71096123456769\n"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_code_of_one_document_carries_its_twelve_digits_as_structured_communication(language: Language) -> None:
    assert qr_code(render_letter(letter("friendly", language, ONE))) == f"{PAID_TO}EUR172.60\n\n000000012326"


@pytest.mark.parametrize("words", WORDS)
def test_the_code_of_several_documents_carries_the_total_and_each_communication(words: str) -> None:
    written = "+++000/0000/10104+++ +++000/0000/12326+++ +++000/0000/00707+++"
    assert qr_code(render_letter(letter(words))) == f"{PAID_TO}EUR1149.75\n\n\n{written}"


@pytest.mark.parametrize(
    ("count", "communication", "said"),
    [
        pytest.param(6, "\n" + " ".join(structured_reference(item(n, "1.00", date(2026, 12, 1)).structured_reference) for n in range(1, 7)),
                     "la communication de chaque document", id="six communications are 125 characters"),
        pytest.param(7, "000000000101", "la communication du document le plus ancien", id="seven would be 146, more than 140"),
    ],
)  # fmt: skip
def test_with_more_communications_than_fit_the_code_carries_that_of_the_oldest(count: int, communication: str, said: str) -> None:
    made = [item(number, "100.00", date(2026, 11, number)) for number in range(1, count + 1)]
    record = letter("reminder", "fr", tuple(reversed(made)))
    assert qr_code(render_letter(record)) == f"{PAID_TO}EUR{count}00.00\n\n{communication}"
    assert said in text(render_letter(record))


def test_the_code_holds_a_long_seller_in_seventy_characters_of_one_line() -> None:
    seller = replace(SELLER, name="Société coopérative\nà responsabilité limitée des opérateurs téléphoniques wallons et bruxellois réunis")
    lines = qr_code(render_letter(letter("friendly", "fr", seller=seller))).splitlines()
    assert lines[5] == "Société coopérative à responsabilité limitée des opérateurs téléphoniq"
    assert lines[6:8] == ["BE71096123456769", "EUR1149.75"]


@pytest.mark.parametrize(("words", "language"), EVERY_LETTER)
def test_the_same_record_gives_the_same_bytes_and_another_day_gives_others(words: str, language: Language) -> None:
    record = letter(words, language)
    assert render_letter(record) == render_letter(letter(words, language))
    assert render_letter(replace(record, pay_by=record.pay_by + timedelta(days=1))) != render_letter(record)


def test_sixty_documents_go_on_over_pages_under_their_heading_and_each_is_listed_once() -> None:
    made = tuple(item(number, "121.00", date(2026, 9, 1) + timedelta(days=number)) for number in range(1, 61))
    shown = pages(render_letter(letter("formal_notice", "fr", made)))
    assert len(shown) == 4
    assert [number for number in range(1, 61) if sum(f"2026-{number:06d} " in page for page in shown) != 1] == []
    assert [place for place, page in enumerate(shown[:-1]) if "Document Date Échéance Retard Montant" not in page] == []
    assert all(f"Page {place} / 4" in page for place, page in enumerate(shown, start=1))
    assert "7 260,00 €" in shown[0]
    assert [place for place, page in enumerate(shown) if "Total à payer 7 260,00 €" in page] == [2]


@pytest.mark.parametrize("words", ["friendly", "reminder"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_ordinary_reminder_is_one_page(words: str, language: Language) -> None:
    assert len(pages(render_letter(letter(words, language)))) == 1


def test_two_hundred_limited_clients_are_all_listed_by_name() -> None:
    names = tuple(f"Client final {number:03d}" for number in range(1, 201))
    record = letter("suspension", "fr", suspended=names)
    shown = pages(render_letter(record))
    assert [name for name in names if sum(page.count(name) for page in shown) != 1] == []
    assert [name for name in names if name not in letter_mail(record).text] == []


LONG = "Association pour la promotion de la boulangerie artisanale et des métiers de bouche, section de Saint-Géry et environs"


def test_a_long_name_is_whole_and_covers_nothing() -> None:
    record = letter("suspension", "fr", suspended=(LONG, "Café Müller"))
    record = replace(record, payer=replace(record.payer, name=LONG, country="LU"))
    first = pages(render_letter(record))[0]
    assert first.count(LONG) == 2
    assert "Luxembourg" in first
    assert "1 149,75 €" in first


@pytest.mark.parametrize("name", ["Fête 🎉 SRL", "مخبز بروكسل", "מאפייה", "A & B <script>", "\r\nBcc: x@example.org", "x" * 300])
def test_no_name_breaks_a_letter(name: str) -> None:
    record = letter("suspension", "fr", suspended=(name, *LIMITED))
    record = replace(record, payer=replace(record.payer, name=name))
    assert "1 149,75 €" in pages(render_letter(record))[0]
    mail = letter_mail(replace(record, seller=replace(SELLER, name=name)))
    assert "<script>" not in mail.html
    assert not {"\r", "\n"} & set(mail.subject)


@pytest.mark.parametrize(("words", "language"), EVERY_LETTER)
def test_plain_text_and_html_of_the_mail_say_the_same(words: str, language: Language) -> None:
    mail = letter_mail(letter(words, language))
    seen = visible(mail.html)
    for line in filter(None, (plain(line).strip() for line in mail.text.splitlines())):
        for part in re.split(r" ?: ", line):
            assert part in seen, part
    assert re.search(r"<img|<link|<script|url\(|src=|href=", mail.html) is None


@pytest.mark.parametrize(
    ("words", "language", "subject"),
    [
        ("friendly", "fr", "Rappel amical : 1 149,75 € à payer pour le 4 janvier 2027"),
        ("reminder", "nl", "Betalingsherinnering: € 1.149,75 te betalen tegen 4 januari 2027"),
        ("formal_notice", "en", "Formal notice: €1,149.75 to pay by 4 January 2027"),
        ("suspension", "nl", "Uw diensten zijn beperkt: € 1.149,75 te betalen"),
    ],
)
def test_the_subject_says_what_it_is_how_much_and_until_when(words: str, language: Language, subject: str) -> None:
    assert plain(letter_mail(letter(words, language)).subject) == f"Example Cloud Telephony SRL – {subject}"


@pytest.mark.parametrize(
    "items",
    [
        pytest.param(ONE, id="one document"),
        pytest.param((*ONE, item(7, "13.45", date(2026, 12, 15), kind="debit_note")), id="an invoice and a debit note"),
        pytest.param(
            tuple(item(number, f"{number}.10", date(2026, 11, number)) for number in range(1, 25)), id="more than the code can name"
        ),
    ],
)
def test_a_transfer_filled_in_by_the_code_pays_exactly_what_the_letter_lists(items: tuple[LetterItem, ...]) -> None:
    lines = [*qr_code(render_letter(letter("reminder", "nl", items))).splitlines(), "", ""]
    transfer = Movement(1, "R1", date(2027, 1, 4), date(2027, 1, 4), D(lines[7].removeprefix("EUR")), reference=lines[9], text=lines[10])
    owed = [Owed(one.number, "P-1", one.structured_reference, one.due_on, one.asked) for one in items]
    match = match_payment(transfer, Books(owed, {}))
    assert dict(match.shares) == {one.number: one.asked for one in items}
    assert sum(dict(match.shares).values()) == transfer.amount
