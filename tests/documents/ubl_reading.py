"""An e-invoice read back by other means than it was written with, and its amounts computed anew from its lines."""

import xml.etree.ElementTree as ET
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
Category = tuple[str, Fraction]


@dataclass(frozen=True)
class ReadLine:
    """A line as it stands in the file; amounts exact, in EUR."""

    number: str
    quantity: Fraction
    price: Fraction
    net: Fraction
    category: Category


@dataclass(frozen=True)
class ReadInvoice:
    """The amounts of a file; `vat` is base and VAT by category and rate in percent."""

    kind: str
    lines: tuple[ReadLine, ...]
    vat: dict[Category, tuple[Fraction, Fraction]]
    vat_total: Fraction
    sum_of_lines: Fraction
    net: Fraction
    gross: Fraction
    payable: Fraction

    def faults(self) -> list[str]:
        """What does not follow from the lines to the cent."""
        found = [f"line {line.number}" for line in self.lines if half_up(line.quantity * line.price) != line.net or line.price < 0]
        bases: dict[Category, Fraction] = defaultdict(Fraction)
        for line in self.lines:
            bases[line.category] += line.net
        expected = {(category, rate): (base, half_up(base * rate / 100)) for (category, rate), base in bases.items()}
        if self.vat != expected:
            found.append(f"VAT {self.vat} instead of {expected}")
        if not sum(bases.values()) == self.sum_of_lines == self.net:
            found.append("the sum of the lines")
        if self.vat_total != sum(vat for _, vat in self.vat.values()):
            found.append("the sum of VAT")
        if not self.net + self.vat_total == self.gross == self.payable:
            found.append("the total")
        return found


def half_up(amount: Fraction) -> Fraction:
    """To the cent, half a cent away from zero."""
    cents = (abs(amount) * 100 + Fraction(1, 2)) // 1
    return Fraction(cents if amount >= 0 else -cents, 100)


def read(content: bytes) -> ReadInvoice:
    """The amounts of an e-invoice."""
    root = ET.fromstring(content)
    kind = root.tag.rpartition("}")[2]
    total = _find(root, f"{CAC}TaxTotal")
    sums = _find(root, f"{CAC}LegalMonetaryTotal")
    vat = {
        _category(_find(part, f"{CAC}TaxCategory")): (_amount(part, "TaxableAmount"), _amount(part, "TaxAmount"))
        for part in total.findall(f"{CAC}TaxSubtotal")
    }
    assert len(vat) == len(total.findall(f"{CAC}TaxSubtotal")), "a category and rate is there twice"
    return ReadInvoice(
        kind,
        tuple(_line(line, kind) for line in root.findall(f"{CAC}{kind}Line")),
        vat,
        _amount(total, "TaxAmount"),
        *(_amount(sums, name) for name in ("LineExtensionAmount", "TaxExclusiveAmount", "TaxInclusiveAmount", "PayableAmount")),
    )


def texts(content: bytes, path: str) -> list[str]:
    """The texts at a path of local names, as `PaymentMeans/PaymentID`."""
    return [element.text or "" for element in elements(content, path)]


def elements(content: bytes, path: str) -> list[ET.Element]:
    """The elements at a path of local names."""
    return ET.fromstring(content).findall("/".join(f"{{*}}{name}" for name in path.split("/")))


def _line(line: ET.Element, kind: str) -> ReadLine:
    quantity = "InvoicedQuantity" if kind == "Invoice" else "CreditedQuantity"
    category = _find(line, f"{CAC}Item/{CAC}ClassifiedTaxCategory")
    price = _amount(_find(line, f"{CAC}Price"), "PriceAmount")
    return ReadLine(_text(line, "ID"), Fraction(_text(line, quantity)), price, _amount(line, "LineExtensionAmount"), _category(category))


def _category(element: ET.Element) -> Category:
    percent = element.find(f"{CBC}Percent")
    return _text(element, "ID"), Fraction(percent.text or "") if percent is not None else Fraction(0)


def _amount(parent: ET.Element, name: str) -> Fraction:
    element = _find(parent, CBC + name)
    assert element.get("currencyID") == "EUR"
    return Fraction(element.text or "")


def _text(parent: ET.Element, name: str) -> str:
    return _find(parent, CBC + name).text or ""


def _find(parent: ET.Element, path: str) -> ET.Element:
    found = parent.find(path)
    assert found is not None, f"no {path}"
    return found
