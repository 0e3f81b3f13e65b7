"""Usage: files of millions of records, checked column by column and stored set by set; only refused rows are ever looked at one by one."""

import io
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from numpy.typing import NDArray
from sqlalchemy import Connection

import sql
from billing.phone_numbers import dialled, keys
from tasks.feed.known import line_numbers
from tasks.feed.loading import Loaded, empty_incoming
from tasks.feed.reading import Cells
from tasks.feed.rejects import Reject, masked_number, reject
from tasks.feed.tables import DIRECTIONS, USAGE_KINDS
from tasks.feed.values import CONTROL, INSTANT, Unreadable, country, identifier, instant, one_of, text, whole_number

KIND_CODES = {"voice": 1, "sms": 2, "data": 3}
QUANTITY_AT_MOST = 10**15
ROWS_PER_BLOCK = 250_000
COLUMNS = (
    "file_line",
    "again",
    "usage_id",
    "line_no",
    "kind",
    "outgoing",
    "caller",
    "callee",
    "callee_key",
    "started_at",
    "quantity",
    "visited_country",
)
_UNKNOWN_LINE = "there is no order line of this id; correct it, or deliver it in order_lines and import again"

Mask = NDArray[np.bool_]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Differing:
    file_line: int
    usage_id: str
    differs: str


def load_usage(conn: Connection, import_no: int, path: str, cells: Cells) -> Loaded:
    """Stores the good records of a file, each id once, and says which rows were refused and why.

    A record that is there with the same content is known; with other content it is refused.
    """
    reading = _Reading(path, cells)
    table = _records(reading, line_numbers(conn))
    good = table.filter(pa.array(~reading.refused))
    _copy(conn, good.append_column("again", pa.array(_said_before(good["usage_id"]))))
    added = sql.run(conn, "feed/add_usage", import_no=import_no)
    differing = sql.rows(conn, _Differing, "feed/differing_usage") if added < good.num_rows else []
    refused = int(reading.refused.sum()) + len(cells.malformed) + len(differing)
    rejects = [*cells.malformed, *reading.rejects, *(_used_twice(path, row) for row in differing)]
    return Loaded(added, good.num_rows - added - len(differing), refused, tuple(sorted(rejects)))


class _Reading:
    """The columns of a file being read: which rows are `refused` so far, bool[n], and why."""

    def __init__(self, path: str, cells: Cells) -> None:
        self.path = path
        self.lines = cells.lines
        self.cells = {name: cells.columns[name].combine_chunks() for name in cells.columns.column_names}
        self.refused: Mask = np.zeros(len(cells), dtype=np.bool_)
        self.rejects: list[Reject] = []

    def refuse(self, column: str, wrong: Mask, why: Callable[[str], str], shown: Callable[[str], str] = str) -> None:
        """Puts the cells of `column` where `wrong` on the reject list."""
        places = np.flatnonzero(wrong)
        self.refused |= wrong
        for place, cell in zip(places.tolist(), self.cells[column].take(pa.array(places)).to_pylist(), strict=True):
            self.rejects.append(reject(self.path, int(self.lines[place]), column, shown(cell), why(cell)))

    def each_text_once(self, column: str, read: Callable[[str], int]) -> Whole:
        """The numbers that `read` makes of a column, int64[n]; 0 where it refuses the cell."""
        texts, place_of = self.distinct(column)
        numbers = np.zeros(len(texts), dtype=np.int64)
        reasons: dict[str, str] = {}
        for place, cell in enumerate(texts):
            try:
                numbers[place] = read(cell)
            except Unreadable as why:
                reasons[cell] = str(why)
        if reasons:
            wrong = np.fromiter((cell in reasons for cell in texts), dtype=np.bool_, count=len(texts))
            self.refuse(column, wrong[place_of], reasons.__getitem__)
        return numbers[place_of]

    def distinct(self, column: str) -> tuple[list[str], NDArray[np.int32]]:
        """The distinct texts of a column, and for each row which of them it holds."""
        encoded = self.cells[column].dictionary_encode()
        return encoded.dictionary.to_pylist(), encoded.indices.to_numpy(zero_copy_only=False)


def _records(reading: _Reading, numbers: dict[str, int]) -> pa.Table:
    """All rows in the types of the database, line by line of the file; those refused hold anything."""
    kind = reading.each_text_once("kind", _kind)
    outgoing = reading.each_text_once("direction", _outgoing) == 1
    columns = {
        "file_line": reading.lines,
        "usage_id": _usage_ids(reading),
        "line_no": reading.each_text_once("line_id", lambda cell: _line(cell, numbers)),
        "kind": kind,
        "outgoing": outgoing,
        "caller": _callers(reading),
        "callee": reading.cells["callee"],
        "callee_key": _callee_keys(reading, outgoing & (kind != KIND_CODES["data"])),
        "started_at": _instants(reading),
        "quantity": reading.each_text_once("quantity", _quantity),
        "visited_country": _countries(reading),
    }
    return pa.table(columns)


def _kind(cell: str) -> int:
    return KIND_CODES[str(one_of(*USAGE_KINDS)(_given(cell)))]


def _outgoing(cell: str) -> int:
    return int(one_of(*DIRECTIONS)(_given(cell)) == "out")


