"""Which clauses of the terms stand on what was issued and sent: `clauses_on_documents.csv`, from which the rule book takes its examples."""

from dataclasses import dataclass

from sqlalchemy import Engine

import sql
from tasks.csv_files import write_csv
from tasks.store import Store

FILE = "clauses_on_documents.csv"


@dataclass(frozen=True, slots=True)
class Cited:
    """A kind of document that cites a clause: how often, and the first one that does."""

    clause: str
    document: str
    times: int
    example: str


def clauses_on_documents(engine: Engine) -> list[Cited]:
    """By clause, then kind of document: lines of invoices and credit notes, what their notes name, summaries, and reminders sent."""
    with engine.connect() as conn:
        return sql.rows(conn, Cited, "report/clauses_on_documents")


def write_cited(engine: Engine, out: Store) -> str:
    """Write the file beside the months and return, in one line, the clauses seen."""
    cited = clauses_on_documents(engine)
    write_csv(out, FILE, Cited, cited)
    seen = list(dict.fromkeys(each.clause for each in cited))
    return f"clauses seen on documents: {', '.join(seen) or 'none'}"
