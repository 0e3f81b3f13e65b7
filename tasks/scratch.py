"""A schema of its own in which steps of the product run unchanged: nothing they do reaches the ledger.

Its tables that hold rows of runs are copies; every other table is a view that cannot be written. The schema of the ledger is not on
the search path in there, so only a name with a schema would reach it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import ProgrammingError

import sql
from tasks.ledger import Stopped, only_one
from tasks.outside import Outside

# Rated usage is in bulk, and rated by each run for itself; what was judged, asked and drawn no figure turns on.
NOT_COPIED = frozenset({"rated_usage", "gate_finding", "document", "run_reopening", "review_request", "run_decision", "archive_manifest"})
OF_THE_LEDGER = frozenset({"run", "run_step", "number_series"})
# What runs read and never make, though it names an invoice or a run.
LOOKED_AT = frozenset({"payment", "delivery", "dunning_notice_invoice", "collection_item", "payer_exclusion", "write_off"})
MONEY = frozenset({"allocation"})  # told apart by invoice in a past; in a schema of today one can look through to it
PAYS_OFF = 10_000  # rows from which the planner's statistics are worth a look at each copy


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the ledger."""

    name: str
    columns: list[str]
    is_partitioned: bool

    @property
    def is_of_runs(self) -> bool:
        """Whether its rows belong to a run, themselves or through an invoice."""
        named = "run_id" in self.columns or "invoice_id" in self.columns
        return self.name not in LOOKED_AT and (named or self.name in OF_THE_LEDGER)


@dataclass(frozen=True, slots=True)
class Index:
    """An index of the ledger: its table, the statement that makes it, and the key it holds, "" for none."""

    table_name: str
    definition: str
    key: str


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema under construction: its own name, who works in it as a refusal says it, and the schema of the ledger."""

    name: str
    worker: str
    ledger: str

    def create(self, conn: Connection) -> None:
        """Begin it anew, whatever a kill has left."""
        conn.execute(text(f"drop schema if exists {self.name} cascade"))
        conn.execute(text(f"create schema {self.name}"))
        conn.execute(text(_REFUSES.format(schema=self.name, worker=self.worker)))

    def copy(self, conn: Connection, table: Table) -> None:
        """An empty copy of a table, without indexes. Unlogged: it is gone after a crash, as it should be."""
        kind, how = ("table", " partition by list (run_id)") if table.is_partitioned else ("unlogged table", "")
        conn.execute(text(f"create {kind} {self.name}.{table.name} (like {self.ledger}.{table.name} including all excluding indexes){how}"))

    def fill(self, conn: Connection, table: Table) -> int:
        """Copy the rows that stand; returns how many."""
        columns = ", ".join(table.columns)
        copied = f"select {columns} from {self.ledger}.{table.name}"
        found = conn.execute(text(f"insert into {self.name}.{table.name} ({columns}) overriding system value {copied}"))
        return int(found.rowcount)

    def index(self, conn: Connection, copied: Sequence[Table]) -> None:
        """The keys and indexes of the copies. What keeps days apart in the ledger only costs time in a copy."""
        names = {table.name for table in copied}
        for one in sql.rows(conn, Index, "scratch/indexes", ledger=self.ledger):
            if one.table_name in names and one.key:  # a key, not only its index: queries group by it
                _say(conn, f"alter table {self.name}.{one.table_name} add {one.key}")
            elif one.table_name in names:
                _say(conn, re.sub(f" ON (ONLY )?{re.escape(self.ledger)}[.]", f" ON {self.name}.", one.definition, count=1))

    def look_through(self, conn: Connection, name: str, limit: str = "true") -> None:
        """A view of a table, which the server would let one write through but for its trigger."""
        conn.execute(text(f"create view {self.name}.{name} as select * from {self.ledger}.{name} where {limit}"))
        refused = f"for each row execute function {self.name}.refuse_write()"
        conn.execute(text(f"create trigger refused instead of insert or update or delete on {self.name}.{name} {refused}"))

    def copy_functions(self, conn: Connection) -> None:
        """The functions that show reference data as of an import, reading the views."""
        conn.execute(text("set local check_function_bodies = off"))
        for row in sql.dicts(conn, "scratch/functions", ledger=self.ledger):
            _say(conn, str(row["definition"]).replace(f" FUNCTION {self.ledger}.", f" FUNCTION {self.name}.", 1))

    def count_on(self, conn: Connection) -> None:
        """Have the copies count on after the ledger."""
        for row in sql.dicts(conn, "scratch/counted", schema=self.name):
            table, column = row["table_name"], row["column_name"]
            last = f"(select coalesce(max({column}), 0) + 1 from {self.ledger}.{table})"
            conn.execute(text(f"select setval(pg_get_serial_sequence('{self.name}.{table}', '{column}'), {last}, false)"))


_REFUSES = """
create function {schema}.refuse_write() returns trigger language plpgsql as $$
begin
    raise exception '{worker} does not write %', tg_table_name;
