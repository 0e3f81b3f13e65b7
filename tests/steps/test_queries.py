"""Every named query, prepared by a real server against the schema and compared with the record its comment names."""

import importlib
import re
import types
import typing
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from psycopg import pq
from sqlalchemy import URL, text
from sqlalchemy.dialects.postgresql import asyncpg

QUERIES = Path(__file__).parent.parent.parent / "sql" / "queries"
NAMES = sorted(path.relative_to(QUERIES).with_suffix("").as_posix() for path in QUERIES.rglob("*.sql"))

PYTHON_TYPE = {
    16: bool, 17: bytes, 20: int, 21: int, 23: int, 25: str, 114: object, 700: object, 701: object, 1043: str, 1082: date, 1184: datetime,
    1182: list[date], 1700: Decimal, 3802: object, 1009: object, 1016: object, 1007: object, 3912: object, 19: str, 18: str, 2278: object,
}  # fmt: skip


@pytest.fixture(scope="module")
def connection(server: URL) -> typing.Iterator[psycopg.Connection]:
    with psycopg.connect(server.set(database="migrated", drivername="postgresql").render_as_string(hide_password=False)) as opened:
        opened.autocommit = True
        yield opened


def described(connection: psycopg.Connection, statement: str) -> list[tuple[str, object]]:
    prepared = connection.pgconn.prepare(b"", statement.encode())
    assert prepared.status == pq.ExecStatus.COMMAND_OK, prepared.error_message.decode()
    answer = connection.pgconn.describe_prepared(b"")
    assert answer.status == pq.ExecStatus.COMMAND_OK, answer.error_message.decode()
    return [((answer.fname(i) or b"").decode(), PYTHON_TYPE[answer.ftype(i)]) for i in range(answer.nfields)]


def expected(record: str) -> dict[str, set[object]]:
    """Field name → the types it may hold, without None."""
    module, _, name = record.rpartition(".")
    found = getattr(importlib.import_module(module), name)
    assert is_dataclass(found), record
    hints = typing.get_type_hints(found)
    return {field.name: kinds(hints[field.name]) for field in fields(found)}


def kinds(hint: object) -> set[object]:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return set().union(*(kinds(part) for part in typing.get_args(hint) if part is not type(None)))
    if typing.get_origin(hint) is typing.Literal:
        return {type(value) for value in typing.get_args(hint)}
    if isinstance(hint, typing.NewType):
        return kinds(hint.__supertype__)
    if isinstance(hint, type) and issubclass(hint, int) and hint is not bool:
        return {int}
    if isinstance(hint, type) and issubclass(hint, str):
        return {str}
    return {hint}


@pytest.mark.parametrize("name", NAMES)
def test_the_query_fits_the_schema_and_its_record(name: str, connection: psycopg.Connection) -> None:
    source = (QUERIES / f"{name}.sql").read_text(encoding="utf-8")
    statement = str(text(source).compile(dialect=asyncpg.dialect()))
    columns = described(connection, statement)
    record = re.search(r"^-- returns: ([a-z_0-9.]+\.[A-Za-z_]+)\s*$", source, re.MULTILINE)
    if record is None or not record[1].startswith(("tasks.", "billing.", "reports.", "expectations.", "sql.")):
        return
    wanted = expected(record[1])
    assert [column for column, _ in columns if column not in wanted] == [], "columns the record does not have"
    assert [field for field in wanted if field not in dict(columns)] == [], "fields the query does not give"
    wrong = [(c, t, wanted[c]) for c, t in columns if t is not object and t not in wanted[c] and object not in wanted[c]]
    assert wrong == []
