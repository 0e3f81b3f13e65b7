"""The activation list: which prepaid subscriptions are paid and may be switched on (WM-2.b)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

import sql
from billing.activation import Settled, release
from tasks.csv_files import write_csv
from tasks.outside import Outside


@dataclass(frozen=True, slots=True)
class Subscription:
    """A term of a prepaid line and the invoice that charged it; days inclusive, EUR including VAT."""

    line_id: str
    contract_id: str
    end_client_id: str
    product: str
    from_day: date
    to_day: date
    invoice_id: int
    invoice_number: str
    gross: Decimal
    issued_on: date


@dataclass(frozen=True, slots=True)
class SettledRow:
    """What settled a part of an invoice, and when."""

    invoice_id: int
    settled_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ActivationRow:
    """A row of activation.csv: `state` is `activate` when nothing of the invoice is open, else `wait`."""

    line_id: str
    contract_id: str
    end_client_id: str
    product: str
    from_day: date
    to_day: date
    invoice_number: str
    open_amount: Decimal
    paid_on: date | None
    state: str

    def __str__(self) -> str:
        how = f"paid on {self.paid_on}" if self.paid_on else f"{self.open_amount:.2f} EUR open"
        return f"{self.state:<8}  {self.line_id}  {self.product}  {self.from_day} to {self.to_day}  invoice {self.invoice_number}, {how}"


def activations(conn: Connection, on: date) -> list[ActivationRow]:
    """Every subscription invoiced up to a day whose term is not over, as its invoice stands on that day, by line."""
    found = sql.rows(conn, Subscription, "activation/subscriptions", on=on)
    settled: dict[int, list[Settled]] = defaultdict(list)
    for row in sql.rows(conn, SettledRow, "activation/settled", invoice_ids=sorted({one.invoice_id for one in found})):
        settled[row.invoice_id].append(Settled(row.settled_on, row.amount))
    return [_row(one, settled[one.invoice_id], on) for one in found]


def write_activations(outside: Outside, on: date) -> list[ActivationRow]:
    """Write `activation.csv` of the month of a day, as of that day; returns its rows."""
    with outside.engine.connect() as conn:
        rows = activations(conn, on)
    write_csv(outside.out, f"{on:%Y-%m}/activation.csv", ActivationRow, rows)
    return rows


def told(rows: Sequence[ActivationRow], on: date) -> str:
    """The list as a person reads it, a line each, and how many of each state."""
    ready = sum(row.state == "activate" for row in rows)
    return "\n".join([*map(str, rows), f"{on}: {ready} to activate, {len(rows) - ready} to wait for their payment"])


def _row(one: Subscription, settled: Sequence[Settled], on: date) -> ActivationRow:
    found = release(one.gross, one.issued_on, settled, on)
    return ActivationRow(
        one.line_id,
        one.contract_id,
        one.end_client_id,
        one.product,
        one.from_day,
        one.to_day,
        one.invoice_number,
        found.open_amount,
        found.paid_on,
        found.state,
    )


__all__ = ["ActivationRow", "activations", "told", "write_activations"]
