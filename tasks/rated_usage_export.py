"""Rated usage as Parquet: every record a close looked at with its price and status, in order of time."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
from pyarrow import csv, parquet

import sql
from tasks.ahead import ahead
from tasks.ledger import Run
from tasks.outside import Outside
from tasks.usage_stream import Window, copy_out, windows

RECORDS_A_GROUP = 100_000
MOMENT = pa.timestamp("us", tz="UTC")
SCHEMA = pa.schema(
    [
        ("usage_id", pa.string()),
        ("line_id", pa.string()),
        ("started_at", MOMENT),
        ("callee", pa.string()),
        ("destination", pa.string()),
        ("destination_group", pa.string()),
        ("seconds_in_pack", pa.int64()),
        ("seconds_charged", pa.int64()),
        ("price", pa.decimal128(14, 2)),
        ("rate_version", pa.date32()),
        ("status", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class _Hour:
    starts_at: datetime
    records: int


def path_of(run: Run) -> str:
    """Where the rated usage of a run stands in the store."""
    return f"{run.folder}/rated_usage/rated_usage.parquet"


def export_rated_usage(outside: Outside, run: Run) -> int:
    """Write the rated usage of a run as one Parquet file and return how many records it holds.

    Ordered by start, then by the bytes of the id; the same rated usage gives the same bytes. Raises StoreFailed.
    """
    with outside.engine.connect() as conn:
        hours = sql.rows(conn, _Hour, "rating/export_hours", run_id=run.run_id)
    planned = windows(((hour.starts_at, hour.records, 0) for hour in hours), RECORDS_A_GROUP)
    _write(outside, run, planned)
    return sum(window.records for window in planned)


def _write(outside: Outside, run: Run, planned: Sequence[Window]) -> None:
    queries = (_query(run, window) for window in planned)
    with (
        outside.out.writing(path_of(run)) as file,
        parquet.ParquetWriter(file, SCHEMA, compression="zstd", version="2.6") as writer,
        ahead(copy_out(outside.engine, queries, "csv")) as copied,
    ):
        for rows in copied:
            writer.write_table(_table(rows))


def _table(rows: bytes) -> pa.Table:
    """The rows of one COPY as columns; the instants travel as whole microseconds."""
    types = {field.name: pa.int64() if field.type == MOMENT else field.type for field in SCHEMA}
    read = csv.read_csv(
        io.BytesIO(rows),
        read_options=csv.ReadOptions(column_names=SCHEMA.names),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(column_types=types, strings_can_be_null=False),
    )
    return read.cast(SCHEMA)


def _query(run: Run, window: Window) -> str:
    first, past = f"'{window.first.isoformat()}'", f"'{window.past.isoformat()}'"
    return f"""
        select usage.usage_id, line.line_id, cast(extract(epoch from usage.started_at) * 1000000 as bigint), usage.callee,
            coalesce(rate.destination, ''), coalesce(rate.destination_group, ''), rated.in_pack, rated.charged, rated.price_cents * 0.01,
            rate.valid_from, (array['charged', 'in_pack', 'free', 'held', 'unrated'])[rated.status]
        from rated_usage as rated
        join usage_record as usage using (usage_no)
        join line on line.line_no = rated.line_no
        left join rate on rate.rate_no = case when rated.beyond > 0 then rated.beyond_rate_no else rated.rate_no end
        where rated.run_id = {run.run_id} and rated.started_at >= {first} and rated.started_at < {past}
            and usage.started_at >= {first} and usage.started_at < {past}
        order by usage.started_at, usage.usage_id collate "C"
    """


__all__ = ["SCHEMA", "export_rated_usage", "path_of"]
