"""Drafts as rows: documents without a number yet, written with their lines, VAT and the SLA credits they use in four bulk loads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

import sql
from billing.invoices import Totals
from billing.money import ZERO
from billing.numbering import InvoiceKind
from tasks.ledger import Run

INVOICE = (
    "invoice_id", "run_id", "kind", "payer_id", "payer_version", "payment_days", "net", "vat", "gross", "credits_invoice_id", "reason",
)  # fmt: skip
LINE = (
    "invoice_id", "line_seq", "contract_id", "end_client_id", "line_id", "product", "description", "charge", "from_day", "to_day",
    "quantity", "unit_price", "net", "vat_category", "vat_rate", "clause", "note", "credits_line_seq",
)  # fmt: skip
VAT = ("invoice_id", "vat_category", "vat_rate", "base", "vat")
CREDIT_USE = ("run_id", "credit_id", "invoice_id", "line_seq", "amount")


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line as it is shown; days inclusive, `net` in EUR to the cent.

    `credits_line_seq` is the line a credit note credits, `sla_credit_id` the SLA credit that the line uses up.
    """

    contract_id: str
    end_client_id: str
    line_id: str
    product: str
    description: str
    charge: str
    from_day: date
    to_day: date
    quantity: Decimal
    unit_price: Decimal | None
    net: Decimal
    vat_category: str
    vat_rate: Decimal
    clause: str
    note: str = ""
    credits_line_seq: int | None = None
    sla_credit_id: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A document that waits for its number. A credit note names the invoice it credits, and why; its amounts are negative."""

    kind: InvoiceKind
    payer_id: str
    payer_version: int
    payment_days: int
    lines: Sequence[DraftLine]
    totals: Totals
    credits_invoice_id: int | None = None
    reason: str = ""


def write(conn: Connection, run: Run, drafts: Sequence[Draft]) -> list[int]:
    """Write the drafts of a run in the order given; returns their ids, in the same order."""
    ids = [int(row["invoice_id"]) for row in sql.dicts(conn, "drafts/next_invoice_ids", how_many=len(drafts))]
    numbered = list(zip(ids, drafts, strict=True))
    sql.copy_in(conn, "invoice", INVOICE, (_invoice_row(run, invoice_id, draft) for invoice_id, draft in numbered))
    sql.copy_in(
        conn,
        "invoice_line",
        LINE,
        (_line_row(invoice_id, seq, line) for invoice_id, draft in numbered for seq, line in enumerate(draft.lines, start=1)),
    )
    vat = ((invoice_id, t.category, t.rate, t.base, t.vat) for invoice_id, draft in numbered for t in draft.totals.by_category)
    sql.copy_in(conn, "invoice_vat", VAT, vat)
    uses = (
        (run.run_id, line.sla_credit_id, invoice_id, seq, -line.net)
        for invoice_id, draft in numbered
        for seq, line in enumerate(draft.lines, start=1)
        if line.sla_credit_id
    )
    sql.copy_in(conn, "credit_use", CREDIT_USE, uses)
    return ids


def net_of(drafts: Sequence[Draft]) -> Decimal:
    """What the drafts come to together, net, EUR."""
    return sum((draft.totals.net for draft in drafts), ZERO)


def _invoice_row(run: Run, invoice_id: int, draft: Draft) -> tuple[object, ...]:
    return (
        invoice_id, run.run_id, draft.kind, draft.payer_id, draft.payer_version, draft.payment_days,
        draft.totals.net, draft.totals.vat, draft.totals.gross, draft.credits_invoice_id, draft.reason,
    )  # fmt: skip


def _line_row(invoice_id: int, seq: int, line: DraftLine) -> tuple[object, ...]:
    return (
        invoice_id, seq, line.contract_id, line.end_client_id, line.line_id, line.product, line.description, line.charge,
        line.from_day, line.to_day, line.quantity, line.unit_price, line.net, line.vat_category, line.vat_rate, line.clause, line.note,
        line.credits_line_seq,
    )  # fmt: skip


__all__ = ["Draft", "DraftLine", "net_of", "write"]
