"""An invoice that is credited, as the ledger has it, and the draft of the credit note that takes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

import sql
from billing.credit_notes import Credit, CreditLine, IssuedLine
from billing.numbering import InvoiceKind
from tasks.draft_rows import Draft, DraftLine

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class CreditedInvoice:
    """An issued document, and the version of its payer that is known now."""

    invoice_id: int
    run_id: int
    number: str
    kind: InvoiceKind
    issued_on: date
    payment_days: int
    payer_id: str
    payer_version: int


@dataclass(frozen=True, slots=True)
class CreditedLine:
    """A line of it; `credited` is what earlier credit notes took, with the sign of `net`."""

    invoice_id: int
    line_seq: int
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
    note: str
    credited: Decimal

    @property
    def issued(self) -> IssuedLine:
        """The line as the rule sees it."""
        return IssuedLine(self.line_seq, self.net, self.credited, self.vat_category, self.vat_rate)


def invoices(conn: Connection, import_no: int, invoice_ids: Sequence[int]) -> list[CreditedInvoice]:
    """The issued documents of these ids, in the order of their numbers."""
    return sql.rows(conn, CreditedInvoice, "credit_notes/invoices", import_no=import_no, invoice_ids=list(invoice_ids))


def lines_of(conn: Connection, invoice_id: int) -> list[CreditedLine]:
    """The lines of an invoice, in order."""
    return sql.rows(conn, CreditedLine, "credit_notes/lines", invoice_ids=[invoice_id])


def draft_of(invoice: CreditedInvoice, credit: Credit, lines: Sequence[DraftLine], reason: str) -> Draft:
    """The credit note as a draft: to the payer of the invoice, with nothing to wait for."""
    return Draft("credit_note", invoice.payer_id, invoice.payer_version, 0, lines, credit.totals, invoice.invoice_id, reason)


def corrected(line: CreditedLine, taken: CreditLine) -> DraftLine:
    """The line of a credit note that corrects a charge: it rests on the clause of that charge.

    A line taken back whole shows its quantity and price again, a part of it shows the amount alone.
    """
    is_whole = taken.net == -line.net
    return DraftLine(
        line.contract_id,
        line.end_client_id,
        line.line_id,
        line.product,
        line.description,
        "credit",
        line.from_day,
        line.to_day,
        line.quantity if is_whole else ONE,
        line.unit_price if is_whole else -taken.net,
        taken.net,
        taken.vat_category,
        taken.vat_rate,
        line.clause,
        credits_line_seq=line.line_seq,
    )


__all__ = ["CreditedInvoice", "CreditedLine", "corrected", "draft_of", "invoices", "lines_of"]