def _line(cell: str, numbers: dict[str, int]) -> int:
    found = numbers.get(_given(cell))
    if found is None:
        raise Unreadable(_UNKNOWN_LINE)
    return found


def _quantity(cell: str) -> int:
    return whole_number(at_most=QUANTITY_AT_MOST)(_given(cell))


def _given(cell: str) -> str:
    if not cell:
        raise Unreadable("empty; a value is needed")
    return _plain(cell)


def _plain(cell: str) -> str:
    if CONTROL.search(cell):
        raise Unreadable("holds a control character or a line break; take it out")
    return cell


def _usage_ids(reading: _Reading) -> pa.Array:
    ids = reading.cells["usage_id"]
    long_or_empty = pc.not_equal(pc.greater(pc.binary_length(ids), 0), pc.less_equal(pc.utf8_length(ids), 200))
    suspect = pc.or_(long_or_empty, pc.match_substring_regex(ids, r"[[:cntrl:]\x{80}-\x{9f}\x{2028}\x{2029}]"))
    reading.refuse("usage_id", suspect.to_numpy(zero_copy_only=False), _reason(lambda cell: identifier(_given(cell))))
    return ids


def _callers(reading: _Reading) -> pa.Array:
    _refuse_distinct(reading, "caller", lambda cell: text(_plain(cell)), masked_number)
    return reading.cells["caller"]


def _countries(reading: _Reading) -> pa.Array:
    _refuse_distinct(reading, "visited_country", lambda cell: country(_plain(cell)) if cell else "", str)
    return reading.cells["visited_country"]


def _callee_keys(reading: _Reading, must_be_a_number: Mask) -> Whole:
    """The keys of the called numbers; 0 where there is none, which only data and incoming usage may have."""
    _refuse_distinct(reading, "callee", lambda cell: text(_plain(cell)), masked_number)
    texts, place_of = reading.distinct("callee")
    number, unreadable = keys(texts)
    wrong = unreadable[place_of] & must_be_a_number & ~reading.refused
    reading.refuse("callee", wrong, lambda cell: f"not a number that can be called: {dialled(cell).reason}; correct it", masked_number)
    return np.where(unreadable, 0, number)[place_of]


def _instants(reading: _Reading) -> pa.Array:
    """The timestamps in UTC; a row that has none, or one without its zone, is refused."""
    cells = reading.cells["started_at"]
    written = pc.match_substring_regex(cells, f"^(?:{INSTANT.pattern})$")
    parsed = pd.to_datetime(pd.Series(pc.if_else(written, cells, None).to_pandas()), format="ISO8601", utc=True, errors="coerce")
    wrong = parsed.isna().to_numpy()
    reading.refuse("started_at", wrong, _reason(lambda cell: instant(_given(cell))))
    return pa.Array.from_pandas(parsed.dt.as_unit("us"), type=pa.timestamp("us", "UTC"))


def _refuse_distinct(reading: _Reading, column: str, read: Callable[[str], object], shown: Callable[[str], str]) -> None:
    texts, place_of = reading.distinct(column)
    reason = _reason(read)
    wrong = np.fromiter((bool(reason(cell)) for cell in texts), dtype=np.bool_, count=len(texts))
    if wrong.any():
        reading.refuse(column, wrong[place_of], reason, shown)


def _reason(read: Callable[[str], object]) -> Callable[[str], str]:
    """Why `read` refuses a cell, "" when it does not."""

    def why(cell: str) -> str:
        try:
            read(cell)
        except Unreadable as unreadable:
            return str(unreadable)
        return ""

    return why


def _said_before(ids: pa.ChunkedArray) -> Mask:
    """Which rows have an id that an earlier row has too: its code is no higher than one already met."""
    codes = ids.combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)
    return np.asarray(np.diff(np.maximum.accumulate(codes), prepend=-1) == 0) if len(codes) else np.zeros(0, dtype=np.bool_)


def _used_twice(path: str, row: _Differing) -> Reject:
    reason = (
        f"this id is stored already with other content ({row.differs}); a usage id is used once: "
        "give the record an id of its own, or take the row out"
    )
    return reject(path, row.file_line, "usage_id", row.usage_id, reason)


def _copy(conn: Connection, table: pa.Table) -> None:
    """Bulk load, a block of rows at a time so that the memory used does not grow with the file a second time."""
    incoming = empty_incoming(conn, "usage")
    driver = conn.connection.driver_connection
    assert driver is not None
    ordered = table.select(list(COLUMNS))
    with driver.cursor().copy(f"copy {incoming} ({', '.join(COLUMNS)}) from stdin (format csv)") as copy:
        for start in range(0, ordered.num_rows, ROWS_PER_BLOCK):
            block = io.BytesIO()
            pyarrow.csv.write_csv(ordered.slice(start, ROWS_PER_BLOCK), block, pyarrow.csv.WriteOptions(include_header=False))
            copy.write(block.getbuffer())


def rows_at(cells: Cells, lines: set[int]) -> Cells:
    """Only the rows at these lines of the file."""
    wanted = np.isin(cells.lines, np.fromiter(lines, dtype=np.int64, count=len(lines)))
    return replace(cells, columns=cells.columns.filter(pa.array(wanted)), lines=cells.lines[wanted])


__all__ = ["load_usage", "rows_at"]
