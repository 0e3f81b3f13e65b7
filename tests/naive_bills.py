"""What each close must charge, computed a second time: slowly, in plain Python, from the feed files and the clauses alone.

Nothing of the product is imported here. `Operator(feed)` reads what was delivered so far; `Bills` remembers between closes what was
charged, as the operator must: days per line, quantities, minutes of packs, settled calls.

    bills = Bills()
    lines = bills.orders(Operator(feed), on)
    invoices, lines, calls = bills.close(Operator(feed), on)
"""

import calendar
import csv
import gzip
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

Row = dict[str, str]
BRUSSELS = ZoneInfo("Europe/Brussels")
CENT = Decimal("0.01")
ONE_DAY = timedelta(days=1)
AT_ORDER_ONCE = ("hardware", "activation", "installation")
FREE_GROUPS = ("emergency", "free_number")
EU = {
    "AT",
    "BE",
    "BG",
    "CY",
    "CZ",
    "DE",
    "DK",
    "EE",
    "ES",
    "FI",
    "FR",
    "GR",
    "HR",
    "HU",
    "IE",
    "IT",
    "LT",
    "LU",
    "LV",
    "MT",
    "NL",
    "PL",
    "PT",
    "RO",
    "SE",
    "SI",
    "SK",
}


# Days and money


def month_start(day: date) -> date:
    return day.replace(day=1)


