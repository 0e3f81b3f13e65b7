"""The files of the feed, read as text: CSV, CSV.gz or Parquet from a folder or any fsspec URL, each row with its line in the file."""

import csv
import difflib
import gzip
import io
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePosixPath

import fsspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
from fsspec.core import url_to_fs
from numpy.typing import NDArray

from tasks.feed.rejects import FileRefused, Reject, reject
from tasks.ledger import Stopped

ENDINGS = (".csv", ".csv.gz", ".parquet")
FIRST_ROW = 2
BLOCK_BYTES = 1 << 24
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_UTF8_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Feed:
    """The files below `root`, by paths relative to it."""

    root: str

    def paths(self) -> tuple[str, ...]:
        """All files, sorted by path; hidden ones (`.…`, `_…`) are none of ours. Raises Stopped when there is no feed."""
        fs, root = self._opened()
        try:
            if not fs.exists(root):
                raise Stopped(f"there is no feed at {self.root}; create it or change the setting `feed`")
            found = [str(PurePosixPath(path).relative_to(root)) for path in fs.find(root)]
        except OSError as error:
            raise Stopped(f"the feed {self.root} cannot be listed: {error}; check the setting `feed` and the rights on it") from error
        return tuple(sorted(path for path in found if not any(part.startswith((".", "_")) for part in path.split("/"))))

    def read(self, path: str) -> bytes:
        """The content of a file. Raises Stopped when it cannot be read: that is trouble of the machine, not of a row."""
        fs, root = self._opened()
        try:
            return bytes(fs.cat_file(str(PurePosixPath(root) / path)))
        except OSError as error:
            raise Stopped(f"{path} of the feed {self.root} cannot be read: {error}; let this user read it, then import again") from error

    def size(self, path: str) -> int:
        """The bytes of a file, without reading it. Raises Stopped as `read` does."""
        fs, root = self._opened()
        try:
            return int(fs.size(str(PurePosixPath(root) / path)) or 0)
        except OSError as error:
            raise Stopped(f"{path} of the feed {self.root} cannot be read: {error}; let this user read it, then import again") from error

    def _opened(self) -> tuple[fsspec.AbstractFileSystem, str]:
        try:
            fs, root = url_to_fs(self.root)
        except (ImportError, ValueError) as error:
            raise Stopped(f"cannot open the feed {self.root}: {error}; change the setting `feed`") from error
        fs.invalidate_cache()
        return fs, str(root)


@dataclass(frozen=True, slots=True)
class Cells:
    """The rows of a file as text: `columns` as asked for, "" for an empty cell; `lines` int64[n]; `malformed`, the rows that are none."""

    columns: pa.Table
    lines: NDArray[np.int64]
    malformed: tuple[Reject, ...] = ()

    def __len__(self) -> int:
        return len(self.lines)


def stem(path: str) -> str | None:
    """The path without the ending of a table (`usage/a.csv.gz` → `usage/a`), None for a file that is no table."""
    return next((path.removesuffix(ending) for ending in ENDINGS if path.endswith(ending)), None)


def read_cells(path: str, content: bytes, names: Sequence[str], optional: Collection[str] = ()) -> Cells:
    """The columns `names` of a file; others are left alone. Raises FileRefused when the file as a whole cannot be used.

    A column of `optional` may be left out of a header that has no column of another name: beside one it may just be misspelt.
    """
    if not content:
        raise FileRefused("the file is empty; deliver it again, with a header and its rows")
    if path.endswith(".parquet"):
        return _read_parquet(content, names, optional)
    if path.endswith(".gz"):
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error):
            raise FileRefused("not a whole gzip file; deliver it again") from None
    return _read_csv(path, content, names, optional)


def _read_parquet(content: bytes, names: Sequence[str], optional: Collection[str]) -> Cells:
    try:
        table = pyarrow.parquet.read_table(io.BytesIO(content))
    except (pa.ArrowException, OSError) as error:
        raise FileRefused(f"not a Parquet file that can be read ({str(error).splitlines()[0]}); deliver it again") from None
    given = _require_columns(table.column_names, names, optional)
    columns = {name: pc.utf8_trim_whitespace(pc.fill_null(_as_text(table[name], name), "")) for name in given}
    return _with_all(Cells(pa.table(columns), np.arange(FIRST_ROW, FIRST_ROW + table.num_rows, dtype=np.int64)), names)


