"""Leaving: when the service of a line ends after a termination, whether the rest of the term is due, and what is given back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from billing.clause import carries_out
from billing.period import DAY, Period, months_after
from billing.terms import Act, Terms

By = Literal["client", "partner", "operator", "bankruptcy"]

BANKRUPTCY_CLAUSE = "CG-3.e"
OPERATOR_CLAUSE = "GC-13.3"


@dataclass(frozen=True, slots=True)
class Termination:
    """A letter, an end by the operator, or the bankruptcy of an end client, as the feed gives it."""

    termination_id: str
    contract_id: str
    line_id: str | None  # None = all lines of the contract, or of the end client where one is named
    end_client_id: str | None
    by: By
    received_on: date  # of a bankruptcy: the day its proof came in
    requested_on: date | None  # last day of service asked for
    client_breach: bool
    proof: str

    @property
    def act(self) -> Act:
        """What it is where it is no bankruptcy: a letter, or the end the operator makes at once after a breach."""
        return "breach" if self.by == "operator" and self.client_breach else "letter"


@dataclass(frozen=True, slots=True)
class Leaver:
    """A line that is terminated, with what its end turns on."""

    line_no: int
    line_id: str
    contract_id: str
    end_client_id: str
    starts_on: date
    ends_on: date | None  # last day of the order
    term_past: date  # first day after its minimum term
    charged_through: date | None  # last day an earlier system charged


@dataclass(frozen=True, slots=True)
class Ending:
    """How a line ends: the first day without service, and up to which day (that day excluded) the balance of its term is due."""

    line_no: int
    termination_id: str
    past_day: date
    clause: str  # what fixes the end
    balance_until: date | None  # None = no balance is due
    balance_clause: str
    refunds: bool  # whether days charged past the end are given back

    @property
    def last_day(self) -> date:
        """The last day of service; before the first one for a line that never served."""
        return self.past_day - DAY


# What runs charged of a line: the day of the run, and the last day it charged.
DaysCharged = Iterable[tuple[date, date]]


@carries_out("CG-3.b", "CG-3.e")
def covers(termination: Termination, line: Leaver) -> bool:
    """Returns whether a termination ends a line: one line, those of an end client, or all of the contract.

    A bankruptcy ends every line of the end client, under whichever contract: behind a partner too.
    """
    if termination.by == "bankruptcy":
        return line.end_client_id == termination.end_client_id
    if line.contract_id != termination.contract_id:
        return False
    return termination.line_id in (None, line.line_id) and termination.end_client_id in (None, line.end_client_id)


@carries_out("CG-3.b")
def charged_to(line: Leaver, charged: DaysCharged, received_on: date) -> date:
    """Returns the last day charged when a letter was received: by runs dated up to that day, that day included, or before our time."""
    return max([line.charged_through or date.min, *(last for run_on, last in charged if run_on <= received_on)])


@carries_out("GC-11.2")
def notice_end(term_past: date, received_on: date, notice_months: int) -> date:
    """Returns the earliest last day of service of a contract that ends with its term.

    In time, so that whole months of notice are left after the day of receipt: the last day of the term. Later: the contract
    runs on, to the end of the calendar month after the one the term ends in. Once the term is over: the day of receipt.
    """
    if received_on >= term_past:
        return received_on
    if received_on < months_after(term_past, -notice_months):
        return term_past - DAY
    return Period.month_of(term_past - DAY).next_month().last


@carries_out("CG-3.b", "CG-3.e", "GC-11.2", "GC-13.3")
def last_day(termination: Termination, line: Leaver, terms: Terms, charged: DaysCharged) -> tuple[date, str]:
    """Returns the last day of service under one termination, and the clause that fixes it."""
    if termination.by == "bankruptcy":
        return termination.received_on - DAY, BANKRUPTCY_CLAUSE
    asked = max(termination.requested_on or termination.received_on, termination.received_on)
    if termination.act == "breach":
        return asked, OPERATOR_CLAUSE if terms.balance_after == "breach" else terms.end_clause
    if terms.ends == "with_term":
        return max(asked, notice_end(line.term_past, termination.received_on, terms.notice_months)), terms.end_clause
    return max(asked, charged_to(line, charged, termination.received_on)), terms.end_clause


@carries_out("CG-3.d", "GC-13.3")
def balance_until(termination: Termination, line: Leaver, terms: Terms, past_day: date) -> date | None:
    """Returns the first day after the balance of the contract, None when none is due.

    It is due from the end of service to the end of the minimum term: of an end by the partner or client under CG-3.d, of an
    end by the operator after a breach under GC-13.3. A day the order ends the line on is agreed, nothing is due past it.
    """
    by_letter = termination.by in ("partner", "client")
    if termination.act != terms.balance_after or (terms.balance_after == "letter" and not by_letter):
        return None
    until = line.term_past if line.ends_on is None else min(line.term_past, line.ends_on + DAY)
    return until if past_day < until else None


@carries_out("CG-3.c", "GC-13.2")
def gives_back(termination: Termination, terms: Terms) -> bool:
    """Returns whether days charged past the end are given back: never under CG-3.c, nor where a breach or a bankruptcy caused the end."""
    return terms.refund_from is not None and termination.by != "bankruptcy" and not termination.client_breach


def ending(terminations: Iterable[Termination], line: Leaver, terms: Terms, charged: DaysCharged) -> Ending | None:
    """Returns the end of a line under all the terminations known, None where none covers it before its order ends it.

    The earliest end counts. Once the end client is bankrupt no balance is billed, whichever end came first (CG-3.e).
    """
    covering = [termination for termination in terminations if covers(termination, line)]
    days = tuple(charged)
    ends = [_ending(termination, line, terms, days) for termination in covering]
    first = min(ends, key=lambda end: (end.past_day, end.termination_id), default=None)
    if first is None or (line.ends_on is not None and line.ends_on < first.last_day):
        return None
    if any(termination.by == "bankruptcy" for termination in covering):
        return Ending(first.line_no, first.termination_id, first.past_day, first.clause, None, "", first.refunds)
    return first


def _ending(termination: Termination, line: Leaver, terms: Terms, charged: DaysCharged) -> Ending:
    last, clause = last_day(termination, line, terms, charged)
    until = balance_until(termination, line, terms, last + DAY)
    refunds = gives_back(termination, terms)
    return Ending(line.line_no, termination.termination_id, last + DAY, clause, until, terms.balance_clause if until else "", refunds)


@carries_out("CG-3.e", "BT-2.j")
def is_sold(kind: str, ordered_on: date, end: Ending | None) -> bool:
    """Returns whether what is charged once, on order, is still charged when its line ends: what was ordered by the last day is.

    A number is ported out because of the end, so that is charged after it too, but for a bankruptcy.
    """
    return end is None or ordered_on <= end.last_day or (kind == "porting_out" and end.clause != BANKRUPTCY_CLAUSE)


@carries_out("GC-12.2.a")
def may_be_ended(suspended_since: date, on: date) -> bool:
    """Returns whether the operator may end a contract for a suspension that lasts: after one month of it, on finance's decision."""
    return months_after(suspended_since, 1) <= on


__all__ = [
    "Ending", "Leaver", "Termination", "balance_until", "charged_to", "covers", "ending", "gives_back", "is_sold", "last_day",
    "may_be_ended", "notice_end",
]  # fmt: skip
