"""The orders for the platform as the ledger has them, each with its grounds and whom it reaches."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from sqlalchemy import Connection

import sql
from billing.suspension_grounds import Ground, Served
from tasks.ledger import Stopped

Measure = Literal["minimum_service", "restore"]
State = Literal["proposed", "approved", "rejected", "withdrawn", "sent", "acknowledged"]


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order: what it asks for, how far it is and who decided; `restored_by` is the order that takes it back, if there is one.

    `maybe_sent_on`: since when it may have reached the platform. `refused_on`: the platform refused it, `last_error` says why.
    """

    order_no: int
    payer_id: str
    measure: Measure
    restores_order_no: int | None
    ordered_on: date
    idempotency_key: str
    state: State
    decided_by: str
    decided_on: date | None
    reason: str
    attempts: int
    last_error: str
    sent_on: date | None
    acknowledged_on: date | None
    effective_on: date | None
    maybe_sent_on: date | None
    refused_on: date | None
    note: str
    restored_by: int | None
    end_proposed_on: date | None

    @property
    def waits(self) -> bool:
        """Whether it is a suspension that has not left."""
        return self.measure == "minimum_service" and self.state in {"proposed", "approved"}

    @property
    def suspends(self) -> bool:
        """Whether it is a suspension that has left and is not ordered back: its payer is suspended."""
        return self.measure == "minimum_service" and self.state in {"sent", "acknowledged"} and self.restored_by is None


@dataclass(frozen=True, slots=True)
class Order:
    """An order with its grounds, by clause, and the end clients it reaches, by name. A restoration has no ground."""

    row: OrderRow
    grounds: tuple[Ground, ...]
    end_clients: tuple[Served, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The end clients it reaches, by name."""
        return tuple(each.name for each in self.end_clients)

    def __str__(self) -> str:
        return self._told(", ".join(self.names))

    @property
    def without_names(self) -> str:
        """The same for the pages and messages of a run, which name nobody: how many end clients it reaches."""
        return self._told(f"{len(self.end_clients)} end client{'' if len(self.end_clients) == 1 else 's'}")

    def _told(self, whom: str) -> str:
        what = "minimum service" if self.row.measure == "minimum_service" else f"restores order {self.row.restores_order_no}"
        why = "".join(f"; {_ground_text(ground)}" for ground in self.grounds)
        return f"order {self.row.order_no}: {self.row.payer_id}, {what} of {whom}{why}; {self._how_far}"

    @property
    def _how_far(self) -> str:
        row = self.row
        if row.state == "approved":
            return f"approved by {row.decided_by}{f', not sent: {row.last_error}' if row.last_error else ', not sent yet'}"
        if row.state == "sent":
            return f"sent on {row.sent_on}, not acknowledged{f': {row.last_error}' if row.last_error else ''}"
        if row.state == "acknowledged":
            return f"in force from {row.effective_on}{f'; {row.note}' if row.note else ''}"
        return row.state


@dataclass(frozen=True, slots=True)
class GroundRow:
    """A ground of an order."""

    order_no: int
    clause: str
    since: date
    amount: Decimal
    invoices: list[str]


@dataclass(frozen=True, slots=True)
class ScopeRow:
    """An end client that an order reaches, under the name it had then."""

    order_no: int
    end_client_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Untold:
    """A payer who was not told yet of the order that limits its service."""

    payer_id: str
    order_no: int


def read_orders(conn: Connection, *, open_only: bool = False, payer_id: str | None = None) -> list[Order]:
    """All orders, by number; with `open_only` those that wait for something or hold a service, with `payer_id` those of one payer."""
    return _with_parts(conn, sql.rows(conn, OrderRow, "suspension/orders", open_only=open_only, payer_id=payer_id, order_no=None))


def read_order(conn: Connection, order_no: int) -> Order:
    """An order by its number. Raises Stopped when there is none."""
    found = _with_parts(conn, sql.rows(conn, OrderRow, "suspension/orders", open_only=False, payer_id=None, order_no=order_no))
    if not found:
        raise Stopped(f"there is no order {order_no}; `billing suspensions` lists them, and so does the page Suspension orders")
    return found[0]


def _with_parts(conn: Connection, rows: list[OrderRow]) -> list[Order]:
    grounds = grounds_of(conn, [row.order_no for row in rows])
    scope: dict[int, list[ScopeRow]] = defaultdict(list)
    for each in sql.rows(conn, ScopeRow, "suspension/scope", order_nos=[row.order_no for row in rows]):
        scope[each.order_no].append(each)
    return [
        Order(
            row, grounds.get(row.order_no, ()), tuple(Served(row.payer_id, one.end_client_id, one.name) for one in scope[row.order_no])
        )
        for row in rows
    ]  # fmt: skip


def grounds_of(conn: Connection, order_nos: list[int]) -> Mapping[int, tuple[Ground, ...]]:
    """The grounds of the orders given, by order."""
    found: dict[int, list[Ground]] = defaultdict(list)
    for row in sql.rows(conn, GroundRow, "suspension/grounds", order_nos=order_nos):
        found[row.order_no].append(Ground(row.clause, row.since, row.amount, tuple(row.invoices)))
    return {order_no: tuple(grounds) for order_no, grounds in found.items()}


def orders_of(conn: Connection, on: date) -> tuple[Order, ...]:
    """What a person wants to know of a day: the orders that are open, and those made, decided, sent or acknowledged on that day."""
    return tuple(
        order
        for order in read_orders(conn)
        if on in {order.row.ordered_on, order.row.decided_on, order.row.sent_on, order.row.acknowledged_on}
        or order.row.waits
        or order.row.suspends
        or order.row.state in {"approved", "sent"}
    )


def suspended_by(conn: Connection, order_no: int) -> tuple[str, ...]:
    """The end clients an order limits, by name, for the letter that tells of it (CG-2.c)."""
    return tuple(row.name for row in sql.rows(conn, ScopeRow, "suspension/scope", order_nos=[order_no]))


def untold(conn: Connection) -> Mapping[str, int]:
    """By payer the order sent for late payment (GC-9.1.a) that no letter has told it of; a letter that did not arrive told nobody.

    One restored since is not told.
    """
    return {row.payer_id: row.order_no for row in sql.rows(conn, Untold, "suspension/untold")}


def _ground_text(ground: Ground) -> str:
    on = f" on {', '.join(ground.invoices)}" if ground.invoices else ""
    return f"{ground.clause} since {ground.since}, {ground.amount} EUR{on}"


__all__ = ["Order", "OrderRow", "grounds_of", "orders_of", "read_order", "read_orders", "suspended_by", "untold"]
