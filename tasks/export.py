"""The files other systems and finance read: invoices, their lines, payouts and activations of a month, as CSV."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sql
from tasks.activation import write_activations
from tasks.barring_failures import Failure, barring_failures
from tasks.csv_files import write_csv
from tasks.fair_use import FairUseRow, fair_use_rows
from tasks.leaving_files import write_leaving_files
from tasks.ledger import Receipt, Run
from tasks.outside import Outside
from tasks.rated_usage_export import export_rated_usage
from tasks.sla_credits import PayoutRow, payouts


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """One invoice of invoices.csv; amounts in EUR."""

    invoice_number: str
    kind: str
    payer_id: str
    issued_on: date
    due_on: date
    net: Decimal
    vat: Decimal
    gross: Decimal
    structured_reference: str
    status: str


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of invoice_lines.csv; `to_day` is the last day included."""

    invoice_number: str
    contract_id: str
    end_client_id: str
    line_id: str
    product: str
    charge: str
    from_day: date
    to_day: date
    quantity: Decimal
    unit_price: Decimal | None
    net: Decimal
    vat_category: str
    vat_rate: Decimal
    clause: str


@dataclass(frozen=True, slots=True)
class RejectRow:
    """One row of rejects.csv: a cell of the feed that could not be used, and why."""

    path: str
    line: int
    column_name: str
    value: str
    reason: str


def write_files(outside: Outside, run: Run) -> Receipt:
    """Write the files of the month the run belongs to; returns how many invoices and lines they hold."""
    month = (run.period.first if run.period else run.on).replace(day=1)
    invoices, lines = write_invoice_files(outside, month)
    with outside.engine.connect() as conn:
        write_csv(outside.out, f"{run.folder}/rejects.csv", RejectRow, sql.rows(conn, RejectRow, "feed/open_rejects"))
        paid_out = payouts(conn, run)
    if run.period:
        write_csv(outside.out, f"{run.folder}/payouts.csv", PayoutRow, paid_out)
        write_leaving_files(outside, run)
        write_csv(outside.out, f"{run.folder}/fair_use.csv", FairUseRow, fair_use_rows(outside, run))
        write_csv(outside.out, f"{run.folder}/barring_failures.csv", Failure, barring_failures(outside, run))
        export_rated_usage(outside, run)
    if run.kind == "orders":
        write_activations(outside, run.on)
    return Receipt({"invoices": invoices, "lines": lines})


def write_invoice_files(outside: Outside, month: date) -> tuple[int, int]:
    """Write the invoices and lines of a month (its first day): those of its close and of the orders runs in it. Returns how many."""
    folder = f"{month:%Y-%m}"
    with outside.engine.connect() as conn:
        invoices = sql.rows(conn, InvoiceRow, "export/invoices", month=month)
        lines = sql.rows(conn, LineRow, "export/invoice_lines", month=month)
    write_csv(outside.out, f"{folder}/invoices.csv", InvoiceRow, invoices)
    write_csv(outside.out, f"{folder}/invoice_lines.csv", LineRow, lines)
    return len(invoices), len(lines)
