"""Receivables in the database: statements and ageing of a day, as things stood on it."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

import sql
from billing.account import Entry, account, position
from reports.statement import Statement
from tasks.ageing import PayerAgeing, ageing_on
from tasks.deposits import set_off
from tasks.ledger import Stopped
from tasks.outside import Outside
from tasks.receivables import receivables
from tasks.statement import as_csv, as_text, statement
from tests.documents.reading import text
from tests.steps.delivery_scene import Scene

D = Decimal
DAY = timedelta(days=1)


@pytest.fixture
def scene(outside: Outside) -> Scene:
    """ALFA: 2026-000001 of 121.00, due 27 November, and 2026-000002 of 50.00, due 28 December; BETA: 2026-000003 of 80.00, due then.

    ALFA pays 21.00 on 10 November and contests 40.00 from 1 December; 30.00 of its deposit of 60.00 is set off on 5 December.
    """
    scene = Scene(outside)
    scene.payer("ALFA", name="Alfa SA", language="nl")
    scene.payer("BETA", name="Beta SA")
    scene.payer("GAMMA", name="Gamma SA")
    scene.invoice(scene.close(), "ALFA", "121.00")
    november = scene.close("2026-11", date(2026, 11, 28))
    scene.invoice(november, "ALFA", "50.00")
    scene.invoice(november, "BETA", "80.00")
    pay(scene, "2026-000001", "21.00", "2026-11-10")
    scene.dispute("DI1", "2026-000001", "2026-12-01", "40.00", closed_on="2026-12-20")
    deposit(scene, "D1", "ALFA", "2026-10-01", "60.00", "deposit")
    deposit(scene, "D2", "GAMMA", "2026-11-01", "500.00", "bank_guarantee")
    set_off(outside.engine, "ALFA", D("30.00"), on=date(2026, 12, 5), by="Ann", reason="overdue")
    return scene


def pay(scene: Scene, number: str, amount: str, on: str) -> None:
    scene.say(
        "insert into payment (invoice_id, amount, paid_on) select invoice_id, :amount, :on from invoice where number = :number",
        number=number, amount=D(amount), on=date.fromisoformat(on),
    )  # fmt: skip


def deposit(scene: Scene, deposit_id: str, payer_id: str, on: str, amount: str, kind: str) -> None:
    scene.say(
        "insert into feed_record (table_name, record_id, version, valid_import, record) values ('deposits', :id, 1, 1,"
        " jsonb_build_object('payer_id', cast(:payer as text), 'on', cast(:on as text), 'amount', cast(:amount as text),"
        " 'kind', cast(:kind as text)))",
        id=deposit_id, payer=payer_id, on=on, amount=amount, kind=kind,
    )  # fmt: skip


def credit_note(scene: Scene, credited: str, gross: str, on: date) -> None:
    """A credit note without VAT of an invoice of one line."""
    with scene.outside.engine.begin() as conn:
        note = conn.exec_driver_sql(
            "insert into invoice (run_id, kind, payer_id, payer_version, payment_days, net, vat, gross, credits_invoice_id)"
            " select run_id, 'credit_note', payer_id, payer_version, 0, -%(g)s, 0, -%(g)s, invoice_id from invoice where number = %(n)s"
            " returning invoice_id",
            {"g": D(gross), "n": credited},
        ).scalar_one()
        conn.exec_driver_sql(
            "insert into invoice_line (invoice_id, line_seq, contract_id, end_client_id, line_id, product, description, charge, from_day,"
            " to_day, quantity, net, vat_category, vat_rate, clause, credits_line_seq) values (%(i)s, 1, 'C', 'ALFA', 'L', 'user', 'x',"
            " 'credit', %(d)s, %(d)s, 1, -%(g)s, 'O', 0, 'BT-2.b', 1)",
            {"i": note, "d": on, "g": D(gross)},
        )
        conn.exec_driver_sql(
            "insert into invoice_vat (invoice_id, vat_category, vat_rate, base, vat) values (%(i)s, 'O', 0, -%(g)s, 0)",
            {"i": note, "g": D(gross)},
        )
        conn.exec_driver_sql(
            "insert into number_series values ('credit_note-2026', 1) on conflict (series) do update set last_seq = number_series.last_seq + 1"
        )
        conn.exec_driver_sql(
            "update invoice set series = 'credit_note-2026', seq = last_seq, number = 'C2026-00000' || last_seq, issued_on = %(d)s,"
            " due_on = %(d)s, structured_reference = '00000000' || last_seq from number_series"
            " where invoice_id = %(i)s and number_series.series = 'credit_note-2026'",
            {"i": note, "d": on},
        )


def seen(outside: Outside, payer_id: str, on: date, since: date | None = None) -> Statement:
    return statement(outside.engine, payer_id, on, since)


def ages(outside: Outside, on: date) -> list[PayerAgeing]:
    with outside.engine.connect() as conn:
        return ageing_on(conn, on)


@pytest.mark.clause("GC-9.3", "GC-5.3")
@pytest.mark.parametrize(
    ("on", "open_amounts", "contested", "deposits"),
    [
        pytest.param(date(2026, 10, 27), [], "0.00", "60.00", id="the eve of the first invoice"),
        pytest.param(date(2026, 11, 9), ["121.00"], "0.00", "60.00", id="the eve of the payment"),
        pytest.param(date(2026, 11, 10), ["100.00"], "0.00", "60.00", id="the day of the payment"),
        pytest.param(date(2026, 11, 30), ["100.00", "50.00"], "0.00", "60.00", id="the eve of the dispute"),
        pytest.param(date(2026, 12, 1), ["100.00", "50.00"], "40.00", "60.00", id="the day of the dispute"),
        pytest.param(date(2026, 12, 5), ["70.00", "50.00"], "40.00", "30.00", id="the day of the set-off"),
        pytest.param(date(2026, 12, 20), ["70.00", "50.00"], "0.00", "30.00", id="the day the dispute is closed"),
    ],
)
def test_a_past_day_shows_what_was_true_then(
    outside: Outside, scene: Scene, on: date, open_amounts: list[str], contested: str, deposits: str
) -> None:
    found = seen(outside, "ALFA", on)
    assert [one.open_amount for one in found.invoices] == [D(amount) for amount in open_amounts]
    assert (found.ageing.total_contested, found.balance("deposit")) == (D(contested), D(deposits))
    [row] = [row for row in ages(outside, on) if row.payer_id == "ALFA"]
    assert (row.total, row.contested, row.deposits) == (sum(map(D, open_amounts)), D(contested), D(deposits))


def test_the_ageing_of_all_payers_puts_each_amount_in_its_bucket(outside: Outside, scene: Scene) -> None:
    credit_note(scene, "2026-000003", "20.00", date(2027, 1, 5))
    assert ages(outside, date(2027, 2, 26)) == [
        PayerAgeing("ALFA", "Alfa SA", *map(D, ("0.00", "0.00", "50.00", "0.00", "70.00", "0.00", "30.00", "0.00", "120.00", "0.00"))),
        PayerAgeing("BETA", "Beta SA", *map(D, ("0.00", "0.00", "60.00", "0.00", "0.00", "0.00", "0.00", "0.00", "60.00", "0.00"))),
        PayerAgeing("GAMMA", "Gamma SA", *map(D, ("0.00", "0.00", "0.00", "0.00", "0.00", "0.00", "0.00", "500.00", "0.00", "0.00"))),
    ]


@pytest.mark.clause("GC-9.3")
def test_the_ageing_file_has_the_columns_agreed_and_contested_stays_in_its_bucket(outside: Outside, scene: Scene) -> None:
    done = receivables(outside, date(2026, 12, 5))
    assert outside.out.read("2026-12/ageing.csv").decode() == (
        "payer_id,name,not_due,1_30,31_60,61_90,over_90,contested,deposits,guarantees,total,in_favour\n"
        "ALFA,Alfa SA,50.00,70.00,0.00,0.00,0.00,40.00,30.00,0.00,120.00,0.00\n"
        "BETA,Beta SA,80.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,80.00,0.00\n"
        "GAMMA,Gamma SA,0.00,0.00,0.00,0.00,0.00,0.00,0.00,500.00,0.00,0.00\n"
    )
    assert str(done) == "2026-12-05: 2 payers, 200.00 EUR open, 70.00 overdue, 40.00 contested; 2026-12/ageing.csv, 0 statements"
    assert outside.out.paths("2026-12/statements") == ()


def test_statements_are_drawn_for_who_has_something_open_each_in_his_language(outside: Outside, scene: Scene) -> None:
    on = date(2026, 12, 5)
    assert receivables(outside, on, with_statements=True).drawn == 2
    paths = ("2026-12/statements/ALFA.pdf", "2026-12/statements/BETA.pdf")
    assert outside.out.paths("2026-12/statements") == paths
    first = [outside.out.read(path) for path in paths]
    assert "Rekeningoverzicht 05/12/2026" in text(first[0])
    assert "€ 120,00" in text(first[0])
    assert "Relevé de compte 05/12/2026" in text(first[1])
    pay(scene, "2026-000003", "80.00", "2026-12-06")
    assert receivables(outside, on, with_statements=True).drawn == 2
    assert [outside.out.read(path) for path in paths] == first  # what is dated later changes nothing, and the bytes are the same


def test_the_statement_of_who_owes_nothing_any_more_goes_when_the_month_is_looked_at_again(outside: Outside, scene: Scene) -> None:
    receivables(outside, date(2026, 12, 5), with_statements=True)
    pay(scene, "2026-000003", "80.00", "2026-12-06")
    receivables(outside, date(2026, 12, 6), with_statements=True)
    assert outside.out.paths("2026-12/statements") == ("2026-12/statements/ALFA.pdf",)


def test_the_account_leads_from_one_balance_to_the_other_with_every_document_and_payment(outside: Outside, scene: Scene) -> None:
    credit_note(scene, "2026-000001", "80.00", date(2026, 12, 6))  # 70.00 is open then
    found = seen(outside, "ALFA", date(2026, 12, 6), date(2026, 11, 10))
    assert as_csv(found).splitlines() == [
        "day,what,reference,invoice,amount,balance",
        "2026-11-10,opening,,,,121.00",
        "2026-11-10,payment,,2026-000001,-21.00,100.00",
        "2026-11-28,invoice,2026-000002,2026-000002,50.00,150.00",
        "2026-12-05,set_off,,2026-000001,-30.00,120.00",
        "2026-12-06,credit_note,C2026-000001,2026-000001,-80.00,40.00",
        "2026-12-06,closing,,,,40.00",
    ]
    assert (found.ageing.total, found.favour, found.owed) == (D("50.00"), D("10.00"), D("40.00"))
    shown = as_text(found).splitlines()
    assert "  invoice 2026-000001         10.00" in shown
    assert "  in favour 10.00, balance 40.00" in shown
    assert "Account from 2026-11-10 to 2026-12-06" in shown


def test_the_account_of_every_day_of_a_winter_closes_at_what_is_open_less_what_is_in_favour(outside: Outside, scene: Scene) -> None:
    credit_note(scene, "2026-000001", "121.00", date(2026, 12, 10))
    pay(scene, "2026-000002", "50.00", "2026-11-20")  # eight days before it is issued
    days = [date(2026, 10, 26) + offset * DAY for offset in range(70)]
    found = [seen(outside, "ALFA", day, day) for day in days]
    for one in found:
        assert one.account is not None
        assert one.account.closing == one.owed, one.on
    accounts = [one.account for one in found if one.account is not None]
    assert all(after.opening == before.closing for before, after in pairwise(accounts))
    assert (accounts[0].opening, accounts[-1].closing) == (D("0.00"), D("-51.00"))
    with outside.engine.connect() as conn:
        entries = sql.rows(conn, Entry, "receivables/entries", payer_id="ALFA", day=days[-1])
    assert [position(entries, one.on) for one in found] == [(one.ageing.total, one.favour) for one in found]
    assert account(entries, days[0], days[-1]).closing == D("-51.00")


def test_a_payment_the_bank_took_back_is_open_again_from_that_day_on(outside: Outside, scene: Scene) -> None:
    booked(scene, "2026-000003", "80.00", date(2026, 12, 2))
    booked(scene, "2026-000003", "-80.00", date(2026, 12, 9))
    for on, open_amount in ((1, "80.00"), (2, "0.00"), (8, "0.00"), (9, "80.00")):
        assert seen(outside, "BETA", date(2026, 12, on)).ageing.total == D(open_amount), on
    found = seen(outside, "BETA", date(2026, 12, 9), date(2026, 12, 1)).account
    assert found is not None
    assert [(entry.kind, entry.amount, after) for entry, after in found.entries] == [
        ("payment", D("-80.00"), D("0.00")), ("returned", D("80.00"), D("80.00")),
    ]  # fmt: skip


def test_money_on_account_is_in_the_payers_favour_from_the_day_it_was_booked(outside: Outside, scene: Scene) -> None:
    booked(scene, "", "25.00", date(2026, 12, 3), payer_id="GAMMA")
    assert seen(outside, "GAMMA", date(2026, 12, 2)).favour == D("0.00")
    found = seen(outside, "GAMMA", date(2026, 12, 3), date(2026, 12, 1))
    assert (found.favour, found.owed) == (D("25.00"), D("-25.00"))
    assert found.account is not None
    assert found.account.closing == D("-25.00")
    assert [row.in_favour for row in ages(outside, date(2026, 12, 3)) if row.payer_id == "GAMMA"] == [D("25.00")]


def booked(scene: Scene, number: str, amount: str, on: date, payer_id: str | None = None) -> None:
    """A movement of the bank of one statement, put on an invoice or (no number) on account."""
    values = {"number": number, "amount": D(amount), "on": on, "payer": payer_id, "place": "invoice" if number else "on_account"}
    scene.say(
        "with booked as (insert into bank_statement (iban, currency, from_day, to_day, opening, closing, layout, path, import_no)"
        " values ('BE71096123456769', 'EUR', :on, :on, 0, :amount, 'coda', 'x', 1) returning statement_no),"
        " moved as (insert into bank_movement (statement_no, seq, bank_reference, booked_on, value_on, amount, counterparty_iban,"
        " counterparty_name, reference, text, end_to_end_id, mandate_id, is_return, return_reason)"
        " select statement_no, 1, '', :on, :on, :amount, '', '', '', '', '', '', false, '' from booked returning movement_no),"
        " placed as (insert into allocation (movement_no, place, invoice_id, payer_id, amount, how, decided_by)"
        " select movement_no, :place, (select invoice_id from invoice where number = :number), cast(:payer as text), :amount, 'by hand', 'Ann'"
        " from moved returning allocation_no, movement_no, invoice_id, amount)"
        " insert into payment (invoice_id, amount, paid_on, movement_no, allocation_no)"
        " select invoice_id, amount, :on, movement_no, allocation_no from placed where invoice_id is not null",
        **values,
    )


def test_a_period_that_ends_before_it_begins_and_a_payer_nobody_knows_are_refused(outside: Outside, scene: Scene) -> None:
    with pytest.raises(Stopped, match="the account would begin on 2026-12-06 and end on 2026-12-05; give a --from up to --on"):
        seen(outside, "ALFA", date(2026, 12, 5), date(2026, 12, 6))
    with pytest.raises(Stopped, match="there is no payer P9"):
        seen(outside, "P9", date(2026, 12, 5))
