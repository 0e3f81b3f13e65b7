"""The account of a payer: documents, payments and set-offs day by day, and what they come to. What he owes is above zero."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Literal

from billing.clause import carries_out
from billing.money import ZERO

EntryKind = Literal["invoice", "debit_note", "credit_note", "payment", "returned", "set_off", "written_off", "on_account"]

ORDER: tuple[EntryKind, ...] = ("invoice", "debit_note", "credit_note", "set_off", "written_off", "payment", "on_account", "returned")


@dataclass(frozen=True, slots=True)
class Entry:
    """What moved the account on a day: EUR including VAT, above zero where it adds to what the payer owes.

    `reference` is the number of the document, empty for money; `invoice_number` the invoice it charges, credits or pays, empty for money
    on account.
    """

    day: date
    kind: EntryKind
    reference: str
    invoice_number: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Account:
    """The account from the beginning of its first to the end of its last day, each entry with the balance after it. EUR."""

    first: date
    last: date
    opening: Decimal
    entries: Sequence[tuple[Entry, Decimal]]
    closing: Decimal


@carries_out("GC-5.3")
def account(entries: Iterable[Entry], first: date, last: date) -> Account:
    """Returns the account of a stretch of days, both included. A deposit set off lowers what is owed on its day, as a payment does."""
    past = sorted((one for one in entries if one.day <= last), key=_order)
    opening = sum((one.amount for one in past if one.day < first), ZERO)
    within = [one for one in past if one.day >= first]
    after = list(accumulate((one.amount for one in within), initial=opening))
    return Account(first, last, opening, list(zip(within, after[1:], strict=True)), after[-1])


def position(entries: Iterable[Entry], day: date) -> tuple[Decimal, Decimal]:
    """Returns what is open at the end of a day, invoice by invoice, and what is in the payer's favour; the balance is the difference.

    In his favour is money on account, what was paid of an invoice before it was issued, and what payments and credit notes together took
    off an invoice beyond what it came to.
    """
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for one in entries:
        if one.day <= day:
            sums[one.invoice_number] += one.amount
    return sum((amount for amount in sums.values() if amount > 0), ZERO), -sum((amount for amount in sums.values() if amount < 0), ZERO)


def _order(entry: Entry) -> tuple[date, int, str, str, Decimal]:
    return entry.day, ORDER.index(entry.kind), entry.reference, entry.invoice_number, entry.amount
