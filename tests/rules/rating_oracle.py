"""The rules of rating a second time, as slowly and plainly as can be: one call after the other, a trie and decimals."""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_CEILING, Decimal
from math import ceil
from zoneinfo import ZoneInfo

from billing.minimum_service import Suspension
from billing.packs import PackContent, PackLine
from billing.tariff import Rate

BRUSSELS = ZoneInfo("Europe/Brussels")
UNION = {
    "AT", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT",
    "RO", "SE", "SI", "SK", "IS", "LI", "NO",
}  # fmt: skip
AS_AT_HOME = UNION | {"", "BE"}
SERVICES = ("business_telephony", "sip_trunking", "web_meeting", "telavox")


@dataclass(frozen=True)
class Call:
    usage_no: int
    usage_id: str
    line_no: int
    kind: str
    outgoing: bool
    callee: str  # digits, "s112" or ""
    started: datetime
    quantity: int
    visited: str = ""
    caller: str = ""


@dataclass(frozen=True)
class OrderLine:
    line_no: int
    deck: str
    contract: str
    client: str
    starts_on: date
    ends_on: date | None = None
    in_force: bool = True


@dataclass(frozen=True)
class Answer:
    rate_no: int
    in_pack: int
    charged: int
    price: Decimal
    status: str
    beyond: int = 0


class Trie:
    def __init__(self) -> None:
        self.next: dict[str, Trie] = {}
        self.versions: list[Rate] = []

    def add(self, digits: str, rate: Rate) -> None:
        node = self
        for digit in digits:
            node = node.next.setdefault(digit, Trie())
        node.versions.append(rate)

    def longest(self, digits: str, day: date) -> Rate | None:
        node, best = self, None
        for digit in [*digits, None]:
            valid = [rate for rate in node.versions if rate.valid_from <= day]
            if valid:
                best = max(valid, key=lambda rate: rate.valid_from)
            if digit is None or digit not in node.next:
                break
            node = node.next[digit]
        return best


