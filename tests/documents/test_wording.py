"""The words and figures of the three languages."""

import re
import string
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent

from billing.counting import CountRule
from reports.figures import LOCALES, account_number, enterprise_number, figures, structured_reference, vat_number
from reports.mail_text import invoice_mail
from reports.portal_page import render as render_portal
from reports.records import Language
from reports.wording import LANGUAGES, WordingError, wording
from tests.documents.portal_samples import portal_page
from tests.documents.samples import invoice

D = Decimal
REPORTS = Path(__file__).parent.parent.parent / "reports"
DOCUMENT_MODULES = (
    "invoice_pdf",
    "credit_note",
    "line_text",
    "front_page",
    "page_furniture",
    "call_detail",
    "summary_pdf",
    "statement_pdf",
    "statement_tables",
    "element_list",
    "mail_text",
)


SIGN_AFTER_A_SPACE = re.compile(r"\w\)? [:;?!»]")


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_the_three_languages_have_the_same_texts() -> None:
    french, dutch, english = (set(wording(language).texts) for language in LANGUAGES)
    assert french ^ dutch == set()
    assert french ^ english == set()


def test_the_three_languages_leave_the_same_gaps() -> None:
    for key, french in wording("fr").texts.items():
        for language in LANGUAGES:
            assert gaps(wording(language).texts[key]) == gaps(french), (language, key)


def test_no_text_is_empty_but_the_one_for_ordinary_vat() -> None:
    for language in LANGUAGES:
        assert [key for key, text in wording(language).texts.items() if not text.strip()] == ["vat.S"]


def test_no_code_holds_a_text_customers_read() -> None:
    accented = re.compile(r"[\"'][^\"']*[éèêàçôîïë][^\"']*[\"']")
    for module in DOCUMENT_MODULES:
        code = re.sub(r'""".*?"""', "", (REPORTS / f"{module}.py").read_text(encoding="utf-8"), flags=re.DOTALL)
        assert accented.findall(code) == []


def test_every_rule_of_counting_has_its_words() -> None:
    for rule in CountRule.__args__:  # type: ignore[attr-defined]
        for language in LANGUAGES:
            assert wording(language)(f"rule.{rule}")


def test_a_text_nobody_wrote_is_named_with_its_file() -> None:
    with pytest.raises(WordingError, match=r"nl\.toml has no text `note\.moonlight`"):
        wording("nl").note("moonlight phase=3")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("amount", ["0.00", "0.05", "7.00", "999.99", "1000.00", "12345.68", "1234567.89", "-0.01", "-12345.68"])
def test_amounts_are_written_as_babel_writes_them(language: Language, amount: str) -> None:
    ours, locale, value = figures(language), LOCALES[language], D(amount)
    assert ours.money(value) == format_currency(value, "EUR", locale=locale)
    assert ours.amount(value) == format_decimal(value, "#,##0.00", locale=locale)
    assert ours.cents(int(value * 100)) == ours.amount(value)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("rate", "share"), [("21.00", "0.21"), ("0.00", "0"), ("6.00", "0.06")])
def test_rates_are_written_as_babel_writes_them(language: Language, rate: str, share: str) -> None:
    assert figures(language).percent(D(rate)) == format_percent(D(share), locale=LOCALES[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_days_in_words_are_written_as_babel_writes_them(language: Language) -> None:
    assert figures(language).long_day(date(2026, 11, 27)) == format_date(date(2026, 11, 27), "long", locale=LOCALES[language])


def test_the_first_of_a_month_is_the_1er_in_french() -> None:
    assert figures("fr").long_day(date(2026, 10, 1)) == "1er octobre 2026"
    assert figures("fr").long_day(date(2026, 10, 11)) == "11 octobre 2026"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("0.125", "0,13"),
        ("0.005", "0,01"),
        ("1.388889", "1,388889"),
        ("12.500000", "12,50"),
        ("4", "4,00"),
        ("0.0725", "0,0725"),
    ],
)
def test_unit_prices_show_the_decimals_they_have_and_amounts_round_half_up(value: str, shown: str) -> None:
    ours = figures("nl")
    assert shown in {ours.unit_price(D(value)), ours.amount(D(value))}


@pytest.mark.parametrize(("value", "shown"), [("9.000000", "9"), ("2.500000", "2,5"), ("1200.000000", "1.200"), ("0", "0")])
def test_quantities_show_no_empty_decimals(value: str, shown: str) -> None:
    assert figures("nl").quantity(D(value)) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0:00"),
        (59, "0:59"),
        (60, "1:00"),
        (3599, "59:59"),
        (3600, "1:00:00"),
        (90061, "25:01:01"),
    ],
)
def test_durations_are_minutes_and_seconds_with_hours_when_there_are_any(seconds: int, shown: str) -> None:
    assert figures("fr").duration(seconds) == shown


