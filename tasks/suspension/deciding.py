"""Finance's decisions about orders, `billing approve-suspension` and `reject-suspension` or the form, and the list it decides from."""

from datetime import date

from sqlalchemy import Connection, Engine

import sql
from tasks.ledger import Stopped
from tasks.suspension.orders import Order, read_order, read_orders


def approve(engine: Engine, order_no: int, *, by: str, on: date) -> str:
    """Let an order leave with the next run of dunning; one that the platform refused is sent again. Returns what was done.

    Raises Stopped for an order that is not there or not to be decided about any more, or a decision of nobody.
    """
    with engine.begin() as conn:
        order = _to_decide(conn, order_no, by=by, on=on)
        if order.row.state == "approved" and order.row.refused_on is None:
            return f"order {order_no} is approved by {order.row.decided_by} already; nothing changed"
        _decide(conn, order, "approved", by=by, on=on, reason=order.row.reason)
    return f"order {order_no} is approved; the next run of dunning sends it if its ground still holds"


def reject(engine: Engine, order_no: int, *, by: str, on: date, reason: str) -> str:
    """Reject an order that has not left; returns what was done.

    Raises Stopped as `approve` does, without a reason, and for an order that may have reached the platform: that one is restored.
    """
    if not reason.strip():
        raise Stopped("an order is rejected for a reason; give --reason TEXT")
    with engine.begin() as conn:
        order = _to_decide(conn, order_no, by=by, on=on)
        if order.row.maybe_sent_on is not None:
            raise Stopped(
                f"order {order_no} may have reached the platform on {order.row.maybe_sent_on}, its answer was lost; approve it, so that "
                "the next run asks again: what is in force is restored when its ground is gone"
            )
        if order.row.measure == "restore":
            raise Stopped(f"order {order_no} restores a service whose ground is gone; it cannot be rejected")
        _decide(conn, order, "rejected", by=by, on=on, reason=reason.strip())
    return f"order {order_no} is rejected; its grounds are not proposed again before they change or their rest is over"


def listed(engine: Engine) -> str:
    """The orders that are open, each with its grounds, whom it reaches and what can be done, then those that are history."""
    with engine.connect() as conn:
        orders = read_orders(conn)
    is_open = [order for order in orders if order.row.waits or order.row.suspends or order.row.state in {"approved", "sent"}]
    history = [order for order in orders if order not in is_open]
    lines = [line for order in is_open for line in (str(order), f"  {way_out(order)}")] or ["no order is open"]
    return "\n".join([*lines, *(f"{order}{f': {order.row.reason}' if order.row.reason else ''}" for order in history)])


def way_out(order: Order) -> str:
    """What can be done about an order, or what happens by itself."""
    number, row = order.row.order_no, order.row
    reject_it = f"`billing reject-suspension {number} --by NAME --on DAY --reason TEXT`"
    if row.state == "proposed" or row.refused_on is not None:
        approve_it = f"`billing approve-suspension {number} --by NAME --on DAY`"
        return approve_it if row.maybe_sent_on is not None else f"{approve_it} or {reject_it}"
    if row.state == "approved":
        return f"the next run of dunning sends it{f'; until then {reject_it}' if row.waits and row.maybe_sent_on is None else ''}"
    if row.state == "sent" and row.restored_by is None:
        return f"the next run of dunning asks again; `billing acknowledge {number} --on DAY` when the platform has said from when"
    if row.state == "sent":
        return f"order {row.restored_by} takes it back; `billing acknowledge {number} --on DAY` if it ever was in force"
    if row.end_proposed_on is not None:
        return (
            f"in force for a month: finance may end the contracts (GC-12.2.a, proposed on {row.end_proposed_on}) in terminations.csv; "
            "restored when its ground is gone"
        )
    return "restored by the run of dunning that finds its ground gone"


def _to_decide(conn: Connection, order_no: int, *, by: str, on: date) -> Order:
    if not by.strip():
        raise Stopped("somebody decides about an order; give --by NAME")
    sql.run(conn, "suspension/lock", order_no=order_no)
    order = read_order(conn, order_no)
    if order.row.state not in {"proposed", "approved"}:
        raise Stopped(f"order {order_no} is {order.row.state}; there is nothing left to decide, see the list of suspension orders")
    if on < order.row.ordered_on:
        raise Stopped(f"order {order_no} was made on {order.row.ordered_on}; {on} lies before it, check the day")
    return order


def _decide(conn: Connection, order: Order, state: str, *, by: str, on: date, reason: str) -> None:
    sql.run(
        conn, "suspension/decide", order_no=order.row.order_no, state=state, decided_by=by.strip(), decided_on=on, reason=reason
    )  # fmt: skip


__all__ = ["approve", "listed", "reject", "way_out"]
