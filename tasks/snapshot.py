"""The step `snapshot`: a close chooses the inventory it counts by and freezes it; and the daily import of the inventory (BT-2.f)."""

import logging
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

import sql
from billing.clause import carries_out
from billing.inventory import content_hash
from tasks.feed import ImportReceipt, import_inventory_of
from tasks.ledger import Receipt, Run, Stopped
from tasks.outside import Outside

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The inventory of one day: how many elements, and the hash of its content."""

    snapshot_on: date
    element_count: int
    content_hash: str


@dataclass(frozen=True, slots=True)
class _Element:
    line_id: str
    element_id: str
    kind: str
    label: str


@carries_out("BT-2.f")
def stage(outside: Outside, run: Run) -> Receipt:
    """Freezes the latest snapshot dated on or before the close date; done again, it chooses again.

    Raises Stopped when there is none, or when its content is no longer what its hash says.
    """
    with outside.engine.begin() as conn:
        sql.run(conn, "snapshot/release", run_id=run.run_id)
        chosen = _latest(conn, run)
        _require_whole(conn, chosen)
        sql.run(conn, "snapshot/freeze", run_id=run.run_id, snapshot_on=chosen.snapshot_on)
    age = (run.on - chosen.snapshot_on).days
    figures: dict[str, int | str] = {
        "snapshot": str(chosen.snapshot_on),
        "elements": chosen.element_count,
        "days old": age,
        "hash": chosen.content_hash[:12],
    }
    return Receipt(figures)


def accept(conn: Connection, run: Run) -> None:
    """The acceptance holds for the snapshot that was staged. Raises Stopped when an import has replaced it in between."""
    if sql.scalar(conn, "snapshot/of_run", run_id=run.run_id) is None:
        raise Stopped(f"{run.name}: the inventory snapshot was delivered anew while it was being checked; run the close again")


def take_snapshot(outside: Outside, day: date) -> ImportReceipt:
    """Imports the inventory of `day` from the feed, with the reference data it refers to.

    Raises Stopped when the feed has no inventory of that day.
    """
    receipt = import_inventory_of(outside, day)
    log.info("took the inventory snapshot of %s: %s", day, receipt)
    return receipt


def _latest(conn: Connection, run: Run) -> Snapshot:
    chosen = sql.one(conn, Snapshot, "snapshot/latest_on_or_before", day=run.on)
    if chosen is None:
        later = sql.scalar(conn, "snapshot/first_after", day=run.on)
        found = f"; the first is of {later}" if later else ""
        raise Stopped(
            f"{run.name}: there is no inventory snapshot on or before {run.on}{found}; deliver inventory/{run.on}.csv "
            "in the feed, then run the close again"
        )
    return chosen


def _require_whole(conn: Connection, chosen: Snapshot) -> None:
    """The elements are still those the snapshot was stored with."""
    elements, found = hash_of(conn, chosen.snapshot_on)
    if found != chosen.content_hash:
        raise Stopped(
            f"the inventory snapshot of {chosen.snapshot_on} was changed after its import: {elements} elements with hash "
            f"{found[:12]}, stored were {chosen.element_count} with {chosen.content_hash[:12]}; "
            "restore the database from a backup"
        )


def hash_of(conn: Connection, day: date) -> tuple[int, str]:
    """How many elements the snapshot of a day holds now, and the hash of what they are."""
    elements = sql.rows(conn, _Element, "snapshot/elements", snapshot_on=day)
    return len(elements), content_hash((one.line_id, one.element_id, one.kind, one.label) for one in elements)


__all__ = ["Snapshot", "accept", "hash_of", "stage", "take_snapshot"]
