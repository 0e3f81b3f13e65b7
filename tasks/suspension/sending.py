"""The outbox of orders: what is approved leaves, once; what has left and is not acknowledged is asked about.

Before an order is handed over the ledger notes that it may arrive, right after the answer how it went. So a process killed anywhere hands
the same order over again, under the same idempotency key, and the platform carries it out once.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import sql
from tasks.outside import Outside
from tasks.store import StoreFailed
from tasks.suspension.acknowledging import settle_acknowledged
from tasks.suspension.contacts import write_contacts
from tasks.suspension.orders import Order, read_orders
from tasks.suspension.platform import Answer, Platform, open_platform

log = logging.getLogger(__name__)

PATIENCE = 3  # orders in a row without an answer; then the platform is down, and the rest waits for the next run


@dataclass(slots=True)
class Sending:
    """How the orders of a run went: their numbers, and what a person should know, one line an order."""

    sent: list[int] = field(default_factory=list)
    acknowledged: list[int] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    unanswered: int = 0

    def __str__(self) -> str:
        head = f"orders: {len(self.sent)} sent, {len(self.acknowledged)} acknowledged"
        return "\n".join([head, *(f"  {line}" for line in self.told)])


def send(outside: Outside, on: date) -> Sending:
    """Send what is approved, and ask about what is not acknowledged. A platform that fails leaves an order as it is, and is told of.

    Restorations leave before suspensions, and no order of a payer before an earlier one of it. Raises SettingsError when the platform's
    certificates cannot be read.
    """
    made = Sending()
    with outside.engine.connect() as conn:
        waiting = [order for order in read_orders(conn, open_only=True) if order.row.state in {"approved", "sent"}]
    if waiting:
        platform = open_platform(outside)
        for order in _in_turn(waiting):
            if made.unanswered >= PATIENCE:
                made.told.append(f"order {order.row.order_no} waits for the next run: the platform does not answer")
            elif _may_leave(outside, order, made):
                _deal_with(outside, platform, order, on, made)
    write_contacts(outside)
    for line in made.told:
        log.warning("%s", line)
    return made


def _in_turn(orders: list[Order]) -> Iterator[Order]:
    """Restorations first, then suspensions, each by number."""
    return iter(sorted(orders, key=lambda order: (order.row.measure != "restore", order.row.order_no)))


def _may_leave(outside: Outside, order: Order, made: Sending) -> bool:
    """Whether it is its turn: sent before, or approved with nothing of the payer before it that has not left."""
    if order.row.state == "sent":
        return True
    if order.row.refused_on is not None:
        made.told.append(_waits_for_a_person(order, order.row.last_error, order.row.maybe_sent_on is not None))
        return False
    with outside.engine.connect() as conn:
        before = sql.scalar(conn, "suspension/earlier_unsent", payer_id=order.row.payer_id, order_no=order.row.order_no)
    if before is not None:
        made.told.append(f"order {order.row.order_no} waits: order {before} of {order.row.payer_id} has not left")
    return before is None


def _deal_with(outside: Outside, platform: Platform, order: Order, on: date, made: Sending) -> None:
    fresh = order.row.state == "approved"
    if fresh:
        with outside.engine.begin() as conn:
            if not sql.run(conn, "suspension/begin", order_no=order.row.order_no, on=on):
                return  # decided otherwise in the meantime
    answer = _answered(platform, order)
    if answer.outcome in {"refused", "unanswered"}:
        _settle_failed(outside, order, answer, on, made)
        return
    made.unanswered = 0
    _settle_taken(outside, order, answer, on)
    if fresh:
        made.sent.append(order.row.order_no)
    if answer.said:
        made.told.append(f"order {order.row.order_no}: {answer.said}; `billing acknowledge {order.row.order_no} --on DAY` settles it")
    if answer.effective_on is not None:
        said = settle_acknowledged(outside.engine, order.row.order_no, answer.effective_on, on)
        made.acknowledged.append(order.row.order_no)
        made.told.extend([said] if said else [])


def _answered(platform: Platform, order: Order) -> Answer:
    try:
        return platform.hand_over(order) if order.row.state == "approved" else platform.ask_again(order)
    except StoreFailed as error:
        return Answer("unanswered", said=str(error), may_have_arrived=True)


def _settle_taken(outside: Outside, order: Order, answer: Answer, on: date) -> None:
    name = "suspension/settle_sent" if order.row.state == "approved" else "suspension/note_asked"
    day = {"on": on} if order.row.state == "approved" else {}
    with outside.engine.begin() as conn:
        sql.run(conn, name, order_no=order.row.order_no, attempts=answer.tries, said=answer.said, **day)


def _settle_failed(outside: Outside, order: Order, answer: Answer, on: date, made: Sending) -> None:
    """Note why it did not get through. A refused suspension waits for a person, a restoration is tried again by every run."""
    row, refused = order.row, answer.outcome == "refused"
    for_a_person = refused and row.state == "approved" and row.measure == "minimum_service"
    made.unanswered = 0 if refused else made.unanswered + 1
    failure = {"order_no": row.order_no, "attempts": answer.tries, "said": answer.said}
    may_be_there = row.maybe_sent_on is not None or answer.may_have_arrived
    with outside.engine.begin() as conn:
        if row.state == "sent":
            sql.run(conn, "suspension/note_asked", **failure)
        else:
            sql.run(conn, "suspension/settle_failed", **failure, on=on, refused=for_a_person, never_arrived=not may_be_there)
    again = f"order {row.order_no}: {answer.said}; the next run tries again"
    made.told.append(_waits_for_a_person(order, answer.said, may_be_there) if for_a_person else again)


def _waits_for_a_person(order: Order, said: str, may_be_there: bool) -> str:
    number = order.row.order_no
    again = f"order {number} is refused: {said}; put it right and `billing approve-suspension {number} --by NAME --on DAY`"
    return again if may_be_there else f"{again}, or `billing reject-suspension {number} --by NAME --on DAY --reason TEXT`"


__all__ = ["Sending", "send"]