end $$
"""


def _say(conn: Connection, statement: str) -> None:
    """A statement in which no placeholder is looked for."""
    driver = conn.connection.driver_connection
    assert driver is not None
    driver.execute(statement)


@contextmanager
def schema_of_its_own(engine: Engine, name: str, build: Callable[[Connection], None], *, lock: str, worker: str) -> Iterator[Engine]:
    """An engine that sees the schema `name` alone, which `build` makes in one transaction that sees one moment of the ledger.

    It is gone at the end, or after a kill with the next one. Raises RunLocked while another process holds `lock`, Stopped when
    the user of the database may make no schema.
    """
    with only_one(engine, lock):
        try:
            with engine.connect().execution_options(isolation_level="REPEATABLE READ") as conn, conn.begin():
                build(conn)
        except ProgrammingError as error:
            if "permission denied" not in str(error.orig):
                raise
            way_out = "grant create on the database to the user of database_url"
            raise Stopped(f"{worker} needs a schema to work in: {way_out}") from error
        inside = _engine_inside(engine, name)
        try:
            yield inside
        finally:
            inside.dispose()
            with engine.begin() as conn:
                conn.execute(text(f"drop schema if exists {name} cascade"))


def _engine_inside(engine: Engine, name: str) -> Engine:
    """An engine whose sessions see the schema alone; the path is in the URL, so that every driver takes it."""
    options = f"-c timezone=UTC -c datestyle=ISO -c search_path={name}"
    return create_engine(engine.url.update_query_dict({"options": options}), hide_parameters=True, connect_args={"connect_timeout": 10})


@contextmanager
def scratch(outside: Outside, name: str) -> Iterator[Outside]:
    """The outside world with a database to try things in: what stands in the ledger at this moment, and nothing done to it lasts.

    Tables of runs are copies, `NOT_COPIED` ones empty; all else refuses to be written, and shows no import that comes later. `name` is
    a word of small letters. Raises RunLocked when another process works in a scratch of that name, Stopped when the user
    of the database may make no schema.
    """
    schema = f"scratch_{name}"

    def build(conn: Connection) -> None:
        _build(conn, Schema(schema, f"a {name}", ledger_schema(conn)))

    with schema_of_its_own(outside.engine, schema, build, lock=name, worker=f"a {name}") as inside:
        yield replace(outside, engine=inside)


def _build(conn: Connection, schema: Schema) -> None:
    imported = int(sql.scalar(conn, "runs/newest_import"))  # the first look at data: from here on the transaction sees one moment
    limits: Mapping[str, str] = {"import_run": f"import_no <= {imported}"}
    schema.create(conn)
    copied = []
    for table in tables_of(conn):
        if not table.is_of_runs or table.name in MONEY:
            schema.look_through(conn, table.name, limits.get(table.name, "true"))
            continue
        schema.copy(conn, table)
        copied.append(table)
    many = [table for table in copied if table.name not in NOT_COPIED and schema.fill(conn, table) >= PAYS_OFF]
    schema.index(conn, copied)
    schema.count_on(conn)
    schema.copy_functions(conn)
    for table in many:
        conn.execute(text(f"analyze {schema.name}.{table.name}"))


def ledger_schema(conn: Connection) -> str:
    """The schema the ledger is in."""
    return str(sql.scalar(conn, "scratch/schema"))


def tables_of(conn: Connection) -> list[Table]:
    """The tables of the schema a connection works in; in a scratch its copies."""
    return sql.rows(conn, Table, "scratch/tables")


def forget(scratched: Outside, run_id: int, *, the_run_too: bool) -> None:
    """Take all that a run has made, and with `the_run_too` the run, out of a scratch."""
    mine = "select invoice_id from invoice where run_id = :run_id"
    with scratched.engine.begin() as conn:
        tables = {table.name: table for table in tables_of(conn) if table.name not in ("run", "invoice")}
        for table in tables.values():
            if "run_id" in table.columns:
                conn.execute(text(f"delete from {table.name} where run_id = :run_id"), {"run_id": run_id})
            elif "invoice_id" in table.columns:
                conn.execute(text(f"delete from {table.name} where invoice_id in ({mine})"), {"run_id": run_id})
        for last in ("invoice", *(["run"] if the_run_too else [])):
            conn.execute(text(f"delete from {last} where run_id = :run_id"), {"run_id": run_id})


__all__ = [
    "LOOKED_AT", "NOT_COPIED", "OF_THE_LEDGER", "Schema", "Table", "forget", "ledger_schema", "schema_of_its_own", "scratch", "tables_of",
]  # fmt: skip
