"""Movements of deposits and guarantees that cannot be: more is given back than is held for the payer (GC-5.3)."""

from collections.abc import Mapping

from sqlalchemy import Connection

import sql
from billing.deposits import DEPOSIT, Movement, refused_movements
from tasks.feed.tables import Broken, Row

WORDS = {DEPOSIT: "deposits", "bank_guarantee": "guarantees"}


def objections(conn: Connection, rows: Mapping[int, Row]) -> dict[int, Broken]:
    """Returns, by line of the file, which movements take out more than is held on their day or was taken out since, and what is held."""
    sql.run(conn, "deposits/lock")
    payers = sorted({str(row["payer_id"]) for row in rows.values()})
    given = {file_line: _movement(row) for file_line, row in rows.items()}
    ids = [movement.movement_id for movement in given.values()]
    known = {
        movement.movement_id: movement
        for movement in sql.rows(conn, Movement, "feed/deposit_movements", payer_ids=payers, deposit_ids=ids)
    }  # fmt: skip
    set_off = sql.rows(conn, Movement, "feed/deposits_set_off", payer_ids=sorted({*payers, *(one.payer_id for one in known.values())}))
    refused = refused_movements(given.values(), known, set_off)
    return {line: _broken(one, refused[one.movement_id]) for line, one in given.items() if one.movement_id in refused}


def _movement(row: Row) -> Movement:
    return Movement(str(row["deposit_id"]), str(row["payer_id"]), str(row["kind"]), row["on"], row["amount"])  # type: ignore[arg-type]


def _broken(movement: Movement, there: object) -> Broken:
    if movement.amount > 0:
        return "amount", f"less than what was given back or set off of it since; correct that first ({movement.payer_id})"
    what = WORDS[movement.kind]
    return "amount", (
        f"more than the {there:.2f} EUR of {what} that {movement.payer_id} has left on {movement.moved_on}; "
        "give back at most that, or deliver first what was received"
    )


__all__ = ["objections"]
