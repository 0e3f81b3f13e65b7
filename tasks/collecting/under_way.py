"""What is under collection: whose money is on its way, or will be fetched as the invoice says, so that nobody is reminded of it."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

import sql
from billing.collections import Mandate
from tasks.collecting.announcing import announcements, terms_of
from tasks.collecting.gathering import OwedRow
from tasks.settings import Settings

LOOKED_BACK = timedelta(days=31)  # more than the working days that money takes, whatever holidays


@dataclass(frozen=True, slots=True)
class UnderWay:
    """An invoice in a file, and the day its account is debited on."""

    number: str
    collected_on: date


def under_collection(conn: Connection, settings: Settings, on: date) -> set[str]:
    """Returns the numbers of the invoices whose money is not due yet on a day although their due date may be over.

    Those in a file, until five working days after the debit, unless it was handed back; and those that say they will be debited, until
    as long after the day they say, while their mandate is in force.
    """
    terms = terms_of(settings, on)
    in_files = sql.rows(conn, UnderWay, "collecting/under_way", since=on - LOOKED_BACK)
    found = {one.number for one in in_files if on <= terms.settled_by(one.collected_on)}
    mandates = {one.mandate_id: one for one in _mandates(conn)}
    payers = sorted({one.payer_id for one in mandates.values()})
    owed = {one.invoice_id: one for one in sql.rows(conn, OwedRow, "collecting/owed", on=on, payer_ids=payers)}
    said = announcements(conn, settings, {one.invoice_id: (one.issued_on, one.due_on) for one in owed.values()})
    for invoice_id, one in said.items():
        mandate = mandates.get(one.mandate.mandate_id)
        if mandate is not None and mandate.in_force(max(on, one.collected_on)) and on <= terms.settled_by(one.collected_on):
            found.add(owed[invoice_id].number)
    return found


def _mandates(conn: Connection) -> list[Mandate]:
    return sql.rows(conn, Mandate, "collecting/mandates", import_no=sql.scalar(conn, "runs/newest_import"))


__all__ = ["under_collection"]
