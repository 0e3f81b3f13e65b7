"""`billing bank`: what is new in the folder `bank/` of the feed, booked statement by statement, each in a transaction of its own."""

import hashlib
import logging
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection

import sql
from billing.bank import Booked, Statement, StatementRefused, StatementWaits, in_order, is_known, require_order
from tasks.bank.matching import Matcher, match_waiting
from tasks.bank.reading import StatementFile, is_statement, read_file, refusal, too_large
from tasks.bank.receipt import BankReceipt, LedgerTotals
from tasks.bank.worklist import write_worklist
from tasks.feed.delivery import BANK
from tasks.feed.importing import LastRead, ListedPath, alone, note_rejects
from tasks.feed.reading import Feed
from tasks.feed.rejects import Reject, reject
from tasks.ledger import Stopped
from tasks.outside import Outside

log = logging.getLogger(__name__)

GAP = "gap"  # the column of a reject that waits for a statement before it


@dataclass(frozen=True, slots=True)
class GapAccepted:
    """That a statement is booked although one before it is missing: its name, and who said so."""

    statement: str
    by: str


@dataclass(slots=True)
class _FileUnderWay:
    """A file that is new or has open rejects, and what became of its statements."""

    read: StatementFile
    sha256: str
    booked: int = 0
    known: int = 0
    later: int = 0
    movements: int = 0
    rejects: list[Reject] = field(default_factory=list)


def import_statements(outside: Outside, on: date | None = None, gap: GapAccepted | None = None) -> BankReceipt:
    """Book what is new up to a day (None: all there is), match it and what was unmatched, and write the worklist.

    Doing it twice changes nothing; ended anywhere and done again, it goes on. Statements are booked in their order, whatever the files
    are called. Raises Stopped when the feed cannot be read, RunLocked when another import has worked on for a quarter of an hour, and
    Stopped for a gap accepted of a statement that does not wait.
    """
    _check(gap)
    with alone(outside.engine):
        work = _Import(outside, on, gap)
        work.read_new()
        work.book_all()
        work.settle_files()
        with outside.engine.begin() as conn:
            work.how += match_waiting(conn)
        return work.receipt(write_worklist(outside))


def _check(gap: GapAccepted | None) -> None:
    if gap is not None and not gap.by.strip():
        raise Stopped("a gap is accepted on somebody's word; give --by NAME")


