"""The rules of rating a second time, as slowly and plainly as can be: one call after the other, a trie and decimals."""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_CEILING, Decimal
from zoneinfo import ZoneInfo

from billing.packs import PackContent, PackLine
from billing.tariff import Rate

BRUSSELS = ZoneInfo("Europe/Brussels")
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
    ) -> None:
        self.lines = {line.line_no: line for line in lines}
        self.packs, self.contents, self.charged = packs, contents, charged or {}
        self.emergency = set(emergency)
        self.used: dict[tuple[str, str, str, date], int] = {}
        self.tries: dict[tuple[str, str], Trie] = {}
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
        rate = self.find(call, day)
        number = rate.rate_no if rate else 0
        if (call.callee[:1] == "s" and call.callee[1:] in self.emergency) or (rate and rate.destination_group == "emergency"):
            return Answer(number, 0, call.quantity, Decimal(0), "free")
        if call.quantity == 0:
            return Answer(number, 0, 0, Decimal(0), "free")
        if line is None or not line.in_force or day < line.starts_on or (line.ends_on and day > line.ends_on):
            return Answer(number, 0, call.quantity, Decimal(0), "held")
        taken = self.take(call, line, rate, day)
        left = call.quantity - taken
        if left == 0:
            return Answer(number, taken, 0, Decimal(0), "in_pack")
        if rate is None:
            return Answer(0, 0, left, Decimal(0), "unrated")
        price = self.price(rate, left, call.kind)
        return Answer(number, taken, left, price, "charged" if price or taken else "free")

    def rate_no(self, call: Call, day: date) -> int:
        return 0

    def find(self, call: Call, day: date) -> Rate | None:
        if call.line_no not in self.lines:
            return None
        digits = call.callee.removeprefix("s")
        marks = {"voice": [""], "sms": ["sms", ""], "data": ["data"]}[call.kind]
        if call.callee.startswith("s") and call.kind != "data":
            marks = ["s"]
        if call.kind == "sms" and not call.callee:
            marks = [""]
        for mark in marks:
            trie = self.tries.get((self.lines[call.line_no].deck, mark))
            rate = trie.longest(digits, day) if trie else None
            if rate:
                return rate
        return None

    def price(self, rate: Rate, left: int, kind: str) -> Decimal:
        billed = Decimal(left)
        if kind == "voice" and rate.deck in ("sip_trunking", "telavox"):
            billed = Decimal(rate.first_increment)
            while billed < left:
                billed += rate.next_increment
        # Over sixty at once, so that no third of a cent is ever rounded away before the end.
        sixtieths = Decimal(rate.setup_micro) * 60 + Decimal(rate.per_minute_micro) * billed
        cents, rest = divmod(sixtieths, Decimal(600_000))
        return (cents + (1 if rest else 0)) / 100

    def take(self, call: Call, line: OrderLine, rate: Rate | None, day: date) -> int:
        if call.kind == "sms" or (call.kind == "voice" and rate is None):
            return 0
        unit = "bytes" if call.kind == "data" else "seconds"
        group = "" if call.kind == "data" or rate is None else rate.destination_group
        pool = (line.contract, line.client, unit + group, day.replace(day=1))
        left = max(0, self.allowance(line, unit, group, day) - self.used.get(pool, 0))
        if rate is None and left < call.quantity:
            return 0
        taken = min(left, call.quantity)
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
