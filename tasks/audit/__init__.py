"""The audit of a closed month: everything computed again from what was frozen, and compared with what was issued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import sql
from billing.period import Period
from tasks.audit.differences import differences
from tasks.audit.findings import Finding, Findings
from tasks.audit.naming import names_of
from tasks.audit.proofs import proofs
from tasks.audit.recomputing import issued_runs, recomputed
from tasks.ledger import Run, Stopped
from tasks.outside import Outside


@dataclass(frozen=True, slots=True)
class Figures:
    """What was issued, and so what was computed again."""

    lines: int
    records: int
    invoices: int
    net: Decimal
    vat: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class Audit:
    """The outcome for a month: the runs looked at, their figures, and every difference found."""

    period: Period
    runs: Sequence[str]
    figures: Figures
    findings: Sequence[Finding]

    def __str__(self) -> str:
        """What was recomputed, then one line a difference."""
        figures = self.figures
        head = (
            f"recomputed {', '.join(self.runs)}: {figures.invoices} documents with {figures.lines} lines, {figures.records} usage records, "
            f"EUR {figures.net} net, {figures.vat} VAT, {figures.gross} gross"
        )
        many = len(self.findings)
        found = [f"{many} difference{'s' * (many > 1)} from what was issued:", *map(str, self.findings)]
        return "\n".join([head, *(found if self.findings else ["no difference from what was issued"])])


def audit(outside: Outside, period: Period) -> Audit:
    """Compute the close of a month, and the orders and corrections dated in it, again and compare. Changes nothing.

    Raises Stopped when the invoices of the month are not issued, or when a step cannot be done again.
    """
    with outside.engine.connect() as conn:
        runs = issued_runs(conn, period)
        figures = sql.one(conn, Figures, "audit/figures", runs=[run.run_id for run in runs])
    if not any(run.kind == "close" for run in runs):
        raise Stopped(f"the close of {period} is not issued, a month is audited as a whole; `billing close {period} --approve` issues it")
    assert figures is not None
    findings = [finding for run in runs for finding in _findings(outside, run)]
    return Audit(period, [run.name for run in runs], figures, findings)


def _findings(outside: Outside, run: Run) -> list[Finding]:
    with recomputed(outside, run) as past, outside.engine.begin() as conn:
        found = differences(conn, past)
        return [*proofs(conn, run, outside.out), *Findings(run.name, names_of(conn, found), found).all()]


__all__ = ["Audit", "Figures", "audit"]
