"""Whether what we know of a payer can be right: an e-invoice with a wrong number is refused, and cannot be taken back."""

import re
from collections.abc import Callable
from typing import NamedTuple

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from stdnum import ean
from stdnum.au import abn
from stdnum.be import vat as belgian
from stdnum.eu import vat as european
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.no import orgnr as norwegian
from stdnum.se import orgnr as swedish

from billing.vat import MEMBER_STATES, SELLER_COUNTRY, VAT_PREFIXES
from reports.peppol_address import enterprise_digits, vat_identifier

# Schemes of electronic addresses that Peppol takes: its code list EAS as of release 3.0.21, without those that were removed.
SCHEMES = frozenset(
    "0002 0007 0009 0060 0088 0096 0097 0106 0130 0135 0142 0151 0183 0184 0188 0190 0191 0192 0195 0196 0198 0199 0200 0201"
    " 0204 0208 0209 0210 0211 0216 0218 0221 0225 0230 0235 0240 0242 0244 0245 0246 0248 9910 9913 9914 9915 9918 9919 9920"
    " 9922 9923 9924 9925 9926 9927 9928 9929 9930 9931 9932 9933 9934 9935 9936 9937 9938 9939 9940 9941 9942 9943 9944 9945"
    " 9946 9947 9948 9949 9950 9951 9952 9953 9957 9959".split()
)
MAIL = "EM"  # the scheme of a mail address, for who is not reached through Peppol
ENTERPRISE, BELGIAN_VAT = "0208", "9925"
NORTHERN_IRELAND = "XI"


class Form(NamedTuple):
    """What a number of a scheme is called, how it is written, and whether its check digits are right."""

    name: str
    written: str
    is_right: Callable[[str], bool] = lambda _: True


# Of the schemes whose numbers the Peppol rules refuse (fatal) when they are wrong, beside ours.
FORMS = {
    "0007": Form("Swedish organisation number", r"[0-9]{10}", swedish.is_valid),
    "0088": Form("GLN", r"[0-9]{13}", ean.is_valid),
    "0096": Form("number of a Danish chamber of commerce", r"[0-9]{10}"),
    "0151": Form("Australian business number", r"[0-9]{11}", abn.is_valid),
    "0184": Form("Danish organisation number", r"(DK)?[0-9]{8}"),
    "0192": Form("Norwegian organisation number", r"[0-9]{9}", norwegian.is_valid),
    "0198": Form("Danish VAT number", r"DK[0-9]{8}"),
}
PREFIX_OF = {"GR": "EL", "GB": NORTHERN_IRELAND}  # where it is not the code of the country
CHECKED_PREFIXES = VAT_PREFIXES | {NORTHERN_IRELAND}


def faults_of(country: str, vat_number: str, peppol_id: str) -> tuple[str, ...]:
    """What cannot be right of a payer, in words, each naming the column of parties.csv; nothing when all of it can be.

    How a number is written (blanks, dots, case, without its prefix) does not matter: the e-invoice has it right. Numbers of countries
    that are no member states are not checked.
    """
    found = (_fault_of_vat(country, vat_number), _fault_of_peppol_id(country, vat_number, peppol_id))
    return tuple(fault for fault in found if fault)


def _fault_of_vat(country: str, vat_number: str) -> str:
    number = vat_identifier(vat_number, country)
    own = PREFIX_OF.get(country, country)
    if not number:
        return f"vat_number {vat_number!r} has no digits" if vat_number.strip() else ""
    if country in MEMBER_STATES and number[:2] not in CHECKED_PREFIXES:
        return f"vat_number {vat_number!r} does not begin with the prefix of a member state ({own} for {country})"
    if fault := fault_of_vat_number(number):
        return f"vat_number {fault}"
    # A company from elsewhere may be registered in Belgium; its VAT is then Belgian, as that of any Belgian payer.
    expected = {own, country, SELLER_COUNTRY} if country == "GB" else {own, SELLER_COUNTRY}
    if (country in MEMBER_STATES or country == "GB") and number[:2] not in expected:
        return f"vat_number {number!r} is not of the payer's country, {country}, whose numbers begin with {own}"
    return ""


def _fault_of_peppol_id(country: str, vat_number: str, peppol_id: str) -> str:
    scheme, colon, value = (part.strip() for part in peppol_id.partition(":"))
    if not peppol_id.strip():
        return ""
    if not colon or not value:
        return f"peppol_id {peppol_id!r} is not written as scheme:value, as 0208:0123456749"
    if scheme not in SCHEMES:
        return f"peppol_id {peppol_id!r}: {scheme!r} is no scheme of Peppol addresses"
    if name := _no_number_of(scheme, value):
        return f"peppol_id {peppol_id!r}: {value!r} is no {name}"
    digits, number = enterprise_digits(value), vat_identifier(vat_number, country)
    if scheme in {ENTERPRISE, BELGIAN_VAT} and number.startswith(SELLER_COUNTRY) and digits != number[2:]:
        return f"peppol_id {peppol_id!r} is of another company than vat_number {number!r}"
    return ""


def _no_number_of(scheme: str, value: str) -> str:
    """What a value of a scheme should be and is not; "" for one that can be right, or that nobody checks."""
    if scheme in {ENTERPRISE, BELGIAN_VAT}:
        return "" if enterprise_digits(value) else "Belgian enterprise number: ten digits, the last two of them check digits"
    form = FORMS.get(scheme)
    return form.name if form is not None and not (re.fullmatch(form.written, value) and form.is_right(value)) else ""


def fault_of_vat_number(number: str) -> str:
    """What is wrong with a VAT number in its compact form; "" also for one of a country that we cannot check."""
    if number[:2] not in CHECKED_PREFIXES:
        return ""
    if not number.isascii() or not number.isalnum():
        return f"{number!r} is not written as letters and digits alone"
    if number[:2] == SELLER_COUNTRY and not re.fullmatch(r"[01]\d{9}", number[2:]):
        return f"{number!r} is not BE and ten digits, the first of them 0 or 1"
    try:
        (belgian if number[:2] == SELLER_COUNTRY else european).validate(number)
    except InvalidChecksum:
        return f"{number!r} has wrong check digits"
    except ValidationError:
        return f"{number!r} is not of the form that numbers of {number[:2]} have"
    return ""


def fault_of_seller_vat(vat_number: str) -> str:
    """What is wrong with the seller's own number; how it is written does not matter."""
    number = vat_identifier(vat_number, SELLER_COUNTRY)
    return fault_of_vat_number(number) if number.startswith(SELLER_COUNTRY) else f"{vat_number!r} is no Belgian number"


def fault_of_enterprise_number(number: str) -> str:
    """What is wrong with a Belgian enterprise number as an electronic address of scheme 0208."""
    if not re.fullmatch(r"[01]\d{9}", number, re.ASCII):
        return f"{number!r} is no enterprise number: ten digits, the first of them 0 or 1, without BE, dots and blanks"
    return "" if belgian.is_valid(number) else f"the enterprise number {number!r} has wrong check digits"


def fault_of_scheme(scheme: str) -> str:
    """What is wrong with the scheme of an electronic address."""
    return "" if scheme in SCHEMES | {MAIL} else f"{scheme!r} is no scheme of electronic addresses"


def is_iban(text: str) -> bool:
    """Whether the text is an IBAN with right check digits; blanks in it do not matter."""
    try:
        IBAN(text)
    except SchwiftyException:
        return False
    return True
