"""The way back of what was collected: which invoices a credit of the bank pays, of one debit or of a batch, and which one a return opens.

Amounts are Decimal EUR. What cannot be said for sure is left to a person.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from billing.bank import Movement
from billing.matching import BY_COLLECTION, BY_RETURN, UNMATCHED, Books, Match
from billing.money import ZERO

SEQUENCES = ("FRST", "RCUR")
_OUR_IDS = re.compile(r"DD-[0-9]{8}-(?:CORE|B2B)-[0-9]{8}(?:-(?:FRST|RCUR))?")


@dataclass(frozen=True, slots=True)
class Item:
    """An invoice in a direct debit file, and what became of its money.

    `credited_by` and `returned_by` are the movements that brought and handed back its money; `credit` is what the first brought in all,
    `on_invoice` what of it went to this invoice. EUR.
    """

    number: str
    payer_id: str
    message_id: str
    sequence: str
    end_to_end_id: str
    amount: Decimal
    credited_by: int | None = None
    returned_by: int | None = None
    credit: Decimal = ZERO
    on_invoice: Decimal = ZERO

    @property
    def payment_id(self) -> str:
        """The payment information it stands in: what a bank books as one batch."""
        return payment_id(self.message_id, self.sequence)


def payment_id(message_id: str, sequence: str) -> str:
    """Returns the id of a payment information of a file: the debits of one sequence."""
    return f"{message_id}-{sequence}"


class Collected:
    """The items of all files, found by what the bank names, and kept up to date credit by credit."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._items = {one.number: one for one in items}
        self._by_end_to_end = {one.end_to_end_id: one.number for one in self._items.values()}
        self._batches: dict[str, list[str]] = defaultdict(list)
        for one in self._items.values():
            self._batches[one.payment_id].append(one.number)
            self._batches[one.message_id].append(one.number)

    def named(self, end_to_end_id: str) -> Item | None:
        """The item of an end-to-end id."""
        return self._items.get(self._by_end_to_end.get(end_to_end_id, ""))

    def of_invoice(self, number: str) -> Item | None:
        """The item of an invoice."""
        return self._items.get(number)

    def brought_by(self, movement_no: int) -> Item | None:
        """The item whose money a movement brought, and nothing else."""
        return next((one for one in self._items.values() if one.credited_by == movement_no and one.credit == one.amount), None)

    def batches(self, movement: Movement) -> list[list[Item]]:
        """The batches a movement may be the credit of: each it names by an id of ours, or by that of one of its items.

        Where it names the file, each payment information of it too. Items that were credited before are left out.
        """
        ids = dict.fromkeys(_OUR_IDS.findall(f"{movement.batch_id} | {movement.end_to_end_id} | {movement.text}"))
        one = self.named(movement.end_to_end_id)
        if one is not None:
            ids |= dict.fromkeys((one.payment_id, one.message_id))
        for name in list(ids):
            ids |= dict.fromkeys(payment_id(name, sequence) for sequence in SEQUENCES)
        return [batch for name in ids if (batch := self.not_credited(name))]

    def not_credited(self, batch: str) -> list[Item]:
        """The items of a batch whose money has not come; none of one nobody knows."""
        return [one for number in self._batches.get(batch, ()) if (one := self._items[number]).credited_by is None]

    def that_come_to(self, amount: Decimal) -> list[str]:
        """The batches whose money has not come and is this amount: what a person may look at, where the bank names none."""
        return sorted(name for name in self._batches if (batch := self.not_credited(name)) and _sum(batch) == amount)

    def note_credit(self, match: Match, movement_no: int, credit: Decimal) -> None:
        """Take a credit into account for what follows."""
        paid = dict(match.shares)
        for number in match.collected:
            on_invoice = paid.get(number, ZERO)
            self._items[number] = replace(self._items[number], credited_by=movement_no, credit=credit, on_invoice=on_invoice)

    def note_return(self, item: Item, movement_no: int) -> None:
        """Take a return into account for what follows."""
        self._items[item.number] = replace(item, returned_by=movement_no)


def match_collected(movement: Movement, collected: Collected, books: Books) -> Match | None:
    """Returns which invoices a credit pays that names a debit or a batch of ours; None when it names none.

    A batch that comes to less is matched only where it is clear what is missing: what was returned before, or exactly one debit.
    """
    if movement.amount <= 0:
        return None
    one = collected.named(movement.end_to_end_id)
    if one is not None and one.amount == movement.amount and one.credited_by is None:
        return _paid([one], books)
    batches = collected.batches(movement)
    if not batches:
        return None
    items = _credited(movement.amount, batches)
    return Match(UNMATCHED, unmatched=movement.amount) if items is None else _paid(items, books)


def match_batch(amount: Decimal, batch: str, collected: Collected, books: Books) -> Match | None:
    """Returns which invoices a credit pays that a person says is that of a batch; None when the batch does not come to it."""
    items = _credited(amount, [collected.not_credited(batch)])
    return None if items is None else _paid(items, books)


def match_return(movement: Movement, item: Item, *, paid: Decimal, on_account: Decimal) -> Match:
    """Returns where the money of a debit is taken back from that came in a batch: its invoice, and what of it stood on account.

    `paid` is what is paid of the invoice, `on_account` what the payer has on account. Left to a person when it is no longer there.
    """
    rest = item.amount - item.on_invoice
    if paid < item.on_invoice or on_account < rest:
        return Match(UNMATCHED, unmatched=movement.amount)
    shares = ((item.number, -item.on_invoice),) if item.on_invoice else ()
    return Match(BY_RETURN, shares, ((item.payer_id, -rest),) if rest else ())


def _credited(amount: Decimal, batches: Sequence[Sequence[Item]]) -> Sequence[Item] | None:
    """The one set of items that a credit is the sum of: a batch; else one without what came back; else one without exactly one item."""
    not_returned = [[one for one in batch if one.returned_by is None] for batch in batches]
    without_one = [[one for one in batch if one is not missing] for batch in batches for missing in batch]
    for sets in (batches, not_returned, without_one):
        ways = {frozenset(one.number for one in items): items for items in sets if items and _sum(items) == amount}
        if ways:
            return next(iter(ways.values())) if len(ways) == 1 else None
    return None


def _sum(items: Iterable[Item]) -> Decimal:
    return sum((one.amount for one in items), ZERO)


def _paid(items: Sequence[Item], books: Books) -> Match:
    """Each invoice up to what is open of it; what a payer paid besides stands on his account."""
    shares, on_account = list[tuple[str, Decimal]](), list[tuple[str, Decimal]]()
    for one in items:
        share = min(one.amount, max(books.open_amount_of(one.number), ZERO))
        shares += [(one.number, share)] if share else []
        on_account += [(one.payer_id, one.amount - share)] if share < one.amount else []
    return Match(BY_COLLECTION, tuple(shares), tuple(on_account), collected=tuple(one.number for one in items))


__all__ = ["Collected", "Item", "match_batch", "match_collected", "match_return", "payment_id"]
