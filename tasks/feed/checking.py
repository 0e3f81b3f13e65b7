"""Rows of reference data, inventory and kept tables: from cells to values, or to the reject list."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from tasks.feed.reading import Cells
from tasks.feed.rejects import Reject, reject
from tasks.feed.tables import Column, Reference, Row, Table
from tasks.feed.values import CONTROL, Unreadable, Value

Known = Mapping[Reference, Set[str]]
_WHAT = {
    "party": "no party",
    "partner": "no party with the role partner",
    "contract": "no contract",
    "product": "no product",
    "line": "no order line",
}
_WHERE = {"party": "parties", "partner": "parties", "contract": "contracts", "product": "products", "line": "order_lines"}


@dataclass(slots=True)
class Checked:
    """`rows` of distinct keys that may go in, by their line in the file; how many more rows say the `same` again; what is refused."""

    rows: dict[int, Row] = field(default_factory=dict)
    same: int = 0
    rejects: list[Reject] = field(default_factory=list)
    rows_refused: int = 0

    def refuse(self, line: int, problems: Sequence[Reject]) -> None:
        """Put a row on the reject list, with all that is wrong with it."""
        self.rows.pop(line, None)
        self.rejects.extend(problems)
        self.rows_refused += 1


def check(table: Table, path: str, cells: Cells, known: Known) -> Checked:
    """The rows of a file that keep to the table's format, refer to what is `known`, and have a key of their own."""
    checked = Checked()
    for malformed in cells.malformed:
        checked.refuse(malformed.line, [malformed])
    _read_rows(table, path, cells, checked)
    _refuse_repeated_keys(table, path, checked)
    _refuse_unknown_references(table, path, checked, known)
    checked.rejects.sort()
    return checked


def _read_rows(table: Table, path: str, cells: Cells, checked: Checked) -> None:
    readers = [_CellReader(column) for column in table.columns]
    columns = [cells.columns[name].to_pylist() for name in table.names]
    for line, *row in zip(cells.lines.tolist(), *columns, strict=True):
        found = [reader.read(cell) for reader, cell in zip(readers, row, strict=True)]
        wrong = [
            reject(path, line, reader.column.name, cell, str(value))
            for reader, cell, value in zip(readers, row, found, strict=True)
            if isinstance(value, Unreadable)
        ]
        if wrong:
            checked.refuse(line, wrong)
            continue
        values: Row = dict(zip(table.names, found, strict=True))  # type: ignore[arg-type]  # no Unreadable is left
        broken = table.rule(values)
        if broken:
            column, reason = broken
            checked.refuse(line, [reject(path, line, column, row[table.names.index(column)], reason)])
        else:
            checked.rows[line] = values


class _CellReader:
    """Reads the cells of a column, each distinct text once."""

    def __init__(self, column: Column) -> None:
        self.column = column
        self._read: dict[str, Value | Unreadable] = {}

    def read(self, cell: str) -> Value | Unreadable:
        if cell not in self._read:
            try:
                self._read[cell] = read_cell(self.column, cell)
            except Unreadable as why:
                self._read[cell] = why
        return self._read[cell]


def read_cell(column: Column, cell: str) -> Value:
    """The value of a cell. Raises Unreadable with the reason."""
    if not cell:
        if column.required:
            raise Unreadable("empty; a value is needed")
        return column.default
    if CONTROL.search(cell):
        raise Unreadable("holds a control character or a line break; take it out")
    return column.reads(cell)


def _refuse_repeated_keys(table: Table, path: str, checked: Checked) -> None:
    """The first row of a key stands; the same row again is known, another content is refused."""
    first: dict[tuple[Value, ...], int] = {}
    for line, row in list(checked.rows.items()):
        key = tuple(row[name] for name in table.key)
        earlier = first.setdefault(key, line)
        if earlier == line:
            continue
        if checked.rows[earlier] == row:
            del checked.rows[line]
            checked.same += 1
        else:
            shown = ", ".join(str(value) for value in key)
            reason = f"line {earlier} has it with other content; keep one of the two"
            checked.refuse(line, [reject(path, line, ", ".join(table.key), shown, reason)])


def _refuse_unknown_references(table: Table, path: str, checked: Checked, known: Known) -> None:
    """Refuse until nothing refers to a refused row: a table whose rows refer to each other may lose one after the other."""
    referring = [column for column in table.columns if column.refers_to]
    while True:
        there = _with_own_rows(table, checked, known)
        refused = {line: wrong for line, row in checked.rows.items() if (wrong := _unknown(path, line, row, referring, there))}
        if not refused:
            return
        for line, wrong in refused.items():
            checked.refuse(line, wrong)


def _with_own_rows(table: Table, checked: Checked, known: Known) -> Known:
    if table.provides != "partner":
        return known
    inside = {str(row["party_id"]): row["role"] for row in checked.rows.values()}
    partners = {party_id for party_id, role in inside.items() if role == "partner"}
    return {**known, "partner": (known["partner"] - inside.keys()) | partners}


def _unknown(path: str, line: int, row: Row, referring: Sequence[Column], there: Known) -> list[Reject]:
    wrong = []
    for column in referring:
        assert column.refers_to is not None
        value = row[column.name]
        if value is not None and value not in there[column.refers_to]:
            reason = (
                f"there is {_WHAT[column.refers_to]} of this id; correct it, or deliver it in {_WHERE[column.refers_to]} and import again"
            )
            wrong.append(reject(path, line, column.name, str(value), reason))
    return wrong


__all__ = ["Checked", "Known", "check", "read_cell"]
