"""Invoices as their readers get them: the text is taken out of the PDF again and held against the record."""

import io
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from pypdf import PdfReader

from reports.call_detail import shown_number
from reports.invoice_pdf import render
from reports.records import CallRecord, InvoiceRecord, Language, LineCalls, VatLine
from reports.wording import LANGUAGES, wording
from tests.documents.reading import pages, plain, text
from tests.documents.samples import SELLER, calls, invoice, life_of_a_contract, line, partner_invoice, payer, renamed

D = Decimal


def with_head(record: InvoiceRecord, **changes: object) -> InvoiceRecord:
    return replace(record, head=replace(record.head, **changes))  # type: ignore[arg-type]


def with_calls(*made: CallRecord) -> InvoiceRecord:
    record = invoice(1)
    return replace(record, end_clients=(replace(record.end_clients[0], calls=(LineCalls("L-0", "Utilisateur", made),)),))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("lines", "call_count"), [(1, 0), (60, 0), (4, 1500), (0, 0)])
def test_every_amount_of_the_record_can_be_read_in_the_pdf(language: Language, lines: int, call_count: int) -> None:
    record, figures = invoice(lines, call_count, language), wording(language).figures
    shown = text(render(record))
    for amount in (record.head.net, record.head.vat_total, record.head.gross):
        assert plain(figures.money(amount)) in shown
    for one in record.end_clients[0].lines if record.end_clients else ():
        assert plain(figures.amount(one.net)) in shown
    for call in record.end_clients[0].calls[0].calls if call_count else ():
        assert shown_number(call.callee_key, 3) in shown
        assert plain(figures.duration(call.quantity)) in shown


def test_the_first_page_answers_what_how_much_until_when_and_how_to_pay() -> None:
    first = pages(render(invoice(4)))[0]
    for answer in (
        "Facture",
        "2026-000123",
        "60,50 €",
        "pour le 27 novembre 2026",
        "BE71 0961 2345 6769",
        "GKCCBEBB",
        "+++123/4567/89012+++",
        "28/10/2026",
        "01/10/2026 – 30/11/2026",
        "P-1",
        "TVA 21 % sur 50,00 €",
        "10,50 €",
    ):
        assert answer in first


def test_the_first_page_names_seller_and_payer_as_the_law_wants() -> None:
    first = pages(render(invoice(4)))[0]
    for mention in (
        SELLER.name,
        SELLER.street,
        SELLER.city,
        "TVA BE 0123.456.749",
        "RPM Bruxelles",
        "Boulangerie Saint-Géry SRL",
        "Rue des Halles 12",
        "TVA BE 0987.654.394",
    ):
        assert mention in first


@pytest.mark.clause("CG-4")
@pytest.mark.parametrize(
    ("language", "mediator", "courts"),
    [
        ("fr", "Service de médiation pour les télécommunications", "Nivelles"),
        ("nl", "Ombudsdienst voor telecommunicatie", "Nijvel"),
        ("en", "Ombudsman for Telecommunications", "Nivelles"),
    ],
)
def test_every_invoice_says_how_to_complain(language: Language, mediator: str, courts: str) -> None:
    first = pages(render(invoice(4, language=language)))[0]
    assert mediator in first
    assert courts in first
    assert "1 %" in first or "1%" in first


@pytest.mark.clause("GC-5.1")
@pytest.mark.parametrize(
    ("category", "kind", "language", "mention"),
    [
        ("AE", "invoice", "fr", "Autoliquidation"),
        ("AE", "invoice", "nl", "Btw verlegd"),
        ("AE", "invoice", "en", "Reverse charge"),
        ("O", "invoice", "fr", "hors de l’Union européenne"),
        ("O", "debit_note", "fr", "article 28"),
        ("O", "debit_note", "nl", "artikel 28"),
    ],
)
def test_an_invoice_without_vat_says_why(category: str, kind: str, language: Language, mention: str) -> None:
    record = with_head(invoice(4, language=language), kind=kind, vat_total=D("0.00"), gross=D("50.00"))
    record = replace(record, vat=(VatLine(category, D("0.00"), D("50.00"), D("0.00")),))  # type: ignore[arg-type]
    assert mention in pages(render(record))[0]


