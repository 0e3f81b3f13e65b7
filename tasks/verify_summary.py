"""Whether the summaries of a month still show what was counted: the frozen inventory and the files against their hashes (BT-2.f)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import sql
from billing.period import Period
from tasks.ledger import Run, Stopped, close_of
from tasks.outside import Outside
from tasks.snapshot import Snapshot, hash_of
from tasks.store import StoreFailed


@dataclass(frozen=True, slots=True)
class SummaryFile:
    """A summary in the store, as it was drawn, and the number of the invoice it went out with."""

    end_client_id: str
    number: str
    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class SnapshotCheck:
    """The inventory a close froze, and what its elements come to now."""

    frozen: Snapshot
    elements: int
    content_hash: str

    @property
    def is_right(self) -> bool:
        """Whether not one element has changed."""
        return (self.elements, self.content_hash) == (self.frozen.element_count, self.frozen.content_hash)

    def __str__(self) -> str:
        said = f"snapshot of {self.frozen.snapshot_on}"
        if self.is_right:
            return f"right  {said}: its {self.elements} elements hash to {self.content_hash}, as stored; the paper must show the same"
        return (
            f"WRONG  {said}: {self.elements} elements hash to {self.content_hash}; stored were {self.frozen.element_count} "
            f"with {self.frozen.content_hash}; restore the database from a backup and find out who changed it"
        )


@dataclass(frozen=True, slots=True)
class FileCheck:
    """A summary file; `trouble` says what is wrong with it, empty = it is the one that was drawn."""

    file: SummaryFile
    trouble: str

    def __str__(self) -> str:
        said = f"{self.file.path} ({self.file.end_client_id}, invoice {self.file.number})"
        return f"WRONG  {said}: {self.trouble}" if self.trouble else f"right  {said}: sha256 {self.file.sha256}, as stored"


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found; as text, one line a check, the right files of a whole month as one line."""

    period: str
    end_client: str
    snapshot: SnapshotCheck
    files: Sequence[FileCheck]

    @property
    def is_right(self) -> bool:
        """Whether snapshot and files are all as they were."""
        return self.snapshot.is_right and not any(check.trouble for check in self.files)

    def __str__(self) -> str:
        wrong = [check for check in self.files if check.trouble]
        right = len(self.files) - len(wrong)
        shown = [str(check) for check in (self.files if self.end_client else wrong)]
        if not self.end_client and right:
            shown.append(f"right  {right} of {len(self.files)} summary files: the sha256 of each is as stored")
        return "\n".join([f"summaries of {self.period}", str(self.snapshot), *shown])


def verify_summary(outside: Outside, period: Period, end_client: str = "") -> Verified:
    """Hash the elements the close of a month froze and the summary files anew, and hold them against what was stored.

    Raises Stopped for a month never closed, one without a frozen inventory or summaries, and an end client without a summary in it.
    """
    month = f"{period.first:%Y-%m}"
    run = close_of(outside.engine, period)
    if run is None:
        raise Stopped(f"{month} was never closed; `billing close {month}` closes it")
    with outside.engine.connect() as conn:
        frozen = sql.one(conn, Snapshot, "documents/snapshot", run_id=run.run_id)
        if frozen is None:
            raise Stopped(f"close {month} has frozen no inventory yet; `billing close {month}` goes on with it")
        files = sql.rows(conn, SummaryFile, "documents/summaries_of_run", run_id=run.run_id, end_client=end_client)
        if not files:
            raise Stopped(_no_summary(month, end_client))
        snapshot = SnapshotCheck(frozen, *hash_of(conn, frozen.snapshot_on))
    return Verified(month, end_client, snapshot, [_checked(outside, run, file) for file in files])


def _no_summary(month: str, end_client: str) -> str:
    if end_client:
        return f"end client {end_client} has no summary in {month}; see the files of {month}/summaries, or check the id in order_lines.csv"
    return f"close {month} has no summaries yet; they come with its documents, after the issue"


def _checked(outside: Outside, run: Run, file: SummaryFile) -> FileCheck:
    try:
        found = hashlib.sha256(outside.out.read(file.path)).hexdigest()
    except StoreFailed:
        return FileCheck(file, f"the file is not there; {run.name} drew it with sha256 {file.sha256}, take it from a backup")
    if found == file.sha256:
        return FileCheck(file, "")
    return FileCheck(file, f"the file has sha256 {found}; drawn was {file.sha256}, take that from a backup")


__all__ = ["FileCheck", "SnapshotCheck", "SummaryFile", "Verified", "verify_summary"]
