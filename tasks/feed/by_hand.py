"""One row of the feed set by hand: through the very same checks and into the same versions, as an import of its own."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
from sqlalchemy import Engine

import sql
from tasks.feed.importing import alone
from tasks.feed.reading import Cells
from tasks.feed.records import load_records
from tasks.feed.tables import Table
from tasks.ledger import Stopped

BY_HAND = "by hand"


def import_by_hand(engine: Engine, table: Table, row: Mapping[str, str]) -> int | None:
    """Keeps a row of a table of kept records; returns the number of its import, None when it says what is there already.

    `row` gives cells as a file would; a column left out is empty. Raises Stopped with what the feed would reject it for.
    """
    columns = pa.table({name: pa.array([row.get(name, "")], pa.string()) for name in table.names})
    with alone(engine), engine.connect() as conn:
        number = int(sql.scalar(conn, "feed/open_import", feed=BY_HAND))
        loaded = load_records(conn, number, table, BY_HAND, Cells(columns, np.ones(1, dtype=np.int64)))
        if loaded.rejects:
            raise Stopped("; ".join(f"{one.column_name} {one.value or '(empty)'}: {one.reason}" for one in loaded.rejects))
        if not loaded.accepted:
            return None
        sql.run(conn, "feed/finish_import", import_no=number)
        conn.commit()
    return number


__all__ = ["BY_HAND", "import_by_hand"]
