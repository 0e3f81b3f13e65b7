"""The import: what is new in the feed, file by file, each in a transaction of its own, so that a kill leaves whole files."""

import hashlib
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, Engine

import sql
from tasks.feed.delivery import BANK, Delivery, File, delivery_of
from tasks.feed.inventory import load_inventory
from tasks.feed.loading import Loaded
from tasks.feed.reading import Cells, Feed, read_cells
from tasks.feed.records import load_records
from tasks.feed.reference import load_reference
from tasks.feed.rejects import FileRefused, Reject
from tasks.feed.tables import INVENTORY, KEPT, USAGE
from tasks.feed.usage import load_usage, rows_at
from tasks.ledger import Receipt, Run, RunLocked, only_one
from tasks.outside import Outside

log = logging.getLogger(__name__)

WAIT_S = 900
LOOK_AGAIN_S = 0.2
REJECT_COLUMNS = ("import_no", "path", "line", "column_name", "value", "reason")


@dataclass(frozen=True, slots=True)
class ImportReceipt:
    """What an import did. `import_no` is None when nothing was new: then the database is as it was."""

    import_no: int | None
    files_read: int
    files_unchanged: int
    accepted: int
    known: int
    rejected: int
    open_rejects: int  # entries of the reject list, earlier imports included

    @property
    def figures(self) -> Mapping[str, int | str]:
        """The receipt as a person reads it."""
        return {
            "files read": self.files_read,
            "files unchanged": self.files_unchanged,
            "rows new": self.accepted,
            "rows known": self.known,
            "rows rejected": self.rejected,
            "open rejects": self.open_rejects,
        }

    def __str__(self) -> str:
        return str(Receipt(self.figures))


@dataclass(frozen=True, slots=True)
class LastRead:
    """What was last imported of a file."""

    path: str
    sha256: str
    rows_rejected: int


@dataclass(frozen=True, slots=True)
class ListedPath:
    """A file with open rejects."""

    path: str


def stage(outside: Outside, run: Run) -> Receipt:
    """The step `feed` of a close: imports what is new, which is the same whatever the run."""
    return Receipt(import_feed(outside).figures)


def import_feed(outside: Outside) -> ImportReceipt:
    """Imports all that is new in the feed. Doing it twice changes nothing.

    Raises Stopped when the feed cannot be read at all, RunLocked when another import has worked on for a quarter of an hour.
    """
    feed = Feed(outside.settings.feed)
    with alone(outside.engine):
        paths = feed.paths()
        delivery = delivery_of(paths)
        work = _Import(outside, feed)
        work.bring_in(delivery)
        statements = {path for path in paths if path.startswith(BANK)}  # imported on their own, with rejects of their own
        work.settle_what_left({file.path for file in delivery.files} | {problem.path for problem in delivery.problems} | statements)
        return work.finish()


def import_inventory_of(outside: Outside, day: date) -> ImportReceipt:
    """Imports the reference data, which an inventory refers to, and the inventory of one day.

    Raises Stopped when the feed has no inventory of that day.
    """
    feed = Feed(outside.settings.feed)
    with alone(outside.engine):
        work = _Import(outside, feed)
        work.bring_in(delivery_of(feed.paths()).of_inventory_day(day))
        return work.finish()


@contextmanager
def alone(engine: Engine) -> Iterator[None]:
    """Hold the lock of imports, waiting for another import to end: it may well bring in what this one wants."""
    last_try = time.monotonic() + WAIT_S
    with ExitStack() as held:
        while True:
            try:
                held.enter_context(only_one(engine, "the import"))
                break
            except RunLocked:
                if time.monotonic() >= last_try:
                    raise
                time.sleep(LOOK_AGAIN_S)
        yield


