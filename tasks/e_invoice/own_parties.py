"""Our own checks of who invoices and who pays: names, addresses, electronic addresses and VAT numbers."""

from collections.abc import Iterator

from lxml import etree

from tasks.e_invoice.house import house
from tasks.e_invoice.master_data import fault_of_enterprise_number, fault_of_scheme, fault_of_vat_number
from tasks.e_invoice.reading import Document, place

PARTIES = (("seller", "cac:AccountingSupplierParty/cac:Party"), ("buyer", "cac:AccountingCustomerParty/cac:Party"))
ENTERPRISE = "0208"


def _parties(found: Document) -> Iterator[tuple[str, etree._Element]]:
    for who, path in PARTIES:
        if (party := found.find(path)) is not None:
            yield who, party


def _vat_number(found: Document, party: etree._Element) -> str:
    """The VAT number of a party, "" when it has none."""
    for scheme in found.all("cac:PartyTaxScheme", party):
        if found.text("cac:TaxScheme/cbc:ID", scheme) == "VAT":
            return found.text("cbc:CompanyID", scheme)
    return ""


@house("house-parties")
def parties(found: Document) -> Iterator[str]:
    """Both have a name and a country (BR-06 to BR-11)."""
    known = dict(_parties(found))
    for who, path in PARTIES:
        if who not in known:
            yield f"it has no {who} ({path})"
    for who, party in known.items():
        if not found.text("cac:PartyLegalEntity/cbc:RegistrationName", party):
            yield f"the {who} has no name (PartyLegalEntity/RegistrationName)"
        if not found.text("cac:PostalAddress/cac:Country/cbc:IdentificationCode", party):
            yield f"the {who} has no country (PostalAddress/Country)"


@house("house-endpoint")
def endpoints(found: Document) -> Iterator[str]:
    """Both have an electronic address of a known scheme (R010, R020); of 0208 an enterprise number (R043)."""
    for who, party in _parties(found):
        endpoint = found.find("cbc:EndpointID", party)
        if endpoint is None or not (endpoint.text or "").strip():
            yield f"the {who} has no electronic address (EndpointID)"
            continue
        scheme, value = endpoint.get("schemeID", ""), (endpoint.text or "").strip()
        fault = fault_of_scheme(scheme) or (fault_of_enterprise_number(value) if scheme == ENTERPRISE else "")
        if fault:
            yield f"the electronic address of the {who}: {fault}"


@house("house-endpoint-of-another")
def endpoint_of_another(found: Document) -> Iterator[str]:
    """The address of scheme 0208 is that of the company whose VAT number is given: else it goes to another."""
    for who, party in _parties(found):
        endpoint, vat_number = found.find("cbc:EndpointID", party), _vat_number(found, party)
        if endpoint is None or endpoint.get("schemeID") != ENTERPRISE or not vat_number.startswith("BE"):
            continue
        if (endpoint.text or "").strip() != vat_number[2:]:
            yield f"the {who} is addressed as {(endpoint.text or '').strip()}, but its VAT number is {vat_number}"


@house("house-vat-number")
def vat_numbers(found: Document) -> Iterator[str]:
    """VAT numbers are written without blanks and have right check digits."""
    for who, party in _parties(found):
        vat_number = _vat_number(found, party)
        if vat_number and (fault := fault_of_vat_number(vat_number)):
            yield f"the VAT number of the {who}: {fault}"


@house("house-vat-number-missing")
def vat_number_missing(found: Document) -> Iterator[str]:
    """The seller has a VAT number, the buyer too when VAT is reversed; outside VAT neither (BR-S-02, BR-AE-02, BR-O-02)."""
    numbers = {who: _vat_number(found, party) for who, party in _parties(found)}
    if found.is_outside_vat:
        yield from (
            f"it is outside VAT, so the VAT number of the {who}, {number}, must not be in it" for who, number in numbers.items() if number
        )
        return
    if not numbers.get("seller"):
        yield "the seller has no VAT number (PartyTaxScheme)"
    reversed_ = any(found.text("cac:TaxCategory/cbc:ID", one) == "AE" for one in found.all("cac:TaxTotal/cac:TaxSubtotal"))
    if reversed_ and not numbers.get("buyer"):
        yield "VAT is reversed to the buyer, who has no VAT number (PartyTaxScheme)"


@house("house-blank-in-number")
def blanks(found: Document) -> Iterator[str]:
    """Numbers of companies are digits, without blanks and dots: software compares them as text."""
    for who, party in _parties(found):
        for number in found.all("cac:PartyLegalEntity/cbc:CompanyID", party):
            if number.get("schemeID") == ENTERPRISE and (fault := fault_of_enterprise_number((number.text or "").strip())):
                yield f"{place(number)} of the {who}: {fault}"
