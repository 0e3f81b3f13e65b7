"""What may be collected on a day: open invoices that say so, less what is contested, under the mandates as they are now."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

import sql
from billing.collections import Collectable, Debit, Mandate, debits
from billing.disputes import Dispute, contested
from tasks.collecting.announcing import announcements, terms_of
from tasks.payments import by_invoice
from tasks.settings import Settings


@dataclass(frozen=True, slots=True)
class OwedRow:
    """An open invoice or debit note that was never collected, with the name of its payer. EUR."""

    invoice_id: int
    number: str
    payer_id: str
    issued_on: date
    due_on: date
    structured_reference: str
    name: str
    open_amount: Decimal


@dataclass(frozen=True, slots=True)
class Collecting:
    """An invoice and the debit it is collected by."""

    owed: OwedRow
    debit: Debit


def due_debits(conn: Connection, settings: Settings, on: date) -> list[Collecting]:
    """Returns what the files made on a day collect, oldest due date first."""
    mandates: dict[str, list[Mandate]] = defaultdict(list)
    for mandate in sql.rows(conn, Mandate, "collecting/mandates", import_no=sql.scalar(conn, "runs/newest_import")):
        mandates[mandate.payer_id].append(mandate)
    owed = {row.number: row for row in sql.rows(conn, OwedRow, "collecting/owed", on=on, payer_ids=sorted(mandates))}
    said = announcements(conn, settings, {row.invoice_id: (row.issued_on, row.due_on) for row in owed.values()})
    disputes = by_invoice(sql.rows(conn, Dispute, "payments/disputes"))
    candidates = [
        Collectable(
            row.number,
            row.payer_id,
            row.issued_on,
            row.due_on,
            row.open_amount,
            contested(disputes[row.number], row.number, row.open_amount, on),
            said[row.invoice_id].mandate.mandate_id,
        )
        for row in owed.values()
        if row.invoice_id in said
    ]
    used = {str(row["mandate_id"]) for row in sql.dicts(conn, "collecting/used_mandates")}
    return [Collecting(owed[one.number], one) for one in debits(candidates, mandates, used, on, terms_of(settings, on))]


__all__ = ["Collecting", "OwedRow", "due_debits"]
