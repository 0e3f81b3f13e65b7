"""Lives of contracts in words, with what they are charged computed by hand from the clauses: by neither program. Here how they are told.

A bill reads `run: line charge first..last quantity = net`, the last day included. `totals` is what a line is charged in all.
The plain re-computation and the product are both held against them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol

import pytest
from _pytest.mark import ParameterSet

from tests.plain_contract import Book, Contract, Extra, Grant, Letter, Line, Payer, Price, Product
from tests.plain_invoices import Bill, prepaid_joined

CATALOGUE = (
    Product("bt-user", "business_telephony", "user", "advance"),
    Product("bt-number", "business_telephony", "national_number", "advance"),
    Product("bt-number-int", "business_telephony", "international_number", "advance"),
    Product("bt-pack", "business_telephony", "pack", "advance"),
    Product("bt-phone", "business_telephony", "hardware", "at_order"),
    Product("sip-channel", "sip_trunking", "channel", "advance"),
    Product("wm-licence", "web_meeting", "licence", "at_order"),
    Product("tlx-user", "telavox", "user", "arrears"),
    Product("tlx-desk", "telavox", "licence", "advance"),
)


@dataclass(frozen=True)
class Life:
    """What was agreed and what happened, the runs in their order, and what they must bill."""

    in_words: str
    clauses: tuple[str, ...]
    book: Book
    runs: tuple[str, ...]
    bills: tuple[str, ...] = ()  # in any order
    totals: dict[str, str] = field(default_factory=dict)

    def perform(self, by: "Runs") -> None:
        """Makes every run, in order."""
        for run in self.runs:
            kind, _, of = run.partition(" ")
            month, _, on = of.partition(" on ")
            if kind == "close":
                by.close(month, day(on))
            else:
                by.orders(day(of))


def day(text: str) -> date:
    return date.fromisoformat(text)


def closes(first: str, last: str) -> tuple[str, ...]:
    """The closes of the months from the first to the last, each on its 28th."""
    months = [f"{year}-{month:02}" for year in range(2024, 2034) for month in range(1, 13)]
    return tuple(f"close {month} on {month}-28" for month in months if first <= month <= last)


def book(*parts: Contract | Line | Letter | Price | Extra | Grant | Payer, shows: dict[str, dict[str, int]] | None = None) -> Book:
    """A book of these parts. `shows`: by day and line how many elements the inventory shows; without it one day with all as ordered."""
    found = Book(products={product.product: product for product in CATALOGUE})
    for part in parts:
        match part:
            case Contract():
                found.contracts[part.contract_id] = part
                found.payers.setdefault(part.payer_id, Payer(part.payer_id))
            case Payer():
                found.payers[part.payer_id] = part
            case Line():
                found.lines.append(part)
            case Letter():
                found.letters.append(part)
            case Price():
                found.prices.append(part)
            case Extra():
                found.extras.append(part)
            case Grant():
                found.grants.append(part)
    counted = {line.line_id: line.quantity for line in found.lines if found.product(line).kind not in ("pack", "hardware")}
    found.prices = found.prices or [Price("bt-user", day("2020-01-01"), Decimal("99.00"))]  # no line of the lives takes it
    for on, lines in (shows or {"2024-01-01": counted}).items():
        found.inventory[day(on)] = {line_id: frozenset(f"{line_id}-{n}" for n in range(count)) for line_id, count in lines.items()}
    return found


def contract(starts: str, terms: str = "allocloud", months: int = 24, contract_id: str = "C", payer: str = "P", **cells: int) -> Contract:
    return Contract(contract_id, payer, terms, day(starts), day(starts), months, **cells)


def line(line_id: str, product: str, quantity: int, price: str, starts: str, *, charged: str = "", contract: str = "C", client: str = "E",
         ends: str = "", months: int | None = None) -> Line:  # fmt: skip
    ends_on, charged_through = day(ends) if ends else None, day(charged) if charged else None
    return Line(line_id, contract, client, product, quantity, day(starts), Decimal(price), ends_on, months, charged_through)


def letter(received: str, asked: str = "", by: str = "client", line_id: str = "", contract: str = "C", client: str = "", noted: str = "",
           *, breach: bool = False, name: str = "T") -> Letter:  # fmt: skip
    asked_day, noted_day = day(asked) if asked else None, day(noted) if noted else None
    return Letter(name, contract, by, day(received), asked_day, line_id, client, breach, noted_day)


def parts(text: str) -> tuple[str, ...]:
    return tuple(row.strip() for row in text.strip().splitlines())


def cases(lives: Iterable[Life]) -> list[ParameterSet]:
    """The lives as parameters of a test, each named in its words and marked with its clauses."""
    return [pytest.param(life, id=life.in_words, marks=pytest.mark.clause(*life.clauses)) for life in lives]


class Runs(Protocol):
    """Who bills: the plain re-computation or the product."""

    def close(self, month: str, on: date) -> None: ...

    def orders(self, on: date) -> None: ...


def shown(life: Life, bills: Iterable[Bill]) -> list[str]:
    """The bills as the lives write them, in order."""
    found = prepaid_joined(bills, life.book.prepaid)
    return sorted(
        f"{bill.run}: {bill.line_id} {bill.charge} {bill.first}..{bill.last} {bill.quantity.normalize():f} = {bill.net}" for bill in found
    )


def totals(bills: Iterable[Bill], line_ids: Iterable[str]) -> dict[str, str]:
    """What each of these lines is charged in all."""
    return {line_id: str(sum((bill.net for bill in bills if bill.line_id == line_id), Decimal("0.00"))) for line_id in line_ids}
