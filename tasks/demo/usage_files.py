"""Usage as the platform delivers it: one compressed file a day."""

import gzip
from collections import defaultdict
from datetime import date
from pathlib import Path

import numpy as np

from tasks.demo.book import Caller
from tasks.demo.calls import KIND_NAMES, ROAMED, VOICE, Calls, Ints
from tasks.demo.trouble import MALFORMED, Trouble

COLUMNS = ("usage_id", "line_id", "kind", "direction", "caller", "callee", "started_at", "quantity", "visited_country")
CONTRADICTING_SECONDS = 60


def write_usage(folder: Path, calls: Calls, callers: list[Caller], days: tuple[date, ...], trouble: Trouble, *, malformed: bool) -> None:
    """Writes `usage/<day>.csv.gz` for every day, also the empty ones. Identifiers count the records of their Brussels day."""
    folder = folder / "usage"
    folder.mkdir(exist_ok=True)
    rows = _rows(calls, callers, days)
    files: dict[int, list[str]] = defaultdict(list)
    for day, row in zip(trouble.file_day.tolist(), rows, strict=True):
        files[day].append(row)
    for day, record in zip(trouble.repeat_day.tolist(), trouble.repeats.tolist(), strict=True):
        files[day].append(rows[record])
    for record in trouble.contradictions.tolist():
        longer = int(calls.quantity[record]) + CONTRADICTING_SECONDS
        files[int(trouble.file_day[record]) + 1].append(_with(rows[record], quantity=str(longer)))
    if malformed:
        called = np.flatnonzero((calls.kind == VOICE) & (calls.incoming == 0))
        for number, (_, cells) in enumerate(MALFORMED, 1):
            record = int(called[len(called) * number // (len(MALFORMED) + 1)])
            good = rows[record]
            spoilt = _with(good, usage_id=f"{good.partition(',')[0][:9]}-X{number:05d}", **cells)
            files[int(calls.day[record])].append(spoilt)
    header = ",".join(COLUMNS)
    for number, day in enumerate(days):
        text = "\n".join((header, *files[number], ""))
        (folder / f"{day}.csv.gz").write_bytes(gzip.compress(text.encode(), compresslevel=6, mtime=0))


def _rows(calls: Calls, callers: list[Caller], days: tuple[date, ...]) -> list[str]:
    """Each record as a line of CSV. No cell holds a comma or a quote."""
    ids = [f"U{day:%Y%m%d}-" for day in days]
    starts = np.datetime_as_string(calls.started.astype("datetime64[s]")).tolist()
    line_ids = [caller.line_id for caller in callers]
    directions = ("out", "in")
    columns = zip(_serials(calls.day).tolist(), calls.day.tolist(), calls.line.tolist(), calls.kind.tolist(), calls.incoming.tolist(),
                  calls.own.tolist(), calls.number.tolist(), starts, calls.quantity.tolist(), calls.visited.tolist(), strict=True)
    rows = []
    for serial, day, line, kind, incoming, own, number, start, quantity, visited in columns:
        ours, theirs = callers[line].numbers[own], calls.numbers[number]
        caller, callee = (theirs, ours) if incoming else (ours, theirs)
        rows.append(f"{ids[day]}{serial:06d},{line_ids[line]},{KIND_NAMES[kind]},{directions[incoming]},{caller},{callee},{start}Z,"
                    f"{quantity},{ROAMED[visited]}")
    return rows


def _serials(day: Ints) -> Ints:
    """1, 2, 3 … within each day; days stand in order."""
    first = np.searchsorted(day, day, "left")
    return np.arange(1, len(day) + 1) - first


def _with(row: str, **cells: str) -> str:
    """The row with some cells changed; a cell with a comma is quoted."""
    quoted = {name: f'"{value}"' if "," in value else value for name, value in cells.items()}
    return ",".join((dict(zip(COLUMNS, row.split(","), strict=True)) | quoted).values())
