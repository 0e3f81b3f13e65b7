"""The ledger as it was when a step of a run began: a schema of its own, in which the steps of the product run unchanged.

Its tables that hold rows of runs are copies, without the rows of runs that came later; every other table is a view that cannot be
written. The schema of the ledger is not on the search path in there, so nothing a step does can reach it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import ProgrammingError

import sql
from tasks.ledger import Stopped, only_one

PAST = "as_it_was"
# Rated usage is in bulk, and rated by each run for itself; what was judged, drawn, sent, paid and reminded no figure turns on.
NOT_COPIED = frozenset({"rated_usage", "gate_finding", "document", "delivery", "payment", "dunning_notice_invoice", "run_reopening"})
OF_THE_LEDGER = frozenset({"run", "run_step", "number_series"})


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the ledger."""

    name: str
    columns: list[str]
    is_partitioned: bool

    @property
    def is_of_runs(self) -> bool:
        """Whether its rows belong to a run, themselves or through an invoice."""
        return "run_id" in self.columns or "invoice_id" in self.columns or self.name in OF_THE_LEDGER

    @property
    def comes_with_drafts(self) -> bool:
        """Whether a run makes its rows with the drafts, not with the charges."""
        return "invoice_id" in self.columns or self.name in ("parked_payer", "credit_payout")


@dataclass(frozen=True, slots=True)
class Standing:
    """What stood of another run at a moment."""

    run_id: int
    charged: bool
    drafted: bool
    issued: bool


@dataclass(frozen=True, slots=True)
class Credited:
    """The run whose invoice is credited, and every line that was ever under a contract of its payer."""

    run_id: int
    line_nos: list[int]


_OWN = f"select invoice_id from {PAST}.invoice where run_id = :run_id"


@dataclass(slots=True)
class Past:
    """The past of one run. `inside` speaks to it alone, `present` to the ledger, whose schema is `ledger`."""

    inside: Engine
    present: Engine
    ledger: str
    run_id: int
    tables: Sequence[Table]
    standing: Sequence[Standing] | None = None

    def seen_at(self, moment: datetime) -> None:
        """Show of the other runs what stood at the moment; what this run has staged in here stays."""
        with self.present.begin() as conn:
            standing = sql.rows(conn, Standing, "audit/standing", run_id=self.run_id, moment=moment)
            if standing != self.standing:
                for table in self.tables:
                    if table.is_of_runs and table.name not in NOT_COPIED | OF_THE_LEDGER:
                        self._show(conn, table, standing)
                self._show_ledger(conn, [run.run_id for run in standing], moment)
                self._show_numbers(conn, [run.run_id for run in standing if run.issued])
        self.standing = standing

    def done(self, step: str) -> None:
        """Note a step of the run itself as accepted, as the later ones find it."""
        with self.present.begin() as conn:
            self._fill(conn, "run_step", "run_id = :run_id and step = :step", {"run_id": self.run_id, "step": step})

    def show_rated(self, number: str) -> None:
        """Show the usage that the run of an issued invoice rated of its payer's lines: what a run that credits it rates again."""
        with self.present.begin() as conn:
            credited = sql.one(conn, Credited, "audit/credited", number=number)
            if credited is None:
                return
            copy = f"{PAST}.rated_usage_{credited.run_id}"
            conn.execute(text(f"create unlogged table {copy} (like {self.ledger}.rated_usage including defaults)"))
            rated = f"select * from {self.ledger}.rated_usage where run_id = :run_id and line_no = any(:line_nos)"
            conn.execute(text(f"insert into {copy} {rated}"), {"run_id": credited.run_id, "line_nos": credited.line_nos})
            conn.execute(text(f"alter table {PAST}.rated_usage attach partition {copy} for values in ({credited.run_id})"))

    def _show(self, conn: Connection, table: Table, standing: Sequence[Standing]) -> None:
        """Replace the rows of other runs in a table of charges or of drafts. A credit note not issued yet has released nothing."""
        invoices = f"select invoice_id from {self.ledger}.invoice where run_id = any"
        columns = ", ".join(table.columns)
        values = columns.replace("released_by", f"case when released_by in ({invoices}(:issued)) then released_by end")
        if table.name == "usage_release":
            others, shown = f"released_by not in ({_OWN})", f"released_by in ({invoices}(:issued))"
        elif "run_id" in table.columns:
            others, shown = "run_id <> :run_id", "run_id = any(:shown)"
        else:
            others, shown = f"invoice_id not in ({_OWN})", f"invoice_id in ({invoices}(:shown))"
        given = {
            "run_id": self.run_id,
            "issued": [run.run_id for run in standing if run.issued],
            "shown": [run.run_id for run in standing if (run.drafted if table.comes_with_drafts else run.charged)],
        }
        conn.execute(text(f"delete from {PAST}.{table.name} where {others}"), given)
        copied = f"select {values} from {self.ledger}.{table.name} where {shown}"
        conn.execute(text(f"insert into {PAST}.{table.name} ({columns}) overriding system value {copied}"), given)

    def _show_ledger(self, conn: Connection, runs: list[int], moment: datetime) -> None:
        """The other runs and their steps, as far as they had come."""
        given = {"runs": runs, "run_id": self.run_id, "moment": moment}
        for name in ("run_step", "run"):
            conn.execute(text(f"delete from {PAST}.{name} where run_id <> :run_id"), given)
        self._fill(conn, "run", "run_id = any(:runs)", given)
        self._fill(conn, "run_step", "run_id = any(:runs) and coalesce(staged_at, accepted_at) <= :moment", given)
        not_yet = "run_id <> :run_id and accepted_at > :moment"
        conn.execute(text(f"update {PAST}.run_step set state = 'staged', accepted_at = null where {not_yet}"), given)

    def _show_numbers(self, conn: Connection, issued: list[int]) -> None:
        """The number series as the runs that had issued left them."""
        conn.execute(text(f"delete from {PAST}.number_series"))
        given = "run_id = any(:issued) and number is not null group by series"
        conn.execute(
            text(f"insert into {PAST}.number_series (series, last_seq) select series, max(seq) from {self.ledger}.invoice where {given}"),
            {"issued": issued},
        )

    def _fill(self, conn: Connection, table: str, condition: str, given: dict[str, object]) -> None:
        copied = f"select * from {self.ledger}.{table} where {condition}"
        conn.execute(text(f"insert into {PAST}.{table} overriding system value {copied} on conflict do nothing"), given)


