"""Late charges: interest, reminder fees, recovery costs and reactivations on debit notes, one run a calendar month.

`charge_month` does what is due of them on a day; `accrued` says what interest has grown since, for letters and statements.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import Connection

import sql
from billing.late_charges import Accrued
from tasks.late_charges.charging import accrued_by_payer
from tasks.late_charges.gathering import Reading
from tasks.late_charges.month import LateChargesReceipt, Preview, charge_month, preview
from tasks.settings import Settings


def accrued(conn: Connection, settings: Settings, payer_ids: Sequence[str], on: date) -> Mapping[str, Sequence[Accrued]]:
    """The interest up to a day that no debit note asks yet, by payer, invoice by invoice, from what is known now; without those of 0.00."""
    if not payer_ids:
        return {}
    newest = int(sql.scalar(conn, "runs/newest_import"))
    return accrued_by_payer(conn, settings, sorted(set(payer_ids)), Reading(on, newest))


__all__ = ["Accrued", "LateChargesReceipt", "Preview", "accrued", "charge_month", "preview"]
