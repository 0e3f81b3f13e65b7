"""What a gate looks at that no query can see: the content behind a hash, the files behind their rows."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import sql
from billing.inventory import content_hash
from reports.gate_page import Example
from tasks.e_invoice.measuring import e_invoices
from tasks.fair_use import fair_use_rows
from tasks.late_charges.charging import too_much
from tasks.ledger import Run
from tasks.outside import Outside

Measured = Mapping[str, tuple[Example, ...]]  # name of the check -> its offenders
READ_AT_MOST = 50


@dataclass(frozen=True, slots=True)
class _Snapshot:
    snapshot_on: date
    content_hash: str


@dataclass(frozen=True, slots=True)
class _Document:
    path: str
    sha256: str


def snapshot_content(outside: Outside, run: Run) -> Measured:
    """The snapshot of the close, when its content is not that of its hash any more (BT-2.f)."""
    with outside.engine.connect() as conn:
        snapshot = sql.one(conn, _Snapshot, "gates/snapshot_of_run", run_id=run.run_id)
        if snapshot is None:
            return {"content_hash_differs": ()}
        elements = conn.execute(sql.statement("gates/elements_of_snapshot"), {"snapshot_on": snapshot.snapshot_on}).tuples()
        found = content_hash((str(line), str(element), str(kind), str(label)) for line, element, kind, label in elements)
    if found == snapshot.content_hash:
        return {"content_hash_differs": ()}
    offender = {"snapshot": str(snapshot.snapshot_on), "hash recorded": snapshot.content_hash[:16], "hash found": found[:16]}
    return {"content_hash_differs": (offender,)}


def stored_documents(outside: Outside, run: Run) -> Measured:
    """The documents that are not in the store, those of a sample that are not what was rendered, and what is wrong with the e-invoices.

    The sample is spread evenly; every e-invoice is looked into.
    """
    with outside.engine.connect() as conn:
        documents = sql.rows(conn, _Document, "gates/documents_of_run", run_id=run.run_id)
    folders = {document.path.rpartition("/")[0] for document in documents}
    there = {path for folder in folders for path in outside.out.paths(folder or ".")}
    missing = tuple(document for document in documents if document.path not in there)
    present = [document for document in documents if document.path in there]
    sample = present[:: max(1, len(present) // READ_AT_MOST)]
    changed = [document for document in sample if hashlib.sha256(outside.out.read(document.path)).hexdigest() != document.sha256]
    return {
        "not_in_store": tuple({"file": document.path} for document in missing),
        "content_differs": tuple({"file": document.path} for document in changed),
        **e_invoices(outside, run, there),
    }


def signs_of_abuse(outside: Outside, run: Run) -> Measured:
    """The SIMs whose use of roaming shows one of the signs of GC-6.1."""
    rows = fair_use_rows(outside, run) if run.period else []
    return {
        "fair_use": tuple(
            {
                "line": row.line_id,
                "end client": row.end_client_id,
                "sim": row.sim,
                "signs": row.signs,
                "uses at home": str(row.domestic_uses),
                "uses roaming": str(row.roaming_uses),
            }
            for row in rows
        )
    }


def charged_too_much(outside: Outside, run: Run) -> Measured:
    """Interest on earlier debit notes that is not due as it is known now."""
    with outside.engine.connect() as conn:
        found = too_much(conn, outside.settings, run)
    return {
        "charged_too_much": tuple(
            {"payer": one.payer_id, "invoice": one.invoice, "charged": str(one.charged), "due": str(one.due), "to credit": str(one.amount)}
            for one in found
        )
    }


MEASURED: dict[str, Callable[[Outside, Run], Measured]] = {
    "late_charges": charged_too_much,
    "snapshot": snapshot_content,
    "rating": signs_of_abuse,
    "documents": stored_documents,
}
