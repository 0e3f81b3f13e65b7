"""Disputes that cannot be: of no issued invoice, of more than it comes to, out of the order of their phases, or reopened (CG-4, GC-9.3)."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

import sql
from billing.disputes import Dispute, Phase, claimed, may_become
from billing.money import ZERO
from tasks.disputes import Disputed, disputed
from tasks.feed.tables import Broken, Row

NEXT: Mapping[Phase, str] = {
    "claim": "after claim comes mediation",
    "mediation": "after mediation comes court",
    "court": "nothing comes after court",
}


def objections(conn: Connection, rows: Mapping[int, Row]) -> dict[int, Broken]:
    """Returns, by line of the file, which disputes cannot stand, and why.

    Those there before come first, then the order of the file. One that is corrected is no other, and keeps its place when its
    correction is refused.
    """
    there = {one.dispute_id: one for one in sql.rows(conn, Dispute, "payments/disputes")}
    given = {line: _dispute(row) for line, row in rows.items()}
    documents = disputed(conn, (one.invoice_number for one in given.values()))
    names = {one.dispute_id for one in given.values()}
    taken = {name: one for name, one in there.items() if name not in names}
    wrong: dict[int, Broken] = {}
    for line, one in sorted(given.items(), key=lambda item: (item[1].dispute_id not in there, item[0])):
        before = there.get(one.dispute_id)
        problem = _of_document(one, documents.get(one.invoice_number), list(taken.values())) or (
            _of_course(before, one) if before else None
        )
        if problem is None:
            taken[one.dispute_id] = one
            continue
        wrong[line] = problem
        if before is not None:  # what is stored stays in force when its correction is refused
            taken[one.dispute_id] = before
    return wrong


def _dispute(row: Row) -> Dispute:
    opened_on, amount, guarantee, closed_on = row["opened_on"], row["amount"], row["guarantee_amount"], row["closed_on"]
    assert isinstance(opened_on, date)
    assert isinstance(amount, Decimal)
    assert guarantee is None or isinstance(guarantee, Decimal)
    assert closed_on is None or isinstance(closed_on, date)
    phase: Phase = row["phase"]  # type: ignore[assignment]  # read as one of the three
    return Dispute(str(row["dispute_id"]), str(row["invoice_number"]), opened_on, amount, phase, guarantee or ZERO, closed_on)


def _of_document(one: Dispute, document: Disputed | None, others: Sequence[Dispute]) -> Broken | None:
    """What is wrong with a dispute by the document it contests."""
    if document is None:
        return "invoice_number", (
            "no invoice of this number is issued; correct it, or leave the row in the file: every import looks at it again, "
            "and takes it once the invoice is issued"
        )
    if document.gross <= 0:
        return (
            "invoice_number",
            f"a credit note, of which nothing is asked ({document.gross} EUR); give the number of the invoice it credits",
        )
    if one.opened_on < document.issued_on:
        return "opened_on", f"before the invoice was issued on {document.issued_on}; check the day and the number"
    if one.amount == 0:
        return "amount", "0; give what is contested, including VAT"
    return _too_much(one, document, others)


def _too_much(one: Dispute, document: Disputed, others: Sequence[Dispute]) -> Broken | None:
    """More contested than the document comes to, on any day on which the dispute stands together with others."""
    openings = (other.opened_on for other in [one, *others] if other.invoice_number == one.invoice_number and one.is_open(other.opened_on))
    most = max((claimed([one, *others], one.invoice_number, day) for day in openings), default=one.amount)
    if most <= document.gross:
        return None
    if one.amount > document.gross:
        return "amount", f"more than the {document.gross} EUR of invoice {document.number}, VAT included; contest at most that"
    return "amount", f"with the other disputes of invoice {document.number} {most} EUR, more than its {document.gross}; correct one of them"


def _of_course(before: Dispute, after: Dispute) -> Broken | None:
    """What is wrong with a dispute by the version of it that is there."""
    if after.invoice_number != before.invoice_number:
        return "invoice_number", f"dispute {before.dispute_id} is of invoice {before.invoice_number}; give another dispute an id of its own"
    if before.closed_on is not None and (after.closed_on is None or after.closed_on > before.closed_on):
        return "closed_on", f"closed on {before.closed_on} before; a dispute is not reopened, give what is taken up again an id of its own"
    if not may_become(before.phase, after.phase):
        return (
            "phase",
            f"the dispute is in the phase {before.phase}, and {NEXT[before.phase]}; correct the phase, or deliver the one between first",
        )
    return None


__all__ = ["objections"]
