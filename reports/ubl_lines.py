"""The lines of an e-invoice: what is charged, for whom and when, as a quantity × a price that give its amount to the cent."""

from decimal import Decimal
from typing import NamedTuple

from lxml import etree

from billing.money import round_half_up
from reports.late_text import computed_from
from reports.line_text import balance_ends, contract_title, small_print, title_of
from reports.records import EndClientSection, InvoiceHead, InvoiceRecord, LineRecord, VatCategory
from reports.ubl_tree import cents, group, legible, put, put_amount, put_day, shortest
from reports.wording import Wording

ONE, UNITS = Decimal(1), "C62"  # of UN/ECE recommendation 20: pieces, users, numbers, messages alike
INVOICED_OBJECT = "130"


class Priced(NamedTuple):
    """The quantity and the price, never below zero, that a line is written with; of a `lump` they are 1 and its amount."""

    quantity: Decimal
    price: Decimal
    is_lump: bool


def priced(line: LineRecord) -> Priced:
    """Quantity × price where they give the amount to the cent, else one unit at the amount; a sign stands on the quantity.

    Calls are priced one by one, days pro rata, parts of a line credited at their amount: their quantity goes in the note.
    """
    sign = -ONE if line.net < 0 else ONE
    if line.unit_price is not None:
        quantity, price = abs(line.quantity), abs(line.unit_price)
        if round_half_up(quantity * price) == abs(line.net):
            return Priced(sign * quantity, price, is_lump=False)
    return Priced(sign, abs(line.net), is_lump=True)


def put_lines(root: etree._Element, record: InvoiceRecord, words: Wording) -> None:
    """Every line, in the order of the paper and under its number there."""
    lines = [line for section in record.end_clients for line in section.lines]
    is_numbered = len({line.line_seq for line in lines} - {0}) == len(lines)
    position = 0
    for section in record.end_clients:
        ends = balance_ends(section.lines)
        for line in section.lines:
            position += 1
            number = line.line_seq if is_numbered else position
            _put_line(root, line, number, _Around(record.head, section, title_of(line, words, ends), words))


class _Around(NamedTuple):
    """What a line stands in: the document, the section of its end client, its title, and the words of the reader."""

    head: InvoiceHead
    section: EndClientSection
    title: str
    words: Wording

    @property
    def end_client(self) -> str:
        """The end client, "" where the payer is its own."""
        return "" if self.section.end_client_id == self.head.payer.payer_id else self.section.name


def _put_line(root: etree._Element, line: LineRecord, number: int, around: _Around) -> None:
    is_credit, as_priced = around.head.kind == "credit_note", priced(line)
    element = group(root, "CreditNoteLine" if is_credit else "InvoiceLine")
    put(element, "ID", str(number))
    put(element, "Note", _note(line, as_priced, around))
    put(element, "CreditedQuantity" if is_credit else "InvoicedQuantity", shortest(as_priced.quantity), unitCode=UNITS)
    put_amount(element, "LineExtensionAmount", line.net)
    if around.end_client:
        put(element, "AccountingCost", around.section.end_client_id)  # so that a partner can book each of its clients apart
    _put_period(element, line, around.head)
    _put_object(element, line, around.head)
    _put_item(element, line, around)
    put(group(element, "Price"), "PriceAmount", _price(as_priced.price), currencyID="EUR")


def _note(line: LineRecord, as_priced: Priced, around: _Around) -> str:
    """What stands small below it on paper, after quantity and price where it is written as a lump; of a debit note how it was computed."""
    figures = around.words.figures
    if line.late is not None:
        return computed_from(line.late, around.words)
    said = small_print(line, around.head, around.words)
    if not as_priced.is_lump or (line.unit_price is None and line.quantity == 1):
        return said
    shown = figures.quantity(line.quantity)
    if line.unit_price is not None:
        shown = f"{shown} × {figures.unit_price(line.unit_price)}"
    quantity = around.words("mail.pair", label=around.words("column.quantity"), value=shown)
    return f"{quantity}. {said}".rstrip()


def _put_period(element: etree._Element, line: LineRecord, head: InvoiceHead) -> None:
    """The days of a line, where they are within those of the document: the day that an SLA credit was granted need not be (R110, R111)."""
    if head.period_first <= line.from_day <= line.to_day <= head.period_last:
        period = group(element, "InvoicePeriod")
        put_day(period, "StartDate", line.from_day)
        put_day(period, "EndDate", line.to_day)


def _put_object(element: etree._Element, line: LineRecord, head: InvoiceHead) -> None:
    """The line of the order that it charges; the lines of a debit note charge none."""
    if legible(line.line_id) and head.kind != "debit_note":
        reference = group(element, "DocumentReference")
        put(reference, "ID", line.line_id)
        put(reference, "DocumentTypeCode", INVOICED_OBJECT)


def _put_item(element: etree._Element, line: LineRecord, around: _Around) -> None:
    words, item = around.words, group(element, "Item")
    under = contract_title(line.service, line.contract_id, None, words)
    put(item, "Description", " · ".join(filter(None, (around.end_client, under))))
    put(item, "Name", legible(around.title) or legible(line.product) or words(f"category.{_category(line)}"))
    if legible(line.product):
        put(group(item, "SellersItemIdentification"), "ID", line.product)
    put_category(item, "ClassifiedTaxCategory", line.vat_category, line.vat_rate)
    named = (("label.end_client", around.end_client), ("column.contract", line.contract_id), ("column.clause", line.clause))
    for label, value in named:
        if legible(value):
            attribute = group(item, "AdditionalItemProperty")
            put(attribute, "Name", words(label))
            put(attribute, "Value", value)


def _category(line: LineRecord) -> str:
    return "recurring" if line.charge == "pro_rata" else line.charge


def _price(price: Decimal) -> str:
    """A price with two decimals at least: `12.00`, `0.0125`."""
    text = shortest(price)
    return text if len(text.partition(".")[2]) > 2 else f"{price:.2f}"


def put_category(parent: etree._Element, name: str, category: VatCategory, rate: Decimal, reason: tuple[str, str] = ("", "")) -> None:
    """A VAT category with its rate and, when given, the code of the reason for no VAT and the reason; what is outside VAT has no rate."""
    tax = group(parent, name)
    put(tax, "ID", category)
    if category != "O":
        put(tax, "Percent", cents(rate))
    put(tax, "TaxExemptionReasonCode", reason[0])
    put(tax, "TaxExemptionReason", reason[1])
    put(group(tax, "TaxScheme"), "ID", "VAT")
