"""The e-invoice case by case: what stands where, for every kind of document, payer and payment."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing.numbering import structured_reference
from reports.records import Collection, EndClientSection, InvoiceRecord, Language, LineRecord, Payer, VatCategory, VatLine
from reports.ubl import e_invoice
from tasks.e_invoice.validating import findings
from tests.documents import samples
from tests.documents.debit_notes import debit_note
from tests.documents.ubl_reading import elements, read, texts
from tests.peppol_rules import peppol_rules

D, ZERO = Decimal, Decimal("0.00")
PDF = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"
BUYER = "AccountingCustomerParty/Party/"
SELLER = "AccountingSupplierParty/Party/"


def refused(record: InvoiceRecord, pdf: bytes | None = None) -> list[str]:
    """Why somebody would refuse the e-invoice of the record; what does not follow from its lines is among it."""
    content = e_invoice(record, pdf=pdf)
    found = findings([(f"{record.head.number}.xml", content)], peppol_rules=peppol_rules(), workers=1)
    return [str(each) for each in found if each.severity == "fatal"] + read(content).faults()


def written(record: InvoiceRecord) -> bytes:
    """The e-invoice, which nobody refuses."""
    assert refused(record) == []
    return e_invoice(record, pdf=None)


def paid_by(record: InvoiceRecord) -> InvoiceRecord:
    """The record with a structured communication whose check digits are right."""
    return replace(record, head=replace(record.head, structured_reference=structured_reference("invoice", 2026, 123)))


def line(net: str, quantity: str = "1", price: str | None = None, charge: str = "recurring", note: str = "", seq: int = 1) -> LineRecord:
    return LineRecord(
        "C-1", f"L-{seq}", "business_telephony", "bt-user", "Utilisateur", charge, date(2026, 11, 1), date(2026, 11, 30), D(quantity),
        None if price is None else D(price), D(net), "BT-2.b", note, seq,
    )  # fmt: skip


def invoice(*lines: LineRecord, category: VatCategory = "S", payer: Payer | None = None) -> InvoiceRecord:
    """An invoice of the lines, all of one VAT category."""
    rate = D("21.00") if category == "S" else ZERO
    lines = tuple(replace(one, vat_category=category, vat_rate=rate) for one in lines)
    net = sum((one.net for one in lines), ZERO)
    vat = (net * rate / 100).quantize(D("0.01"), "ROUND_HALF_UP")
    who = payer or samples.payer()
    record = InvoiceRecord(
        samples.head(net, vat, who), (EndClientSection(who.payer_id, who.name, lines, net),), (VatLine(category, rate, net, vat),)
    )
    return paid_by(record)


def abroad(country: str, vat_number: str, language: Language = "en") -> Payer:
    return replace(samples.payer(language), country=country, vat_number=vat_number, email="pay@client.example")


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_an_invoice_says_who_what_how_much_until_when_and_how_to_pay(language: Language) -> None:
    content = written(paid_by(samples.life_of_a_contract(language)))
    assert texts(content, "InvoiceTypeCode") == ["380"]
    assert texts(content, "BuyerReference") == ["P-1"]
    assert texts(content, "DueDate") == ["2026-11-27"]
    assert texts(content, SELLER + "EndpointID") == ["0123456749"]
    assert texts(content, BUYER + "EndpointID") == ["0987654394"]
    assert texts(content, BUYER + "PartyTaxScheme/CompanyID") == ["BE0987654394"]
    assert texts(content, SELLER + "PostalAddress/PostalZone") == ["1000"]
    assert texts(content, SELLER + "PartyLegalEntity/CompanyLegalForm") == ["RPM Bruxelles"]
    assert texts(content, "PaymentMeans/PaymentMeansCode") == ["30"]
    assert texts(content, "PaymentMeans/PaymentID") == ["+++260/0000/12395+++"]
    assert texts(content, "PaymentMeans/PayeeFinancialAccount/ID") == ["BE71096123456769"]
    assert texts(content, "PaymentMeans/PayeeFinancialAccount/FinancialInstitutionBranch/ID") == ["GKCCBEBB"]


@pytest.mark.parametrize(
    ("language", "terms"),
    [
        ("fr", "À payer pour le 27 novembre 2026."),
        ("nl", "Te betalen tegen 27 november 2026."),
        ("en", "To pay by 27 November 2026."),
    ],
)
def test_the_terms_are_in_the_language_of_the_payer(language: Language, terms: str) -> None:
    content = written(paid_by(samples.invoice(language=language)))
    [said] = texts(content, "PaymentTerms/Note")
    assert said.startswith(terms)


@pytest.mark.clause("CG-2.b")
def test_the_pdf_travels_inside() -> None:
    record = invoice(line("36.00", "3", "12"))
    assert refused(record, PDF) == []
    [embedded] = elements(e_invoice(record, pdf=PDF), "AdditionalDocumentReference/Attachment/EmbeddedDocumentBinaryObject")
    assert (embedded.get("mimeCode"), embedded.get("filename")) == ("application/pdf", "2026-000123.pdf")


@pytest.mark.parametrize(
    ("of_line", "quantity", "price", "note"),
    [
        pytest.param(line("36.00", "3", "12"), "3", "12.00", [], id="3 × 12.00 is 36.00"),
        pytest.param(line("0.06", "5", "0.0125"), "5", "0.0125", [], id="5 × 0.0125 is 0.0625, to the cent 0.06"),
        pytest.param(line("10.45", "3", "12", "pro_rata", "pro_rata 9/31"), "1", "10.45",
                     ["Quantité : 3 × 12,00. Prorata : 9/31 jours."], id="9 of 31 days of 3 × 12.00 are one lump of 10.45"),
        pytest.param(line("3.21", "12", None, "usage", "usage seconds=780 in_pack=0"), "1", "3.21", ["Quantité : 12. Durée : 13:00"],
                     id="12 calls, each with a price of its own, are one lump of 3.21"),
        pytest.param(line("0.00", "12", None, "usage"), "1", "0.00", ["Quantité : 12."], id="calls all in the pack"),
        pytest.param(line("90.00", "1.5", "60", "fee"), "1.5", "60.00", [], id="an hour and a half at 60.00"),
    ],
)  # fmt: skip
def test_a_line_is_written_as_quantity_and_price_where_they_give_its_amount(
    of_line: LineRecord, quantity: str, price: str, note: list[str]
) -> None:
    content = written(invoice(of_line))
    assert texts(content, "InvoiceLine/InvoicedQuantity") == [quantity]
    assert texts(content, "InvoiceLine/Price/PriceAmount") == [price]
    assert texts(content, "InvoiceLine/Note") == note


@pytest.mark.clause("GC-10.5")
def test_an_sla_credit_has_a_quantity_below_zero_and_a_price_above_and_no_period_outside_that_of_the_invoice() -> None:
    credit = replace(line("-50.00", "1", "-50", "credit", seq=2), from_day=date(2026, 9, 5), to_day=date(2026, 9, 5))
    content = written(invoice(line("90.00", "3", "30"), credit))
    assert texts(content, "InvoiceLine/InvoicedQuantity") == ["3", "-1"]
    assert texts(content, "InvoiceLine/Price/PriceAmount") == ["30.00", "50.00"]
    assert texts(content, "LegalMonetaryTotal/PayableAmount") == ["48.40"]  # 40.00 and 21 % of it
    assert texts(content, "InvoiceLine/InvoicePeriod/StartDate") == ["2026-11-01"]


def test_a_credit_used_up_to_zero_leaves_nothing_to_pay() -> None:
    content = written(invoice(line("50.00", "1", "50"), line("-50.00", "1", "-50", "credit", seq=2)))
    assert texts(content, "LegalMonetaryTotal/PayableAmount") == ["0.00"]
    assert texts(content, "PaymentMeans/PaymentMeansCode") == []
    assert texts(content, "PaymentTerms/Note") == ["Aucun paiement à faire."]


@pytest.mark.clause("CG-2.a")
def test_a_partner_can_book_each_end_client_and_each_contract_apart() -> None:
    content = written(paid_by(samples.partner_invoice(2, "fr")))
    assert texts(content, "InvoiceLine/AccountingCost") == ["EC-1"] * 5 + ["EC-2"] * 5
    assert (
        texts(content, "InvoiceLine/Item/Description")[0] == "Eindklant 1 – Garage Peeters & Zonen · Business Telephony · contrat C-2026-01"
    )
    assert texts(content, "InvoiceLine/DocumentReference/ID")[:5] == ["L-0", "L-1", "L-2", "L-4", "L-3"]
    properties = "InvoiceLine/Item/AdditionalItemProperty/"
    named = list(zip(texts(content, properties + "Name"), texts(content, properties + "Value"), strict=True))
    assert named[:3] == [("Client final", "Eindklant 1 – Garage Peeters & Zonen"), ("Contrat", "C-2026-01"), ("Clause", "BT-2.h")]


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
@pytest.mark.clause("GC-13.2")
def test_a_credit_note_has_positive_amounts_and_names_the_invoice_it_credits(language: Language) -> None:
    content = written(samples.credit_note(language, 3, "Prix erroné"))
    assert texts(content, "CreditNoteTypeCode") == ["381"]
    assert texts(content, "BillingReference/InvoiceDocumentReference/ID") == ["2026-000123"]
    assert texts(content, "BillingReference/InvoiceDocumentReference/IssueDate") == ["2026-10-28"]
    assert texts(content, "LegalMonetaryTotal/PayableAmount") == ["45.38"]  # 37.50 and 7.88 VAT
    assert all(found.net > 0 and found.quantity > 0 for found in read(content).lines)
    assert texts(content, "PaymentMeans/PaymentMeansCode") == ["97"]  # set off
    assert texts(content, "PaymentMeans/PaymentDueDate") == ["2026-11-05"]
    [note] = texts(content, "Note")
    assert "2026-000123" in note
    assert "Prix erroné. " in note  # a sentence of its own, before the mention of VAT


@pytest.mark.clause("GC-13.2")
def test_a_refund_of_some_days_is_a_lump_in_its_credit_note() -> None:
    content = written(samples.refund_note())
    assert texts(content, "CreditNoteLine/CreditedQuantity") == ["1"]
    assert texts(content, "CreditNoteLine/Price/PriceAmount") == ["10.00"]


@pytest.mark.clause("GC-5.1")
def test_a_part_credited_takes_the_vat_that_the_ledger_says_even_a_cent_beside_its_own_rounding() -> None:
    """Of 10.00 (VAT 2.10) a first 0.02 leaves 9.98 (VAT 2.10), a second 9.96 (VAT 2.09): the second takes 0.01, though 21 % of 0.02 is 0.00."""
    whole = samples.credit_note("fr", 1)
    taken = replace(whole.end_clients[0].lines[0], net=D("-0.02"), quantity=D(1), unit_price=D("0.02"))
    record = replace(
        whole,
        head=replace(whole.head, net=D("-0.02"), vat_total=D("-0.01"), gross=D("-0.03")),
        end_clients=(replace(whole.end_clients[0], lines=(taken,), net=D("-0.02")),),
        vat=(VatLine("S", D("21.00"), D("-0.02"), D("-0.01")),),
    )
    found = findings([("C2026-000007.xml", e_invoice(record, pdf=None))], peppol_rules=peppol_rules(), workers=1)
    assert [str(each) for each in found if each.severity == "fatal"] == []


def test_an_invoice_made_anew_names_the_one_it_replaces() -> None:
    record = invoice(line("36.00", "3", "12"))
    content = written(replace(record, head=replace(record.head, replaces_number="2026-000100")))
    assert texts(content, "BillingReference/InvoiceDocumentReference/ID") == ["2026-000100"]
    assert texts(content, "Note") == ["Remplace la facture 2026-000100."]


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
@pytest.mark.clause("GC-5.2")
def test_a_debit_note_is_outside_vat_without_any_vat_number_and_says_how_each_line_was_computed(language: Language) -> None:
    record = debit_note(language)
    lines = tuple(replace(one, vat_category="O", vat_rate=ZERO) for one in record.end_clients[0].lines)
    content = written(paid_by(replace(record, end_clients=(replace(record.end_clients[0], lines=lines),))))
    assert texts(content, "InvoiceTypeCode") == ["383"]
    assert texts(content, "TaxTotal/TaxSubtotal/TaxCategory/TaxExemptionReasonCode") == ["VATEX-EU-O"]
    assert b"BE0" not in content
    assert texts(content, BUYER + "PartyLegalEntity/CompanyID") == ["0987654394"]
    assert all(texts(content, f"InvoiceLine[{number}]/Note") for number in range(1, 6))


def test_the_interest_of_a_debit_note_can_be_done_again_from_the_note_of_its_line() -> None:
    [first, *_] = texts(e_invoice(debit_note("en"), pdf=None), "InvoiceLine/Note")
    assert "29/11/2026 – 28/12/2026: €1,000.00 × 1% = 10.00 · 29/12/2026 – 28/01/2027: €600.00 × 1% = 6.00" in first
    assert first.endswith("Already charged: €10.00")


@pytest.mark.clause("GC-5.1")
def test_a_partner_in_another_member_state_has_vat_reversed_with_both_vat_numbers() -> None:
    content = written(invoice(line("36.00", "3", "12"), category="AE", payer=abroad("LU", "LU99000154")))
    assert texts(content, "TaxTotal/TaxSubtotal/TaxCategory/TaxExemptionReasonCode") == ["VATEX-EU-AE"]
    assert texts(content, SELLER + "PartyTaxScheme/CompanyID") == ["BE0123456749"]
    assert texts(content, BUYER + "PartyTaxScheme/CompanyID") == ["LU99000154"]
    assert texts(content, "LegalMonetaryTotal/PayableAmount") == ["36.00"]


@pytest.mark.parametrize(
    ("country", "vat_number"), [pytest.param("US", "", id="without a number"), pytest.param("CH", "CHE-123.456.788 MWST", id="with one")]
)
@pytest.mark.clause("GC-5.1")
def test_a_payer_outside_the_union_is_invoiced_outside_vat_without_vat_numbers(country: str, vat_number: str) -> None:
    content = written(invoice(line("36.00", "3", "12"), category="O", payer=abroad(country, vat_number)))
    assert texts(content, SELLER + "PartyTaxScheme/CompanyID") == texts(content, BUYER + "PartyTaxScheme/CompanyID") == []
    [reason] = texts(content, "TaxTotal/TaxSubtotal/TaxCategory/TaxExemptionReason")
    assert "outside the European Union" in reason


@pytest.mark.parametrize("country", ["BE", "FR"])
def test_a_payer_without_any_vat_number_has_our_address_in_the_place_of_his(country: str) -> None:
    content = written(invoice(line("36.00", "3", "12"), payer=abroad(country, "")))
    assert texts(content, BUYER + "EndpointID") == texts(content, SELLER + "EndpointID") == ["0123456749"]
    assert texts(content, BUYER + "Contact/ElectronicMail") == ["pay@client.example"]
    assert texts(content, BUYER + "PartyTaxScheme/CompanyID") == []


def test_an_invoice_that_is_debited_names_mandate_account_and_creditor_and_no_account_to_pay_to() -> None:
    record = invoice(line("36.00", "3", "12"))
    collected = Collection(date(2026, 11, 12), "BE71096123456769", "M-2026-1", "BE81ZZZ0123456749")
    content = written(replace(record, head=replace(record.head, collection=collected)))
    assert texts(content, "PaymentMeans/PaymentMeansCode") == ["59"]
    assert texts(content, "PaymentMeans/PaymentMandate/ID") == ["M-2026-1"]
    assert texts(content, "PaymentMeans/PaymentMandate/PayerFinancialAccount/ID") == ["BE71096123456769"]
    assert texts(content, "PaymentMeans/PayeeFinancialAccount/ID") == []
    assert texts(content, SELLER + "PartyIdentification/ID") == ["BE81ZZZ0123456749"]
    assert texts(content, "PaymentTerms/Note") == ["Sera débité le 12 novembre 2026. Domiciliation : rien à payer vous-même."]


def test_twenty_lines_exempt_from_vat_have_one_reason() -> None:
    content = written(invoice(*(line("12.35", "1", "12.35", seq=number) for number in range(1, 21)), category="E"))
    assert texts(content, "TaxTotal/TaxSubtotal/TaxableAmount") == ["247.00"]
    assert len(texts(content, "TaxTotal/TaxSubtotal/TaxCategory/TaxExemptionReason")) == 1


def test_amounts_over_a_million_have_no_thousands_apart() -> None:
    content = written(invoice(line("3000000.00", "250000", "12"), line("1234567.89", "1", "1234567.89", seq=2)))
    assert texts(content, "LegalMonetaryTotal/PayableAmount") == ["5123827.15"]  # 4234567.89 and 889259.26 VAT


def test_names_reach_the_xml_without_control_characters_their_markup_escaped_all_else_as_it_is() -> None:
    odd = "\x00Café\x1b <b>&amp;\u202e ☎️🇧🇪 شركة\tSRL\ud800"
    content = written(invoice(replace(line("36.00", "3", "12"), description=odd), payer=samples.payer("fr", odd)))
    shown = "Café <b>&amp;\u202e ☎️🇧🇪 شركة SRL"
    assert texts(content, BUYER + "PartyLegalEntity/RegistrationName") == [shown]
    assert texts(content, "InvoiceLine/Item/Name") == [shown]


def test_a_name_that_shows_nothing_gives_way_to_the_customer_number_and_the_product() -> None:
    payer = replace(samples.payer("fr", "\x00 \t"), street="", city="\x07")
    content = written(invoice(replace(line("36.00", "3", "12"), description="\u2028"), payer=payer))
    assert texts(content, BUYER + "PartyLegalEntity/RegistrationName") == ["P-1"]
    assert texts(content, "InvoiceLine/Item/Name") == ["bt-user"]
    assert texts(content, BUYER + "PostalAddress/CityName") == []


def test_a_draft_a_document_without_lines_and_parts_of_a_cent_are_refused_in_words() -> None:
    record = invoice(line("36.00", "3", "12"))
    with pytest.raises(ValueError, match="a draft has no e-invoice"):
        e_invoice(replace(record, head=replace(record.head, number="", issued_on=None)), pdf=None)
    with pytest.raises(ValueError, match="2026-000123 has no line"):
        e_invoice(replace(record, end_clients=()), pdf=None)
    with pytest.raises(ValueError, match=r"36\.001 EUR has parts of a cent"):
        e_invoice(replace(record, head=replace(record.head, net=D("36.001"))), pdf=None)


def test_a_seller_whose_number_cannot_be_right_is_refused_by_the_setting_to_mend() -> None:
    record = invoice(line("36.00", "3", "12"))
    wrong = replace(record.head.seller, vat_number="BE0123456748")
    with pytest.raises(ValueError, match="set seller_vat"):
        e_invoice(replace(record, head=replace(record.head, seller=wrong)), pdf=None)
