"""The drafts of a close as the form shows them: what they come to, what to look at first, where the papers are, until when."""

from collections.abc import Sequence
from dataclasses import dataclass

import sql
from tasks.ledger import Run
from tasks.outcome import amounts_table, close_before, links_to, totals
from tasks.outside import Outside
from tasks.review.deciding import decisions_of
from tasks.review.records import Ask, Decision, moment

AT_MOST = 20
PAPERS = {
    "close_report.html": "Close report",
    "close_report.xlsx": "Workbook",
    "gates.html": "Checks",
    "drafts": "Drafts of the largest changes",
}


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning of a gate; `found` as it is shown."""

    gate: str
    says: str
    found: str
    advice: str


@dataclass(frozen=True, slots=True)
class ParkedPayer:
    """A payer that is not billed in this close, and why."""

    payer_id: str
    reason: str


def form_text(outside: Outside, run: Run, ask: Ask) -> str:
    """The markdown above the form."""
    with outside.engine.connect() as conn:
        before = close_before(conn, run)
        parked = sql.rows(conn, ParkedPayer, "review/parked", run_id=run.run_id)
        warned = sql.rows(conn, Warned, "review/warnings", run_id=run.run_id)
        decisions = decisions_of(conn, run)
    needed = outside.settings.approvals_needed
    four_eyes = " Two different people have to approve." if needed == 2 else ""
    found = totals(outside, run)
    parts = [
        f"## {run.name}: approve the drafts?\n\n{found}.",
        amounts_table(found, before, "this close"),
        f"**Answer before {moment(ask.deadline)}** (Brussels); later answers do not count.{four_eyes}",
        _listed("Look at", links_to(outside, run.folder, PAPERS)),
        _listed("Parked, not billed in this close", [f"{one.payer_id}: {one.reason}" for one in parked]),
        _listed("Warnings", [f"{one.gate}: expected that {one.says}; found {one.found}. {one.advice}" for one in warned]),
        _listed("Decided so far", [str(one) for one in decisions][-AT_MOST:]),
        _approvals(decisions),
    ]
    return "\n\n".join(part for part in parts if part)


def _listed(words: str, lines: Sequence[str]) -> str:
    more = [f"- and {len(lines) - AT_MOST} more, see the report"] if len(lines) > AT_MOST else []
    return "\n".join([f"**{words}**", "", *(f"- {line}" for line in lines[:AT_MOST]), *more]) if lines else ""


def _approvals(decisions: Sequence[Decision]) -> str:
    names = [one.decided_by for one in decisions if one.is_standing_approval]
    return f"**{' and '.join(names)} approved these drafts already; another person has to as well.**" if names else ""
