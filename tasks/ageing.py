"""Who owes what for how long on a day, payer by payer, and what is held or stands in his favour."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol, TypeVar

from sqlalchemy import Connection

import sql
from billing.ageing import OpenAmount, aged
from billing.deposits import DEPOSIT, GUARANTEE, Movement
from billing.deposits import held as held_on
from billing.money import CENT, ZERO
from tasks.payments import open_invoices_on


@dataclass(frozen=True, slots=True)
class InFavourRow:
    """What is in a payer's favour of an invoice, or (no number) on account; EUR including VAT, above zero."""

    payer_id: str
    number: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PayerAgeing:
    """What a payer has open by days past the due date; EUR including VAT. A row of ageing.csv.

    `contested` is part of the buckets, `total` their sum. `in_favour` is not in them: what was paid or credited too much, or on account.
    """

    payer_id: str
    name: str
    not_due: Decimal
    days_1_30: Decimal = field(metadata={"heading": "1_30"})
    days_31_60: Decimal = field(metadata={"heading": "31_60"})
    days_61_90: Decimal = field(metadata={"heading": "61_90"})
    over_90: Decimal
    contested: Decimal
    deposits: Decimal
    guarantees: Decimal
    total: Decimal
    in_favour: Decimal


class OfPayer(Protocol):
    """A row that belongs to a payer."""

    @property
    def payer_id(self) -> str:
        """Whose it is."""
        ...


Found = TypeVar("Found", bound=OfPayer)


def ageing_on(conn: Connection, day: date) -> list[PayerAgeing]:
    """Every payer of whom something is open, in his favour or held at the end of a day, by id; from what is known now and dated by then."""
    invoices, favours, moved = by_payer(open_invoices_on(conn, day)), by_payer(in_favour_on(conn, day)), by_payer(movements_on(conn, day))
    names = payer_names(conn, invoices.keys() | favours.keys() | moved.keys())
    found = []
    for payer_id, name in names.items():
        ages = aged((OpenAmount(one.due_on, one.open_amount, one.contested.quantize(CENT)) for one in invoices[payer_id]), day)
        found.append(
            PayerAgeing(
                payer_id,
                name,
                ages.of("not_due"),
                ages.of("1_30"),
                ages.of("31_60"),
                ages.of("61_90"),
                ages.of("over_90"),
                contested=ages.total_contested,
                deposits=_held(moved[payer_id], DEPOSIT, day),
                guarantees=_held(moved[payer_id], GUARANTEE, day),
                total=ages.total,
                in_favour=sum((one.amount for one in favours[payer_id]), ZERO),
            )
        )
    return [one for one in found if one.total or one.deposits or one.guarantees or one.in_favour]


def in_favour_on(conn: Connection, day: date) -> list[InFavourRow]:
    """What is in the favour of payers at the end of a day, invoice by invoice, and on account."""
    return sql.rows(conn, InFavourRow, "receivables/in_favour", day=day)


def movements_on(conn: Connection, day: date) -> list[Movement]:
    """All that came in and went out of deposits and guarantees up to a day, set-offs included, of all payers."""
    return sql.rows(conn, Movement, "receivables/held", day=day)


def payer_names(conn: Connection, payer_ids: Iterable[str]) -> dict[str, str]:
    """The names of payers by id, in the order of ids, as the newest import knows them."""
    return {str(row["payer_id"]): str(row["name"]) for row in sql.dicts(conn, "receivables/names", payer_ids=sorted(payer_ids))}


def by_payer(found: Iterable[Found]) -> defaultdict[str, list[Found]]:
    """The rows of each payer, in their order."""
    grouped: defaultdict[str, list[Found]] = defaultdict(list)
    for one in found:
        grouped[one.payer_id].append(one)
    return grouped


def _held(moved: Sequence[Movement], kind: str, day: date) -> Decimal:
    return held_on((one for one in moved if one.kind == kind), day).quantize(CENT)


__all__ = ["InFavourRow", "PayerAgeing", "ageing_on", "by_payer", "in_favour_on", "movements_on", "payer_names"]
