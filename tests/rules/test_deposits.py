"""Deposits and guarantees: held without interest, given back or set off up to what is there (GC-5.3)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.deposits import Debt, Movement, available, held, never_below_zero, refused_movements, spread

pytestmark = pytest.mark.clause("GC-5.3")
D = Decimal


def moved(movement_id: str, day: str, amount: str, kind: str = "deposit", payer_id: str = "P1") -> Movement:
    return Movement(movement_id, payer_id, kind, date.fromisoformat(day), D(amount))


HISTORY = [moved("D1", "2026-01-10", "500.00"), moved("D2", "2026-06-01", "-200.00"), moved("set-off 1", "2026-09-15", "-50.00")]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param("2026-01-09", "0.00", id="the day before it is received"),
        pytest.param("2026-01-10", "500.00", id="the day it is received"),
        pytest.param("2026-05-31", "500.00", id="months later: no interest"),
        pytest.param("2026-06-01", "300.00", id="200.00 given back"),
        pytest.param("2026-09-15", "250.00", id="50.00 set off"),
        pytest.param("2046-09-15", "250.00", id="twenty years later: no interest ever"),
    ],
)
def test_what_is_held_is_what_came_in_less_what_went_out(day: str, expected: str) -> None:
    assert held(HISTORY, date.fromisoformat(day)) == D(expected)


def test_what_is_promised_for_a_later_day_is_not_available_before_it() -> None:
    assert available(HISTORY, date(2026, 2, 1)) == D("250.00")
    assert available(HISTORY, date(2026, 1, 1)) == D("0.00")
    assert available([*HISTORY, moved("D3", "2026-12-01", "100.00")], date(2026, 10, 1)) == D("250.00")


def refused(*delivered: Movement, known: tuple[Movement, ...] = (), set_off: tuple[Movement, ...] = ()) -> dict[str, Decimal]:
    return refused_movements(delivered, {movement.movement_id: movement for movement in known}, set_off)


def test_a_deposit_given_back_twice_is_refused_the_second_time_with_what_is_held() -> None:
    received, back = moved("D1", "2026-01-10", "500.00"), moved("D2", "2026-06-01", "-500.00")
    again = moved("D3", "2026-06-15", "-500.00")
    assert refused(received, back, again) == {"D3": D("0.00")}
    assert refused(again, known=(received, back)) == {"D3": D("0.00")}


@pytest.mark.parametrize(
    ("delivered", "expected"),
    [
        pytest.param([moved("D2", "2026-06-01", "-500.01")], {"D2": "500.00"}, id="a cent more than is held"),
        pytest.param([moved("D2", "2026-06-01", "-500.00")], {}, id="all that is held"),
        pytest.param([moved("D2", "2026-01-09", "-1.00")], {"D2": "0.00"}, id="before it was received"),
        pytest.param([moved("D2", "2026-01-10", "-500.00")], {}, id="on the day it was received"),
        pytest.param([moved("D2", "2026-06-01", "-100.00", "bank_guarantee")], {"D2": "0.00"}, id="a guarantee, where a deposit is held"),
        pytest.param([moved("D2", "2026-06-01", "-100.00", payer_id="P2")], {"D2": "0.00"}, id="of another payer"),
        pytest.param(
            [moved("D3", "2026-03-01", "-300.00"), moved("D2", "2026-06-01", "-300.00")], {"D2": "200.00"}, id="the later of two too many"
        ),
        pytest.param(
            [moved("D2", "2026-06-01", "-800.00"), moved("D3", "2026-05-01", "300.00")], {}, id="what comes in earlier counts, whatever the order"
        ),
        pytest.param([moved("D1", "2026-01-10", "500.00")], {}, id="the same again"),
    ],
)  # fmt: skip
def test_no_more_is_given_back_than_is_held(delivered: list[Movement], expected: dict[str, str]) -> None:
    found = refused(*delivered, known=(moved("D1", "2026-01-10", "500.00"),))
    assert found == {name: D(amount) for name, amount in expected.items()}


def test_what_was_set_off_cannot_be_given_back() -> None:
    known, gone = moved("D1", "2026-01-10", "500.00"), moved("set-off 1", "2026-05-01", "-200.00")
    assert refused(moved("D2", "2026-06-01", "-301.00"), known=(known,), set_off=(gone,)) == {"D2": D("300.00")}


def test_a_corrected_receipt_below_what_was_given_back_is_refused_and_the_known_one_stays() -> None:
    known = (moved("D1", "2026-01-10", "500.00"), moved("D2", "2026-06-01", "-400.00"))
    assert list(refused(moved("D1", "2026-01-10", "300.00"), known=known)) == ["D1"]
    assert refused(moved("D1", "2026-01-10", "300.00"), moved("D3", "2026-07-01", "-100.00"), known=known).keys() == {"D1"}
    assert refused(moved("D1", "2026-01-10", "400.00"), known=known) == {}


def test_a_receipt_moved_to_another_payer_is_refused_when_the_first_was_given_money_back() -> None:
    known = (moved("D1", "2026-01-10", "500.00"), moved("D2", "2026-06-01", "-400.00"))
    assert list(refused(moved("D1", "2026-01-10", "500.00", payer_id="P2"), known=known)) == ["D1"]


MOVEMENTS = st.lists(st.tuples(st.integers(1, 28), st.integers(-500, 500).filter(bool)), max_size=8)


@given(MOVEMENTS)
def test_whatever_is_delivered_what_is_accepted_never_falls_below_zero(rows: list[tuple[int, int]]) -> None:
    delivered = [moved(f"D{n}", f"2026-10-{day:02d}", str(amount)) for n, (day, amount) in enumerate(rows)]
    gone = refused(*delivered)
    accepted = [movement for movement in delivered if movement.movement_id not in gone]
    assert never_below_zero(accepted)
    assert all(movement.amount < 0 for movement in delivered if movement.movement_id in gone)


def debt(number: str, due_on: str, amount: str) -> Debt:
    return Debt(int(number), number, date.fromisoformat(due_on), D(amount))


DEBTS = [debt("3", "2026-09-30", "60.00"), debt("1", "2026-08-31", "100.00"), debt("2", "2026-08-31", "40.00")]


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        pytest.param("80.00", [("1", "80.00")], id="part of the oldest"),
        pytest.param("120.00", [("1", "100.00"), ("2", "20.00")], id="the oldest, then by number"),
        pytest.param("200.00", [("1", "100.00"), ("2", "40.00"), ("3", "60.00")], id="all of it"),
    ],
)
def test_the_oldest_overdue_invoice_is_set_off_first(amount: str, expected: list[tuple[str, str]]) -> None:
    assert [(one.number, str(share)) for one, share in spread(D(amount), DEBTS)] == expected
