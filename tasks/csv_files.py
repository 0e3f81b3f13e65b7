"""Records as CSV, the way the feed is written."""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import astuple, fields
from decimal import Decimal

from tasks.store import Store

# What a spreadsheet would take for a formula: anybody can write one into the communication of a payment. Signs and digits alone are
# structured communications, numbers of telephones (the last digits may be x) and amounts.
FORMULA = re.compile(r"[=@\t\r]|[+-](?![-+0-9/., ]*x*\Z)")


def csv_text(record: type, records: Iterable[object]) -> str:
    """The records under a header of the names of their fields: amounts with two decimals, quantities and prices without needless zeros.

    A field whose column is not a name in Python says it as `heading` in its metadata. A text that a spreadsheet would compute gets an
    apostrophe before it.
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
    text = str(value)
    return f"'{text}" if FORMULA.match(text) else text


__all__ = ["csv_text", "write_csv"]
