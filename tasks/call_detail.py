"""The calls an invoice shows in its annex: those of its payer that were charged or taken from a pack."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, starmap

from sqlalchemy import Connection

import sql
from tasks.ledger import Run


@dataclass(frozen=True, slots=True)
class DetailRow:
    """One call of the annex. `callee_key` see `billing.phone_numbers`; quantities in seconds, messages or bytes, by `kind`."""

    payer_id: str
    end_client_id: str
    line_id: str
    started_at: datetime
    kind: int
    callee_key: int
    destination: str
    destination_group: str
    quantity: int
    in_pack: int
    price_cents: int


def call_detail(conn: Connection, run: Run, payers: Sequence[str]) -> Iterator[tuple[tuple[str, str, str], list[DetailRow]]]:
    """The calls of the payers in a run, by (payer, end client, line) in order of these ids, each line's calls in order of time.

    Calls to free, emergency and help numbers are left out. Give the payers of one batch of invoices at a time.
    """
    query = sql.statement("rating/call_detail")
    found = conn.execute(query, {"run_id": run.run_id, "import_no": run.import_no, "payers": list(payers)}).tuples()
    for line, calls in groupby(starmap(DetailRow, found), key=lambda call: (call.payer_id, call.end_client_id, call.line_id)):
        yield line, list(calls)


__all__ = ["DetailRow", "call_detail"]
