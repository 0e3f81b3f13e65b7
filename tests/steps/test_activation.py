"""The activation list: prepaid subscriptions as their invoices stand on a day (WM-2.b)."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tasks.activation import activations, told, write_activations
from tasks.export import write_files
from tasks.outside import Outside
from tasks.write_off import write_off
from tests.steps.billed_operator import Billed, billed

pytestmark = pytest.mark.clause("WM-2.a", "WM-2.b")
D = Decimal
LICENCE = {"product": "wm-licence", "starts_on": "2026-11-10", "charged_through": None}


@pytest.fixture
def op(outside: Outside) -> Billed:
    """A licence of 31.00 a month from 10 November, invoiced on 5 October as 2026-000001 of 37.51."""
    made = billed(outside)
    made.line("L1", **LICENCE)
    made.bill_orders("2026-10-05")
    return made


def listed(op: Billed, on: str) -> list[str]:
    with op.outside.engine.connect() as conn:
        return [str(row) for row in activations(conn, date.fromisoformat(on))]


WAITS = "wait      L1  wm-licence  2026-11-10 to 2026-12-09  invoice 2026-000001, {} EUR open"
READY = "activate  L1  wm-licence  2026-11-10 to 2026-12-09  invoice 2026-000001, paid on {}"


def test_a_subscription_waits_for_the_last_cent(op: Billed) -> None:
    assert listed(op, "2026-10-04") == []
    assert listed(op, "2026-10-05") == [WAITS.format("37.51")]
    op.pay("2026-000001", "37.50", "2026-10-08")
    op.pay("2026-000001", "0.01", "2026-10-20")
    assert listed(op, "2026-10-19") == [WAITS.format("0.01")]
    assert listed(op, "2026-10-20") == [READY.format("2026-10-20")]


def test_each_term_is_released_by_its_own_invoice_and_leaves_the_list_when_it_is_over(op: Billed) -> None:
    op.pay("2026-000001", "37.51", "2026-10-08")
    op.bill_orders("2026-11-26")
    renewal = "wait      L1  wm-licence  2026-12-10 to 2027-01-09  invoice 2026-000002, 37.51 EUR open"
    assert listed(op, "2026-12-09") == [READY.format("2026-10-08"), renewal]
    assert listed(op, "2026-12-10") == [renewal]


def test_a_debt_that_is_given_up_releases_nothing(op: Billed) -> None:
    write_off(op.outside.engine, "2026-000001", None, on=date(2026, 10, 20), by="An", reason="bankrupt")
    assert listed(op, "2026-10-20") == [WAITS.format("37.51")]


@pytest.mark.clause("GC-10.5")
def test_a_subscription_that_a_credit_covers_is_released_the_day_it_is_invoiced(op: Billed) -> None:
    op.line("L2", **LICENCE)
    op.credit("K1", "2026-10-01", "31.00")
    op.bill_orders("2026-10-06")
    assert listed(op, "2026-10-06")[1] == "activate  L2  wm-licence  2026-11-10 to 2026-12-09  invoice 2026-000002, paid on 2026-10-06"


def test_an_orders_run_and_the_command_write_the_same_file(op: Billed) -> None:
    run = op.bill_orders("2026-10-06")
    write_files(op.outside, run)
    file = Path(op.outside.settings.out) / "2026-10" / "activation.csv"
    written = file.read_text()
    assert written.splitlines() == [
        "line_id,contract_id,end_client_id,product,from_day,to_day,invoice_number,open_amount,paid_on,state",
        "L1,C1,P1,wm-licence,2026-11-10,2026-12-09,2026-000001,37.51,,wait",
    ]
    rows = write_activations(op.outside, date(2026, 10, 6))
    assert file.read_text() == written
    assert told(rows, date(2026, 10, 6)).splitlines()[-1] == "2026-10-06: 0 to activate, 1 to wait for their payment"


def test_hardware_of_the_same_service_is_on_no_activation_list(op: Billed) -> None:
    op.line("L2", product="bt-phone", charged_through=None)
    op.bill_orders("2026-10-06")
    assert len(listed(op, "2026-10-06")) == 1


def test_a_term_that_a_credit_note_takes_back_is_no_subscription(op: Billed) -> None:
    op.say(
        "insert into invoice (run_id, kind, payer_id, payer_version, payment_days, net, vat, gross, credits_invoice_id, reason)"
        " select run_id, 'credit_note', 'P1', 1, 0, -net, -vat, -gross, invoice_id, 'cancelled' from invoice"
    )
    op.say(
        "insert into invoice_line select (select max(invoice_id) from invoice), line_seq, contract_id, end_client_id, line_id, product,"
        " description, 'credit', from_day, to_day, quantity, unit_price, -net, vat_category, vat_rate, clause, '', line_seq from invoice_line"
    )
    op.say("insert into invoice_vat select (select max(invoice_id) from invoice), vat_category, vat_rate, -base, -vat from invoice_vat")
    op.say(
        "with taken as (insert into number_series values ('credit_note-2026', 1))"
        " update invoice set series = 'credit_note-2026', seq = 1, number = 'C2026-000001', issued_on = '2026-10-12', due_on = '2026-10-12',"
        " structured_reference = 'x' where kind = 'credit_note'"
    )
    assert len(listed(op, "2026-10-11")) == 1
    assert listed(op, "2026-10-12") == []
