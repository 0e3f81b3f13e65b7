"""Is the archive what was put there: manifests against the ledger's hashes, files against both, and nothing missing or besides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

import sql
from billing.period import Period
from tasks.archive.manifest import (
    Document,
    DoneRun,
    Entry,
    InvoiceDocument,
    LetterDocument,
    kept_path,
    open_archive,
    read_entries,
)
from tasks.ledger import find_run
from tasks.outside import Outside
from tasks.store import Store, StoreFailed


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """A manifest, of a run or (None) of the letters of a day, the hash it must have and how many documents it lists."""

    path: str
    run_id: int | None
    sha256: str
    documents: int


@dataclass(frozen=True, slots=True)
class Known:
    """A content that the ledger knows, and where the store has it."""

    sha256: str
    path: str


def verify(outside: Outside, period: Period | None = None) -> list[str]:
    """Returns what is wrong with the archive, a line each; `period` looks at the manifests of a month alone. Writes nothing.

    Named are manifests and files that are missing, cut off or changed, documents that a manifest does not list or lists otherwise than
    the ledger, files nobody put there, and what is not archived. Files are read piece by piece.
    """
    archive = open_archive(outside.settings)
    with outside.engine.connect() as conn:
        manifests = _manifests(conn, period)
        findings = [finding for row in manifests for finding in _of_manifest(conn, archive, row)]
        findings += _not_archived(outside, conn, period)
        findings += _besides(conn, archive)
    return findings


def held(outside: Outside, period: Period | None = None) -> str:
    """Returns in words how much the archive holds, of a month or in all."""
    with outside.engine.connect() as conn:
        manifests = _manifests(conn, period)
    return f"{sum(row.documents for row in manifests)} documents in {len(manifests)} manifests"


def _manifests(conn: Connection, period: Period | None) -> list[ManifestRow]:
    return sql.rows(conn, ManifestRow, "archive/manifests", first=period.first if period else None)


def _of_manifest(conn: Connection, archive: Store, row: ManifestRow) -> Iterator[str]:
    """The faults of a manifest and of the files it, or the ledger, says are there."""
    documents: Sequence[Document]
    if row.run_id is None:
        documents = sql.rows(conn, LetterDocument, "archive/letters_of_manifest", manifest=row.path)
    else:
        documents = sql.rows(conn, InvoiceDocument, "archive/documents", run_id=row.run_id)
    ledger = {one.path: (one.name, one.entry()) for one in documents}
    entries: list[Entry] = []
    if not archive.exists(row.path):
        yield f"{row.path}: the manifest is missing; put it back from a backup"
    else:
        content = archive.hashed(row.path)
        if content.sha256 != row.sha256:
            yield f"{row.path}: the manifest was changed; its sha256 is {content.sha256}, the ledger has {row.sha256}"
        found = read_entries(archive.read(row.path))
        if found is None:
            yield f"{row.path}: the manifest cannot be read; put it back from a backup"
        else:
            entries = found
            yield from _against_the_ledger(row, ledger, entries)
    yield from _files(archive, ledger, entries)


def _against_the_ledger(row: ManifestRow, ledger: dict[str, tuple[str, Entry]], entries: list[Entry]) -> Iterator[str]:
    listed = {str(entry["path"]): entry for entry in entries}
    for path, (name, entry) in ledger.items():
        if path not in listed:
            yield f"{row.path}: {name} is not listed; the ledger has it"
        elif listed[path] != entry:
            other = ", ".join(
                f"{what} {listed[path].get(what)!r}, in the ledger {value!r}"
                for what, value in entry.items()
                if listed[path].get(what) != value
            )
            yield f"{row.path}: {name} is listed otherwise: {other or 'with more than there is'}"
    for path in listed.keys() - ledger.keys():
        yield f"{row.path}: lists {path}, which the ledger does not have"
    if len(entries) != len(listed):
        yield f"{row.path}: lists a document twice"


def _files(archive: Store, ledger: dict[str, tuple[str, Entry]], entries: list[Entry]) -> Iterator[str]:
    """The faults of the files that a manifest or the ledger names, each looked at once."""
    names: dict[str, tuple[str, Entry]] = {}
    for name, entry in [*ledger.values(), *((str(entry["path"]), entry) for entry in entries)]:
        names.setdefault(kept_path(str(entry.get("sha256")), str(entry["path"])), (name, entry))
    for target, (name, entry) in sorted(names.items()):
        fault = _fault(archive, target, entry)
        if fault:
            yield f"{target}: {name} {fault}"


def _fault(archive: Store, target: str, entry: Entry) -> str:
    try:
        found = archive.hashed(target)
    except StoreFailed as failed:
        if archive.exists(target):
            return f"cannot be read: {failed}"
        return "is missing; put it back from a backup, or with `billing archive make` while the store has it"
    if found.sha256 == entry.get("sha256"):
        return ""
    size = entry.get("size")
    if isinstance(size, int) and found.size < size:
        return f"is cut off after {found.size} of {size} bytes; put it back from a backup"
    return f"was changed; its content has the sha256 {found.sha256}"


def _not_archived(outside: Outside, conn: Connection, period: Period | None) -> Iterator[str]:
    """Runs that are done and letters that were sent without a manifest: those of earlier releases."""
    for run in sql.rows(conn, DoneRun, "archive/runs", first=period.first if period else None):
        if not run.is_archived:
            found = find_run(outside.engine, run.run_id)
            yield f"{found.name} is not archived; `billing archive make {found.folder}` does it"
    days = {"first": period.first if period else None, "past": period.past if period else None}
    for letter in sql.rows(conn, LetterDocument, "archive/letters_to_keep", **days):
        yield f"{letter.name} is not archived; `billing archive make {letter.issued_on:%Y-%m}` does it"


def _besides(conn: Connection, archive: Store) -> Iterator[str]:
    """Files of the archive that the ledger knows nothing of."""
    known = {kept_path(one.sha256, one.path) for one in sql.rows(conn, Known, "archive/known")}
    known |= {row.path for row in _manifests(conn, None)}
    for folder in ("manifests", "sha256"):
        for path in archive.paths(folder):
            if path not in known:
                yield f"{path}: nobody put it there by billing; move it out of the archive"


__all__ = ["held", "verify"]
