"""How many units a close charges (BT-2.f to BT-2.i, CG-3.a, GC-5.4)."""

from datetime import date

import pytest

from billing.counting import Count, Element, History, count, users
from billing.period import Period, months_after, quarter_of
from tests.case_table import cases, number
from tests.rules.lines import line

NOVEMBER = date(2026, 11, 1)


def charged(
    kind: str,
    ordered: int,
    counted: int | None,
    *,
    service: str = "business_telephony",
    term_runs: bool = True,
    elements: tuple[Element, ...] = (),
) -> Count:
    ours = line(kind=kind, quantity=ordered, service=service)
    return count(ours, counted, term_runs=term_runs, first_day=NOVEMBER, history=History(None, None), elements=elements)


@pytest.mark.clause("BT-2.h")
@pytest.mark.parametrize("case", cases("minimum_users"), ids=lambda case: case["case"])
def test_users_go_down_by_a_tenth_a_quarter_at_most(case: dict[str, str]) -> None:
    found = users(line(quantity=int(case["ordered"])), number(case["counted"]), History(number(case["before"]), number(case["since"])))
    assert (found.quantity, found.rule) == (int(case["charged"]), case["rule"])


def closes(ordered: int, first_month: str, counted: list[int]) -> list[int]:
    """The users charged by closes of consecutive months."""
    charged_so_far: list[tuple[date, int]] = []
    for months, found in enumerate(counted):
        period = Period.month_of(months_after(Period.month(first_month).first, months))
        quarter = quarter_of(period.first).first
        before = [quantity for month, quantity in charged_so_far if month < quarter]
        since = [quantity for month, quantity in charged_so_far if month >= quarter]
        history = History(before[-1] if before else None, max(since, default=None))
        charged_so_far.append((period.first, users(line(quantity=ordered), found, history).quantity))
    return [quantity for _, quantity in charged_so_far]


@pytest.mark.clause("BT-2.h")
def test_a_drop_inside_a_quarter_is_limited_once_and_again_in_the_next_quarter() -> None:
    # October to December: 101 less 10. January to March: 91 less 9. April: 82 less 8 would be 74, and 80 are there.
    assert closes(101, "2026-10", [80, 80, 80, 80, 80, 80, 80]) == [91, 91, 91, 82, 82, 82, 80]


@pytest.mark.clause("BT-2.h")
def test_30_users_of_whom_none_is_left_go_down_quarter_by_quarter_to_the_floor_of_nine() -> None:
    # Each quarter less a tenth, rounded down: 30 − 3, 27 − 2, 25 − 2, 23 − 2, 21 − 2, then one by one from 19; of 9 a tenth is none.
    charged = closes(30, "2026-10", [0] * 3 * 17)
    assert charged[::3] == [27, 25, 23, 21, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 9, 9]
    assert all(len(set(charged[month : month + 3])) == 1 for month in range(0, len(charged), 3))


@pytest.mark.clause("BT-2.h")
def test_small_drops_in_one_quarter_do_not_add_up() -> None:
    assert closes(25, "2026-10", [24, 23, 22, 21]) == [24, 23, 23, 21]


@pytest.mark.clause("BT-2.h")
def test_an_increase_inside_a_quarter_raises_what_a_later_drop_starts_from() -> None:
    assert closes(25, "2026-10", [25, 30, 20, 20, 20]) == [25, 30, 27, 25, 25]


@pytest.mark.clause("BT-2.h")
def test_nine_users_can_never_go_down_ten_can() -> None:
    assert closes(9, "2026-10", [5] * 6) == [9] * 6
    assert closes(10, "2026-10", [5] * 6) == [9] * 6
    assert closes(11, "2026-10", [5] * 7) == [10, 10, 10, 9, 9, 9, 9]
    assert closes(1, "2026-10", [0] * 6) == [1] * 6


@pytest.mark.clause("BT-2.h")
def test_when_the_minimum_applies_the_charge_says_so() -> None:
    found = users(line(quantity=10), 8, History(None, None))
    assert found == Count(9, "minimum_users", "BT-2.h", 8, 10)


