"""The order behind an amount: its version, its price and where that is from, its contract and how long that binds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

import sql
from billing.contract import Contract, term_end
from billing.period import DAY
from tasks.explain.made_from import ListPrice, Order
from tasks.explain.records import Document, Explained
from tasks.explain.words import plain
from tasks.ledger import Stopped


def order_of(conn: Connection, document: Document, line_no: int) -> Order:
    """The order line as the run read it. Raises Stopped when it does not know the line: then somebody changed the ledger."""
    found = sql.one(conn, Order, "explain/order_line", import_no=document.import_no, line_no=line_no)
    if found is None:
        raise Stopped(f"line {line_no} of {document.number} is on no order as of import {document.import_no}; run `billing audit`")
    return found


def say_order(explained: Explained, order: Order) -> None:
    """What was ordered."""
    own = "price list" if order.unit_price is None else f"own price {plain(order.unit_price)}"
    until = f" to {order.ends_on}" if order.ends_on else ""
    before = f", charged through {order.charged_through} by an earlier system" if order.charged_through else ""
    version = f"{order.line_id} version {order.version} (import {order.valid_import})"
    explained.say("order", f"{version}: {order.quantity}, {own}, from {order.starts_on}{until}{before}")


def say_contract(explained: Explained, order: Order) -> None:
    """The contract, and the last day of the minimum term of the line."""
    contract = Contract(order.contract_id, "", order.terms, None, None, None, None, None, order.contract_starts_on, order.term_months)
    last = term_end(contract, order.starts_on, order.min_months) - DAY
    explained.say("contract", f"{order.contract_id} version {order.contract_version}, {order.terms} terms, minimum term to {last}")


def say_price(
    conn: Connection, explained: Explained, document: Document, order: Order, unit_price: Decimal, price_from: date | None
) -> None:
    """The price and its version."""
    if price_from is None:
        explained.say("price", f"{plain(unit_price)}, the order line's own (GC-2.1)")
        return
    found = sql.one(conn, ListPrice, "explain/price", import_no=document.import_no, product=order.product, valid_from=price_from)
    version = f" version {found.version} (import {found.valid_import})" if found else ""
    announced = f", announced {found.announced_on}" if found and found.announced_on else ""
    explained.say("price", f"{plain(unit_price)} by the price list: {order.product} valid from {price_from},{version}{announced}")


__all__ = ["order_of", "say_contract", "say_order", "say_price"]
