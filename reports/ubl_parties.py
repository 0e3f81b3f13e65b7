"""Who sends an e-invoice and who pays it: electronic address, name, address, numbers and contact."""

import re

from lxml import etree

from billing.vat import SELLER_COUNTRY
from reports.peppol_address import ENTERPRISE, Endpoint, endpoint, enterprise_digits, vat_identifier
from reports.records import Collection, Payer, Seller
from reports.ubl_tree import group, legible, put

POSTAL_CODE = re.compile(r"(?P<code>(?:[A-Z]{1,2}-)?\d{4,5})\s+(?P<city>\S.*)")


def put_seller(root: etree._Element, seller: Seller, collection: Collection | None, *, is_outside_vat: bool) -> None:
    """The seller. What is outside VAT has no VAT number in it (BR-O-02); who debits is known by a creditor identifier."""
    party = group(root, "AccountingSupplierParty", "Party")
    put_endpoint(party, seller_endpoint(seller))
    if collection is not None and collection.creditor_id:
        put(group(party, "PartyIdentification"), "ID", collection.creditor_id, schemeID="SEPA")
    put(group(party, "PartyName"), "Name", seller.name)
    code, city = _split_city(seller.city)
    _put_address(party, seller.street, code, city, SELLER_COUNTRY)
    _put_vat_number(party, "" if is_outside_vat else vat_identifier(seller.vat_number, SELLER_COUNTRY))
    _put_legal_entity(party, seller.name, enterprise_digits(seller.vat_number), seller.register)
    contact = group(party, "Contact")
    put(contact, "Name", seller.name)
    put(contact, "ElectronicMail", seller.email)


def put_buyer(root: etree._Element, payer: Payer, seller: Seller, *, is_outside_vat: bool) -> None:
    """The payer under the customer number.

    A rule wants an electronic address of everybody. Who has none gets his documents from us by mail or on the portal, so ours stands there.
    """
    party = group(root, "AccountingCustomerParty", "Party")
    put_endpoint(party, endpoint(payer.peppol_id, payer.country, payer.vat_number) or seller_endpoint(seller))
    put(group(party, "PartyIdentification"), "ID", payer.payer_id)
    _put_address(party, payer.street, payer.postal_code, payer.city, payer.country)
    number = vat_identifier(payer.vat_number, payer.country)
    _put_vat_number(party, "" if is_outside_vat else number)
    _put_legal_entity(
        party, legible(payer.name) or payer.payer_id, enterprise_digits(number) if number.startswith(SELLER_COUNTRY) else "", ""
    )
    if payer.email:
        put(group(party, "Contact"), "ElectronicMail", payer.email)


def seller_endpoint(seller: Seller) -> Endpoint:
    """The electronic address of the seller: its enterprise number. Raises ValueError for a VAT number that has none."""
    found = endpoint("", SELLER_COUNTRY, seller.vat_number)
    if found is None:
        raise ValueError(f"the seller's VAT number {seller.vat_number!r} is not Belgian or has wrong check digits; set seller_vat")
    return found


def put_endpoint(party: etree._Element, address: Endpoint) -> None:
    """The electronic address of a party."""
    put(party, "EndpointID", address.value, schemeID=address.scheme)


def _put_address(party: etree._Element, street: str, code: str, city: str, country: str) -> None:
    address = group(party, "PostalAddress")
    put(address, "StreetName", street)
    put(address, "CityName", city)
    put(address, "PostalZone", code)
    put(group(address, "Country"), "IdentificationCode", country)


def _put_vat_number(party: etree._Element, number: str) -> None:
    if number:
        scheme = group(party, "PartyTaxScheme")
        put(scheme, "CompanyID", number)
        put(group(scheme, "TaxScheme"), "ID", "VAT")


def _put_legal_entity(party: etree._Element, name: str, digits: str, register: str) -> None:
    entity = group(party, "PartyLegalEntity")
    put(entity, "RegistrationName", name)
    put(entity, "CompanyID", digits, schemeID=ENTERPRISE)
    put(entity, "CompanyLegalForm", register)


def _split_city(city: str) -> tuple[str, str]:
    """`1000 Bruxelles` in its postal code and its name; what has no code is a name alone."""
    found = POSTAL_CODE.fullmatch(city.strip())
    return (found["code"], found["city"]) if found else ("", city)
