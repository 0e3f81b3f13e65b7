"""A wrong invoice made again: the same days, quantities and usage, charged with the reference data now in force.

What the run stages counts as released by its own credit note, so that nobody sees it and no day is charged twice. The issue releases
what the wrong invoice charged and makes the new charges count, in the transaction that gives the numbers.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from sqlalchemy import Connection

import sql
from billing.charged_again import addition_again, balance_again, days_again, one_off_again
from billing.counting import Count, CountRule
from billing.one_off import OneOffCharge
from billing.order import OrderLine
from billing.period import Period
from billing.prices import Price, PriceList, Unpriced
from billing.recurring import AdditionCharge, Charged, RecurringCharge
from tasks import ad_hoc, rating_again
from tasks.charging import RECURRING_CHARGE, DaysCharged, prices, recurring_row
from tasks.drafts import ChargedLine, charged_lines
from tasks.ledger import Run, Stopped
from tasks.one_off import ONE_OFF_CHARGE
from tasks.outside import Outside
from tasks.recurring import ADDITION_CHARGE
from tasks.settlement import LastChargedRow

STAGED = ("recurring", "additions", "one_off", "ad_hoc", "pools", "roaming")
OF_LINES = ("recurring", "additions", "one_off", "roaming")
OF_CONTRACTS = ("ad_hoc", "pools")
Charge = TypeVar("Charge", RecurringCharge, AdditionCharge, OneOffCharge)


@dataclass(frozen=True, slots=True)
class Made:
    """How an invoice was made: by which run, from which import, and by what kind of run in the first place."""

    run_id: int
    import_no: int
    first_kind: str

    @property
    def on_receipt(self) -> bool:
        """Whether it was payable on receipt, whatever the contract says (BT-2.a, WM-2.b)."""
        return self.first_kind == "orders"


@dataclass(frozen=True, slots=True)
class Billed:
    """What an invoice bills: the contracts and order lines of the run that made it."""

    made: Made
    contract_ids: Sequence[str]
    line_nos: Sequence[int]


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """Days of a line that the run charged; `past` is the first day after them."""

    line_no: int
    first: date
    past: date
    charge: Charged
    quantity: int
    unit_price: Decimal
    net: Decimal
    clause: str
    count_rule: CountRule
    count_clause: str
    counted: int | None
    ordered: int
    price_from: date | None

    @property
    def charged(self) -> RecurringCharge:
        """The charge as the rules see it."""
        count = Count(self.quantity, self.count_rule, self.count_clause, self.counted, self.ordered)
        days = Period(self.first, self.past)
        return RecurringCharge(self.line_no, days, self.charge, self.unit_price, self.net, self.clause, count, self.price_from)


def billed_by(conn: Connection, invoice_id: int) -> Billed:
    """What an issued invoice bills."""
    made = sql.one(conn, Made, "again/made", invoice_id=invoice_id)
    assert made is not None, f"invoice {invoice_id} was made by a run"
    found = sql.dicts(conn, "again/contracts", invoice_id=invoice_id, import_no=made.import_no, on_receipt=made.on_receipt)
    contract_ids = [str(row["contract_id"]) for row in found]
    lines = sql.dicts(conn, "again/line_nos", contract_ids=contract_ids, import_no=made.import_no)
    return Billed(made, contract_ids, [int(row["line_no"]) for row in lines])


def lines_again(outside: Outside, conn: Connection, run: Run, invoice_id: int, note_id: int) -> list[ChargedLine]:
    """Charge again what the invoice charged, as released by the credit note `note_id`; returns what the new invoice shows.

    Raises Stopped for a line that cannot be charged: it is not on order any more, or has no price.
    """
    billed = billed_by(conn, invoice_id)
    with as_if_released(conn, billed, note_id):
        usage = rating_again.RatingAgain(outside, conn, run)
        last = _last_prices(conn, run, billed)
    _charge(conn, run, billed, note_id, last)
    usage.write(conn, billed.made.run_id, billed.line_nos)
    for what in ("pools", "roaming"):
        sql.run(conn, f"again/hold_{what}", run_id=run.run_id, released_by=note_id)
    lines = charged_lines(conn, run)
    return [replace(line, payment_days=0) for line in lines] if billed.made.on_receipt else lines


def forget_staged(conn: Connection, run: Run) -> None:
    """Remove what an earlier attempt of the run charged and rated."""
    for what in STAGED:
        sql.run(conn, f"again/forget_{what}", run_id=run.run_id)
    rating_again.forget(conn, run)


def release(conn: Connection, billed: Billed, note_id: int) -> None:
    """Free what an invoice charged: days, additions, one-off and ad-hoc charges, and what it took of pools and limits."""
    for what in OF_LINES:
        sql.run(conn, f"again/release_{what}", run_id=billed.made.run_id, line_nos=list(billed.line_nos), released_by=note_id)
    for what in OF_CONTRACTS:
        sql.run(conn, f"again/release_{what}", run_id=billed.made.run_id, contract_ids=list(billed.contract_ids), released_by=note_id)
    sql.run(conn, "again/release_usage", run_id=billed.made.run_id, line_nos=list(billed.line_nos), released_by=note_id)


def take_its_place(conn: Connection, run: Run, invoice_id: int, note_id: int) -> None:
    """Release what the invoice charged and make what the run staged count instead. Doing it twice changes nothing."""
    release(conn, billed_by(conn, invoice_id), note_id)
    for what in STAGED:
        sql.run(conn, f"again/charge_{what}", run_id=run.run_id, released_by=note_id)
    latest = sql.dicts(conn, "rating/previous", run_id=run.run_id)
    if latest:
        sql.run(conn, "again/hand_over_usage", run_id=run.run_id, to_run_id=latest[0]["run_id"])


@contextmanager
def as_if_released(conn: Connection, billed: Billed, note_id: int) -> Iterator[None]:
    """Inside, the ledger reads as it will when the invoice is taken back; afterwards as before."""
    ahead = conn.begin_nested()
    try:
        release(conn, billed, note_id)
        yield
    finally:
        ahead.rollback()


def _last_prices(conn: Connection, run: Run, billed: Billed) -> Mapping[int, Price]:
    found = sql.rows(conn, LastChargedRow, "leaving/last_charged", run_id=run.run_id, line_nos=list(billed.line_nos))
    return {row.line_no: Price(row.unit_price, row.price_from) for row in found}


def _charge(conn: Connection, run: Run, billed: Billed, note_id: int, last: Mapping[int, Price]) -> None:
    of = {"run_id": billed.made.run_id, "line_nos": list(billed.line_nos)}
    recurring = [row.charged for row in sql.rows(conn, ChargeRow, "again/recurring", **of)]
    additions = sql.rows(conn, AdditionCharge, "again/additions", **of)
    once = sql.rows(conn, OneOffCharge, "again/one_off", **of)
    lines = _lines(conn, run, {charge.line_no for charges in (recurring, additions, once) for charge in charges})
    now = prices(conn, run)
    again = _priced(charge for charges in _days_again(conn, billed, recurring, lines, now, last) for charge in charges)
    sql.copy_in(conn, "recurring_charge", (*RECURRING_CHARGE, "released_by"), ((*recurring_row(run, charge), note_id) for charge in again))
    added = _priced(addition_again(lines[charge.line_no], charge, now) for charge in additions)
    rows = (
        (run.run_id, a.line_no, a.period, a.first_day, a.to_day, a.quantity, a.unit_price, a.net, a.clause, note_id) for a in added
    )  # fmt: skip
    sql.copy_in(conn, "addition_charge", (*ADDITION_CHARGE, "released_by"), rows)
    ordered = _priced(one_off_again(lines[charge.line_no], charge, now) for charge in once)
    rows_once = ((run.run_id, o.line_no, o.ordered_on, o.quantity, o.unit_price, o.net, o.clause, note_id) for o in ordered)
    sql.copy_in(conn, "one_off_charge", (*ONE_OFF_CHARGE, "released_by"), rows_once)
    ad_hoc.charge_again(conn, run, billed.made.run_id, billed.contract_ids, note_id)


def _lines(conn: Connection, run: Run, line_nos: set[int]) -> Mapping[int, OrderLine]:
    wanted = sorted(line_nos)
    found = {line.line_no: line for line in sql.rows(conn, OrderLine, "again/lines", import_no=run.import_no, line_nos=wanted)}
    gone = [line_no for line_no in wanted if line_no not in found]
    if gone:
        raise Stopped(f"{len(gone)} lines of the invoice stand on no order any more; put them back in order_lines.csv, then ask again")
    return found


def _days_again(
    conn: Connection,
    billed: Billed,
    before: Iterable[RecurringCharge],
    lines: Mapping[int, OrderLine],
    now: PriceList,
    last: Mapping[int, Price],
) -> Iterator[Iterable[RecurringCharge | Unpriced]]:
    refunded: dict[int, list[Period]] = defaultdict(list)
    for days in sql.rows(conn, DaysCharged, "again/refunded_days", run_id=billed.made.run_id, line_nos=list(billed.line_nos)):
        refunded[days.line_no].append(Period(days.first, days.past))
    by_line: dict[int, list[RecurringCharge]] = defaultdict(list)
    for charge in before:
        by_line[charge.line_no].append(charge)
    for line_no, charges in by_line.items():
        yield days_again(lines[line_no], charges, refunded[line_no], now)
        balance = (charge for charge in charges if charge.charge == "balance")
        yield [balance_again(lines[line_no], charge, last.get(line_no), now) for charge in balance]


def _priced(charges: Iterable[Charge | Unpriced]) -> list[Charge]:
    found: list[Charge] = []
    for charge in charges:
        if isinstance(charge, Unpriced):
            raise Stopped(f"{charge.reason}, then ask again")
        found.append(charge)
    return found


__all__ = ["Billed", "Made", "as_if_released", "billed_by", "forget_staged", "lines_again", "release", "take_its_place"]
