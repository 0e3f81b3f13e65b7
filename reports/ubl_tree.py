"""The elements of a UBL document: groups and values in their namespaces, none of them ever empty, in characters that XML allows."""

import re
from datetime import date
from decimal import Decimal

from lxml import etree

from billing.money import CENT, ZERO

CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
ROOT = "urn:oasis:names:specification:ubl:schema:xsd:{}-2"
EURO = {"currencyID": "EUR"}

BLANKS = re.compile(r"[^\S\u00a0\u202f]+")  # the blanks no line may end at stay
# Controls, halves of a character and non-characters: XML cannot hold the first, and nobody could read any of them.
GONE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def document(kind: str) -> etree._Element:
    """The root of an Invoice or a CreditNote."""
    uri = ROOT.format(kind)
    return etree.Element(f"{{{uri}}}{kind}", nsmap={None: uri, "cac": CAC, "cbc": CBC})


def group(parent: etree._Element, *names: str) -> etree._Element:
    """A group of elements below `parent`; of several names each is in the one before."""
    for name in names:
        parent = etree.SubElement(parent, f"{{{CAC}}}{name}")
    return parent


def put(parent: etree._Element, name: str, text: str, **attributes: str) -> None:
    """A value below `parent`; nothing at all for a text that shows nothing."""
    if shown := legible(text):
        etree.SubElement(parent, f"{{{CBC}}}{name}", attributes).text = shown


def put_day(parent: etree._Element, name: str, day: date | None) -> None:
    """A day as 2026-11-27; nothing for None."""
    if day is not None:
        etree.SubElement(parent, f"{{{CBC}}}{name}").text = day.isoformat()


def put_amount(parent: etree._Element, name: str, amount: Decimal) -> None:
    """EUR to the cent. Raises ValueError for parts of a cent."""
    etree.SubElement(parent, f"{{{CBC}}}{name}", EURO).text = cents(amount)


def cents(amount: Decimal) -> str:
    """`1234.50`: an amount as it stands in a document. Raises ValueError for parts of a cent: nothing is rounded here."""
    exact = amount.quantize(CENT)
    if exact != amount:
        raise ValueError(f"{amount} EUR has parts of a cent")
    return f"{exact + ZERO:f}"  # plus zero: there is no -0.00


def shortest(number: Decimal) -> str:
    """A quantity or a price without needless zeros: `3`, `0.0125`."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def legible(text: str) -> str:
    """The text in one line, without the characters that XML cannot hold; all others, emoji and Arabic among them, stay as they are."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return GONE.sub("", BLANKS.sub(" ", text)).strip()


def written(root: etree._Element) -> bytes:
    """The document in UTF-8, the same bytes for the same elements."""
    found: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return found
