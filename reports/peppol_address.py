"""Where an e-invoice goes: the electronic address of a company, from its Peppol id or its VAT number."""

import re
from typing import NamedTuple

from stdnum.be import vat as belgian

from billing.vat import SELLER_COUNTRY

ENTERPRISE, MAIL = "0208", "EM"
# The schemes of VAT numbers by their prefix, as far as the code list has one.
VAT_SCHEMES = {
    "AT": "9914", "BG": "9926", "CH": "9927", "CY": "9928", "CZ": "9929", "DE": "9930", "EE": "9931", "EL": "9933", "ES": "9920",
    "FR": "9957", "GB": "9932", "HR": "9934", "HU": "9910", "IE": "9935", "IT": "0211", "LI": "9936", "LT": "9937", "LU": "9938",
    "LV": "9939", "MC": "9940", "MT": "9943", "NL": "9944", "PL": "9945", "PT": "9946", "RO": "9947", "SI": "9949", "SK": "9950",
}  # fmt: skip
SCHEME = re.compile(r"[0-9A-Z]{2,4}")


class Endpoint(NamedTuple):
    """An electronic address: its scheme (of the list EAS) and its value."""

    scheme: str
    value: str


def endpoint(peppol_id: str, country: str, vat_number: str) -> Endpoint | None:
    """The electronic address that an e-invoice names for a company, None when there is none.

    Its Peppol id; else with a Belgian VAT number its enterprise number, which has the same ten digits; else its VAT number. A mail address
    is none that the rules of Peppol know.
    """
    if found := _of_peppol_id(peppol_id):
        return found
    if _is_belgian(vat_number, country) and (number := enterprise_digits(vat_number)):
        return Endpoint(ENTERPRISE, number)
    identifier = vat_identifier(vat_number, country)
    scheme = VAT_SCHEMES.get(identifier[:2])
    return Endpoint(scheme, identifier) if scheme else None


def peppol_address(peppol_id: str, country: str, vat_number: str) -> str:
    """`0208:0123456749`, or "" for a payer who is not reached through Peppol: a Belgian company is, others when they have a Peppol id."""
    found = _of_peppol_id(peppol_id)
    if found is None and country == SELLER_COUNTRY:
        found = endpoint("", country, vat_number)
    return f"{found.scheme}:{found.value}" if found else ""


def enterprise_digits(vat_number: str) -> str:
    """The ten digits of a Belgian VAT or enterprise number, written with or without BE, dots and blanks; "" when it cannot be one."""
    compact = re.sub(r"[\s./-]", "", vat_number).upper().removeprefix(SELLER_COUNTRY)
    digits = compact.zfill(10) if len(compact) == 9 else compact  # of before 2005: without the leading 0
    is_one = re.fullmatch(r"[01][0-9]{9}", digits) is not None and belgian.is_valid(digits)
    return digits if is_one else ""


def vat_identifier(vat_number: str, country: str) -> str:
    """A VAT number as software compares it, with the prefix of its country: BE0123456749; "" when there is none."""
    compact = "".join(character for character in vat_number.upper() if character.isascii() and character.isalnum())
    if not any(character.isdigit() for character in compact):
        return ""
    if country == SELLER_COUNTRY and (digits := enterprise_digits(compact)):
        return SELLER_COUNTRY + digits
    return compact if compact[:2].isalpha() else {"GR": "EL"}.get(country, country) + compact


def _is_belgian(vat_number: str, country: str) -> bool:
    """Whether a number is Belgian: by its prefix, and without one by the country."""
    prefix = vat_number.strip()[:2].upper()
    return (prefix if prefix.isalpha() else country) == SELLER_COUNTRY


def _of_peppol_id(peppol_id: str) -> Endpoint | None:
    """The two parts of `0208:0123456749`; None for what is not written so. A number of 0208 may be written as be0123.456.749."""
    scheme, _, value = (part.strip() for part in peppol_id.strip().partition(":"))
    if not SCHEME.fullmatch(scheme.upper()) or not value or scheme.upper() == MAIL:
        return None
    if scheme == ENTERPRISE:
        number = enterprise_digits(value)
        return Endpoint(ENTERPRISE, number) if number else None
    return Endpoint(scheme.upper(), value)
