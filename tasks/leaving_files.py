"""What a close tells finance about leaving: `endings.csv`, what ended and what came of it; `proposals.csv`, what may be ended."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

import sql
from billing.clause import carries_out
from billing.leaving import may_be_ended
from tasks.csv_files import write_csv
from tasks.ledger import Run
from tasks.outside import Outside


@dataclass(frozen=True, slots=True)
class EndingRow:
    """One row of endings.csv: a line that ended, its last day of service, the balance billed and the days given back, EUR without VAT."""

    line_id: str
    contract_id: str
    termination_id: str
    last_day: date
    balance: Decimal
    refunded: Decimal
    clause: str


@dataclass(frozen=True, slots=True)
class SuspendedRow:
    """An end client on minimum service for non-payment on the close date, and a contract it goes on under."""

    end_client_id: str
    payer_id: str
    contract_id: str
    suspended_since: date
    clause: str


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """One row of proposals.csv: a contract the operator may end. Nothing ends by itself: finance decides."""

    end_client_id: str
    payer_id: str
    contract_id: str
    suspended_since: date
    clause: str
    proposal: str


def write_leaving_files(outside: Outside, run: Run) -> None:
    """Write both files of a close; the same close writes the same bytes."""
    with outside.engine.connect() as conn:
        endings = sql.rows(conn, EndingRow, "export/endings", run_id=run.run_id, import_no=run.import_no)
        proposed = proposals(conn, run)
    write_csv(outside.out, f"{run.folder}/endings.csv", EndingRow, endings)
    write_csv(outside.out, f"{run.folder}/proposals.csv", ProposalRow, proposed)


@carries_out("GC-12.2.a")
def proposals(conn: Connection, run: Run) -> list[ProposalRow]:
    """The contracts of end clients suspended for a month or more on the close date, by end client and contract."""
    found = sql.rows(conn, SuspendedRow, "export/suspensions_under_way", import_no=run.import_no, on=run.on)
    return [_proposal(row) for row in found if may_be_ended(row.suspended_since, run.on)]


def _proposal(row: SuspendedRow) -> ProposalRow:
    text = (
        f"on minimum service since {row.suspended_since} ({row.clause}), a month or more: the contract may be ended (GC-12.2.a); "
        "if finance decides so, record it in terminations.csv, by operator with client_breach"
    )
    return ProposalRow(row.end_client_id, row.payer_id, row.contract_id, row.suspended_since, row.clause, text)


__all__ = ["EndingRow", "ProposalRow", "proposals", "write_leaving_files"]
