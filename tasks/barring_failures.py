"""The list of what was used on minimum service although only emergency calls should have gone out: held, never billed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import sql
from billing.phone_numbers import masked
from tasks.ledger import Run
from tasks.outside import Outside


@dataclass(frozen=True, slots=True)
class Failure:
    """One row of barring_failures.csv. `started_at` in UTC; seconds, messages or bytes; the last digits of `callee` hidden."""

    end_client_id: str
    line_id: str
    usage_id: str
    kind: str
    started_at: str
    callee: str
    quantity: int
    suspension_id: str | None
    starts_on: date | None
    ends_on: date | None
    clause: str | None


def barring_failures(outside: Outside, run: Run) -> list[Failure]:
    """Returns what the run held because it was made on minimum service (BT-2.k, ST-2.f), by end client, line and time."""
    with outside.engine.connect() as conn:
        found = sql.rows(conn, Failure, "minimum_service/barring_failures", run_id=run.run_id, import_no=run.import_no)
    return [replace(one, callee=masked(one.callee, outside.settings.masked_digits)) for one in found]


__all__ = ["Failure", "barring_failures"]
