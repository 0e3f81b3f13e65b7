"""Named queries: one statement a file under `queries/`, run by name and turned into typed records."""

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from sqlalchemy import Connection, TextClause, text

Record = TypeVar("Record")


class QueryMisused(Exception):
    """A query was called with a name or parameters it does not have: a mistake in our code, never in the feed."""


@cache
def statement(name: str) -> TextClause:
    """The statement of `queries/<name>.sql`."""
    file = files("sql").joinpath("queries", *f"{name}.sql".split("/"))
    if not file.is_file():
        raise QueryMisused(f"there is no query {name}.sql in sql/queries")
    return text(file.read_text(encoding="utf-8"))


def _checked(name: str, parameters: Iterable[str]) -> TextClause:
    clause = statement(name)
    expected = set(clause._bindparams)
    if expected != set(parameters):
        raise QueryMisused(f"query {name} takes {sorted(expected)}, was given {sorted(parameters)}")
    return clause


def rows(conn: Connection, record: type[Record], name: str, **parameters: object) -> list[Record]:
    """All rows of the query, each as `record`, whose field names are the columns."""
    answer = conn.execute(_checked(name, parameters), parameters)
    columns = tuple(answer.keys())  # once, not row by row: some answers have a row an invoice
    return [record(**dict(zip(columns, row, strict=True))) for row in answer]


def one(conn: Connection, record: type[Record], name: str, **parameters: object) -> Record | None:
    """The only row of the query, or None; more than one row is an error."""
    row = conn.execute(_checked(name, parameters), parameters).mappings().one_or_none()
    return None if row is None else record(**row)


def dicts(conn: Connection, name: str, **parameters: object) -> list[dict[str, Any]]:
    """All rows as plain mappings: for examples in a gate, never for money that is computed with."""
    return [dict(row) for row in conn.execute(_checked(name, parameters), parameters).mappings()]


def scalar(conn: Connection, name: str, **parameters: object) -> Any:
    """The single value of the query, None when there is no row."""
    return conn.execute(_checked(name, parameters), parameters).scalar()


def run(conn: Connection, name: str, **parameters: object) -> int:
    """Run a statement once; returns the number of rows it touched."""
    return conn.execute(_checked(name, parameters), parameters).rowcount


def write_each(conn: Connection, name: str, records: Iterable[object]) -> int:
    """Run a statement once for each record (a dataclass or a mapping), not at all for none; returns how many."""
    batch = [_parameters(record) for record in records]
    if batch:
        conn.execute(_checked(name, batch[0]), batch)
    return len(batch)


def copy_in(conn: Connection, table: str, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> int:
    """Bulk load `rows` by COPY; `table` and `columns` are names of ours, never input. Returns how many."""
    count = 0
    driver = conn.connection.driver_connection
    assert driver is not None
    with driver.cursor().copy(f"copy {table} ({', '.join(columns)}) from stdin") as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def _parameters(record: object) -> dict[str, Any]:
    if isinstance(record, dict):
        return record
    if is_dataclass(record) and not isinstance(record, type):
        return {field.name: getattr(record, field.name) for field in fields(record)}
    raise QueryMisused(f"cannot write a {type(record).__name__}; give a dataclass or a mapping")


__all__ = ["QueryMisused", "copy_in", "dicts", "one", "rows", "run", "scalar", "statement", "write_each"]
