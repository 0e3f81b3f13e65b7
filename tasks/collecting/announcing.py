"""What invoices say of their collection: from the mandates known when they got their number, so that they say it again the same."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

import sql
from billing.collections import Announced, CollectionTerms, Mandate, announced
from reports.records import Collection
from tasks.holidays import target_days
from tasks.settings import Settings


@dataclass(frozen=True, slots=True)
class MandateRow(Mandate):
    """A mandate of the payer of an invoice, as known when the invoice was issued."""

    invoice_id: int = 0


def terms_of(settings: Settings, day: date) -> CollectionTerms:
    """When accounts are debited, in the years around a day."""
    return CollectionTerms(target_days(day), settings.collection_lead_days, settings.collection_notice_days)


def announcements(conn: Connection, settings: Settings, issued: Mapping[int, tuple[date, date]]) -> dict[int, Announced]:
    """Returns what the invoices given say of their collection, those that are collected alone. `issued`: id → day of issue, due date."""
    mandates: dict[int, list[Mandate]] = defaultdict(list)
    for row in sql.rows(conn, MandateRow, "collecting/mandates_when_issued", invoice_ids=sorted(issued)):
        mandates[row.invoice_id].append(row)
    found = {}
    for invoice_id, theirs in mandates.items():
        issued_on, due_on = issued[invoice_id]
        said = announced(theirs, issued_on, due_on, terms_of(settings, issued_on))
        if said is not None:
            found[invoice_id] = said
    return found


def days_of_debit(conn: Connection, settings: Settings, issued: Mapping[int, tuple[date, date]], import_no: int) -> dict[int, date]:
    """Returns the day on which the invoices given say they will be debited, where the mandate is in force on it as of an import."""
    said = announcements(conn, settings, issued)
    if not said:
        return {}
    mandates = {one.mandate_id: one for one in sql.rows(conn, Mandate, "collecting/mandates", import_no=import_no)}
    return {
        invoice_id: one.collected_on
        for invoice_id, one in said.items()
        if (mandate := mandates.get(one.mandate.mandate_id)) is not None and mandate.in_force(one.collected_on)
    }


def told(conn: Connection, settings: Settings, issued: Mapping[int, tuple[date, date]]) -> dict[int, Collection]:
    """Returns what the papers of the invoices given tell of their collection, by id."""
    said = announcements(conn, settings, issued)
    return {
        invoice_id: Collection(one.collected_on, one.mandate.iban, one.mandate.mandate_id, settings.seller_creditor_id)
        for invoice_id, one in said.items()
    }


__all__ = ["announcements", "days_of_debit", "terms_of", "told"]
