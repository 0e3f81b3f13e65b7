"""What is fetched from an account, and when: the announced day, the file before it, the mandate, the first debit and the next."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.collections import Collectable, CollectionTerms, Mandate, announced, debits
from tasks.holidays import target_days

D = Decimal
TERMS = CollectionTerms(target_days(date(2026, 12, 1)), lead_days=5, notice_days=14)
ISSUED, DUE, MADE = date(2026, 10, 28), date(2026, 11, 27), date(2026, 11, 20)
MANDATE = Mandate("M1", "ALFA", "BE68539007547034", "GKCCBEBB", "", date(2026, 1, 1), "CORE")
OWED = Collectable("I1", "ALFA", ISSUED, DUE, D("121.00"), mandate_id="M1")


@pytest.mark.clause("GC-5.2")
@pytest.mark.parametrize(
    ("issued_on", "due_on", "expected"),
    [
        pytest.param("2026-10-28", "2026-11-27", "2026-11-27", id="a Friday: the due date itself"),
        pytest.param("2026-10-29", "2026-11-28", "2026-11-30", id="a Saturday: the Monday after"),
        pytest.param("2026-11-25", "2026-12-25", "2026-12-28", id="Christmas, a Friday, and the 26th, a Saturday: the Monday after"),
        pytest.param("2027-02-24", "2027-03-26", "2027-03-30", id="Good Friday: the Tuesday after Easter Monday"),
        pytest.param("2026-06-21", "2026-07-21", "2026-07-21", id="the national holiday is a working day of TARGET"),
        pytest.param("2026-11-05", "2026-11-05", "2026-11-19", id="due on receipt: the payer knows it 14 days before"),
        pytest.param("2026-11-06", "2026-11-16", "2026-11-20", id="ten days to pay: 14 days all the same"),
    ],
)
def test_the_day_an_invoice_says_it_is_debited_on(issued_on: str, due_on: str, expected: str) -> None:
    assert TERMS.planned_on(date.fromisoformat(issued_on), date.fromisoformat(due_on)) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("made_on", "expected"),
    [
        pytest.param("2026-11-19", [], id="the day before: too early"),
        pytest.param("2026-11-20", ["2026-11-27"], id="five working days before the due date"),
        pytest.param("2026-11-21", ["2026-11-27"], id="a Saturday: still in time"),
        pytest.param("2026-11-23", ["2026-11-30"], id="a working day late, so a working day later"),
        pytest.param("2026-12-18", ["2026-12-28"], id="weeks late, over Christmas"),
    ],
)
@pytest.mark.clause("GC-5.2")
def test_the_file_is_made_five_working_days_before_the_debit_or_else_the_debit_waits(made_on: str, expected: list[str]) -> None:
    found = debits([OWED], {"ALFA": [MANDATE]}, (), date.fromisoformat(made_on), TERMS)
    assert [str(one.collected_on) for one in found] == expected


CASES = [
    ("what is open", OWED, [MANDATE], ["I1 121.00 FRST"]),
    ("less what is contested", replace(OWED, contested=D("21.00")), [MANDATE], ["I1 100.00 FRST"]),
    ("contested in full", replace(OWED, contested=D("121.00")), [MANDATE], []),
    ("paid", replace(OWED, open_amount=D("0.00")), [MANDATE], []),
    ("overpaid", replace(OWED, open_amount=D("-5.00")), [MANDATE], []),
    ("no mandate", OWED, [], []),
    ("an invoice that said nothing of it", replace(OWED, mandate_id=""), [MANDATE], []),
    ("an invoice that named another mandate", replace(OWED, mandate_id="M0"), [MANDATE], []),
    ("a mandate that ends on the day of the debit", OWED, [replace(MANDATE, ends_on=date(2026, 11, 27))], ["I1 121.00 FRST"]),
    ("a mandate that ended the day before", OWED, [replace(MANDATE, ends_on=date(2026, 11, 26))], []),
    ("a mandate signed that day", OWED, [replace(MANDATE, signed_on=date(2026, 11, 27))], ["I1 121.00 FRST"]),
    ("a mandate signed the day after", OWED, [replace(MANDATE, signed_on=date(2026, 11, 28))], []),
]


@pytest.mark.clause("GC-5.2", "GC-9.3")
@pytest.mark.parametrize(("owed", "mandates", "expected"), [pytest.param(*case[1:], id=case[0]) for case in CASES])
def test_what_is_fetched(owed: Collectable, mandates: list[Mandate], expected: list[str]) -> None:
    found = debits([owed], {"ALFA": mandates}, (), MADE, TERMS)
    assert [f"{one.number} {one.amount} {one.sequence}" for one in found] == expected


def test_the_first_debit_of_a_mandate_is_first_and_all_others_recurring() -> None:
    owed = [replace(OWED, number="I2"), OWED, replace(OWED, number="I3", payer_id="BETA", mandate_id="M2")]
    mandates = {"ALFA": [MANDATE], "BETA": [replace(MANDATE, mandate_id="M2", payer_id="BETA")]}
    found = debits(owed, mandates, {"M2"}, MADE, TERMS)
    assert [(one.number, one.sequence) for one in found] == [("I1", "FRST"), ("I2", "RCUR"), ("I3", "RCUR")]


def test_an_invoice_names_the_mandate_in_force_on_the_day_it_is_debited() -> None:
    old, new = replace(MANDATE, ends_on=date(2026, 11, 26)), replace(MANDATE, mandate_id="M2", signed_on=date(2026, 11, 27))
    said = announced([old, new], ISSUED, DUE, TERMS)
    assert said is not None
    assert (said.mandate.mandate_id, said.collected_on) == ("M2", date(2026, 11, 27))
    assert announced([old], ISSUED, DUE, TERMS) is None


@given(
    days=st.integers(0, 60), late=st.integers(0, 40), lead=st.integers(1, 10), opened=st.integers(-5, 500), contested=st.integers(0, 600)
)
def test_whatever_the_day_nothing_is_fetched_too_early_twice_or_for_more_than_is_owed(
    days: int, late: int, lead: int, opened: int, contested: int
) -> None:
    terms = replace(TERMS, lead_days=lead)
    on = ISSUED + timedelta(days=late)
    owed = replace(OWED, due_on=ISSUED + timedelta(days=days), open_amount=D(opened), contested=D(min(contested, max(opened, 0))))
    for one in debits([owed, replace(owed, number="I2")], {"ALFA": [MANDATE]}, (), on, terms):
        assert one.collected_on >= owed.due_on
        assert (one.collected_on - ISSUED).days >= 14
        assert terms.working.is_working(one.collected_on)
        assert one.collected_on == terms.working.after(on, lead)
        assert 0 < one.amount <= owed.open_amount - owed.contested
