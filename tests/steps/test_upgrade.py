"""A ledger of the first release, with an issued invoice and a payment, brought to this one: all of it is kept and goes on being guarded."""

from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from itertools import count

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from sql.migrate import migrate
from tasks.database import connect
from tasks.dunning import run_dunning
from tasks.outside import Outside
from tasks.settings import Settings
from tasks.store import Store
from tests.databases import copy_of

_names = count(1)

HELD = (
    "insert into import_run (feed) values ('test')",
    (
        "insert into party (party_id, version, valid_import, role, name, language, delivery, country)"
        " values ('P1', 1, 1, 'client', 'One', 'fr', 'email', 'BE')"
    ),
    "insert into inventory_snapshot values ('2026-10-20', 0, 'hash', 1), ('2026-10-27', 1, 'hash', 1)",
    "insert into inventory_element values ('2026-10-27', 1, 'E1', 'user', 'first')",
    "insert into run (kind, period, run_on, snapshot_on) values ('close', '2026-10-01', '2026-10-28', '2026-10-27')",
    (
        "insert into recurring_charge (run_id, line_no, days, charge, quantity, unit_price, net, clause, count_rule, count_clause, ordered)"
        " values (1, 1, '[2026-11-01,2026-12-01)', 'recurring', 1, 31, 31, 'BT-2.b', 'counted', 'BT-2.f', 1)"
    ),
    "insert into invoice (run_id, kind, payer_id, payer_version, payment_days, net, vat, gross) values (1, 'invoice', 'P1', 1, 30, 31, 6.51, 37.51)",
    (
        "insert into invoice_line values (1, 1, 'C1', 'P1', 'L1', 'bt-user', 'User', 'recurring', '2026-11-01', '2026-11-30', 1, 31, 31,"
        " 'S', 21, 'BT-2.b', '')"
    ),
    "insert into invoice_vat values (1, 'S', 21, 31, 6.51)",
    "insert into number_series values ('invoice-2026', 1)",
    (
        "update invoice set series = 'invoice-2026', seq = 1, number = '2026-000001', issued_on = '2026-10-28', due_on = '2026-11-27',"
        " structured_reference = '+++260/0000/00128+++'"
    ),
    "insert into run_step (run_id, step, state, import_no) values (1, 'issue', 'accepted', 1)",
    "insert into payment (invoice_id, amount, paid_on) values (1, 10, '2026-11-02')",
    (
        "insert into rate (deck, prefix, valid_from, version, valid_import, destination, destination_group, per_minute_micro, setup_micro)"
        " values ('telavox', 'sms32', '2026-01-01', 1, 1, 'Messages', 'sms', 0, 50000)"
    ),
)


# Reminders as the first release kept them: without a PDF, a day to pay by or a segment.
REMINDED = (
    "update party set billing_emails = 'one@payer.example'",
    (
        "insert into delivery (purpose, payer_id, channel, recipients, message_id, state) values"
        " ('reminder', 'P1', 'email', 'one@payer.example', '<first>', 'sent'), ('reminder', 'P1', 'email', 'one@payer.example', '<second>', :state)"
    ),
    (
        "insert into dunning_notice (payer_id, policy, level, noticed_on, anchor_invoice_id, anchor_due_on, open_amount, fee, clause, delivery_id)"
        " select 'P1', 'contract', level, day, 1, '2026-11-27', 27.51, fee, 'CG-2.d', delivery_id"
        " from (values ('<first>', 1, date '2026-12-04', 0), ('<second>', 2, date '2026-12-11', 10)) as sent (message_id, level, day, fee)"
        " join delivery using (message_id)"
    ),
    "insert into dunning_notice_invoice select notice_id, 1, 27.51 from dunning_notice",
)


@pytest.fixture
def upgraded(server: URL) -> Iterator[Engine]:
    """A database of the first release with what `HELD` says, brought to the newest one."""
    yield from _upgraded(server)


def _upgraded(server: URL, *also: str, **values: object) -> Iterator[Engine]:
    engine = connect(copy_of(server, f"first_release_{next(_names)}"))
    with engine.begin() as conn:
        config = Config()
        config.set_main_option("script_location", str(files("sql").joinpath("migrations")))
        config.attributes["connection"] = conn
        command.upgrade(config, "0001")
    with engine.begin() as conn:
        for statement in HELD:
            conn.execute(text(statement))
        for statement in also:
            conn.execute(text(statement), {name: value for name, value in values.items() if f":{name}" in statement})
    migrate(engine)
    yield engine
    engine.dispose()


def ask(conn: Connection, statement: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in conn.execute(text(statement))]


def test_what_the_first_release_kept_is_kept(upgraded: Engine) -> None:
    with upgraded.connect() as conn:
        assert ask(conn, "select number, gross::text, credits_invoice_id from invoice") == [("2026-000001", "37.51", None)]
        assert ask(conn, "select lower(days)::text, net::text, released_by from recurring_charge") == [("2026-11-01", "31.00", None)]
        assert ask(conn, "select amount::text, movement_no from payment") == [("10.00", None)]
        assert ask(conn, "select prefix from rate") == [("sms32",)]
    migrate(upgraded)  # once more: nothing to do


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        pytest.param("update invoice set gross = 1", "can never change", id="an issued invoice"),
        pytest.param("delete from recurring_charge", "can never change", id="an issued charge"),
        pytest.param("update recurring_charge set net = 1", "can never change", id="the amount of an issued charge"),
        pytest.param("delete from inventory_element", "can never change", id="the snapshot a close used"),
        pytest.param("delete from inventory_snapshot where snapshot_on = '2026-10-20'", "can never change", id="a snapshot before it"),
        pytest.param(
            "insert into recurring_charge (run_id, line_no, days, charge, quantity, unit_price, net, clause, count_rule, count_clause, ordered)"
            " values (1, 1, '[2026-11-15,2026-12-15)', 'pro_rata', 1, 31, 31, 'BT-2.b', 'counted', 'BT-2.f', 1)",
            "no_day_twice",
            id="a day charged twice",
        ),
        pytest.param("update number_series set last_seq = 0", "only go up", id="a number given back"),
    ],
)
def test_after_the_upgrade_the_database_goes_on_refusing(upgraded: Engine, broken: str, says: str) -> None:
    with pytest.raises(DBAPIError, match=says), upgraded.begin() as conn:
        conn.execute(text(broken))


@pytest.mark.parametrize(
    ("state", "told"),
    [
        pytest.param("sent", [[], [3], [], []], id="the second was sent"),  # the fourth is a suspension, and nobody is served
        pytest.param("pending", [[2], [], [3], []], id="the second was recorded and never sent"),
    ],
)
@pytest.mark.clause("CG-2.d")
def test_the_ladder_goes_on_where_the_reminders_of_the_first_release_ended(
    server: URL, settings: Settings, state: str, told: list[list[int]]
) -> None:
    days = (date(2026, 12, 17), date(2026, 12, 18), date(2026, 12, 24), date(2026, 12, 28))
    for engine in _upgraded(server, *REMINDED, state=state):
        world = Outside(settings, engine, Store(settings.out))
        assert [[each.level for each in run_dunning(world, day).notices] for day in days] == told
        with engine.connect() as conn:
            assert ask(conn, "select level, count(*) from dunning_notice group by level order by level") == [(1, 1), (2, 1), (3, 1)]
            assert ask(conn, "select count(*) from delivery where state <> 'sent'") == [(0,)]
