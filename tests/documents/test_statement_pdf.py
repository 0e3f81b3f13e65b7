"""Statements of account as their readers get them: the text is taken out of the PDF again and held against the record."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from billing.ageing import BUCKETS
from reports.figures import structured_reference
from reports.records import Language
from reports.statement import Dispute, InFavour
from reports.statement_pdf import render_statement
from reports.wording import LANGUAGES, wording
from tests.documents.reading import pages, plain, text
from tests.documents.statement_samples import ON, full, item, statement

D = Decimal


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_amount_and_day_of_the_record_can_be_read_in_the_pdf(language: Language) -> None:
    sheet, figures = full(language), wording(language).figures
    found, shown = sheet.statement, text(render_statement(sheet))
    assert plain(figures.money(found.owed)) in shown
    for one in found.invoices:
        for value in (one.number, figures.day(one.issued_on), figures.day(one.due_on), structured_reference(one.structured_reference)):
            assert value in shown
        for amount in (one.gross, one.credited, one.paid, one.open_amount, one.contested):
            assert not amount or plain(figures.amount(amount)) in shown
    amounts = [one.amount for one in [*found.held, *found.in_favour]] + [one.left for one in found.credits_left]
    assert found.account is not None
    amounts += [amount for entry, after in found.account.entries for amount in (entry.amount, after)]
    assert [amount for amount in amounts if plain(figures.amount(amount)) not in shown] == []


@pytest.mark.clause("GC-9.3")
def test_the_ageing_table_shows_each_bucket_and_what_of_it_is_contested() -> None:
    first = pages(render_statement(full("en")))[0]
    assert "Not due 1–30 days 31–60 days 61–90 days Over 90 days Total" in first
    assert "Open, incl. VAT 100.00 200.00 300.00 400.00 500.00 1,500.00" in first
    assert "of which contested 0.00 40.00 0.00 0.00 0.00 40.00" in first
    assert "contested: 40.00" in first
    assert full("en").statement.ageing.amounts == tuple(map(D, ("100.00", "200.00", "300.00", "400.00", "500.00")))
    assert len(BUCKETS) == 5


@pytest.mark.clause("GC-14.2", "GC-9.3", "CG-4")
@pytest.mark.parametrize(
    ("language", "late", "in_court"),
    [
        ("fr", "2026-000004, depuis le 28/11/2026 : réclamation chez nous ; tardif (GC-14.2) 25,00 40,00",
               "2026-000001, depuis le 01/08/2026 : tribunal – 12,50"),
        ("nl", "2026-000004, sinds 28/11/2026: klacht bij ons; laattijdig (GC-14.2) 25,00 40,00",
               "2026-000001, sinds 01/08/2026: rechtbank – 12,50"),
        ("en", "2026-000004, since 28/11/2026: complaint to us; late (GC-14.2) 25.00 40.00",
               "2026-000001, since 01/08/2026: court – 12.50"),
    ],
)  # fmt: skip
def test_what_is_contested_is_shown_with_its_phase_its_guarantee_and_whether_it_came_late(
    language: Language, late: str, in_court: str
) -> None:
    disputes = (
        Dispute("D2", "2026-000001", date(2026, 8, 1), D("12.50"), "court", D("0.00")),
        Dispute("D1", "2026-000004", date(2026, 11, 28), D("40.00"), "claim", D("25.00"), late=True),
    )
    sheet = full(language)
    shown = text(render_statement(replace(sheet, statement=replace(sheet.statement, disputes=disputes))))
    assert in_court in shown
    assert late in shown
    assert {
        "fr": "Tardif : contesté plus de 30 jours",
        "nl": "Laattijdig: betwist meer dan 30 dagen",
        "en": "Late: contested more than 30 days",
    }[language] in shown


@pytest.mark.clause("CG-4")
@pytest.mark.parametrize(
    ("language", "answers"),
    [
        ("fr", ("Relevé de compte", "5 décembre 2026", "Solde de votre compte", "1 424,50 €", "dont 1 400,00 € échus", "Service de médiation",
                "1 500,00 € ouverts, moins 75,50 € en votre faveur")),
        ("nl", ("Rekeningoverzicht", "5 december 2026", "€ 1.424,50", "waarvan € 1.400,00 vervallen", "Ombudsdienst")),
        ("en", ("Account statement", "5 December 2026", "€1,424.50", "of which €1,400.00 overdue", "Ombudsman")),
    ],
)  # fmt: skip
def test_the_first_page_says_who_when_how_much_how_to_pay_and_how_to_complain(language: Language, answers: tuple[str, ...]) -> None:
    first = pages(render_statement(full(language)))[0]
    for answer in (*answers, "P-1", "BE71 0961 2345 6769", "GKCCBEBB", "+++000/0000/00497+++"):
        assert answer in first


def test_each_document_is_one_row_with_the_days_it_is_late() -> None:
    shown = text(render_statement(full("en")))
    assert "Invoice 2026-000001 21/07/2026 20/08/2026 600.00 – 100.00 500.00 107 d" in shown
    assert "Debit note D2026-000003 10/09/2026 10/10/2026 300.00 – – 300.00 56 d" in shown
    assert "Invoice 2026-000005 28/11/2026 28/12/2026 100.00 – – 100.00 –" in shown


@pytest.mark.clause("GC-5.3")
def test_what_is_held_is_shown_without_interest_with_what_was_set_off() -> None:
    shown = text(render_statement(full("en")))
    assert "without interest (GC-5.3)" in shown
    assert "Deposit, received on 05/01/2026 500.00 Deposit, given back or set off on 09/11/2026 -60.00" in shown
    assert "Held: Deposit 440.00 Held: Bank guarantee 1,000.00" in shown


def test_the_movements_lead_from_the_opening_to_the_closing_balance() -> None:
    shown = text(render_statement(full("en")))
    assert "01/11/2026 Opening balance 200.00 03/11/2026 Payment of 2026-000001 -100.00 100.00" in shown
    assert "Credit note C2026-000007, on 2026-000002 -50.00 50.00" in shown
    assert "Deposit set off against 2026-000009 -60.00 -10.00 12/11/2026 Payment taken back of 2026-000009 15.00 5.00" in shown
    assert "05/12/2026 Closing balance 35.00" in shown


def test_sixty_open_documents_go_on_over_pages_under_their_heading() -> None:
    made = [item(number, "121.00", date(2026, 9, 1) + timedelta(days=2 * number)) for number in range(1, 61)]
    shown = pages(render_statement(statement("fr", *made)))
    assert len(shown) > 1
    assert all("Document ouvert Date Échéance Montant" in page for page in shown)
    assert [number for number in range(1, 61) if sum(f"2026-{number:06d} " in page for page in shown) != 1] == []
    assert "7 260,00 €" in shown[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_with_nothing_open_it_says_so_and_asks_for_nothing(language: Language) -> None:
    shown, words = text(render_statement(statement(language))), wording(language)
    assert words("statement.nothing_open") in shown
    assert words("label.nothing_due") in shown
    assert "GKCCBEBB" not in shown


def test_a_balance_in_the_payers_favour_asks_for_no_payment() -> None:
    shown = text(render_statement(statement("fr", item(1, "10.00", date(2026, 12, 20)), in_favour=(InFavour("", D("70.00")),))))
    assert "En votre faveur 60,00 €" in shown
    assert "10,00 € ouverts, moins 70,00 € en votre faveur" in shown
    assert "Reçu sur votre compte, pas encore imputé à un document 70,00" in shown
    assert "GKCCBEBB" not in shown


def test_a_long_name_is_whole_on_the_first_page() -> None:
    name = "Association pour la promotion de la boulangerie artisanale et des métiers de bouche, section de Saint-Géry et environs"
    sheet = full("fr")
    assert name in pages(render_statement(replace(sheet, payer=replace(sheet.payer, name=name))))[0]


def test_the_same_record_gives_the_same_bytes_and_another_day_gives_others() -> None:
    sheet = full("nl")
    assert render_statement(sheet) == render_statement(full("nl"))
    later = replace(sheet, statement=replace(sheet.statement, on=ON + timedelta(days=1)))
    assert render_statement(later) != render_statement(sheet)
