"""The ledger as it was when a step of a run began: a schema of its own, in which the steps of the product run unchanged.

Its tables that hold rows of runs are copies, without the rows of runs that came later; every other table is a view that cannot be
written. The schema of the ledger is not on the search path in there, so nothing a step does can reach it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, text

import sql
from tasks.scratch import NOT_COPIED, OF_THE_LEDGER, Schema, Table, ledger_schema, schema_of_its_own, tables_of

PAST = "as_it_was"
GIVEN_AT_ISSUE = frozenset({"series", "seq", "number", "issued_on", "due_on", "structured_reference"})


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

    def show_findings(self) -> None:
        """Show what the gates found of the run itself."""
        with self.present.begin() as conn:
            self._fill(conn, "gate_finding", "run_id = :run_id", {"run_id": self.run_id})

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
        """Replace the rows of other runs in a table of charges or of drafts."""
        invoices = f"select invoice_id from {self.ledger}.invoice where run_id = any"
        columns, values = ", ".join(table.columns), _values_of(table, "run_id = any(:issued)", self.ledger)
        if table.name == "usage_release":
            others, shown = f"released_by not in ({_OWN})", f"released_by in ({invoices}(:issued))"
        elif "run_id" in table.columns:
            others, shown = "run_id <> :run_id", "run_id = any(:shown)"
        else:
            others, shown = f"invoice_id not in ({_OWN})", f"invoice_id in ({invoices}(:shown))"
        given = {
            "run_id": self.run_id,
            "issued": [run.run_id for run in standing if run.issued],
            "shown": [run.run_id for run in standing if (run.drafted if _comes_with_drafts(table) else run.charged)],
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


def _comes_with_drafts(table: Table) -> bool:
    """Whether a run makes its rows with the drafts, not with the charges."""
    return ("invoice_id" in table.columns and table.name != "late_charge") or table.name in ("parked_payer", "credit_payout")


def _values_of(table: Table, issued: str, ledger: str) -> str:
    """Its columns as a run saw those of others: a credit note not issued yet has released nothing, a draft has no number.

    `issued` says, in SQL, which runs had issued by then, `ledger` where their invoices stand.
    """
    return ", ".join(_value_of(table, column, issued, ledger) for column in table.columns)


def _value_of(table: Table, column: str, issued: str, ledger: str) -> str:
    if column == "released_by":
        return f"case when released_by in (select invoice_id from {ledger}.invoice where {issued}) then released_by end"
    if table.name == "invoice" and column in GIVEN_AT_ISSUE:
        return f"case when {issued} then {column} end"
    return column


@contextmanager
def as_it_was(engine: Engine, run_id: int, import_no: int) -> Iterator[Past]:
    """The past of a run, empty of other runs until `seen_at`; gone at the end, or after a kill with the next one.

    Inventory that came after `import_no` is not in it, nor usage or payments after the last it looked at,
    nor debits that came back since. Raises RunLocked when another
    audit works, Stopped when the user of the database may make no schema.
    """
    with engine.connect() as conn:
        schema, tables = Schema(PAST, "an audit", ledger_schema(conn)), tables_of(conn)

    def build(conn: Connection) -> None:
        _build(conn, schema, tables, run_id, import_no)

    with schema_of_its_own(engine, PAST, build, lock="audit", worker="an audit") as inside:
        yield Past(inside, engine, schema.ledger, run_id, tables)


def _build(conn: Connection, schema: Schema, tables: Sequence[Table], run_id: int, import_no: int) -> None:
    schema.create(conn)
    limits = _limits(conn, run_id, import_no)
    copied = [table for table in tables if table.is_of_runs]
    for table in tables:
        if table.is_of_runs:
            schema.copy(conn, table)
        else:
            schema.look_through(conn, table.name, limits.get(table.name, "true"))
    schema.index(conn, copied)
    conn.execute(
        text(f"insert into {PAST}.run overriding system value select * from {schema.ledger}.run where run_id = :run_id"), {"run_id": run_id}
    )
    schema.count_on(conn)
    schema.copy_functions(conn)


def _limits(conn: Connection, run_id: int, import_no: int) -> dict[str, str]:
    """What a view leaves out, as the condition its rows meet."""
    through = sql.scalar(conn, "audit/through", run_id=run_id)
    late = [row["snapshot_on"] for row in sql.dicts(conn, "audit/late_snapshots", import_no=import_no)]
    days = ", ".join(f"date '{day}'" for day in late)
    in_time = f"snapshot_on not in ({days})" if late else "true"
    looked_at = "true" if through is None else f"usage_no <= {int(through)}"
    read = sql.scalar(conn, "audit/payments_read", run_id=run_id)
    paid = "true" if read is None else f"payment_no <= {int(read)}"
    back = ", ".join(str(int(row["invoice_id"])) for row in sql.dicts(conn, "audit/returns_read", run_id=run_id)) or "null"
    return {
        "usage_record": looked_at,
        "inventory_snapshot": in_time,
        "inventory_element": in_time,
        "payment": paid,
        "collection_item": f"returned_by is null or invoice_id in ({back})",
    }


__all__ = ["PAST", "Past", "as_it_was"]