@pytest.mark.clause("BT-2.a")
def test_due_the_day_it_is_issued_is_payable_on_receipt() -> None:
    first = pages(render(with_head(invoice(1), due_on=date(2026, 10, 28))))[0]
    assert "à la réception de la facture" in first


def test_a_credit_note_asks_for_no_payment() -> None:
    first = pages(render(with_head(invoice(1), kind="credit_note", number="C2026-000001")))[0]
    assert "Note de crédit" in first
    assert "aucun paiement à faire" in first
    assert "GKCCBEBB" not in first


@pytest.mark.clause("CG-2.a")
def test_a_partner_sees_a_subtotal_for_each_end_client() -> None:
    shown = text(render(partner_invoice(8)))
    for number in range(1, 9):
        assert f"Subtotaal Eindklant {number} – Garage Peeters & Zonen" in shown
    assert shown.count("62,50") == 16  # in the overview of end clients, and under each


def test_the_overview_gives_each_service_category_its_period_units_and_total() -> None:
    first = pages(render(invoice(4, 12)))[0]
    assert "Business Telephony – abonnements 23/10/2026 – 30/11/2026 27 37,50" in first
    assert "Business Telephony – communications hors pack 01/10/2026 – 27/10/2026 12 10,00" in first


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("pro_rata 9/31", "Prorata : 9/31 jours."),
        ("minimum_users counted=8 charged=9 clause=BT-2.h", "8 utilisateurs comptés ; minimum de 9 appliqué"),
        ("pro_rata 9/31; twelve_months counted=0 charged=1 clause=BT-2.i", "Prorata : 9/31 jours. 0 comptés ; 1 dus"),
        ("usage seconds=3725 in_pack=1200", "1:02:05 hors pack ; 20:00 compris dans le pack"),
        ("usage seconds=59 in_pack=0", "Durée : 0:59"),
    ],
)
def test_a_line_says_in_words_why_it_is_what_it_is(note: str, said: str) -> None:
    record = invoice(1)
    section = replace(record.end_clients[0], lines=(replace(line(0), note=note),))
    assert said in text(render(replace(record, end_clients=(section,))))


def test_lines_of_one_contract_and_service_stand_together_whatever_their_order() -> None:
    shown = text(render(invoice(8)))
    assert shown.count("SIP Trunking · contrat C-SIP") == 1
    assert shown.count("Business Telephony · contrat C-2026-01") == 1


def test_every_page_has_the_number_and_the_page_of_how_many_and_tables_repeat_their_heading() -> None:
    shown = pages(render(invoice(120, 200)))
    for number, page in enumerate(shown, start=1):
        assert f"Facture 2026-000123 · Page {number} / {len(shown)}" in page
    with_lines = [page for page in shown[1:] if "Utilisateur Business 8" in page or "BT-2.h" in page]
    assert len(with_lines) > 1
    assert all("Prix unitaire" in page for page in with_lines)
    assert all("Numéro appelé" in page for page in shown if "+32470" in page)


def test_calls_show_brussels_time_the_masked_number_the_part_in_the_pack_and_the_price() -> None:
    call = CallRecord(datetime(2026, 10, 24, 22, 30, 5, tzinfo=UTC), 1, 32475123456, "Belgique – mobile", "belgium_mobile", 125, 60, 12)
    shown = text(render(with_calls(call)))
    assert "25/10/26 00:30:05 +32475123xxx Belgique – mobile 2:05 1:00 0,12" in shown
    assert "32475123456" not in shown


def test_only_business_telephony_claims_to_be_priced_by_the_second() -> None:
    call = CallRecord(datetime(2026, 10, 24, 10, 0, tzinfo=UTC), 1, 32475123456, "Belgique", "belgium_mobile", 60, 0, 7)
    assert "calculés à la seconde" in text(render(with_calls(call)))
    record = with_calls(call)
    section = replace(record.end_clients[0], lines=(replace(line(0), service="sip_trunking"),))
    trunk = text(render(replace(record, end_clients=(section,))))
    assert "calculés à la seconde" not in trunk
    assert "arrondi au cent supérieur" in trunk


@pytest.mark.parametrize(("kind", "quantity", "in_pack", "said"), [(2, 3, 1, "3 1 0,12"), (3, 2_500_000, 0, "2,50 Mo 0,12")])
def test_messages_are_counted_and_data_is_in_megabytes(kind: int, quantity: int, in_pack: int, said: str) -> None:
    call = CallRecord(datetime(2026, 10, 24, 10, 0, tzinfo=UTC), kind, 0, "France", "europe", quantity, in_pack, 12)
    assert f"France {said}" in text(render(with_calls(call)))


