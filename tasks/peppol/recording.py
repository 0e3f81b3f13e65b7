"""The outbox of e-invoices: one row for each invoice whose payer is reached through Peppol, committed before anything is sent."""

from dataclasses import dataclass

import sql
from billing.clause import carries_out
from reports.peppol_address import peppol_address
from tasks.ledger import Run
from tasks.message import domain_of
from tasks.outside import Outside


@dataclass(frozen=True, slots=True)
class ToRecord:
    """An issued invoice whose e-invoice is not in the outbox, and what says where its payer is reached."""

    invoice_id: int
    number: str
    payer_id: str
    peppol_id: str
    country: str
    vat_number: str


@carries_out("CG-2.b")
def record(outside: Outside, run: Run) -> None:
    """Record the e-invoices of a run that are not recorded yet, and commit. Payers who are not reached through Peppol have no row."""
    domain = domain_of(outside.settings.mail_from)
    with outside.engine.begin() as conn:
        found = sql.rows(conn, ToRecord, "peppol/to_record", run_id=run.run_id)
        receivers = [(row, peppol_address(row.peppol_id, row.country, row.vat_number)) for row in found]
        sql.write_each(
            conn,
            "peppol/record",
            [
                {
                    "run_id": run.run_id,
                    "invoice_id": row.invoice_id,
                    "payer_id": row.payer_id,
                    "recipients": receiver,
                    "message_id": f"<{row.number}.e-invoice@{domain}>",
                }
                for row, receiver in receivers
                if receiver
            ],
        )


__all__ = ["record"]
