"""E-invoices written by hand: an invoice, a credit note, a debit note and a reverse charge, each as small as the rules allow.

The invoice: three users at 12.00 EUR and calls of 4.37 EUR make 40.37 EUR; 21 % of it is 8.4777, so 8.48 EUR; together 48.85 EUR.
"""

import base64

SELLER_VAT, SELLER_NUMBER = "BE0123456749", "0123456749"
BUYER_VAT, BUYER_NUMBER = "BE0999000129", "0999000129"
PDF = base64.b64encode(b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n").decode()

NAMESPACES = (
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"'
    ' xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)
HEAD = """<cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0</cbc:CustomizationID>
  <cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>"""

ATTACHED = f"""<cac:AdditionalDocumentReference>
    <cbc:ID>2026-000001.pdf</cbc:ID>
    <cac:Attachment>
      <cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf" filename="2026-000001.pdf">{PDF}</cbc:EmbeddedDocumentBinaryObject>
    </cac:Attachment>
  </cac:AdditionalDocumentReference>"""

SELLER = f"""<cac:AccountingSupplierParty>
    <cac:Party>
      <cbc:EndpointID schemeID="0208">{SELLER_NUMBER}</cbc:EndpointID>
      <cac:PartyName><cbc:Name>Example Cloud Telephony SRL</cbc:Name></cac:PartyName>
      <cac:PostalAddress>
        <cbc:StreetName>Avenue de l'Exemple 1</cbc:StreetName>
        <cbc:CityName>Bruxelles</cbc:CityName>
        <cbc:PostalZone>1000</cbc:PostalZone>
        <cac:Country><cbc:IdentificationCode>BE</cbc:IdentificationCode></cac:Country>
      </cac:PostalAddress>
      <cac:PartyTaxScheme>
        <cbc:CompanyID>{SELLER_VAT}</cbc:CompanyID>
        <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
      </cac:PartyTaxScheme>
      <cac:PartyLegalEntity>
        <cbc:RegistrationName>Example Cloud Telephony SRL</cbc:RegistrationName>
        <cbc:CompanyID schemeID="0208">{SELLER_NUMBER}</cbc:CompanyID>
      </cac:PartyLegalEntity>
    </cac:Party>
  </cac:AccountingSupplierParty>"""

BUYER = f"""<cac:AccountingCustomerParty>
    <cac:Party>
      <cbc:EndpointID schemeID="0208">{BUYER_NUMBER}</cbc:EndpointID>
      <cac:PostalAddress>
        <cbc:StreetName>Rue du Moulin Bleu 1</cbc:StreetName>
        <cbc:CityName>Tubize</cbc:CityName>
        <cbc:PostalZone>1480</cbc:PostalZone>
        <cac:Country><cbc:IdentificationCode>BE</cbc:IdentificationCode></cac:Country>
      </cac:PostalAddress>
      <cac:PartyTaxScheme>
        <cbc:CompanyID>{BUYER_VAT}</cbc:CompanyID>
        <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
      </cac:PartyTaxScheme>
      <cac:PartyLegalEntity>
        <cbc:RegistrationName>Brasserie Ozelle</cbc:RegistrationName>
      </cac:PartyLegalEntity>
    </cac:Party>
  </cac:AccountingCustomerParty>"""

PAYMENT = """<cac:PaymentMeans>
    <cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>
    <cbc:PaymentID>+++123/1234/12328+++</cbc:PaymentID>
    <cac:PayeeFinancialAccount>
      <cbc:ID>BE71096123456769</cbc:ID>
      <cac:FinancialInstitutionBranch><cbc:ID>GKCCBEBB</cbc:ID></cac:FinancialInstitutionBranch>
    </cac:PayeeFinancialAccount>
  </cac:PaymentMeans>"""

TAX = """<cac:TaxTotal>
    <cbc:TaxAmount currencyID="EUR">8.48</cbc:TaxAmount>
    <cac:TaxSubtotal>
      <cbc:TaxableAmount currencyID="EUR">40.37</cbc:TaxableAmount>
      <cbc:TaxAmount currencyID="EUR">8.48</cbc:TaxAmount>
      <cac:TaxCategory>
        <cbc:ID>S</cbc:ID>
        <cbc:Percent>21.00</cbc:Percent>
        <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
      </cac:TaxCategory>
    </cac:TaxSubtotal>
  </cac:TaxTotal>
  <cac:LegalMonetaryTotal>
    <cbc:LineExtensionAmount currencyID="EUR">40.37</cbc:LineExtensionAmount>
    <cbc:TaxExclusiveAmount currencyID="EUR">40.37</cbc:TaxExclusiveAmount>
    <cbc:TaxInclusiveAmount currencyID="EUR">48.85</cbc:TaxInclusiveAmount>
    <cbc:PayableAmount currencyID="EUR">48.85</cbc:PayableAmount>
  </cac:LegalMonetaryTotal>"""

LINES = """<cac:InvoiceLine>
    <cbc:ID>1</cbc:ID>
    <cbc:InvoicedQuantity unitCode="C62">3</cbc:InvoicedQuantity>
    <cbc:LineExtensionAmount currencyID="EUR">36.00</cbc:LineExtensionAmount>
    <cac:InvoicePeriod><cbc:StartDate>2026-11-01</cbc:StartDate><cbc:EndDate>2026-11-30</cbc:EndDate></cac:InvoicePeriod>
    <cac:Item>
      <cbc:Name>User</cbc:Name>
      <cac:ClassifiedTaxCategory>
        <cbc:ID>S</cbc:ID>
        <cbc:Percent>21.00</cbc:Percent>
        <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
      </cac:ClassifiedTaxCategory>
    </cac:Item>
    <cac:Price><cbc:PriceAmount currencyID="EUR">12.000000</cbc:PriceAmount></cac:Price>
  </cac:InvoiceLine>
  <cac:InvoiceLine>
    <cbc:ID>2</cbc:ID>
    <cbc:InvoicedQuantity unitCode="C62">1</cbc:InvoicedQuantity>
    <cbc:LineExtensionAmount currencyID="EUR">4.37</cbc:LineExtensionAmount>
    <cac:InvoicePeriod><cbc:StartDate>2026-10-01</cbc:StartDate><cbc:EndDate>2026-10-31</cbc:EndDate></cac:InvoicePeriod>
    <cac:Item>
      <cbc:Name>Calls to mobiles</cbc:Name>
      <cac:ClassifiedTaxCategory>
        <cbc:ID>S</cbc:ID>
        <cbc:Percent>21.00</cbc:Percent>
        <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
      </cac:ClassifiedTaxCategory>
    </cac:Item>
    <cac:Price><cbc:PriceAmount currencyID="EUR">4.37</cbc:PriceAmount></cac:Price>
  </cac:InvoiceLine>"""

PERIOD = "<cac:InvoicePeriod><cbc:StartDate>2026-10-01</cbc:StartDate><cbc:EndDate>2026-11-30</cbc:EndDate></cac:InvoicePeriod>"

INVOICE = f"""<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" {NAMESPACES}>
  {HEAD}
  <cbc:ID>2026-000001</cbc:ID>
  <cbc:IssueDate>2026-10-28</cbc:IssueDate>
  <cbc:DueDate>2026-11-27</cbc:DueDate>
  <cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
  <cbc:Note>Terms on request</cbc:Note>
  <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
  <cbc:BuyerReference>CL-START</cbc:BuyerReference>
  {PERIOD}
  {ATTACHED}
  {SELLER}
  {BUYER}
  {PAYMENT}
  {TAX}
  {LINES}
</Invoice>
"""

CREDITED = (
    "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>2026-000001</cbc:ID><cbc:IssueDate>2026-10-28</cbc:IssueDate>"
    "</cac:InvoiceDocumentReference></cac:BillingReference>"
)
CREDIT_NOTE = f"""<?xml version="1.0" encoding="UTF-8"?>
<CreditNote xmlns="urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2" {NAMESPACES}>
  {HEAD}
  <cbc:ID>2026-000002</cbc:ID>
  <cbc:IssueDate>2026-11-03</cbc:IssueDate>
  <cbc:CreditNoteTypeCode>381</cbc:CreditNoteTypeCode>
  <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
  <cbc:BuyerReference>CL-START</cbc:BuyerReference>
  {PERIOD}
  {CREDITED}
  {SELLER}
  {BUYER}
  {TAX}
  {LINES.replace("InvoiceLine", "CreditNoteLine").replace("InvoicedQuantity", "CreditedQuantity")}
</CreditNote>
"""


def _without_tax_scheme(party: str) -> str:
    """The party without its VAT number: a document outside VAT has none."""
    first, _, rest = party.partition("<cac:PartyTaxScheme>")
    return first + rest.partition("</cac:PartyTaxScheme>")[2].lstrip()


OUTSIDE = "<cbc:TaxExemptionReason>Outside the scope of VAT</cbc:TaxExemptionReason>"
DEBIT_NOTE = f"""<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" {NAMESPACES}>
  {HEAD}
  <cbc:ID>DN-2026-000001</cbc:ID>
  <cbc:IssueDate>2026-12-07</cbc:IssueDate>
  <cbc:DueDate>2026-12-07</cbc:DueDate>
  <cbc:InvoiceTypeCode>383</cbc:InvoiceTypeCode>
  <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
  <cbc:BuyerReference>CL-START</cbc:BuyerReference>
  {_without_tax_scheme(SELLER)}
  {_without_tax_scheme(BUYER)}
  {PAYMENT}
  <cac:TaxTotal>
    <cbc:TaxAmount currencyID="EUR">0.00</cbc:TaxAmount>
    <cac:TaxSubtotal>
      <cbc:TaxableAmount currencyID="EUR">40.00</cbc:TaxableAmount>
      <cbc:TaxAmount currencyID="EUR">0.00</cbc:TaxAmount>
      <cac:TaxCategory>
        <cbc:ID>O</cbc:ID>
        {OUTSIDE}
        <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
      </cac:TaxCategory>
    </cac:TaxSubtotal>
  </cac:TaxTotal>
  <cac:LegalMonetaryTotal>
    <cbc:LineExtensionAmount currencyID="EUR">40.00</cbc:LineExtensionAmount>
    <cbc:TaxExclusiveAmount currencyID="EUR">40.00</cbc:TaxExclusiveAmount>
    <cbc:TaxInclusiveAmount currencyID="EUR">40.00</cbc:TaxInclusiveAmount>
    <cbc:PayableAmount currencyID="EUR">40.00</cbc:PayableAmount>
  </cac:LegalMonetaryTotal>
  <cac:InvoiceLine>
    <cbc:ID>1</cbc:ID>
    <cbc:InvoicedQuantity unitCode="C62">1</cbc:InvoicedQuantity>
    <cbc:LineExtensionAmount currencyID="EUR">40.00</cbc:LineExtensionAmount>
    <cac:Item>
      <cbc:Name>Recovery cost</cbc:Name>
      <cac:ClassifiedTaxCategory>
        <cbc:ID>O</cbc:ID>
        <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
      </cac:ClassifiedTaxCategory>
    </cac:Item>
    <cac:Price><cbc:PriceAmount currencyID="EUR">40.00</cbc:PriceAmount></cac:Price>
  </cac:InvoiceLine>
</Invoice>
"""

BUYER_ABROAD = (
    BUYER.replace(f'schemeID="0208">{BUYER_NUMBER}', 'schemeID="9938">LU99000154').replace(BUYER_VAT, "LU99000154").replace(">BE<", ">LU<")
)
TAX_REVERSED = (
    TAX.replace("<cbc:ID>S</cbc:ID>", "<cbc:ID>AE</cbc:ID>")
    .replace(
        "<cbc:Percent>21.00</cbc:Percent>",
        "<cbc:Percent>0.00</cbc:Percent><cbc:TaxExemptionReasonCode>VATEX-EU-AE</cbc:TaxExemptionReasonCode>",
    )
    .replace("8.48", "0.00")
    .replace("48.85", "40.37")
)
LINES_REVERSED = LINES.replace("<cbc:ID>S</cbc:ID>", "<cbc:ID>AE</cbc:ID>").replace(">21.00<", ">0.00<")
REVERSE_CHARGE = INVOICE.replace(BUYER, BUYER_ABROAD).replace(TAX, TAX_REVERSED).replace(LINES, LINES_REVERSED)


def invoice_of(number: str, net: str, vat: str, gross: str) -> bytes:
    """The invoice with one line, of the number and amounts given."""
    one_line = LINES[: LINES.index("</cac:InvoiceLine>") + len("</cac:InvoiceLine>")]
    one_line = one_line.replace(">3<", ">1<").replace("36.00", net).replace("12.000000", net)
    changed = INVOICE.replace(LINES, one_line).replace("40.37", net).replace("8.48", vat).replace("48.85", gross)
    return changed.replace("2026-000001", number).encode()
