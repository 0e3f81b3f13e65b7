"""Which lines a run knows to be ended, and on which day: from the terminations of the feed and the days other runs charged.

The same feed and the same earlier runs give the same endings, whatever the run itself has staged: every step of it sees the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol, TypeVar

from sqlalchemy import Connection

import sql
from billing.contract import term_past
from billing.leaving import Ending, Leaver, Termination, ending
from billing.terms import terms_of
from tasks.ledger import Run


@dataclass(frozen=True, slots=True)
class LineRow:
    """An order line that a termination may end, as the query gives it."""

    line_no: int
    line_id: str
    contract_id: str
    end_client_id: str
    starts_on: date
    ends_on: date | None
    min_months: int | None
    charged_through: date | None
    terms: str
    contract_starts_on: date | None
    term_months: int


@dataclass(frozen=True, slots=True)
class ChargedRow:
    """Up to which day the runs of a day charged a line."""

    line_no: int
    run_on: date
    last_day: date


class _Served(Protocol):
    @property
    def line_no(self) -> int: ...
    @property
    def ends_on(self) -> date | None: ...


Line = TypeVar("Line", bound=_Served)


def endings(conn: Connection, run: Run) -> dict[int, Ending]:
    """The lines that terminations end, by line_no, as the run knows them; empty, after one short query, when there are none."""
    return endings_on(conn, import_no=run.import_no, run_id=run.run_id, on=run.on)


def endings_on(conn: Connection, *, import_no: int, run_id: int, on: date) -> dict[int, Ending]:
    """As `endings`, for a day: terminations received later are not known. `run_id` is the run whose own charges do not count (0 = none).

    A letter received on the very day of a run that has to wait for the days charged waits for those of that run: to the run
    itself it changes nothing, so it is left to the next one.
    """
    known = sql.rows(conn, Termination, "leaving/terminations", import_no=import_no, on=on)
    if not known:
        return {}
    rows = _lines(conn, import_no, known)
    charged = _charged(conn, run_id, [row.line_no for row in rows])
    candidates = _Candidates(known)
    found = (_ending(row, candidates.of(row), charged.get(row.line_no, ()), on) for row in rows)
    return {one.line_no: one for one in found if one is not None}


def ended(lines: Iterable[Line], known: Mapping[int, Ending]) -> list[Line]:
    """The lines, each with the earlier of the order's and the termination's last day as its `ends_on`.

    A line that ended before its first day has no day of service left.
    """
    return [line if line.line_no not in known else _cut(line, known[line.line_no].last_day) for line in lines]


def _cut(line: Line, last_day: date) -> Line:
    ends_on = last_day if line.ends_on is None else min(line.ends_on, last_day)
    return replace(line, ends_on=ends_on)  # type: ignore[type-var]  # every such line is a dataclass


class _Candidates:
    """The terminations that may cover a line, found by its contract and its end client."""

    def __init__(self, known: Sequence[Termination]) -> None:
        self._by_contract: dict[str, list[Termination]] = defaultdict(list)
        self._by_bankrupt: dict[str, list[Termination]] = defaultdict(list)
        for one in known:
            if one.by == "bankruptcy":
                self._by_bankrupt[one.end_client_id or ""].append(one)
            else:
                self._by_contract[one.contract_id].append(one)

    def of(self, row: LineRow) -> list[Termination]:
        return [*self._by_contract.get(row.contract_id, ()), *self._by_bankrupt.get(row.end_client_id, ())]


def _lines(conn: Connection, import_no: int, known: Sequence[Termination]) -> list[LineRow]:
    contract_ids = sorted({one.contract_id for one in known if one.by != "bankruptcy"})
    bankrupt = sorted({one.end_client_id for one in known if one.by == "bankruptcy" and one.end_client_id})
    return sql.rows(conn, LineRow, "leaving/lines", import_no=import_no, contract_ids=contract_ids, bankrupt=bankrupt)


def _charged(conn: Connection, run_id: int, line_nos: list[int]) -> dict[int, list[tuple[date, date]]]:
    charged: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for row in sql.rows(conn, ChargedRow, "leaving/days_charged", run_id=run_id, line_nos=line_nos):
        charged[row.line_no].append((row.run_on, row.last_day))
    return charged


def _ending(row: LineRow, candidates: Sequence[Termination], charged: Sequence[tuple[date, date]], on: date) -> Ending | None:
    terms = terms_of(row.terms)
    waits = terms.ends == "after_days_charged"
    known = [one for one in candidates if not (waits and one.received_on == on and one.by != "bankruptcy" and one.act == "letter")]
    past_term = term_past(row.contract_starts_on, row.term_months, row.starts_on, row.min_months)
    leaver = Leaver(
        row.line_no, row.line_id, row.contract_id, row.end_client_id, row.starts_on, row.ends_on, past_term, row.charged_through
    )
    return ending(known, leaver, terms, charged)


__all__ = ["ended", "endings", "endings_on"]
