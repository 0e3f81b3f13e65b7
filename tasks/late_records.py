"""What the lines of debit notes were computed from, as documents show it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

import sql
from billing.late_charges import What
from reports.records import DelayRecord, LateRecord

Place = tuple[int, int]  # of a line: its document and its number there
PERCENT = Decimal(100)
EXACTLY = Decimal("1e-9")


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """A late charge on a line. EUR."""

    invoice_id: int
    line_seq: int
    what: What
    charged_before: Decimal
    amount: Decimal
    letter_on: date | None
    level: int


@dataclass(frozen=True, slots=True)
class DelayRow:
    """A delay that the interest on a line rests on. EUR; `per_month` is a share."""

    invoice_id: int
    line_seq: int
    from_day: date
    to_day: date
    open_amount: Decimal
    per_month: Decimal
    cost: Decimal


def late_records(conn: Connection, invoice_ids: Sequence[int]) -> Mapping[Place, LateRecord]:
    """Returns by line of the debit notes given what it was computed from; nothing for lines of other documents."""
    ids = list(invoice_ids)
    delays: dict[Place, list[DelayRecord]] = defaultdict(list)
    for row in sql.rows(conn, DelayRow, "documents/interest_delays", invoice_ids=ids):
        delays[row.invoice_id, row.line_seq].append(_delay(row))
    charges = sql.rows(conn, ChargeRow, "documents/late_charges", invoice_ids=ids)
    return {(row.invoice_id, row.line_seq): _late(row, delays[row.invoice_id, row.line_seq]) for row in charges}


def _late(row: ChargeRow, delays: Sequence[DelayRecord]) -> LateRecord:
    return LateRecord(row.what, row.charged_before, row.charged_before + row.amount, tuple(delays), row.letter_on, row.level)


def _delay(row: DelayRow) -> DelayRecord:
    """By completed months each delay costs a whole month's share, by days its part of a calendar month."""
    is_month = abs(row.cost - row.open_amount * row.per_month) < EXACTLY
    return DelayRecord(row.from_day, row.to_day, row.open_amount, row.per_month * PERCENT, row.cost, is_month)


__all__ = ["late_records"]