@pytest.mark.parametrize("callee_key", [3280012345, 32800123456, -112, -100, -103, -107, -116000, 32112, 32110])
def test_free_emergency_and_help_numbers_never_appear(callee_key: int) -> None:
    at = datetime(2026, 10, 24, 10, 0, tzinfo=UTC)
    hidden = CallRecord(at, 1, callee_key, "Ne pas montrer", "belgium_free", 60, 0, 0)
    ordinary = CallRecord(at, 1, 32475123456, "Belgique", "belgium_mobile", 60, 0, 7)
    shown = text(render(replace(with_calls(hidden, ordinary), masked_digits=0)))
    assert "+32475123456" in shown
    assert "Ne pas montrer" not in shown
    assert "1 communication ·" in shown


def test_a_call_of_the_emergency_group_never_appears() -> None:
    hidden = CallRecord(datetime(2026, 10, 24, 10, 0, tzinfo=UTC), 1, 4412345678, "Ne pas montrer", "emergency", 60, 0, 0)
    assert "Ne pas montrer" not in text(render(with_calls(hidden)))
    assert "Détail des communications" not in text(render(with_calls(hidden)))


def test_an_invoice_without_any_line_is_still_an_invoice() -> None:
    shown = pages(render(invoice(0)))
    assert len(shown) == 1
    assert "Aucune prestation pour cette période." in shown[0]


@pytest.mark.parametrize(
    "name",
    [
        "Société Anonyme Très Longuement Dénommée de Télécommunications et de Boulangerie Artisanale du Brabant Wallon et Environs",
        "DonaudampfschifffahrtsgesellschaftskapitänsmützenfabrikationsgesellschaftmitbeschränkterHaftungundCompagnie",
        "Ελληνικά Τηλέφωνα",
        "Café 😀 \u200d🎉\ufe0f 日本語 مرحبا \x00\x1f\n\t SRL",
        "<b>&amp;</b> (\\) %d {name}",
        "",
    ],
)
def test_no_name_breaks_an_invoice(name: str) -> None:
    shown = text(render(renamed(invoice(4, 3), name)))
    assert "2026-000123" in shown


def test_a_long_name_of_the_payer_is_shown_whole() -> None:
    name = "Société Anonyme Très Longuement Dénommée de Télécommunications et de Boulangerie Artisanale du Brabant Wallon"
    assert name in pages(render(renamed(invoice(4), name)))[0]


def test_a_draft_says_so_on_every_page_and_needs_no_number() -> None:
    record = with_head(invoice(60), number="", issued_on=None, due_on=None, structured_reference="")
    assert all("PROJET" in page for page in pages(render(record, draft=True)))
    assert not any("PROJET" in page for page in pages(render(invoice(60))))


@pytest.mark.parametrize("record", [invoice(4), invoice(60, 1500, "nl"), partner_invoice(8)], ids=["small", "large", "partner"])
def test_the_same_record_gives_the_same_bytes(record: InvoiceRecord) -> None:
    assert render(record) == render(record)


def test_another_process_gives_the_same_bytes() -> None:
    code = (
        "import hashlib; from reports.invoice_pdf import render; from tests.documents.samples import invoice;"
        "print(hashlib.sha256(render(invoice(4, 50))).hexdigest())"
    )
    hashes = {subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout for _ in range(2)}
    assert len(hashes) == 1


def test_every_font_is_embedded() -> None:
    reader = PdfReader(io.BytesIO(render(invoice(4, 5))))
    names = set()
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            names.add(font.get_object()["/BaseFont"])
            assert "/FontFile2" in font.get_object()["/FontDescriptor"]
    assert {name.split("+")[-1] for name in names} == {"DejaVuSans", "DejaVuSans-Bold"}


def test_a_foreign_payer_sees_its_country_in_its_language() -> None:
    who = replace(payer("nl"), country="LU", vat_number="LU12345678", city="Luxemburg")
    first = pages(render(with_head(invoice(1, language="nl"), payer=who)))[0]
    assert "Luxemburg" in first
    assert "Btw LU12345678" in first


