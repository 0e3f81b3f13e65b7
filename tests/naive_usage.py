"""What becomes of every call, one after the other: its rate, what packs cover, what roaming exceeds, who is on minimum service."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import ROUND_CEILING, Decimal

from tests.naive_feed import BRUSSELS, Call, Operator, Row, call_of, optional_day, rows_of
from tests.plain_contract import UNION, end_of_month, length_of_month

AS_AT_HOME = {"", "BE", *UNION, "IS", "LI", "NO"}
EMERGENCY = ("100", "101", "102", "103", "105", "106", "107", "108", "110", "112", "116000", "116111", "116117", "1722", "1733")
Ends = dict[str, date]  # the last day of service of the lines that a letter ends


@dataclass
class Rated:
    """What became of one call in one close."""

    call: Call
    status: str
    in_pack: int = 0
    price: Decimal = Decimal(0)
    group: str = ""


@dataclass
class Usage:
    """What the operator remembers of calls from close to close."""

    pack_used: dict[tuple[str, str, str, date], int] = field(default_factory=lambda: defaultdict(int))
    roamed: dict[tuple[str, str, date], int] = field(default_factory=lambda: defaultdict(int))
    read_files: set[str] = field(default_factory=set)
    calls: dict[str, Call] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)

    def read(self, operator: Operator) -> None:
        """Takes in the files that are new, in the order of their names; the first record of an id is the one that counts."""
        for path in sorted((operator.feed / "usage").iterdir()):
            if path.name not in self.read_files:
                self.read_files.add(path.name)
                for row in rows_of(path):
                    call = call_of(row, operator.lines)
                    if call is not None:
                        self.calls.setdefault(call.usage_id, call)

    def rate(self, operator: Operator, on: date, ends: Ends) -> list[Rated]:
        """Every record in the reach of this close: started before the day of the close and not settled by an earlier one.

        A payer who cannot be billed waits with all its calls.
        """
        cut_off = datetime.combine(on, time(), BRUSSELS).astimezone(UTC)
        due = [call for call in self.calls.values() if call.usage_id not in self.settled and call.started < cut_off]
        taken = dict(self.roamed)
        found = []
        for call in sorted(due, key=lambda c: (c.started, c.usage_id)):
            payer = operator.contracts[operator.lines[call.line_id]["contract_id"]]["payer_id"]
            if not operator.book.payers[payer].reachable:
                continue
            user, at_home = (call.line_id, call.caller, call.day.replace(day=1)), call.quantity
            if is_roaming_data(call) and not is_settled_before_price(operator, call, on, ends):
                limit = roaming_limit(operator, call, ends)
                at_home = call.quantity if limit is None else max(0, min(call.quantity, limit - taken.get(user, 0)))
                taken[user] = taken.get(user, 0) + at_home
            rated = self.rate_one(operator, call, on, ends, at_home)
            found.append(rated)
            if rated.status in ("charged", "in_pack", "free"):
                self.settled.add(call.usage_id)
                if is_roaming_data(call):
                    self.roamed[user] += at_home
        return found

    def rate_one(self, operator: Operator, call: Call, on: date, ends: Ends, at_home: int) -> Rated:
        """One record, of which `at_home` seconds, messages or bytes are no excess of roaming."""
        early = is_settled_before_price(operator, call, on, ends)
        if early is not None:
            return early
        deck, abroad = operator.product(operator.lines[call.line_id])["service"], call.visited not in AS_AT_HOME
        rate = find_rate(operator, deck, call, f"{call.visited.lower()}:" if abroad else "")
        if rate is not None and rate["destination_group"] == "free_number":
            return Rated(call, "free", group="free_number")
        excess = call.quantity - at_home
        surcharge = find_rate(operator, deck, call, "eu:") if excess else None
        if excess and surcharge is None:
            return Rated(call, "unrated")
        group = "" if abroad or call.kind == "sms" else "data" if call.kind == "data" else rate["destination_group"] if rate else ""
        in_pack = self.draw(operator, call, group, at_home, ends, whole_only=rate is None) if group else 0
        left = at_home - in_pack
        if left and rate is None:
            return Rated(call, "unrated")
        named = surcharge or rate
        shown = named["destination_group"] if named is not None else group
        if left + excess == 0:
            return Rated(call, "in_pack", in_pack, group=shown)
        priced = [(surcharge, excess), (rate, left)]
        price = price_of([(one, units) for one, units in priced if one is not None and units], deck, call.kind)
        return Rated(call, "charged" if price or in_pack else "free", in_pack, price, shown)

    def draw(self, operator: Operator, call: Call, group: str, wanted: int, ends: Ends, *, whole_only: bool) -> int:
        """Takes from the packs of the end client what is left for this group in the month of the call; returns seconds or bytes.

        A record without a rate takes all it wants or nothing.
        """
        line = operator.lines[call.line_id]
        key = (line["contract_id"], line["end_client_id"], group, call.day.replace(day=1))
        allowance = sum(allowance_of(operator, pack, group, call.day, ends) for pack in packs_of(operator, line))
        taken = max(0, min(wanted, allowance - self.pack_used[key]))
        if whole_only and taken < wanted:
            return 0
        self.pack_used[key] += taken
        return taken


def is_roaming_data(call: Call) -> bool:
    return call.kind == "data" and call.visited in AS_AT_HOME - {"", "BE"}


def is_settled_before_price(operator: Operator, call: Call, on: date, ends: Ends) -> Rated | None:
    """Incoming and emergency calls and those of no length are free; a line not in force, not serving or on minimum service is held."""
    line = operator.lines[call.line_id]
    deck = operator.product(line)["service"]
    rates = [find_rate(operator, deck, call)]
    if call.visited not in AS_AT_HOME:
        rates.append(find_rate(operator, deck, call, f"{call.visited.lower()}:"))
    emergency = call.callee in EMERGENCY or any(rate is not None and rate["destination_group"] == "emergency" for rate in rates)
    if call.direction == "in" or call.quantity == 0:
        return Rated(call, "free")
    if emergency:
        return Rated(call, "free", group="emergency")
    if not operator.book.in_force(line["contract_id"], on):
        return Rated(call, "held")
    if call.day < date.fromisoformat(line["starts_on"]) or call.day > last_day(line, ends) or on_minimum_service(operator, line, call.day):
        return Rated(call, "held")
    return None


def on_minimum_service(operator: Operator, line: Row, day: date) -> bool:
    """BT-2.k: from the first to the last day of a suspension."""
    return any(
        date.fromisoformat(one["starts_on"]) <= day <= (optional_day(one["ends_on"]) or day)
        for one in operator.suspensions
        if one["end_client_id"] == line["end_client_id"]
    )


def last_day(line: Row, ends: Ends) -> date:
    return min(optional_day(line["ends_on"]) or date.max, ends.get(line["line_id"], date.max))


def packs_of(operator: Operator, line: Row) -> list[Row]:
    """The packs of the end client under the contract."""
    of_client = (line["contract_id"], line["end_client_id"])
    theirs = (pack for pack in operator.lines.values() if (pack["contract_id"], pack["end_client_id"]) == of_client)
    return [pack for pack in theirs if operator.product(pack)["kind"] == "pack"]


def roaming_limit(operator: Operator, call: Call, ends: Ends) -> int | None:
    """GC-6.2: the data of one unit of the largest data pack; without one there is no limit. The operator of the tests has no cap."""
    month = call.day.replace(day=1)
    sizes = [0]
    for pack in packs_of(operator, operator.lines[call.line_id]):
        first, last = max(date.fromisoformat(pack["starts_on"]), month), min(last_day(pack, ends), end_of_month(month))
        if first <= last:
            sizes += [int(Decimal(row["data_mb"]) * 1_000_000) for row in contents(operator, pack, last) if row["data_mb"]]
    return max(sizes) or None


def contents(operator: Operator, pack: Row, day: date) -> list[Row]:
    """What a pack holds on a day: of each group the latest version."""
    latest: dict[str, Row] = {}
    for row in sorted(operator.packs, key=lambda row: row["valid_from"]):
        if row["product"] == pack["product"] and date.fromisoformat(row["valid_from"]) <= day:
            latest[row["destination_group"]] = row
    return list(latest.values())


def find_rate(operator: Operator, deck: str, call: Call, country: str = "") -> Row | None:
    """The longest prefix with a version in force on the day of the call, then its latest version; made abroad, of that country."""
    number = call.callee[1:] if call.callee.startswith("+") else f"s{call.callee}"
    names = {"voice": [number], "sms": [f"sms{number}", number], "data": ["data"]}[call.kind]
    for name in names:
        mark = re.match("sms|data|s|", name)
        assert mark is not None
        shortest = len(mark.group()) if country or mark.group() else 1
        for length in range(len(name), shortest - 1, -1):
            prefix = country + name[:length]
            versions = [row for row in operator.rates.get((deck, prefix), []) if date.fromisoformat(row["valid_from"]) <= call.day]
            if versions:
                return max(versions, key=lambda row: row["valid_from"])
    return None


def allowance_of(operator: Operator, pack: Row, group: str, day: date, ends: Ends) -> int:
    """Seconds (bytes for data) one pack line gives for the month of this day."""
    start = date.fromisoformat(pack["starts_on"])
    if start > day or last_day(pack, ends) < day.replace(day=1):
        return 0
    held = [row for row in contents(operator, pack, day) if row["destination_group"] == group]
    if not held:
        return 0
    unit = Decimal(held[0]["data_mb"]) * 1_000_000 if group == "data" else Decimal(held[0]["minutes"]) * 60
    whole = unit * int(pack["quantity"])
    if start.replace(day=1) == day.replace(day=1):
        whole = whole * (length_of_month(day) - start.day + 1) / length_of_month(day)
    return int(whole.to_integral_value(ROUND_CEILING))


def price_of(parts: list[tuple[Row, int]], deck: str, kind: str) -> Decimal:
    """Setup and minutes of each part, rounded up to the cent once for all; SIP and Telavox by the increments of the deck."""
    cents = Decimal(0)
    for rate, quantity in parts:
        units = quantity
        if deck != "business_telephony" and kind == "voice":
            first, following = int(rate["first_increment"] or 1), int(rate["next_increment"] or 1)
            units = first if units <= first else first + -(-(units - first) // following) * following
        # Multiplied out before the division, so that no digit is lost before the one rounding up.
        cents += (Decimal(rate["setup"]) * 60 + Decimal(rate["per_minute"]) * units) * 100
    whole = int(cents // 60)
    return Decimal(whole + (cents % 60 > 0)) / 100