@contextmanager
def as_it_was(engine: Engine, run_id: int, import_no: int) -> Iterator[Past]:
    """The past of a run, empty of other runs until `seen_at`; gone at the end, or after a kill with the next one.

    Inventory that came after `import_no` is not in it, nor usage after the last record the run looked at. Raises RunLocked when another
    audit works, Stopped when the user of the database may make no schema.
    """
    with only_one(engine, "audit"):
        try:
            with engine.begin() as conn:
                ledger, tables = _build(conn, run_id, import_no)
        except ProgrammingError as error:
            if "permission denied" not in str(error.orig):
                raise
            raise Stopped("an audit needs a schema to work in: grant create on the database to the user of database_url") from error
        inside = _engine_inside(engine)
        past = Past(inside, engine, ledger, run_id, tables)
        try:
            yield past
        finally:
            inside.dispose()
            with engine.begin() as conn:
                conn.execute(text(f"drop schema if exists {PAST} cascade"))


def _engine_inside(engine: Engine) -> Engine:
    """An engine whose sessions see the past alone; the path is in the URL, so that every driver takes it."""
    options = f"-c timezone=UTC -c datestyle=ISO -c search_path={PAST}"
    return create_engine(engine.url.update_query_dict({"options": options}), connect_args={"connect_timeout": 10})


def _build(conn: Connection, run_id: int, import_no: int) -> tuple[str, list[Table]]:
    ledger = str(sql.scalar(conn, "audit/schema"))
    tables = sql.rows(conn, Table, "audit/tables")
    conn.execute(text(f"drop schema if exists {PAST} cascade"))
    conn.execute(text(f"create schema {PAST}"))
    conn.execute(text(_REFUSES))
    limits = _limits(conn, run_id, import_no)
    for table in tables:
        if table.is_of_runs:
            _copy(conn, ledger, table)
        else:
            _look_through(conn, ledger, table.name, limits.get(table.name, "true"))
    for row in sql.dicts(conn, "audit/exclusions", schema=PAST):
        conn.execute(text(f"alter table {row['table_name']} drop constraint {row['name']}"))
    conn.execute(
        text(f"insert into {PAST}.run overriding system value select * from {ledger}.run where run_id = :run_id"), {"run_id": run_id}
    )
    conn.execute(text(f"select setval(pg_get_serial_sequence('{PAST}.invoice', 'invoice_id'), max(invoice_id) + 1) from {ledger}.invoice"))
    _copy_functions(conn, ledger)
    return ledger, tables


_REFUSES = f"""
create function {PAST}.refuse_write() returns trigger language plpgsql as $$
begin
    raise exception 'an audit does not write %', tg_table_name;
end $$
"""


def _limits(conn: Connection, run_id: int, import_no: int) -> dict[str, str]:
    """What a view leaves out, as the condition its rows meet."""
    through = sql.scalar(conn, "audit/through", run_id=run_id)
    late = [row["snapshot_on"] for row in sql.dicts(conn, "audit/late_snapshots", import_no=import_no)]
    days = ", ".join(f"date '{day}'" for day in late)
    in_time = f"snapshot_on not in ({days})" if late else "true"
    looked_at = "true" if through is None else f"usage_no <= {int(through)}"
    return {"usage_record": looked_at, "inventory_snapshot": in_time, "inventory_element": in_time}


def _copy(conn: Connection, ledger: str, table: Table) -> None:
    """An empty copy of a table. Unlogged: it is gone after a crash, as it should be."""
    kind, how = ("table", " partition by list (run_id)") if table.is_partitioned else ("unlogged table", "")
    conn.execute(text(f"create {kind} {PAST}.{table.name} (like {ledger}.{table.name} including all){how}"))


def _look_through(conn: Connection, ledger: str, name: str, limit: str) -> None:
    """A view of a table, which the server would let one write through but for its trigger."""
    conn.execute(text(f"create view {PAST}.{name} as select * from {ledger}.{name} where {limit}"))
    refused = f"for each row execute function {PAST}.refuse_write()"
    conn.execute(text(f"create trigger refused instead of insert or update or delete on {PAST}.{name} {refused}"))


def _copy_functions(conn: Connection, ledger: str) -> None:
    """The functions that show reference data as of an import, reading the views."""
    driver = conn.connection.driver_connection
    assert driver is not None
    conn.execute(text("set local check_function_bodies = off"))
    for row in sql.dicts(conn, "audit/functions", ledger=ledger):
        driver.execute(str(row["definition"]).replace(f" FUNCTION {ledger}.", f" FUNCTION {PAST}.", 1))  # no placeholder is looked for


__all__ = ["PAST", "Past", "Table", "as_it_was"]
