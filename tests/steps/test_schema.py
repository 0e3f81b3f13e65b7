"""What the database itself refuses, whatever the code does."""

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError


def say(conn: Connection, statement: str) -> None:
    conn.execute(text(statement))


@pytest.fixture
def ledger(database: Engine) -> Engine:
    """One close with one charge and one balanced draft of 31.00 + 6.51 VAT."""
    with database.begin() as conn:
        say(conn, "insert into import_run (feed) values ('test')")
        say(
            conn,
            "insert into party (party_id, version, valid_import, role, name, language, delivery, country)"
            " values ('P1', 1, 1, 'client', 'One', 'fr', 'email', 'BE')",
        )
        say(conn, "insert into inventory_snapshot values ('2026-10-27', 1, 'hash', 1)")
        say(conn, "insert into inventory_element values ('2026-10-27', 1, 'E1', 'user', 'first')")
        say(conn, "insert into run (kind, period, run_on, snapshot_on) values ('close', '2026-10-01', '2026-10-28', '2026-10-27')")
        charge(conn, "[2026-10-23,2026-11-01)")
        draft(conn, 1)
    return database


def charge(conn: Connection, days: str, line_no: int = 1) -> None:
    say(
        conn,
        "insert into recurring_charge (run_id, line_no, days, charge, quantity, unit_price, net, clause, count_rule, count_clause, ordered)"
        f" values (1, {line_no}, '{days}', 'pro_rata', 1, 31, 9, 'BT-2.b', 'counted', 'BT-2.f', 1)",
    )


def draft(conn: Connection, invoice_id: int, payment_days: int = 30) -> None:
    say(
        conn,
        "insert into invoice (invoice_id, run_id, kind, payer_id, payer_version, payment_days, net, vat, gross)"
        f" overriding system value values ({invoice_id}, 1, 'invoice', 'P1', 1, {payment_days}, 31, 6.51, 37.51)",
    )
    say(
        conn,
        f"insert into invoice_line values ({invoice_id}, 1, 'C1', 'P1', 'L1', 'user', 'User', 'recurring', '2026-11-01', '2026-11-30',"
        " 1, 31, 31, 'S', 21, 'BT-2.b')",
    )
    say(conn, f"insert into invoice_vat values ({invoice_id}, 'S', 21, 31, 6.51)")


def issue(conn: Connection, invoice_id: int, seq: int) -> None:
    say(conn, f"insert into number_series values ('invoice-2026', {seq}) on conflict (series) do update set last_seq = {seq}")
    say(
        conn,
        f"update invoice set series = 'invoice-2026', seq = {seq}, number = '2026-{seq}', issued_on = '2026-10-28', due_on = '2026-11-27',"
        f" structured_reference = 'ref {seq}' where invoice_id = {invoice_id}",
    )


@pytest.mark.clause("BT-2.b")
@pytest.mark.parametrize(
    "days", ["[2026-10-23,2026-11-01)", "[2026-10-31,2026-12-01)", "[2026-10-01,2026-10-24)", "[2026-10-25,2026-10-26)"]
)
def test_a_day_of_a_line_cannot_be_charged_twice(ledger: Engine, days: str) -> None:
    with pytest.raises(IntegrityError, match="conflicting key"), ledger.begin() as conn:
        charge(conn, days)


def test_the_next_day_of_the_line_and_the_same_day_of_another_line_can_be_charged(ledger: Engine) -> None:
    with ledger.begin() as conn:
        charge(conn, "[2026-11-01,2026-12-01)")
        charge(conn, "[2026-10-23,2026-11-01)", line_no=2)


@pytest.mark.clause("BT-2.f")
@pytest.mark.parametrize(
    "statement",
    [
        "update inventory_element set kind = 'channel'",
        "delete from inventory_element",
        "insert into inventory_element values ('2026-10-27', 1, 'E2', 'user', 'late')",
        "delete from inventory_snapshot",
        "update inventory_snapshot set content_hash = 'other'",
        "truncate inventory_element",
    ],
)
def test_a_snapshot_a_close_has_used_can_never_change(ledger: Engine, statement: str) -> None:
    with pytest.raises(DBAPIError, match=r"can never change|never emptied"), ledger.begin() as conn:
        say(conn, statement)


