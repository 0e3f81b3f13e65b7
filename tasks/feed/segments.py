"""Segments that cannot be: two of one payer from the same day."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection

import sql
from tasks.feed.tables import Broken, Row

Begins = tuple[str, date]  # whose segment begins, and when


def objections(conn: Connection, rows: Mapping[int, Row]) -> dict[int, Broken]:
    """Returns, by line of the file, which segments begin on the day another one of their payer begins on.

    Those there before come first, then the order of the file. One that is corrected is no other, and keeps its place when its
    correction is refused; what wanted that place is then refused as well.
    """
    payers = sorted({str(row["payer_id"]) for row in rows.values()})
    known = sql.dicts(conn, "feed/segments", payer_ids=payers)
    there: dict[str, Begins] = {row["segment_id"]: (row["payer_id"], row["valid_from"]) for row in known}
    asked = {line: (str(row["segment_id"]), _begins(row)) for line, row in rows.items()}
    waiting = sorted(asked, key=lambda line: (there.get(asked[line][0]) != asked[line][1], asked[line][0] not in there, line))
    wrong: dict[int, Broken] = {}
    while True:
        moving = {asked[line][0] for line in waiting}
        taken = {begins: name for name, begins in there.items() if name not in moving}
        found = {line: other for line in waiting if (other := taken.setdefault(asked[line][1], asked[line][0])) != asked[line][0]}
        if not found:
            return wrong
        wrong.update({line: _broken(other, asked[line][1]) for line, other in found.items()})
        waiting = [line for line in waiting if line not in found]


def _begins(row: Row) -> Begins:
    valid_from = row["valid_from"]
    assert isinstance(valid_from, date)
    return str(row["payer_id"]), valid_from


def _broken(other: str, begins: Begins) -> Broken:
    payer_id, day = begins
    return "valid_from", f"segment {other} of {payer_id} begins on {day} already; correct one of the two"


__all__ = ["objections"]
