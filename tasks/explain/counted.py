"""Why so many: what the frozen inventory shows, what was ordered, and the minimum that decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import Connection

import sql
from billing import counting
from billing.counting import Element, History, minimum_users, reference_users
from billing.order import COUNTED_KINDS, is_prepaid
from billing.period import months_after, quarter_of
from tasks.explain.made_from import Charge, Order
from tasks.explain.records import Document, Explained
from tasks.explain.words import rule
from tasks.recurring import SeenElement
from tasks.snapshot import Snapshot

RULES: dict[str, Callable[..., object]] = {
    "counted": counting.as_counted,
    "ordered": counting.delayed,
    "minimum_users": counting.users,
    "minimum_term": counting.minimum_term,
    "twelve_months": counting.international_numbers,
}


def say_count(conn: Connection, explained: Explained, document: Document, order: Order, charge: Charge) -> None:
    """The quantity charged and what decided it; nothing for a balance, whose quantity is that of the invoice before."""
    if charge.count_rule == "previous_invoice":
        return
    snapshot = sql.one(
        conn, Snapshot, "explain/counted_on", run_id=document.run_id, line_no=order.line_no, import_no=document.import_no
    )  # fmt: skip
    shown = "no element was ever shown" if charge.counted is None else f"counted {charge.counted}"
    if snapshot and charge.counted is not None:
        shown += f" in the snapshot of {snapshot.snapshot_on} (hash {snapshot.content_hash[:12]})"
    if order.kind not in COUNTED_KINDS or is_prepaid(order.line):
        shown = "not counted"
    explained.say("quantity", f"{charge.quantity}: {shown}, ordered {charge.ordered}; {charge.count_rule} ({charge.count_clause})")
    if charge.count_rule == "minimum_users" and document.period:
        explained.say("", _reference(conn, order, charge, document.period))
    if charge.count_rule == "twelve_months" and snapshot:
        explained.said += [f"             {text}" for text in _held(conn, document, order, charge, snapshot.snapshot_on)]
    if charge.count_rule != "ordered" or charge.count_clause == "GC-5.4":
        explained.say("", rule(RULES[charge.count_rule], charge.count_clause))


def _reference(conn: Connection, order: Order, charge: Charge, period: date) -> str:
    quarter = quarter_of(period)
    history = (
        sql.one(conn, History, "explain/users_before", quarter=quarter.first, period=period, line_no=order.line_no) or counting.NO_HISTORY
    )
    reference = reference_users(charge.ordered, history)
    source = "ordered" if history.before_quarter is None else f"charged at the last close before {quarter.first}"
    raised = f", raised to {history.since} charged since" if history.since and history.since == reference != history.before_quarter else ""
    least = minimum_users(reference)
    return f"in the quarter from {quarter.first}: R = {reference} ({source}{raised}), at least {reference} − ⌊{reference} ÷ 10⌋ = {least}"


def _held(conn: Connection, document: Document, order: Order, charge: Charge, snapshot_on: date) -> Sequence[str]:
    found = sql.rows(
        conn, SeenElement, "recurring/elements", import_no=document.import_no, snapshot_on=snapshot_on, line_nos=[order.line_no]
    )  # fmt: skip
    gone = [Element(element.first_day, False) for element in found if not element.is_there]
    kept = sorted(element.first_day for element in gone if months_after(element.first_day, 12) > charge.first)
    return [f"a number removed since, first seen {day}, goes on until twelve months have passed on {months_after(day, 12)}" for day in kept]


__all__ = ["say_count"]