class _Import:
    """An import under way. Its number is taken by the first thing that is new."""

    def __init__(self, outside: Outside, on: date | None, gap: GapAccepted | None) -> None:
        self.engine, self.settings = outside.engine, outside.settings
        self.feed = Feed(outside.settings.feed)
        self.on, self.gap = on, gap
        self.number: int | None = None
        self.gap_used = False
        self.files: list[_FileUnderWay] = []
        self.how: Counter[str] = Counter()
        self.paths = [path for path in self.feed.paths() if path.startswith(BANK)]

    def read_new(self) -> None:
        """Read the files that are new, changed, or have something refused or waiting."""
        with self.engine.connect() as conn:
            last_read = {row.path: row for row in sql.rows(conn, LastRead, "feed/last_read")}
        for path in self.paths:
            problem = self._not_read(path)
            content = b"" if problem else self.feed.read(path)
            problem = problem or too_large(path, len(content), self.settings.bank_file_mb_at_most)  # it may have grown since
            digest = hashlib.sha256(content).hexdigest() if problem is None else ""
            last = last_read.get(path)
            if last and last.sha256 == digest and not last.rows_rejected:
                continue
            found = StatementFile(path, (), (problem,)) if problem else read_file(path, content, self.settings.own_accounts)
            self.files.append(_FileUnderWay(found, digest, rejects=list(found.rejects)))

    def _not_read(self, path: str) -> Reject | None:
        if not is_statement(path):
            return reject(path, 0, "", "", "not a bank statement; deliver CAMT.053 as .xml or CODA as .cod, or take it out of bank/")
        return too_large(path, self.feed.size(path), self.settings.bank_file_mb_at_most)

    def book_all(self) -> None:
        """Book the statements of all files in their order; one that cannot be is refused and the next one tried."""
        home = {id(statement): file for file in self.files for statement in file.read.statements}
        booked: dict[str, list[Booked]] = defaultdict(list)
        with self.engine.connect() as conn:
            for iban in sorted(self.settings.own_accounts):
                booked[iban] = sql.rows(conn, Booked, "bank/booked", iban=iban)
        for statement in in_order([one for file in self.files for one in file.read.statements]):
            self._one(statement, home[id(statement)], booked[statement.iban])
        if self.gap and not self.gap_used:
            raise Stopped(f"{self.gap.statement} does not wait for another statement; give the name that `billing bank` shows")

    def _one(self, statement: Statement, file: _FileUnderWay, booked: list[Booked]) -> None:
        if self.on is not None and statement.to_day > self.on:
            file.later += 1
            return
        try:
            if is_known(statement, booked):
                file.known += 1
                return
            accepted_by = self._require_order(statement, booked)
            self._book(statement, file, accepted_by)
        except StatementRefused as problem:
            column = GAP if isinstance(problem, StatementWaits) else "statement"
            file.rejects.append(refusal(file.read.path, problem, statement.line, column, statement.name))
            return
        booked.append(
            Booked(statement.iban, statement.number, statement.to_day, statement.opening, statement.closing, statement.layout)
        )  # fmt: skip

    def _require_order(self, statement: Statement, booked: list[Booked]) -> str:
        """Who accepted the gap before it, "" where there is none."""
        try:
            require_order(statement, booked)
        except StatementWaits:
            if self.gap is None or self.gap.statement != statement.name:
                raise
            self.gap_used = True
            return self.gap.by.strip()
        return ""

    def _book(self, statement: Statement, file: _FileUnderWay, accepted_by: str) -> None:
        """A statement with its movements and where they go: all of it or nothing."""
        with self.engine.begin() as conn:
            number = self._number(conn)
            matcher = Matcher(conn)
            statement_no = sql.scalar(
                conn,
                "bank/add_statement",
                iban=statement.iban,
                number=statement.number,
                from_day=statement.from_day,
                to_day=statement.to_day,
                opening=statement.opening,
                closing=statement.closing,
                layout=statement.layout,
                path=file.read.path,
                import_no=number,
                gap_accepted_by=accepted_by,
            )
            for movement in statement.movements:
                cells = {name: getattr(movement, name) for name in movement.__slots__}
                matcher.place(int(sql.scalar(conn, "bank/add_movement", statement_no=statement_no, **cells)), movement)
        self.number = number
        self.how += matcher.matched
        file.booked += 1
        file.movements += len(statement.movements)
        log.info("%s: statement %s booked, %d movements", file.read.path, statement.name, len(statement.movements))

    def settle_files(self) -> None:
        """Note each file with its rejects; one that has left the feed has left the reject list."""
        for file in self.files:
            if not file.later or file.rejects:
                self._note(file)
        with self.engine.connect() as conn:
            listed = [row.path for row in sql.rows(conn, ListedPath, "feed/files_with_open_rejects")]
        for path in listed:
            if path.startswith(BANK) and path not in self.paths:
                self._settle(path)

    def _note(self, file: _FileUnderWay) -> None:
        path = file.read.path
        with self.engine.begin() as conn:
            before = sql.rows(conn, Reject, "feed/open_rejects_of_file", path=path)
            if file.rejects and not file.booked and sorted(before) == sorted(file.rejects):
                return
            number = self._number(conn)
            note_rejects(conn, number, path, file.rejects)
            sql.run(
                conn,
                "feed/note_file",
                path=path,
                sha256=file.sha256,
                import_no=number,
                rows_read=file.booked + file.known + len(file.rejects),
                rows_accepted=file.booked,
                rows_known=file.known,
                rows_rejected=len(file.rejects),
            )
        self.number = number

    def _settle(self, path: str) -> None:
        with self.engine.begin() as conn:
            number = self._number(conn)
            note_rejects(conn, number, path, [])
        self.number = number

    def _number(self, conn: Connection) -> int:
        return self.number if self.number is not None else int(sql.scalar(conn, "feed/open_import", feed=self.feed.root))

    def receipt(self, worklist: int) -> BankReceipt:
        """End the import and sum it up."""
        with self.engine.begin() as conn:
            if self.number is not None:
                sql.run(conn, "feed/finish_import", import_no=self.number)
            totals = sql.one(conn, LedgerTotals, "bank/totals")
            listed = [one for one in sql.rows(conn, Reject, "feed/open_rejects") if one.path.startswith(BANK)]
        assert totals is not None
        return BankReceipt(
            statements=sum(file.booked for file in self.files),
            known=sum(file.known for file in self.files),
            later=sum(file.later for file in self.files),
            movements=sum(file.movements for file in self.files),
            how=self.how,
            totals=totals,
            worklist=worklist,
            rejects=listed,
        )


__all__ = ["GAP", "GapAccepted", "import_statements"]
