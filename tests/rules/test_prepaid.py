"""Web Meeting subscriptions: whole terms, at order and before each renewal (WM-2.b)."""

import itertools
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.order import OrderLine
from billing.period import DAY, Period, months_after
from billing.prepaid import prepaid_charges, terms_due
from billing.prices import Unpriced
from billing.recurring import RecurringCharge
from tests.rules.lines import line, listed, version

ORDERED = date(2026, 10, 5)


def subscription(**cells: object) -> OrderLine:
    return line(**{"service": "web_meeting", "kind": "licence", "timing": "at_order", "starts_on": date(2026, 10, 10), **cells})


def bought(ours: OrderLine, on: str | date, charged: list[Period] | None = None, price: str = "31.00") -> list[RecurringCharge]:
    day = date.fromisoformat(on) if isinstance(on, str) else on
    found = prepaid_charges(ours, day, 14, charged or [], listed(version(price)))
    assert not any(isinstance(charge, Unpriced) for charge in found)
    return [charge for charge in found if isinstance(charge, RecurringCharge)]


def shown(found: list[RecurringCharge]) -> list[str]:
    return [f"{charge.days.first}..{charge.days.last} {charge.charge} {charge.net}" for charge in found]


@pytest.mark.clause("WM-2.b")
def test_a_month_from_the_10th_is_two_parts_that_cost_exactly_one_month() -> None:
    # 22/31 of 31.00 in October; by days November would cost 9.30, but the month costs 31.00 in all.
    assert shown(bought(subscription(), ORDERED)) == ["2026-10-10..2026-10-31 pro_rata 22.00", "2026-11-01..2026-11-09 pro_rata 9.00"]


@pytest.mark.clause("WM-2.b")
def test_a_quarter_from_the_1st_is_three_months() -> None:
    ours = subscription(starts_on=date(2026, 11, 1), min_months=3, quantity=2)
    assert shown(bought(ours, ORDERED, price="10.00")) == [
        "2026-11-01..2026-11-30 recurring 20.00",
        "2026-12-01..2026-12-31 recurring 20.00",
        "2027-01-01..2027-01-31 recurring 20.00",
    ]


@pytest.mark.clause("WM-2.b")
def test_every_part_names_the_clause_and_the_quantity_ordered() -> None:
    charge = bought(subscription(quantity=3), ORDERED)[0]
    assert (charge.clause, charge.count.quantity, charge.count.rule) == ("WM-2.b", 3, "ordered")


@pytest.mark.clause("WM-2.b")
def test_the_renewal_is_invoiced_14_days_before_it_begins() -> None:
    first = [charge.days for charge in bought(subscription(), ORDERED)]
    assert bought(subscription(), "2026-10-26", first) == []
    assert shown(bought(subscription(), "2026-10-27", first)) == [
        "2026-11-10..2026-11-30 pro_rata 21.70",
        "2026-12-01..2026-12-09 pro_rata 9.30",
    ]


@pytest.mark.clause("WM-2.b")
def test_renewals_missed_are_made_up() -> None:
    first = [charge.days for charge in bought(subscription(), ORDERED)]
    assert sum(charge.net for charge in bought(subscription(), "2026-12-31", first)) == Decimal("93.00")  # November, December, January


@pytest.mark.clause("WM-2.b")
def test_after_an_earlier_system_only_the_renewal_is_invoiced() -> None:
    ours = subscription(starts_on=date(2026, 1, 10), charged_through=date(2026, 11, 9))
    assert bought(ours, "2026-10-26") == []
    assert [charge.days.first for charge in bought(ours, "2026-10-27")] == [date(2026, 11, 10), date(2026, 12, 1)]


@pytest.mark.clause("WM-2.b")
def test_nothing_is_renewed_after_the_last_day_of_service() -> None:
    ours = subscription(ends_on=date(2026, 11, 9))
    first = [charge.days for charge in bought(ours, ORDERED)]
    assert bought(ours, "2027-06-01", first) == []


@pytest.mark.clause("WM-2.b")
def test_service_that_ends_with_a_term_has_no_term_after_it() -> None:
    ours = subscription(starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 31))
    assert [str(term.days) for term in terms_due(ours, date(2027, 6, 1), 14)] == ["2026-11", "2026-12"]


@pytest.mark.clause("WM-2.b")
def test_a_term_cut_by_the_end_of_service_costs_its_days() -> None:
    ours = subscription(starts_on=date(2026, 11, 1), min_months=2, ends_on=date(2026, 12, 10))
    assert shown(bought(ours, ORDERED)) == ["2026-11-01..2026-11-30 recurring 31.00", "2026-12-01..2026-12-10 pro_rata 10.00"]


@pytest.mark.clause("WM-2.b")
def test_the_price_is_that_of_the_first_day_of_the_term() -> None:
    prices = listed(version("10.00"), version("20.00", "2026-12-01"))
    ours = subscription(starts_on=date(2026, 11, 1), min_months=2)
    assert [charge.net for charge in prepaid_charges(ours, ORDERED, 14, [], prices) if isinstance(charge, RecurringCharge)] == [
        Decimal("10.00"), Decimal("10.00"),
    ]  # fmt: skip


@pytest.mark.clause("GC-5.1")
def test_a_term_without_a_price_names_the_line() -> None:
    [refused] = prepaid_charges(subscription(), ORDERED, 14, [], {})
    assert isinstance(refused, Unpriced)
    assert refused.day == date(2026, 10, 10)


@pytest.mark.clause("WM-2.b")
def test_a_subscription_from_the_31st_renews_on_the_last_days_of_months() -> None:
    ours = subscription(starts_on=date(2027, 1, 31))
    starts = {charge.days.first for charge in bought(ours, "2027-05-01")}
    assert {date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30)} <= starts


starts = st.dates(date(2026, 1, 1), date(2028, 12, 31))
unit_prices = st.decimals(Decimal(0), Decimal(500), places=6)


@pytest.mark.clause("WM-2.b")
@given(starts, st.integers(1, 36), st.integers(0, 300), unit_prices)
def test_a_whole_term_costs_exactly_its_months(starts_on: date, months: int, quantity: int, unit_price: Decimal) -> None:
    ours = subscription(starts_on=starts_on, min_months=months, quantity=quantity)
    found = bought(ours, starts_on - timedelta(days=20), price=str(unit_price))
    total = sum((charge.net for charge in found), Decimal(0))
    assert abs(total - months * quantity * unit_price) <= Decimal("0.005")
    assert total == total.quantize(Decimal("0.01"))
    assert all(charge.net >= 0 for charge in found)
    assert found[0].days.first == starts_on
    assert found[-1].days.past == months_after(starts_on, months)


@pytest.mark.clause("WM-2.b")
@given(starts, st.integers(1, 13), st.none() | st.integers(0, 900), st.lists(st.integers(0, 120), min_size=1, max_size=8))
def test_orders_runs_never_charge_a_day_twice_nor_leave_one_out(starts_on: date, months: int, served: int | None, gaps: list[int]) -> None:
    ends_on = None if served is None else starts_on + timedelta(days=served)
    ours = subscription(starts_on=starts_on, min_months=months, ends_on=ends_on)
    charged: list[Period] = []
    on = starts_on
    for gap in gaps:
        on += timedelta(days=gap)
        charged += [charge.days for charge in bought(ours, on, charged)]
        assert bought(ours, on, charged) == []
    charged.sort()
    assert charged[0].first == starts_on
    assert all(one.past == other.first for one, other in itertools.pairwise(charged))
    assert charged[-1].past > on or charged[-1].last == ends_on
    assert ends_on is None or charged[-1].past <= ends_on + DAY
