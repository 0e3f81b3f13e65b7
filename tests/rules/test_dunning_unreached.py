"""A letter that did not arrive, told in dates: it does not count, and is tried again; A is due on Friday 27 November 2026."""

from dataclasses import replace
from datetime import date

import pytest

from tests.rules.ladder import LETTERS, POLICY, came_back, fees, level, notice, owed

NEW = "new@payer.example"
FRIDAY = date(2026, 12, 4)


@pytest.mark.clause("CG-2.b", "GC-9.1.a")
@pytest.mark.parametrize(
    ("on", "to", "expected"),
    [
        pytest.param(date(2026, 12, 4), "old@payer.example", None, id="the same day"),
        pytest.param(date(2026, 12, 4), NEW, None, id="the same day to another address: one letter a day"),
        pytest.param(date(2026, 12, 5), NEW, 1, id="the next day, a Saturday, to another address: at once"),
        pytest.param(date(2026, 12, 7), "old@payer.example", None, id="3 days later to the same address"),
        pytest.param(date(2026, 12, 10), "old@payer.example", None, id="6 days later to the same address"),
        pytest.param(date(2026, 12, 11), "old@payer.example", 1, id="7 days later to the same address: tried again"),
    ],
)
def test_a_reminder_that_bounced_is_tried_again_when_the_address_changed_else_after_7_days(on: date, to: str, expected: int | None) -> None:
    assert level(on, owed(), lost=(came_back(1, FRIDAY),), to=to) == expected


@pytest.mark.clause("CG-2.b")
def test_the_7_days_end_on_a_working_day() -> None:
    lost = (came_back(3, date(2026, 12, 18)),)
    days = [date(2026, 12, day) for day in (25, 26, 27, 28)]
    assert [level(day, owed(), before=LETTERS[:2], lost=lost) for day in days] == [None, None, None, 3]


@pytest.mark.clause("CG-2.a", "CG-2.b")
def test_while_a_level_has_not_arrived_no_later_one_is_sent() -> None:
    lost = tuple(came_back(1, date(2026, 12, day)) for day in (4, 11, 18, 28))
    found = notice(date(2027, 1, 4), owed(), lost=lost)
    assert found is not None
    assert (found.level, found.attempt, found.action) == (1, 5, "letter")


@pytest.mark.clause("CG-2.a")
@pytest.mark.parametrize(
    ("lost", "expected"),
    [
        pytest.param((), (2, 1), id="never tried: the first"),
        pytest.param((came_back(2, date(2026, 12, 11)),), (2, 2), id="tried once: the second"),
        pytest.param((came_back(2, date(2026, 12, 11)), came_back(2, date(2026, 12, 18))), (2, 3), id="tried twice: the third"),
        pytest.param((came_back(1, date(2026, 12, 1)),), (2, 1), id="tries of another level do not count"),
        pytest.param((came_back(2, date(2026, 12, 11), anchor="B"),), (2, 1), id="tries for another invoice do not count"),
    ],
)
def test_the_tries_of_a_level_are_counted_for_its_invoice(lost: tuple[object, ...], expected: tuple[int, int]) -> None:
    found = notice(date(2026, 12, 28), owed(), before=LETTERS[:1], lost=lost)  # type: ignore[arg-type]
    assert found is not None
    assert (found.level, found.attempt) == expected


@pytest.mark.clause("CG-2.b")
def test_the_days_of_the_next_level_count_from_the_letter_that_arrived() -> None:
    lost, arrived = (came_back(1, FRIDAY),), (replace(LETTERS[0], sent_on=date(2026, 12, 11)),)
    assert [level(date(2026, 12, day), owed(), before=arrived, lost=lost) for day in (17, 18)] == [None, 2]


@pytest.mark.clause("CG-2.b")
def test_a_later_letter_that_arrived_stands_though_an_earlier_one_comes_back_after_it() -> None:
    assert level(date(2026, 12, 18), owed(), before=LETTERS[1:2], lost=(came_back(1, FRIDAY),)) == 3


@pytest.mark.clause("CG-2.b")
def test_the_last_addresses_tried_decide_whether_they_changed() -> None:
    lost = (came_back(1, FRIDAY), came_back(1, date(2026, 12, 8), to=NEW))
    assert level(date(2026, 12, 9), owed(), lost=lost, to=NEW) is None
    assert level(date(2026, 12, 9), owed(), lost=lost, to="old@payer.example") == 1


@pytest.mark.clause("CG-2.b")
def test_a_policy_may_wait_longer_before_it_tries_again() -> None:
    patient = replace(POLICY, retry_days=14)
    assert [level(date(2026, 12, day), owed(), lost=(came_back(1, FRIDAY),), policy=patient) for day in (11, 17, 18)] == [None, None, 1]


@pytest.mark.clause("CG-2.d")
def test_the_one_letter_of_a_debit_note_is_tried_again_as_well() -> None:
    found = notice(date(2026, 12, 11), fees(), lost=(came_back(1, FRIDAY, anchor="F"),))
    assert found is not None
    assert (found.level, found.attempt) == (1, 2)


@pytest.mark.clause("GC-9.1.a")
def test_the_letter_of_a_suspension_that_came_back_is_tried_again() -> None:
    lost = (came_back(4, date(2026, 12, 28)),)
    assert level(date(2026, 12, 29), owed(), before=LETTERS, lost=lost) is None
    assert level(date(2026, 12, 29), owed(), before=LETTERS, lost=lost, to=NEW) == 4
    assert level(date(2027, 1, 4), owed(), before=LETTERS, lost=lost) == 4
