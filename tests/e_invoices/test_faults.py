"""Deliberate faults in right documents: each is found without a copy of the Peppol rules, most by a check of our own."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tasks.e_invoice import own_checks  # noqa: F401  # registers the checks
from tasks.e_invoice.finding import Finding
from tasks.e_invoice.house import CHECKS
from tasks.e_invoice.validating import looked_into
from tests.e_invoices.samples import BUYER_VAT, CREDIT_NOTE, DEBIT_NOTE, INVOICE, PDF, REVERSE_CHARGE
from tests.peppol_rules import each_peppol_rules

KINDS = {"invoice": INVOICE, "credit note": CREDIT_NOTE, "debit note": DEBIT_NOTE, "reverse charge": REVERSE_CHARGE}
NAMES = {"invoice": "2026-000001", "credit note": "2026-000002", "debit note": "DN-2026-000001", "reverse charge": "2026-000001"}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is changed in a right document, in words and as text, and the rules that find it without a copy of the Peppol rules.

    `peppol` are the rules of the Peppol copy that find it too, "" for those that no official rule finds.
    """

    words: str
    before: str
    after: str
    rules: str
    peppol: str = ""
    document: str = "invoice"
    besides: tuple[str, str] = ("", "")  # what is changed too, so that the document is consistent in itself

    def name(self) -> str:
        return f"{self.document}: {self.words}"

    def content(self) -> bytes:
        right = KINDS[self.document]
        assert self.before in right, "the fault changes nothing"
        changed = right.replace(self.before, self.after)
        return (changed.replace(*self.besides) if self.besides[0] else changed).encode()


SELLER_ENDPOINT = '<cbc:EndpointID schemeID="0208">0123456749</cbc:EndpointID>'
BUYER_ENDPOINT = '<cbc:EndpointID schemeID="0208">0999000129</cbc:EndpointID>'
CREDITED = CREDIT_NOTE[CREDIT_NOTE.index("<cac:BillingReference>") : CREDIT_NOTE.index("</cac:BillingReference>") + 23]
ISSUED, DUE = "<cbc:IssueDate>2026-10-28</cbc:IssueDate>", "<cbc:DueDate>2026-11-27</cbc:DueDate>"
COMMUNICATION = "<cbc:PaymentID>+++123/1234/12328+++</cbc:PaymentID>"
PAYMENT = INVOICE[INVOICE.index("<cac:PaymentMeans>") : INVOICE.index("</cac:PaymentMeans>") + 19]
TAX_SCHEME_OF_BUYER = REVERSE_CHARGE[REVERSE_CHARGE.rindex("<cac:PartyTaxScheme>") : REVERSE_CHARGE.rindex("</cac:PartyTaxScheme>") + 21]
LINE_2 = INVOICE[INVOICE.rindex("<cac:InvoiceLine>") :]
VAT_OF_SELLER = "<cbc:CompanyID>BE0123456749</cbc:CompanyID>"

