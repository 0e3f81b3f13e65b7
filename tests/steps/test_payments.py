"""Payments of one invoice, and what is open on a day."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest

from tasks.ledger import Stopped
from tasks.outside import Outside
from tasks.payments import PaymentRefused, open_invoices_on, pay
from tests.steps.delivery_scene import Scene

D = Decimal
ON = date(2026, 11, 10)


@pytest.fixture
def scene(outside: Outside) -> Scene:
    """Invoice 2026-000001 of 121.00 to ALFA, issued on 28 October, due on 27 November."""
    scene = Scene(outside)
    scene.payer("ALFA")
    scene.invoice(scene.close(), "ALFA", "121.00")
    return scene


def open_on(outside: Outside, day: date) -> list[tuple[str, Decimal, Decimal]]:
    with outside.engine.connect() as conn:
        return [(invoice.number, invoice.open_amount, invoice.contested) for invoice in open_invoices_on(conn, day)]


def test_a_payment_lowers_what_is_open_and_the_last_one_closes_it(outside: Outside, scene: Scene) -> None:
    first = pay(outside.engine, "2026-000001", D("21.00"), ON)
    assert (first.open_after, str(first)) == (D("100.00"), "invoice 2026-000001: 21.00 EUR paid on 2026-11-10, 100.00 EUR stay open")
    second = pay(outside.engine, "2026-000001", D("100"), date(2026, 11, 20))
    assert (second.open_after, str(second)) == (D("0.00"), "invoice 2026-000001: 100.00 EUR paid on 2026-11-20, it is paid in full")
    assert scene.say("select amount, paid_on from payment order by payment_no") == [(D("21.00"), ON), (D("100.00"), date(2026, 11, 20))]


@pytest.mark.parametrize(
    ("number", "amount", "reason"),
    [
        ("2026-000009", "1.00", "there is no invoice 2026-000009; its number stands on the PDF and in invoices.csv"),
        ("", "1.00", "there is no invoice "),
        ("2026-000001", "0", "0 EUR cannot be paid on invoice 2026-000001; give an amount above 0.00"),
        ("2026-000001", "-5.00", "-5.00 EUR cannot be paid"),
        ("2026-000001", "NaN", "NaN EUR cannot be paid"),
        ("2026-000001", "1.005", "1.005 EUR on invoice 2026-000001 has parts of a cent; give two decimals"),
        ("2026-000001", "121.01", "121.01 EUR is more than the 121.00 EUR open on invoice 2026-000001; pay at most that"),
    ],
)
def test_a_payment_that_makes_no_sense_is_refused_in_one_line(
    outside: Outside, scene: Scene, number: str, amount: str, reason: str
) -> None:
    with pytest.raises(PaymentRefused) as refused:
        pay(outside.engine, number, D(amount), ON)
    assert str(refused.value).startswith(reason)
    assert "\n" not in str(refused.value)
    assert isinstance(refused.value, Stopped)
    assert scene.say("select count(*) from payment") == [(0,)]


def test_an_invoice_paid_in_full_takes_no_more(outside: Outside, scene: Scene) -> None:
    pay(outside.engine, "2026-000001", D("121.00"), ON)
    with pytest.raises(PaymentRefused, match="invoice 2026-000001 is paid in full"):
        pay(outside.engine, "2026-000001", D("0.01"), ON)


def test_two_payments_at_the_same_moment_never_add_up_to_more_than_was_open(outside: Outside, scene: Scene) -> None:
    def one_payment(_: int) -> bool:
        try:
            pay(outside.engine, "2026-000001", D("60.00"), ON)
        except PaymentRefused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(one_payment, range(6)))
    assert taken.count(True) == 2
    assert scene.say("select sum(amount) from payment") == [(D("120.00"),)]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 10, 27), []),  # not issued yet
        (date(2026, 10, 28), [("2026-000001", D("121.00"), D("0.00"))]),
        (date(2026, 11, 9), [("2026-000001", D("121.00"), D("0.00"))]),
        (date(2026, 11, 10), [("2026-000001", D("100.00"), D("0.00"))]),  # 21.00 paid that day
        (date(2026, 11, 19), [("2026-000001", D("100.00"), D("0.00"))]),
        (date(2026, 11, 20), []),
    ],
)
def test_what_is_open_is_told_as_of_a_day(outside: Outside, scene: Scene, day: date, expected: list[object]) -> None:
    pay(outside.engine, "2026-000001", D("21.00"), ON)
    pay(outside.engine, "2026-000001", D("100.00"), date(2026, 11, 20))
    assert open_on(outside, day) == expected


@pytest.mark.clause("GC-9.3")
@pytest.mark.parametrize(
    ("day", "contested"),
    [
        (date(2026, 11, 4), "0.00"),
        (date(2026, 11, 5), "40.00"),  # opened that day
        (date(2026, 11, 6), "70.00"),  # a second dispute
        (date(2026, 11, 20), "30.00"),  # the first is closed
    ],
)
def test_open_disputes_contest_a_part_of_what_is_open(outside: Outside, scene: Scene, day: date, contested: str) -> None:
    scene.dispute("D1", "2026-000001", "2026-11-05", "40.00", closed_on="2026-11-20")
    scene.dispute("D2", "2026-000001", "2026-11-06", "30.00")
    scene.dispute("D3", "2026-000099", "2026-11-01", "30.00")
    assert open_on(outside, day) == [("2026-000001", D("121.00"), D(contested))]


@pytest.mark.clause("GC-9.3")
def test_no_more_is_contested_than_is_open(outside: Outside, scene: Scene) -> None:
    scene.dispute("D1", "2026-000001", "2026-11-01", "121.00")
    pay(outside.engine, "2026-000001", D("100.00"), ON)
    assert open_on(outside, ON) == [("2026-000001", D("21.00"), D("21.00"))]
