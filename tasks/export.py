"""The files other systems and finance read: `invoices.csv` and `invoice_lines.csv` of a month."""

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import date
from decimal import Decimal

from sqlalchemy import Engine

import sql
from tasks.outside import Outside
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


def write_invoice_files(outside: Outside, month: date) -> None:
    """Write the invoices and lines of a month (its first day): those of its close and of the orders runs in it."""
    folder = f"{month:%Y-%m}"
    with outside.engine.connect() as conn:
        _write(outside.out, f"{folder}/invoices.csv", InvoiceRow, sql.rows(conn, InvoiceRow, "export/invoices", month=month))
        _write(outside.out, f"{folder}/invoice_lines.csv", LineRow, sql.rows(conn, LineRow, "export/invoice_lines", month=month))


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
