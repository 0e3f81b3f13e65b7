"""Inventory: one file is the platform of one day, and takes the place of an earlier delivery of that day as a whole (BT-2.f)."""

from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from sqlalchemy import Connection

import sql
from billing.inventory import content_hash
from tasks.feed.checking import Checked, check
from tasks.feed.known import known_for, line_numbers
from tasks.feed.loading import Loaded
from tasks.feed.reading import Cells, stem
from tasks.feed.rejects import FileRefused, reject
from tasks.feed.tables import INVENTORY
from tasks.feed.values import Unreadable, day

TOO_LATE = "late"  # what the reject of a day that came too late names in place of a column: the gate tells it from a file nobody can read
COLUMNS = ("snapshot_on", "line_no", "element_id", "kind", "label")


@dataclass(frozen=True, slots=True)
class _Stored:
    content_hash: str | None
    frozen: bool


def day_of(path: str) -> date:
    """The day a file of inventory is of. Raises FileRefused when its name is none."""
    name = PurePosixPath(stem(path) or path).name
    try:
        return day(name)
    except Unreadable:
        raise FileRefused("the name of the file is not a day; name it after the day it shows, as in 2026-10-28.csv", value=name) from None


def load_inventory(conn: Connection, import_no: int, path: str, cells: Cells) -> Loaded:
    """Stores the good rows of a file as the snapshot of its day.

    A snapshot that a close has used is never replaced: the file is refused with the reason, and nothing changes.
    """
    on = day_of(path)
    checked = check(INVENTORY, path, cells, known_for(conn, INVENTORY))
    rows = len(checked.rows)
    if not rows:
        return Loaded(0, checked.same, checked.rows_refused, tuple(checked.rejects))
    fingerprint = content_hash((str(r["line_id"]), str(r["element_id"]), str(r["kind"]), str(r["label"])) for r in checked.rows.values())
    stored = sql.one(conn, _Stored, "feed/snapshot_of_day", day=on)
    if stored and stored.content_hash == fingerprint:
        return Loaded(0, rows + checked.same, checked.rows_refused, tuple(checked.rejects))
    if stored and stored.frozen and stored.content_hash is None:
        reason = (
            "a close has counted by the snapshot of a later day, and those before it are frozen with it (BT-2.f), "
            f"so {on} stays without one; nothing else is held up by it, take the file away"
        )
        return Loaded(0, rows + checked.same, checked.rows_refused, (reject(path, 0, TOO_LATE, str(on), reason), *checked.rejects))
    if stored and stored.frozen:
        reason = (
            f"a close has used the snapshot of {on} or of a later day, so it can never change (BT-2.f); "
            "put back the file it was made from, or deliver the correction as the inventory of a later day"
        )
        return Loaded(0, 0, len(cells) + len(cells.malformed), (reject(path, 0, "", str(on), reason), *checked.rejects))
    _store(conn, import_no, on, fingerprint, checked)
    return Loaded(rows, checked.same, checked.rows_refused, tuple(checked.rejects))


def _store(conn: Connection, import_no: int, on: date, fingerprint: str, checked: Checked) -> None:
    numbers = line_numbers(conn)
    sql.run(conn, "feed/release_snapshot", day=on)
    sql.run(conn, "feed/drop_snapshot", day=on)
    sql.run(conn, "feed/add_snapshot", day=on, element_count=len(checked.rows), content_hash=fingerprint, import_no=import_no)
    rows = ((on, numbers[str(r["line_id"])], r["element_id"], r["kind"], r["label"]) for r in checked.rows.values())
    sql.copy_in(conn, "inventory_element", COLUMNS, rows)


__all__ = ["day_of", "load_inventory"]
