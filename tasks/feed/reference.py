"""Reference data: a row that says the same is known, one that has changed becomes a new version; nothing is ever overwritten.

A row that is no longer in the file stays in force: what ends has a date, it does not vanish.
"""

from sqlalchemy import Connection

import sql
from tasks.feed.checking import check
from tasks.feed.known import known_for
from tasks.feed.loading import Loaded, empty_incoming
from tasks.feed.reading import Cells
from tasks.feed.tables import ORDER_LINES, Table
from tasks.feed.values import written


def load_reference(conn: Connection, import_no: int, table: Table, path: str, cells: Cells) -> Loaded:
    """Brings the good rows of a file of reference data into force as of this import."""
    checked = check(table, path, cells, known_for(conn, table))
    rows = (tuple(written(row[name]) for name in table.names) for row in checked.rows.values())
    sql.copy_in(conn, empty_incoming(conn, table.name), table.names, rows)
    if table is ORDER_LINES:
        sql.run(conn, "feed/add_lines")
    sql.run(conn, f"feed/supersede_{table.name}", import_no=import_no)
    added = sql.run(conn, f"feed/add_{table.name}", import_no=import_no)
    return Loaded(added, len(checked.rows) - added + checked.same, checked.rows_refused, tuple(checked.rejects))


__all__ = ["load_reference"]
