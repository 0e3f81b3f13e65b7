"""Deposits in the database: refused when given back twice, set off on decision, and shown on the statement (GC-5.3)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tasks.deposits import SetOffRefused, set_off
from tasks.feed import import_feed
from tasks.ledger import Stopped
from tasks.outside import Outside
from tasks.payments import PaymentRefused, pay
from tasks.statement import as_csv, as_text, statement
from tests.steps.billed_operator import Billed, billed
from tests.world import Row, world

pytestmark = pytest.mark.clause("GC-5.3")
D = Decimal
ON = date(2026, 12, 5)


@pytest.fixture
def op(outside: Outside) -> Billed:
    """Invoice 2026-000001 of 48.40 due 27 November, 2026-000002 of 48.40 due 28 December; 60.00 of deposit since 1 October."""
    made = billed(outside)
    made.line("L1", product="sip-channel", quantity=4)
    made.record("deposits", "D1", payer_id="P1", on="2026-10-01", amount="60.00", kind="deposit")
    made.bill_close("2026-10")
    made.bill_close("2026-11")
    return made


def off(op: Billed, amount: str | None = None, on: date = ON, payer_id: str = "P1", by: str = "Ann", reason: str = "overdue") -> str:
    return str(set_off(op.outside.engine, payer_id, None if amount is None else D(amount), on=on, by=by, reason=reason))


def paid(op: Billed) -> list[tuple[object, ...]]:
    return op.say("select number, amount, paid_on::text, set_off_no from payment join invoice using (invoice_id) order by payment_no")


def test_without_an_amount_all_that_is_overdue_and_held_is_set_off(op: Billed) -> None:
    assert off(op) == "deposit of P1: 48.40 EUR set off on 2026-12-05: 48.40 EUR of invoice 2026-000001; 11.60 EUR stay held"
    assert paid(op) == [("2026-000001", D("48.40"), "2026-12-05", 1)]
    assert op.say("select payer_id, amount, set_off_on::text, decided_by, reason from deposit_set_off") == [
        ("P1", D("48.40"), "2026-12-05", "Ann", "overdue")
    ]


def test_the_oldest_overdue_invoice_comes_first_and_the_deposit_is_the_most(op: Billed) -> None:
    late = date(2026, 12, 29)
    assert off(op, on=late).endswith("48.40 EUR of invoice 2026-000001, 11.60 EUR of invoice 2026-000002; 0.00 EUR stay held")
    with pytest.raises(SetOffRefused, match="no deposit of P1 is held on 2026-12-29"):
        off(op, on=late)


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"amount": "48.41"}, "48.41 EUR is more than the 48.40 EUR that P1 has overdue on 2026-12-05; set off at most that"),
        ({"amount": "60.01"}, "60.01 EUR is more than the 60.00 EUR of deposit held for P1 on 2026-12-05; set off at most that"),
        ({"amount": "0"}, "0 EUR cannot be set off; give an amount above 0.00, or none for all that is overdue"),
        ({"amount": "-1"}, "-1 EUR cannot be set off"),
        ({"amount": "NaN"}, "NaN EUR cannot be set off"),
        ({"amount": "1.005"}, "1.005 EUR has parts of a cent; give two decimals"),
        ({"on": date(2026, 11, 27)}, "P1 has nothing overdue on 2026-11-27 that is not contested; a deposit is set off against overdue"),
        ({"payer_id": "P9"}, "there is no payer P9; give the payer_id of contracts.csv"),
        ({"by": " "}, "a deposit is set off on somebody's decision; give --by NAME and --reason TEXT"),
        ({"reason": ""}, "a deposit is set off on somebody's decision"),
    ],
    ids=["a cent more than overdue", "more than held", "nothing", "negative", "no number", "half a cent", "on the due date itself",
         "no such payer", "nobody decides", "no reason"],
)  # fmt: skip
def test_a_set_off_that_makes_no_sense_is_refused_in_one_line(op: Billed, asked: dict[str, object], reason: str) -> None:
    with pytest.raises(SetOffRefused) as refused:
        off(op, **asked)  # type: ignore[arg-type]
    assert str(refused.value).startswith(reason)
    assert "\n" not in str(refused.value)
    assert isinstance(refused.value, Stopped)
    assert paid(op) == []


def test_a_guarantee_is_not_set_off(op: Billed) -> None:
    op.record("deposits", "D1", payer_id="P1", on="2026-10-01", amount="60.00", kind="bank_guarantee")
    with pytest.raises(SetOffRefused, match="no deposit of P1 is held"):
        off(op)


@pytest.mark.clause("GC-9.3")
def test_what_is_contested_is_not_set_off(op: Billed) -> None:
    op.record("disputes", "DI1", invoice_number="2026-000001", opened_on="2026-12-01", amount="40.00", phase="claim", closed_on=None)
    assert off(op).startswith("deposit of P1: 8.40 EUR set off")


def test_what_was_paid_since_is_not_set_off_again(op: Billed) -> None:
    op.pay("2026-000001", "48.40", "2026-12-06")
    with pytest.raises(SetOffRefused, match="nothing overdue"):
        off(op)


def test_set_offs_and_payments_at_the_same_moment_take_no_more_than_is_open_or_held(op: Billed) -> None:
    def one(number: int) -> None:
        try:
            if number % 2:
                off(op, "30.00")
            else:
                pay(op.outside.engine, "2026-000001", D("10.00"), ON)
        except (SetOffRefused, PaymentRefused):
            pass

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(8)))
    [(total,)] = op.say("select sum(amount) from payment")
    [(gone,)] = op.say("select coalesce(sum(amount), 0) from deposit_set_off")
    assert total <= D("48.40")
    assert gone in (D("0.00"), D("30.00"))  # twice 30.00 is more than is overdue
    assert op.say("select coalesce(sum(amount), 0) from payment where set_off_no is not null") == [(gone,)]


def test_the_statement_shows_what_is_open_contested_left_and_held_on_its_day(op: Billed) -> None:
    op.record("deposits", "D2", payer_id="P1", on="2026-11-01", amount="500", kind="bank_guarantee")
    op.record("disputes", "DI1", invoice_number="2026-000002", opened_on="2026-12-01", amount="8.40", phase="mediation", closed_on=None)
    op.credit("K1", "2026-12-01", "25.00")
    off(op, "40.00")
    assert as_text(statement(op.outside.engine, "P1", ON)).splitlines() == [
        "Statement of P1 (Client P1) on 2026-12-05, EUR",
        "",
        "Open invoices, including VAT",
        "  2026-000001  of 2026-10-28  due 2026-11-27         48.40  open         8.40, 8 days overdue",
        "  2026-000002  of 2026-11-28  due 2026-12-28         48.40  open        48.40, 8.40 contested",
        "  open 56.80, overdue 8.40",
        "",
        "Disputes",
        "  DI1  invoice 2026-000002          8.40  since 2026-12-01, mediation",
        "",
        "SLA credits left for the next invoices, excluding VAT",
        "  K1  of 2026-12-01         25.00  left        25.00  6 hours down",
        "  left 25.00",
        "",
        "Deposits and guarantees held, without interest (GC-5.3)",
        "  D1  2026-10-01  deposit                60.00",
        "  set-off 1  2026-12-05  deposit               -40.00",
        "  D2  2026-11-01  bank guarantee        500.00",
        "  deposit held 20.00",
        "  bank guarantee held 500.00",
    ]


def test_the_statement_of_an_earlier_day_knows_nothing_of_what_came_after(op: Billed) -> None:
    op.credit("K1", "2026-11-27", "25")
    op.bill_close("2026-12")  # uses the credit up
    off(op)
    assert as_csv(statement(op.outside.engine, "P1", date(2026, 11, 27))).splitlines() == [
        "what,reference,day,due_on,amount,open_amount,contested,note,credited,paid,days_late,ageing",
        "invoice,2026-000001,2026-10-28,2026-11-27,48.40,48.40,0.00,,0.00,0.00,0,not_due",
        "sla_credit,K1,2026-11-27,,25.00,25.00,0.00,6 hours down,,,,",
        "deposit,D1,2026-10-01,,60.00,0.00,0.00,,,,,",
    ]
    with pytest.raises(Stopped, match="there is no payer P9"):
        statement(op.outside.engine, "P9", ON)


def moved(deposit_id: str, on: str, amount: str) -> Row:
    return {"deposit_id": deposit_id, "payer_id": "CL-LUX", "on": on, "amount": amount, "kind": "deposit"}


def rejected(outside: Outside, *rows: Row) -> list[tuple[object, ...]]:
    small = world()
    small.tables["deposits"] = list(rows)
    small.write(Path(outside.settings.feed))
    import_feed(outside)
    with outside.engine.connect() as conn:
        answer = conn.exec_driver_sql(
            "select line, column_name, value, reason from feed_reject where resolved_import is null and path = 'deposits.csv' order by line"
        )
        return [tuple(row) for row in answer]


def test_a_deposit_given_back_twice_is_rejected_at_the_import_with_what_is_held(outside: Outside) -> None:
    received, back, again = moved("D1", "2026-01-10", "500"), moved("D2", "2026-06-01", "-500"), moved("D3", "2026-06-15", "-500")
    held = "more than the 0.00 EUR of deposits that CL-LUX has left on 2026-06-15"
    twice = [(4, "amount", "-500", f"{held}; give back at most that, or deliver first what was received")]
    assert rejected(outside, received, back, again) == twice
    assert rejected(outside, received, back, again) == twice
    assert rejected(outside, received, back) == []


def test_what_was_set_off_cannot_be_given_back(outside: Outside) -> None:
    received = moved("D1", "2026-01-10", "500")
    assert rejected(outside, received) == []
    with outside.engine.begin() as conn:
        conn.exec_driver_sql(
            "insert into deposit_set_off (payer_id, amount, set_off_on, decided_by, reason) values ('CL-LUX', 200, '2026-05-01', 'Ann', 'x')"
        )
    [(_, _, value, reason)] = rejected(outside, received, moved("D2", "2026-06-01", "-300.01"))
    assert (value, str(reason)[:47]) == ("-300.01", "more than the 300.00 EUR of deposits that CL-LU")
    assert rejected(outside, received, moved("D2", "2026-06-01", "-300")) == []
