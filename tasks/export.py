"""The files other systems and finance read: `invoices.csv` and `invoice_lines.csv` of a month."""

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import date
from decimal import Decimal

import sql
from tasks.ledger import Receipt, Run
from tasks.outside import Outside
from tasks.rated_usage_export import export_rated_usage
from tasks.store import Store


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
        _write(outside.out, f"{run.folder}/rejects.csv", RejectRow, sql.rows(conn, RejectRow, "feed/open_rejects"))
    if run.period:
        export_rated_usage(outside, run)
    return Receipt({"invoices": invoices, "lines": lines})


def write_invoice_files(outside: Outside, month: date) -> tuple[int, int]:
    """Write the invoices and lines of a month (its first day): those of its close and of the orders runs in it. Returns how many."""
    folder = f"{month:%Y-%m}"
    with outside.engine.connect() as conn:
        invoices = sql.rows(conn, InvoiceRow, "export/invoices", month=month)
        lines = sql.rows(conn, LineRow, "export/invoice_lines", month=month)
    _write(outside.out, f"{folder}/invoices.csv", InvoiceRow, invoices)
    _write(outside.out, f"{folder}/invoice_lines.csv", LineRow, lines)
    return len(invoices), len(lines)


def _write(out: Store, path: str, record: type, records: Iterable[object]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([field.name for field in fields(record)])
    writer.writerows([_cell(value) for value in astuple(row)] for row in records)  # type: ignore[call-overload]
    out.write(path, text.getvalue().encode("utf-8"))


def _cell(value: object) -> str:
    """A value as the feed writes it: amounts with two decimals, quantities and unit prices without needless zeros."""
    if value is None:
        return ""
    if isinstance(value, Decimal) and value.as_tuple().exponent != -2:
        return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
    return str(value)
