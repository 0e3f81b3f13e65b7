"""The calls an invoice shows in its annex: those of its payer that were charged or taken from a pack."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import Connection

import sql
from tasks.ledger import Run


class DetailRow(NamedTuple):
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
    for key, calls in groupby(map(DetailRow._make, found), key=itemgetter(0, 1, 2)):
        payer_id, end_client_id, line_id = key
        yield (str(payer_id), str(end_client_id), str(line_id)), list(calls)


__all__ = ["DetailRow", "call_detail"]
