"""Every line of every document explained, and what of that does not come to the amount on the line."""

from sqlalchemy import Engine, text

import sql
from tasks.explain import explained_line
from tasks.explain.records import Document, DocumentLine, Explaining


def computed_otherwise(engine: Engine) -> tuple[list[str], int]:
    """The lines of all documents whose explanation comes to another amount, and how many lines there are."""
    found, lines = [], 0
    with engine.connect() as conn:
        for number in conn.execute(text("select number from invoice where number is not null order by number")).scalars().all():
            document = sql.one(conn, Document, "explain/invoice", number=number)
            assert document is not None
            whole = Explaining(document, sql.rows(conn, DocumentLine, "explain/lines", invoice_id=document.invoice_id))
            for line in whole.lines:
                lines += 1
                explained = explained_line(conn, whole, line)
                if explained.net != line.net:
                    found.append(f"{number} line {line.line_seq}: {line.net}, explained {explained.net}")
    return found, lines
