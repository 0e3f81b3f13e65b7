"""Late charges (CG-2.d, CG-2.e, GC-5.2), told in dates: an invoice of 1,000.00 EUR with VAT was due on 28 November 2026."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.dunning_policy import Caps, LateCharges, Policy, Stage, Suspension
from billing.interest import Debt, Reduction, interest
from billing.late_charges import (
    Booked,
    Charged,
    Cost,
    LateInvoice,
    LatePayer,
    Letter,
    Restored,
    accrued,
    charged_too_much,
    late_charges,
    settled,
    terms_of,
)

pytestmark = pytest.mark.clause("CG-2.e")

D = Decimal
DUE = date(2026, 11, 28)
JANUARY, FEBRUARY, MARCH = date(2027, 1, 1), date(2027, 2, 1), date(2027, 3, 1)
POLICY = Policy(
    "contract",
    date(2018, 7, 1),
    "the contract",
    (Stage(1, 7, 0, D("0.00"), "CG-2.d"), Stage(2, 14, 7, D("10.00"), "CG-2.d")),
    Suspension(21, 7, "GC-9.1.a"),
    LateCharges(D("0.01"), D("50.00"), D("5.00"), 1),
)
LAW = replace(POLICY, name="law", caps=Caps(D("0.00"), D("10.00"), D("0.00"), D("30.00"), ((date(2026, 1, 1), D("0.045")),)))
TERMS = terms_of(POLICY, "completed_months")


def late(
    amount: str = "1000.00",
    *,
    paid: tuple[Reduction, ...] = (),
    contested: str = "0.00",
    booked: tuple[Booked, ...] = (),
    number: str = "A",
) -> LateInvoice:
    return LateInvoice(1, Debt(number, DUE, D(amount), paid), "CG-2.e", D(contested), booked)


def asked(on: str, amount: str) -> Booked:
    return Booked(date.fromisoformat(on), D(amount))


def letter(sent_on: str, fee: str = "10.00", cost: str = "0.00", level: int = 2) -> Letter:
    return Letter(7, level, date.fromisoformat(sent_on), D(fee), D(cost), "contract", "CG-2.d")


def charge(payer: LatePayer, on: date = JANUARY, policy: Policy = POLICY) -> Charged:
    return late_charges(payer, policy, on, "completed_months")


def said(found: Charged) -> list[str]:
    return [f"{each.what} {each.amount}" for each in found.charges]


@pytest.mark.parametrize(
    ("on", "booked", "expected"),
    [
        pytest.param(JANUARY, (), "10.00", id="1 January: the month to 28 December"),
        pytest.param(FEBRUARY, (asked("2027-01-01", "10.00"),), "10.00", id="1 February: two months less the one charged"),
        pytest.param(MARCH, (asked("2027-01-01", "10.00"),), "20.00", id="1 March, nothing charged in February: three less one"),
        pytest.param(JANUARY, (asked("2026-12-30", "10.00"),), "0.00", id="1 January: the month is charged already"),
    ],
)
def test_interest_is_what_has_grown_less_what_was_charged(on: date, booked: tuple[Booked, ...], expected: str) -> None:
    assert str(accrued(late(booked=booked), on, TERMS).amount) == expected


def test_the_charge_shows_all_delays_what_was_charged_before_and_what_is_charged_now() -> None:
    [found] = charge(LatePayer("P", (late(booked=(asked("2027-01-01", "10.00"),)),)), FEBRUARY).charges
    assert (str(found.amount), str(found.charged_before), found.policy, found.clause) == ("10.00", "10.00", "contract", "CG-2.e")
    assert (found.from_day, found.to_day) == (date(2026, 11, 29), date(2027, 1, 28))
    assert [(str(each.days), str(each.cost)) for each in found.delays] == [
        ("2026-11-29 to 2026-12-28", "10"),
        ("2026-12-29 to 2027-01-28", "10"),
    ]


def test_interest_survives_the_payment_of_the_invoice() -> None:
    paid = late(paid=(Reduction(date(2027, 1, 15), D("1000.00")),))
    assert said(charge(LatePayer("P", (paid,)), MARCH)) == ["interest 10.00"]


@pytest.mark.parametrize(
    ("contested", "on", "expected"),
    [
        pytest.param("400.00", JANUARY, "6.00", id="400 contested: 1 percent of 600"),
        pytest.param("1000.00", JANUARY, "0.00", id="all of it contested: nothing"),
        pytest.param("0.00", FEBRUARY, "20.00", id="closed against the payer: both months of all of it"),
    ],
)
def test_what_is_contested_on_the_day_bears_nothing_until_the_dispute_is_closed(contested: str, on: date, expected: str) -> None:
    assert str(accrued(late(contested=contested), on, TERMS).amount) == expected


def test_interest_charged_before_a_dispute_is_not_too_much_while_it_is_open() -> None:
    invoice = late(contested="900.00", booked=(asked("2027-01-01", "10.00"),))
    found = charge(LatePayer("P", (invoice,)), FEBRUARY)
    assert (said(found), found.too_much) == ([], ())


@pytest.mark.clause("GC-5.2")
def test_a_credit_note_that_comes_later_makes_interest_too_much_and_finance_is_told() -> None:
    credited = late("250.00", booked=(asked("2027-01-01", "10.00"),))  # 1000.00 less 750.00 credited in January
    found = charge(LatePayer("P", (credited,)), FEBRUARY)
    [wrong] = found.too_much
    assert (said(found), wrong.invoice, str(wrong.charged), str(wrong.due), str(wrong.amount)) == ([], "A", "10.00", "5.00", "5.00")


@pytest.mark.parametrize(
    ("amount", "booked", "on", "held", "now", "wrong"),
    [
        pytest.param(
            "250.00", (asked("2027-01-01", "10.00"), asked("2027-02-02", "-5.00")), MARCH, "5.00", "2.50", None,
            id="what was too much is credited: the next month is charged again",
        ),
        pytest.param(
            "1000.00", (asked("2027-01-01", "10.00"), asked("2027-01-02", "-10.00")), FEBRUARY, "10.00", "10.00", None,
            id="interest given up stays given up: only the next month is charged",
        ),
        pytest.param(
            "250.00", (asked("2027-01-01", "10.00"), asked("2027-02-02", "-8.00")), MARCH, "5.00", "2.50", None,
            id="5.00 too much and 3.00 given up",
        ),
        pytest.param(
            "250.00", (asked("2027-01-01", "10.00"), asked("2027-02-02", "-1.00")), FEBRUARY, "10.00", "0.00", "5.00",
            id="credited after the day asked for: not yet",
        ),
    ],
)  # fmt: skip
def test_a_credit_note_on_the_debit_note_takes_back_what_was_too_much_and_gives_up_the_rest(
    amount: str, booked: tuple[Booked, ...], on: date, held: str, now: str, wrong: str | None
) -> None:
    invoice = late(amount, booked=booked)
    too_much = charged_too_much("P", invoice, on, TERMS)
    assert (str(settled(invoice, on, TERMS)), str(accrued(invoice, on, TERMS).amount)) == (held, now)
    assert (str(too_much.amount) if too_much else None) == wrong


@pytest.mark.clause("CG-2.d")
@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param(date(2026, 12, 24), [], id="sent 6 days ago: it may still come back"),
        pytest.param(date(2026, 12, 25), ["reminder_fee 10.00"], id="sent 7 days ago: delivered"),
    ],
)
def test_the_fee_of_a_letter_is_charged_seven_days_after_it_was_sent(on: date, expected: list[str]) -> None:
    assert said(charge(LatePayer("P", letters=(letter("2026-12-18"),)), on)) == expected


@pytest.mark.clause("CG-2.d")
def test_a_letter_that_costs_nothing_is_not_charged_and_one_with_a_recovery_cost_is_charged_both() -> None:
    assert said(charge(LatePayer("P", letters=(letter("2026-12-01", "0.00"),)))) == []
    assert said(charge(LatePayer("P", letters=(letter("2026-12-01", "10.00", "40.00"),)))) == ["reminder_fee 10.00", "recovery_cost 40.00"]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        pytest.param(POLICY, ["recovery_cost 120.00"], id="by the contract: all of it"),
        pytest.param(LAW, [], id="capped at 0.00 by the law: nothing"),
        pytest.param(replace(LAW, caps=replace(LAW.caps, recovery_cost=D("40.00"))), ["recovery_cost 40.00"], id="capped at 40.00"),  # type: ignore[type-var]
    ],
)
def test_a_cost_of_recovery_is_charged_within_the_cap(policy: Policy, expected: list[str]) -> None:
    bailiff = Cost("K-1", date(2026, 12, 20), D("120.00"), "writ")
    assert said(charge(LatePayer("P", costs=(bailiff,)), JANUARY, policy)) == expected
    assert said(charge(LatePayer("P", costs=(bailiff,)), date(2026, 12, 19), policy)) == []


@pytest.mark.clause("CG-2.c")
@pytest.mark.parametrize(("policy", "expected"), [(POLICY, "50.00"), (LAW, "30.00")], ids=["by the contract", "within the cap of the law"])
def test_a_restored_service_costs_a_reactivation(policy: Policy, expected: str) -> None:
    restored = Restored(3, date(2026, 12, 20))
    assert said(charge(LatePayer("P", restored=(restored,)), JANUARY, policy)) == [f"reactivation {expected}"]
    assert said(charge(LatePayer("P", restored=(restored,)), date(2026, 12, 19), policy)) == []


def test_the_legal_rate_caps_interest() -> None:
    assert said(charge(LatePayer("P", (late("10000.00"),)), JANUARY, LAW)) == ["interest 37.50"]  # a twelfth of 4.5 percent


def test_a_sum_below_the_least_of_a_debit_note_waits_and_is_charged_with_the_next() -> None:
    small = late("400.00")
    first, second = charge(LatePayer("P", (small,)), JANUARY), charge(LatePayer("P", (small,)), FEBRUARY)
    assert (said(first), str(first.waiting)) == ([], "4.00")
    assert (said(second), str(second.waiting)) == (["interest 8.00"], "0.00")


def test_a_debit_note_lists_interest_by_due_date_then_letters_costs_and_reactivations() -> None:
    older = LateInvoice(2, Debt("B", date(2026, 10, 28), D("1000.00")), "GC-5.2")
    payer = LatePayer(
        "P", (late(), older), (letter("2026-12-18"), ), (Cost("K-1", date(2026, 12, 1), D("20.00"), ""),), (Restored(3, date(2026, 12, 20)),),
    )  # fmt: skip
    found = charge(payer)
    assert [(each.what, each.of, str(each.amount), each.clause) for each in found.charges] == [
        ("interest", 2, "20.00", "GC-5.2"),
        ("interest", 1, "10.00", "CG-2.e"),
        ("reminder_fee", 7, "10.00", "CG-2.d"),
        ("recovery_cost", "K-1", "20.00", "CG-2.e"),
        ("reactivation", 3, "50.00", "CG-2.e"),
    ]


days = st.dates(date(2026, 11, 1), date(2028, 12, 31))
paid = st.lists(st.builds(Reduction, days, st.decimals("0.01", "400", places=2)), max_size=4).map(tuple)


@given(paid, st.lists(days, min_size=1, max_size=8), st.sampled_from(["completed_months", "daily"]))
def test_however_often_it_is_charged_all_debit_notes_together_ask_the_interest_to_the_last_day(
    reductions: tuple[Reduction, ...], charged_on: list[date], method: str
) -> None:
    terms = terms_of(POLICY, method)  # type: ignore[arg-type]
    booked: tuple[Booked, ...] = ()
    for on in sorted(charged_on):
        found = accrued(late(paid=reductions, booked=booked), on, terms)
        booked += (Booked(on, found.amount),)
    whole = interest(late(paid=reductions).debt, max(charged_on), terms).amount
    assert sum((each.amount for each in booked), D("0.00")) == whole


@given(paid, st.decimals("0.00", "1000.00", places=2), days)
def test_what_is_contested_never_makes_interest_more_or_negative(reductions: tuple[Reduction, ...], contested: Decimal, on: date) -> None:
    whole = accrued(late(paid=reductions), on, TERMS).amount
    assert D("0.00") <= accrued(late(paid=reductions, contested=str(contested)), on, TERMS).amount <= whole
