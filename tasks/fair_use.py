"""The report on the fair use of roaming: the SIMs of the last four months that show one of the signs of GC-6.1, for a human to decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sql
from billing.fair_use import DayOfUse, FairUse, Thresholds, signs_of_abuse, window_of
from billing.period import DAY, Period, start_of_day_utc
from billing.phone_numbers import masked
from billing.visited import UNION, code_of
from tasks.ledger import Run
from tasks.outside import Outside
from tasks.settings import Settings


@dataclass(frozen=True, slots=True)
class Line:
    """An order line that was used elsewhere in the Union."""

    line_no: int
    line_id: str
    end_client_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class FairUseRow:
    """One row of fair_use.csv: a SIM with its signs and figures. `sim_no` tells SIMs of a line apart whose last digits are hidden."""

    line_id: str
    end_client_id: str
    sim: str
    sim_no: int
    signs: str
    domestic_uses: int
    roaming_uses: int
    domestic_days: int
    roaming_days: int
    longest_without_domestic: int
    sims_in_turn: int
    window_from: date
    window_to: date


def fair_use_rows(outside: Outside, run: Run) -> list[FairUseRow]:
    """Returns the SIMs with a sign of abuse in the four months up to the close, by line id and number."""
    assert run.period is not None
    window = window_of(run.period, run.on)
    lines, days = _read(outside, run, window)
    quantities = {line.line_no: line.quantity for line in lines}
    found = signs_of_abuse(days, quantities, window, _thresholds(outside.settings))
    return _rows(found, {line.line_no: line for line in lines}, window, outside.settings.masked_digits)


def _read(outside: Outside, run: Run, window: Period) -> tuple[list[Line], list[DayOfUse]]:
    """The lines that roamed, and what their SIMs were used for day by day; only usage that the run had before it."""
    given = {
        "run_id": run.run_id,
        "from_instant": start_of_day_utc(window.first),
        "past_instant": start_of_day_utc(window.past),
        "union_codes": sorted(map(code_of, UNION)),
    }
    with outside.engine.connect() as conn:
        lines = sql.rows(conn, Line, "fair_use/roaming_lines", import_no=run.import_no, **given)
        if not lines:
            return [], []
        return lines, sql.rows(conn, DayOfUse, "fair_use/days", line_nos=[line.line_no for line in lines], **given)


def _thresholds(settings: Settings) -> Thresholds:
    return Thresholds(
        settings.fair_use_domestic_share_at_most,
        settings.fair_use_inactive_days_at_least,
        settings.fair_use_sims_at_least,
    )


def _rows(found: Sequence[FairUse], lines: dict[int, Line], window: Period, hidden: int) -> list[FairUseRow]:
    rows, numbers = [], Counter[int]()
    for one in sorted(found, key=lambda each: (lines[each.line_no].line_id, each.sim)):
        line = lines[one.line_no]
        numbers[one.line_no] += 1
        rows.append(
            FairUseRow(
                line_id=line.line_id,
                end_client_id=line.end_client_id,
                sim=masked(one.sim, hidden),
                sim_no=numbers[one.line_no],
                signs=" ".join(sign.value for sign in one.signs),
                domestic_uses=one.domestic_uses,
                roaming_uses=one.roaming_uses,
                domestic_days=one.domestic_days,
                roaming_days=one.roaming_days,
                longest_without_domestic=one.longest_without_domestic,
                sims_in_turn=one.sims_in_turn,
                window_from=window.first,
                window_to=window.past - DAY,
            )
        )
    return rows


__all__ = ["FairUseRow", "Line", "fair_use_rows"]
