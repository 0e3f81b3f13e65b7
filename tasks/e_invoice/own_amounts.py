"""Our own checks of the amounts: lines, sums and totals, to the cent where official rules leave room."""

from collections.abc import Iterator
from decimal import Decimal

from lxml import etree

from billing.money import CENT, round_half_up
from tasks.e_invoice.house import house
from tasks.e_invoice.reading import QUANTITY, Document, decimal, place

TOTALS = "cac:LegalMonetaryTotal/cbc:"


def charges(found: Document, start: etree._Element | None = None) -> Decimal:
    """The charges less the allowances that stand directly below the document, or below the line given."""
    total = Decimal(0)
    for one in found.all("cac:AllowanceCharge", start):
        amount = found.amount("cbc:Amount", one) or Decimal(0)
        total += amount if found.text("cbc:ChargeIndicator", one) == "true" else -amount
    return total


@house("house-decimals")
def decimals(found: Document) -> Iterator[str]:
    """Amounts have at most two decimals (BR-DEC-*); prices may have more."""
    for element in found.root.iter(etree.Element):
        if element.get("currencyID") is None or etree.QName(element).localname in {"PriceAmount", "BaseAmount"}:
            continue
        amount = decimal((element.text or "").strip())
        if amount is None:
            yield f"{place(element)}: {element.text!r} is no amount"
        elif amount != amount.quantize(CENT):
            yield f"{place(element)}: {amount} has more than two decimals"


@house("house-line-amount")
def line_amounts(found: Document) -> Iterator[str]:
    """A line is its quantity × its price, to the cent (R120 lets two cents pass)."""
    for line in found.lines:
        net, price = found.amount("cbc:LineExtensionAmount", line), found.amount("cac:Price/cbc:PriceAmount", line)
        quantity = found.amount(f"cbc:{QUANTITY[found.kind]}", line)
        if net is None or price is None or quantity is None:
            yield f"{place(line)} has no amount, no price or no quantity that is a number"
            continue
        per = found.amount("cac:Price/cbc:BaseQuantity", line) or Decimal(1)
        expected = round_half_up(quantity * price / per + charges(found, line))
        if net != expected:
            yield f"{place(line)} is {net}, but {quantity} × {price} is {expected}"


@house("house-price-negative")
def prices(found: Document) -> Iterator[str]:
    """No price is below zero (BR-27); what is taken off has a quantity below zero."""
    for line in found.lines:
        price = found.amount("cac:Price/cbc:PriceAmount", line)
        if price is not None and price < 0:
            yield f"the price of {place(line)} is {price}, below zero"


@house("house-sum-of-lines")
def sum_of_lines(found: Document) -> Iterator[str]:
    """The total of the lines is their sum (BR-CO-10)."""
    expected = sum((found.amount("cbc:LineExtensionAmount", line) or Decimal(0) for line in found.lines), Decimal(0))
    if (said := found.amount(f"{TOTALS}LineExtensionAmount")) != expected:
        yield f"the lines come to {expected}, the total of lines says {said}"


@house("house-totals")
def totals(found: Document) -> Iterator[str]:
    """Without VAT, with VAT and to pay follow from each other (BR-CO-13, -15, -16)."""
    of_lines, net = found.amount(f"{TOTALS}LineExtensionAmount"), found.amount(f"{TOTALS}TaxExclusiveAmount")
    gross, payable = found.amount(f"{TOTALS}TaxInclusiveAmount"), found.amount(f"{TOTALS}PayableAmount")
    vat = found.amount("cac:TaxTotal/cbc:TaxAmount")
    if of_lines is None or net is None or gross is None or payable is None or vat is None:
        yield "one of its totals is missing or no number"
        return
    if net != of_lines + charges(found):
        yield f"without VAT it says {net}, but the lines come to {of_lines + charges(found)}"
    if gross != net + vat:
        yield f"with VAT it says {gross}, but {net} and {vat} VAT are {net + vat}"
    rest = gross - (found.amount(f"{TOTALS}PrepaidAmount") or Decimal(0)) + (found.amount(f"{TOTALS}PayableRoundingAmount") or Decimal(0))
    if payable != rest:
        yield f"to pay is {payable}, but {rest} is left of what it comes to"


@house("house-sign")
def sign(found: Document) -> Iterator[str]:
    """No document is below zero: what is given back is a credit note, whose amounts are positive."""
    gross = found.amount(f"{TOTALS}TaxInclusiveAmount")
    if gross is not None and gross < 0:
        yield f"it comes to {gross}, below zero; " + (
            "a credit note gives back positive amounts" if found.kind == "CreditNote" else "money back goes on a credit note"
        )