class _Import:
    """An import under way. Its number is taken by the first file that has something new."""

    def __init__(self, outside: Outside, feed: Feed) -> None:
        self.engine = outside.engine
        self.feed = feed
        self.number: int | None = None
        self.unchanged = 0
        self.loaded: list[Loaded] = []
        with self.engine.connect() as conn:
            self.last_read = {row.path: row for row in sql.rows(conn, LastRead, "feed/last_read")}

    def bring_in(self, delivery: Delivery) -> None:
        """All files in the order in which they refer to each other, then what is wrong with the delivery itself."""
        for file in delivery.files:
            self._file(file)
        for path in dict.fromkeys(problem.path for problem in delivery.problems):
            self._settle(path, [problem for problem in delivery.problems if problem.path == path])

    def settle_what_left(self, present: set[str]) -> None:
        """A file that has left the feed has left the reject list; when it comes back it is read again."""
        with self.engine.connect() as conn:
            listed = [row.path for row in sql.rows(conn, ListedPath, "feed/files_with_open_rejects")]
        for path in listed:
            if path not in present:
                log.warning("%s has left the feed with open rejects; they are settled, what they refused was never imported", path)
                self._settle(path, [])

    def finish(self) -> ImportReceipt:
        """Ends the import and sums it up."""
        with self.engine.begin() as conn:
            if self.number is not None:
                sql.run(conn, "feed/finish_import", import_no=self.number)
                sql.run(conn, "feed/refresh_statistics")
            still_open = len(sql.rows(conn, Reject, "feed/open_rejects"))
        receipt = ImportReceipt(
            self.number,
            files_read=len(self.loaded),
            files_unchanged=self.unchanged,
            accepted=sum(one.accepted for one in self.loaded),
            known=sum(one.known for one in self.loaded),
            rejected=sum(one.rejected for one in self.loaded),
            open_rejects=still_open,
        )
        log.info("imported the feed: %s", receipt)
        return receipt

    def _file(self, file: File) -> None:
        path = file.path
        content = self.feed.read(path)
        digest = hashlib.sha256(content).hexdigest()
        last = self.last_read.get(path)
        same = last is not None and last.sha256 == digest
        if last and same and not last.rows_rejected:
            self.unchanged += 1
            return
        with self.engine.connect() as conn:
            number = self._number(conn)
            refused_before = sql.rows(conn, Reject, "feed/open_rejects_of_file", path=path)
            loaded = _load(conn, number, file, content, refused_before if same else [])
            if same and not loaded.accepted and sorted(loaded.rejects) == sorted(refused_before):
                conn.rollback()
                self.unchanged += 1
                return
            note_rejects(conn, number, path, loaded.rejects)
            sql.run(
                conn,
                "feed/note_file",
                path=path,
                sha256=digest,
                import_no=number,
                rows_read=loaded.rows,
                rows_accepted=loaded.accepted,
                rows_known=loaded.known,
                rows_rejected=loaded.rejected,
            )
            conn.commit()
        self.number = number
        self.loaded.append(loaded)
        log.info("%s: %d new, %d known, %d rejected", path, loaded.accepted, loaded.known, loaded.rejected)

    def _settle(self, path: str, rejects: Sequence[Reject]) -> None:
        """Makes `rejects` the open entries of a path that is no file that could be read."""
        with self.engine.connect() as conn:
            if sorted(rejects) == sorted(sql.rows(conn, Reject, "feed/open_rejects_of_file", path=path)):
                return
            number = self._number(conn)
            note_rejects(conn, number, path, rejects)
            conn.commit()
        self.number = number

    def _number(self, conn: Connection) -> int:
        return self.number if self.number is not None else int(sql.scalar(conn, "feed/open_import", feed=self.feed.root))


def _load(conn: Connection, number: int, file: File, content: bytes, refused_before: Sequence[Reject]) -> Loaded:
    path, table = file.path, file.table
    try:
        cells = read_cells(path, content, table.names, {column.name for column in table.columns if not column.required})
        if table.mandatory and table is not USAGE and not len(cells) and not cells.malformed:
            raise FileRefused("a header and no rows; deliver the file again, with its rows")
        if table is USAGE:
            return _load_usage(conn, number, path, cells, refused_before)
        if table is INVENTORY:
            return load_inventory(conn, number, path, cells)
        load = load_records if table in KEPT else load_reference
        return load(conn, number, table, path, cells)
    except FileRefused as refused:
        return Loaded(0, 0, 1, (refused.at(path),))


def _load_usage(conn: Connection, number: int, path: str, cells: Cells, refused_before: Sequence[Reject]) -> Loaded:
    """Of a file read before, only the rows it was refused for: all others are stored, and a stored record never changes."""
    refused_lines = {problem.line for problem in refused_before}
    if not refused_lines or min(refused_lines) <= 1:
        return load_usage(conn, number, path, cells)
    again = rows_at(cells, refused_lines)
    loaded = load_usage(conn, number, path, again)
    return replace(loaded, known=loaded.known + len(cells) - len(again))


def note_rejects(conn: Connection, number: int, path: str, rejects: Sequence[Reject]) -> None:
    """Make `rejects` the open entries of a file."""
    sql.run(conn, "feed/resolve_rejects", path=path, import_no=number)
    rows = ((number, one.path, one.line, one.column_name, one.value, one.reason) for one in rejects)
    sql.copy_in(conn, "feed_reject", REJECT_COLUMNS, rows)


__all__ = ["ImportReceipt", "LastRead", "ListedPath", "alone", "import_feed", "import_inventory_of", "note_rejects", "stage"]
