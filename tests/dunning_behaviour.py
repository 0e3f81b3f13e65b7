"""How invented payers behave: what each does about each document it gets, decided by its seed alone. Nothing of the product is imported."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from tests.plain_dunning import ONE_DAY, Document, days

CENT = Decimal("0.01")
Manner = Literal["prompt", "late", "slow", "parts", "twice", "handed back", "never", "disputes", "guarantee", "unnamed", "everything"]

# Of a thousand payers of a telephony operator, and of the few of a case that should see everything.
ORDINARY: dict[Manner, int] = {
    "prompt": 930, "late": 24, "slow": 7, "parts": 7, "twice": 10, "handed back": 5, "never": 4, "disputes": 6, "guarantee": 3,
    "unnamed": 2, "everything": 2,
}  # fmt: skip
UNRULY: dict[Manner, int] = {
    "prompt": 4, "late": 4, "slow": 4, "parts": 4, "twice": 2, "handed back": 3, "never": 4, "disputes": 4, "guarantee": 3, "unnamed": 2,
    "everything": 6,
}  # fmt: skip


@dataclass(frozen=True)
class Habit:
    """How a payer is: its manner, its segment and language, and on which days its mail is not taken."""

    payer: str
    manner: Manner
    language: str
    segment: str
    channel: str
    clients: int  # end clients behind it; 0 = it uses the service itself
    no_address_until: date | None
    bounces: tuple[date, date] | None  # from, and the day its address is corrected


@dataclass(frozen=True)
class Pays:
    """Money for a document; `named` says whether with its communication. `share` of what it comes to."""

    on: date
    number: str
    amount: Decimal
    named: bool = True


@dataclass(frozen=True)
class HandedBack:
    """The bank takes a payment of an earlier day back."""

    on: date
    paid: Pays


@dataclass(frozen=True)
class Contests:
    """A dispute is opened, or closed: against the payer, or with a credit note for it."""

    on: date
    dispute_id: str
    number: str
    opened: date
    amount: Decimal
    guarantee: Decimal
    closed: date | None = None
    given_in: bool = False


Event = Pays | HandedBack | Contests


def habits(seed: int, count: int, shares: dict[Manner, int], first: date, segments: tuple[str, ...]) -> Iterator[Habit]:
    """The payers of an operator."""
    for number in range(1, count + 1):
        dice = random.Random(f"{seed} habit {number}")
        (manner,) = dice.choices(list(shares), list(shares.values()))
        trouble = manner not in ("prompt", "late")
        begins = first + days(dice.randrange(20, 250))
        yield Habit(
            payer=f"P{number:04d}",
            manner=manner,
            language=dice.choice(("fr", "nl", "en")),
            segment=dice.choice(segments),
            channel="portal" if dice.random() < 0.05 else "email",
            clients=dice.choice((0, 0, 0, 0, 1, 3)),
            no_address_until=first + days(dice.randrange(30, 200)) if trouble and dice.random() < 0.08 else None,
            bounces=(begins, begins + days(dice.randrange(5, 60))) if trouble and dice.random() < 0.25 else None,
        )


def about(habit: Habit, document: Document, seed: int) -> list[Event]:
    """All that a payer does about a document."""
    dice = random.Random(f"{seed} {document.number}")
    manner = habit.manner
    if manner == "everything":
        manner = dice.choice([each for each in UNRULY if each != "everything"])
    if document.kind != "invoice" and manner in ("disputes", "guarantee", "handed back"):
        manner = "late"
    if document.gross < 1:
        manner = "prompt"
    return list(_DOES[manner](dice, document))


def _prompt(dice: random.Random, document: Document) -> Iterator[Event]:
    yield Pays(_between(dice, document.issued + days(3), document.due), document.number, document.gross)


def _late(dice: random.Random, document: Document) -> Iterator[Event]:
    yield Pays(document.due + days(dice.randint(1, 16)), document.number, document.gross)


def _slow(dice: random.Random, document: Document) -> Iterator[Event]:
    yield Pays(document.due + days(dice.randint(12, 75)), document.number, document.gross)


def _parts(dice: random.Random, document: Document) -> Iterator[Event]:
    first, on = _part(dice, document.gross), document.due + days(dice.randint(-8, 25))
    yield Pays(on, document.number, first)
    if dice.random() < 0.8:
        yield Pays(on + days(dice.randint(1, 50)), document.number, document.gross - first)


def _twice(dice: random.Random, document: Document) -> Iterator[Event]:
    on = document.due + days(dice.randint(-15, 12))
    yield Pays(on, document.number, document.gross)
    if dice.random() < 0.5:
        yield Pays(on + days(dice.randint(1, 12)), document.number, document.gross)


def _handed_back(dice: random.Random, document: Document) -> Iterator[Event]:
    paid = Pays(document.due + days(dice.randint(-12, 20)), document.number, document.gross)
    yield paid
    back = paid.on + days(dice.randint(3, 45))
    yield HandedBack(back, paid)
    if dice.random() < 0.7:
        yield Pays(back + days(dice.randint(1, 60)), document.number, document.gross)


def _never(dice: random.Random, document: Document) -> Iterator[Event]:
    if dice.random() < 0.6:
        yield Pays(document.due + days(dice.randint(35, 150)), document.number, document.gross)


def _disputes(dice: random.Random, document: Document, *, guaranteed: bool = False) -> Iterator[Event]:
    whole = dice.random() < 0.4
    amount = document.gross if whole else _part(dice, document.gross)
    opened = document.issued + days(dice.randint(2, 85))
    guarantee = (amount if dice.random() < 0.6 else _part(dice, amount)) if guaranteed else Decimal("0.00")
    name = f"D-{document.number}"
    yield Contests(opened, name, document.number, opened, amount, guarantee)
    if not whole and dice.random() < 0.7:
        yield Pays(document.due + days(dice.randint(-5, 20)), document.number, document.gross - amount)
    if dice.random() < 0.8:
        closed = opened + days(dice.randint(2, 60))
        given_in = dice.random() < 0.35
        yield Contests(closed, name, document.number, opened, amount, guarantee, closed, given_in)
        if not given_in and dice.random() < 0.7:
            yield Pays(max(closed, document.due) + days(dice.randint(1, 40)), document.number, amount)


def _guarantee(dice: random.Random, document: Document) -> Iterator[Event]:
    return _disputes(dice, document, guaranteed=True)


def _unnamed(dice: random.Random, document: Document) -> Iterator[Event]:
    named = dice.random() < 0.5
    yield Pays(document.due + days(dice.randint(-10, 20)), document.number, document.gross, named)


_DOES = {
    "prompt": _prompt, "late": _late, "slow": _slow, "parts": _parts, "twice": _twice, "handed back": _handed_back, "never": _never,
    "disputes": _disputes, "guarantee": _guarantee, "unnamed": _unnamed,
}  # fmt: skip


def _between(dice: random.Random, first: date, last: date) -> date:
    return first + dice.randint(0, max(0, (last - first).days)) * ONE_DAY


def _part(dice: random.Random, amount: Decimal) -> Decimal:
    """More than nothing and less than all of it."""
    return max(CENT, (amount * dice.randint(10, 90) / 100).quantize(CENT))
