"""Tables that later steps of the product use: charges, credits, terminations, disputes and deposits, kept row by row as they came."""

import json

from sqlalchemy import Connection

import sql
from tasks.feed.checking import check
from tasks.feed.known import known_for
from tasks.feed.loading import Loaded, empty_incoming
from tasks.feed.reading import Cells
from tasks.feed.record_checks import refuse_what_does_not_fit
from tasks.feed.tables import Row, Table
from tasks.feed.values import written


def load_records(conn: Connection, import_no: int, table: Table, path: str, cells: Cells) -> Loaded:
    """Keeps the good rows of a file, a changed one as a new version."""
    checked = check(table, path, cells, known_for(conn, table))
    refuse_what_does_not_fit(conn, table, path, checked)
    (key,) = table.key
    rows = ((str(row[key]), _as_json(row)) for row in checked.rows.values())
    sql.copy_in(conn, empty_incoming(conn, "records"), ("record_id", "record"), rows)
    sql.run(conn, "feed/supersede_records", table_name=table.name, import_no=import_no)
    added = sql.run(conn, "feed/add_records", table_name=table.name, import_no=import_no)
    return Loaded(added, len(checked.rows) - added + checked.same, checked.rows_refused, tuple(checked.rejects))


def _as_json(row: Row) -> str:
    """The row with ISO days and amounts as text, so that no number loses a digit on its way."""
    return json.dumps({name: value if isinstance(value, bool) else written(value) for name, value in row.items()}, ensure_ascii=False)


__all__ = ["load_records"]
