"""The drafts of a run as PDF, each marked on every page as what it is: nothing on them can be paid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

import sql
from billing.change_reasons import largest_of
from reports.invoice_pdf import render
from reports.wording import WordingError
from tasks.close_comparison import compared, last_close
from tasks.document_records import InvoiceDocuments
from tasks.documents import BATCH, Written, batches, in_batches
from tasks.ledger import Run, Stopped
from tasks.outside import Outside
from tasks.store import Store, file_name


@dataclass(frozen=True, slots=True)
class DraftOf:
    """A draft and whom it is for."""

    invoice_id: int
    payer_id: str


def draw_drafts(outside: Outside, run: Run, folder: str, payers: Sequence[str] | None = None, at_most: int | None = None) -> int:
    """Draw the drafts of a run to `drafts/<payer>.pdf` below `folder` of the store, in place of earlier ones; returns how many files.

    `payers` are the only ones to draw. `at_most` is how many payers are drawn: the first of those given, else those whose bill changed
    most since the last close. A payer's further drafts are `<payer>~2.pdf` and so on. Raises Stopped naming one that cannot be drawn.
    """
    with outside.engine.connect() as conn:
        found = sql.rows(conn, DraftOf, "preview/drafts", run_id=run.run_id)
        wanted = _wanted(conn, run, payers, at_most)
    names = {invoice_id: name for invoice_id, (payer_id, name) in _names(found).items() if wanted is None or payer_id in wanted}
    outside.out.remove_folder(f"{folder}/drafts")
    ids = sorted(names)
    made = batches(outside, run, ids, drafts=True)
    return len(in_batches(outside, made, partial(draw_batch, names), folder, few=len(ids) <= BATCH))


def _wanted(conn: Connection, run: Run, payers: Sequence[str] | None, at_most: int | None) -> set[str] | None:
    if payers is None:
        if at_most is None:
            return None
        last = last_close(conn, run)
        payers = [one.payer_id for one in largest_of(compared(conn, run, last)[1], at_most)]
        if last is None:  # with nothing to compare with, the largest bills are what is new
            payers = [row["payer_id"] for row in sql.dicts(conn, "preview/largest", run_id=run.run_id)]
    return set(payers[:at_most])


def _names(found: Sequence[DraftOf]) -> dict[int, tuple[str, str]]:
    """Draft → its payer and the name of its file, in the order given."""
    seen: Counter[str] = Counter()
    names = {}
    for draft in found:
        seen[draft.payer_id] += 1
        further = f"~{seen[draft.payer_id]}" if seen[draft.payer_id] > 1 else ""
        names[draft.invoice_id] = (draft.payer_id, f"{file_name(draft.payer_id)}{further}")
    return names


def draw_batch(names: Mapping[int, str], batch: Sequence[InvoiceDocuments], out: Store, folder: str) -> list[Written]:
    """Draw and store the drafts of a batch, each under its name. Raises Stopped naming the payer whose draft cannot be drawn."""
    written = []
    for one in batch:
        try:
            stored = out.write(f"{folder}/drafts/{names[one.invoice_id]}.pdf", render(one.invoice, draft=True))
        except (WordingError, ValueError, KeyError) as error:
            payer_id = one.invoice.head.payer.payer_id
            raise Stopped(f"the draft of {payer_id} cannot be drawn: {error}; mend that and run it again") from error
        written.append(Written(one.invoice_id, "draft", "", stored.path, stored.sha256, stored.size))
    return written


__all__ = ["draw_batch", "draw_drafts"]