def _as_text(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    """A typed column as the same text a CSV would hold; instants in UTC."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_timestamp(column.type) and column.type.tz is not None:
        return pc.strftime(column.cast(pa.timestamp("us", "UTC"), safe=False), format="%Y-%m-%dT%H:%M:%SZ")
    try:
        return column.cast(pa.string())
    except pa.ArrowException:
        reason = f"a column of {column.type} cannot be read as text; write it as text, number, day or UTC timestamp"
        raise FileRefused(reason, 1, name) from None


def _read_csv(path: str, content: bytes, names: Sequence[str], optional: Collection[str]) -> Cells:
    if content.startswith(_UTF16):
        raise FileRefused("the file is UTF-16; save it as UTF-8")
    content = content.removeprefix(_UTF8_MARK)
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    head, _, body = content.partition(b"\n")
    header = _header(head)
    given = _require_columns(header, names, optional)
    if not body:
        return Cells(pa.table({name: pa.array([], pa.string()) for name in names}), np.empty(0, dtype=np.int64))
    try:
        return _with_all(_read_bulk(path, body, header, given), names)
    except (_NotPlain, pa.ArrowInvalid):
        return _with_all(_read_line_by_line(path, body, header, given), names)


def _with_all(cells: Cells, names: Sequence[str]) -> Cells:
    """The cells with all columns in the order of `names`, empty where the file has none."""
    if cells.columns.column_names == list(names):
        return cells
    empty = pa.array([""] * len(cells), pa.string())
    columns = {name: cells.columns[name] if name in cells.columns.column_names else empty for name in names}
    return replace(cells, columns=pa.table(columns))


def _header(head: bytes) -> list[str]:
    try:
        text = head.decode()
    except UnicodeDecodeError:
        raise FileRefused("the header is not UTF-8; save the file as UTF-8", 1) from None
    header = [name.strip() for name in next(csv.reader([text]), [])]
    if len(header) == 1 and any(mark in text for mark in ";\t|"):
        mark = max(";\t|", key=text.count)
        raise FileRefused("the columns are not separated by commas; save the file with commas", 1, value={"\t": "a tab"}.get(mark, mark))
    return header


def _require_columns(found: Sequence[str], names: Sequence[str], optional: Collection[str]) -> list[str]:
    """Every column of the format stands in the header once; further ones do no harm. Returns those that do stand there."""
    twice = sorted({name for name in found if name in names and found.count(name) > 1})
    if twice:
        raise FileRefused(f"the header has {', '.join(twice)} more than once; keep one", 1, ", ".join(twice))
    missing = [name for name in names if name not in found]
    others = [name for name in found if name not in names]
    if not missing or (not others and all(name in optional for name in missing)):
        return [name for name in names if name in found]
    near = {name: difflib.get_close_matches(name, others, n=1) for name in missing}
    hints = [f"{close[0]} may be meant for {name}" for name, close in near.items() if close]
    said = f"the header has no column {', '.join(missing)}; add {'it' if len(missing) == 1 else 'them'}, empty where nothing is given"
    raise FileRefused("; ".join([said, *hints]), 1, ", ".join(missing), ", ".join(others))


class _NotPlain(Exception):
    """The bulk reader saw other rows than the file has lines (a line break or an open quotation mark in a value)."""


def _read_bulk(path: str, body: bytes, header: list[str], names: Sequence[str]) -> Cells:
    """All rows at once. Raises _NotPlain or ArrowInvalid when only a look at each line can tell which row is wrong."""
    wrong: list[Reject] = []
    rows_of_file = body.count(b"\n") + (not body.endswith(b"\n"))
    table = pyarrow.csv.read_csv(
        pa.BufferReader(body),
        read_options=pyarrow.csv.ReadOptions(use_threads=False, column_names=header, block_size=BLOCK_BYTES),
        parse_options=pyarrow.csv.ParseOptions(ignore_empty_lines=False, invalid_row_handler=partial(_skip, path, wrong)),
        convert_options=pyarrow.csv.ConvertOptions(
            include_columns=list(names),
            column_types=dict.fromkeys(names, pa.string()),
            strings_can_be_null=False,
            null_values=[],
        ),
    )
    if table.num_rows + len(wrong) != rows_of_file:
        raise _NotPlain
    lines = np.arange(FIRST_ROW, FIRST_ROW + rows_of_file, dtype=np.int64)
    if wrong:
        lines = np.delete(lines, [problem.line - FIRST_ROW for problem in wrong])
    columns = pa.table({name: pc.utf8_trim_whitespace(table[name]) for name in names})
    return _without_blank_rows(Cells(columns, lines, tuple(wrong)))


def _skip(path: str, wrong: list[Reject], row: pyarrow.csv.InvalidRow) -> str:
    wrong.append(_wrong_cell_count(path, row.number + 1, row.text.split(",", 1)[0], row.actual_columns, row.expected_columns))
    return "skip"


def _wrong_cell_count(path: str, line: int, first: str, found: int, expected: int) -> Reject:
    reason = f"the row has {found} cells and the header {expected}; put a value with a comma between quotation marks"
    return reject(path, line, "", first, reason)


def _without_blank_rows(cells: Cells) -> Cells:
    blank = np.ones(len(cells), dtype=np.bool_)
    for column in cells.columns.columns:
        if not blank.any():
            return cells
        blank &= pc.equal(column, "").to_numpy(zero_copy_only=False)
    return Cells(cells.columns.filter(pa.array(~blank)), cells.lines[~blank], cells.malformed) if blank.any() else cells


def _read_line_by_line(path: str, body: bytes, header: list[str], names: Sequence[str]) -> Cells:
    """Each line on its own: a row never goes over a line break, so a wrong one takes no other with it."""
    places = [header.index(name) for name in names]
    good: list[list[str]] = []
    lines: list[int] = []
    wrong: list[Reject] = []
    for line, raw in enumerate(body.split(b"\n"), start=FIRST_ROW):
        if not raw:
            continue
        row = _one_row(path, line, raw, len(header))
        if isinstance(row, Reject):
            wrong.append(row)
        elif any(cell.strip() for cell in row):
            good.append([row[place].strip() for place in places])
            lines.append(line)
    columns = pa.table({name: pa.array([row[n] for row in good], pa.string()) for n, name in enumerate(names)})
    return Cells(columns, np.array(lines, dtype=np.int64), tuple(wrong))


def _one_row(path: str, line: int, raw: bytes, expected: int) -> list[str] | Reject:
    first = raw.split(b",", 1)[0].decode(errors="replace")
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return reject(path, line, "", first, "the row is not UTF-8; save the file as UTF-8")
    try:
        row = next(csv.reader([text], strict=True))
    except csv.Error:
        return reject(
            path,
            line,
            "",
            first,
            "a quotation mark is out of place or not closed on this line; a value holds no line break, "
            "and a quotation mark in it is doubled",
        )
    return row if len(row) == expected else _wrong_cell_count(path, line, first, len(row), expected)


__all__ = ["ENDINGS", "Cells", "Feed", "read_cells", "stem"]
