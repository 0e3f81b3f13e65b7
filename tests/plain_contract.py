"""The contract read a second time: what was agreed and what happened, as an auditor would note it from the clauses alone.

Nothing of the product is imported. `Book` holds what an operator knows; the questions asked of it are about one day or one close of
one line: is the contract in force, at what price, how many, until when is it bound, when does a letter end it.
`tests/plain_bills.py` asks them for every single day.
"""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

ONE_DAY = timedelta(days=1)
COUNTED = ("user", "channel", "national_number", "international_number", "licence")
UNION = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())
ONCE = ("hardware", "activation", "installation", "porting_out")


# Days and cents


def length_of_month(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def end_of_month(day: date) -> date:
    return day.replace(day=length_of_month(day))


def months_on(day: date, months: int) -> date:
    """The same day of the month some months on, or back; the last one where that month has no such day."""
    first = day.replace(day=1)
    for _ in range(abs(months)):
        first = end_of_month(first) + ONE_DAY if months > 0 else (first - ONE_DAY).replace(day=1)
    return first.replace(day=min(day.day, length_of_month(first)))


def quarter(day: date) -> tuple[int, int]:
    return day.year, (day.month + 2) // 3


def cents(amount: Decimal) -> Decimal:
    """Rounded half-up to the cent."""
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def each_day(first: date, last: date) -> Iterable[date]:
    """Every day from the first to the last, both included."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


# What is known


class Unpriced(Exception):
    """No price is in force that day."""


@dataclass(frozen=True)
class Payer:
    payer_id: str
    country: str = "BE"
    vat_number: str = ""
    reachable: bool = True  # by mail or by the portal; else it is not billed (CG-2.b)

    @property
    def vat_percent(self) -> int:
        """21 % in Belgium and for who gives no VAT number elsewhere in the Union; reverse charge and outside the Union: none."""
        return 21 if self.country == "BE" or (self.country in UNION and not self.vat_number) else 0


@dataclass(frozen=True)
class Product:
    product: str
    service: str
    kind: str
    timing: str


@dataclass(frozen=True)
class Price:
    product: str
    since: date
    amount: Decimal
    told: date | None = None


@dataclass(frozen=True)
class Contract:
    contract_id: str
    payer_id: str
    terms: str
    starts_on: date
    in_force_on: date | None
    term_months: int = 24
    payment_days: int = 30


@dataclass(frozen=True)
class Line:
    line_id: str
    contract_id: str
    end_client_id: str
    product: str
    quantity: int
    starts_on: date
    own_price: Decimal | None = None
    ends_on: date | None = None
    min_months: int | None = None
    charged_through: date | None = None


@dataclass(frozen=True)
class Letter:
    """What ends a line, a contract, or all that is for an end client: a registered letter, the operator's decision, a bankruptcy."""

    letter_id: str
    contract_id: str
    by: str
    received: date
    asked: date | None = None
    line_id: str = ""
    end_client_id: str = ""
    breach: bool = False
    noted: date | None = None  # the day the operator's systems tell of it, when that is later

    @property
    def known_from(self) -> date:
        return self.noted or self.received

    def ends(self, line: Line) -> bool:
        if self.by == "bankruptcy":
            return line.end_client_id == self.end_client_id
        of_client = self.end_client_id in ("", line.end_client_id)
        return self.contract_id == line.contract_id and self.line_id in ("", line.line_id) and of_client


@dataclass(frozen=True)
class Extra:
    """A charge of its own: porting out, hardware outside an order, the cost of misuse."""

    charge_id: str
    contract_id: str
    end_client_id: str
    on: date
    quantity: Decimal
    amount: Decimal | None  # None: by the price list
    product: str = ""
    clause: str = "GC-4.5"


@dataclass(frozen=True)
class Grant:
    """An SLA credit."""

    credit_id: str
    contract_id: str
    on: date
    amount: Decimal
    end_client_id: str = ""


@dataclass(frozen=True)
class End:
    """How a line ends: its last day, the last day it is bound to (None: nothing is due after the end), and whether days are given back."""

    last: date
    due_to: date | None
    gives_back: bool
    letter: Letter


@dataclass
class Book:
    """All an operator knows. Of the letters, charges and credits a run sees those known on its day; of the inventories the earlier ones."""

    payers: dict[str, Payer] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    prices: list[Price] = field(default_factory=list)
    contracts: dict[str, Contract] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    extras: list[Extra] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    inventory: dict[date, dict[str, frozenset[str]]] = field(default_factory=dict)

    # Agreed

    def contract(self, line: Line) -> Contract:
        return self.contracts[line.contract_id]

    def product(self, line: Line) -> Product:
        return self.products[line.product]

    @property
    def prepaid(self) -> set[str]:
        """WM-2.b: the lines billed by terms, before they begin."""
        products = {
            name
            for name, one in self.products.items()
            if one.service == "web_meeting" and one.timing == "at_order" and one.kind not in ONCE
        }
        return {line.line_id for line in self.lines if line.product in products}

    def in_force(self, contract_id: str, on: date) -> bool:
        """GC-2.2: all acts done by that day."""
        concluded = self.contracts[contract_id].in_force_on
        return concluded is not None and concluded <= on

    def is_billed(self, contract_id: str, on: date) -> bool:
        """In force, and its payer can be reached."""
        return self.in_force(contract_id, on) and self.payers[self.contracts[contract_id].payer_id].reachable

    def price(self, line: Line, day: date) -> Decimal:
        """GC-2.1, GC-5.1, GC-5.6: its own price, else the latest of the list in force; a Telavox change 30 days after it was told."""
        return line.own_price if line.own_price is not None else self.listed(line.product, day)

    def listed(self, product: str, day: date) -> Decimal:
        """The price of the list on a day."""
        versions = sorted((price for price in self.prices if price.product == product), key=lambda price: price.since)
        applying = [price for price in versions[:1] if price.since <= day]
        for price in versions[1:]:
            since: date | None = price.since
            if self.products[product].service == "telavox":
                since = None if price.told is None else max(price.since, price.told + timedelta(days=30))
            if since is not None and since <= day:
                applying.append(price)
        if not applying:
            raise Unpriced(product)
        return applying[-1].amount

    def bound_to(self, line: Line) -> date:
        """CG-3.a: the last day of the minimum term; of the order line where it names one."""
        contract = self.contract(line)
        if line.min_months is not None:
            return months_on(line.starts_on, line.min_months) - ONE_DAY
        return months_on(contract.starts_on, contract.term_months) - ONE_DAY

    # Counted

    def quantity(self, line: Line, month: date, seen_on: date, first: date, charged: list[tuple[date, int]]) -> int:
        """How many the close of a month charges from `first` on; `charged` says what earlier closes charged, by their months.

        Counted as the platform stood on the close date, or on the last day of a line that ended before it: `seen_on`.
        """
        product = self.product(line)
        if product.kind not in COUNTED:
            return line.quantity
        days = [day for day in sorted(self.inventory) if day <= seen_on]
        there = self.inventory[days[-1]].get(line.line_id, frozenset()) if days else frozenset()
        ever = {element for day in days for element in self.inventory[day].get(line.line_id, ())}
        counted = len(there) if ever else line.quantity  # GC-5.4: never seen is as ordered
        if product.kind == "user" and product.service == "business_telephony":
            return max(counted, fewest_users(line, month, charged))
        if product.kind == "national_number" or not ever:
            return counted
        if product.kind == "international_number" and product.service in ("business_telephony", "sip_trunking"):
            seen = {element: next(day for day in days if element in self.inventory[day].get(line.line_id, ())) for element in ever}
            return sum(element in there or first < months_on(seen[element], 12) for element in ever)
        return max(counted, line.quantity) if first <= self.bound_to(line) else counted

    # Ended

    def end(self, line: Line, on: date, charged: list[tuple[date, date]]) -> End | None:
        """The earliest end that what is known on a day gives the line; `charged` holds the days charged, each with the day of its run.

        A registered letter of the ALLOcloud terms received on the very day waits for what that day's run charges. Once the end
        client is bankrupt nothing more is due after an end (CG-3.e).
        """
        known = [letter for letter in self.letters if letter.known_from <= on and letter.ends(line)]
        known = [letter for letter in known if letter.received < on or not self.waits(letter, line)]
        ends = sorted((self.end_by(letter, line, charged) for letter in known), key=lambda end: (end.last, end.letter.letter_id))
        if any(letter.by == "bankruptcy" for letter in known):
            return replace(ends[0], due_to=None)
        return ends[0] if ends else None

    def proofs(self, end_client_id: str, on: date) -> list[date]:
        """The days the proofs of the end client's bankruptcy came in, as known on a day."""
        known = [letter for letter in self.letters if letter.by == "bankruptcy" and letter.known_from <= on]
        return [letter.received for letter in known if letter.end_client_id == end_client_id]

    def waits(self, letter: Letter, line: Line) -> bool:
        """CG-3.b: not before the end of what is charged."""
        at_once = letter.by == "bankruptcy" or (letter.by == "operator" and letter.breach)
        return self.contract(line).terms == "allocloud" and not at_once

    def end_by(self, letter: Letter, line: Line, charged: list[tuple[date, date]]) -> End:
        """CG-3.b to e, GC-11.2, GC-13.2, GC-13.3."""
        telavox, bound_to = self.contract(line).terms == "telavox", self.bound_to(line)
        asked = max(letter.asked or letter.received, letter.received)
        if letter.by == "bankruptcy":
            return End(letter.received - ONE_DAY, None, False, letter)
        if letter.by == "operator" and letter.breach:
            return End(asked, bound_to if telavox else None, False, letter)
        if telavox:
            return End(notice(asked, letter.received, bound_to), None, not letter.breach, letter)
        charged_then = [day for day, run_on in charged if run_on <= letter.received]
        if line.charged_through is not None:
            charged_then.append(line.charged_through)
        return End(max([asked, *charged_then]), bound_to if letter.by in ("client", "partner") else None, False, letter)


def notice(asked: date, received: date, bound_to: date) -> date:
    """GC-11.2: with the term when three whole months of it are left, the calendar month after it when fewer, at any time once it is over."""
    if received > bound_to:
        return asked
    in_time = months_on(bound_to + ONE_DAY, -3) - ONE_DAY
    return max(asked, bound_to if received <= in_time else end_of_month(end_of_month(bound_to) + ONE_DAY))


def fewest_users(line: Line, month: date, charged: list[tuple[date, int]]) -> int:
    """BT-2.h: a tenth fewer, rounded down, than the last close of an earlier quarter charged, or than more charged since."""
    earlier = [quantity for of, quantity in charged if quarter(of) < quarter(month)]
    since = [quantity for of, quantity in charged if quarter(of) == quarter(month)]
    reference = max([earlier[-1] if earlier else line.quantity, *since])
    return reference - reference // 10
