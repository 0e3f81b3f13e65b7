"""Which invoices a payment pays: by structured communication, then by amount and account; by name never, that is only a suggestion.

What cannot be said for sure is left to a person. Amounts are Decimal EUR.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from billing.bank import Movement
from billing.communications import is_near, valid_in, written_in
from billing.money import ZERO

BY_COMMUNICATION, BY_ACCOUNT, BY_RETURN, OUTGOING, UNMATCHED = "communication", "amount and account", "return", "outgoing", "unmatched"
BY_COLLECTION = "collection"
SUGGESTIONS = 3


@dataclass(frozen=True, slots=True)
class Owed:
    """An issued invoice or debit note and what is open of it, less credit notes and payments; `reference` is twelve digits.

    Below zero where more was paid than is due, as after a credit note.
    """

    number: str
    payer_id: str
    reference: str
    due_on: date
    open_amount: Decimal


@dataclass(frozen=True, slots=True)
class Match:
    """Where the money of a movement goes: to invoices, on account of payers, the rest nowhere yet. The three add up to the movement.

    `collected` are the invoices whose direct debits it credits.
    """

    how: str
    shares: tuple[tuple[str, Decimal], ...] = ()
    on_account: tuple[tuple[str, Decimal], ...] = ()
    unmatched: Decimal = ZERO
    collected: tuple[str, ...] = ()


class Books:
    """What is owed, found by communication and by payer, and which payers paid from which account before."""

    def __init__(self, owed: Iterable[Owed], accounts: Mapping[str, Iterable[str]]) -> None:
        self._owed: dict[str, Owed] = {}
        self._by_reference: dict[str, str] = {}
        self._by_payer: dict[str, list[str]] = defaultdict(list)
        for one in sorted(owed, key=_age):
            self.enter(one)
        self._accounts: dict[str, set[str]] = defaultdict(set, {iban: set(payers) for iban, payers in accounts.items()})

    def knows(self, number: str) -> bool:
        """Whether an invoice is in the books."""
        return number in self._owed

    def enter(self, one: Owed) -> None:
        """Take an invoice into the books."""
        self._owed[one.number] = one
        self._by_reference[one.reference] = one.number
        self._by_payer[one.payer_id].append(one.number)

    def of_reference(self, digits: str) -> Owed | None:
        """The invoice of a communication, also when nothing is open of it."""
        number = self._by_reference.get(digits)
        return None if number is None else self._owed[number]

    def open_of(self, payer_id: str) -> list[Owed]:
        """The open invoices of a payer, oldest due date first."""
        return sorted((one for number in self._by_payer[payer_id] if (one := self._owed[number]).open_amount > 0), key=_age)

    def open_amount_of(self, number: str) -> Decimal:
        """What is open of an invoice; below zero where more was paid than is due."""
        return self._owed[number].open_amount

    def payers_of(self, iban: str) -> set[str]:
        """Whom this account paid for before."""
        return set(self._accounts.get(iban, ())) if iban else set()

    def still_open(self) -> list[Owed]:
        """All open invoices."""
        return [one for one in self._owed.values() if one.open_amount > 0]

    def note(self, movement: Movement, match: Match) -> None:
        """Take a match into account for those that follow."""
        for number, amount in match.shares:
            one = self._owed[number]
            self._owed[number] = replace(one, open_amount=one.open_amount - amount)
            if movement.counterparty_iban and amount > 0:
                self._accounts[movement.counterparty_iban].add(one.payer_id)


def match_payment(movement: Movement, books: Books) -> Match:
    """Returns where the money of a movement that came in goes; one that went out is none of a payer's (`OUTGOING`)."""
    if movement.amount <= 0:
        return Match(OUTGOING)
    return _by_communication(movement, books) or _by_account(movement, books) or Match(UNMATCHED, unmatched=movement.amount)


def _by_communication(movement: Movement, books: Books) -> Match | None:
    named = [one for digits in _communications(movement) if (one := books.of_reference(digits))]
    if not named:
        return None
    shares, left = _spread(movement.amount, sorted(named, key=_age))
    payers = {one.payer_id for one in named}
    if left <= 0:
        return Match(BY_COMMUNICATION, shares)
    if len(payers) > 1:
        return Match(BY_COMMUNICATION, shares, unmatched=left)
    (payer_id,) = payers
    named_numbers = {one.number for one in named}
    further = _exact_sum(left, [one for one in books.open_of(payer_id) if one.number not in named_numbers])
    if shares and further:  # what only repeats an invoice already paid is a double payment, whatever else is open
        return Match(BY_COMMUNICATION, (*shares, *further))
    return Match(BY_COMMUNICATION, shares, on_account=((payer_id, left),))


def _by_account(movement: Movement, books: Books) -> Match | None:
    """Exactly one open invoice of that amount, or exactly the oldest open invoices together; two ways to read it are none."""
    ways: list[tuple[tuple[str, Decimal], ...]] = []
    for payer_id in sorted(books.payers_of(movement.counterparty_iban)):
        owed = books.open_of(payer_id)
        ways += [((one.number, one.open_amount),) for one in owed if one.open_amount == movement.amount]
        oldest = _exact_sum(movement.amount, owed)
        if len(oldest) > 1:
            ways.append(oldest)
    return Match(BY_ACCOUNT, ways[0]) if len(ways) == 1 else None


