"""The stream that usage passes through: windows of time, rows of fixed width, and work done ahead in a thread."""

import threading
from collections.abc import Generator
from datetime import datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import Engine

from tasks.ahead import ahead
from tasks.binary_copy import FixedRows
from tasks.usage_stream import Window, copy_out, windows
from tests.rules.rating_oracle import utc

NOON = utc("2026-10-05T12:00:00")
HOUR = timedelta(hours=1)


def hours(*records: int) -> list[tuple[datetime, int, int]]:
    return [(NOON + HOUR * n, count, 0) for n, count in enumerate(records)]


def test_hours_are_joined_while_they_fit_and_an_hour_is_never_cut() -> None:
    assert windows(hours(40, 60, 1, 250, 3), 100) == [
        Window(NOON, NOON + 2 * HOUR, 100, 0),
        Window(NOON + 2 * HOUR, NOON + 3 * HOUR, 1, 0),
        Window(NOON + 3 * HOUR, NOON + 4 * HOUR, 250, 0),
        Window(NOON + 4 * HOUR, NOON + 5 * HOUR, 3, 0),
    ]


def test_what_was_left_over_stands_in_the_window_of_its_hour() -> None:
    found = windows([(NOON, 80, 0), (NOON + HOUR, 80, 0), (NOON, 70, 70)], 100)
    assert found == [Window(NOON, NOON + HOUR, 150, 70), Window(NOON + HOUR, NOON + 2 * HOUR, 80, 0)]


def test_rows_of_fixed_width_come_back_from_postgresql_as_columns(database: Engine) -> None:
    rows = FixedRows(number="int8", small="int2", flag="bool", at="timestamptz")
    query = "select n::int8, -n::int2, n > 1, timestamptz '2000-01-01 00:00:01Z' from generate_series(1, 3) as n"
    found = rows.read(next(copy_out(database, [query])))
    assert {name: column.tolist() for name, column in found.items()} == {
        "number": [1, 2, 3],
        "small": [-1, -2, -3],
        "flag": [0, 1, 1],
        "at": [1_000_000] * 3,
    }
    assert {column.dtype for column in found.values()} == {np.dtype(np.int64)}


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("select null::int8", "the rows are not 14 bytes wide"),
        ("select 1::int4", "the rows are not 14 bytes wide"),
        ("select '1234'::text, ''::text", "columns is not 1 in every row"),
    ],
)
def test_rows_of_another_layout_are_refused(database: Engine, query: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        FixedRows(number="int8").read(next(copy_out(database, [query])))


def test_no_rows_are_columns_of_nothing(database: Engine) -> None:
    found = FixedRows(number="int8").read(next(copy_out(database, ["select 1::int8 where false"])))
    assert found["number"].tolist() == []
    assert bytes(FixedRows(number="int8").write({"number": 1}, 0)) == b""


def test_work_ahead_gives_every_item_in_order() -> None:
    with ahead((n for n in range(100)), depth=3) as items:
        assert list(items) == list(range(100))


def test_an_error_ahead_is_raised_where_the_items_are_used() -> None:
    def failing() -> Generator[int, None, None]:
        yield 1
        raise KeyError("gone")

    seen: list[int] = []
    with pytest.raises(KeyError, match="gone"):
        _use_all(failing(), seen)
    assert seen == [1]


def test_leaving_early_ends_the_thread_and_closes_what_it_used() -> None:
    closed = threading.Event()

    def endless() -> Generator[int, None, None]:
        try:
            n = 0
            while True:
                n += 1
                yield n
        finally:
            closed.set()

    before = threading.active_count()
    with ahead(endless()) as items:
        assert next(items) == 1
    assert closed.is_set()
    assert threading.active_count() == before


def _use_all(items: Generator[int, None, None], seen: list[int]) -> None:
    with ahead(items) as made:
        seen.extend(made)
