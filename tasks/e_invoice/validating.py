"""Whether e-invoices would be refused: the schemas of UBL 2.1, our own checks, the rules of EN 16931, and Peppol's when there is a copy."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from tasks.e_invoice.finding import Finding, Look, RulesRefused
from tasks.e_invoice.schematron import WAY_OUT, stylesheet_of
from tasks.ledger import Stopped


def findings(files: Iterable[tuple[str, bytes]], *, peppol_rules: Path | None, workers: int) -> Iterator[Finding]:
    """What is wrong with the documents, each a name and its bytes: all findings of the first document, then those of the next.

    `peppol_rules` is the operator's copy of the Peppol rules, None for none. Raises Stopped when it cannot be used, or a process dies.
    """
    for look in looked_into(files, peppol_rules=peppol_rules, workers=workers):
        yield from look.findings


def looked_into(files: Iterable[tuple[str, bytes]], *, peppol_rules: Path | None, workers: int) -> Iterator[Look]:
    """As `findings`, a document at a time, with the sums it has."""
    from tasks.e_invoice.rule_processes import looks

    peppol = _peppol(peppol_rules) if peppol_rules else ""
    try:
        yield from looks(files, peppol=peppol, workers=workers)
    except RulesRefused as refused:
        raise Stopped(f"peppol_rules = {peppol_rules}: {refused}; {WAY_OUT}") from None


def _peppol(path: Path) -> str:
    """The Peppol rules as a stylesheet. Raises Stopped naming the setting when the copy is missing, unreadable or no Schematron."""
    try:
        return stylesheet_of(path)
    except RulesRefused as refused:
        raise Stopped(f"peppol_rules = {path}: {refused}; {WAY_OUT}") from None