FAULTS = (
    # ---- what it is
    Fault("follows another customization", "billing:3.0<", "billing:2.0<", "house-customization", "PEPPOL-EN16931-R004"),
    Fault("belongs to another business process", "billing:01:1.0<", "ordering:01:1.0<", "house-profile", "PEPPOL-EN16931-R007"),
    Fault("is of a type that is no invoice", ">380<", ">389<", "house-type", "PEPPOL-EN16931-P0100"),
    Fault("an invoice says it is a credit note", ">380<", ">381<", "house-type", "PEPPOL-EN16931-P0100"),
    Fault("has another number than its file", "<cbc:ID>2026-000001</cbc:ID>\n  <cbc:Iss", "<cbc:ID>2026-000009</cbc:ID>\n  <cbc:Iss", "house-number-of-file"),
    Fault("has no number", "<cbc:ID>2026-000001</cbc:ID>\n  <cbc:Iss", "<cbc:Iss", "UBL-XSD BR-02 house-number-of-file"),
    Fault("has two notes", "</cbc:Note>", "</cbc:Note><cbc:Note>And more</cbc:Note>", "house-one-note", "PEPPOL-EN16931-R002"),
    Fault("has an empty element", "Terms on request", " ", "house-empty-element", "PEPPOL-EN16931-R008"),
    Fault("has its elements in another order", f"{ISSUED}\n  {DUE}", f"{DUE}\n  {ISSUED}", "UBL-XSD"),
    Fault("has a day that is none", "2026-10-28</cbc:IssueDate>", "2026-10-32</cbc:IssueDate>", "UBL-XSD", "PEPPOL-EN16931-F001"),
    Fault("is in dollars", "<cbc:DocumentCurrencyCode>EUR", "<cbc:DocumentCurrencyCode>USD", "house-currency", "PEPPOL-EN16931-R051"),
    Fault("has one amount in dollars", '<cbc:PayableAmount currencyID="EUR"', '<cbc:PayableAmount currencyID="USD"', "house-currency", "PEPPOL-EN16931-R051"),
    Fault("has no reference of the buyer", "<cbc:BuyerReference>CL-START</cbc:BuyerReference>", "", "house-buyer-reference", "PEPPOL-EN16931-R003"),
    Fault("names no invoice that it credits", CREDITED, "", "house-billing-reference", document="credit note"),
    Fault("has a due date of an invoice", "<cbc:CreditNoteTypeCode>", "<cbc:DueDate>2026-11-27</cbc:DueDate><cbc:CreditNoteTypeCode>", "UBL-XSD", document="credit note"),
    Fault("gives two lines the same number", "<cbc:ID>2</cbc:ID>", "<cbc:ID>1</cbc:ID>", "house-lines"),
    Fault("has a line without a name", "<cbc:Name>User</cbc:Name>", "", "house-lines BR-25"),
    Fault("has a line of November in a period that ends in October", "<cbc:EndDate>2026-11-30</cbc:EndDate></cac:InvoicePeriod>\n  <cac:Add", "<cbc:EndDate>2026-10-31</cbc:EndDate></cac:InvoicePeriod>\n  <cac:Add", "house-period", "PEPPOL-EN16931-R111"),
    Fault("has a period that ends before it begins", "<cbc:StartDate>2026-10-01</cbc:StartDate><cbc:EndDate>2026-11-30<", "<cbc:StartDate>2026-12-01</cbc:StartDate><cbc:EndDate>2026-11-30<", "house-period BR-29", "PEPPOL-EN16931-R110"),
    # ---- what is embedded
    Fault("embeds a text as application/pdf", PDF, "SGVsbG8=", "house-attachment"),
    Fault("embeds a PDF that was cut off", PDF, PDF[:20], "house-attachment"),
    Fault("embeds plain text", 'mimeCode="application/pdf"', 'mimeCode="text/plain"', "house-attachment BR-CL-24", "PEPPOL-EN16931-CL001"),
    Fault("embeds a file without a name", ' filename="2026-000001.pdf"', "", "house-attachment"),
    # ---- who
    Fault("has no electronic address of the seller", SELLER_ENDPOINT, "", "house-endpoint", "PEPPOL-EN16931-R020"),
    Fault("has no electronic address of the buyer", BUYER_ENDPOINT, "", "house-endpoint", "PEPPOL-EN16931-R010"),
    Fault("addresses the buyer with wrong check digits", BUYER_ENDPOINT, BUYER_ENDPOINT.replace("129<", "130<"), "house-endpoint", "PEPPOL-COMMON-R043"),
    Fault("addresses the buyer with BE before the number", BUYER_ENDPOINT, BUYER_ENDPOINT.replace(">0", ">BE0"), "house-endpoint", "PEPPOL-COMMON-R043"),
    Fault("addresses the buyer under a scheme that does not exist", BUYER_ENDPOINT, BUYER_ENDPOINT.replace("0208", "9999"), "house-endpoint BR-CL-25", "PEPPOL-EN16931-CL008"),
    Fault("addresses another company than the buyer", BUYER_ENDPOINT, BUYER_ENDPOINT.replace("0999000129", "0999000228"), "house-endpoint-of-another"),
    Fault("has a VAT number of the buyer with wrong check digits", f">{BUYER_VAT}<", ">BE0999000130<", "house-vat-number"),
    Fault("has a VAT number with dots", VAT_OF_SELLER, VAT_OF_SELLER.replace("BE0123456749", "BE 0123.456.749"), "house-vat-number"),
    Fault("has no VAT number of the seller", VAT_OF_SELLER, "", "house-vat-number-missing"),
    Fault("has no name of the buyer", "<cbc:RegistrationName>Brasserie Ozelle</cbc:RegistrationName>", "", "house-parties BR-07", "PEPPOL-EN16931-R008"),
    Fault("reverses VAT to a buyer without a VAT number", TAX_SCHEME_OF_BUYER, "", "house-vat-number-missing BR-AE-02", document="reverse charge"),
    Fault("outside VAT, gives a VAT number", "<cac:PartyLegalEntity>\n        <cbc:RegistrationName>Exa", "<cac:PartyTaxScheme><cbc:CompanyID>BE0123456749</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme><cac:PartyLegalEntity>\n        <cbc:RegistrationName>Exa", "house-vat-number-missing BR-O-02", document="debit note"),
    Fault("writes the seller's enterprise number with dots", '<cbc:CompanyID schemeID="0208">0123456749', '<cbc:CompanyID schemeID="0208">0123.456.749', "house-blank-in-number", "PEPPOL-COMMON-R043"),
    # ---- how it is paid
    Fault("says not until when it is to be paid", "<cbc:DueDate>2026-11-27</cbc:DueDate>", "", "house-due-date"),
    Fault("is due before it is issued", "<cbc:DueDate>2026-11-27<", "<cbc:DueDate>2026-10-27<", "house-due-date"),
    Fault("has a communication with wrong check digits", "12328+++", "12329+++", "house-communication"),
    Fault("has a free text for its communication", "+++123/1234/12328+++", "invoice 2026-000001", "house-communication"),
    Fault("has no communication", COMMUNICATION, "", "house-communication"),
    Fault("has an account with wrong check digits", "BE71096123456769", "BE71096123456768", "house-account"),
    Fault("has no account to pay to", PAYMENT[PAYMENT.index("<cac:PayeeF") : PAYMENT.index("</cac:PaymentMeans>")], "", "house-account BR-61"),
    Fault("says not how it is to be paid", PAYMENT, "", "house-payment-means"),
    Fault("is a direct debit without a mandate", "<cbc:PaymentMeansCode>30<", "<cbc:PaymentMeansCode>59<", "house-payment-means", "PEPPOL-EN16931-R061"),
    # ---- how much
    Fault("has an amount with three decimals", '<cbc:PayableAmount currencyID="EUR">48.85', '<cbc:PayableAmount currencyID="EUR">48.851', "house-decimals BR-DEC-18"),
    Fault("has a line that is a cent off its quantity × price", ">12.000000<", ">12.003333<", "house-line-amount"),
    Fault("has a line that is an euro off its quantity × price", ">12.000000<", ">12.333333<", "house-line-amount", "PEPPOL-EN16931-R120"),
    Fault("has a price below zero", ">12.000000<", ">-12.000000<", "house-price-negative BR-27", "PEPPOL-EN16931-R120"),
    Fault("has a total of lines that is a cent off", '<cbc:LineExtensionAmount currencyID="EUR">40.37', '<cbc:LineExtensionAmount currencyID="EUR">40.38', "house-sum-of-lines BR-CO-10"),
    Fault("has a total without VAT that is a cent off", '<cbc:TaxExclusiveAmount currencyID="EUR">40.37', '<cbc:TaxExclusiveAmount currencyID="EUR">40.38', "house-totals BR-CO-13"),
    Fault("has a total with VAT that is a cent off", '<cbc:TaxInclusiveAmount currencyID="EUR">48.85', '<cbc:TaxInclusiveAmount currencyID="EUR">48.86', "house-totals BR-CO-15"),
    Fault("asks a cent more than it comes to", '<cbc:PayableAmount currencyID="EUR">48.85', '<cbc:PayableAmount currencyID="EUR">48.86', "house-totals BR-CO-16"),
    Fault("comes to less than nothing", '<cbc:TaxInclusiveAmount currencyID="EUR">48.85', '<cbc:TaxInclusiveAmount currencyID="EUR">-48.85', "house-sign", document="credit note"),
    # ---- VAT
    Fault("has VAT of 8.47 instead of 8.48, and every total with it", "8.48</cbc:TaxAmount>", "8.47</cbc:TaxAmount>", "house-vat-to-the-cent", besides=("48.85", "48.84")),
    Fault("says another VAT in total than by category", '<cac:TaxTotal>\n    <cbc:TaxAmount currencyID="EUR">8.48', '<cac:TaxTotal>\n    <cbc:TaxAmount currencyID="EUR">8.47', "house-vat-total BR-CO-14"),
    Fault("has a base that is fifty cents off its lines", '<cbc:TaxableAmount currencyID="EUR">40.37', '<cbc:TaxableAmount currencyID="EUR">40.87', "house-vat-base"),
    Fault("taxes at 20 %", "<cbc:Percent>21.00<", "<cbc:Percent>20.00<", "house-vat-category house-vat-to-the-cent"),
    Fault("taxes a line under a category that does not exist", "<cbc:ID>S</cbc:ID>", "<cbc:ID>X</cbc:ID>", "house-vat-category BR-CL-17"),
    Fault("has a line that says not how it is taxed", INVOICE[INVOICE.index("<cac:ClassifiedTaxCategory>") : INVOICE.index("</cac:ClassifiedTaxCategory>") + 28], "", "house-line-without-category BR-CO-04"),
    Fault("charges what is outside VAT beside what is not", LINE_2, LINE_2.replace(">S<", ">O<"), "house-outside-vat-mixed"),
    Fault("reverses VAT without saying why", "<cbc:TaxExemptionReasonCode>VATEX-EU-AE</cbc:TaxExemptionReasonCode>", "", "house-exemption-reason BR-AE-10", document="reverse charge"),
    Fault("charges 21 % under reverse charge", "<cbc:Percent>0.00<", "<cbc:Percent>21.00<", "house-vat-category BR-AE-05", document="reverse charge"),
)  # fmt: skip


