"""How a usage line came to be: its records, each priced again, what packs covered of them, and the sum."""

from __future__ import annotations

import numpy as np
from sqlalchemy import Connection

import sql
from billing.money import from_cents, from_micro
from billing.packs import Pools
from billing.period import BRUSSELS
from billing.pricing import SECONDS_PER_MINUTE, in_increments, price_in_cents, price_of_parts
from billing.tariff import INCREMENT_DECKS
from billing.usage import Kind
from tasks.explain.made_from import Call, PoolTaken
from tasks.explain.ordered import order_of, say_contract
from tasks.explain.records import Document, DocumentLine, Explained
from tasks.explain.words import plain, rule

SHOWN = 5  # records, the dearest first
UNITS = {Kind.VOICE: "seconds", Kind.SMS: "messages", Kind.DATA: "bytes"}


def explain_usage(conn: Connection, document: Document, line: DocumentLine) -> Explained:
    """A line of usage: one order line, one destination group, all records that cost something."""
    assert line.line_no is not None
    given = {"run_id": document.run_id, "line_no": line.line_no, "destination_group": line.product}
    calls = sql.rows(conn, Call, "explain/calls", **given)
    prices = [_price(call) for call in calls]
    explained = Explained(from_cents(sum(prices)))
    charged = [call for call in calls if call.price_cents]
    explained.say("records", f"{len(calls)} to group {line.product}, {len(charged)} with a price, from {line.from_day} to {line.to_day}")
    for kind in sorted({call.kind for call in calls}):
        of_kind = [call for call in calls if call.kind == kind]
        in_pack, left = sum(call.in_pack for call in of_kind), sum(call.charged for call in of_kind)
        explained.say("used", f"{in_pack + left} {UNITS[Kind(kind)]}: {in_pack} in the pack, {left} charged")
    _say_pools(conn, explained, document, line)
    for call, cents in list(zip(calls, prices, strict=True))[:SHOWN]:
        explained.say("record", _said(call, cents))
    if len(calls) > SHOWN:
        rest = prices[SHOWN:]
        explained.say("record", f"and {len(rest)} more, together {plain(from_cents(sum(rest)))}")
    summed = "1 price, rounded" if len(charged) == 1 else f"{len(charged)} prices, each rounded"
    explained.say("arithmetic", f"the sum of {summed} up to the cent = {plain(explained.net)}")
    say_contract(explained, order_of(conn, document, line.line_no))
    explained.say("rule", rule(price_in_cents, line.clause))
    return explained


def _say_pools(conn: Connection, explained: Explained, document: Document, line: DocumentLine) -> None:
    found = sql.rows(
        conn, PoolTaken, "explain/pools",
        run_id=document.run_id, contract_id=line.contract_id, end_client_id=line.end_client_id, destination_group=line.product,
    )  # fmt: skip
    for pool in found:
        taken = f"{pool.used} taken by {document.made_by}" + (f", {pool.before} before" if pool.before else "")
        explained.say("pack", f"{pool.month:%Y-%m}: {pool.allowance} {pool.unit} for {line.end_client_id}, {taken}")
    if found:
        explained.say("", rule(Pools.draw))


def _billed(call: Call) -> int:
    """What is priced of a record at its rate: the rest after the pack and without what is past a roaming limit, in whole increments."""
    left = call.charged - call.beyond
    if call.kind != Kind.VOICE or call.deck not in INCREMENT_DECKS or not left:
        return left
    return int(in_increments(*(np.array([value]) for value in (left, call.first_increment, call.next_increment)))[0])


def _price(call: Call) -> int:
    """The price of a record, in cents, by the rule that rated it."""
    if not call.charged:
        return 0
    billed = _billed(call)
    if not call.beyond:
        return int(price_in_cents(*(np.array([value]) for value in (call.setup_micro, call.per_minute_micro, billed)))[0])
    parts = [(call.beyond_setup_micro, call.beyond_per_minute_micro, call.beyond)]
    return price_of_parts([*parts, (call.setup_micro, call.per_minute_micro, billed)] if billed else parts)


def _said(call: Call, cents: int) -> str:
    unit, day = UNITS[Kind(call.kind)], call.started_at.astimezone(BRUSSELS)
    used = f"{call.in_pack} {unit} in the pack, {call.charged} charged" if call.in_pack else f"{call.charged} {unit}"
    rate = f"{call.deck} {call.prefix} ({call.destination}) of {call.valid_from}"
    if not call.charged:
        return f"{call.usage_id} {day:%Y-%m-%d %H:%M:%S}, {used}: covered by the pack"
    return f"{call.usage_id} {day:%Y-%m-%d %H:%M:%S}, {used}, {rate}: {_arithmetic(call)}, up to the cent = {plain(from_cents(cents))}"


def _arithmetic(call: Call) -> str:
    parts = _part(call.setup_micro, call.per_minute_micro, _billed(call))
    increments = f" in increments {call.first_increment}/{call.next_increment}" if _billed(call) != call.charged - call.beyond else ""
    if not call.beyond:
        return parts + increments
    beyond = _part(call.beyond_setup_micro, call.beyond_per_minute_micro, call.beyond)
    within = f"{parts} within the limit and " if _billed(call) else ""
    return f"{within}{beyond} past it"


def _part(setup_micro: int, per_minute_micro: int, quantity: int) -> str:
    setup, per_minute = from_micro(setup_micro), from_micro(per_minute_micro)
    return f"{plain(setup)} + {plain(per_minute)} × {quantity} ÷ {SECONDS_PER_MINUTE}"


__all__ = ["explain_usage"]
