"""Credit notes: what of an invoice is taken back, never more than is left of a line, with the VAT that falls with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from billing.clause import carries_out
from billing.invoices import Totals, VatTotal
from billing.money import CENT, ZERO, round_half_up
from billing.period import Period


@dataclass(frozen=True, slots=True)
class IssuedLine:
    """A line of an issued invoice, EUR to the cent: what it charges, and what earlier credit notes took of that, with the sign of `net`.

    A line may charge less than zero: an SLA credit used up on the invoice (GC-10.5).
    """

    line_seq: int
    net: Decimal
    credited: Decimal
    vat_category: str
    vat_rate: Decimal

    @property
    def left(self) -> Decimal:
        """What can still be credited of it."""
        return self.net - self.credited


@dataclass(frozen=True, slots=True)
class Asked:
    """What finance asks: the whole invoice (no line named), all that is left of some lines, or an amount (net, EUR) of one line."""

    lines: tuple[int, ...] = ()
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CreditLine:
    """A line of a credit note: `net` is negative where it takes a charge back."""

    credits_line_seq: int
    net: Decimal
    vat_category: str
    vat_rate: Decimal


@dataclass(frozen=True, slots=True)
class Credit:
    """A credit note: its lines in the order of those they credit, and its totals. Amounts negative."""

    lines: tuple[CreditLine, ...]
    totals: Totals


@dataclass(frozen=True, slots=True)
class Refund:
    """Days of a line that are given back (GC-13.2), and what they are worth: EUR to the cent, positive."""

    line_id: str
    days: Period
    net: Decimal
    clause: str


@dataclass(frozen=True, slots=True)
class ChargedDays:
    """A line of an issued invoice that charged days of an order line."""

    line: IssuedLine
    line_id: str
    days: Period


@dataclass(frozen=True, slots=True)
class RefundedDays:
    """Of a refund, what one line of the invoice gives back: the days of it, and EUR to the cent, positive."""

    line_seq: int
    days: Period
    net: Decimal
    clause: str


class CreditRefused(Exception):
    """What was asked cannot be credited; the message names the line, what was asked and what is left."""


def wanted(lines: Sequence[IssuedLine], asked: Asked) -> dict[int, Decimal]:
    """Returns what to take of each line, by line number, with the sign of the line.

    Raises CreditRefused for a line the invoice does not have, an amount that is not above zero, not in cents or more than is left of the
    line, a line or invoice with nothing left, and a line that is itself a credit: that goes back with the whole invoice only, so that
    an SLA credit is either used up or not.
    """
    if not asked.lines:
        found = {line.line_seq: line.left for line in lines if line.left}
        if not found:
            raise CreditRefused("nothing is left of the invoice; it is credited in full already")
        return found
    known = {line.line_seq: line for line in lines}
    return {number: _of_line(known, number, asked.amount) for number in sorted(set(asked.lines))}


def _of_line(known: Mapping[int, IssuedLine], number: int, amount: Decimal | None) -> Decimal:
    line = known.get(number)
    if line is None:
        raise CreditRefused(f"there is no line {number}; the invoice has lines {min(known)} to {max(known)}")
    if line.net < 0:
        raise CreditRefused(f"line {number} is itself a credit of {-line.net} EUR; it goes back with the whole invoice only")
    if not line.left:
        raise CreditRefused(f"nothing is left of line {number}; its {line.net} EUR are credited already")
    if amount is None:
        return line.left
    if not amount.is_finite() or amount <= 0:
        raise CreditRefused(f"{amount} EUR cannot be credited; give an amount above 0.00")
    if amount != amount.quantize(CENT):
        raise CreditRefused(f"{amount} EUR has parts of a cent; give two decimals")
    if amount > line.left:
        raise CreditRefused(f"{amount} EUR is more than the {line.left} EUR left of line {number}; credit at most that")
    return amount.quantize(CENT)


@carries_out("GC-5.1")
def credit(lines: Sequence[IssuedLine], taken: Mapping[int, Decimal]) -> Credit:
    """Returns the credit note that takes these amounts (by line number, with the sign of the line) of an invoice.

    Its VAT is, for each category and rate, that of what was left before less that of what is left after, each half-up to the cent: so
    crediting an invoice in parts takes back its VAT to the cent, neither more nor less. Raises CreditRefused for more than is left.
    """
    by_number = {line.line_seq: line for line in lines}
    for number, amount in taken.items():
        left = by_number[number].left
        if abs(amount) > abs(left) or amount * left < 0:
            raise CreditRefused(f"{amount} EUR is more than the {left} EUR left of line {number}; credit at most that")
    made = [
        CreditLine(number, -taken[number], by_number[number].vat_category, by_number[number].vat_rate)
        for number in sorted(taken)
        if taken[number]
    ]
    return Credit(tuple(made), _totals(lines, made))


def _totals(lines: Iterable[IssuedLine], made: Sequence[CreditLine]) -> Totals:
    left, base = (
        _sums((line.vat_category, line.vat_rate, line.left) for line in lines),
        _sums((line.vat_category, line.vat_rate, line.net) for line in made),
    )
    by_category = tuple(
        VatTotal(category, rate, net, _vat(left[category, rate] + net, rate) - _vat(left[category, rate], rate))
        for (category, rate), net in sorted(base.items())
    )
    net, vat = sum((total.base for total in by_category), ZERO), sum((total.vat for total in by_category), ZERO)
    return Totals(net, vat, net + vat, by_category)


def _sums(amounts: Iterable[tuple[str, Decimal, Decimal]]) -> dict[tuple[str, Decimal], Decimal]:
    sums: dict[tuple[str, Decimal], Decimal] = defaultdict(lambda: ZERO)
    for category, rate, net in amounts:
        sums[category, rate] += net
    return sums


def _vat(base: Decimal, rate: Decimal) -> Decimal:
    return round_half_up(base * rate / 100)


@carries_out("GC-13.2")
def refunded(refunds: Iterable[Refund], charged: Sequence[ChargedDays]) -> list[RefundedDays]:
    """Returns what each line of an invoice gives back of the refunds: those of its order line whose days it charged.

    A refund whose days stand on several lines is shared by days, to the cent, nothing lost. A line never gives back more than is left
    of it after earlier credit notes.
    """
    left = {each.line.line_seq: each.line.left for each in charged}
    found: list[RefundedDays] = []
    for refund in sorted(refunds, key=lambda each: (each.line_id, each.days)):
        parts = [(each, days) for each in charged if each.line_id == refund.line_id and (days := each.days.overlap(refund.days))]
        for each, days, net in _shared(refund.net, sorted(parts, key=lambda part: part[1])):
            given = min(net, left[each.line.line_seq])
            left[each.line.line_seq] -= given
            if given > 0:
                found.append(RefundedDays(each.line.line_seq, days, given, refund.clause))
    return found


def _shared(net: Decimal, parts: Sequence[tuple[ChargedDays, Period]]) -> Iterable[tuple[ChargedDays, Period, Decimal]]:
    """The amount shared by days: what the parts come to so far is rounded, not each part."""
    total, passed, given = sum(days.days for _, days in parts), 0, ZERO
    for each, days in parts:
        passed += days.days
        so_far = round_half_up(net * passed / total)
        yield each, days, so_far - given
        given = so_far
