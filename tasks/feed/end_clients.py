"""Charges and credits for an end client the contract does not serve: the invoice would show its payer a stranger's name (CG-2.a)."""

from collections.abc import Mapping

from sqlalchemy import Connection

import sql
from tasks.feed.tables import Broken, Row


def objections(conn: Connection, rows: Mapping[int, Row]) -> dict[int, Broken]:
    """Returns, by line of the file, the end clients that neither have a line under the contract nor pay it."""
    contract_ids = sorted({str(row["contract_id"]) for row in rows.values()})
    found = sql.dicts(conn, "feed/end_clients_of_contracts", contract_ids=contract_ids)
    served = {(row["contract_id"], row["end_client_id"]) for row in found}
    return {
        line: (
            "end_client_id",
            f"this end client has no line under contract {row['contract_id']}; correct one of the two, or leave it empty",
        )
        for line, row in rows.items()
        if row["end_client_id"] is not None and (row["contract_id"], row["end_client_id"]) not in served
    }


__all__ = ["objections"]
