"""An order that the platform has carried out: from its day on the end clients are on minimum service, or no longer are."""

from datetime import date

from sqlalchemy import Engine

import sql
from billing.clause import carries_out
from billing.suspension_orders import last_day
from tasks.feed.suspensions import Recorded, recorded
from tasks.ledger import Stopped
from tasks.suspending import end, suspend
from tasks.suspension.orders import Order, read_order, read_orders


def acknowledge(engine: Engine, order_no: int, effective_on: date) -> str:
    """Record by hand from which day on the platform has carried out an order; returns what was done.

    Raises Stopped for an order that has not left, or a day that cannot be. Acknowledged on that day before, nothing changes.
    """
    with engine.connect() as conn:
        order = read_order(conn, order_no)
    if order.row.state == "acknowledged" and order.row.effective_on == effective_on:
        return f"order {order_no} is in force from {effective_on} already; nothing changed"
    if order.row.state != "sent":
        raise Stopped(f"order {order_no} is {order.row.state}; only an order that was sent can be acknowledged, see `billing suspensions`")
    if effective_on < order.row.ordered_on:
        raise Stopped(f"order {order_no} was made on {order.row.ordered_on}; it cannot be in force from {effective_on}, check the day")
    left_alone = settle_acknowledged(engine, order_no, effective_on, effective_on)
    what = "minimum service begins" if order.row.measure == "minimum_service" else "the service is back"
    return f"order {order_no}: {what} on {effective_on} for {', '.join(order.names)}{f'; {left_alone}' if left_alone else ''}"


def settle_acknowledged(engine: Engine, order_no: int, effective_on: date, on: date) -> str:
    """Put the days of minimum service right and record the acknowledgement; returns whom it left alone and why, "" for nobody.

    The days come first, each a row of its own: done again after a kill they are found as they are.
    """
    with engine.connect() as conn:
        order = read_order(conn, order_no)
        theirs = {each.row.order_no: each for each in read_orders(conn, payer_id=order.row.payer_id)}
    note = ""
    if order.row.measure == "minimum_service":
        note = _begin(engine, order, effective_on)
        back = theirs[order.row.restored_by].row.effective_on if order.row.restored_by is not None else None
        if back is not None:
            _end(engine, order, back)
    elif order.row.restores_order_no is not None:
        _end(engine, theirs[order.row.restores_order_no], effective_on)
        for later in theirs.values():  # in force before this one was acknowledged: its days were not free then
            if later.row.suspends and later.row.effective_on is not None:
                _begin(engine, later, later.row.effective_on)
    with engine.begin() as conn:
        sql.run(conn, "suspension/acknowledge", order_no=order_no, on=on, effective_on=effective_on, note=note)
    return f"order {order_no}: {note}" if note else ""


@carries_out("BT-2.k", "ST-2.f", "CG-2.c")
def _begin(engine: Engine, order: Order, starts_on: date) -> str:
    """Minimum service for each end client of the order from a day on; one that is on it already is left alone and named."""
    there = _recorded(engine)
    left = []
    for each in order.end_clients:
        theirs = [one for one in there if one.end_client_id == each.end_client_id]
        if any(one.note == _note(order) and one.by_hand for one in theirs):
            continue
        other = next((one for one in theirs if one.ends_on is None or one.ends_on >= starts_on), None)
        if other is None:
            suspend(engine, each.end_client_id, starts_on, order.grounds[0].clause, _note(order))
        else:
            left.append(f"{each.end_client_id} is on minimum service by {other.suspension_id} and was left as it is")
    return "; ".join(left)


@carries_out("BT-2.k", "ST-2.f")
def _end(engine: Engine, order: Order, restored_from: date) -> None:
    """The end of the minimum service that an order began, where nobody has ended it before."""
    for one in _recorded(engine):
        if one.note == _note(order) and one.by_hand and one.ends_on is None:
            end(engine, one, last_day(one.starts_on, restored_from))


def _note(order: Order) -> str:
    """How a row of minimum service names the order it comes from."""
    return f"order {order.row.order_no}"


def _recorded(engine: Engine) -> list[Recorded]:
    with engine.connect() as conn:
        return recorded(conn)


__all__ = ["acknowledge", "settle_acknowledged"]
