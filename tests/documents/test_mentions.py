"""What the law and the terms want said, on each kind of document, in each language: VAT decree no 1, economic law, telecom decree, terms."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache

import pytest

from reports.invoice_pdf import render
from reports.records import InvoiceRecord, Language, VatCategory, VatLine
from reports.wording import LANGUAGES, wording
from tests.documents.debit_notes import debit_note
from tests.documents.kinds import COLLECTION, every_kind, with_head
from tests.documents.reading import pages, plain, text
from tests.documents.samples import SELLER, credit_note, invoice, life_of_a_contract

D = Decimal
INVOICED = ("invoice", "invoice_debited", "invoice_of_a_partner", "credit_note", "debit_note")
TO_PAY = ("invoice", "invoice_of_a_partner", "debit_note")
LETTERS = ("letter_friendly", "letter_reminder", "letter_formal_notice", "letter_suspension")
WHOEVER = (*INVOICED, "invoice_of_nothing", "statement", *LETTERS)
EVERYWHERE = (*WHOEVER, "summary")
TARIFFED = ("invoice", "invoice_debited", "invoice_of_a_partner", "invoice_of_nothing")

Said = str | dict[Language, str]

MENTIONS: dict[str, tuple[Said, tuple[str, ...]]] = {
    "name and legal form of the seller": (SELLER.name, EVERYWHERE),
    "seat of the seller": (f"{SELLER.street}, {SELLER.city}", EVERYWHERE),
    "VAT number of the seller": ({"fr": "TVA BE 0123.456.749", "nl": "Btw BE 0123.456.749", "en": "VAT BE 0123.456.749"}, EVERYWHERE),
    "enterprise number": (
        {"fr": "N° d’entreprise 0123.456.749", "nl": "Ondernemingsnummer 0123.456.749", "en": "Enterprise number 0123.456.749"},
        EVERYWHERE,
    ),
    "register and court": ("RPM Bruxelles", EVERYWHERE),
    "account of the seller": ("IBAN BE71 0961 2345 6769", EVERYWHERE),
    "website": ("www.operator.example", EVERYWHERE),
    "name of the buyer": (
        {"fr": "Boulangerie Saint-Géry SRL", "nl": "Bakkerij De Gouden Korst BV", "en": "Golden Crust Bakery Ltd"},
        ("invoice", "credit_note", "debit_note", "statement", "summary", *LETTERS),
    ),
    "address of the buyer": ("Rue des Halles 12", WHOEVER),
    "VAT number of the buyer": ({"fr": "TVA BE 0987.654.394", "nl": "Btw BE 0987.654.394", "en": "VAT BE 0987.654.394"}, WHOEVER),
    "structured communication": ("+++123/4567/89012+++", ("invoice", "invoice_debited", "invoice_of_a_partner")),
    "which VAT on what": (
        {"fr": "TVA 21 % sur", "nl": "Btw 21% op", "en": "VAT 21% on"},
        ("invoice", "invoice_debited", "invoice_of_a_partner", "credit_note"),
    ),
    "VAT to be given back": (
        {
            "fr": "TVA à reverser à l’État dans la mesure où elle a été initialement déduite.",
            "nl": "Btw terug te storten aan de Staat in de mate waarin ze oorspronkelijk in aftrek werd gebracht.",
            "en": "VAT to be returned to the State in so far as it was originally deducted.",
        },
        ("credit_note",),
    ),
    "outside VAT": ({"fr": "article 28, 3°, du Code", "nl": "artikel 28, 3°, van het Btw", "en": "article 28, 3°"}, ("debit_note",)),
    "mediator": (
        {
            "fr": "Service de médiation pour les télécommunications",
            "nl": "Ombudsdienst voor telecommunicatie",
            "en": "Office of the Ombudsman for Telecommunications",
        },
        WHOEVER,
    ),
    "address of the mediator": (
        {
            "fr": "boulevard du Roi Albert II 8 boîte 3, 1000 Bruxelles",
            "nl": "Koning Albert II-laan 8 bus 3, 1000 Brussel",
            "en": "Boulevard du Roi Albert II 8 box 3, 1000 Brussels",
        },
        WHOEVER,
    ),
    "telephone of the mediator": ({"fr": "02 223 06 06", "nl": "02 223 09 09", "en": "02 223 06 06"}, WHOEVER),
    "mail of the mediator": (
        {"fr": "plaintes@mediateurtelecom.be", "nl": "klachten@ombudsmantelecom.be", "en": "plaintes@mediateurtelecom.be"},
        WHOEVER,
    ),
    "courts (CG-4)": ({"fr": "Nivelles", "nl": "Nijvel", "en": "Nivelles"}, WHOEVER),
    "days to complain (GC-14.2)": ({"fr": "30 jours (GC-14.2)", "nl": "30 dagen (GC-14.2)", "en": "30 days"}, WHOEVER),
    "comparison of tariffs": (
        {"fr": "www.meilleurtarif.be", "nl": "www.bestetarief.be", "en": "www.meilleurtarif.be, www.bestetarief.be"},
        TARIFFED,
    ),
    "detailed invoice for free": (
        {
            "fr": "Facture détaillée gratuite sur simple demande",
            "nl": "Gedetailleerde factuur gratis op eenvoudig verzoek",
            "en": "A detailed invoice is free on request",
        },
        TARIFFED,
    ),
    "late payment (CG-2.e)": ({"fr": "1 % par mois", "nl": "1% per maand", "en": "1% per month"}, TARIFFED),
    "and what the law allows of it": (
        {"fr": "dans les limites de la loi", "nl": "binnen de grenzen van de wet", "en": "within the limits of the law"},
        TARIFFED,
    ),
    "reminder fee (CG-2.d)": ("CG-2.d", (*TARIFFED, "debit_note")),
    "terms": ({"fr": "Nos conditions commerciales", "nl": "Onze commerciële voorwaarden", "en": "Our commercial terms"}, WHOEVER),
    "by electronic means (CG-2.b)": ("(CG-2.b)", WHOEVER),
    "reference period": ("01/10/2026 – 27/10/2026", ("invoice", "invoice_debited")),
    "number of units": ({"fr": "Unités", "nl": "Eenheden", "en": "Units"}, (*INVOICED, "invoice_of_nothing")),
    "unit price": ({"fr": "Prix unitaire", "nl": "Eenheidsprijs", "en": "Unit price"}, ("invoice", "invoice_of_a_partner", "credit_note")),
    "beneficiary to pay": ({"fr": "Bénéficiaire", "nl": "Begunstigde", "en": "Beneficiary"}, TO_PAY),
}
CASES = [pytest.param(kind, said, id=f"{mention} on {kind}") for mention, (said, kinds) in MENTIONS.items() for kind in kinds]


@cache
def paper(kind: str, language: Language) -> list[str]:
    return [plain(page) for page in pages(every_kind(language)[kind])]


def said_in(said: Said, language: Language) -> str:
    return said if isinstance(said, str) else said[language]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "said"), CASES)
def test_the_mention_stands_on_the_document(kind: str, said: Said, language: Language) -> None:
    assert said_in(said, language) in " ".join(paper(kind, language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(EVERYWHERE))
def test_every_page_has_its_number_of_how_many(kind: str, language: Language) -> None:
    shown = paper(kind, language)
    words = wording(language)
    for number, page in enumerate(shown, start=1):
        assert words("label.page", page=number, pages=len(shown)) in page
        assert "0123.456.749" in page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("record", "issued", "supplied"),
    [
        pytest.param(invoice, "28/10/2026", "01/10/2026 – 30/11/2026", id="invoice"),
        pytest.param(credit_note, "05/11/2026", "01/10/2026 – 30/11/2026", id="credit note"),
        pytest.param(debit_note, "01/02/2027", "29/11/2026 – 31/01/2027", id="debit note"),
    ],
)
def test_the_first_page_says_when_it_was_issued_and_for_which_days(record, issued: str, supplied: str, language: Language) -> None:  # type: ignore[no-untyped-def]
    first = pages(render(record(language=language)))[0]
    assert issued in first
    assert supplied in first


REVERSED = {"fr": "Autoliquidation", "nl": "Btw verlegd", "en": "Reverse charge"}
ABROAD = {"fr": "hors de l’Union européenne", "nl": "buiten de Europese Unie", "en": "outside the European Union"}
LATE = {"fr": "article 28, 3°", "nl": "artikel 28, 3°", "en": "article 28, 3°"}


def without_vat(record: InvoiceRecord, category: VatCategory) -> InvoiceRecord:
    head = record.head
    untaxed = with_head(record, vat_total=D("0.00"), gross=head.net)
    return replace(untaxed, vat=(VatLine(category, D("0.00"), head.net, D("0.00")),))


@pytest.mark.clause("GC-5.1")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("make", [invoice, credit_note], ids=["invoice", "credit note"])
@pytest.mark.parametrize(("category", "said"), [("AE", REVERSED), ("O", ABROAD)], ids=["reverse charge", "outside the Union"])
def test_without_vat_the_first_page_says_why_and_asks_nothing_back(make, category: VatCategory, said: dict[Language, str], language: Language) -> None:  # type: ignore[no-untyped-def]  # fmt: skip
    first = pages(render(without_vat(make(language=language), category)))[0]
    assert said[language] in first
    assert wording(language)("vat.credit_note") not in first


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_credit_note_on_a_debit_note_names_a_debit_note_and_its_reason_to_be_outside_vat(language: Language) -> None:
    record = without_vat(credit_note(language), "O")
    shown = text(render(with_head(record, credits_number="D2027-000017", credits_on=date(2027, 2, 1))))
    said = {"fr": ("note de débit", "la facture D"), "nl": ("debetnota", "factuur D"), "en": ("debit note", "invoice D")}[language]
    assert f"{said[0]} D2027-000017" in shown
    assert said[1] not in shown
    assert LATE[language] in shown
    assert wording(language)("label.credits_debit_note") in shown


@pytest.mark.clause("CG-3.a")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_end_of_a_fixed_term_stands_above_the_lines_of_its_contract(language: Language) -> None:
    day = {"fr": "31 décembre 2027", "nl": "31 december 2027", "en": "31 December 2027"}[language]
    assert day in text(render(life_of_a_contract(language)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_debited_names_no_account_to_pay_to(language: Language) -> None:
    first = pages(render(with_head(invoice(4, language=language), collection=COLLECTION)))[0]
    assert wording(language)("label.beneficiary") not in first
