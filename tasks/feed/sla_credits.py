"""SLA credits that cannot be: lowered below what invoices have used of them (GC-10.5)."""

from collections.abc import Mapping

from sqlalchemy import Connection

import sql
from tasks.feed.tables import Broken, Row


def objections(conn: Connection, rows: Mapping[int, Row]) -> dict[int, Broken]:
    """Returns, by line of the file, the credits whose amount is less than what is used of them."""
    ids = [str(row["credit_id"]) for row in rows.values()]
    used = {str(row["credit_id"]): row["amount"] for row in sql.dicts(conn, "feed/credits_used", credit_ids=ids)}
    return {
        line: ("amount", f"less than the {used[str(row['credit_id'])]:.2f} EUR of it that invoices have used; give at least that")
        for line, row in rows.items()
        if str(row["credit_id"]) in used and row["amount"] < used[str(row["credit_id"])]
    }


__all__ = ["objections"]
