"""The files of a preview: written aside, and put in the place of the last preview of the month when all of them are there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import sql
from tasks.close_report import write_reports
from tasks.csv_files import write_csv
from tasks.export import LineRow
from tasks.ledger import Run
from tasks.outside import Outside
from tasks.preview.drawing import draw_drafts
from tasks.store import Store

FOLDER = "previews"
STAGED, REPLACED = f"{FOLDER}/.staged", f"{FOLDER}/.replaced"


@dataclass(frozen=True, slots=True)
class DraftRow:
    """One draft of invoices.csv, with the columns of an issued month; amounts in EUR."""

    invoice_number: str
    kind: str
    payer_id: str
    issued_on: date | None
    due_on: date | None
    net: Decimal
    vat: Decimal
    gross: Decimal
    structured_reference: str
    status: str


@dataclass(frozen=True, slots=True)
class DraftLineRow(LineRow):
    """One line of invoice_lines.csv, with the columns of an issued month and the payer, since there is no number to know it by."""

    payer_id: str


@contextmanager
def set_apart(outside: Outside) -> Iterator[Outside]:
    """The outside world with a store and a folder of state of its own, both empty, and gone at the end."""
    state = outside.settings.state / FOLDER
    _clear(outside.out)
    shutil.rmtree(state, ignore_errors=True)
    staged = Store(f"{outside.out.root.rstrip('/')}/{STAGED}")
    try:
        yield replace(outside, settings=outside.settings.model_copy(update={"state": state}), out=staged)
    finally:
        shutil.rmtree(state, ignore_errors=True)
        _clear(outside.out)


def _clear(out: Store) -> None:
    for left in (STAGED, REPLACED):
        out.remove_folder(left)


def write_files(inside: Outside, run: Run) -> None:
    """Write the drafts as PDF and as CSV, then the reports that link to them, to the folder of the month."""
    draw_drafts(inside, run, run.folder)
    with inside.engine.connect() as conn:
        drafts = sql.rows(conn, DraftRow, "preview/invoices", run_id=run.run_id)
        lines = sql.rows(conn, DraftLineRow, "preview/invoice_lines", run_id=run.run_id)
    write_csv(inside.out, f"{run.folder}/invoices.csv", DraftRow, drafts)
    write_csv(inside.out, f"{run.folder}/invoice_lines.csv", DraftLineRow, lines)
    write_reports(inside, run, folder=run.folder, state="preview")


def put_in_place(out: Store, month: str) -> str:
    """Put what was written in the place of the last preview of the month; returns the folder."""
    out.replace_folder(f"{FOLDER}/{month}", staged=f"{STAGED}/{month}", aside=REPLACED)
    return f"{FOLDER}/{month}"


__all__ = ["DraftLineRow", "DraftRow", "put_in_place", "set_apart", "write_files"]
