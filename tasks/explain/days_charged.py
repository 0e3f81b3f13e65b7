"""How the charge for days came to be: recurring, pro rata, the balance of a contract, units added, and prepaid terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import takewhile

from sqlalchemy import Connection

import sql
from billing.order import is_prepaid
from billing.period import DAY, Period
from billing.prepaid import prepaid_charges, split, terms_due
from billing.prices import PriceVersion, Unpriced, price_list, price_on
from billing.recurring import AdditionCharge, additions, price_of_days
from billing.settlement import balance
from tasks.explain.counted import say_count
from tasks.explain.made_from import Charge, EndingRow, Order, PreviousLine
from tasks.explain.ordered import order_of, say_contract, say_order, say_price
from tasks.explain.records import Document, DocumentLine, Explained
from tasks.explain.words import days, number, plain, product_of_days, rule


def explain_days(conn: Connection, document: Document, line: DocumentLine) -> Explained:
    """A line that charges days of an order line."""
    assert line.line_no is not None
    order = order_of(conn, document, line.line_no)
    charges = sql.rows(conn, Charge, "explain/charges", run_id=document.run_id, line_no=line.line_no)
    charge = next((one for one in charges if (one.first, one.past - DAY) == (line.from_day, line.to_day)), None)
    if charge is None:
        return _addition(conn, document, line, order)
    explained = Explained(Decimal(0))
    say_count(conn, explained, document, order, charge)
    say_order(explained, order)
    say_price(conn, explained, document, order, unit_price=charge.unit_price, price_from=charge.price_from)
    say_contract(explained, order)
    explained.say("days", days(charge.days))
    if charge.charge == "balance":
        _say_balance(conn, explained, document, order, charge)
    term = _term_of(order, charge, charges) if is_prepaid(order.line) else None
    if term is None:
        explained.net = price_of_days(charge.quantity, charge.unit_price, charge.days)[1]
        explained.say("arithmetic", product_of_days(charge.quantity, charge.unit_price, charge.days, explained.net))
    else:
        explained.net = _part_of_term(explained, charge, *term)
    carried_out_by = balance if charge.charge == "balance" else prepaid_charges if term else price_of_days
    explained.say("rule", rule(carried_out_by, line.clause))
    return explained


def _say_balance(conn: Connection, explained: Explained, document: Document, order: Order, charge: Charge) -> None:
    """Why the days after the end are due, and which invoice the quantity and price are of."""
    ending = sql.one(conn, EndingRow, "explain/ending", line_no=order.line_no, run_id=document.run_id)
    if ending and ending.balance_until:
        explained.say(
            "end",
            f"termination {ending.termination_id}: service ends {ending.past_day - DAY} ({ending.clause}), "
            f"the balance runs from {ending.past_day} to {ending.balance_until - DAY}",
        )
    made = {"run_id": document.run_id, "issued_on": document.issued_on}
    before = sql.one(conn, PreviousLine, "explain/previous", line_id=order.line_id, before=charge.first, **made)
    explained.say("quantity", f"{charge.quantity} at {plain(charge.unit_price)}, {_source(before)}")


def _source(before: PreviousLine | None) -> str:
    if before is None:
        return "as ordered: the line was never invoiced"
    return (
        f"as the line was last charged: {before.number} line {before.line_seq}, {before.from_day} to {before.to_day}, "
        f"{number(before.quantity)} × {plain(before.unit_price or Decimal(0))}"
    )


def _addition(conn: Connection, document: Document, line: DocumentLine, order: Order) -> Explained:
    """Units added within the month and charged back for it (BT-2.g)."""
    given = {"run_id": document.run_id, "line_no": order.line_no, "first_day": line.from_day, "to_day": line.to_day}
    found = sql.one(conn, AdditionCharge, "explain/addition", **given)
    assert found is not None, f"{document.number} line {line.line_seq} rests on a charge of {document.made_by}"
    part = Period(found.first_day, found.to_day + DAY)
    explained = Explained(price_of_days(found.quantity, found.unit_price, part)[1])
    explained.say(
        "quantity", f"{found.quantity} added since the month was charged, seen from {found.first_day} on; setting additions = pro_rata"
    )
    say_order(explained, order)
    listed = price_on(
        order.line,
        price_list(sql.rows(conn, PriceVersion, "explain/prices", import_no=document.import_no, product=order.product)),
        found.period,
    )
    say_price(
        conn,
        explained,
        document,
        order,
        unit_price=found.unit_price,
        price_from=None if isinstance(listed, Unpriced) else listed.price_from,
    )
    explained.say("days", days(part))
    explained.say("arithmetic", product_of_days(found.quantity, found.unit_price, part, explained.net))
    explained.say("rule", rule(additions, line.clause))
    return explained


def _term_of(order: Order, charge: Charge, charges: Sequence[Charge]) -> tuple[Period, int] | None:
    """The whole prepaid term that a charge is a part of, and its months; None when the run charged it by its days."""
    last = max(one.past for one in charges)
    for term in takewhile(lambda one: one.days.first < last, terms_due(replace(order.line, ends_on=None), last + 400 * DAY, 0)):
        inside = [one for one in charges if one.days.overlap(term.days)]
        if charge in inside and term.months is not None:
            covered = sum(one.days.days for one in inside) == term.days.days
            return (term.days, term.months) if covered else None
    return None


def _part_of_term(explained: Explained, charge: Charge, term: Period, months: int) -> Decimal:
    """A part of a prepaid term: what the parts come to so far is rounded, so that the whole costs months × price."""
    parts = list(term.months())
    monthly = charge.quantity * charge.unit_price
    nets = split(monthly, months, parts)
    place = parts.index(charge.days)
    total, before = sum(nets, Decimal(0)), sum(nets[:place], Decimal(0))
    explained.say(
        "arithmetic",
        f"term {term.first} to {term.last}: {months} × {charge.quantity} × {plain(charge.unit_price)} = {plain(total)}; "
        f"its parts to {charge.past - DAY} come to {plain(before + nets[place])}, less {plain(before)} before = {plain(nets[place])}",
    )
    return nets[place]


__all__ = ["explain_days"]
