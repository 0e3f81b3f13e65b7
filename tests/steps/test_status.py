"""`billing status`, as a person reads it."""

from datetime import date

from sqlalchemy import text

from billing.period import Period
from tasks.ledger import open_close
from tasks.outside import Outside
from tasks.status import status


def test_before_the_first_close_it_says_how_to_begin(outside: Outside) -> None:
    assert status(outside.engine).splitlines() == [
        "nothing closed yet; `billing close 2026-10` closes a month",
        "EUR 0.00 open on invoices · 0 usage records · 0 imports · 0 rejected rows wait for a correction",
    ]


def test_a_close_tells_how_far_it_came_and_what_stopped_it(outside: Outside) -> None:
    run = open_close(outside.engine, Period.month("2026-10"), date(2026, 10, 28))
    assert status(outside.engine).startswith("close 2026-10 (on 2026-10-28): begun, no step done yet; 0 issued")
    with outside.engine.begin() as conn:
        conn.execute(text("insert into import_run (feed) values ('test')"))
        done = f"({run.run_id}, 'rating', 'accepted', 1, now())"
        conn.execute(text(f"insert into run_step (run_id, step, state, import_no, accepted_at) values {done}"))
    assert "under way, done up to rating;" in status(outside.engine)
    with outside.engine.begin() as conn:
        conn.execute(
            text(
                "insert into gate_finding (run_id, gate, check_name, severity, clause, says, found, limit_at_most, passed, advice)"
                f" values ({run.run_id}, 'recurring', 'unpriced', 'critical', 'GC-5.1', 'every line has a price', 1, 0, false, 'add it')"
            )
        )
    assert "stopped at the gate recurring: expected that every line has a price;" in status(outside.engine)


def test_one_rejected_row_waits_in_the_singular(outside: Outside) -> None:
    with outside.engine.begin() as conn:
        conn.execute(text("insert into import_run (feed) values ('test')"))
        refused = "(1, 'rates.csv', 2, 'setup', 'x', 'no amount')"
        conn.execute(text(f"insert into feed_reject (import_no, path, line, column_name, value, reason) values {refused}"))
    assert status(outside.engine).endswith("1 import · 1 rejected row waits for a correction")
