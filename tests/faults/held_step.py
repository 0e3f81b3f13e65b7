"""Holds a step of a close while it works, without a change of the product: a trigger of the test's database waits for the test."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import URL, Connection, text

from tasks.database import connect

KEY = 20261028
HOLD = """
create sequence written_while_held;
create function wait_for_the_test() returns trigger language plpgsql as $$
begin
    if nextval('written_while_held') >= {nth} then perform pg_advisory_xact_lock_shared({key}); end if;
    return new;
end $$;
create trigger held before {event} on {table} for each row when ({when}) execute function wait_for_the_test();
"""
# Only sessions that wait: the one that holds the key has it granted.
WAITING = (
    "select count(*) from pg_locks join pg_database on database = oid where datname = current_database() and objid = :key and not granted"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """While a step writes its row number `nth` of a table: what it wrote before is there, this row and the later ones are not."""

    table: str
    nth: int = 1
    event: str = "insert"
    when: str = "true"


@dataclass(frozen=True, slots=True)
class Hold:
    """A moment that does not pass until the block it was made for ends."""

    _holder: Connection

    def is_reached(self) -> bool:
        """Whether something waits at the moment."""
        return bool(self._holder.execute(text(WAITING), {"key": KEY}).scalar_one())


@contextmanager
def held(database: URL, moment: Moment) -> Iterator[Hold]:
    """Hold whatever comes to the moment in this database until the block ends; afterwards it passes as if nothing were there."""
    engine = connect(database).execution_options(isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as holder:
            holder.exec_driver_sql(HOLD.format(key=KEY, nth=moment.nth, event=moment.event, table=moment.table, when=moment.when))
            holder.exec_driver_sql(f"select pg_advisory_lock({KEY})")
            try:
                yield Hold(holder)
            finally:
                holder.exec_driver_sql(f"select pg_advisory_unlock({KEY})")
    finally:
        engine.dispose()
