"""Refunds of a close as credit notes: one for each invoice that charged the days given back (GC-13.2)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from sqlalchemy import Connection

import sql
from billing.credit_notes import ChargedDays, Refund, RefundedDays, credit, refunded
from billing.money import ZERO
from billing.period import DAY, Period, days_in_month
from tasks.credited import CreditedInvoice, CreditedLine, draft_of, invoices, lines_of
from tasks.draft_rows import Draft, DraftLine
from tasks.ledger import Run


@dataclass(frozen=True, slots=True)
class RefundRow:
    """A refund of the run and the invoice that charged its days; `past` is the first day not given back."""

    invoice_id: int
    line_id: str
    first: date
    past: date
    net: Decimal
    clause: str


def refund_drafts(conn: Connection, run: Run) -> list[Draft]:
    """The credit notes of the refunds the run has staged, in the order of the invoices they credit."""
    rows = sql.rows(conn, RefundRow, "credit_notes/refunds", run_id=run.run_id)
    refunds = {
        invoice_id: [Refund(row.line_id, Period(row.first, row.past), row.net, row.clause) for row in group]
        for invoice_id, group in groupby(rows, lambda row: row.invoice_id)
    }
    drafts = (_draft(conn, invoice, refunds[invoice.invoice_id]) for invoice in invoices(conn, run.import_no, list(refunds)))
    return [draft for draft in drafts if draft.lines]


def _draft(conn: Connection, invoice: CreditedInvoice, refunds: list[Refund]) -> Draft:
    lines = {line.line_seq: line for line in lines_of(conn, invoice.invoice_id)}
    charged = [
        ChargedDays(line.issued, line.line_id, Period(line.from_day, line.to_day + DAY))
        for line in lines.values()
        if line.charge in ("recurring", "pro_rata")
    ]
    given = refunded(refunds, charged)
    issued = [line.issued for line in lines.values()]
    taken: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for each in given:
        taken[each.line_seq] += each.net
    shown = [_shown(lines[each.line_seq], each) for each in given]
    return draft_of(invoice, credit(issued, taken), shown, "")


def _shown(line: CreditedLine, given: RefundedDays) -> DraftLine:
    """The line of the credit note: the quantity and price charged, for the days given back."""
    return DraftLine(
        line.contract_id,
        line.end_client_id,
        line.line_id,
        line.product,
        line.description,
        "refund",
        given.days.first,
        given.days.last,
        line.quantity,
        line.unit_price,
        -given.net,
        line.vat_category,
        line.vat_rate,
        given.clause,
        f"pro_rata {given.days.days}/{days_in_month(given.days.first)}",
        line.line_seq,
    )


__all__ = ["refund_drafts"]
