"""The step `recurring`: charge every line for the days not yet charged, up to its horizon or its end, and settle with those that end."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

import sql
from billing.clause import carries_out
from billing.contract import Contract, term_runs
from billing.counting import NO_HISTORY, TWELVE_MONTHS_CLAUSE, Count, Element, History, count
from billing.leaving import Ending
from billing.money import ZERO
from billing.order import COUNTED_KINDS, OrderLine, is_recurring
from billing.period import Period, quarter_of
from billing.prices import PriceList, Unpriced
from billing.recurring import AdditionCharge, RecurringCharge, additions, charges, days_to_charge
from tasks.ad_hoc import charge_ad_hoc
from tasks.charging import (
    contracts,
    days_charged,
    lines_in_force,
    prices,
    sorted_out,
    write_not_in_force,
    write_recurring_charges,
    write_refusals,
)
from tasks.leaving import ended, endings
from tasks.ledger import Receipt, Run
from tasks.outside import Outside
from tasks.settlement import settle, write_settlement

log = logging.getLogger(__name__)

ADDITION_CHARGE = ("run_id", "line_no", "period", "first_day", "to_day", "quantity", "unit_price", "net", "clause")


@dataclass(frozen=True, slots=True)
class Counted:
    """How many elements of its product's kind a line shows in the snapshot of the close."""

    line_no: int
    counted: int


@dataclass(frozen=True, slots=True)
class SeenElement:
    """An element that snapshots have shown of a line: the first day, and whether the snapshot of the close still shows it."""

    line_no: int
    first_day: date
    is_there: bool


@dataclass(frozen=True, slots=True)
class QuantityBefore:
    """What earlier closes charged of a line: at the last one before the quarter, and at most since."""

    line_no: int
    before_quarter: int | None
    since: int | None


