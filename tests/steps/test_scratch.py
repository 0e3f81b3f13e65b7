"""A scratch: today's ledger to try things in, of which nothing lasts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import URL, Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from billing.period import Period
from tasks import drafts, rating, recurring, snapshot
from tasks.database import connect
from tasks.feed.importing import import_feed
from tasks.ledger import Step, Stopped, find_run, open_close, run_step
from tasks.outside import Outside, open_outside
from tasks.scratch import forget, scratch, tables_of
from tasks.settings import read_settings
from tests.databases import create_database
from tests.world import write_world

STEPS = (snapshot.stage, rating.stage, recurring.stage, drafts.stage)


@pytest.fixture(scope="module")
def drafted(server: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """The small operator with the drafts of October waiting for approval; no test changes what it finds."""
    here = tmp_path_factory.mktemp("drafted")
    write_world(here / "feed")
    settings = read_settings(
        database_url=create_database(server).render_as_string(hide_password=False),
        state=here / "state",
        feed=str(here / "feed"),
        out=str(here / "out"),
        smtp_url=f"maildir:{here / 'mailbox'}",
        workers=1,
    )
    outside = open_outside(settings)
    import_feed(outside)
    run = open_close(outside.engine, Period.month("2026-10"), date(2026, 10, 28))
    for stage in STEPS:
        name = stage.__module__.rpartition(".")[2]
        run_step(outside, find_run(outside.engine, run.run_id), Step(name, stage), check=lambda *_: None)
    yield outside
    outside.engine.dispose()


def rows(conn: Connection, table: str) -> list[str]:
    return sorted(conn.execute(text(f"select cast(shown as text) from {table} as shown")).scalars())


def schemas(engine: Engine) -> set[str]:
    with engine.connect() as conn:
        return set(conn.execute(text("select nspname from pg_namespace where nspname like 'scratch%'")).scalars())


def test_it_holds_the_rows_that_stand_now_but_for_rated_usage_and_what_was_judged_and_drawn(drafted: Outside) -> None:
    with drafted.engine.connect() as now, scratch(drafted, "trial") as inside, inside.engine.connect() as copied:
        empty = {"rated_usage", "gate_finding"}
        for table in tables_of(now):
            found = rows(copied, table.name)
            assert found == ([] if table.name in empty else rows(now, table.name)), table.name
        assert {table.name for table in tables_of(copied)} >= {"invoice", "invoice_line", "recurring_charge", "run", "rated_usage"}


def test_what_is_done_in_it_does_not_reach_the_ledger_and_it_is_gone_at_the_end(drafted: Outside) -> None:
    with drafted.engine.connect() as conn:
        before = {table.name: rows(conn, table.name) for table in tables_of(conn)}
    with scratch(drafted, "trial") as inside:
        with inside.engine.begin() as conn:
            conn.execute(text("update invoice set net = 0, vat = 0, gross = 0"))
            conn.execute(text("delete from recurring_charge"))
            conn.execute(text("delete from usage_window"))
        forget(inside, 1, the_run_too=True)
        with inside.engine.connect() as conn:
            assert rows(conn, "run") == rows(conn, "invoice") == rows(conn, "run_step") == []
    assert schemas(drafted.engine) == set()
    with drafted.engine.connect() as conn:
        assert {table.name: rows(conn, table.name) for table in tables_of(conn)} == before


@pytest.mark.parametrize(
    "statement",
    [
        "delete from order_line", "update price set unit_price = 0", "insert into line (line_id) values ('L-NEW')",
        "delete from usage_record", "insert into payment (invoice_id, amount, paid_on) values (1, 1, '2026-11-01')", "update inventory_snapshot set content_hash = ''",
    ],
)  # fmt: skip
def test_what_no_run_makes_refuses_to_be_written(drafted: Outside, statement: str) -> None:
    with scratch(drafted, "trial") as inside, inside.engine.connect() as conn, pytest.raises(DBAPIError, match="a trial does not write"):
        conn.execute(text(statement))


def test_its_own_numbers_begin_after_those_of_the_ledger(drafted: Outside) -> None:
    with scratch(drafted, "trial") as inside, inside.engine.begin() as conn:
        last = conn.execute(text("select max(run_id), (select max(invoice_id) from invoice) from run")).one()
        run_id = conn.execute(text("insert into run (kind, run_on) values ('orders', '2026-10-05') returning run_id")).scalar_one()
        invoice_id = conn.execute(text("select nextval(pg_get_serial_sequence('invoice', 'invoice_id'))")).scalar_one()
        assert (run_id, invoice_id) == (last[0] + 1, last[1] + 1)


def test_every_index_and_check_of_the_ledger_is_there_so_that_steps_find_what_they_rely_on(drafted: Outside) -> None:
    listed = (
        "select tablename || ' ' || regexp_replace(indexdef, '^.* USING ', '') from pg_indexes where schemaname = current_schema()"
        " and tablename in ('invoice', 'invoice_line', 'recurring_charge', 'run', 'run_step', 'usage_pending')"
    )
    keys = "select count(*) from pg_constraint where contype in ('p', 'u') and conrelid = to_regclass('invoice_line')"
    with drafted.engine.connect() as now, scratch(drafted, "trial") as inside, inside.engine.begin() as copied:
        assert copied.execute(text(keys)).scalar_one() == now.execute(text(keys)).scalar_one() == 1
        indexes = sorted(each for each in now.execute(text(listed)).scalars() if "gist" not in each)
        assert sorted(copied.execute(text(listed)).scalars()) == indexes
        with pytest.raises(DBAPIError, match="violates unique constraint"):
            copied.execute(text("insert into run (kind, period, run_on) values ('close', '2026-10-01', '2026-10-28')"))


def test_only_one_of_a_name_works_at_a_time_and_the_other_is_told_so(drafted: Outside) -> None:
    with scratch(drafted, "trial"), scratch(drafted, "books"):
        with pytest.raises(Stopped, match="trial is being worked on by another process; wait for it to end"), scratch(drafted, "trial"):
            pass
        assert schemas(drafted.engine) == {"scratch_trial", "scratch_books"}


def test_what_a_killed_one_left_behind_is_cleared_by_the_next(drafted: Outside) -> None:
    with drafted.engine.begin() as conn:
        conn.execute(text("create schema scratch_trial"))
        conn.execute(text("create table scratch_trial.invoice (invoice_id bigint)"))
    with scratch(drafted, "trial") as inside, inside.engine.connect() as conn:
        assert len(rows(conn, "invoice")) == 7


def test_one_that_fails_is_gone_as_well(drafted: Outside) -> None:
    with pytest.raises(ZeroDivisionError), scratch(drafted, "trial"):
        raise ZeroDivisionError
    assert schemas(drafted.engine) == set()


def test_an_import_that_comes_later_is_not_seen(drafted: Outside) -> None:
    with scratch(drafted, "trial") as inside:
        with drafted.engine.begin() as conn:
            later = conn.execute(text("insert into import_run (feed) select feed from import_run limit 1 returning import_no")).scalar_one()
        with drafted.engine.begin() as now, inside.engine.connect() as copied:
            assert len(rows(now, "import_run")) == len(rows(copied, "import_run")) + 1
            now.execute(text("delete from import_run where import_no = :later"), {"later": later})


def test_a_user_that_may_make_no_schema_is_told_what_to_grant(drafted: Outside) -> None:
    with drafted.engine.begin() as conn:
        conn.execute(text("drop role if exists reader_of_scratch"))
        conn.execute(text("create role reader_of_scratch login"))
        conn.execute(text("grant select on all tables in schema public to reader_of_scratch"))
    url = drafted.engine.url.set(username="reader_of_scratch")
    reader = connect(url)
    try:
        with (
            pytest.raises(Stopped, match="a trial needs a schema to work in: grant create on the database"),
            scratch(replace(drafted, engine=reader), "trial"),
        ):
            pass
    finally:
        reader.dispose()
        with drafted.engine.begin() as conn:
            conn.execute(text("drop owned by reader_of_scratch"))
            conn.execute(text("drop role reader_of_scratch"))
