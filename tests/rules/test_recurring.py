"""Which days a close charges of a line, and what they cost (BT-2.b, ST-2.b, GC-5.2)."""

from datetime import date
from decimal import Decimal

import pytest

from billing.period import Period
from billing.prices import Unpriced
from billing.recurring import AdditionCharge, RecurringCharge, additions, charges, clause_of, days_to_charge, uncharged
from tests.case_table import cases, day
from tests.rules.lines import days, line, listed, of, version

OCTOBER = Period.month("2026-10")


def shown(found: list[RecurringCharge | Unpriced]) -> str:
    return ";".join(f"{c.days.first}..{c.days.last}={c.net}" for c in found if isinstance(c, RecurringCharge)) or "-"


@pytest.mark.clause("BT-2.b", "ST-2.b")
@pytest.mark.parametrize("case", cases("recurring"), ids=lambda case: case["case"])
def test_a_close_charges(case: dict[str, str]) -> None:
    ours = line(
        timing=case["timing"], starts_on=day(case["starts_on"]), ends_on=day(case["ends_on"]), charged_through=day(case["charged_through"])
    )
    before = [] if case["charged"] == "-" else [days(stretch) for stretch in case["charged"].split(",")]
    to_charge = days_to_charge(ours, Period.month(case["period"]), date.fromisoformat(case["on"]), before)
    assert shown(charges(ours, to_charge, of(int(case["quantity"])), listed(version(case["price"])))) == case["expected"]


@pytest.mark.clause("BT-2.b", "ST-2.b")
def test_a_whole_month_is_recurring_and_a_part_is_pro_rata() -> None:
    found = charges(line(), [days("2026-10-23..2026-11-30")], of(1), listed(version("31.00")))
    assert [charge.charge for charge in found if isinstance(charge, RecurringCharge)] == ["pro_rata", "recurring"]


@pytest.mark.clause("GC-5.1")
def test_each_month_part_has_the_price_in_force_on_its_first_day() -> None:
    prices = listed(version("31.00"), version("62.00", "2026-10-25"))
    found = charges(line(), [days("2026-10-23..2026-11-30")], of(1), prices)
    assert shown(found) == "2026-10-23..2026-10-31=9.00;2026-11-01..2026-11-30=62.00"


@pytest.mark.clause("GC-5.1", "GC-2.1")
def test_the_price_of_the_order_line_prevails_over_the_list() -> None:
    [charge] = charges(line(unit_price=Decimal("20.00")), [days("2026-11-01..2026-11-30")], of(2), listed(version("31.00")))
    assert isinstance(charge, RecurringCharge)
    assert (charge.net, charge.price_from) == (Decimal("40.00"), None)


@pytest.mark.clause("GC-5.1")
def test_a_charge_names_the_version_of_the_list_it_used() -> None:
    [charge] = charges(line(), [days("2026-11-01..2026-11-30")], of(1), listed(version("31.00", "2026-04-01")))
    assert isinstance(charge, RecurringCharge)
    assert charge.price_from == date(2026, 4, 1)


@pytest.mark.clause("GC-5.1")
def test_days_without_a_price_are_named_and_the_others_charged() -> None:
    missing, charge = charges(line(), [days("2026-10-01..2026-11-30")], of(1), listed(version("31.00", "2026-11-01")))
    assert isinstance(missing, Unpriced)
    assert missing.reason == (
        "no price for product bt-user of line L1 on 2026-10-01: add a price version to prices.csv or a unit_price to the order line"
    )
    assert shown([charge]) == "2026-11-01..2026-11-30=31.00"


@pytest.mark.clause("GC-5.2")
@pytest.mark.parametrize(
    ("service", "timing", "clause"),
    [
        ("business_telephony", "advance", "BT-2.b"),
        ("sip_trunking", "advance", "ST-2.b"),
        ("web_meeting", "advance", "WM-2.b"),
        ("telavox", "arrears", "GC-5.2"),
        ("telavox", "advance", "GC-5.2"),
        ("business_telephony", "arrears", "GC-5.2"),
    ],
)
def test_every_charge_names_its_clause(service: str, timing: str, clause: str) -> None:
    assert clause_of(line(service=service, timing=timing)) == clause


@pytest.mark.clause("BT-2.b", "ST-2.b")
def test_days_charged_twice_over_leave_only_the_real_gap() -> None:
    charged = [days("2026-10-05..2026-10-20"), days("2026-09-01..2026-10-02"), days("2026-10-10..2026-10-15")]
    assert uncharged(OCTOBER, charged) == [days("2026-10-03..2026-10-04"), days("2026-10-21..2026-10-31")]


@pytest.mark.clause("BT-2.b", "ST-2.b")
def test_nothing_is_left_of_days_all_charged() -> None:
    assert uncharged(OCTOBER, [OCTOBER]) == []
    assert uncharged(OCTOBER, [days("2026-10-01..2026-10-10"), days("2026-10-11..2026-12-31")]) == []


@pytest.mark.clause("BT-2.g")
def test_an_addition_has_the_price_of_the_first_day_of_the_month() -> None:
    prices = listed(version("31.00"), version("62.00", "2026-10-02"))
    [addition] = additions(line(), OCTOBER, 0, [date(2026, 10, 22)], prices)
    assert isinstance(addition, AdditionCharge)
    assert addition.net == Decimal("10.00")


def added(first_days: list[str], charged_for_october: int, **cells: object) -> list[tuple[str, str, int, str]]:
    found = additions(line(**cells), OCTOBER, charged_for_october, [date.fromisoformat(d) for d in first_days], listed(version("31.00")))
    return [(str(a.first_day), str(a.to_day), a.quantity, str(a.net)) for a in found if isinstance(a, AdditionCharge)]


@pytest.mark.clause("BT-2.g")
def test_units_added_within_october_are_charged_back_from_their_first_day() -> None:
    first_days = ["2026-01-01", "2026-01-01", "2026-10-22", "2026-10-22", "2026-10-31"]
    assert added(first_days, 2) == [("2026-10-22", "2026-10-31", 2, "20.00"), ("2026-10-31", "2026-10-31", 1, "1.00")]


@pytest.mark.clause("BT-2.g")
def test_only_the_units_over_what_was_charged_are_added_the_newest_first() -> None:
    assert added(["2026-10-02", "2026-10-12", "2026-10-22"], 2) == [("2026-10-22", "2026-10-31", 1, "10.00")]


@pytest.mark.clause("BT-2.g")
def test_units_added_after_the_close_before_are_charged_from_the_first_of_the_month() -> None:
    assert added(["2026-01-01", "2026-09-29"], 1) == [("2026-10-01", "2026-10-31", 1, "31.00")]


@pytest.mark.clause("BT-2.g")
def test_nothing_is_charged_back_when_nothing_was_added_or_in_arrears_or_after_the_end() -> None:
    assert added(["2026-10-22"], 1) == []
    assert added(["2026-01-01", "2026-10-22"], 1, timing="arrears") == []
    assert added(["2026-01-01", "2026-10-22"], 1, ends_on=date(2026, 10, 21)) == []


@pytest.mark.clause("BT-2.g")
def test_additions_stop_with_the_service() -> None:
    assert added(["2026-01-01", "2026-10-22"], 1, ends_on=date(2026, 10, 23)) == [("2026-10-22", "2026-10-23", 1, "2.00")]


@pytest.mark.clause("GC-5.1")
def test_an_addition_without_a_price_is_named() -> None:
    [missing] = additions(line(), OCTOBER, 0, [date(2026, 10, 22)], {})
    assert isinstance(missing, Unpriced)
