"""What controls the close as tables of its workbook: exceptions, gates, reconciliation, receivables, decisions, files."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from reports.close_records import CloseReport, ReconciliationRow
from reports.close_sheets import NET
from reports.gate_page import SHOWN, Example, GateReport
from reports.sheets import Column, Link, Row, Table, table


def exceptions(report: CloseReport) -> Table:
    """All that waits for a person, with what to do."""
    columns = (
        Column("What", width=24),
        Column("Of", width=16),
        Column("Name", "long", 30),
        Column("Left out", "euro", total=True),
        Column("Why", "long", 55),
        Column("What to do", "long", 55),
    )
    shows = f"{NET} What the close left out or let pass, and the way out."
    return table("Exceptions", "Exceptions", shows, columns, list(_exceptions(report)))


def _exceptions(report: CloseReport) -> Iterator[Row]:
    for gate, stop in report.stops:
        yield ("stopped by a gate", gate.title, "", None, f"{stop.says}: found {stop.found_shown}", stop.advice)
    for row in report.unreconciled:
        yield (
            "not accounted for",
            row.kind,
            row.label,
            None,
            f"{row.difference} of {row.total} went nowhere",
            "do not issue before it is found",
        )
    for parked in report.parked:
        yield ("parked payer", parked.payer_id, parked.name, parked.charged, parked.reason, parked.advice)
    for lacking in report.not_in_force:
        advice = f"give what is missing of {lacking.contract_id} in contracts.csv; the next close bills it"
        yield ("contract not in force", lacking.contract_id, lacking.name, None, f"missing: {lacking.missing}", advice)
    for failed in report.failed:
        advice = f"correct the {failed.channel} address of {failed.payer_id} and deliver again"
        yield ("invoice not delivered", failed.number, failed.payer_id, None, failed.reason, advice)
    for gate, warning in report.warnings:
        yield ("warning of a gate", gate.title, "", None, f"{warning.says}: found {warning.found_shown}", warning.advice)


def gates(report: CloseReport) -> Table:
    """Every check of every gate."""
    columns = (
        Column("Gate", width=22),
        Column("Check", width=32),
        Column("Result", width=11),
        Column("What holds", "long", 50),
        Column("Found", width=14),
        Column("Passes", width=18),
        Column("Clause", width=10),
        Column("What to do", "long", 50),
        Column("Examples", "long", 50),
    )
    rows = [row for gate in report.gates for row in _checks(gate)]
    return table(
        "Gates",
        "Quality gates",
        "Every check with its result; gates.html and data_docs have what stands behind it.",
        columns,
        rows,
        frozen=2,
    )


def _checks(gate: GateReport) -> Iterator[Row]:
    for one in gate.findings:
        examples = "\n".join(_example(example) for example in one.examples[:SHOWN])
        advice = "" if one.passed else one.advice
        yield (gate.title, one.check, one.verdict, one.says, one.found_shown, one.limit_shown, one.clause, advice, examples)


def _example(example: Example) -> str:
    return ", ".join(f"{name} {value}" for name, value in example.items())


def reconciled(report: CloseReport) -> Table:
    """Each part of what came in, and of where it went."""
    columns = (
        Column("Row", "whole", 6),
        Column("What", "long", 36),
        Column("Unit", width=10),
        Column("Way", width=10),
        Column("Part", "long", 40),
        Column("Came in", "figure", 16),
        Column("Went to", "figure", 16),
        Column("Meaning", "long", 50),
    )
    rows = [row for number, one in enumerate(report.reconciliation, start=1) for row in _parts(number, one)]
    return table(
        "Accounted for", "Accounted for, part by part", "Where each record, element and euro came from and went to.", columns, rows
    )


def _parts(number: int, row: ReconciliationRow) -> Iterator[Row]:
    head = (number, row.label, row.kind)
    for part in row.came_in:
        yield (*head, "came in", part.what, figure(row, part.amount), None, part.meaning)
    for part in row.went_to:
        yield (*head, "went to", part.what, None, figure(row, part.amount), part.meaning)


def figure(row: ReconciliationRow, amount: Decimal) -> int | Decimal:
    """A figure of the reconciliation: euros to the cent, records and elements whole."""
    return amount if row.kind == "euros" else int(amount)


def ageing(report: CloseReport) -> Table:
    """What is open on the close date, by age."""
    columns = (Column("Age", width=26), Column("Open", "euro", total=True), Column("Contested", "euro", total=True))
    rows = [(one.name, one.amount, one.contested) for one in report.receivables.buckets]
    shows = f"EUR with VAT, on {report.receivables.on}. What is contested is part of what is open."
    return table("Ageing", "Receivables by age", shows, columns, rows)


def dunning(report: CloseReport) -> Table:
    """The letters since the last close."""
    columns = (
        Column("Level", "whole", 26),
        Column("Letters", "whole", 12, total=True),
        Column("Payers", "whole", 12),
        Column("Open", "euro"),
    )
    rows = [(one.level, one.letters, one.payers, one.open_amount) for one in report.dunning]
    return table(
        "Dunning", "Reminders since the last close", "EUR with VAT. A payer may have had letters of several levels.", columns, rows
    )


def policies(report: CloseReport) -> Table:
    """The dunning policies in use."""
    columns = (Column("Segment", width=20), Column("Policy", width=24), Column("Rests on", "long", 90))
    rows = [(one.segment or "everybody else", one.name, one.source) for one in report.policies]
    return table("Policy", "Dunning policies in use", "Chosen by segment of the payer.", columns, rows)


def decisions(report: CloseReport) -> Table:
    """What people decided about the drafts."""
    columns = (
        Column("Decision", width=12),
        Column("By", "long", 26),
        Column("At", "moment", 17),
        Column("Comment", "long", 50),
        Column("Payers left out", "long", 30),
        Column("Counts", "long", 40),
    )
    rows = [
        (one.decision, one.decided_by, one.decided_at, one.comment, ", ".join(one.excluded), f"no: {one.why_not}" if one.why_not else "yes")
        for one in report.review.decisions
    ]
    needed = report.review.approvals_needed
    shows = f"Brussels time. {needed} approval{'s are' if needed != 1 else ' is'} needed."
    return table("Review", "What was decided about the drafts", shows, columns, rows)


def documents(report: CloseReport) -> Table:
    """How many documents of each kind were drawn."""
    columns = (Column("Kind", width=26), Column("Files", "whole", 12, total=True), Column("Bytes", "whole", 16, total=True))
    rows = [(one.kind.replace("_", " "), one.files, one.size) for one in report.documents]
    return table("Documents", "Documents drawn", "Files in the document store.", columns, rows)


def files(report: CloseReport) -> Table:
    """The files beside the report."""
    columns = (Column("File", "long", 50), Column("Bytes", "whole", 16, total=True), Column("SHA-256", width=70))
    rows = [(Link(one.path, one.path), one.size, one.sha256) for one in report.files]
    return table("Files", "Files of the close", "A name leads to the file, beside this workbook.", columns, rows)
