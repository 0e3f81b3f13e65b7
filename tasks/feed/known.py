"""What rows of the feed may refer to: the reference data in force."""

from dataclasses import dataclass

from sqlalchemy import Connection

import sql
from tasks.feed.checking import Known
from tasks.feed.tables import Reference, Table


@dataclass(frozen=True, slots=True)
class Line:
    """An order line's id and its number inside."""

    line_id: str
    line_no: int


@dataclass(frozen=True, slots=True)
class _Party:
    party_id: str
    is_partner: bool


@dataclass(frozen=True, slots=True)
class _Id:
    id: str


def known_for(conn: Connection, table: Table) -> Known:
    """The ids that the rows of `table` may refer to, by what they are."""
    needed: set[Reference] = {column.refers_to for column in table.columns if column.refers_to}
    known: dict[Reference, frozenset[str]] = {}
    if needed & {"party", "partner"}:
        parties = sql.rows(conn, _Party, "feed/party_ids")
        known["party"] = frozenset(party.party_id for party in parties)
        known["partner"] = frozenset(party.party_id for party in parties if party.is_partner)
    if "contract" in needed:
        known["contract"] = frozenset(row.id for row in sql.rows(conn, _Id, "feed/contract_ids"))
    if "product" in needed:
        known["product"] = frozenset(row.id for row in sql.rows(conn, _Id, "feed/product_ids"))
    if "line" in needed:
        known["line"] = frozenset(line_numbers(conn))
    return known


def line_numbers(conn: Connection) -> dict[str, int]:
    """The number of every order line ever imported, by its id."""
    return {line.line_id: line.line_no for line in sql.rows(conn, Line, "feed/lines")}


__all__ = ["Line", "known_for", "line_numbers"]
