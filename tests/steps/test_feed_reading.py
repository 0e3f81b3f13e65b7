"""Files as text: the bulk reader and the look at each line see the same rows, and a kill leaves whole files."""

import csv
import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from tasks.feed import import_feed
from tasks.feed.reading import Cells, _NotPlain, _read_bulk, _read_line_by_line, read_cells
from tasks.feed.rejects import FileRefused, masked_number, reject
from tasks.outside import Outside
from tests.databases import locks_given_back
from tests.world import USAGE_COLUMNS, world

NAMES = ["a", "b", "c"]
CELL = st.text(alphabet=st.sampled_from('xy1é ,"'), max_size=4)


def rows_of(cells: Cells) -> list[tuple[int, tuple[str, ...]]]:
    columns = [cells.columns[name].to_pylist() for name in NAMES]
    return list(zip(cells.lines.tolist(), zip(*columns, strict=True), strict=True))


@given(st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=8))
def test_the_bulk_reader_and_the_look_at_each_line_agree(rows: list[list[str]]) -> None:
    body = io.StringIO()
    csv.writer(body, lineterminator="\n").writerows(rows)
    content = body.getvalue().encode()
    bulk, each = (read("f.csv", content, NAMES, NAMES) for read in (_read_bulk, _read_line_by_line))
    assert rows_of(bulk) == rows_of(each)
    assert [problem.line for problem in bulk.malformed] == [problem.line for problem in each.malformed]
    expected = [(line, tuple(cell.strip() for cell in row)) for line, row in enumerate(rows, start=2) if len(row) == 3]
    assert rows_of(each) == [(line, row) for line, row in expected if any(row)]


@given(st.text(alphabet=st.sampled_from('x,"\n'), max_size=30))
def test_no_text_however_broken_loses_a_line(body: str) -> None:
    content = f"a,b,c\n{body}".encode()
    cells = read_cells("f.csv", content, NAMES)
    seen = {line for line, _ in rows_of(cells)} | {problem.line for problem in cells.malformed}
    for line, row in enumerate(body.split("\n"), start=2):
        if row.strip(',"'):
            assert line in seen


def test_a_quotation_mark_left_open_is_left_to_the_look_at_each_line() -> None:
    body = b'1,"2,3\n4,5,6\n'
    with pytest.raises(_NotPlain):
        _read_bulk("f.csv", body, NAMES, NAMES)
    assert rows_of(read_cells("f.csv", b"a,b,c\n" + body, NAMES)) == [(3, ("4", "5", "6"))]


def test_a_file_that_only_says_parquet_is_refused() -> None:
    with pytest.raises(FileRefused, match="not a Parquet file that can be read"):
        read_cells("f.parquet", b"PAR1 and nothing else", NAMES)


def test_the_list_shows_a_value_that_is_fit_to_be_shown() -> None:
    assert reject("f.csv", 2, "a", "x\x00\ny", "why").value == "x\\x00\\ny"
    assert len(reject("f.csv", 2, "a", "x" * 5000, "why").value) == 200
    assert [masked_number(number) for number in ("+32475123456", "112", "")] == ["+3247xxxxxxx", "112", ""]


IMPORT = """
import sys
from tasks.feed import import_feed
from tasks.outside import open_outside
from tasks.settings import read_settings
print("begins", flush=True)
import_feed(open_outside(read_settings(database_url=sys.argv[1], feed=sys.argv[2], out=sys.argv[3])))
"""


@pytest.mark.parametrize("files_done", [1, 9, 14])
def test_an_import_that_is_killed_leaves_whole_files_and_goes_on(outside: Outside, files_done: int) -> None:
    small = world()
    small.usage = []
    feed = Path(outside.settings.feed)
    small.write(feed)
    header = ",".join(USAGE_COLUMNS) + "\n"
    for n in range(3):
        rows = (f"K{n}-{m},L-LUX-USER,voice,out,,112,2026-10-0{n + 1}T08:00:00Z,1,\n" for m in range(20_000))
        (feed / "usage" / f"{n}.csv").write_text(header + "".join(rows))
    killed = subprocess.Popen(
        [sys.executable, "-c", IMPORT, outside.settings.database_url, str(feed), outside.settings.out], stdout=subprocess.DEVNULL
    )
    with outside.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        deadline = time.monotonic() + 60
        while conn.execute(text("select count(*) from feed_file")).scalar_one() < files_done and time.monotonic() < deadline:
            time.sleep(0.005)
        os.kill(killed.pid, signal.SIGKILL)
        killed.wait()
        locks_given_back(outside.engine.url)
        stored = conn.execute(text("select split_part(usage_id, '-', 1), count(*) from usage_record group by 1")).all()
        assert all(count == 20_000 for _, count in stored)
        done = conn.execute(text("select count(*) from feed_file")).scalar_one()
        assert files_done <= done
        import_feed(outside)
        assert conn.execute(text("select count(*), count(distinct usage_id) from usage_record")).one() == (60_000, 60_000)
        assert conn.execute(text("select max(version) from order_line")).scalar_one() == 1
