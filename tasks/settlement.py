"""What a close settles with lines that end: their balance, the days given back, and the record of the end itself."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

import sql
from billing.contract import Contract
from billing.leaving import Ending
from billing.money import ZERO
from billing.order import OrderLine, is_prepaid, is_recurring
from billing.period import Period
from billing.prices import PriceList, Unpriced
from billing.recurring import RecurringCharge, horizon
from billing.settlement import ChargedPart, LastCharged, Refund, balance, owes_balance, refunds
from billing.terms import TERMS, terms_of
from tasks.charging import DaysCharged, lines_in_force, sorted_out
from tasks.ledger import Run

LINE_ENDING = ("run_id", "line_no", "termination_id", "past_day", "balance_until", "clause")
REFUND = ("run_id", "line_no", "days", "termination_id", "charged_run_id", "net", "below_floor", "clause")


@dataclass(frozen=True, slots=True)
class LastChargedRow:
    """What other runs last charged of a line."""

    line_no: int
    quantity: int
    unit_price: Decimal
    price_from: date | None
    counted: int | None


@dataclass(frozen=True, slots=True)
class ChargedPartRow:
    """A charge of another run; `past` is the first day it does not charge."""

    line_no: int
    first: date
    past: date
    quantity: int
    unit_price: Decimal
    net: Decimal
    run_id: int


@dataclass(frozen=True, slots=True)
class RecordedRow:
    """The end of a line as another run has recorded it last."""

    line_no: int
    termination_id: str
    past_day: date


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a close decides about lines that end: the ends it is the first to pass, their balance, the days given back."""

    ends: tuple[tuple[Ending, date | None], ...] = ()  # with the day before which the balance of the line ends
    balance: tuple[RecurringCharge, ...] = ()
    refused: tuple[Unpriced, ...] = ()
    refunds: tuple[Refund, ...] = ()

    @property
    def figures(self) -> dict[str, int | str]:
        """What the receipt of the step says, nothing when nothing ended."""
        paid = [refund for refund in self.refunds if not refund.below_floor]
        return {
            **({"lines ended": len(self.ends)} if self.ends else {}),
            **({"balance": f"{sum((charge.net for charge in self.balance), ZERO):.2f}"} if self.balance else {}),
            **({"given back": f"{sum((refund.net for refund in paid), ZERO):.2f}"} if paid else {}),
        }


def settle(
    conn: Connection,
    run: Run,
    known: Mapping[int, Ending],
    *,
    agreed: dict[str, Contract],
    prices: PriceList,
    charged: Mapping[int, Sequence[Period]],
) -> Settlement:
    """What the close settles with the lines that the endings `known` to it end; `charged` are the days other runs charged."""
    if not known:
        return Settlement()
    found = sql.rows(conn, OrderLine, "leaving/order_lines", run_id=run.run_id, import_no=run.import_no, line_nos=sorted(known))
    lines = [line for line in lines_in_force(found, agreed, run.on) if is_recurring(line) or is_prepaid(line)]
    passed = [line for line in lines if known[line.line_no].past_day < _horizon(run, line, agreed)]
    last = _last_charged(conn, run, [line.line_no for line in passed if known[line.line_no].balance_until])
    due, refused = sorted_out(
        charge
        for line in passed
        for charge in balance(line, known[line.line_no], charged.get(line.line_no, ()), last.get(line.line_no), prices)
    )
    return Settlement(
        _ends(conn, run, lines, {line.line_no for line in passed}, known),
        tuple(due),
        tuple(refused),
        tuple(_refunds(conn, run, lines, known, agreed)),
    )


def _horizon(run: Run, line: OrderLine, agreed: dict[str, Contract]) -> date:
    """The first day past the close; of a line charged at order, past what the close charges under the regime of its contract."""
    assert run.period is not None
    return horizon(run.period, line.timing if is_recurring(line) else terms_of(agreed[line.contract_id].terms).timing)


def _last_charged(conn: Connection, run: Run, line_nos: list[int]) -> dict[int, LastCharged]:
    found = sql.rows(conn, LastChargedRow, "leaving/last_charged", run_id=run.run_id, line_nos=line_nos)
    return {row.line_no: LastCharged(row.quantity, row.unit_price, row.price_from, row.counted) for row in found}


def _ends(
    conn: Connection, run: Run, lines: Sequence[OrderLine], passed: Set[int], known: Mapping[int, Ending]
) -> tuple[tuple[Ending, date | None], ...]:
    """The ends the close is the first to pass, and those recorded otherwise than they are now known: a termination was corrected."""
    line_nos = [line.line_no for line in lines]
    found = sql.rows(conn, RecordedRow, "leaving/recorded", run_id=run.run_id, line_nos=line_nos)
    recorded = {row.line_no: (row.termination_id, row.past_day) for row in found}
    ends = ((known[line.line_no], line) for line in lines if line.line_no in passed or line.line_no in recorded)
    return tuple(
        (end, end.balance_until if owes_balance(line) else None)
        for end, line in ends
        if recorded.get(line.line_no) != (end.termination_id, end.past_day)
    )


def _refunds(
    conn: Connection, run: Run, lines: Iterable[OrderLine], known: Mapping[int, Ending], agreed: dict[str, Contract]
) -> list[Refund]:
    """Days that other runs charged past an end, under each regime that gives them back."""
    by_terms: dict[str, list[int]] = defaultdict(list)
    for line in lines:
        if known[line.line_no].refunds:
            by_terms[agreed[line.contract_id].terms].append(line.line_no)
    found: list[Refund] = []
    for name, line_nos in sorted(by_terms.items()):
        terms = TERMS[name]
        parts = sql.rows(conn, ChargedPartRow, "leaving/charged_parts", run_id=run.run_id, line_nos=line_nos)
        given_back: dict[int, list[Period]] = defaultdict(list)
        for row in sql.rows(conn, DaysCharged, "leaving/given_back", run_id=run.run_id, line_nos=line_nos):
            given_back[row.line_no].append(Period(row.first, row.past))
        charged = (
            ChargedPart(part.line_no, Period(part.first, part.past), part.quantity, part.unit_price, part.net, part.run_id)
            for part in parts
        )
        assert terms.refund_from is not None, "its endings would give nothing back"
        kept = {
            (row.line_no, row.first, row.past)
            for row in sql.rows(conn, DaysCharged, "leaving/kept", run_id=run.run_id, line_nos=line_nos)
        }  # fmt: skip
        owed = refunds(known, charged, given_back, terms.refund_from, terms.refund_clause)
        # What was found too little once is said once, and looked at again with what a later letter adds.
        found += [one for one in owed if not one.below_floor or (one.line_no, one.days.first, one.days.past) not in kept]
    return found


def write_settlement(conn: Connection, run: Run, settled: Settlement) -> None:
    """Replace the ends and refunds an earlier attempt of the run staged; the balance goes with the charges."""
    sql.run(conn, "leaving/delete_endings", run_id=run.run_id)
    sql.run(conn, "leaving/delete_refunds", run_id=run.run_id)
    ends = ((run.run_id, end.line_no, end.termination_id, end.past_day, until, end.clause) for end, until in settled.ends)
    sql.copy_in(conn, "line_ending", LINE_ENDING, ends)
    back = (
        (
            run.run_id, refund.line_no, f"[{refund.days.first},{refund.days.past})", refund.termination_id, refund.charged_run_id,
            refund.net, refund.below_floor, refund.clause,
        )
        for refund in settled.refunds
    )  # fmt: skip
    sql.copy_in(conn, "refund", REFUND, back)


__all__ = ["Settlement", "settle", "write_settlement"]
