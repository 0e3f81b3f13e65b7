"""The order book being written: parties, contracts, order lines and what the platform shows for them."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from random import Random

from tasks.demo.catalogue import products
from tasks.demo.months import DAY, Calendar, add_months, month_end
from tasks.demo.names import Namer
from tasks.demo.records import Contract, Element, OrderLine, Party

PRODUCTS = {product.product: product for product in products()}
COUNTED = {"user", "channel", "national_number", "international_number", "licence"}
USED = {"user": 1.0, "channel": 5.0}  # how much calling an element of this kind brings
USED_MOBILE = 3.0                     # calls, messages and many sessions of data
TERM_MONTHS = 24                      # CG-3.a
SUBSCRIPTION_MONTHS = 12              # Web Meeting is sold by the year


@dataclass(frozen=True, slots=True)
class Caller:
    """A line that makes calls, on the days from `first` on and before `past`."""

    line_id: str
    shape: str            # of its week: office, shop, care
    weight: float
    first: date
    past: date | None
    numbers: tuple[str, ...]
    mobile: bool
    abroad: float = 0.05  # share of a mobile's usage made in other countries


@dataclass(slots=True)
class Book:
    """Collects the feed's customers. Identifiers tell what a thing is: contract `C-CL001`, line `CL001-user`."""

    calendar: Calendar
    rng: Random
    namer: Namer
    parties: list[Party] = field(default_factory=list)
    contracts: list[Contract] = field(default_factory=list)
    lines: list[OrderLine] = field(default_factory=list)
    elements: list[Element] = field(default_factory=list)
    callers: list[Caller] = field(default_factory=list)
    _used_ids: Counter[str] = field(default_factory=Counter)
    _last_number: int = 0

    def contract(
        self, payer_id: str, starts_on: date, *, terms: str = "allocloud", client_id: str = "", payment_days: int = 30,
        deposit: Decimal | None = None, deposit_received: bool = True, confirmed: bool = True,
    ) -> str:
        """Adds a contract agreed in the weeks before it starts (GC-2.2); returns its id."""
        signed = starts_on - self.rng.randint(24, 50) * DAY
        contract_id = self._unique(f"C-{client_id or payer_id}" + ("-T" if terms == "telavox" else ""))
        received = signed + 9 * DAY if deposit is not None and deposit_received else None
        confirmed_on = signed + 12 * DAY if confirmed else None
        self.contracts.append(Contract(
            contract_id, payer_id, terms, signed, signed + 3 * DAY, deposit, received, confirmed_on, starts_on, TERM_MONTHS, payment_days,
        ))
        return contract_id

    def line(
        self, contract_id: str, client_id: str, product: str, quantity: int, starts_on: date, *, suffix: str = "",
        unit_price: Decimal | None = None, ends_on: date | None = None, shown_from: date | None = None,
    ) -> str:
        """Adds an order line and, where the platform counts its product, as many elements as ordered; returns its id."""
        listed = PRODUCTS[product]
        line_id = self._unique(f"{client_id}-{suffix or product.partition('-')[2]}")
        months = 12 if listed.kind == "international_number" or listed.service == "web_meeting" else None
        charged = self._charged_through(product, starts_on)
        self.lines.append(OrderLine(line_id, contract_id, client_id, product, quantity, unit_price, starts_on, ends_on, months, charged))
        if listed.kind in COUNTED:
            first = shown_from or max(starts_on, self.calendar.first_day)
            self.show(line_id, quantity, first, ends_on + DAY if ends_on is not None else None)
        return line_id

    def show(self, line_id: str, count: int, first: date, past: date | None = None) -> tuple[str, ...]:
        """Lets the platform show `count` more elements of a line from a day on; returns their ids."""
        kind = PRODUCTS[self.product_of(line_id)].kind
        shown = []
        for _ in range(count):
            number = self._used_ids[f"{line_id}#"] = self._used_ids[f"{line_id}#"] + 1
            element_id, label = f"{line_id}-{number:03d}", f"{kind.replace('_', ' ')} {number}"
            if kind == "national_number":
                element_id = label = self.next_number()
            elif kind == "international_number":
                element_id = label = f"+3318400{self.rng.randint(0, 9999):04d}"
            elif kind == "user":
                label = self.namer.person()
            self.elements.append(Element(line_id, element_id, kind, label, first, past))
            shown.append(element_id)
        return tuple(shown)

    def remove(self, line_id: str, count: int, past: date) -> None:
        """Takes the last `count` elements of a line from the platform: the snapshot of `past` no longer shows them."""
        at = [index for index, element in enumerate(self.elements) if element.line_id == line_id and element.past is None][-count:]
        for index in at:
            kept = self.elements[index]
            self.elements[index] = Element(kept.line_id, kept.element_id, kept.kind, kept.label, kept.first, past)

    def calls(
        self, line_id: str, numbers: tuple[str, ...], *, shape: str, busy: float = 1.0, mobile: bool = False, abroad: float = 0.05,
        first: date | None = None, past: date | None = None,
    ) -> None:
        """Lets a line make calls from these numbers, in proportion to its size, on its days of service or on fewer."""
        line = next(line for line in self.lines if line.line_id == line_id)
        listed = PRODUCTS[line.product]
        weight = line.quantity * busy * (USED_MOBILE if mobile else USED[listed.kind])
        past = past or (line.ends_on + DAY if line.ends_on is not None else None)
        self.callers.append(Caller(line_id, shape, weight, first or line.starts_on, past, numbers, mobile, abroad))

    def leave(self, client_id: str, last: date, contract_id: str = "") -> None:
        """Takes all a client has (under one contract) from the platform after a last day, and lets it make no more calls."""
        theirs = {
            line.line_id for line in self.lines
            if line.end_client_id == client_id and contract_id in ("", line.contract_id)
        }
        self.elements = [
            replace(shown, past=last + DAY) if shown.line_id in theirs and shown.past is None else shown for shown in self.elements
        ]
        self.callers = [replace(caller, past=last + DAY) if caller.line_id in theirs else caller for caller in self.callers]

    def next_number(self) -> str:
        """The next Belgian number of the operator's invented blocks."""
        self._last_number += 1
        return f"+3225{880000 + self._last_number}"

    def product_of(self, line_id: str) -> str:
        """The product of a line."""
        return next(line.product for line in reversed(self.lines) if line.line_id == line_id)

    def _charged_through(self, product: str, starts_on: date) -> date | None:
        """What the earlier system had invoiced when the first month of the feed began: it closed the month before (BT-2.b, GC-5.2)."""
        listed, first = PRODUCTS[product], self.calendar.first_day
        if starts_on >= first:
            return None
        if listed.timing == "advance":
            return month_end(first)
        if listed.timing == "arrears":
            return first - DAY
        if listed.service == "web_meeting" and listed.kind == "licence":
            renewals = range(SUBSCRIPTION_MONTHS, 1200, SUBSCRIPTION_MONTHS)
            return next(end for end in (add_months(starts_on, months) - DAY for months in renewals) if end >= first)
        return starts_on

    def _unique(self, wanted: str) -> str:
        self._used_ids[wanted] += 1
        return wanted if self._used_ids[wanted] == 1 else f"{wanted}-{self._used_ids[wanted]}"