ADD_A_LINE = (
    "insert into invoice_line select invoice_id, 2, contract_id, end_client_id, line_id, product, description, charge, from_day, to_day,"
    " quantity, unit_price, 0, vat_category, vat_rate, clause, note from invoice_line"
)


@pytest.mark.parametrize(
    "statement",
    [
        "update invoice set gross = 40, net = 33.49",
        "update invoice set number = '2026-9'",
        "delete from invoice",
        "update invoice_line set net = 1",
        "delete from invoice_line",
        ADD_A_LINE,
        "delete from invoice_vat",
        "truncate invoice_line",
    ],
)
def test_an_issued_invoice_refuses_every_change(ledger: Engine, statement: str) -> None:
    with ledger.begin() as conn:
        issue(conn, 1, 1)
    with pytest.raises(DBAPIError, match=r"is issued and|never emptied"), ledger.begin() as conn:
        say(conn, statement)


def test_a_draft_can_be_made_again(ledger: Engine) -> None:
    with ledger.begin() as conn:
        say(conn, "delete from invoice")
        draft(conn, 2)


def test_a_number_cannot_be_skipped(ledger: Engine) -> None:
    with pytest.raises(DBAPIError, match=r"a gap or a number twice"), ledger.begin() as conn:
        issue(conn, 1, 2)


def test_a_number_cannot_be_used_twice(ledger: Engine) -> None:
    with ledger.begin() as conn:
        draft(conn, 2, payment_days=14)
        issue(conn, 1, 1)
    with pytest.raises(DBAPIError, match=r"duplicate key|a gap or a number twice"), ledger.begin() as conn:
        issue(conn, 2, 1)


def test_a_series_cannot_go_back(ledger: Engine) -> None:
    with ledger.begin() as conn:
        issue(conn, 1, 1)
    with pytest.raises(DBAPIError, match="can only go up"), ledger.begin() as conn:
        say(conn, "update number_series set last_seq = 0")


@pytest.mark.parametrize(
    "wrong",
    [
        "update invoice_line set net = 30.99",
        "update invoice_vat set vat = 6.50",
        "update invoice_vat set base = 30",
        "delete from invoice_line",
    ],
)
def test_an_invoice_whose_totals_are_not_those_of_its_lines_cannot_be_issued(ledger: Engine, wrong: str) -> None:
    with ledger.begin() as conn:
        say(conn, wrong)
    with pytest.raises(DBAPIError, match="does not balance"), ledger.begin() as conn:
        issue(conn, 1, 1)


def test_gross_is_net_and_vat(ledger: Engine) -> None:
    with pytest.raises(IntegrityError, match="check"), ledger.begin() as conn:
        say(conn, "update invoice set gross = 37.50")


@pytest.mark.parametrize("statement", ["delete from recurring_charge", "update recurring_charge set net = 1", "truncate recurring_charge"])
def test_a_charge_on_an_issued_invoice_stays(ledger: Engine, statement: str) -> None:
    with ledger.begin() as conn:
        say(conn, "insert into run_step values (1, 'issue', 'accepted', 1)")
    with pytest.raises(DBAPIError, match=r"on an issued invoice|never emptied"), ledger.begin() as conn:
        say(conn, statement)


def test_there_is_one_close_per_period(ledger: Engine) -> None:
    with pytest.raises(IntegrityError, match="one_close_per_period"), ledger.begin() as conn:
        say(conn, "insert into run (kind, period, run_on) values ('close', '2026-10-01', '2026-10-29')")


def test_an_error_of_the_database_does_not_say_what_it_was_given_since_it_is_told_by_mail(database: Engine) -> None:
    with pytest.raises(DBAPIError) as failed, database.begin() as conn:
        conn.execute(text("select cast(:called as integer)"), {"called": "+32471000001x"})
    assert "+32471000001x" not in str(failed.value).partition("[SQL:")[2]