@pytest.mark.parametrize("given", ["123456789012", "+++123/4567/89012+++", "123 4567 89012"])
def test_a_structured_reference_has_one_form(given: str) -> None:
    assert structured_reference(given) == "+++123/4567/89012+++"


def test_numbers_of_the_seller_are_grouped_as_people_read_them() -> None:
    assert account_number("BE71096123456769") == "BE71 0961 2345 6769"
    assert vat_number("BE0123456749") == "BE 0123.456.749"
    assert vat_number("LU99000154") == "LU99000154"
    assert enterprise_number("BE0123456749") == "0123.456.749"


@pytest.mark.parametrize(
    ("language", "group", "name"),
    [
        ("fr", "belgium_mobile", "Belgique mobile"),
        ("nl", "eu_fixed", "EU vast"),
        ("en", "m2m", "machine to machine (M2M)"),
        ("fr", "world_1", "Monde zone 1"),
        ("nl", "world_12", "Wereld zone 12"),
        ("en", "sms_world", "SMS World"),
    ],
)
def test_destination_groups_have_names_of_their_own(language: Language, group: str, name: str) -> None:
    assert wording(language).group(group) == name


@pytest.mark.parametrize(("group", "name"), [("north_sea_rigs", "North sea rigs"), ("rigs_2", "Rigs 2"), ("", "")])
def test_a_group_without_a_name_is_written_as_the_tariff_spells_it(group: str, name: str) -> None:
    assert wording("en").group(group) == name


@pytest.mark.parametrize(
    ("note", "clause"),
    [
        ("minimum_users counted=31 charged=36", "BT-2.h"),
        ("minimum_term counted=1 charged=2", "CG-3.a"),
        ("twelve_months counted=1 charged=2", "BT-2.i"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_note_names_the_clause_of_the_minimum_it_tells_of(language: Language, note: str, clause: str) -> None:
    assert clause in wording(language).note(note)


@pytest.mark.parametrize(
    ("language", "note", "said"),
    [
        (
            "fr",
            "sla_credit amount=1250.00 left=1200.50",
            "Crédit accordé : 1 250,00 € ; il en reste 1 200,50 € pour vos prochaines factures.",
        ),
        ("nl", "sla_credit_used_up amount=50.00", "€ 50,00"),
        ("fr", "addition 18/31", "Ajout dans le mois : 18/31 jours (BT-2.g)."),
        ("nl", "balance clause=GC-13.3; pro_rata 12/28", "(GC-13.3). Pro rata: 12/28 dagen."),
    ],
)
def test_the_values_of_a_note_are_written_as_the_language_does(language: Language, note: str, said: str) -> None:
    assert said in re.sub(r"\s", " ", wording(language).note(note))


@pytest.mark.parametrize(("language", "quarter"), [("fr", "4e trimestre 2026"), ("nl", "4e kwartaal 2026"), ("en", "4th quarter 2026")])
def test_a_quarter_has_a_name(language: Language, quarter: str) -> None:
    assert figures(language).quarter(date(2026, 10, 1)) == quarter


def test_the_first_quarter_is_the_1er_in_french() -> None:
    assert figures("fr").quarter(date(2027, 1, 1)) == "1er trimestre 2027"


def test_the_dutch_texts_address_the_reader_as_u_and_the_french_as_vous() -> None:
    assert [key for key, text in wording("nl").texts.items() if re.search(r"\b(je|jij|jouw)\b", text)] == []
    assert [key for key, text in wording("fr").texts.items() if re.search(r"\b(tu|ton|tes)\b", text)] == []


@pytest.mark.parametrize(
    "group", ["belgium_fixed", "eu_mobile", "roaming_data", "roaming_calls", "roaming_sms", "premium", "sms_belgium", "data_eu"]
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_groups_operators_use_have_names_in_every_language(language: Language, group: str) -> None:
    assert f"group.{group}" in wording(language).texts


@pytest.mark.parametrize(("language", "said"), [("fr", "crédite"), ("nl", "crediteert"), ("en", "credits")])
def test_the_portal_names_what_is_credited_and_calls_no_debit_note_an_invoice(language: Language, said: str) -> None:
    page = render_portal(portal_page(language)).decode()
    assert f">{said} 2026-000123<" in page
    assert f">{said} D2026-000002<" in page


def test_on_french_pages_of_html_no_line_begins_with_a_sign() -> None:
    """The portal and the mails: there a browser breaks the lines."""
    page = render_portal(portal_page("fr")).decode().partition("</style>")[2]
    mail = invoice_mail(invoice(4)).html
    assert "gratuitement\u00a0: boulevard" in page
    assert "gratuitement\u00a0: boulevard" in mail
    assert SIGN_AFTER_A_SPACE.findall(re.sub(r"<[^>]*>", "|", page + mail)) == []
