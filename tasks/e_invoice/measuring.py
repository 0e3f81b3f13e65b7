"""The e-invoices of a run as the documents gate sees them: what somebody would refuse, and what is not as the ledger has it."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import sql
from reports.gate_page import Example
from reports.records import Kind
from tasks.e_invoice.finding import Finding, Look
from tasks.e_invoice.validating import looked_into
from tasks.ledger import Run
from tasks.outside import Outside

TYPE_CODE: dict[Kind, str] = {"invoice": "380", "credit_note": "381", "debit_note": "383"}


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """An e-invoice and its amounts in the ledger, in EUR; those of a credit note are below zero."""

    path: str
    number: str
    kind: Kind
    net: Decimal
    vat: Decimal
    gross: Decimal


def e_invoices(outside: Outside, run: Run, there: Collection[str]) -> dict[str, tuple[Example, ...]]:
    """The findings in the e-invoices of the run that are in the store, `there`, fatal and not; and those that differ from the ledger.

    Raises Stopped when the rules cannot be run.
    """
    with outside.engine.connect() as conn:
        rows = [row for row in sql.rows(conn, LedgerRow, "gates/e_invoices_of_run", run_id=run.run_id) if row.path in there]
    rules = outside.settings.peppol_rules
    files = ((row.path.rpartition("/")[2], outside.out.read(row.path)) for row in rows)
    refused: list[tuple[str, Finding]] = []
    doubted: list[tuple[str, Finding]] = []
    differs: list[Example] = []
    for row, look in zip(rows, _looks(outside, files, Path(rules) if rules else None), strict=True):
        for finding in look.findings:
            (refused if finding.severity == "fatal" else doubted).append((row.number, finding))
        differs += _differences(row, look)
    return {"e_invoice_refused": _by_rule(refused), "e_invoice_doubted": _by_rule(doubted), "e_invoice_differs": tuple(differs)}


def _looks(outside: Outside, files: Iterator[tuple[str, bytes]], rules: Path | None) -> Iterable[Look]:
    return looked_into(files, peppol_rules=rules, workers=outside.settings.workers)


def _by_rule(found: Sequence[tuple[str, Finding]]) -> tuple[Example, ...]:
    """Every rule once before any of them twice: what is wrong with all documents does not hide what is wrong with one."""
    seen: Counter[str] = Counter()
    turns = []
    for number, finding in found:
        seen[finding.rule] += 1
        turns.append((seen[finding.rule], {"number": number, "rule": finding.rule, "text": finding.text}))
    return tuple(example for _, example in sorted(turns, key=lambda turn: turn[0]))


def _differences(row: LedgerRow, look: Look) -> Iterator[Example]:
    """What the document says otherwise than the ledger. One that cannot be read is refused already."""
    if look.figures is None:
        return
    sign = -1 if row.kind == "credit_note" else 1
    ledger = {
        "number": row.number, "kind": TYPE_CODE[row.kind], "net": sign * row.net, "vat": sign * row.vat, "gross": sign * row.gross,
    }  # fmt: skip
    for what, expected in ledger.items():
        said = getattr(look.figures, what)
        if said != expected:
            yield {"number": row.number, "what": what, "ledger": str(expected), "e-invoice": str(said)}