def test_fifteen_hundred_calls_are_all_there() -> None:
    shown = text(render(invoice(4, 1500)))
    assert shown.count("+32470") == len(calls(1500))
    assert "1 500 communications · 84,00 €" in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_amount_of_a_life_of_a_contract_is_on_paper(language: Language) -> None:
    record, figures = life_of_a_contract(language), wording(language).figures
    shown = text(render(record))
    for one in record.end_clients[0].lines:
        assert plain(figures.amount(one.net)) in shown
        assert one.clause in shown
    for amount in (record.head.net, record.head.vat_total, record.head.gross):
        assert plain(figures.money(amount)) in shown


@pytest.mark.clause("CG-3.d")
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "Solde du contrat jusqu’au 28/02/2027 – Utilisateur Business"),
        ("nl", "Contractsaldo tot en met 28/02/2027 – Gebruiker Business"),
        ("en", "Contract balance until 28/02/2027 – Business user"),
    ],
)
def test_the_balance_of_a_contract_says_until_when_and_is_430_20_in_all(language: Language, said: str) -> None:
    record = life_of_a_contract(language)
    shown = text(render(record))
    assert shown.count(said) == 3
    assert shown.count("CG-3.d") >= 3
    assert plain(wording(language).figures.amount(D("430.20"))) in pages(render(record))[0]


@pytest.mark.clause("CG-3.a")
@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "fr",
            (
                "contrat C-2025-03 · durée minimale jusqu’au 28 février 2027",
                "Durée minimale jusqu’au 30 septembre 2027.",
                "contrat C-SIP · durée minimale écoulée : se poursuit, résiliable à tout moment par écrit (GC-11.2)",
            ),
        ),
        (
            "nl",
            (
                "contract C-2025-03 · minimumduur tot en met 28 februari 2027",
                "Minimumduur tot en met 30 september 2027.",
                "contract C-SIP · minimumduur verstreken: loopt door, op elk moment schriftelijk opzegbaar (GC-11.2)",
            ),
        ),
        (
            "en",
            (
                "contract C-2025-03 · minimum term until 28 February 2027",
                "Minimum term until 30 September 2027.",
                "contract C-SIP · minimum term over: runs on, can be ended in writing at any time (GC-11.2)",
            ),
        ),
    ],
)
def test_an_invoice_shows_the_end_of_each_fixed_term(language: Language, said: tuple[str, ...]) -> None:
    shown = text(render(life_of_a_contract(language)))
    for part in said:
        assert part in shown


def test_a_charge_in_free_text_and_an_sla_credit_stand_under_their_contract_with_their_clause() -> None:
    shown = text(render(life_of_a_contract("fr")))
    assert "Déplacement technicien, adresse erronée – Bd de l’Industrie GC-4.5 14/10/26 1,5 60,00 90,00" in shown
    assert "SLA : 4 h d’indisponibilité le 3 octobre GC-10.5 05/10/26 1 -50,00 -50,00" in shown
    first = pages(render(life_of_a_contract("fr")))[0]
    assert "Crédits 05/10/2026 1 -50,00" in first


def test_lines_carry_the_number_by_which_people_speak_of_them() -> None:
    shown = text(render(life_of_a_contract("fr")))
    assert "5 Pack mobile 300 minutes" in shown
    assert "8 Canal SIP" in shown


@pytest.mark.clause("GC-10.5")
@pytest.mark.parametrize(
    ("language", "said"), [("fr", "aucun paiement à faire"), ("nl", "u hoeft niets te betalen"), ("en", "nothing to pay")]
)
def test_an_invoice_that_a_credit_uses_up_whole_asks_for_no_payment(language: Language, said: str) -> None:
    nothing = D("0.00")
    first = pages(render(with_head(invoice(1, language=language), net=nothing, vat_total=nothing, gross=nothing)))[0]
    assert said in first
    assert "+++" not in first
    assert "GKCCBEBB" not in first


@pytest.mark.parametrize(("language", "said"), [("fr", "Remplace la facture"), ("nl", "Vervangt factuur"), ("en", "Replaces invoice")])
def test_an_invoice_made_anew_names_the_one_whose_place_it_takes(language: Language, said: str) -> None:
    assert f"{said} 2026-000099" in pages(render(with_head(invoice(1, language=language), replaces_number="2026-000099")))[0]
    assert said not in pages(render(invoice(1, language=language)))[0]