@cache
def found(peppol: Path | None = None) -> dict[str, list[Finding]]:
    """What is found in each document with a fault, and in the right ones; all of them in one look."""
    files = [(NAMES[one.document], one.content()) for one in FAULTS] + [(NAMES[kind], text.encode()) for kind, text in KINDS.items()]
    names = [one.name() for one in FAULTS] + list(KINDS)
    looks = looked_into(((f"{name}.xml", content) for name, content in files), peppol_rules=peppol, workers=1)
    return {name: list(look.findings) for name, look in zip(names, looks, strict=True)}


def fatal(findings: list[Finding]) -> set[str]:
    return {one.rule for one in findings if one.severity == "fatal"}


def test_there_are_more_than_thirty_faults_and_no_two_are_the_same() -> None:
    assert len({(one.document, one.content()) for one in FAULTS}) == len({one.name() for one in FAULTS}) == len(FAULTS) > 30


@pytest.mark.parametrize("kind", KINDS)
def test_a_right_document_has_no_finding(kind: str) -> None:
    assert found()[kind] == []


@pytest.mark.parametrize("kind", KINDS)
@each_peppol_rules
def test_a_right_document_keeps_to_the_rules_of_peppol(kind: str, rules: Path) -> None:
    assert found(rules)[kind] == []


@pytest.mark.clause("CG-2.b")
@pytest.mark.parametrize("fault", FAULTS, ids=Fault.name)
def test_a_document_that_would_be_refused_is_found_without_a_copy_of_the_peppol_rules(fault: Fault) -> None:
    assert set(fault.rules.split()) <= fatal(found()[fault.name()])


@pytest.mark.parametrize("fault", FAULTS, ids=Fault.name)
@each_peppol_rules
def test_with_a_copy_its_rules_find_what_peppol_knows_of(fault: Fault, rules: Path) -> None:
    of_peppol = {rule for rule in fatal(found(rules)[fault.name()]) if rule.startswith("PEPPOL")}
    assert set(fault.peppol.split()) <= of_peppol
    assert bool(fault.peppol) == bool(of_peppol)


def test_every_check_of_our_own_finds_a_fault() -> None:
    caught = {rule for fault in FAULTS for rule in fault.rules.split()}
    assert set(CHECKS) <= caught
