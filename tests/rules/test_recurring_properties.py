"""Whatever the sequence of closes: no day twice, no day lost, no cent out of bounds."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.order import OrderLine
from billing.period import DAY, Period, days_in_month, months_after
from billing.prices import Unpriced
from billing.recurring import RecurringCharge, charges, days_to_charge, horizon, price_of_days
from tests.rules.lines import line, listed, of, version

FIRST = date(2026, 1, 1)
some_day = st.dates(date(2025, 11, 1), date(2027, 8, 31))


@st.composite
def lines(draw: st.DrawFn) -> OrderLine:
    starts_on = draw(some_day)
    ends_on = draw(st.none() | some_day)
    charged_through = draw(st.none() | some_day)
    return line(starts_on=starts_on, ends_on=ends_on, charged_through=charged_through, timing=draw(st.sampled_from(["advance", "arrears"])))


@st.composite
def closes(draw: st.DrawFn) -> list[tuple[Period, date]]:
    """Closes of months in order, some left out, each on a day of its month or a little after."""
    months = draw(st.lists(st.integers(0, 18), min_size=1, max_size=8, unique=True).map(sorted))
    periods = [Period.month_of(months_after(FIRST, month)) for month in months]
    return [(period, period.first + timedelta(days=draw(st.integers(20, 35)))) for period in periods]


def close(ours: OrderLine, period: Period, on: date, charged: list[Period], quantity: int = 1) -> list[RecurringCharge]:
    found = charges(ours, days_to_charge(ours, period, on, charged), of(quantity), listed(version("31.00")))
    assert not any(isinstance(charge, Unpriced) for charge in found)
    return [charge for charge in found if isinstance(charge, RecurringCharge)]


def days_of(charged: list[Period]) -> list[date]:
    return [period.first + timedelta(days=n) for period in charged for n in range(period.days)]


@pytest.mark.clause("BT-2.b", "ST-2.b")
@given(lines(), closes())
def test_charged_days_never_overlap_and_leave_no_gap(ours: OrderLine, sequence: list[tuple[Period, date]]) -> None:
    charged: list[Period] = []
    reached: date | None = None
    for period, on in sequence:
        charged += [charge.days for charge in close(ours, period, on, charged)]
        if ours.starts_on <= on:
            reached = max(reached or date.min, horizon(period, ours.timing))
    got = days_of(charged)
    first = ours.starts_on if ours.charged_through is None else max(ours.starts_on, ours.charged_through + DAY)
    past = min(reached or first, ours.ends_on + DAY) if ours.ends_on else reached or first
    assert sorted(got) == [first + timedelta(days=n) for n in range(max(0, (past - first).days))]


@pytest.mark.clause("BT-2.b", "ST-2.b")
@given(lines(), closes())
def test_closing_twice_is_closing_once(ours: OrderLine, sequence: list[tuple[Period, date]]) -> None:
    charged: list[Period] = []
    for period, on in sequence:
        charged += [charge.days for charge in close(ours, period, on, charged)]
        assert close(ours, period, on, charged) == []


@pytest.mark.clause("BT-2.b", "ST-2.b")
@given(lines(), closes(), st.data())
def test_days_taken_back_are_charged_again_by_the_next_close_and_nothing_else(
    ours: OrderLine, sequence: list[tuple[Period, date]], data: st.DataObject
) -> None:
    charged: list[Period] = []
    for period, on in sequence:
        charged += [charge.days for charge in close(ours, period, on, charged)]
    if charged:
        taken_back = data.draw(st.sampled_from(charged))
        left = [days for days in charged if days != taken_back]
        last_period, last_on = sequence[-1]
        again = close(ours, last_period, last_on, left)
        assert sorted(days_of([charge.days for charge in again])) == sorted(days_of([taken_back]))


@pytest.mark.clause("BT-2.b", "ST-2.b")
@given(lines(), closes())
def test_no_charge_leaves_its_calendar_month(ours: OrderLine, sequence: list[tuple[Period, date]]) -> None:
    period, on = sequence[0]
    for charge in close(ours, period, on, []):
        month = Period.month_of(charge.days.first)
        assert charge.days.last in month
        assert (charge.charge == "recurring") == (charge.days == month)


prices = st.decimals(Decimal(0), Decimal(5000), places=6)


@pytest.mark.clause("BT-2.b", "ST-2.b")
@given(st.integers(0, 5000), prices, st.dates(date(2026, 1, 1), date(2028, 12, 31)), st.integers(1, 31))
def test_a_part_is_within_half_a_cent_of_its_exact_share(quantity: int, unit_price: Decimal, first: date, length: int) -> None:
    month = Period.month_of(first)
    days = Period(first, min(first + timedelta(days=length), month.past))
    charged, net = price_of_days(quantity, unit_price, days)
    distance = net * days_in_month(first) - quantity * unit_price * days.days
    assert abs(distance) <= Decimal("0.005") * days_in_month(first)
    assert 0 <= net <= quantity * unit_price + Decimal("0.005")
    assert net == net.quantize(Decimal("0.01"))
    assert (charged == "recurring") == (days == month)


@pytest.mark.clause("BT-2.b", "ST-2.b")
@given(st.integers(0, 500), prices, st.dates(date(2026, 1, 1), date(2028, 12, 31)), st.data())
def test_a_month_in_two_parts_costs_the_month_to_within_a_cent(quantity: int, unit_price: Decimal, day: date, data: st.DataObject) -> None:
    month = Period.month_of(day)
    cut = data.draw(st.dates(month.first + DAY, month.last))
    _, whole = price_of_days(quantity, unit_price, month)
    parts = [price_of_days(quantity, unit_price, part)[1] for part in (Period(month.first, cut), Period(cut, month.past))]
    assert abs(sum(parts) - whole) <= Decimal("0.01")


@pytest.mark.clause("BT-2.b", "ST-2.b")
@given(lines())
def test_a_line_without_end_is_charged_the_same_in_one_close_or_in_twelve(ours: OrderLine) -> None:
    ours = replace(ours, ends_on=None, charged_through=None, starts_on=date(2026, 1, 23))
    monthly: list[RecurringCharge] = []
    for month in range(12):
        period = Period.month_of(months_after(FIRST, month))
        monthly += close(ours, period, period.last, [charge.days for charge in monthly])
    december = Period.month("2026-12")
    assert close(ours, december, december.last, []) == monthly
