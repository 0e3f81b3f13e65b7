"""Terminations that cannot be: of a line that is not the contract's, of what was terminated before, or from before it began."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

import sql
from tasks.feed.tables import Broken, Row


@dataclass(frozen=True, slots=True)
class OrderedLine:
    """A line of a contract that is terminated: whose it is, and when it and its contract begin."""

    line_id: str
    contract_id: str
    end_client_id: str
    starts_on: date
    contract_starts_on: date | None


@dataclass(frozen=True, slots=True)
class Scope:
    """What a termination ends, as far as it is given, and by which act: a letter, the operator after a breach, a bankruptcy."""

    termination_id: str
    contract_id: str
    line_id: str | None
    end_client_id: str | None
    act: str

    @property
    def whole(self) -> tuple[str, str]:
        """The act and the most it can end: the contract, for a bankruptcy the end client under any contract."""
        return self.act, self.contract_id if self.act != "bankruptcy" else str(self.end_client_id)

    def covers(self, other: "Scope") -> bool:
        """Whether this one ends all that another one of the same `whole` would."""
        if self.line_id is not None and self.act != "bankruptcy":
            return self.line_id == other.line_id
        return self.end_client_id in (None, other.end_client_id)

    @property
    def names(self) -> str:
        """The column that says what it ends."""
        if self.line_id is not None:
            return "line_id"
        return "contract_id" if self.end_client_id is None else "end_client_id"


class Ordered:
    """The lines of the contracts that a file terminates."""

    def __init__(self, lines: Sequence[OrderedLine]) -> None:
        self.by_id = {line.line_id: line for line in lines}
        self.by_contract: dict[str, list[OrderedLine]] = defaultdict(list)
        for line in lines:
            self.by_contract[line.contract_id].append(line)

    def line(self, row: Row) -> OrderedLine | None:
        """The line a row names, None for a whole contract or an end client."""
        return self.by_id.get(str(row["line_id"]))

    def start(self, row: Row) -> date | None:
        """The first day of what a row ends; None for a contract without a line."""
        line, of_contract = self.line(row), self.by_contract.get(str(row["contract_id"]), ())
        if line is not None:
            return line.starts_on
        return (of_contract[0].contract_starts_on or min(line.starts_on for line in of_contract)) if of_contract else None


def objections(conn: Connection, rows: Mapping[int, Row]) -> dict[int, Broken]:
    """Returns, by line of the file, what is wrong with a termination and the way out."""
    ordered = _ordered(conn, rows)
    wrong = {file_line: broken for file_line, row in rows.items() if (broken := _broken(row, ordered))}
    stored = {scope.termination_id: scope for scope in sql.rows(conn, Scope, "feed/termination_scopes")}
    good = {file_line: row for file_line, row in rows.items() if file_line not in wrong}
    return wrong | dict(_repeated(good, stored, ordered))


def _ordered(conn: Connection, rows: Mapping[int, Row]) -> Ordered:
    contract_ids = sorted({str(row["contract_id"]) for row in rows.values()})
    line_ids = sorted({str(row["line_id"]) for row in rows.values() if row["line_id"]})
    return Ordered(sql.rows(conn, OrderedLine, "feed/lines_of_contracts", contract_ids=contract_ids, line_ids=line_ids))


def _broken(row: Row, ordered: Ordered) -> Broken | None:
    return _unproven(row) or _elsewhere(row, ordered) or _too_early(row, ordered)


def _unproven(row: Row) -> Broken | None:
    if row["by"] != "bankruptcy":
        return None
    if row["end_client_id"] is None:
        return "end_client_id", "empty; a bankruptcy is that of an end client, name it"
    if not row["proof"]:
        return "proof", "empty; a bankruptcy counts from the day its proof was received, say what the proof is"
    return None


def _elsewhere(row: Row, ordered: Ordered) -> Broken | None:
    """A line under another contract or of another end client, or an end client without a line under the contract."""
    line, contract_id, end_client_id = ordered.line(row), str(row["contract_id"]), row["end_client_id"]
    if line is not None and line.contract_id != contract_id:
        return "line_id", f"not a line of contract {contract_id} but of {line.contract_id}; correct one of the two"
    if end_client_id is None:
        return None
    if line is not None and end_client_id != line.end_client_id:
        return "end_client_id", f"line {line.line_id} is not of this end client but of {line.end_client_id}; correct one, or leave it empty"
    if all(line.end_client_id != end_client_id for line in ordered.by_contract.get(contract_id, ())):
        return "end_client_id", f"this end client has no line under contract {contract_id}; correct one of the two"
    return None


def _too_early(row: Row, ordered: Ordered) -> Broken | None:
    """An end asked for, or where none is a letter received, before what it ends began. A bankruptcy may come before that."""
    column = "received_on" if row["requested_on"] is None else "requested_on"
    asked, starts_on = row[column], ordered.start(row)
    if row["by"] == "bankruptcy" or starts_on is None or asked >= starts_on:  # type: ignore[operator]  # both are days
        return None
    what = f"line {row['line_id']}" if row["line_id"] else f"contract {row['contract_id']}"
    return column, f"before {what} starts on {starts_on}; correct the day, or end the order itself with ends_on in order_lines"


def _repeated(rows: Mapping[int, Row], stored: Mapping[str, Scope], ordered: Ordered) -> Iterator[tuple[int, Broken]]:
    """What another termination ends already. Those there before come first, then the order of the file; a corrected one is no other."""
    given = {str(row["termination_id"]) for row in rows.values()}
    taken: dict[tuple[str, str], list[Scope]] = defaultdict(list)
    for scope in stored.values():
        if scope.termination_id not in given:
            taken[scope.whole].append(scope)
    for file_line, row in sorted(rows.items(), key=lambda item: (item[1]["termination_id"] not in stored, item[0])):
        scope = _scope(row, ordered)
        earlier = next((other for other in taken[scope.whole] if other.covers(scope)), None)
        if earlier is None:
            taken[scope.whole].append(scope)
            continue
        if scope.termination_id in stored:  # what is stored stays in force when its correction is refused
            kept = stored[scope.termination_id]
            taken[kept.whole].append(kept)
        yield (
            file_line,
            (scope.names, f"termination {earlier.termination_id} ends it already; correct that one, or take one of the two out"),
        )


def _scope(row: Row, ordered: Ordered) -> Scope:
    line = ordered.line(row)
    end_client_id = row["end_client_id"] or (line.end_client_id if line else None)
    act = "bankruptcy" if row["by"] == "bankruptcy" else "breach" if row["by"] == "operator" and row["client_breach"] else "letter"
    return Scope(
        str(row["termination_id"]),
        str(row["contract_id"]),
        None if line is None else line.line_id,
        None if end_client_id is None else str(end_client_id),
        act,
    )


__all__ = ["objections"]
