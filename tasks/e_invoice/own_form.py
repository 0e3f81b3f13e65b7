"""Our own checks of the form: what it says it is, what it refers to, its notes, periods and attachments."""

import base64
import binascii
from collections import Counter
from collections.abc import Iterator
from datetime import date

from lxml import etree

from tasks.e_invoice.house import house
from tasks.e_invoice.reading import Document, place

CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
TYPE_CODES = {"Invoice": ("380", "383"), "CreditNote": ("381",)}
CURRENCY = "EUR"


@house("house-customization")
def customization(found: Document) -> Iterator[str]:
    """Which rules it follows (R004)."""
    if (said := found.text("cbc:CustomizationID")) != CUSTOMIZATION:
        yield f"CustomizationID is {said!r}; Peppol BIS Billing 3.0 is {CUSTOMIZATION!r}"


@house("house-profile")
def profile(found: Document) -> Iterator[str]:
    """Which business it is part of (R007)."""
    if (said := found.text("cbc:ProfileID")) != PROFILE:
        yield f"ProfileID is {said!r}; billing is {PROFILE!r}"


@house("house-type")
def type_of_document(found: Document) -> Iterator[str]:
    """An invoice 380, a debit note 383, a credit note 381 (P0100, P0101)."""
    if found.type_code not in TYPE_CODES[found.kind]:
        yield f"the type of this {found.kind} is {found.type_code!r}; expected {' or '.join(TYPE_CODES[found.kind])}"


@house("house-one-note")
def one_note(found: Document) -> Iterator[str]:
    """At most one note on the document (R002)."""
    if len(notes := found.all("cbc:Note")) > 1:
        yield f"it has {len(notes)} notes; one at most is allowed"


@house("house-empty-element")
def empty_elements(found: Document) -> Iterator[str]:
    """No element without content (R008)."""
    for element in found.root.iter(etree.Element):
        if not len(element) and not (element.text or "").strip():
            yield f"{place(element)} is empty; leave it out"


@house("house-currency")
def currency(found: Document) -> Iterator[str]:
    """Everything in euro (R051)."""
    if (said := found.text("cbc:DocumentCurrencyCode")) != CURRENCY:
        yield f"DocumentCurrencyCode is {said!r}; we invoice in {CURRENCY}"
    for element in found.root.iter(etree.Element):
        if element.get("currencyID", CURRENCY) != CURRENCY:
            yield f"{place(element)} is in {element.get('currencyID')}; we invoice in {CURRENCY}"


@house("house-buyer-reference")
def buyer_reference(found: Document) -> Iterator[str]:
    """A reference of the buyer (R003)."""
    if not found.text("cbc:BuyerReference") and not found.text("cac:OrderReference/cbc:ID"):
        yield "it has neither BuyerReference nor OrderReference; give the customer number"


@house("house-billing-reference")
def billing_reference(found: Document) -> Iterator[str]:
    """A credit note names the invoice that it credits (art. 4 and 12, RD no 1)."""
    if found.kind == "CreditNote" and not found.text("cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID"):
        yield "this credit note names no invoice that it credits (BillingReference)"


@house("house-lines")
def lines(found: Document) -> Iterator[str]:
    """There are lines, each with a number of its own and a name."""
    if not found.lines:
        yield "it has no line"
    for line_id, times in Counter(found.text("cbc:ID", line) for line in found.lines).items():
        if times > 1:
            yield f"{times} lines have the number {line_id!r}"
    for line in found.lines:
        if not found.text("cac:Item/cbc:Name", line):
            yield f"{place(line)} says not what it is for (Item/Name)"


@house("house-period")
def periods(found: Document) -> Iterator[str]:
    """No period ends before it begins, and no line is outside the period of the document (BR-29, BR-30, R110, R111)."""
    whole = _period(found, found.find("cac:InvoicePeriod"))
    if whole and whole[0] > whole[1]:
        yield f"its period ends on {whole[1]}, before it begins on {whole[0]}"
    for line in found.lines:
        own = _period(found, found.find("cac:InvoicePeriod", line))
        if own is None:
            continue
        if own[0] > own[1]:
            yield f"the period of {place(line)} ends on {own[1]}, before it begins on {own[0]}"
        if whole and not whole[0] <= own[0] <= own[1] <= whole[1]:
            yield f"the period of {place(line)}, {own[0]} to {own[1]}, is not within {whole[0]} to {whole[1]} of the document"


def _period(found: Document, period: etree._Element | None) -> tuple[date, date] | None:
    """First and last day; None without both, or when one is no day (the schema says so)."""
    if period is None:
        return None
    first, last = day(found.text("cbc:StartDate", period)), day(found.text("cbc:EndDate", period))
    return (first, last) if first and last else None


def day(text: str) -> date | None:
    """The text as a day, or None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@house("house-attachment")
def attachments(found: Document) -> Iterator[str]:
    """What is embedded is a PDF, whole and under a name."""
    for embedded in found.all("cac:AdditionalDocumentReference/cac:Attachment/cbc:EmbeddedDocumentBinaryObject"):
        if fault := _fault_of_pdf(embedded):
            yield f"{place(embedded)} {fault}"


def _fault_of_pdf(embedded: etree._Element) -> str:
    if embedded.get("mimeCode") != "application/pdf":
        return f"is said to be {embedded.get('mimeCode')!r}; expected application/pdf"
    if not embedded.get("filename"):
        return "has no file name"
    try:
        content = base64.b64decode("".join((embedded.text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        return "is not base64"
    if not content.startswith(b"%PDF-"):
        return "is not a PDF"
    return "" if b"%%EOF" in content[-1024:] else "is a PDF without its end"
