"""How a charge made once came to be: what was ordered, or what the feed asked to charge."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from sqlalchemy import Connection

import sql
from billing.ad_hoc import ad_hoc_charge
from billing.money import round_half_up
from billing.one_off import OneOffCharge, one_off_charge
from billing.prices import PriceVersion, Unpriced, price_list, price_on
from tasks.explain.made_from import AdHocRow
from tasks.explain.ordered import order_of, say_contract, say_order, say_price
from tasks.explain.records import Document, DocumentLine, Explained
from tasks.explain.words import number, plain, rounded, rule


def explain_once(conn: Connection, document: Document, line: DocumentLine) -> Explained:
    """A line charged once."""
    return _ordered(conn, document, line, line.line_no) if line.line_no is not None else _asked(conn, document, line)


def _ordered(conn: Connection, document: Document, line: DocumentLine, line_no: int) -> Explained:
    order = order_of(conn, document, line_no)
    found = sql.one(conn, OneOffCharge, "explain/one_off", run_id=document.run_id, line_no=line_no)
    assert found is not None, f"{document.number} line {line.line_seq} rests on a charge of {document.made_by}"
    explained = Explained(Decimal(0))
    say_order(explained, order)
    explained.say("ordered on", str(found.ordered_on))
    versions = sql.rows(conn, PriceVersion, "explain/prices", import_no=document.import_no, product=order.product)
    listed = price_on(order.line, price_list(versions), found.ordered_on)
    say_price(
        conn,
        explained,
        document,
        order,
        unit_price=found.unit_price,
        price_from=None if isinstance(listed, Unpriced) else listed.price_from,
    )
    say_contract(explained, order)
    _say_product(explained, Decimal(found.quantity), found.unit_price)
    explained.say("rule", rule(one_off_charge, line.clause))
    return explained


def _asked(conn: Connection, document: Document, line: DocumentLine) -> Explained:
    """A charge the feed asked for. Where several are alike, which of them it is makes no difference to the amount."""
    given = {"contract_id": line.contract_id, "end_client_id": line.end_client_id, "product": line.product, "on": line.from_day}
    found = sql.rows(conn, AdHocRow, "explain/ad_hoc", run_id=document.run_id, net=line.net, **given)
    assert found, f"{document.number} line {line.line_seq} rests on a charge of {document.made_by}"
    asked = found[0]
    explained = Explained(Decimal(0))
    explained.say("asked", f"{' or '.join(one.charge_id for one in found)} of charges.csv, on {asked.charged_on}, by {asked.clause}")
    explained.say("contract", line.contract_id)
    _say_product(explained, asked.quantity, asked.unit_price)
    explained.say("rule", rule(ad_hoc_charge, line.clause))
    return explained


def _say_product(explained: Explained, quantity: Decimal, unit_price: Decimal) -> None:
    explained.net = round_half_up(quantity * unit_price)
    exact = Fraction(quantity) * Fraction(unit_price)
    product = (
        f"{number(quantity)} × {plain(unit_price)} = {plain(quantity * unit_price) if exact != explained.net else plain(explained.net)}"
    )
    explained.say("arithmetic", f"{product}{rounded(exact, explained.net)}")


__all__ = ["explain_once"]
