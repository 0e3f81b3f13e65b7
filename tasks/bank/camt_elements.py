"""What stands in an element of a CAMT.053 file: texts, days and amounts, each refused with its line when it is not what it must be.

Paths are names of elements without namespace, as "Acct/Id/IBAN".
"""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

from billing.bank import StatementRefused
from billing.money import CENT
from billing.period import BRUSSELS

Element: TypeAlias = Any  # lxml has no types of its own


class ElementRefused(StatementRefused):
    """A part of a statement that is not as it must be, with its line of the file."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.line = line


def refused(element: Element, reason: str) -> ElementRefused:
    """The refusal of an element, to be raised."""
    return ElementRefused(reason, int(element.sourceline or 0))


def children(element: Element, path: str) -> list[Element]:
    """All elements at a path, in the order of the file."""
    found: list[Element] = element.findall("/".join(f"{{*}}{name}" for name in path.split("/")))
    return found


def child(element: Element, path: str) -> Element | None:
    """The first element at a path, None when there is none."""
    found = children(element, path)
    return found[0] if found else None


def required(element: Element, path: str) -> Element:
    """The first element at a path. Raises ElementRefused when there is none."""
    found = child(element, path)
    if found is None:
        raise refused(element, f"{name_of(element)} has no {path}; ask the bank for the statement again")
    return found


def name_of(element: Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def text_of(element: Element, *paths: str) -> str:
    """The text at the first of the paths that has one, white space in it made single; "" for none."""
    for path in paths:
        found = child(element, path)
        if found is not None and found.text and found.text.strip():
            return " ".join(found.text.split())
    return ""


def amount_of(element: Element, path: str = "Amt") -> Decimal:
    """The amount in EUR at a path, as it stands there. Raises ElementRefused for another currency or parts of a cent."""
    found = required(element, path)
    currency = found.get("Ccy", "")
    if currency != "EUR":
        raise refused(found, f"an amount in {currency or 'no currency'}; only statements in EUR are booked")
    written = (found.text or "").strip()
    if not re.fullmatch(r"\d{1,12}(\.\d{1,5})?|\.\d{1,5}", written):
        raise refused(found, f"{written[:40]!r} is no amount; ask the bank for the statement again")
    return in_cents(found, written)


def in_cents(element: Element, written: str) -> Decimal:
    """An amount to the cent. Raises ElementRefused when it has parts of a cent."""
    try:
        amount = Decimal(written)
        rounded = amount.quantize(CENT)
    except InvalidOperation:
        raise refused(element, f"{written[:40]!r} is no amount; ask the bank for the statement again") from None
    if rounded != amount:
        raise refused(element, f"{written} EUR has parts of a cent; ask the bank for the statement again")
    return rounded


def sign_of(element: Element) -> int | None:
    """1 where the element says credit, -1 where it says debit, None where it says neither."""
    return {"CRDT": 1, "DBIT": -1}.get(text_of(element, "CdtDbtInd"))


def required_sign(element: Element) -> int:
    """As sign_of. Raises ElementRefused where the element says neither."""
    sign = sign_of(element)
    if sign is None:
        raise refused(element, f"{name_of(element)} does not say whether it is credit or debit (CdtDbtInd); ask the bank for it again")
    return sign


def day_of(element: Element, path: str) -> date | None:
    """The day at a path, in its Dt or its DtTm, in Brussels where that has a zone; None when it is not given."""
    found = child(element, path)
    if found is None:
        return None
    written = text_of(found, "Dt", "DtTm")
    try:
        if len(written) > len("2026-10-28") and "T" in written:
            moment = datetime.fromisoformat(written)
            return (moment.astimezone(BRUSSELS) if moment.tzinfo else moment).date()
        return date.fromisoformat(written[:10])  # a date may carry a zone, which says nothing of a day
    except ValueError:
        raise refused(found, f"{written[:40]!r} is no day; ask the bank for the statement again") from None


def required_day(element: Element, path: str) -> date:
    """As day_of. Raises ElementRefused when there is none."""
    found = day_of(element, path)
    if found is None:
        raise refused(element, f"{name_of(element)} has no {path}; ask the bank for the statement again")
    return found


__all__ = [
    "Element", "ElementRefused", "amount_of", "child", "children", "day_of", "name_of", "refused", "required", "required_day",
    "required_sign", "sign_of", "text_of",
]  # fmt: skip