class Oracle:
    def __init__(
        self,
        lines: Iterable[OrderLine],
        rates: Iterable[Rate],
        packs: Sequence[PackLine] = (),
        contents: Sequence[PackContent] = (),
        charged: Mapping[tuple[int, date], int] | None = None,
        emergency: Iterable[str] = ("112",),
        suspensions: Sequence[Suspension] = (),
        caps: Mapping[date, int] | None = None,
    ) -> None:
        self.suspensions, self.caps = suspensions, caps or {}
        self.roamed: dict[tuple[int, str, date], int] = {}
        self.lines = {line.line_no: line for line in lines}
        self.packs, self.contents, self.charged = packs, contents, charged or {}
        self.emergency = set(emergency)
        self.used: dict[tuple[str, str, str, date], int] = {}
        self.tries: dict[tuple[str, str], Trie] = {}  # by deck, and country with its colon and mark: "us:sms"
        for rate in rates:
            mark = rate.prefix.rstrip("0123456789")
            self.tries.setdefault((rate.deck, mark), Trie()).add(rate.prefix[len(mark) :], rate)

    def rate(self, calls: Iterable[Call]) -> dict[int, Answer]:
        inorder = sorted(calls, key=lambda call: (call.started, call.usage_id.encode()))
        return {call.usage_no: self.answer(call) for call in inorder}

    def answer(self, call: Call) -> Answer:
        line, day = self.lines.get(call.line_no), call.started.astimezone(BRUSSELS).date()
        if not call.outgoing:
            return Answer(self.rate_no(call, day), 0, call.quantity, Decimal(0), "free")
        rate = self.find(call, day, "")
        is_help = call.callee[:1] == "s" and call.callee[1:] in self.emergency
        if call.visited not in AS_AT_HOME and not is_help and not (rate and rate.destination_group == "emergency"):
            rate = self.find(call, day, call.visited.lower() + ":")
        number = rate.rate_no if rate else 0
        if is_help or (rate and rate.destination_group == "emergency"):
            return Answer(number, 0, call.quantity, Decimal(0), "free")
        if call.quantity == 0:
            return Answer(number, 0, 0, Decimal(0), "free")
        if line is None or not line.in_force or day < line.starts_on or (line.ends_on and day > line.ends_on):
            return Answer(number, 0, call.quantity, Decimal(0), "held")
        if any(
            one.end_client_id == line.client and one.starts_on <= day and (one.ends_on is None or day <= one.ends_on)
            for one in self.suspensions
        ):
            return Answer(number, 0, call.quantity, Decimal(0), "held")
        within, surcharge = call.quantity, None
        if call.kind == "data" and call.visited in UNION:
            within = self.within(call, line, day)
            surcharge = self.find(call, day, "eu:")
        beyond = call.quantity - within
        if beyond and surcharge is None:
            return Answer(number, 0, call.quantity, Decimal(0), "unrated")
        taken = self.take(call, line, rate, day, within) if call.visited in AS_AT_HOME else 0
        left = within - taken
        if left == beyond == 0:
            return Answer(number, taken, 0, Decimal(0), "in_pack")
        if rate is None and left:
            return Answer(0, 0, call.quantity, Decimal(0), "unrated")
        sixtieths = (self.sixtieths(rate, left, call.kind) if rate and left else 0) + (
            self.sixtieths(surcharge, beyond, "data") if surcharge and beyond else 0
        )
        cents, rest = divmod(sixtieths, Decimal(600_000))
        price = (cents + (1 if rest else 0)) / 100
        return Answer(number, taken, left + beyond, price, "charged" if price or taken else "free", beyond)

    def rate_no(self, call: Call, day: date) -> int:
        return 0

    def within(self, call: Call, line: OrderLine, day: date) -> int:
        user = (line.line_no, call.caller, day.replace(day=1))
        limits = [cap * 1_000_000 for cap in [self.cap(user[2])] if cap is not None]
        bundle = max(
            (self.bundle(pack, day) for pack in self.packs if (pack.contract_id, pack.end_client_id) == (line.contract, line.client)),
            default=0,
        )
        if bundle:
            limits.append(bundle)
        within = call.quantity
        if limits:
            within = min(call.quantity, max(0, min(limits) - self.roamed.get(user, 0)))
        self.roamed[user] = self.roamed.get(user, 0) + within
        return within

    def cap(self, first: date) -> int | None:
        valid = sorted(day for day in self.caps if day <= first)
        return self.caps[valid[-1]] if valid else None

    def bundle(self, pack: PackLine, day: date) -> int:
        first, length = day.replace(day=1), monthrange(day.year, day.month)[1]
        quantity = self.charged.get((pack.line_no, first), pack.quantity)
        if pack.charged_through and pack.charged_through >= day.replace(day=length):
            quantity = pack.quantity
        best = 0
        for number in range(1, length + 1) if quantity else ():
            on = day.replace(day=number)
            if on < pack.starts_on or (pack.ends_on and on > pack.ends_on):
                continue
            total = 0
            for name in {content.destination_group for content in self.contents if content.product == pack.product}:
                known = [
                    one for one in self.contents if (one.product, one.destination_group) == (pack.product, name) and one.valid_from <= on
                ]
                if known:
                    total += ceil((max(known, key=lambda one: one.valid_from).data_mb or Decimal(0)) * 1_000_000)
            best = max(best, total)
        return best

    def find(self, call: Call, day: date, country: str) -> Rate | None:
        if call.line_no not in self.lines:
            return None
        digits = call.callee.removeprefix("s")
        marks = {"voice": [""], "sms": ["sms", ""], "data": ["data"]}[call.kind]
        if call.callee.startswith("s") and call.kind != "data":
            marks = ["s"]
        if call.kind == "sms" and not call.callee:
            marks = [""]
        for mark in marks:
            trie = self.tries.get((self.lines[call.line_no].deck, country + mark))
            rate = trie.longest(digits, day) if trie else None
            if rate:
                return rate
        return None

    def sixtieths(self, rate: Rate, left: int, kind: str) -> Decimal:
        billed = Decimal(left)
        if kind == "voice" and rate.deck in ("sip_trunking", "telavox"):
            billed = Decimal(rate.first_increment)
            while billed < left:
                billed += rate.next_increment
        # Over sixty at once, so that no third of a cent is ever rounded away before the end.
        return Decimal(rate.setup_micro) * 60 + Decimal(rate.per_minute_micro) * billed

    def take(self, call: Call, line: OrderLine, rate: Rate | None, day: date, within: int) -> int:
        if call.kind == "sms" or (call.kind == "voice" and rate is None):
            return 0
        unit = "bytes" if call.kind == "data" else "seconds"
        group = "" if call.kind == "data" or rate is None else rate.destination_group
        pool = (line.contract, line.client, unit + group, day.replace(day=1))
        left = max(0, self.allowance(line, unit, group, day) - self.used.get(pool, 0))
        if rate is None and left < within:
            return 0
        taken = min(left, within)
        self.used[pool] = self.used.get(pool, 0) + taken
        return taken

    def allowance(self, line: OrderLine, unit: str, group: str, day: date) -> int:
        total = 0
        for pack in self.packs:
            if (pack.contract_id, pack.end_client_id) != (line.contract, line.client):
                continue
            if day < pack.starts_on or (pack.ends_on and day > pack.ends_on):
                continue
            for name in {content.destination_group for content in self.contents if content.product == pack.product}:
                if unit == "seconds" and name != group:
                    continue
                known = [
                    one for one in self.contents if (one.product, one.destination_group) == (pack.product, name) and one.valid_from <= day
                ]
                if known:
                    total += self.monthly(pack, max(known, key=lambda one: one.valid_from), unit, day)
        return total

    def monthly(self, pack: PackLine, content: PackContent, unit: str, day: date) -> int:
        length = monthrange(day.year, day.month)[1]
        first = day.replace(day=1)
        partial = pack.starts_on > first
        days = length - pack.starts_on.day + 1 if partial else length
        quantity = self.charged.get((pack.line_no, first), pack.quantity)
        if pack.charged_through and pack.charged_through >= day.replace(day=length):
            quantity = pack.quantity
        each = (content.minutes or Decimal(0)) * 60 if unit == "seconds" else (content.data_mb or Decimal(0)) * 1_000_000
        whole, rest = divmod(each * quantity * days, Decimal(length))
        return int((whole + (1 if rest else 0)).to_integral_value(ROUND_CEILING))


def utc(text: str) -> datetime:
    """An instant written as 2026-10-03T08:15:30, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
