"""What letters cost, told in months: one that is sent again costs nothing more, and one that asked for nothing owed costs nothing."""

from datetime import date

import pytest

from tasks.outside import Outside
from tests.steps.late_scene import LateScene
from tests.steps.test_late_charges import credited
from tests.steps.test_late_charges_again import found_again, late_runs

pytestmark = pytest.mark.clause("CG-2.d")

DUE = "2026-12-05"  # of 1000.00 EUR: a month late on 5 January


@pytest.fixture
def scene(outside: Outside) -> LateScene:
    return LateScene(outside)


@pytest.fixture
def sent_again(scene: LateScene) -> LateScene:
    """Level 2 of 19 December was charged on 1 January, came back the day after and was sent again on 4 January."""
    number = scene.due(DUE)
    first = scene.letter(number, "2026-12-19", cost="40.00")
    scene.day("2027-01-01")
    assert scene.charged() == ["ALFA reminder_fee 2 10.00", "ALFA recovery_cost 2 40.00"]
    scene.came_back(first, "2027-01-02")
    scene.letter(number, "2027-01-04", cost="40.00")
    return scene


def test_a_level_sent_again_because_it_came_back_after_it_was_charged_is_not_charged_again(sent_again: LateScene) -> None:
    sent_again.day("2027-02-01")
    sent_again.day("2027-03-01")
    assert sent_again.charged("2027-02") == ["ALFA interest 2026-000001 10.00"]
    assert sent_again.charged("2027-03") == ["ALFA interest 2026-000001 10.00 after 10.00"]


@pytest.mark.parametrize(
    ("amount", "asked"),
    [
        pytest.param("10.00", ["ALFA reminder_fee 2 10.00"], id="in full, is charged for the letter that arrived"),
        pytest.param("9.99", [], id="but for a cent, stands charged"),
    ],
)
def test_the_fee_of_a_level_sent_again_when_the_first_was_credited(
    outside: Outside, sent_again: LateScene, amount: str, asked: list[str]
) -> None:
    credited(outside, "D2027-000001", amount, date(2027, 1, 5))  # its cost was not credited
    sent_again.day("2027-02-01")
    sent_again.day("2027-03-01")
    assert sent_again.charged("2027-02") == ["ALFA interest 2026-000001 10.00", *asked]
    assert sent_again.charged("2027-03") == ["ALFA interest 2026-000001 10.00 after 10.00"]
    assert [found_again(outside, run) for run in late_runs(outside)] == [[], []]


def test_the_same_level_for_another_anchor_is_charged(scene: LateScene) -> None:
    first, second = scene.due(DUE), scene.due("2026-12-10", "600.00")
    scene.letter(first, "2026-12-19")
    scene.day("2027-01-01")
    scene.letter(second, "2027-01-05")
    scene.day("2027-02-01")
    assert scene.charged("2027-02") == [f"ALFA interest {first} 10.00", f"ALFA interest {second} 6.00", "ALFA reminder_fee 2 10.00"]


def test_two_letters_of_a_level_for_one_anchor_are_charged_once_by_one_run_too(scene: LateScene) -> None:
    number = scene.due(DUE)
    for day in ("2026-12-19", "2026-12-21"):  # a suspension, and another after the service was back
        scene.letter(number, day, level=4)
    scene.day("2027-01-01")
    assert scene.say("select amount, from_day from late_charge") == scene.say("select 10.00, date '2026-12-19'")


@pytest.mark.parametrize(
    ("amount", "paid_on", "charged"),
    [
        pytest.param("1000.00", "2026-11-20", [], id="paid in time and told late"),
        pytest.param("1000.00", "2026-12-18", [], id="paid on the eve of the letter"),
        pytest.param("1000.00", "2026-12-19", ["ALFA reminder_fee 2 10.00"], id="paid on the day of the letter"),
        pytest.param("999.99", "2026-12-18", ["ALFA reminder_fee 2 10.00"], id="paid but for a cent"),
    ],
)
def test_a_letter_that_asked_for_nothing_owed_costs_nothing(scene: LateScene, amount: str, paid_on: str, charged: list[str]) -> None:
    number = scene.due(DUE)
    scene.letter(number, "2026-12-19")
    scene.paid(number, amount, paid_on)  # booked after the letter
    scene.day("2027-01-01")
    assert scene.charged() == charged


def test_a_letter_that_asked_for_one_thing_owed_among_others_is_charged(scene: LateScene) -> None:
    paid, owed = scene.due(DUE), scene.due("2026-12-07")
    scene.letter(paid, "2026-12-19", also=[owed])
    scene.paid(paid, "1000.00", "2026-12-01")
    scene.day("2027-01-01")
    assert scene.charged() == ["ALFA reminder_fee 2 10.00"]


def test_a_letter_for_an_invoice_that_was_credited_since_costs_nothing(outside: Outside, scene: LateScene) -> None:
    number = scene.due(DUE)
    scene.letter(number, "2026-12-19")
    credited(outside, number, "1000.00", date(2026, 12, 28))
    scene.day("2027-01-01")
    assert scene.charged() == []


def test_a_fee_that_was_charged_before_the_payment_was_told_comes_out_as_issued(outside: Outside, scene: LateScene) -> None:
    number = scene.due(DUE)
    scene.letter(number, "2026-12-19")
    scene.day("2027-01-01")
    scene.paid(number, "1000.00", "2026-12-01")
    scene.day("2027-02-01")
    assert scene.charged() == ["ALFA reminder_fee 2 10.00"]
    assert [found_again(outside, run) for run in late_runs(outside)] == [[], []]
