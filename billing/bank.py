"""Bank statements as records: what they say of themselves must add up, and one must follow the other without a gap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.money import ZERO

_LAST = 10**9


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement of an account; `amount` is positive when money came in. EUR.

    `reference` is the structured communication of its own field, twelve digits or "", `text` all that is free. `is_return` says that the
    movement hands back or reverses an earlier one, for `return_reason` (an ISO code, as MS03) where the bank gives one. `batch_id` names
    the batch of payments it is, or belongs to.
    """

    seq: int
    bank_reference: str
    booked_on: date
    value_on: date
    amount: Decimal
    counterparty_iban: str = ""
    counterparty_name: str = ""
    reference: str = ""
    text: str = ""
    end_to_end_id: str = ""
    mandate_id: str = ""
    is_return: bool = False
    return_reason: str = ""
    batch_id: str = ""


def divides(parts: Sequence[Movement], total: Decimal) -> bool:
    """Whether the details of a total are booked in its place, never both: they add up to it and each says whose payment it is.

    So collected payments and returns are; a batch that the operator paid, or card terminals, stay one movement.
    """
    whose = all(one.is_return or (one.amount > 0 and (one.counterparty_iban or one.reference)) for one in parts)
    return bool(parts) and whose and sum((one.amount for one in parts), ZERO) == total


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of an account; `number` is None where the bank numbers none. `line` is where the file begins it. EUR."""

    iban: str
    number: int | None
    from_day: date
    to_day: date
    opening: Decimal
    closing: Decimal
    movements: tuple[Movement, ...]
    layout: str
    line: int = 0

    @property
    def name(self) -> str:
        """How people and `--accept-gap` call it: BE71096123456769/2026/7, or with its last day where the bank gives no number."""
        return _name(self.iban, self.number, self.to_day)

    @property
    def moved(self) -> Decimal:
        """What its movements come to."""
        return sum((movement.amount for movement in self.movements), ZERO)


@dataclass(frozen=True, slots=True)
class Booked:
    """A statement that is in the ledger."""

    iban: str
    number: int | None
    to_day: date
    opening: Decimal
    closing: Decimal
    layout: str

    @property
    def name(self) -> str:
        """As that of a statement."""
        return _name(self.iban, self.number, self.to_day)


class StatementRefused(Exception):
    """A statement that cannot be booked; the message says why and what to do."""


class StatementWaits(StatementRefused):
    """A statement that cannot be booked yet: one before it is missing."""


def require_sum(statement: Statement) -> None:
    """Raises StatementRefused unless opening + movements = closing."""
    found = statement.opening + statement.moved
    if found != statement.closing:
        raise StatementRefused(
            f"statement {statement.name} opens with {statement.opening} and its movements come to {statement.moved}, which makes {found}, "
            f"but it closes with {statement.closing}; ask the bank for the whole statement"
        )


def is_known(statement: Statement, booked: list[Booked]) -> bool:
    """Whether a statement is in the ledger already, from this file, another one or the other format.

    Raises StatementRefused when its number is there with other balances.
    """
    for other in booked:
        same_number = statement.number is not None and _key(statement) == _key(other)
        same_money = (statement.to_day, statement.opening, statement.closing) == (other.to_day, other.opening, other.closing)
        if same_number and same_money:
            return True
        if same_number:
            raise StatementRefused(
                f"statement {statement.name} is booked already, closing with {other.closing}, "
                f"and this one closes with {statement.closing}; ask the bank which of the two is right"
            )
        one_has_no_number = statement.number is None or other.number is None
        if same_money and (one_has_no_number or statement.layout != other.layout):
            return True
    return False


def in_order(statements: Iterable[Statement]) -> list[Statement]:
    """Statements in the order in which they are booked: by account, day and number, else as they came."""
    return sorted(statements, key=lambda one: (one.iban, *_place(one)))


def require_order(statement: Statement, booked: list[Booked]) -> None:
    """Raises StatementWaits when a statement between this one and the last one before it is missing, or it does not fit the next one.

    The first statement of an account may be any. A number goes up by one, or starts again at 1 with a new year.
    """
    earlier = sorted((other for other in booked if _place(other) <= _place(statement)), key=_place)
    later = sorted((other for other in booked if _place(other) > _place(statement)), key=_place)
    if earlier:
        _require_next(earlier[-1], statement)
    elif later and later[0].opening != statement.closing:
        raise StatementRefused(
            f"statement {statement.name} is older than the first one booked, {later[0].name}, and does not lead up to it; "
            f"deliver what is between them first, or take it out"
        )


def _require_next(before: Booked, statement: Statement) -> None:
    if before.number is not None and statement.number is not None and not _follows(before, statement):
        raise StatementWaits(
            f"statement {statement.name} waits: the last one before it is {before.name}; deliver what is missing between them, "
            f"or, if the bank made none, run `billing bank --accept-gap {statement.name} --by NAME`"
        )
    if before.closing != statement.opening:
        raise StatementWaits(
            f"statement {statement.name} waits: it opens with {statement.opening} and {before.name} before it closes with "
            f"{before.closing}; deliver what is missing between them, or run `billing bank --accept-gap {statement.name} --by NAME`"
        )


def _follows(before: Booked, statement: Statement) -> bool:
    assert before.number is not None
    assert statement.number is not None
    anew = statement.number == 1 and statement.to_day.year > before.to_day.year
    return anew or statement.number == before.number + 1


def _key(one: Statement | Booked) -> tuple[int, int | None]:
    return one.to_day.year, one.number


def _place(one: Statement | Booked) -> tuple[date, int]:
    """Where it stands among those of its account; of a day, one without a number comes last."""
    return one.to_day, _LAST if one.number is None else one.number


def _name(iban: str, number: int | None, to_day: date) -> str:
    return f"{iban}/{to_day}" if number is None else f"{iban}/{to_day.year}/{number}"


__all__ = [
    "Booked",
    "Movement",
    "Statement",
    "StatementRefused",
    "StatementWaits",
    "divides",
    "in_order",
    "is_known",
    "require_order",
    "require_sum",
]
