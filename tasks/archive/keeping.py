"""Keeping documents for good: each once, under the hash of its content, then the manifest, then its hash in the ledger."""

import hashlib
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import groupby

import sql
from billing.period import Period
from tasks.archive.manifest import (
    Document,
    DoneRun,
    InvoiceDocument,
    LetterDocument,
    kept_path,
    manifest_bytes,
    open_archive,
    path_of_letters,
    path_of_run,
)
from tasks.ledger import Run, Stopped, find_run, only_one
from tasks.outside import Outside
from tasks.store import Store, StoreFailed

log = logging.getLogger(__name__)

AT_A_TIME = 4  # files on their way: most of the time of one is waiting for the disk


def archive_run(outside: Outside, run: Run) -> int:
    """Keep the documents of a run and its manifest; returns how many documents it lists. Done again it changes nothing.

    Raises Stopped for a document that is not the one that was drawn, for one that was changed in the archive, and for a run whose
    manifest lists other documents than the ledger: StoreFailed when a file cannot be read or written.
    """
    archive, path = open_archive(outside.settings), path_of_run(run)
    with outside.engine.connect() as conn:
        documents: Sequence[Document] = sql.rows(conn, InvoiceDocument, "archive/documents", run_id=run.run_id)
        promised = sql.scalar(conn, "archive/manifest_of_run", run_id=run.run_id)
    manifest = manifest_bytes(run.name, documents)
    sha256 = hashlib.sha256(manifest).hexdigest()
    if promised not in (None, sha256):
        raise Stopped(
            f"{run.name} is archived with other documents or amounts than the ledger has now, and an archive is not written over; "
            f"`billing archive verify {run.folder}` names them"
        )
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        for _ in pool.map(lambda document: _keep(outside.out, archive, document), documents):
            pass
    _write_manifest(archive, path, manifest, is_promised=promised is not None)
    with outside.engine.begin() as conn:
        row = {"path": path, "run_id": run.run_id, "letters_on": None, "sha256": sha256, "documents": len(documents)}
        sql.run(conn, "archive/add_manifest", **row)
    return len(documents)


def archive_letters(outside: Outside, period: Period | None = None) -> int:
    """Keep the letters that were sent (in a month, or ever) and are in no manifest, a manifest a day; returns how many.

    One whose PDF is lost or changed stays out and is named in the log: it left, so nothing is held up, and `verify` goes on naming it.
    """
    days = {"first": period.first if period else None, "past": period.past if period else None}
    with outside.engine.connect() as conn:
        letters = sql.rows(conn, LetterDocument, "archive/letters_to_keep", **days)
    return sum(_archive_day(outside, day, list(theirs)) for day, theirs in groupby(letters, lambda each: each.issued_on))


def make(outside: Outside, period: Period) -> str:
    """Archive the runs of a month that are done and its letters, those of earlier releases too; puts back what is lost from the archive.

    Raises Stopped, naming the document, where the store no longer has what was recorded.
    """
    with outside.engine.connect() as conn:
        done = sql.rows(conn, DoneRun, "archive/runs", first=period.first)
    runs = [find_run(outside.engine, one.run_id) for one in done]
    said = [f"{run.name}: {archive_run(outside, run)} documents" for run in runs]
    with only_one(outside.engine, "dunning"):
        letters = archive_letters(outside, period)
    said += [f"letters: {letters} documents"] if letters else []
    return "\n".join(said) or f"{period.first:%Y-%m}: no run is done and no letter was sent, so there is nothing to archive"


def _archive_day(outside: Outside, day: date, letters: Sequence[LetterDocument]) -> int:
    archive = open_archive(outside.settings)
    kept = [letter for letter in letters if _is_kept(outside.out, archive, letter)]
    if not kept:
        return 0
    with outside.engine.connect() as conn:
        path = path_of_letters(day, int(sql.scalar(conn, "archive/count_of_day", day=day)) + 1)
    manifest = manifest_bytes(f"letters {day}", kept)
    _write_manifest(archive, path, manifest, is_promised=False)
    row = {"path": path, "run_id": None, "letters_on": day, "sha256": hashlib.sha256(manifest).hexdigest(), "documents": len(kept)}
    with outside.engine.begin() as conn:
        sql.run(conn, "archive/add_manifest", **row)
        sql.write_each(conn, "archive/note_letter", [{"manifest": path, "notice_id": letter.notice_id} for letter in kept])
    return len(kept)


def _is_kept(out: Store, archive: Store, letter: LetterDocument) -> bool:
    try:
        _keep(out, archive, letter)
    except Stopped as stopped:
        log.warning("%s is not archived: %s", letter.path, stopped)
        return False
    return True


def _keep(out: Store, archive: Store, document: Document) -> None:
    """Copy a document into the archive unless it is there; what is there is never written over."""
    target = kept_path(document.sha256, document.path)
    if archive.exists(target):
        if archive.hashed(target).sha256 != document.sha256:
            raise Stopped(f"{archive.url(target)} was changed in the archive; move it away, then archive again")
        return
    try:
        content = out.read(document.path)
    except StoreFailed as failed:
        if out.exists(document.path):
            raise
        raise Stopped(f"{out.url(document.path)} is gone; put it back from a backup, then archive again") from failed
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise Stopped(f"{out.url(document.path)} is not the file that was drawn; put it back from a backup, then archive again")
    archive.write(target, content)


def _write_manifest(archive: Store, path: str, manifest: bytes, *, is_promised: bool) -> None:
    """Write a manifest unless it is there; one that the ledger has no hash of is what a killed attempt left."""
    if is_promised and archive.exists(path):
        if archive.read(path) != manifest:
            raise Stopped(f"{archive.url(path)} was changed after it was written; move it away, then archive again")
        return
    archive.write(path, manifest)


__all__ = ["archive_letters", "archive_run", "make"]
