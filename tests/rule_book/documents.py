"""Which documents of the demo's closed months cite a clause: docs/clauses-on-documents.csv, a copy of what the demo wrote."""

import csv
import io
from dataclasses import dataclass

COLUMNS = ["clause", "document", "times", "example"]


@dataclass(frozen=True, slots=True)
class Cited:
    """A kind of document that cites a clause: how often, and one that does."""

    document: str
    times: int
    example: str


def parse(text: str) -> dict[str, tuple[Cited, ...]]:
    """Clause id → the documents that cite it, in the order of the file. Raises ValueError for other columns."""
    rows = csv.DictReader(io.StringIO(text))
    if rows.fieldnames != COLUMNS:
        raise ValueError(f"docs/clauses-on-documents.csv has the columns {rows.fieldnames}; expected {COLUMNS}")
    cited: dict[str, list[Cited]] = {}
    for row in rows:
        cited.setdefault(row["clause"], []).append(Cited(row["document"], int(row["times"]), row["example"]))
    return {clause: tuple(documents) for clause, documents in cited.items()}