def month_length(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def month_end(day: date) -> date:
    return day.replace(day=month_length(day))


def add_months(day: date, months: int) -> date:
    """The same day some months on, or the last of that month where it has no such day."""
    number = day.year * 12 + day.month - 1 + months
    first = date(number // 12, number % 12 + 1, 1)
    return first.replace(day=min(day.day, month_length(first)))


def quarter(day: date) -> tuple[int, int]:
    return day.year, (day.month - 1) // 3


def half_up(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def optional_day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


# The feed


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
    return Call(row["usage_id"], row["line_id"], row["kind"], row["direction"], row["callee"], started, int(row["quantity"]))


class Operator:
    """The feed as delivered so far."""

    def __init__(self, feed: Path) -> None:
        self.feed = feed
        self.parties = self.table("parties", "party_id")
        self.contracts = self.table("contracts", "contract_id")
        self.lines = self.table("order_lines", "line_id")
        self.products = self.table("products", "product")
        self.prices = rows_of(feed / "prices.csv")
        self.packs = rows_of(feed / "packs.csv")
        self.rates: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in rows_of(feed / "rates.csv"):
            self.rates[row["deck"], row["prefix"]].append(row)
        self.inventory = {date.fromisoformat(path.stem): rows_of(path) for path in sorted((feed / "inventory").glob("*.csv"))}

    def table(self, name: str, key: str) -> dict[str, Row]:
        return {row[key]: row for row in rows_of(self.feed / f"{name}.csv")}

    def product(self, line: Row) -> Row:
        return self.products[line["product"]]

    def in_force_on(self, contract: Row) -> date | None:
        """The day the contract was concluded: signed, credit approved, deposit received and confirmed (GC-2.2). None: not yet."""
        needed = [contract["signed_on"], contract["credit_approved_on"], contract["confirmed_on"]]
        if contract["deposit_required"] and Decimal(contract["deposit_required"]) > 0:
            needed.append(contract["deposit_received_on"])
        return max(date.fromisoformat(day) for day in needed) if all(needed) else None

    def in_force(self, line: Row, on: date) -> bool:
        concluded = self.in_force_on(self.contracts[line["contract_id"]])
        return concluded is not None and concluded <= on

    def price(self, line: Row, day: date) -> Decimal:
        """The price of the order line, else of the list on this day; a Telavox rise holds 30 days after it was told (GC-5.6)."""
        if line["unit_price"]:
            return Decimal(line["unit_price"])
        return max(self.versions(line, day))[1]

    def has_price(self, line: Row, day: date) -> bool:
        return bool(line["unit_price"] or self.versions(line, day))

    def versions(self, line: Row, day: date) -> list[tuple[date, Decimal]]:
        found: list[tuple[date, Decimal]] = []
        for row in self.prices:
            if row["product"] == line["product"]:
                since = date.fromisoformat(row["valid_from"])
                told = optional_day(row["announced_on"])
                if self.product(line)["service"] == "telavox" and told is not None:
                    since = max(since, told + timedelta(days=30))
                if since <= day:
                    found.append((since, Decimal(row["unit_price"])))
        return found

    def snapshot(self, on: date) -> dict[str, set[str]]:
        """The elements per line of the latest inventory on or before this day."""
        return self.elements(max(day for day in self.inventory if day <= on))

    def elements(self, day: date) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for row in self.inventory[day]:
            found[row["line_id"]].add(row["element_id"])
        return found

    def first_days(self, on: date) -> dict[str, dict[str, date]]:
        """Per line and element the first snapshot that shows it."""
        found: dict[str, dict[str, date]] = defaultdict(dict)
        for day in sorted(self.inventory):
            if day <= on:
                for row in self.inventory[day]:
                    found[row["line_id"]].setdefault(row["element_id"], day)
        return found

    def vat_percent(self, payer_id: str) -> int:
        """21 % in Belgium and for who gives no VAT number elsewhere in the EU; reverse charge and outside the EU: none."""
        payer = self.parties[payer_id]
        return 21 if payer["country"] == "BE" or (payer["country"] in EU and not payer["vat_number"]) else 0

    def terms(self, line: Row) -> int:
        contract = self.contracts[line["contract_id"]]
        return int(line["min_months"] or contract["term_months"] or "24")


# The charges


@dataclass
class Line:
    """One line of an invoice."""

    payer_id: str
    contract_id: str
    end_client_id: str
    line_id: str
    product: str
    charge: str
    from_day: date
    to_day: date
    quantity: int
    unit_price: Decimal | None
    net: Decimal


@dataclass
class Invoice:
    """Totals of one invoice."""

    payer_id: str
    due_on: date
    net: Decimal
    vat: Decimal
    gross: Decimal


@dataclass
class Rated:
    """What became of one call in one close."""

    call: Call
    status: str
    in_pack: int = 0
    price: Decimal = Decimal(0)
    group: str = ""


@dataclass
class Bills:
    """What the operator remembers from close to close."""

    charged_to: dict[str, date] = field(default_factory=dict)
    quantities: dict[str, list[tuple[date, int]]] = field(default_factory=lambda: defaultdict(list))
    pack_used: dict[tuple[str, str, str, date], int] = field(default_factory=lambda: defaultdict(int))
    read_files: set[str] = field(default_factory=set)
    calls: dict[str, Call] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)
    ordered: set[str] = field(default_factory=set)
    last_orders: date | None = None

    # Recurring (BT-2.b, BT-2.f to i, ST-2.b, GC-5.2)

    def quantity(self, operator: Operator, line: Row, on: date) -> int:
        """How many of the line this close charges."""
        ordered, kind = int(line["quantity"]), operator.product(line)["kind"]
        seen = operator.first_days(on).get(line["line_id"], {})
        now = operator.snapshot(on)[line["line_id"]]
        if kind in ("pack", "other"):
            return ordered
        counted = len(now) if seen else ordered
        if kind == "user" and operator.product(line)["service"] == "business_telephony":
            return max(counted, self.fewest_users(line, on))
        if kind == "national_number":
            return counted
        if kind == "international_number":
            kept = [e for e, first in seen.items() if e not in now and on < add_months(first, int(line["min_months"] or "12"))]
            return counted + len(kept)
        runs = on < add_months(date.fromisoformat(line["starts_on"]), operator.terms(line))
        return max(counted, ordered) if runs else counted

    def fewest_users(self, line: Row, on: date) -> int:
        """BT-2.h: nine tenths, upwards, of what the last close of the quarter before charged, or of more charged since."""
        before = [(day, count) for day, count in self.quantities[line["line_id"]] if quarter(day) < quarter(on)]
        since = [count for day, count in self.quantities[line["line_id"]] if quarter(day) == quarter(on)]
        reference = max([before[-1][1] if before else int(line["quantity"]), *since])
        return reference - reference // 10

    def recurring(self, operator: Operator, on: date) -> list[Line]:
        """Every day not charged yet, up to the end of P+1, or of P in arrears; whole months whole, parts by the day.

        A service that starts after the close date is left to the next close.
        """
        found = []
        for line in operator.lines.values():
            timing, kind = operator.product(line)["timing"], operator.product(line)["kind"]
            if timing not in ("advance", "arrears") or kind == "usage" or not operator.in_force(line, on):
                continue
            if parked(operator, operator.contracts[line["contract_id"]]["payer_id"]) or date.fromisoformat(line["starts_on"]) > on:
                continue
            last = month_end(on) if timing == "arrears" else month_end(month_end(on) + ONE_DAY)
            ends = optional_day(line["ends_on"])
            if ends is not None:
                last = min(last, ends)
            before = self.charged_to.get(line["line_id"]) or optional_day(line["charged_through"])
            start = date.fromisoformat(line["starts_on"])
            first = max(start, before + ONE_DAY) if before is not None else start
            if first <= last:
                found += self.months(operator, line, first, last, on)
        return found

    def months(self, operator: Operator, line: Row, first: date, last: date, on: date) -> list[Line]:
        quantity = self.quantity(operator, line, on)
        found = []
        day = first
        while day <= last:
            past = min(last, month_end(day))
            days, whole = (past - day).days + 1, month_length(day)
            price = operator.price(line, day)
            net = half_up(price * quantity * days / whole)
            charge = "recurring" if days == whole else "pro_rata"
            found.append(line_of(operator, line, line["product"], charge, day, past, quantity, price, net))
            day = past + ONE_DAY
        self.charged_to[line["line_id"]] = last
        self.quantities[line["line_id"]].append((on, quantity))
        return found

    # One-off and prepaid (BT-2.a, WM-2)

    def orders(self, operator: Operator, on: date, lead_days: int = 14) -> list[Line]:
        """What an orders run of this day invoices: goods once, Web Meeting for its term and again before each renewal."""
        found = []
        for line in operator.lines.values():
            product = operator.product(line)
            if product["timing"] != "at_order" or not operator.in_force(line, on):
                continue
            if parked(operator, operator.contracts[line["contract_id"]]["payer_id"]):
                continue
            if product["kind"] in AT_ORDER_ONCE:
                found += self.once(operator, line, on)
            else:
                found += self.terms_due(operator, line, on, lead_days)
        self.last_orders = on
        return found

    def order_invoices(self, operator: Operator, lines: list[Line], on: date) -> list[Invoice]:
        """Goods and prepaid terms are due on receipt."""
        return invoices_of(operator, lines, on, days=0)

    def once(self, operator: Operator, line: Row, on: date) -> list[Line]:
        """Ordered when the contract came into force, or since the orders run before this one; without a price that day it waits.

        The very first run looks back a month.
        """
        if line["line_id"] in self.ordered or line["charged_through"]:
            return []
        day = operator.in_force_on(operator.contracts[line["contract_id"]])
        assert day is not None
        day = max(day, add_months(on, -1) if self.last_orders is None else self.last_orders + ONE_DAY)
        if not operator.has_price(line, day):
            return []
        self.ordered.add(line["line_id"])
        price, quantity = operator.price(line, day), int(line["quantity"])
        return [line_of(operator, line, line["product"], "one_off", day, day, quantity, price, half_up(price * quantity))]

    def terms_due(self, operator: Operator, line: Row, on: date, lead_days: int) -> list[Line]:
        found: list[Line] = []
        months = int(line["min_months"] or "1")
        paid_to = self.charged_to.get(line["line_id"]) or optional_day(line["charged_through"])
        while True:
            first = date.fromisoformat(line["starts_on"]) if paid_to is None else paid_to + ONE_DAY
            if paid_to is not None and on < first - timedelta(days=lead_days):
                return found
            paid_to = add_months(first, months) - ONE_DAY
            price = operator.price(line, first)
            quantity = self.quantity(operator, line, on)
            net = half_up(price * quantity * months)
            found.append(line_of(operator, line, line["product"], "recurring", first, paid_to, quantity, price, net))
            self.charged_to[line["line_id"]] = paid_to

    # Usage (BT-2.c to e, ST-2.c, GC-5.2)

    def read_usage(self, operator: Operator) -> None:
        """Takes in the files that are new, in the order of their names; the first record of an id is the one that counts."""
        for path in sorted((operator.feed / "usage").iterdir()):
            if path.name not in self.read_files:
                self.read_files.add(path.name)
                for row in rows_of(path):
                    call = call_of(row, operator.lines)
                    if call is not None:
                        self.calls.setdefault(call.usage_id, call)

    def rate(self, operator: Operator, on: date) -> list[Rated]:
        """Every record in the reach of this close: started before the day of the close and not settled by an earlier one.

        A payer who cannot be billed waits with all its calls.
        """
        cut_off = datetime.combine(on, time(), BRUSSELS).astimezone(UTC)
        due = [call for call in self.calls.values() if call.usage_id not in self.settled and call.started < cut_off]
        found = []
        for call in sorted(due, key=lambda c: (c.started, c.usage_id)):
            payer = operator.contracts[operator.lines[call.line_id]["contract_id"]]["payer_id"]
            if parked(operator, payer):
                continue
            rated = self.rate_one(operator, call, on)
            found.append(rated)
            if rated.status in ("charged", "in_pack", "free"):
                self.settled.add(call.usage_id)
        return found

    def rate_one(self, operator: Operator, call: Call, on: date) -> Rated:
        line = operator.lines[call.line_id]
        deck = operator.product(line)["service"]
        if call.direction == "in" or call.quantity == 0:
            return Rated(call, "free")
        ends = optional_day(line["ends_on"])
        if not operator.in_force(line, on) or call.day < date.fromisoformat(line["starts_on"]) or (ends is not None and call.day > ends):
            return Rated(call, "held")
        rate = find_rate(operator, deck, call)
        if rate is not None and rate["destination_group"] in FREE_GROUPS:
            return Rated(call, "free", group=rate["destination_group"])
        group = rate["destination_group"] if rate is not None else "data" if call.kind == "data" else ""
        in_pack = self.draw(operator, line, call, group) if group else 0
        left = call.quantity - in_pack
        if left == 0:
            return Rated(call, "in_pack", in_pack, group=group)
        if rate is None:
            assert in_pack == 0, "a record without rate was split by its pack"
            return Rated(call, "unrated")
        return Rated(call, "charged", in_pack, price_of(rate, deck, call.kind, left), group)

    def draw(self, operator: Operator, line: Row, call: Call, group: str) -> int:
        """Takes from the packs of the end client what is left for this group in the month of the call; returns seconds or bytes."""
        key = (line["contract_id"], line["end_client_id"], group, month_start(call.day))
        allowance = sum(
            allowance_of(operator, pack, group, call.day)
            for pack in operator.lines.values()
            if pack["contract_id"] == key[0] and pack["end_client_id"] == key[1] and operator.product(pack)["kind"] == "pack"
        )
        taken = max(0, min(call.quantity, allowance - self.pack_used[key]))
        self.pack_used[key] += taken
        return taken

    # The close

    def close(self, operator: Operator, on: date) -> tuple[list[Invoice], list[Line], list[Rated]]:
        """The invoices of the close with their totals, all their lines, and what became of every call in reach."""
        self.read_usage(operator)
        rated = self.rate(operator, on)
        lines = self.recurring(operator, on) + usage_lines(operator, rated)
        return invoices_of(operator, lines, on), lines, rated


def parked(operator: Operator, payer_id: str) -> bool:
    """A payer who wants mail and gave no address cannot be billed (CG-2.b)."""
    payer = operator.parties[payer_id]
    return payer["delivery"] == "email" and not payer["billing_emails"]


def line_of(
    operator: Operator, line: Row, product: str, charge: str, first: date, last: date, quantity: int, price: Decimal | None, net: Decimal
) -> Line:
    payer = operator.contracts[line["contract_id"]]["payer_id"]
    return Line(payer, line["contract_id"], line["end_client_id"], line["line_id"], product, charge, first, last, quantity, price, net)


def find_rate(operator: Operator, deck: str, call: Call) -> Row | None:
    """The longest prefix with a version in force on the day of the call, then its latest version."""
    number = call.callee[1:] if call.callee.startswith("+") else f"s{call.callee}"
    names = {"voice": [number], "sms": [f"sms{number}", number], "data": ["data"]}[call.kind]
    for name in names:
        shortest = 4 if name.startswith("sms") else 1
        for length in range(len(name), shortest - 1, -1):
            versions = [row for row in operator.rates.get((deck, name[:length]), []) if date.fromisoformat(row["valid_from"]) <= call.day]
            if versions:
                return max(versions, key=lambda row: row["valid_from"])
    return None


def allowance_of(operator: Operator, pack: Row, group: str, day: date) -> int:
    """Seconds (bytes for data) one pack line gives for the month of this day."""
    start, ends = date.fromisoformat(pack["starts_on"]), optional_day(pack["ends_on"])
    if start > day or (ends is not None and ends < month_start(day)):
        return 0
    versions = [
        row
        for row in operator.packs
        if row["product"] == pack["product"] and row["destination_group"] == group and date.fromisoformat(row["valid_from"]) <= day
    ]
    if not versions:
        return 0
    latest = max(versions, key=lambda row: row["valid_from"])
    unit = Decimal(latest["data_mb"]) * 1_000_000 if group == "data" else Decimal(latest["minutes"]) * 60
    whole = unit * int(pack["quantity"])
    if month_start(start) == month_start(day):
        whole = whole * (month_length(day) - start.day + 1) / month_length(day)
    return int(whole.to_integral_value(ROUND_CEILING))


def price_of(rate: Row, deck: str, kind: str, units: int) -> Decimal:
    """Setup and minutes of what the packs left, rounded up to the cent once; SIP and Telavox by the increments of the deck."""
    if deck != "business_telephony" and kind == "voice":
        first, following = int(rate["first_increment"] or 1), int(rate["next_increment"] or 1)
        units = first if units <= first else first + -(-(units - first) // following) * following
    # Multiplied out before the division, so that no digit is lost before the one rounding up.
    sixtieths = Decimal(rate["setup"]) * 60 + Decimal(rate["per_minute"]) * units
    cents = sixtieths * 100
    whole = int(cents // 60)
    return Decimal(whole + (cents % 60 > 0)) / 100


def usage_lines(operator: Operator, rated: list[Rated]) -> list[Line]:
    """One line per order line and destination group."""
    groups: dict[tuple[str, str], list[Rated]] = defaultdict(list)
    for one in rated:
        if one.status == "charged":
            groups[one.call.line_id, one.group].append(one)
    found = []
    for (line_id, group), calls in groups.items():
        days = [one.call.day for one in calls]
        net = sum((one.price for one in calls), Decimal(0))
        found.append(line_of(operator, operator.lines[line_id], group, "usage", min(days), max(days), len(calls), None, net))
    return found


def invoices_of(operator: Operator, lines: list[Line], on: date, days: int | None = None) -> list[Invoice]:
    """One invoice per payer and term of payment (`days` where it is the same for all); VAT once, on the sum of its lines."""
    nets: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    for line in lines:
        term = int(operator.contracts[line.contract_id]["payment_days"] or 30) if days is None else days
        nets[line.payer_id, on + timedelta(days=term)] += line.net
    found = []
    for (payer_id, due_on), net in nets.items():
        vat = half_up(net * operator.vat_percent(payer_id) / 100)
        found.append(Invoice(payer_id, due_on, net, vat, net + vat))
    return found
