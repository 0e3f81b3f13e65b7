"""What can be proved of a run without computing it again: the frozen inventory, the totals, the numbers, the files in the store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

import sql
from tasks.audit.findings import Finding
from tasks.ledger import Run
from tasks.snapshot import Snapshot, hash_of
from tasks.store import Store, StoreFailed


@dataclass(frozen=True, slots=True)
class Filed:
    """A document in the store; `sha256` is of the bytes that were delivered."""

    number: str
    kind: str
    path: str
    sha256: str


def proofs(conn: Connection, run: Run, out: Store) -> Iterator[Finding]:
    """Whatever of a run is no longer what it was when it was issued."""
    yield from _inventory(conn, run)
    for row in sql.dicts(conn, "audit/unbalanced", run_id=run.run_id):
        yield Finding(str(row["number"]), str(row["says"]), str(row["adds_up"]))
    for row in sql.dicts(conn, "audit/series", run_id=run.run_id):
        yield Finding(
            f"series {row['series']}", f"numbers up to {row['last_seq']}", f"{row['numbers']} documents: a number is missing or twice"
        )
    for filed in sql.rows(conn, Filed, "audit/documents", run_id=run.run_id):
        yield from _file(filed, out)


def _inventory(conn: Connection, run: Run) -> Iterator[Finding]:
    frozen = sql.one(conn, Snapshot, "audit/frozen", run_id=run.run_id)
    if frozen is None:
        return
    elements, found = hash_of(conn, frozen.snapshot_on)
    if found != frozen.content_hash:
        yield Finding(
            f"{run.name} inventory snapshot {frozen.snapshot_on}",
            f"{frozen.element_count} elements with hash {frozen.content_hash[:12]}",
            f"{elements} elements with hash {found[:12]}",
        )


def _file(filed: Filed, out: Store) -> Iterator[Finding]:
    try:
        found = hashlib.sha256(out.read(filed.path)).hexdigest()
    except StoreFailed:
        yield Finding(f"{filed.number} {filed.kind} {filed.path}", f"sha256 {filed.sha256[:12]}", "not in the store")
        return
    if found != filed.sha256:
        yield Finding(f"{filed.number} {filed.kind} {filed.path}", f"sha256 {filed.sha256[:12]}", f"sha256 {found[:12]}")


__all__ = ["Filed", "proofs"]
