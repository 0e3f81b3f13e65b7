"""Credit notes on paper: what they credit and why, positive amounts, nothing to pay."""

from dataclasses import replace
from decimal import Decimal

import pytest

from reports.invoice_pdf import render
from reports.records import InvoiceRecord, Language, VatLine
from reports.wording import LANGUAGES, wording
from tests.documents.reading import pages, plain, text
from tests.documents.samples import credit_note, partner_invoice, refund_note, renamed

REASON = "Prix erroné sur la ligne des utilisateurs"
D = Decimal


def partner_credit(clients: int = 3) -> InvoiceRecord:
    """A credit note to a partner over several end clients, 62.50 each."""
    invoice, note = partner_invoice(clients), credit_note("nl")
    sections = tuple(
        replace(
            one,
            net=-one.net,
            calls=(),
            lines=tuple(replace(line, net=-line.net, charge="credit", credits_line_seq=1) for line in one.lines),
        )
        for one in invoice.end_clients
    )
    vat = tuple(replace(line, base=-line.base, vat=-line.vat) for line in invoice.vat)
    head = replace(note.head, net=-invoice.head.net, vat_total=-invoice.head.vat_total, gross=-invoice.head.gross)
    return InvoiceRecord(head, sections, vat)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lines", [1, 3, 60])
def test_every_amount_of_the_record_is_on_paper_and_positive(language: Language, lines: int) -> None:
    record, figures = credit_note(language, lines, REASON), wording(language).figures
    shown = text(render(record))
    for amount in (record.head.net, record.head.vat_total, record.head.gross):
        assert plain(figures.money(-amount)) in shown
        assert plain(figures.money(amount)) not in shown
    assert shown.count(plain(figures.amount(D("12.50")))) >= lines
    assert "-12" not in shown


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "fr",
            (
                "Note de crédit",
                "Crédite la facture 2026-000123 du 28 octobre 2026.",
                f"Motif : {REASON}",
                "TVA à reverser à l’État dans la mesure où elle a été initialement déduite.",
                "aucun paiement à faire",
                "remboursé sur votre compte",
            ),
        ),
        (
            "nl",
            (
                "Creditnota",
                "Crediteert factuur 2026-000123 van 28 oktober 2026.",
                f"Reden: {REASON}",
                "Btw terug te storten aan de Staat",
                "u hoeft niets te betalen",
                "terug op uw rekening",
            ),
        ),
        (
            "en",
            (
                "Credit note",
                "Credits invoice 2026-000123 of 28 October 2026.",
                f"Reason: {REASON}",
                "VAT to be returned to the State",
                "nothing to pay",
                "paid back to your account",
            ),
        ),
    ],
)
def test_it_says_which_invoice_it_credits_why_and_what_becomes_of_amount_and_vat(language: Language, said: tuple[str, ...]) -> None:
    first = pages(render(credit_note(language, 3, REASON)))[0]
    for part in ("C2026-000007", "05/11/2026", *said):
        assert part in first


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_no_way_to_pay_it_no_due_date_and_no_word_of_late_payment(language: Language) -> None:
    words, shown = wording(language), text(render(credit_note(language)))
    for unwanted in (
        "+++",
        "GKCCBEBB",
        words("label.beneficiary"),
        words("label.due"),
        words("label.to_pay"),
        words("legal.late_title") + " ",
        "CG-2.e",
    ):
        assert unwanted not in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_line_names_the_line_of_the_invoice_it_credits(language: Language) -> None:
    shown = text(render(credit_note(language, 3)))
    for number in (3, 4, 5):
        assert wording(language)("label.credits_line", line=number, number="2026-000123") in shown


@pytest.mark.clause("GC-13.2")
def test_a_refund_says_that_the_terms_give_it_and_for_which_days() -> None:
    shown = text(render(refund_note("fr")))
    for part in (
        "Motif : remboursement des jours facturés après la fin du service (GC-13.2)",
        "Remboursement – Utilisateur Business",
        "Prorata : 12/30 jours. Crédite la ligne 4 de la facture 2026-000123.",
        "12,10 €",
        "2,10 €",
    ):
        assert part in shown


def test_without_vat_nothing_is_to_be_returned_to_the_state() -> None:
    record = credit_note("fr")
    untaxed = replace(record, vat=(VatLine("AE", D("0.00"), D("-37.50"), D("0.00")),))
    shown = text(render(untaxed))
    assert "TVA à reverser" not in shown
    assert "Autoliquidation" in shown


@pytest.mark.parametrize("words", [1, 12, 40, 120])
def test_a_reason_of_any_length_is_there_whole(words: int) -> None:
    reason = " ".join(f"mot{number}" for number in range(words))
    shown = text(render(credit_note("fr", 2, reason)))
    assert f"Motif : {reason}" in shown


def test_a_reason_that_fits_beside_the_amount_is_said_once() -> None:
    assert text(render(credit_note("fr", 2, REASON))).count("Motif") == 1


def test_a_credit_that_is_itself_taken_back_is_negative_on_paper() -> None:
    record = credit_note("fr", 2)
    sla = replace(record.end_clients[0].lines[1], net=D("5.00"), quantity=D(1), unit_price=D("-5.00"), description="Crédit SLA")
    section = replace(record.end_clients[0], lines=(record.end_clients[0].lines[0], sla), net=D("-7.50"))
    assert "Crédit SLA Crédite la ligne 4 de la facture 2026-000123. BT-2.b 23/10 – 31/10/26 1 -5,00 -5,00" in text(
        render(replace(record, end_clients=(section,)))
    )


def test_a_partner_sees_a_positive_subtotal_for_each_end_client() -> None:
    shown = text(render(partner_credit()))
    assert shown.count("62,50") == 6
    assert "-62,50" not in shown


@pytest.mark.parametrize("name", ["Société " * 20, "Ελληνικά 😀", "", "<b>&</b>"])
def test_no_name_and_no_reason_breaks_it(name: str) -> None:
    record = renamed(credit_note("nl", 2, name), name)
    assert "C2026-000007" in text(render(record))


def test_the_same_record_gives_the_same_bytes_and_is_not_changed() -> None:
    record = credit_note("fr", 3, REASON)
    assert render(record) == render(record)
    assert record.head.gross == D("-45.38")


def test_traffic_taken_back_is_called_traffic_again() -> None:
    record = credit_note("fr", 1)
    traffic = replace(record.end_clients[0].lines[0], description="numéros surtaxés", unit_price=None)
    section = replace(record.end_clients[0], lines=(traffic,))
    assert "Communications – numéros surtaxés" in text(render(replace(record, end_clients=(section,))))
