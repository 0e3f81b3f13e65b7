"""PostgreSQL's binary COPY for rows of fixed width, read and written as numpy columns without touching a single row."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
_TYPES = {"int2": ">i2", "int4": ">i4", "int8": ">i8", "bool": ">i1", "timestamptz": ">i8"}
# PostgreSQL counts microseconds from 2000-01-01 UTC.
MICROS_TO_2000 = 946_684_800_000_000


class FixedRows:
    """Rows of columns that are never null and always as wide: `FixedRows(usage_no="int8", kind="int2")`.

    A timestamptz column is microseconds since 2000-01-01 UTC, as PostgreSQL keeps it.
    """

    def __init__(self, **columns: str) -> None:
        self.names = tuple(columns)
        fields: list[tuple[str, str]] = [("columns", ">i2")]
        for name, kind in columns.items():
            fields += [(f"width of {name}", ">i4"), (name, _TYPES[kind])]
        self.layout = np.dtype(fields)
        self._blank = np.zeros(1, dtype=self.layout)
        self._blank["columns"] = len(columns)
        for name, kind in columns.items():
            self._blank[f"width of {name}"] = np.dtype(_TYPES[kind]).itemsize

    def read(self, copied: bytes) -> dict[str, NDArray[np.int64]]:
        """Returns the columns of a whole COPY TO, int64 each. Raises ValueError when its rows do not have this layout."""
        if copied[: len(HEADER)] != HEADER or copied[-len(TRAILER) :] != TRAILER:
            raise ValueError("this is not one whole binary COPY")
        body = memoryview(copied)[len(HEADER) : -len(TRAILER)]
        if len(body) % self.layout.itemsize:
            raise ValueError(f"the rows are not {self.layout.itemsize} bytes wide; a column is null or of another type")
        rows = np.frombuffer(body, dtype=self.layout)
        for name in ("columns", *(f"width of {name}" for name in self.names)):
            if len(rows) and not (rows[name] == self._blank[name][0]).all():
                raise ValueError(f"{name} is not {self._blank[name][0]} in every row; a column is null or of another type")
        return {name: rows[name].astype(np.int64) for name in self.names}

    def write(self, columns: Mapping[str, NDArray[np.int64] | int], count: int) -> memoryview:
        """Returns the rows of a COPY FROM, without header and trailer. A value that is not a column stands in every row."""
        rows = np.empty(count, dtype=self.layout)
        rows[:] = self._blank
        for name in self.names:
            rows[name] = columns[name]
        return rows.view(np.uint8).data if count else memoryview(b"")


__all__ = ["HEADER", "MICROS_TO_2000", "TRAILER", "FixedRows"]
