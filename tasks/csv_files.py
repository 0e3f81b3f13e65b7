"""Records as CSV, the way the feed is written."""

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple, fields
from decimal import Decimal

from tasks.store import Store


def csv_text(record: type, records: Iterable[object]) -> str:
    """The records under a header of the names of their fields: amounts with two decimals, quantities and prices without needless zeros.

    A field whose column is not a name in Python says it as `heading` in its metadata.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([field.metadata.get("heading", field.name) for field in fields(record)])
    writer.writerows([_cell(value) for value in astuple(row)] for row in records)  # type: ignore[call-overload]
    return text.getvalue()


def write_csv(out: Store, path: str, record: type, records: Iterable[object]) -> None:
    """Write the records to a file of the store, in UTF-8."""
    out.write(path, csv_text(record, records).encode("utf-8"))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal) and value.as_tuple().exponent != -2:
        return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
    return str(value)


__all__ = ["csv_text", "write_csv"]