def _communications(movement: Movement) -> list[str]:
    """Valid ones only: that of its own field first, then those in the text."""
    return list(dict.fromkeys(valid_in(f"{movement.reference} | {movement.text}")))


def _spread(amount: Decimal, owed: Sequence[Owed]) -> tuple[tuple[tuple[str, Decimal], ...], Decimal]:
    """Each invoice up to what is open of it, in the order given; and what is left."""
    shares: list[tuple[str, Decimal]] = []
    for one in owed:
        share = min(amount, one.open_amount)
        if share > 0:
            shares.append((one.number, share))
            amount -= share
    return tuple(shares), amount


def _exact_sum(amount: Decimal, owed: Sequence[Owed]) -> tuple[tuple[str, Decimal], ...]:
    """The oldest invoices whose open amounts add up to exactly the amount; none when no number of them does."""
    taken: list[tuple[str, Decimal]] = []
    for one in owed:
        taken.append((one.number, one.open_amount))
        amount -= one.open_amount
        if amount == 0:
            return tuple(taken)
        if amount < 0:
            break
    return ()


@dataclass(frozen=True, slots=True)
class Taken:
    """A movement that came in earlier, not handed back yet, as a return looks for it."""

    movement_no: int
    amount: Decimal
    counterparty_iban: str
    communications: frozenset[str]
    end_to_end_id: str
    mandate_id: str


def find_returned(movement: Movement, taken: Iterable[Taken]) -> int | None:
    """Returns the number of the one movement that a return hands back, None when there is none or more than one could be meant.

    Same amount, and the same end-to-end id; else the same communication; else the same account or mandate.
    """
    same = [one for one in taken if one.amount == -movement.amount]
    said = set(_communications(movement))
    ties = (
        [one for one in same if _says(movement.end_to_end_id) and one.end_to_end_id == movement.end_to_end_id],
        [one for one in same if said & one.communications],
        [one for one in same if _same_account(movement, one)],
    )
    for found in ties:
        if found:
            return found[0].movement_no if len(found) == 1 else None
    return None


def invoice_returned(movement: Movement, books: Books, paid: Mapping[str, Decimal]) -> str | None:
    """Returns the invoice whose collection is handed back, where a batch was credited in one sum; None unless exactly one is named.

    It is named by its communication or by an end-to-end id that is its number or its communication, and was paid at least as much.
    """
    named = [one.number for digits in _communications(movement) if (one := books.of_reference(digits))]
    named += [one.number for digits in valid_in(movement.end_to_end_id) if (one := books.of_reference(digits))]
    named += [movement.end_to_end_id] if movement.end_to_end_id in paid else []
    able = {number for number in named if paid.get(number, ZERO) >= -movement.amount}
    return able.pop() if len(able) == 1 else None


def communications_of(movement: Movement) -> frozenset[str]:
    """The valid structured communications a movement carries."""
    return frozenset(_communications(movement))


def suggestions(movement: Movement, books: Books, names: Mapping[str, str]) -> list[str]:
    """Returns what a person may look at first, at most three of them: a mistyped communication, the name, the amount. Nobody acts on it."""
    written = written_in(f"{movement.reference} | {movement.text}")
    owed = sorted(books.still_open(), key=_age)
    known = books.payers_of(movement.counterparty_iban)
    name = _words(movement.counterparty_name)
    found = [f"{one.number}: communication mistyped" for one in owed if any(is_near(digits, one.reference) for digits in written)]
    found += [f"{one.number}: open of {one.payer_id}, who paid from this account before" for one in owed if one.payer_id in known]
    alike = {payer_id for payer_id, theirs in names.items() if len(name & _words(theirs)) >= min(2, len(_words(theirs)), len(name) or 1)}
    found += [f"{one.number}: open of {one.payer_id}, a name alike" for one in owed if one.payer_id in alike and name]
    found += [f"{one.number}: this very amount is open" for one in owed if one.open_amount == movement.amount]
    first = {text.partition(":")[0]: text for text in reversed(found)}
    return [text for text in found if first[text.partition(":")[0]] == text][:SUGGESTIONS]


def _says(end_to_end_id: str) -> bool:
    return end_to_end_id not in ("", "NOTPROVIDED")


def _same_account(movement: Movement, one: Taken) -> bool:
    same_mandate = bool(movement.mandate_id) and movement.mandate_id == one.mandate_id
    return same_mandate or (bool(movement.counterparty_iban) and movement.counterparty_iban == one.counterparty_iban)


def _words(name: str) -> set[str]:
    """The words of a name that tell it apart: no accents, no legal forms, none shorter than three letters."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return {word for word in re.findall(r"[a-z0-9]{3,}", plain) if word not in {"srl", "bvba", "sprl", "asbl", "vzw", "the", "van", "les"}}


def _age(one: Owed) -> tuple[date, str]:
    return one.due_on, one.number


__all__ = [
    "BY_ACCOUNT", "BY_COLLECTION", "BY_COMMUNICATION", "BY_RETURN", "OUTGOING", "UNMATCHED", "Books", "Match", "Owed", "Taken",
    "communications_of", "find_returned", "invoice_returned", "match_payment", "suggestions",
]  # fmt: skip
