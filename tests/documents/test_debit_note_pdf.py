"""A debit note on paper: what it asks, and under each line the computation a payer can do again."""

import pytest

from reports.invoice_pdf import render
from reports.mail_text import invoice_mail
from reports.records import Language
from tests.documents.debit_notes import BY_MONTHS, debit_note
from tests.documents.reading import pages, plain, text

pytestmark = pytest.mark.clause("CG-2.e")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", ("Note de débit D2027-000017", "193,66 €", "pour le 3 mars 2027", "article 28, 3°, du Code de la TVA", "Médiation".lower())),
        ("nl", ("Debetnota", "D2027-000017", "€ 193,66", "tegen 3 maart 2027", "artikel 28, 3°, van het Btw-Wetboek", "Ombudsdienst")),
        ("en", ("Debit note", "D2027-000017", "€193.66", "by 3 March 2027", "article 28, 3°, of the Belgian VAT Code", "Ombudsman")),
    ],
)
def test_the_first_page_says_how_much_until_when_and_why_without_vat(language: Language, said: tuple[str, ...]) -> None:
    first = pages(render(debit_note(language)))[0]
    assert [part for part in said if part not in first] == []
    assert [part for part in ("BE71 0961 2345 6769", "+++272/0000/01738+++", "D2027-000017") if part not in first] == []


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_there_is_no_vat_on_it_and_no_interest_on_interest(language: Language) -> None:
    shown = text(render(debit_note(language)))
    without = {"fr": "ne porte pas elle-même d’intérêt", "nl": "brengt zelf geen interest op", "en": "itself bears no interest"}
    assert without[language] in shown
    assert [part for part in ("hors TVA", "zonder btw", "excluding VAT", "21 %", "0 %") if part in shown] == []


def test_interest_shows_each_delay_the_open_amount_the_rate_and_the_cost_then_what_was_charged_before() -> None:
    shown = text(render(debit_note("fr")))
    assert "Intérêts de retard sur la facture 2026-000121 CG-2.e 29/11/26 – 28/01/27 6,00" in shown
    assert "29/11/2026 – 28/12/2026 1 000,00 1 % 1 10,00 29/12/2026 – 28/01/2027 600,00 1 % 1 6,00" in shown
    assert "Intérêt à ce jour, arrondi au cent 16,00 Déjà porté en compte -10,00 Porté en compte maintenant 6,00" in shown


def test_interest_by_days_shows_the_days_of_each_calendar_month() -> None:
    shown = text(render(debit_note("nl")))
    assert "29/12/2026 – 31/12/2026 15.234,55 0,375% 3/31 5,5287 01/01/2027 – 31/01/2027 15.234,55 0,375% 1 57,1296" in shown
    assert "Nu aangerekend 62,66" in shown
    assert shown.count("Al aangerekend") == 1  # nothing was charged before of the second invoice


@pytest.mark.clause("CG-2.d")
def test_a_fee_names_its_letter_and_level_a_cost_what_it_was_for() -> None:
    shown = text(render(debit_note("en")))
    for said in (
        "Reminder fee, letter of 11/12/2026 CG-2.d 11/12/26 10.00 Letter of level 2 of 11 December 2026, which announced this cost.",
        "Recovery costs – Writ of 20 December CG-2.e 20/12/26 85.00 Costs incurred for the recovery.",
        "Reactivation of the service on 05/01/2027 CG-2.e 05/01/27 30.00 The limited service was restored on that day.",
    ):
        assert said in shown


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_years_of_delays_go_on_over_pages_and_the_same_note_gives_the_same_bytes(language: Language) -> None:
    long = debit_note(language, BY_MONTHS * 60)
    assert len(pages(render(long))) >= 3
    assert render(long) == render(long)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "fr",
            ("note de débit D2027-000017 du 1er février 2027", "intérêts, frais de rappel", "Merci de payer 193,66 € pour le 3 mars 2027"),
        ),
        ("nl", ("debetnota D2027-000017 van 1 februari 2027", "interest, aanmanings-", "€ 193,66")),
        ("en", ("debit note D2027-000017 of 1 February 2027", "interest, reminder fees", "Please pay €193.66 by 3 March 2027")),
    ],
)
def test_the_mail_says_what_the_debit_note_charges_and_how_to_pay_it(language: Language, said: tuple[str, ...]) -> None:
    mail = invoice_mail(debit_note(language))
    shown = plain(mail.text)
    assert [part for part in (*said, "BE71 0961 2345 6769", "+++272/0000/01738+++") if part not in shown] == []
    assert "D2027-000017" in mail.subject
