"""Receipts of a folder: what the system that empties it says of each e-invoice, read by the next run."""

import logging

import sql
from tasks.outside import Outside
from tasks.peppol.access_point import is_by_https
from tasks.peppol.by_files import Files
from tasks.store import StoreFailed

log = logging.getLogger(__name__)


def read_receipts(outside: Outside) -> None:
    """Book the receipts that are new, each committed on its own. One that cannot be read stays, and is told of."""
    if is_by_https(outside):
        return
    files = Files(outside)
    try:
        numbers = list(files.receipts())
    except (OSError, StoreFailed) as error:
        log.warning("the receipts of e-invoices could not be read: %s", error)
        return
    with outside.engine.connect() as conn:
        new = [row["number"] for row in sql.dicts(conn, "peppol/without_receipt", numbers=numbers)] if numbers else []
    for number in new:
        _book(outside, files, number)


def _book(outside: Outside, files: Files, number: str) -> None:
    answer = files.receipt(number)
    if answer.outcome == "refused" or answer.receipt:
        state = "failed" if answer.outcome == "refused" else "sent"
        with outside.engine.begin() as conn:
            sql.run(conn, "peppol/book_receipt", number=number, state=state, receipt=answer.receipt, note=answer.said)
    if answer.said:
        log.warning("the e-invoice of %s: %s", number, answer.said)


__all__ = ["read_receipts"]