@pytest.mark.clause("CG-3.a", "BT-2.f")
@pytest.mark.parametrize("service", ["sip_trunking", "telavox", "web_meeting"])
def test_users_of_other_services_follow_the_minimum_term(service: str) -> None:
    assert charged("user", 10, 8, service=service).quantity == 10
    assert charged("user", 10, 8, service=service, term_runs=False).quantity == 8


@pytest.mark.clause("CG-3.a", "BT-2.f")
@pytest.mark.parametrize("kind", ["channel", "licence"])
def test_other_elements_are_at_least_what_was_ordered_while_the_term_runs(kind: str) -> None:
    assert charged(kind, 4, 3) == Count(4, "minimum_term", "CG-3.a", 3, 4)
    assert charged(kind, 4, 5) == Count(5, "counted", "BT-2.f", 5, 4)
    assert charged(kind, 4, 3, term_runs=False) == Count(3, "counted", "BT-2.f", 3, 4)


@pytest.mark.clause("BT-2.f", "BT-2.g")
def test_national_numbers_are_counted_even_while_the_term_runs() -> None:
    assert charged("national_number", 4, 3) == Count(3, "counted", "BT-2.f", 3, 4)


@pytest.mark.clause("GC-3.2")
def test_licences_a_telavox_client_added_are_charged_from_the_count_that_shows_them() -> None:
    assert charged("licence", 10, 12, service="telavox") == Count(12, "counted", "GC-5.1", 12, 10)


@pytest.mark.clause("BT-2.f")
@pytest.mark.parametrize("kind", ["pack", "other"])
def test_packs_and_the_rest_come_from_the_order(kind: str) -> None:
    assert charged(kind, 4, 9, term_runs=False) == Count(4, "ordered", "BT-2.f", None, 4)


@pytest.mark.clause("GC-5.4")
@pytest.mark.parametrize("kind", ["user", "channel", "licence", "national_number", "international_number"])
def test_a_line_the_platform_never_showed_is_charged_as_ordered(kind: str) -> None:
    assert charged(kind, 4, None, term_runs=False) == Count(4, "ordered", "GC-5.4", None, 4)


@pytest.mark.clause("BT-2.f")
def test_a_line_that_shows_nothing_any_more_is_counted_as_nothing() -> None:
    assert charged("channel", 4, 0, term_runs=False).quantity == 0


def international(*elements: tuple[str, bool], service: str = "business_telephony") -> Count:
    seen = tuple(Element(date.fromisoformat(first_day), is_there) for first_day, is_there in elements)
    there = sum(is_there for _, is_there in elements)
    return charged("international_number", 1, there, elements=seen, term_runs=False, service=service)


@pytest.mark.clause("BT-2.i")
def test_a_number_removed_goes_on_for_twelve_months() -> None:
    assert international(("2026-03-10", False), ("2026-05-01", True)) == Count(2, "twelve_months", "BT-2.i", 1, 1)


@pytest.mark.clause("BT-2.i")
def test_the_month_in_which_the_twelve_months_end_is_charged_the_next_is_not() -> None:
    assert international(("2025-11-02", False)).quantity == 1  # twelve months run to 1 November: on the first day charged
    assert international(("2025-11-01", False)).quantity == 0  # they ended on 31 October


@pytest.mark.clause("BT-2.i")
def test_numbers_still_there_are_simply_counted() -> None:
    assert international(("2020-01-01", True), ("2026-10-28", True)) == Count(2, "counted", "BT-2.f", 2, 1)


@pytest.mark.clause("ST-2.e")
def test_sip_trunking_has_its_own_clause_for_the_twelve_months() -> None:
    assert international(("2026-03-10", False), service="sip_trunking").clause == "ST-2.e"


@pytest.mark.clause("BT-2.i")
def test_a_number_first_seen_on_29_february_is_held_until_28_february() -> None:
    ours = line(kind="international_number")
    seen = [Element(date(2028, 2, 29), is_there=False)]

    def held_on(first_day: date) -> int:
        return count(ours, 0, term_runs=False, first_day=first_day, history=History(None, None), elements=seen).quantity

    assert held_on(date(2029, 2, 1)) == 1
    assert held_on(date(2029, 3, 1)) == 0
