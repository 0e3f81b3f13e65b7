"""What the grounds of a suspension are found from: what payers owe and contest, which letters reached them, what they gave as security."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from sqlalchemy import Connection

import sql
from billing.deposits import Movement
from billing.dunning import Policy, SentNotice
from billing.suspension_grounds import Arrears, Ground, Request, Security, Served, grounds, security
from billing.suspension_orders import Rejected
from tasks.collecting import under_collection
from tasks.payments import late_invoices_on
from tasks.segments import policies_of
from tasks.settings import Settings
from tasks.suspension.orders import grounds_of


@dataclass(frozen=True, slots=True)
class Standing:
    """A payer on a day: what may be a ground to order, and what to stay suspended.

    To order: nothing that is contested, or that is being fetched from its account. To stay suspended: all but what a guarantee covers.
    """

    payer_id: str
    on: date
    policy: Policy
    claimable: tuple[Arrears, ...]
    uncovered: tuple[Arrears, ...]
    delivered: tuple[SentNotice, ...]
    security: Security | None

    @property
    def to_order(self) -> tuple[Ground, ...]:
        """The grounds that hold without what is contested or on its way: a dispute stops what has not left."""
        return grounds(self.claimable, self.delivered, self.security, self.policy.suspension, self.on)

    @property
    def to_stay(self) -> tuple[Ground, ...]:
        """The grounds that hold of what no guarantee covers: a dispute alone restores nobody (GC-9.3)."""
        return grounds(self.uncovered, self.delivered, self.security, self.policy.suspension, self.on)


@dataclass(frozen=True, slots=True)
class DeliveredRow:
    """A letter that reached a payer, as the database has it."""

    payer_id: str
    level: int
    sent_on: date
    anchor_due_on: date
    invoices: list[str]


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """An order that finance rejected."""

    order_no: int
    payer_id: str
    decided_on: date


@dataclass(frozen=True, slots=True)
class Secured:
    """A payer of whom a security was asked, or that has given one."""

    payer_id: str


class _OfPayer(Protocol):
    @property
    def payer_id(self) -> str: ...


OfPayer = TypeVar("OfPayer", bound=_OfPayer)


def standings(conn: Connection, settings: Settings, payer_ids: Iterable[str], on: date) -> Mapping[str, Standing]:
    """The payers given, as they stand on a day."""
    wanted = sorted(set(payer_ids))
    if not wanted:
        return {}
    owed = _by_payer(late_invoices_on(conn, on))
    on_its_way = under_collection(conn, settings, on)
    delivered = _by_payer(sql.rows(conn, DeliveredRow, "suspension/delivered", payer_ids=wanted, on=on))
    securities = _securities(conn, wanted, on)
    policies = policies_of(conn, settings, wanted, on)
    return {
        payer_id: Standing(
            payer_id,
            on,
            policies[payer_id][1],
            tuple(
                Arrears(each.number, each.due_on, each.open_amount, each.contested, each.kind)
                for each in owed[payer_id]
                if each.number not in on_its_way
            ),
            tuple(Arrears(each.number, each.due_on, each.open_amount, each.covered, each.kind) for each in owed[payer_id]),
            tuple(SentNotice(row.level, row.sent_on, row.anchor_due_on, frozenset(row.invoices)) for row in delivered[payer_id]),
            securities.get(payer_id),
        )
        for payer_id in wanted
    }


def secured_payers(conn: Connection) -> set[str]:
    """The payers of whom a security was asked, or that have given one."""
    return {row.payer_id for row in sql.rows(conn, Secured, "suspension/secured_payers")}


def served_by_payer(conn: Connection, payer_ids: Iterable[str], on: date) -> Mapping[str, list[Served]]:
    """By payer the end clients with a running service under its contracts on a day."""
    newest = sql.scalar(conn, "runs/newest_import")
    return _by_payer(sql.rows(conn, Served, "suspension/served", import_no=newest, payer_ids=sorted(set(payer_ids)), on=on))


def rejected_since(conn: Connection, payer_ids: Iterable[str], after: date) -> Mapping[str, Sequence[Rejected]]:
    """By payer what finance rejected after a day."""
    rows = sql.rows(conn, RejectedRow, "suspension/rejected", payer_ids=sorted(set(payer_ids)), after=after)
    grounds = grounds_of(conn, [row.order_no for row in rows])
    found: dict[str, list[Rejected]] = defaultdict(list)
    for row in rows:
        found[row.payer_id].append(Rejected(row.decided_on, grounds.get(row.order_no, ())))
    return found


def _securities(conn: Connection, payer_ids: list[str], on: date) -> Mapping[str, Security | None]:
    newest = sql.scalar(conn, "runs/newest_import")
    requests = _by_payer(sql.rows(conn, Request, "suspension/requests", import_no=newest, payer_ids=payer_ids))
    moved = _by_payer(sql.rows(conn, Movement, "feed/deposit_movements", payer_ids=payer_ids, deposit_ids=[]))
    set_off = _by_payer(sql.rows(conn, Movement, "feed/deposits_set_off", payer_ids=payer_ids))
    return {payer_id: security(requests[payer_id], moved[payer_id], set_off[payer_id], on) for payer_id in requests.keys() | moved.keys()}


def _by_payer(rows: Iterable[OfPayer]) -> dict[str, list[OfPayer]]:
    found: dict[str, list[OfPayer]] = defaultdict(list)
    for row in rows:
        found[row.payer_id].append(row)
    return found


__all__ = ["Standing", "rejected_since", "secured_payers", "served_by_payer", "standings"]
