"""Direct debit on a day: what is due is recorded, checked, and published as files for the bank, one a scheme.

What an attempt recorded and did not bring through its gate is made anew. Once accepted, a file is what the bank gets: running the day
again writes the same bytes and collects nothing more; what became collectable meanwhile comes with the next day.
"""

import logging
from collections.abc import Callable
from datetime import date

import sql
from tasks.collecting.gathering import due_debits
from tasks.collecting.receipt import CollectionReceipt, FileMade
from tasks.collecting.recording import publish, stage
from tasks.collecting.under_way import under_collection
from tasks.ledger import Stopped, only_one
from tasks.outside import Outside

log = logging.getLogger(__name__)

Check = Callable[[Outside, date], object]


def collect(outside: Outside, on: date, check: Check | None = None) -> CollectionReceipt:
    """Make the files of a day and publish them; `check(outside, on)` is the gate between, and nothing is published when it raises.

    Raises Stopped for a day before that of the newest file, RunLocked when another process is at it, StoreFailed when the store cannot
    take a file: it is published by the next run.
    """
    with only_one(outside.engine, "direct debit"):
        new = not _made(outside, on)
        if new:
            _make(outside, on, check)
        publish(outside, on)
        receipt = CollectionReceipt(on, tuple(_made(outside, on)), new)
    log.info("direct debit %s: %s", on, receipt.figures)
    return receipt


def preview(outside: Outside, on: date) -> CollectionReceipt:
    """What the files of a day would collect; makes nothing. Of a day that is made, its files."""
    made = tuple(_made(outside, on))
    if made:
        return CollectionReceipt(on, made, new=False)
    with outside.engine.connect() as conn:
        return CollectionReceipt(on, (), new=False, preview=True, collecting=tuple(due_debits(conn, outside.settings, on)))


def _make(outside: Outside, on: date, check: Check | None) -> None:
    with outside.engine.begin() as conn:
        newest: date | None = sql.scalar(conn, "collecting/last_made")
        if newest is not None and newest > on:
            raise Stopped(f"direct debits were made on {newest}, so none are made for {on} any more; collect on {newest} or later")
        stage(conn, outside.settings, on, due_debits(conn, outside.settings, on))
    if check is not None:
        check(outside, on)
    with outside.engine.begin() as conn:
        sql.run(conn, "collecting/accept", made_on=on)


def _made(outside: Outside, on: date) -> list[FileMade]:
    with outside.engine.connect() as conn:
        return sql.rows(conn, FileMade, "collecting/of_day", made_on=on)


__all__ = ["CollectionReceipt", "collect", "preview", "under_collection"]
