"""Our own checks of VAT: to the cent, per category and rate. The official rules let almost a euro pass."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from lxml import etree

from billing.money import CENT, ZERO, round_half_up
from billing.vat import standard_rate
from tasks.e_invoice.house import house
from tasks.e_invoice.own_form import day
from tasks.e_invoice.reading import Document, place

CATEGORIES = ("S", "AE", "E", "O")  # those that we invoice under
SUBTOTALS = "cac:TaxTotal/cac:TaxSubtotal"


def _category(found: Document, tax_category: etree._Element | None) -> tuple[str, Decimal]:
    """Category and rate in percent; outside VAT there is no rate."""
    if tax_category is None:
        return "", Decimal(0)
    return found.text("cbc:ID", tax_category), found.amount("cbc:Percent", tax_category) or Decimal(0)


def _bases(found: Document) -> dict[tuple[str, Decimal], Decimal]:
    """What the lines, and the charges and allowances of the document, come to by category and rate."""
    bases: dict[tuple[str, Decimal], Decimal] = defaultdict(Decimal)
    for line in found.lines:
        net = found.amount("cbc:LineExtensionAmount", line) or Decimal(0)
        bases[_category(found, found.find("cac:Item/cac:ClassifiedTaxCategory", line))] += net
    for one in found.all("cac:AllowanceCharge"):
        amount = found.amount("cbc:Amount", one) or Decimal(0)
        bases[_category(found, found.find("cac:TaxCategory", one))] += (
            amount if found.text("cbc:ChargeIndicator", one) == "true" else -amount
        )
    return bases


@house("house-vat-base")
def bases(found: Document) -> Iterator[str]:
    """Each category and rate of the lines is in the breakdown once, with the sum of its lines (BR-S-08 lets a euro pass)."""
    expected = _bases(found)
    said: dict[tuple[str, Decimal], list[Decimal | None]] = defaultdict(list)
    for subtotal in found.all(SUBTOTALS):
        said[_category(found, found.find("cac:TaxCategory", subtotal))].append(found.amount("cbc:TaxableAmount", subtotal))
    for key in sorted({*expected, *said}):
        if said.get(key, []) != [expected.get(key)]:
            stands = ", ".join(map(str, said.get(key, []))) or "nothing"
            yield f"category {key[0]} at {key[1]} %: the lines come to {expected.get(key, 0)}, the breakdown says {stands}"


@house("house-vat-to-the-cent")
def to_the_cent(found: Document) -> Iterator[str]:
    """VAT is the base × the rate, half up to the cent, once per category and rate (art. 13ter RD no 1).

    A credit note takes what the VAT of its invoice falls by (GC-5.1), which may be a cent beside that.
    """
    beside = CENT if found.kind == "CreditNote" else ZERO
    for subtotal in found.all(SUBTOTALS):
        base, vat = found.amount("cbc:TaxableAmount", subtotal), found.amount("cbc:TaxAmount", subtotal)
        category, rate = _category(found, found.find("cac:TaxCategory", subtotal))
        if base is None or vat is None:
            yield f"{place(subtotal)} has no base or no VAT that is a number"
        elif abs(vat - round_half_up(base * rate / 100)) > beside:
            yield f"category {category}: {rate} % of {base} is {round_half_up(base * rate / 100)}, it says {vat}"


@house("house-vat-total")
def total(found: Document) -> Iterator[str]:
    """The VAT of the document is that of its categories (BR-CO-14)."""
    expected = sum((found.amount("cbc:TaxAmount", one) or Decimal(0) for one in found.all(SUBTOTALS)), Decimal(0))
    if (said := found.amount("cac:TaxTotal/cbc:TaxAmount")) != expected:
        yield f"VAT by category comes to {expected}, the total of VAT says {said}"


@house("house-vat-category")
def categories(found: Document) -> Iterator[str]:
    """A category we know, at its rate: S at the Belgian rate of the day, the others at none."""
    issued = day(found.text("cbc:IssueDate"))
    for tax_category in [*found.all(f"{SUBTOTALS}/cac:TaxCategory"), *_of_lines(found)]:
        category, rate = _category(found, tax_category)
        if category not in CATEGORIES:
            yield f"{place(tax_category)}: {category!r} is no VAT category that we invoice under ({', '.join(CATEGORIES)})"
        elif category != "S" and rate:
            yield f"{place(tax_category)}: category {category} has a rate of {rate} %; there is none"
        elif category == "S" and issued and rate != standard_rate(issued):
            yield f"{place(tax_category)}: category S at {rate} %; on {issued} the rate was {standard_rate(issued)} %"


def _of_lines(found: Document) -> Iterator[etree._Element]:
    for line in found.lines:
        yield from found.all("cac:Item/cac:ClassifiedTaxCategory", line)


@house("house-line-without-category")
def line_categories(found: Document) -> Iterator[str]:
    """Every line says how it is taxed (BR-CO-04)."""
    for line in found.lines:
        if not found.text("cac:Item/cac:ClassifiedTaxCategory/cbc:ID", line):
            yield f"{place(line)} says not how it is taxed (ClassifiedTaxCategory)"


@house("house-exemption-reason")
def reasons(found: Document) -> Iterator[str]:
    """Without VAT there is a reason why (BR-AE-10, BR-E-10, BR-O-10): the law wants it on the invoice."""
    for tax_category in found.all(f"{SUBTOTALS}/cac:TaxCategory"):
        category, _ = _category(found, tax_category)
        if category in {"AE", "E", "O"} and not (
            found.text("cbc:TaxExemptionReason", tax_category) or found.text("cbc:TaxExemptionReasonCode", tax_category)
        ):
            yield f"category {category} gives no reason why there is no VAT (TaxExemptionReason)"


@house("house-outside-vat-mixed")
def outside_vat_alone(found: Document) -> Iterator[str]:
    """What is outside VAT (category O) stands on a document of its own (BR-O-11, BR-O-12)."""
    used = {category for category, _ in _bases(found)}
    if "O" in used and len(used) > 1:
        yield f"category O stands beside {', '.join(sorted(used - {'O'}))}; what is outside VAT is a debit note of its own"
