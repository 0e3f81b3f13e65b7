"""The journal: what each document and each movement of money does to the accounts, in double entry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from billing.accounts import Chart, Purpose
from billing.deferral import deferred
from billing.money import ZERO
from billing.numbering import InvoiceKind
from billing.period import Period

JournalName = Literal["sales", "credit_notes", "debit_notes", "bank", "general"]
JOURNAL_OF: Mapping[InvoiceKind, JournalName] = {"invoice": "sales", "credit_note": "credit_notes", "debit_note": "debit_notes"}
Place = Literal["invoice", "on_account", "unmatched", "aside"]
Means = Literal["bank", "deposits", "write_offs"]
PLACE: Mapping[Place, Purpose] = {
    "invoice": "receivables", "on_account": "on_account", "unmatched": "unmatched", "aside": "unmatched",
}  # fmt: skip


class Unbalanced(Exception):
    """A document whose debit is not its credit: its parts contradict one another, and it is not booked."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal: EUR to the cent, either `debit` or `credit` above zero. `partner` on receivables and money on account."""

    account: str
    partner: str
    debit: Decimal
    credit: Decimal
    vat_code: str
    text: str


@dataclass(frozen=True, slots=True)
class Booking:
    """A document of the journal: its debit is its credit."""

    journal: JournalName
    document: str
    dated_on: date
    due_on: date | None
    reference: str
    text: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """An amount on an account: debit above zero, credit below."""

    account: str
    amount: Decimal
    partner: str = ""
    vat_code: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of a document: its net in EUR with its sign, the account it is income on, and the days it is earned on (None = at issue)."""

    account: str
    net: Decimal
    vat_category: str
    vat_rate: Decimal
    days: Period | None


@dataclass(frozen=True, slots=True)
class VatAmount:
    """The VAT of one category and rate of a document, EUR with its sign."""

    vat_category: str
    vat_rate: Decimal
    vat: Decimal


@dataclass(frozen=True, slots=True)
class Sale:
    """An invoice, credit note or debit note as issued; the amounts of a credit note are negative."""

    kind: InvoiceKind
    number: str
    payer_id: str
    issued_on: date
    due_on: date
    gross: Decimal
    reference: str
    credits: str = ""  # the number of the invoice that a credit note credits


@dataclass(frozen=True, slots=True)
class Part:
    """Where a part of a movement of the bank went, EUR with its sign; `payer_id` of an invoice or an account, `number` of an invoice."""

    place: Place
    amount: Decimal
    payer_id: str = ""
    number: str = ""


def vat_code(category: str, rate: Decimal) -> str:
    """Returns the code of a VAT treatment: S21 for the standard rate of 21 %, AE for reverse charge, O outside the scope of VAT."""
    return f"{category}{rate.normalize():f}" if rate else category


def sale(document: Sale, lines: Iterable[SoldLine], taxed: Iterable[VatAmount], last: date, chart: Chart) -> Booking:
    """Returns the document as it is booked in the month that ends on `last`: the days up to then are income, the rest is deferred.

    The receivable takes the gross, VAT its account, each line its revenue account. Raises Unbalanced when lines and VAT are not the gross.
    """
    sides = [Side(chart.of("receivables"), document.gross, partner=document.payer_id, text=document.number)]
    for line in lines:
        code, kept = vat_code(line.vat_category, line.vat_rate), deferred(line.net, line.days, last)
        sides.append(Side(line.account, kept - line.net, vat_code=code, text=document.number))
        sides.append(Side(chart.of("deferred_income"), -kept, vat_code=code, text=f"{document.number}, days after {last}"))
    for one in taxed:
        sides.append(Side(chart.of("vat"), -one.vat, vat_code=vat_code(one.vat_category, one.vat_rate), text=document.number))
    text = f"credits {document.credits}" if document.credits else ""
    journal, reference = JOURNAL_OF[document.kind], document.reference
    return booking(journal, document.number, document.issued_on, sides, due_on=document.due_on, reference=reference, text=text)


def movement(document: str, booked_on: date, came: Decimal, parts: Iterable[Part], reference: str, text: str, chart: Chart) -> Booking:
    """Returns a movement of the bank: what came (negative: what went) against where it belongs.

    `came` is zero for a movement booked before of which a part has been moved to another place since.
    """
    sides = [Side(chart.of("bank"), came, text=text)]
    for part in parts:
        words = "no payer's money" if part.place == "aside" else part.number
        sides.append(Side(chart.of(PLACE[part.place]), -part.amount, partner=part.payer_id, text=words))
    return booking("bank", document, booked_on, sides, reference=reference, text=text)


def settlement(document: str, paid_on: date, amount: Decimal, payer_id: str, number: str, means: Means, text: str, chart: Chart) -> Booking:
    """Returns what settles an invoice without a statement of the bank: a payment noted by hand, a deposit set off, an amount given up."""
    sides = [Side(chart.of(means), amount, text=number), Side(chart.of("receivables"), -amount, partner=payer_id, text=number)]
    return booking("bank" if means == "bank" else "general", document, paid_on, sides, reference=number, text=text)


def release(month: Period, income: Mapping[str, Decimal], chart: Chart) -> Booking:
    """Returns the deferred income (by revenue account) that is earned in a month, on its last day."""
    sides = [side for account, amount in sorted(income.items()) for side in _both(chart.of("deferred_income"), account, amount)]
    return booking("general", f"DEF-{month}", month.last, sides, text=f"deferred income earned in {month}")


def accrual(month: Period, unbilled: Mapping[str, Decimal], chart: Chart) -> Booking:
    """Returns the traffic of a month that no invoice has billed at its end (by revenue account), as income receivable on its last day."""
    sides = [side for account, amount in sorted(unbilled.items()) for side in _both(chart.of("accrued_income"), account, amount)]
    return booking("general", f"ACC-{month}", month.last, sides, text=f"traffic of {month} not billed yet")


def taken_back(accrued: Booking, month: Period) -> Booking:
    """Returns the reverse of the accrual of the month before, on the first day of a month: what was accrued is billed there."""
    sides = [Side(one.account, one.credit - one.debit, one.partner, one.vat_code, one.text) for one in accrued.entries]
    document = f"REV-{month.previous_month()}"
    return booking("general", document, month.first, sides, reference=accrued.document, text=f"takes back {accrued.document}")


def booking(
    journal: JournalName,
    document: str,
    dated_on: date,
    sides: Iterable[Side],
    *,
    due_on: date | None = None,
    reference: str = "",
    text: str = "",
) -> Booking:
    """Returns a document with one entry for each account, partner, VAT code and text of its sides, in their order, none of nothing.

    Raises Unbalanced when the sides do not come to zero.
    """
    sums: dict[tuple[str, str, str, str], Decimal] = defaultdict(lambda: ZERO)
    for side in filter(lambda one: one.amount, sides):
        sums[side.account, side.partner, side.vat_code, side.text] += side.amount
    if total := sum(sums.values(), ZERO):
        raise Unbalanced(f"{document} of {dated_on}: debit and credit differ by {total}; it cannot be booked")
    entries = tuple(
        Entry(account, partner, max(amount, ZERO), max(-amount, ZERO), code, words)
        for (account, partner, code, words), amount in sums.items()
        if amount
    )
    return Booking(journal, document, dated_on, due_on, reference, text, entries)


def booking_of_entries(document: str, dated_on: date, entries: Sequence[Entry]) -> Booking:
    """Returns a general document as it was booked."""
    return Booking("general", document, dated_on, None, "", "", tuple(entries))


def balances(bookings: Iterable[Booking]) -> dict[str, Decimal]:
    """Returns what the accounts come to, debit above zero."""
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for one in bookings:
        for entry in one.entries:
            sums[entry.account] += entry.debit - entry.credit
    return dict(sums)


def _both(debit: str, credit: str, amount: Decimal) -> Sequence[Side]:
    return Side(debit, amount, text=credit), Side(credit, -amount)


__all__ = [
    "Booking", "Entry", "Part", "Sale", "Side", "SoldLine", "Unbalanced", "VatAmount", "accrual", "balances", "booking",
    "booking_of_entries", "movement", "release", "sale", "settlement", "taken_back", "vat_code",
]  # fmt: skip
