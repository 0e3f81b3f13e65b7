"""What a wrong invoice charged, charged again: same days, same quantities, the price that is now known."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.charged_again import addition_again, balance_again, days_again, joined, one_off_again
from billing.one_off import OneOffCharge
from billing.prepaid import prepaid_charges
from billing.prices import Price, Unpriced
from billing.recurring import AdditionCharge, RecurringCharge, charges, price_of_days
from tests.rules.lines import days, line, listed, of, version

D = Decimal


def charged(*parts: str, quantity: int = 2, price: str = "33.00") -> list[RecurringCharge]:
    found = charges(line(unit_price=D(price)), [days(part) for part in parts], of(quantity), listed())
    return [charge for charge in found if isinstance(charge, RecurringCharge)]


def shown(found: list[RecurringCharge | Unpriced]) -> list[tuple[str, int, Decimal]]:
    return [(f"{c.days.first}..{c.days.last}", c.count.quantity, c.net) for c in found if isinstance(c, RecurringCharge)]


@pytest.mark.clause("BT-2.b", "GC-5.1")
def test_two_users_at_33_are_charged_again_at_31_for_the_same_days() -> None:
    before = charged("2026-10-23..2026-11-30")
    assert [charge.net for charge in before] == [D("19.16"), D("66.00")]
    again = days_again(line(), before, [], listed(version("31.00")))
    assert shown(again) == [("2026-10-23..2026-10-31", 2, D("18.00")), ("2026-11-01..2026-11-30", 2, D("62.00"))]


@pytest.mark.clause("BT-2.b", "GC-5.1")
def test_a_month_charged_in_two_parts_by_a_wrong_price_version_is_one_month_again() -> None:
    before = charged("2026-10-01..2026-10-10", price="20.00") + charged("2026-10-11..2026-10-31", price="25.00")
    assert shown(days_again(line(), before, [], listed(version("20.00")))) == [("2026-10-01..2026-10-31", 2, D("40.00"))]


@pytest.mark.clause("GC-13.2")
def test_days_given_back_since_are_not_charged_again() -> None:
    again = days_again(line(), charged("2026-11-01..2026-11-30"), [days("2026-11-16..2026-11-30")], listed(version("31.00")))
    assert shown(again) == [("2026-11-01..2026-11-15", 2, D("31.00"))]


@pytest.mark.clause("GC-5.1")
def test_a_line_without_a_price_is_named() -> None:
    (missing,) = days_again(line(), charged("2026-11-01..2026-11-30"), [], listed())
    assert isinstance(missing, Unpriced)
    assert "no price for product bt-user of line L1 on 2026-11-01" in missing.reason


@pytest.mark.clause("WM-2.b")
def test_a_prepaid_term_is_a_whole_term_again() -> None:
    ours = line(service="web_meeting", kind="licence", timing="at_order", starts_on=date(2026, 10, 10))
    wrong = prepaid_charges(ours, date(2026, 10, 5), 14, [], listed(version("33.00")))
    again = days_again(ours, [charge for charge in wrong if isinstance(charge, RecurringCharge)], [], listed(version("31.00")))
    right = prepaid_charges(ours, date(2026, 10, 5), 14, [], listed(version("31.00")))
    assert again == right
    assert [charge.net for charge in again if isinstance(charge, RecurringCharge)] == [D("22.00"), D("9.00")]


@pytest.mark.clause("CG-3.d")
@pytest.mark.parametrize(
    ("last", "net"),
    [
        pytest.param(Price(D("30.00"), None), "60.00", id="at the price the previous invoice charged, itself made anew"),
        pytest.param(None, "62.00", id="at the price of the order, when no other invoice charged the line"),
    ],
)
def test_the_balance_of_a_contract(last: Price | None, net: str) -> None:
    (charge,) = charged("2026-12-01..2026-12-31")
    again = balance_again(line(), charge, last, listed(version("31.00")))
    assert isinstance(again, RecurringCharge)
    assert (again.days, again.net) == (days("2026-12-01..2026-12-31"), D(net))


@pytest.mark.clause("BT-2.g")
def test_units_added_within_a_month() -> None:
    before = AdditionCharge(1, date(2026, 10, 1), date(2026, 10, 16), date(2026, 10, 31), 1, D("33.00"), D("17.03"), "BT-2.g")
    again = addition_again(line(), before, listed(version("31.00")))
    assert isinstance(again, AdditionCharge)
    assert (again.quantity, again.unit_price, again.net) == (1, D("31.00"), D("16.00"))  # 16 of 31 days


@pytest.mark.clause("BT-2.a")
def test_hardware_is_charged_again_at_the_price_of_the_day_it_was_ordered() -> None:
    before = OneOffCharge(1, date(2026, 10, 23), 2, D("99.00"), D("198.00"), "BT-2.a")
    again = one_off_again(line(kind="hardware"), before, listed(version("89.00"), version("95.00", "2026-11-01")))
    assert again == OneOffCharge(1, date(2026, 10, 23), 2, D("89.00"), D("178.00"), "BT-2.a")


DAY_COUNTS = st.lists(st.integers(1, 40), min_size=1, max_size=4)


@pytest.mark.clause("BT-2.b")
@given(lengths=DAY_COUNTS, price=st.integers(1, 9999))
def test_with_the_same_price_charging_again_changes_nothing(lengths: list[int], price: int) -> None:
    first, parts = date(2026, 9, 1).toordinal(), []
    for length in lengths:
        parts.append(f"{date.fromordinal(first)}..{date.fromordinal(first + length - 1)}")
        first += length + 1  # a day between, charged by somebody else
    unit = D(price).scaleb(-2)
    before = charged(*parts, price=str(unit))
    again = days_again(line(unit_price=unit), before, [], listed())
    assert [charge for charge in again if isinstance(charge, RecurringCharge)] == before
    assert sum(len(list(period.months())) for period in joined(charge.days for charge in before)) == len(before)
    assert all(charge.net == price_of_days(charge.count.quantity, unit, charge.days)[1] for charge in before)
