"""What a kept record must keep to beyond its own cells: checks that look at the reference data and at the records already there.

A check is given the rows of a file by their line, after each was found good by itself, and returns what it objects to: line → the
column and the reason with the way out. A row objected to goes on the reject list with the value of that column; the good rows go in.
To check a further table, write such a function in a module of its own and name it here.
"""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from tasks.feed.checking import Checked
from tasks.feed.deposits import objections as to_deposits
from tasks.feed.disputes import objections as to_disputes
from tasks.feed.end_clients import objections as to_end_clients
from tasks.feed.mandates import objections as to_mandates
from tasks.feed.rejects import reject
from tasks.feed.segments import objections as to_segments
from tasks.feed.sla_credits import objections as to_sla_credits
from tasks.feed.suspensions import objections as to_suspensions
from tasks.feed.tables import Broken, Row, Table
from tasks.feed.terminations import objections as to_terminations
from tasks.feed.values import written

RecordCheck = Callable[[Connection, Mapping[int, Row]], Mapping[int, Broken]]

CHECKS: Mapping[str, tuple[RecordCheck, ...]] = {
    "terminations": (to_terminations,),
    "charges": (to_end_clients,),
    "credits": (to_end_clients, to_sla_credits),
    "deposits": (to_deposits,),
    "disputes": (to_disputes,),
    "suspensions": (to_suspensions,),
    "segments": (to_segments,),
    "mandates": (to_mandates,),
}


def refuse_what_does_not_fit(conn: Connection, table: Table, path: str, checked: Checked) -> None:
    """Puts the rows that a check of the table objects to on the reject list; a later check sees only what is left."""
    for objections in CHECKS.get(table.name, ()):
        for line, (column, reason) in sorted(objections(conn, checked.rows).items()):
            checked.refuse(line, [reject(path, line, column, str(written(checked.rows[line][column]) or ""), reason)])
    checked.rejects.sort()


__all__ = ["CHECKS", "RecordCheck", "refuse_what_does_not_fit"]
