"""The feed of an operator as delivered so far, read a second time: plainly, from the files alone. Nothing of the product is imported."""

import csv
import gzip
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.plain_contract import Book, Contract, Extra, Grant, Letter, Line, Payer, Price, Product

Row = dict[str, str]
BRUSSELS = ZoneInfo("Europe/Brussels")


def optional_day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def amount(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def rows_of(path: Path) -> list[Row]:
    if path.name.endswith(".gz"):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as packed:
            return list(csv.DictReader(packed))
    with path.open(encoding="utf-8", newline="") as plain:
        return list(csv.DictReader(plain))


@dataclass
class Call:
    """One usage record as it was delivered."""

    usage_id: str
    line_id: str
    kind: str
    direction: str
    callee: str
    started: datetime
    quantity: int
    caller: str = ""
    visited: str = ""

    @property
    def day(self) -> date:
        return self.started.astimezone(BRUSSELS).date()


def call_of(row: Row, lines: dict[str, Row]) -> Call | None:
    """The record, or None when a cell of the row cannot be what the column asks for."""
    try:
        started = datetime.strptime(row["started_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
    sound = (
        row["line_id"] in lines
        and row["kind"] in ("voice", "sms", "data")
        and row["direction"] in ("in", "out")
        and re.fullmatch(r"\d+", row["quantity"])
        and re.fullmatch(r"\+?\d*", row["callee"])
    )
    if not sound:
        return None
    return Call(
        row["usage_id"],
        row["line_id"],
        row["kind"],
        row["direction"],
        row["callee"],
        started,
        int(row["quantity"]),
        row["caller"],
        row["visited_country"],
    )


class Operator:
    """The feed as delivered so far."""

    def __init__(self, feed: Path) -> None:
        self.feed = feed
        self.parties = self.table("parties", "party_id")
        self.contracts = self.table("contracts", "contract_id")
        self.lines = self.table("order_lines", "line_id")
        self.products = self.table("products", "product")
        self.packs = rows_of(feed / "packs.csv")
        self.suspensions = self.optional("suspensions")
        self.rates: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in rows_of(feed / "rates.csv"):
            self.rates[row["deck"], row["prefix"]].append(row)
        self.book = self.book_so_far()

    def table(self, name: str, key: str) -> dict[str, Row]:
        return {row[key]: row for row in rows_of(self.feed / f"{name}.csv")}

    def optional(self, name: str) -> list[Row]:
        path = self.feed / f"{name}.csv"
        return rows_of(path) if path.exists() else []

    def product(self, line: Row) -> Row:
        return self.products[line["product"]]

    def in_force_on(self, contract: Row) -> date | None:
        """The day the contract was concluded: signed, credit approved, deposit received and confirmed (GC-2.2). None: not yet."""
        needed = [contract["signed_on"], contract["credit_approved_on"], contract["confirmed_on"]]
        if contract["deposit_required"] and Decimal(contract["deposit_required"]) > 0:
            needed.append(contract["deposit_received_on"])
        return max(date.fromisoformat(day) for day in needed) if all(needed) else None

    def book_so_far(self) -> Book:
        """What was agreed and what happened, as the plain re-computation takes it."""
        return Book(
            {one["party_id"]: payer_of(one) for one in self.parties.values()},
            {one["product"]: Product(one["product"], one["service"], one["kind"], one["timing"]) for one in self.products.values()},
            [price_of(row) for row in rows_of(self.feed / "prices.csv")],
            {one["contract_id"]: self.contract_of(one) for one in self.contracts.values()},
            [line_of(row) for row in self.lines.values()],
            [letter_of(row) for row in self.optional("terminations")],
            [extra_of(row) for row in self.optional("charges")],
            [grant_of(row) for row in self.optional("credits")],
            {date.fromisoformat(path.stem): elements_of(path) for path in sorted((self.feed / "inventory").glob("*.csv"))},
        )

    def contract_of(self, row: Row) -> Contract:
        starts_on = date.fromisoformat(row["starts_on"])
        months, days = int(row["term_months"] or 24), int(row["payment_days"] or 30)
        return Contract(row["contract_id"], row["payer_id"], row["terms"], starts_on, self.in_force_on(row), months, days)


def payer_of(row: Row) -> Payer:
    """A payer who wants mail and gave no address cannot be billed (CG-2.b)."""
    reachable = row["delivery"] != "email" or bool(row["billing_emails"])
    return Payer(row["party_id"], row["country"], row["vat_number"], reachable)


def price_of(row: Row) -> Price:
    return Price(row["product"], date.fromisoformat(row["valid_from"]), Decimal(row["unit_price"]), optional_day(row["announced_on"]))


def line_of(row: Row) -> Line:
    return Line(
        row["line_id"],
        row["contract_id"],
        row["end_client_id"],
        row["product"],
        int(row["quantity"]),
        date.fromisoformat(row["starts_on"]),
        amount(row["unit_price"]),
        optional_day(row["ends_on"]),
        int(row["min_months"]) if row["min_months"] else None,
        optional_day(row["charged_through"]),
    )


def letter_of(row: Row) -> Letter:
    received, asked = date.fromisoformat(row["received_on"]), optional_day(row["requested_on"])
    ends = (row["line_id"], row["end_client_id"], row["client_breach"] == "true")
    return Letter(row["termination_id"], row["contract_id"], row["by"], received, asked, *ends)


def extra_of(row: Row) -> Extra:
    of = (row["charge_id"], row["contract_id"], row["end_client_id"], date.fromisoformat(row["on"]))
    return Extra(*of, Decimal(row["quantity"]), amount(row["unit_price"]), row["product"], row["reason_clause"])


def grant_of(row: Row) -> Grant:
    granted = date.fromisoformat(row["on"]), Decimal(row["amount"])
    return Grant(row["credit_id"], row["contract_id"], *granted, row["end_client_id"])


def elements_of(path: Path) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows_of(path):
        found[row["line_id"]].add(row["element_id"])
    return {line_id: frozenset(elements) for line_id, elements in found.items()}