@dataclass(frozen=True, slots=True)
class QuantityOfPeriod:
    """The quantity that other runs charged of a line for the month being closed."""

    line_no: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that a close needs to charge, read in a handful of queries; the mappings are by line."""

    lines: list[OrderLine]  # each to its end
    endings: dict[int, Ending]
    agreed: dict[str, Contract]
    prices: PriceList
    charged: dict[int, list[Period]]
    counted: dict[int, int]  # a line no snapshot has ever shown is not in it
    history: dict[int, History]
    elements: dict[int, list[Element]]  # of international numbers only


def stage(outside: Outside, run: Run) -> Receipt:
    """Replace what the close charges and settles; returns how many lines and charges, their net total, what ended, what was not billed."""
    assert run.period is not None, "only a close charges recurring lines"
    with outside.engine.begin() as conn:
        gathered = _gather(conn, run, run.period)
        charged, refused = sorted_out(_charges(gathered, run, run.period))
        back = _additions(conn, run, run.period, gathered) if outside.settings.additions == "pro_rata" else ()
        added, refused_additions = sorted_out(back)
        settled = settle(conn, run, gathered.endings, agreed=gathered.agreed, prices=gathered.prices, charged=gathered.charged)
        write_recurring_charges(conn, run, [*charged, *settled.balance])
        write_settlement(conn, run, settled)
        asked = charge_ad_hoc(conn, run, gathered.agreed, gathered.prices)
        _write_additions(conn, run, added)
        write_refusals(conn, run, {line.line_no: line for line in [*settled.refused, *refused_additions, *refused]}.values())
        waiting = write_not_in_force(conn, run, gathered.agreed)
    net = sum((charge.net for charge in (*charged, *settled.balance)), ZERO) + sum((charge.net for charge in added), ZERO) + asked.net
    log.info("%s: %d recurring charges, %d lines without a price, %d contracts not in force", run.name, len(charged), len(refused), waiting)
    return Receipt(
        {
            "lines": len({charge.line_no for charge in charged}),
            "charges": len(charged) + len(settled.balance),
            "net": f"{net:.2f}",
            **settled.figures,
            **({"additions": len(added)} if added else {}),
            **asked.figures,
            "without price": len(refused),
            "contracts not in force": waiting,
        }
    )


def _gather(conn: Connection, run: Run, period: Period) -> Gathered:
    agreed = contracts(conn, run)
    found = sql.rows(conn, OrderLine, "recurring/lines", run_id=run.run_id, import_no=run.import_no, on=run.on)
    known = endings(conn, run)
    lines = ended(lines_in_force(filter(is_recurring, found), agreed, run.on), known)
    snapshot_on = _snapshot_on(conn, run)
    return Gathered(
        lines,
        known,
        agreed,
        prices(conn, run),
        days_charged(conn, run),
        _counted(conn, run, lines, snapshot_on),
        _history(conn, period),
        _numbers_kept(conn, run, filter(_keeps_numbers, lines), snapshot_on),
    )


def _snapshot_on(conn: Connection, run: Run) -> date | None:
    found: date | None = sql.scalar(conn, "recurring/snapshot_of_run", run_id=run.run_id, on=run.on)
    return found


def _keeps_numbers(line: OrderLine) -> bool:
    return line.kind == "international_number" and line.service in TWELVE_MONTHS_CLAUSE


def _counted(conn: Connection, run: Run, lines: list[OrderLine], snapshot_on: date | None) -> dict[int, int]:
    found = sql.rows(conn, Counted, "recurring/counts", import_no=run.import_no, snapshot_on=snapshot_on)
    counted = {line.line_no: line.counted for line in found}
    absent = [line.line_no for line in lines if line.kind in COUNTED_KINDS and line.line_no not in counted]
    seen = sql.dicts(conn, "recurring/lines_seen", line_nos=absent, snapshot_on=snapshot_on)
    counted |= {int(line["line_no"]): 0 for line in seen}
    return _counted_at_end(conn, run, lines, snapshot_on, counted)


@carries_out("BT-2.f")
def _counted_at_end(
    conn: Connection, run: Run, lines: list[OrderLine], snapshot_on: date | None, counted: dict[int, int]
) -> dict[int, int]:
    """The counts, those of lines that ended before the snapshot taken on their last day: who left is off the platform, but was served."""
    last_days = {
        line.line_no: line.ends_on
        for line in lines
        if line.kind in COUNTED_KINDS and line.ends_on is not None and snapshot_on is not None and line.ends_on < snapshot_on
    }
    if not last_days:
        return counted
    numbers, days = list(last_days), list(last_days.values())
    found = sql.rows(conn, Counted, "recurring/counts_at_end", import_no=run.import_no, line_nos=numbers, last_days=days)
    kept = {line_no: many for line_no, many in counted.items() if line_no not in last_days}
    return kept | {line.line_no: line.counted for line in found}


def _history(conn: Connection, period: Period) -> dict[int, History]:
    found = sql.rows(conn, QuantityBefore, "recurring/quantities_before", quarter=quarter_of(period.first).first, period=period.first)
    return {line.line_no: History(line.before_quarter, line.since) for line in found}


def _numbers_kept(conn: Connection, run: Run, lines: Iterable[OrderLine], snapshot_on: date | None) -> dict[int, list[Element]]:
    """The elements of these lines as the close sees them; of those that ended before, as they stood on their last day."""
    by_day: dict[date | None, list[int]] = defaultdict(list)
    for line in lines:
        by_day[min(snapshot_on, line.ends_on) if snapshot_on and line.ends_on else snapshot_on].append(line.line_no)
    found = [_elements(conn, run, line_nos, day) for day, line_nos in by_day.items()]
    return {line_no: elements for of_day in found for line_no, elements in of_day.items()}


def _elements(conn: Connection, run: Run, line_nos: list[int], snapshot_on: date | None) -> dict[int, list[Element]]:
    elements: dict[int, list[Element]] = defaultdict(list)
    found = sql.rows(conn, SeenElement, "recurring/elements", import_no=run.import_no, snapshot_on=snapshot_on, line_nos=line_nos)
    for element in found:
        elements[element.line_no].append(Element(element.first_day, element.is_there))
    return elements


def _charges(gathered: Gathered, run: Run, period: Period) -> Iterator[RecurringCharge | Unpriced]:
    for line in gathered.lines:
        days = days_to_charge(line, period, run.on, gathered.charged.get(line.line_no, ()))
        if days:
            yield from charges(line, days, _count(gathered, line, days[0].first), gathered.prices)


def _count(gathered: Gathered, line: OrderLine, first_day: date) -> Count:
    """The quantity for the days from `first_day` on: that day, not the close date, says whether a term or twelve months still run."""
    return count(
        line,
        gathered.counted.get(line.line_no),
        term_runs=term_runs(gathered.agreed[line.contract_id], line.starts_on, line.min_months, first_day),
        first_day=first_day,
        history=gathered.history.get(line.line_no, NO_HISTORY),
        elements=gathered.elements.get(line.line_no, ()),
    )


def _additions(conn: Connection, run: Run, period: Period, gathered: Gathered) -> Iterator[AdditionCharge | Unpriced]:
    """What was added within P over the quantity charged for it, of the lines whose P was charged before this close."""
    before = {line.line_no: line.quantity for line in _of_period(conn, run, period)}
    grown = [
        (line, quantity)
        for line in gathered.lines
        if (quantity := _quantity_before(line, period, before, gathered)) is not None and gathered.counted.get(line.line_no, 0) > quantity
    ]
    elements = _elements(conn, run, [line.line_no for line, _ in grown], _snapshot_on(conn, run))
    for line, quantity in grown:
        there = [element.first_day for element in elements[line.line_no] if element.is_there]
        yield from additions(line, period, quantity, there, gathered.prices)


def _quantity_before(line: OrderLine, period: Period, before: dict[int, int], gathered: Gathered) -> int | None:
    """The quantity all of P was charged at before this close; None when this close charges part of it, or nothing is counted."""
    charged_to = max([line.charged_through or date.min, *(days.last for days in gathered.charged.get(line.line_no, ()))])
    if line.kind not in COUNTED_KINDS or charged_to < period.last:
        return None
    return before.get(line.line_no, line.quantity)


def _of_period(conn: Connection, run: Run, period: Period) -> list[QuantityOfPeriod]:
    return sql.rows(conn, QuantityOfPeriod, "recurring/quantities_of_period", run_id=run.run_id, first=period.first, past=period.past)


def _write_additions(conn: Connection, run: Run, added: list[AdditionCharge]) -> None:
    sql.run(conn, "recurring/delete_additions", run_id=run.run_id)
    rows = [
        (run.run_id, a.line_no, a.period, a.first_day, a.to_day, a.quantity, a.unit_price, a.net, a.clause)
        for a in added
    ]  # fmt: skip
    sql.copy_in(conn, "addition_charge", ADDITION_CHARGE, rows)
