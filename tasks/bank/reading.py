"""A file of the bank as statements: of our own accounts, in EUR, each adding up; or why not, with its line."""

from collections.abc import Collection
from dataclasses import dataclass

from billing.bank import Statement, StatementRefused, require_sum
from tasks.bank.camt import read_camt
from tasks.bank.coda_statement import read_coda
from tasks.feed.rejects import FileRefused, Reject, reject

MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class StatementFile:
    """What a file holds: the statements that can be booked, and what of it is refused."""

    path: str
    statements: tuple[Statement, ...]
    rejects: tuple[Reject, ...]


def read_file(path: str, content: bytes, own_accounts: Collection[str]) -> StatementFile:
    """Read a CAMT.053 (.xml) or CODA (.cod) file; never raises for what is in it."""
    try:
        found = read_camt(content) if path.lower().endswith(".xml") else read_coda(content)
    except FileRefused as problem:
        return StatementFile(path, (), (problem.at(path),))
    statements: list[Statement] = []
    rejects: list[Reject] = []
    for one in found:
        try:
            statements.append(_usable(one, own_accounts))
        except StatementRefused as problem:
            rejects.append(refusal(path, problem, one.line if isinstance(one, Statement) else 0))
    return StatementFile(path, tuple(statements), tuple(rejects))


def too_large(path: str, size: int, megabytes: int) -> Reject | None:
    """The refusal of a file that is not even opened, None for one that is."""
    if size <= megabytes * MEGABYTE:
        return None
    has = f"the file has {size // MEGABYTE} MB and at most {megabytes} are read (setting bank_file_mb_at_most)"
    reason = f"{has}; have the bank deliver each day in a file of its own"
    return reject(path, 0, "", "", reason)


def refusal(path: str, problem: StatementRefused, line: int = 0, column: str = "statement", value: str = "") -> Reject:
    """The entry of the reject list for a statement."""
    return reject(path, int(getattr(problem, "line", line)), column, value, str(problem))


def is_statement(path: str) -> bool:
    """Whether the name of a file says that it is a bank statement."""
    return path.lower().endswith((".xml", ".cod"))


def _usable(found: Statement | StatementRefused, own_accounts: Collection[str]) -> Statement:
    if isinstance(found, StatementRefused):
        raise found
    if found.iban not in own_accounts:
        raise StatementRefused(
            f"statement {found.name} is of an account that is not ours; take the file out, or add the account to the setting bank_accounts"
        )
    require_sum(found)
    return found


__all__ = ["StatementFile", "is_statement", "read_file", "refusal", "too_large"]
