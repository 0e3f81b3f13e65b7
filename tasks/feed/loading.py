"""What came of one file, and the first step of bringing any in: an empty incoming table."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from tasks.feed.rejects import Reject


@dataclass(frozen=True, slots=True)
class Loaded:
    """Rows of a file: `accepted` (new, or a new version), `known` (there already), `rejected`; and the entries of the reject list."""

    accepted: int
    known: int
    rejected: int
    rejects: tuple[Reject, ...] = ()

    @property
    def rows(self) -> int:
        """All rows of the file."""
        return self.accepted + self.known + self.rejected


def empty_incoming(conn: Connection, table: str) -> str:
    """Empties the table that rows come in through and returns its name; `table` is a name of ours."""
    incoming = f"incoming_{table}"
    conn.execute(text(f"truncate {incoming}"))
    return incoming


__all__ = ["Loaded", "empty_incoming"]
