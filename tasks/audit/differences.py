"""What a run staged and what the same run stages again, row by row: the rows of each table that are not the same."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

import sql
from tasks.audit.as_it_was import PAST, Past
from tasks.scratch import Table

AT_MOST = 10_000  # rows of a table that are looked at one by one; what differs more than that is one mistake, not so many

# How the rows of a run are told apart, table by table: two rows with the same key are the same thing.
KEYS: Mapping[str, tuple[str, ...]] = {
    "rated_usage": ("usage_no",),
    "pool_use": ("contract_id", "end_client_id", "destination_group", "unit", "month"),
    "roaming_use": ("line_no", "sim", "month"),
    "recurring_charge": ("line_no", "lower(days)"),
    "addition_charge": ("line_no", "period", "first_day"),
    "one_off_charge": ("line_no",),
    "ad_hoc_charge": ("charge_id",),
    "ad_hoc_waiting": ("charge_id",),
    "credit_payout": ("credit_id",),
    "line_ending": ("line_no",),
    "refund": ("line_no", "lower(days)"),
    "late_charge": ("payer_id", "what", "coalesce(cost_id, concat_ws(' ', invoice_id, notice_id, order_no))"),
    "interest_delay": ("charge_no", "seq"),
    "late_charge_scope": ("run_id",),
    "charge_refusal": ("line_no",),
    "contract_not_in_force": ("contract_id",),
    "parked_payer": ("payer_id",),
}
# A document is known by whom it is for; the ids and the order of its lines follow from the rest.
DOCUMENT = ("payer_id", "kind", "payment_days", "credits")
NOT_COMPARED = frozenset(
    {"run_id", "invoice_id", "credits_invoice_id", "released_by", "line_seq", "debit_note_id", "charge_no", "left_out"}
)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same: as it was issued and as it comes out again, each None where there is none."""

    table: str
    issued: Row | None
    again: Row | None

    @property
    def row(self) -> Row:
        """The row as issued, or as it comes out where none was."""
        found = self.issued if self.issued is not None else self.again
        assert found is not None
        return found

    def changed(self) -> list[str]:
        """The columns that differ; none when one of the two is not there."""
        if self.issued is None or self.again is None:
            return []
        return [name for name in self.issued if name not in NOT_COMPARED and self.issued[name] != self.again[name]]


def differences(conn: Connection, past: Past) -> list[Difference]:
    """All that differs between what the run staged and what it staged in its past."""
    columns = {table.name: table.columns for table in past.tables}
    found: list[Difference] = []
    for name, key in KEYS.items():
        found += _differing(conn, past, name, _rows_of_run(name, key), _compared(columns[name]))
    # By their numbers, so that the server looks into no other partition of the rated usage.
    again = ", ".join(["0", *(str(row["run_id"]) for row in sql.dicts(conn, "audit/credit_runs"))])
    for name, (source, identity) in _SOURCES.items():
        found += _differing(conn, past, name, (source.replace("{credits}", again), identity), _compared(columns[name]))
    return found


def _rows_of_run(name: str, key: Sequence[str]) -> tuple[str, Sequence[str]]:
    named = ", ".join(f"{expression} as key_{place}" for place, expression in enumerate(key))
    return f"select *, {named} from {{schema}}.{name} where run_id = :run_id", [f"key_{place}" for place in range(len(key))]


_INVOICES = "select *, coalesce(credits_invoice_id, 0) as credits from {schema}.invoice where run_id = :run_id"
_IDENTITY = tuple(f"document_{name}" for name in DOCUMENT)
_LINE = ("contract_id", "end_client_id", "line_id", "product", "from_day")


def _rows_of_documents(part: str, more: str = "") -> str:
    """The parts of the documents of a run, each with what its document is known by."""
    known = ", ".join(f"document.{name} as document_{name}" for name in DOCUMENT)
    return f"select part.*, document.number, {known}{more} from ({_INVOICES}) as document join {part} as part using (invoice_id)"


_NTH = f", row_number() over (partition by part.invoice_id, {', '.join(_LINE)} order by line_seq) as nth"
_CREDIT_USE = "(select invoice_id, line_seq, credit_id, amount from {schema}.credit_use)"
# What a later run that credits could not bill it hands to the latest close: not that close's own.
_PENDING = """
    select * from {schema}.usage_pending as pending
    where run_id = :run_id and not exists (
        select from {ledger}.rated_usage as rated
        where rated.run_id in ({credits}) and rated.usage_no = pending.usage_no and rated.status in (4, 5))"""
_SOURCES: Mapping[str, tuple[str, Sequence[str]]] = {
    "usage_pending": (_PENDING, ("usage_no",)),
    "invoice": (_INVOICES, DOCUMENT),
    "invoice_line": (_rows_of_documents("{schema}.invoice_line", _NTH), (*_IDENTITY, *_LINE, "nth")),
    "invoice_vat": (_rows_of_documents("{schema}.invoice_vat"), (*_IDENTITY, "vat_category", "vat_rate")),
    "credit_use": (_rows_of_documents(_CREDIT_USE), (*_IDENTITY, "credit_id")),
}


def _compared(columns: Sequence[str]) -> list[str]:
    return [name for name in columns if name not in NOT_COMPARED]


def _differing(conn: Connection, past: Past, name: str, rows: tuple[str, Sequence[str]], compared: Sequence[str]) -> Iterator[Difference]:
    source, key = rows
    given = {"run_id": past.run_id, "at_most": AT_MOST}
    issued, again = (", ".join(f"{side}.{column}" for column in compared) for side in ("issued", "again"))
    statement = f"""
        select cast(to_jsonb(issued) as text) as issued, cast(to_jsonb(again) as text) as again
        from ({source.format(schema=past.ledger, ledger=past.ledger)}) as issued
        full join ({source.format(schema=PAST, ledger=past.ledger)}) as again using ({", ".join(key)})
        where ({issued}) is distinct from ({again})
        order by {", ".join(key)}
        limit :at_most"""
    conn.execute(text("set local work_mem = '256MB'"))
    for row in conn.execute(text(statement), given):
        yield Difference(name, _read(row.issued), _read(row.again))


def _read(row: str | None) -> Row | None:
    return None if row is None else json.loads(row, parse_float=Decimal)


def uncompared(tables: Sequence[Table]) -> set[str]:
    """Tables of runs that no comparison covers, for the check that nothing a step makes is left out."""
    return {table.name for table in tables if table.is_of_runs} - set(KEYS) - set(_SOURCES)


__all__ = ["AT_MOST", "DOCUMENT", "Difference", "Row", "differences", "uncompared"]
