"""What doing a step again means once invoices are issued: the same bytes, no mail twice, the report written from the same rows."""

import logging
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

import sql
from tasks import delivery, documents, report
from tasks.archive.manifest import kept_path, open_archive
from tasks.documents import Written
from tasks.ledger import Receipt, Run, Stopped
from tasks.outside import Outside
from tasks.rerun.rules import as_accepted
from tasks.store import Store, StoreFailed
from tasks.watching import Reach, watched

log = logging.getLogger(__name__)

NAMED = 3  # documents that a message names


def draw_again(outside: Outside, run: Run) -> Receipt:
    """Draw the documents of an issued run again, beside the store, and put back what the store has lost; what is there stays.

    Raises Stopped when a document does not come out as it was drawn (its hash is in the ledger): nothing is written over it, and what
    was lost is put back from the archive where that has it.
    """
    with outside.engine.connect() as conn:
        known = {each.path: each for each in sql.rows(conn, Written, "documents/of_run", run_id=run.run_id)}
    lost = [each for each in known.values() if not _is_whole(outside.out, each)]
    outside.settings.state.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=outside.settings.state, prefix="drawn-again-") as folder:
        beside = Store(folder)
        then, past = as_accepted(replace(outside, out=beside), run, "documents")
        with watched(run, "documents drawn again", lambda: Reach(len(beside.paths(run.folder)), len(known))):
            drawn = {each.path: each for each in documents.draw_all(then, past)}
        other = sorted(path for path in known.keys() | drawn.keys() if _hash(known.get(path)) != _hash(drawn.get(path)))
        for each in lost:
            if each.path not in other:
                outside.out.write(each.path, beside.read(each.path))
    gone = [each.path for each in lost if each.path in other and not _from_archive(outside, each)]
    if other:
        raise Stopped(_differ(run, len(known), other, gone))
    log.info("%s: %d documents come out as they were drawn, %d were lost and are put back", run.name, len(known), len(lost))
    return Receipt({"documents": len(known), "the same to the byte": len(drawn), "lost and put back": len(lost)})


def deliver_again(outside: Outside, run: Run) -> Receipt:
    """Send what still waits of an issued run, and what failed where the payer has another address now; nobody gets a mail twice."""
    return delivery.stage(outside, run)


def report_again(outside: Outside, run: Run) -> Receipt:
    """Write the files of the month and its report again."""
    then, past = as_accepted(outside, run, "report")
    return report.stage(then, past)


REPEATS: Mapping[str, Callable[[Outside, Run], Receipt]] = {"documents": draw_again, "delivery": deliver_again, "report": report_again}


def _hash(document: Written | None) -> str:
    return document.sha256 if document else ""


def _is_whole(out: Store, document: Written) -> bool:
    with suppress(StoreFailed):
        return out.hashed(document.path).sha256 == document.sha256
    return False


def _from_archive(outside: Outside, document: Written) -> bool:
    """Put a document back from the archive; whether that had it, with the right bytes."""
    archive, path = open_archive(outside.settings), kept_path(document.sha256, document.path)
    if not archive.exists(path) or archive.hashed(path).sha256 != document.sha256:
        return False
    outside.out.write(document.path, archive.read(path))
    return True


def _differ(run: Run, known: int, other: Sequence[str], gone: Sequence[str]) -> str:
    few = ", ".join(other[:NAMED]) + (f" and {len(other) - NAMED} more" if len(other) > NAMED else "")
    left = (
        f" {len(gone)} of them are neither in the store nor in the archive ({', '.join(gone[:NAMED])}): put them back from a backup."
        if gone
        else ""
    )
    return (
        f"{run.name}: {len(other)} of {known} documents do not come out as they were drawn ({few}): the program, or a setting that is "
        f"printed (seller, logo, masked digits), is another one now. What was issued stays as it is; nothing is written over it.{left}"
    )


__all__ = ["REPEATS", "deliver_again", "draw_again", "report_again"]
