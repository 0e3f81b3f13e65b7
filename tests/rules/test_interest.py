"""Interest for late payment (CG-2.e, GC-5.2), told in dates: an invoice of 1,000.00 EUR with VAT was due on 28 November 2026."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.interest import Debt, InterestTerms, Reduction, completed_month, interest, total

pytestmark = pytest.mark.clause("CG-2.e", "GC-5.2")

D = Decimal
DUE = date(2026, 11, 28)
MONTHS = InterestTerms()
DAYS = InterestTerms(method="daily")
PART_PAID = (Reduction(date(2026, 12, 10), D("400.00")),)


def owed(amount: str = "1000.00", due_on: date = DUE, reductions: tuple[Reduction, ...] = ()) -> Debt:
    return Debt("A", due_on, D(amount), reductions)


def cost(on: date, terms: InterestTerms = MONTHS, reductions: tuple[Reduction, ...] = (), due_on: date = DUE) -> str:
    return str(interest(owed(due_on=due_on, reductions=reductions), on, terms).amount)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param(date(2026, 11, 28), "0.00", id="on the due date nothing"),
        pytest.param(date(2026, 12, 27), "0.00", id="27 December: 29 days, no month is complete"),
        pytest.param(date(2026, 12, 28), "10.00", id="28 December: the month from 29 November ends, 1 percent"),
        pytest.param(date(2026, 12, 29), "10.00", id="29 December: still one month"),
        pytest.param(date(2027, 1, 27), "10.00", id="27 January: still one month"),
        pytest.param(date(2027, 1, 28), "20.00", id="28 January: two months, simple interest"),
    ],
)
def test_a_thousand_euro_due_on_28_november_costs_1_percent_a_completed_month(on: date, expected: str) -> None:
    assert cost(on) == expected


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param(date(2026, 12, 27), "0.00", id="27 December: nothing"),
        pytest.param(date(2026, 12, 28), "6.00", id="28 December: 1 percent of the 600 not paid"),
        pytest.param(date(2027, 1, 28), "12.00", id="28 January: 2 percent of the 600 not paid"),
    ],
)
def test_of_a_thousand_euro_400_paid_on_10_december_bear_no_interest(on: date, expected: str) -> None:
    assert cost(on, reductions=PART_PAID) == expected


@pytest.mark.parametrize(
    ("paid_on", "expected"),
    [
        pytest.param(date(2026, 12, 27), "0.00", id="paid on 27 December"),
        pytest.param(date(2026, 12, 28), "0.00", id="paid on 28 December, the last day of the month of delay"),
        pytest.param(date(2026, 12, 29), "10.00", id="paid on 29 December, a month late"),
    ],
)
def test_interest_survives_the_payment_of_the_whole_invoice(paid_on: date, expected: str) -> None:
    assert cost(date(2027, 3, 1), reductions=(Reduction(paid_on, D("1000.00")),)) == expected


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        # 1000 x 1 % = 10.00 a calendar month
        pytest.param(date(2026, 11, 29), "0.33", id="29 November: 1 of 30 days"),
        pytest.param(date(2026, 12, 27), "9.38", id="27 December: 2 of 30 and 27 of 31 days"),
        pytest.param(date(2026, 12, 28), "9.70", id="28 December: 2 of 30 and 28 of 31 days"),
        pytest.param(date(2026, 12, 29), "10.02", id="29 December: 2 of 30 and 29 of 31 days"),
        pytest.param(date(2026, 12, 31), "10.67", id="31 December: 2 of 30 days and a month"),
    ],
)
def test_by_the_day_a_calendar_month_of_delay_costs_1_percent_and_its_days_their_share(on: date, expected: str) -> None:
    assert cost(on, DAYS) == expected


def test_by_the_day_a_payment_on_10_december_counts_from_that_day() -> None:
    # 2 of 30 days and 9 of 31 days of 1000.00; 22 of 31 and 28 of 31 days of 600.00: 0.6667 + 2.9032 + 4.2581 + 5.4194
    assert cost(date(2027, 1, 28), DAYS, PART_PAID) == "13.25"
    stretches = interest(owed(reductions=PART_PAID), date(2027, 1, 28), DAYS).delays
    assert [(str(each.days), str(each.open_amount)) for each in stretches] == [
        ("2026-11-29 to 2026-11-30", "1000.00"),
        ("2026-12-01 to 2026-12-09", "1000.00"),
        ("2026-12-10 to 2026-12-31", "600.00"),
        ("2027-01-01 to 2027-01-28", "600.00"),
    ]


@pytest.mark.parametrize(
    ("due_on", "ends"),
    [
        pytest.param(date(2027, 1, 30), ("2027-02-28", "2027-03-30"), id="due 30 January: February lacks the 31st"),
        pytest.param(date(2027, 1, 31), ("2027-02-28", "2027-03-31"), id="due 31 January: from the 1st"),
        pytest.param(date(2027, 2, 28), ("2027-03-31", "2027-04-30"), id="due 28 February: whole calendar months"),
        pytest.param(date(2027, 12, 31), ("2028-01-31", "2028-02-29"), id="due 31 December: into a leap year"),
    ],
)
def test_a_month_of_delay_runs_to_the_eve_of_the_same_day(due_on: date, ends: tuple[str, str]) -> None:
    assert tuple(str(completed_month(due_on + timedelta(days=1), number).last) for number in (1, 2)) == ends


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        pytest.param("0.045", "3.75", id="4.5 percent a year: a month costs 0.375 percent"),
        pytest.param("0.125", "10.00", id="12.5 percent a year: the terms ask for less"),
    ],
)
def test_a_legal_limit_lowers_what_a_month_of_delay_costs(limit: str, expected: str) -> None:
    assert cost(date(2026, 12, 28), InterestTerms(most_per_year=((date(2026, 1, 1), D(limit)),))) == expected


LEGAL_RATES = ((date(2026, 1, 1), D("0.045")), (date(2027, 1, 1), D("0.0600")))
CAPPED, CAPPED_DAYS = InterestTerms(most_per_year=LEGAL_RATES), InterestTerms(method="daily", most_per_year=LEGAL_RATES)


@pytest.mark.parametrize(
    ("on", "paid", "expected"),
    [
        pytest.param(date(2026, 12, 27), "", "0.00", id="27 December: 29 days, nothing"),
        pytest.param(date(2026, 12, 28), "", "10.00", id="28 December: 1 percent of 1000"),
        pytest.param(date(2026, 12, 29), "", "10.00", id="29 December: 1 percent of 1000"),
        pytest.param(date(2027, 1, 28), "", "20.00", id="28 January: 2 percent of 1000"),
        pytest.param(date(2026, 12, 27), "300.00", "0.00", id="27 December, 300 paid on the 10th: nothing"),
        pytest.param(date(2026, 12, 28), "300.00", "7.00", id="28 December, 300 paid on the 10th: 1 percent of 700"),
        pytest.param(date(2026, 12, 29), "300.00", "7.00", id="29 December, 300 paid on the 10th: 1 percent of 700"),
        pytest.param(date(2027, 1, 28), "300.00", "14.00", id="28 January, 300 paid on the 10th: 2 percent of 700"),
    ],
)
def test_due_on_28_november_with_and_without_a_part_payment_on_10_december(on: date, paid: str, expected: str) -> None:
    assert cost(on, reductions=(Reduction(date(2026, 12, 10), D(paid)),) if paid else ()) == expected


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param(date(2026, 12, 28), "3.75", id="29 November to 28 December: a twelfth of 4.5 percent"),
        pytest.param(date(2027, 1, 28), "7.50", id="29 December to 28 January began in 2026: a twelfth of 4.5 percent again"),
        pytest.param(date(2027, 2, 28), "12.50", id="29 January to 28 February began in 2027: a twelfth of 6 percent"),
    ],
)
def test_a_month_of_delay_is_capped_by_the_legal_rate_of_its_first_day(on: date, expected: str) -> None:
    assert cost(on, CAPPED) == expected


def test_by_the_day_the_legal_rate_changes_with_the_year() -> None:
    # 2 of 30 days and December at 3.75 a month, 28 of 31 days at 5.00: 0.25 + 3.75 + 4.516...
    assert cost(date(2027, 1, 28), CAPPED_DAYS) == "8.52"


def test_a_legal_rate_holds_before_its_first_day_and_until_the_next_one() -> None:
    assert [str(CAPPED.share_on(day)) for day in (date(2025, 6, 1), date(2026, 12, 31), date(2027, 1, 1), date(2031, 1, 1))] == [
        "3/800", "3/800", "1/200", "1/200",
    ]  # fmt: skip


def test_a_payment_that_is_taken_back_leaves_the_months_after_it_late() -> None:
    # Collected on 1 December, returned on 5 January: open on 28 January, not on 28 December.
    there_and_back = (Reduction(date(2026, 12, 1), D("1000.00")), Reduction(date(2027, 1, 5), D("-1000.00")))
    assert cost(date(2026, 12, 28), reductions=there_and_back) == "0.00"
    assert cost(date(2027, 1, 28), reductions=there_and_back) == "10.00"


def test_each_invoice_is_rounded_by_itself_half_a_cent_up() -> None:
    two = [interest(owed(amount), date(2026, 12, 28), MONTHS) for amount in ("0.50", "0.49")]
    assert [str(each.amount) for each in two] == ["0.01", "0.00"]
    assert str(total(two)) == "0.01"


def test_what_was_paid_before_the_due_date_is_never_late() -> None:
    assert cost(date(2026, 12, 28), reductions=(Reduction(date(2026, 11, 20), D("999.00")),)) == "0.01"


days = st.dates(date(2026, 1, 1), date(2029, 12, 31))
reductions = st.lists(st.builds(Reduction, days, st.decimals("0.01", "400", places=2)), max_size=5).map(tuple)


@given(days, days, st.integers(1, 200), reductions, st.sampled_from([MONTHS, DAYS]))
def test_interest_never_falls_as_days_pass(due_on: date, on: date, later: int, paid: tuple[Reduction, ...], terms: InterestTerms) -> None:
    debt = owed(due_on=due_on, reductions=paid)
    assert interest(debt, on, terms).amount <= interest(debt, on + timedelta(days=later), terms).amount


@given(days, st.integers(1, 60))
def test_months_of_delay_follow_one_another_without_gap(first_day: date, number: int) -> None:
    assert completed_month(first_day, number).past == completed_month(first_day, number + 1).first
    assert 28 <= completed_month(first_day, number).days <= 31


@given(days, days, reductions)
def test_by_the_day_it_is_the_sum_of_single_days(due_on: date, on: date, paid: tuple[Reduction, ...]) -> None:
    debt = owed(due_on=due_on, reductions=paid)
    delays = interest(debt, on, DAYS).delays
    open_by_day = {each.days.first + timedelta(days=n): each.open_amount for each in delays for n in range(each.days.days)}
    late = [due_on + timedelta(days=n) for n in range(1, (on - due_on).days + 1)]
    assert open_by_day == {day: debt.open_on(day) for day in late if debt.open_on(day)}
