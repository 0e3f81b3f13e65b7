"""A day's look at all orders: what is made, what is withdrawn, what is restored, which contracts finance may end."""

import logging
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

import sql
from billing.clause import carries_out
from billing.dunning import Notice
from billing.period import months_after
from billing.suspension_grounds import Ground, SuspensionOrder, suspension_order
from billing.suspension_orders import may_be_proposed, stands
from tasks.settings import Settings
from tasks.suspension.gathering import Standing, rejected_since, secured_payers, served_by_payer, standings
from tasks.suspension.orders import Order, read_orders

log = logging.getLogger(__name__)

# Names what the keys of orders are made from; another one would make another key of the same order.
KEYS = uuid.UUID("7f6c1a52-0d1e-5b9a-9a56-3f0e5d1c8b42")
GONE = "the ground is gone"
LOST = "its answer was lost, and the ground is gone: restored instead"


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order to record; `decided_by` is who approved it at once, "" where finance decides."""

    order: SuspensionOrder
    decided_by: str

    def __str__(self) -> str:
        why = ", ".join(ground.clause for ground in self.order.grounds)
        then = f"approved by {self.decided_by}" if self.decided_by else "finance decides"
        return f"{self.order.payer_id}: minimum service of {len(self.order.end_clients)} for {why}; {then}"


@dataclass(frozen=True, slots=True)
class Review:
    """What the orders of a day come to, not recorded yet."""

    on: date
    withdrawn: tuple[Order, ...] = ()
    restored: tuple[Order, ...] = ()
    renewed: tuple[tuple[Order, tuple[Ground, ...]], ...] = ()
    ordered: tuple[NewOrder, ...] = ()
    ends: tuple[Order, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """What would happen, one line each, for a preview."""
        return (
            *(f"{each.row.payer_id}: order {each.row.order_no} is withdrawn, {GONE}" for each in self.withdrawn),
            *(f"{each.row.payer_id}: the service is restored (order {each.row.order_no}), {GONE}" for each in self.restored),
            *map(str, self.ordered),
            *(f"{each.row.payer_id}: finance may end the contracts (GC-12.2.a), order {each.row.order_no}" for each in self.ends),
        )


def review(conn: Connection, due: Sequence[Notice], on: date, settings: Settings) -> None:
    """Record what the orders of a day come to; `due` are the notices of the day that call for a suspension.

    Done again on the same day it changes nothing. Sends nothing: that is `send`, once this is committed.
    """
    found = reviewed(conn, due, on, settings)
    for order in found.withdrawn:
        sql.run(conn, "suspension/withdraw", order_no=order.row.order_no, reason=GONE)
    for order in found.restored:
        _restore(conn, order, on)
    for order, grounds in found.renewed:
        sql.run(conn, "suspension/forget_grounds", order_no=order.row.order_no)
        _record_grounds(conn, order.row.order_no, grounds, on)
    for new in found.ordered:
        _order(conn, new, on)
    for order in found.ends:
        sql.run(conn, "suspension/propose_end", order_no=order.row.order_no, payer_id=order.row.payer_id, proposed_on=on)
    for line in found.lines:
        log.info("suspension %s: %s", on, line)


def preview(conn: Connection, due: Sequence[Notice], on: date, settings: Settings) -> tuple[str, ...]:
    """What `review` would do, one line each; records nothing."""
    return reviewed(conn, due, on, settings).lines


@carries_out("CG-2.c", "GC-9.1.a", "GC-9.1.b", "GC-9.1.c", "GC-9.3")
def reviewed(conn: Connection, due: Sequence[Notice], on: date, settings: Settings) -> Review:
    """What the orders of a day come to. A payer has one suspension at a time, waiting or in force."""
    open_orders = read_orders(conn, open_only=True)
    waiting = [order for order in open_orders if order.row.waits]
    in_force = [order for order in open_orders if order.row.suspends]
    called = {notice.payer_id for notice in due}
    of_orders = {order.row.payer_id for order in (*waiting, *in_force)}
    known = standings(conn, settings, called | of_orders | secured_payers(conn), on)
    fallen = [order for order in waiting if not stands(order.grounds, _to_order(known[order.row.payer_id], called, order))]
    lost = [order for order in fallen if order.row.maybe_sent_on is not None]
    groundless = [order for order in in_force if not known[order.row.payer_id].to_stay]
    free = known.keys() - (of_orders - {order.row.payer_id for order in fallen if order.row.maybe_sent_on is None})
    return Review(
        on,
        withdrawn=tuple(order for order in fallen if order.row.maybe_sent_on is None),
        restored=(*lost, *groundless),
        renewed=tuple(_renewed(waiting, fallen, known, called)),
        ordered=tuple(_new_orders(conn, [known[payer_id] for payer_id in sorted(free)], called, settings)),
        ends=tuple(order for order in in_force if order not in groundless and _may_end(order, known[order.row.payer_id])),
    )


def _to_order(standing: Standing, called: set[str], order: Order | None = None) -> tuple[Ground, ...]:
    """The grounds an order may name: late payment only once the letters have come that far, or in an order that names it already."""
    ladder = standing.policy.suspension.clause
    names_it = order is not None and any(ground.clause == ladder for ground in order.grounds)
    called_for = standing.payer_id in called
    return tuple(
        ground for ground in standing.to_order if ground.clause != ladder or called_for or (names_it and _was_warned(standing, ground))
    )  # fmt: skip


@carries_out("GC-9.1.a")
def _was_warned(standing: Standing, ground: Ground) -> bool:
    """Whether the level before the suspension has arrived, and stays so, for the oldest invoice: one that came back warned nobody."""
    stage = standing.policy.suspension_stage
    return stage is None or any(each.level >= stage.level - 1 and ground.invoices[0] in each.invoices for each in standing.delivered)


def _renewed(
    waiting: Sequence[Order], fallen: Sequence[Order], known: Mapping[str, Standing], called: set[str]
) -> Iterator[tuple[Order, tuple[Ground, ...]]]:
    """The grounds as of today of orders that finance has not decided about, where they changed."""
    for order in waiting:
        if order.row.state == "proposed" and order not in fallen:
            grounds = _to_order(known[order.row.payer_id], called, order)
            if grounds != order.grounds:
                yield order, grounds


def _new_orders(conn: Connection, free: Sequence[Standing], called: set[str], settings: Settings) -> Iterator[NewOrder]:
    found = [(standing, grounds) for standing in free if (grounds := _to_order(standing, called))]
    if not found:
        return
    payer_ids, on = [standing.payer_id for standing, _ in found], found[0][0].on
    rest = settings.suspension_rest_days
    rejected = rejected_since(conn, payer_ids, on - timedelta(days=rest))
    served = served_by_payer(conn, payer_ids, on)
    for standing, grounds in found:
        if not may_be_proposed(grounds, rejected.get(standing.payer_id, ()), rest, on):
            continue
        order = suspension_order(standing.payer_id, grounds, served.get(standing.payer_id, ()), on)
        if order is not None:
            yield NewOrder(order, _decided_by(standing, grounds, settings))


def _decided_by(standing: Standing, grounds: Sequence[Ground], settings: Settings) -> str:
    """Who approves at once: the policy, of late payment, where the setting says so. Grounds of a deposit wait for finance."""
    late = any(ground.clause == standing.policy.suspension.clause for ground in grounds)
    return f"policy {standing.policy.name}" if late and settings.suspension_approval == "automatic" else ""


@carries_out("GC-12.2.a")
def _may_end(order: Order, standing: Standing) -> bool:
    """Whether finance may end the contracts: a suspension in force for as long as the policy says, a month, proposed once."""
    stage, begun = standing.policy.end_proposal, order.row.effective_on
    if stage is None or begun is None or order.row.end_proposed_on is not None:
        return False
    return months_after(begun, stage.months_of_suspension_at_least) <= standing.on


def _order(conn: Connection, new: NewOrder, on: date) -> None:
    order_no = _record(conn, new.order.payer_id, "minimum_service", on, decided_by=new.decided_by)
    _record_grounds(conn, order_no, new.order.grounds, on)
    rows = [{"order_no": order_no, "end_client_id": each.end_client_id, "name": each.name} for each in new.order.end_clients]
    sql.write_each(conn, "suspension/record_scope", rows)


def _restore(conn: Connection, order: Order, on: date) -> None:
    """Order the service back, at once. What may have arrived is taken as arrived: the platform restores what it never limited in vain."""
    row = order.row
    if row.waits:
        sql.run(conn, "suspension/take_as_sent", order_no=row.order_no, said=LOST)
    order_no = _record(conn, row.payer_id, "restore", on, decided_by=GONE, restores=row.order_no)
    sql.run(conn, "suspension/copy_scope", order_no=order_no, restores_order_no=row.order_no)


def _record(conn: Connection, payer_id: str, measure: str, on: date, *, decided_by: str, restores: int | None = None) -> int:
    place = int(sql.scalar(conn, "suspension/count_of_payer", payer_id=payer_id)) + 1
    return int(
        sql.scalar(
            conn,
            "suspension/record_order",
            payer_id=payer_id,
            measure=measure,
            restores_order_no=restores,
            ordered_on=on,
            idempotency_key=str(uuid.uuid5(KEYS, f"{payer_id}\n{on}\n{measure}\n{place}")),
            state="approved" if decided_by else "proposed",
            decided_by=decided_by,
            decided_on=on if decided_by else None,
            reason="",
        )
    )


def _record_grounds(conn: Connection, order_no: int, grounds: Sequence[Ground], on: date) -> None:
    sql.write_each(
        conn,
        "suspension/record_ground",
        [
            {
                "order_no": order_no,
                "clause": each.clause,
                "since": each.since,
                "amount": each.amount,
                "invoices": list(each.invoices),
                "found_on": on,
            }
            for each in grounds
        ],
    )


__all__ = ["NewOrder", "Review", "preview", "review", "reviewed"]
