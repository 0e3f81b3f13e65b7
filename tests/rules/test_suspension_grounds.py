"""Which grounds to suspend hold on a day (GC-9.1, GC-9.3), whom it reaches (CG-2.c) and whom sales may call (CG-2.f).

Told in dates: invoice A of 100.00 EUR was due on 27 November 2026, and a reminder that listed it was delivered on 4 December.
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.dunning import SentNotice, Suspension
from billing.suspension_grounds import (
    Arrears,
    Ground,
    Security,
    Served,
    contact_list,
    grounds,
    late_payment,
    reached,
    security_exceeded,
    security_missing,
    suspension_order,
)

D = Decimal
DUE = date(2026, 11, 27)
A = Arrears("A", DUE, D("100.00"))
POLICY = Suspension(21, 7, "GC-9.1.a")
LATE = Ground("GC-9.1.a", date(2026, 12, 18), D("100.00"), ("A",))
SERVED = (
    Served("PARTNER", "C3", "Zinc SA"), Served("PARTNER", "C1", "Argent SPRL"), Served("PARTNER", "C2", "Cuivre SA"),
    Served("PARTNER", "C1", "Argent SPRL"), Served("DIRECT", "DIRECT", "Plomb SA"),
)  # fmt: skip


def reminder(sent_on: date, *numbers: str) -> SentNotice:
    return SentNotice(1, sent_on, DUE, frozenset(numbers or ("A",)))


def late(on: date, *arrears: Arrears, delivered: tuple[SentNotice, ...] = (reminder(date(2026, 12, 4)),)) -> Ground | None:
    return late_payment(arrears or (A,), delivered, POLICY, on)


@pytest.mark.clause("GC-9.1.a")
@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param(date(2026, 12, 17), None, id="day 20: not more than 20 days late"),
        pytest.param(date(2026, 12, 18), LATE, id="day 21"),
        pytest.param(date(2027, 2, 1), LATE, id="long after"),
    ],
)
def test_payment_more_than_20_days_late_despite_a_reminder_is_a_ground(on: date, expected: Ground | None) -> None:
    assert late(on) == expected


@pytest.mark.clause("GC-9.1.a")
@pytest.mark.parametrize(
    ("reminded_on", "since"),
    [
        pytest.param(date(2026, 12, 11), date(2026, 12, 18), id="reminded on 11 December: 7 days later is day 21"),
        pytest.param(date(2026, 12, 15), date(2026, 12, 22), id="reminded on 15 December: 7 days later"),
    ],
)
def test_the_reminder_must_have_been_delivered_7_days_earlier(reminded_on: date, since: date) -> None:
    told = (reminder(reminded_on),)
    assert late(since - timedelta(days=1), delivered=told) is None
    assert late(since, delivered=told) == replace(LATE, since=since)


@pytest.mark.clause("GC-9.1.a")
def test_without_a_reminder_that_was_delivered_and_listed_the_invoice_there_is_no_ground() -> None:
    assert late(date(2027, 2, 1), delivered=()) is None
    assert late(date(2027, 2, 1), delivered=(reminder(date(2026, 12, 4), "B"),)) is None


@pytest.mark.clause("GC-9.1.a")
def test_only_invoices_that_are_late_and_reminded_count_and_the_oldest_comes_first() -> None:
    earlier = Arrears("B", date(2026, 10, 28), D("50.00"))
    not_late = Arrears("C", date(2026, 12, 28), D("70.00"))
    told = (reminder(date(2026, 12, 4), "A", "B", "C"),)
    assert late(date(2026, 12, 18), A, not_late, earlier, delivered=told) == Ground("GC-9.1.a", date(2026, 12, 11), D("150.00"), ("B", "A"))


@pytest.mark.clause("GC-9.3")
def test_an_amount_covered_by_a_bank_guarantee_is_no_ground() -> None:
    assert late(date(2027, 2, 1), replace(A, covered=D("100.00"))) is None
    assert late(date(2027, 2, 1), replace(A, covered=D("60.00"))) == replace(LATE, amount=D("40.00"))


@pytest.mark.clause("GC-9.1.b")
@pytest.mark.parametrize(
    ("on", "given_so_far", "lacks"),
    [
        pytest.param(date(2026, 12, 15), "0.00", None, id="on the last day"),
        pytest.param(date(2026, 12, 16), "0.00", "500.00", id="the day after"),
        pytest.param(date(2026, 12, 16), "499.99", "0.01", id="a cent is missing"),
        pytest.param(date(2026, 12, 16), "500.00", None, id="given in full"),
    ],
)
def test_a_deposit_of_500_asked_by_15_december_and_not_given_is_a_ground(on: date, given_so_far: str, lacks: str | None) -> None:
    expected = Ground("GC-9.1.b", date(2026, 12, 16), D(lacks)) if lacks else None
    assert security_missing(Security(D("500.00"), date(2026, 12, 15), D(given_so_far)), on) == expected


@pytest.mark.clause("GC-9.1.b")
def test_where_no_deposit_was_asked_none_is_missing() -> None:
    assert security_missing(None, date(2027, 2, 1)) is None


GIVEN = Security(D("150.00"), date(2026, 1, 1), D("150.00"))
B = Arrears("B", date(2026, 12, 10), D("60.00"))


@pytest.mark.clause("GC-9.1.c")
@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param(date(2026, 12, 10), None, id="10 December: 100 is overdue"),
        pytest.param(date(2026, 12, 11), Ground("GC-9.1.c", date(2026, 12, 11), D("10.00"), ("A", "B")), id="11 December: 160 is overdue"),
    ],
)
def test_overdue_debts_above_a_deposit_of_150_are_a_ground(on: date, expected: Ground | None) -> None:
    assert security_exceeded((B, A), GIVEN, on) == expected


@pytest.mark.clause("GC-9.1.c")
def test_debts_that_equal_the_deposit_or_where_none_was_given_are_no_ground() -> None:
    assert security_exceeded((A, replace(B, open_amount=D("50.00"))), GIVEN, date(2027, 2, 1)) is None
    assert security_exceeded((A, B), replace(GIVEN, given=D("0.00")), date(2027, 2, 1)) is None
    assert security_exceeded((A, B), None, date(2027, 2, 1)) is None


@pytest.mark.clause("GC-9.1.c", "GC-9.3")
def test_an_amount_covered_by_a_bank_guarantee_does_not_exceed_the_deposit() -> None:
    assert security_exceeded((A, replace(B, covered=D("10.00"))), GIVEN, date(2027, 2, 1)) is None


@pytest.mark.clause("GC-9.1.a", "GC-9.1.b", "GC-9.1.c")
def test_every_ground_that_holds_is_named_with_its_clause() -> None:
    security = Security(D("150.00"), date(2026, 12, 1), D("20.00"))
    held = grounds((A,), (reminder(date(2026, 12, 4)),), security, POLICY, date(2026, 12, 18))
    assert [(ground.clause, str(ground.amount)) for ground in held] == [
        ("GC-9.1.a", "100.00"),
        ("GC-9.1.b", "130.00"),
        ("GC-9.1.c", "80.00"),
    ]


@pytest.mark.clause("CG-2.c")
def test_the_suspension_of_a_partner_reaches_its_end_clients_by_name_each_once() -> None:
    assert [each.name for each in reached("PARTNER", SERVED)] == ["Argent SPRL", "Cuivre SA", "Zinc SA"]
    assert [each.name for each in reached("DIRECT", SERVED)] == ["Plomb SA"]


@pytest.mark.clause("CG-2.f")
def test_sales_may_call_the_end_clients_of_a_partner_in_default_and_nobody_where_there_is_none() -> None:
    assert [each.end_client_id for each in contact_list("PARTNER", SERVED)] == ["C1", "C2", "C3"]
    assert contact_list("DIRECT", SERVED) == ()


@pytest.mark.clause("CG-2.f")
def test_a_partner_that_uses_the_service_itself_is_suspended_and_not_called() -> None:
    served = (*SERVED, Served("PARTNER", "PARTNER", "Mercure SA"))
    assert "Mercure SA" in [each.name for each in reached("PARTNER", served)]
    assert "Mercure SA" not in [each.name for each in contact_list("PARTNER", served)]


@pytest.mark.clause("CG-2.c", "BT-2.k", "ST-2.f")
def test_a_suspension_asks_for_minimum_service_and_names_its_grounds() -> None:
    order = suspension_order("PARTNER", (LATE,), SERVED, date(2026, 12, 18))
    assert order is not None
    assert (order.measure, order.grounds, len(order.end_clients)) == ("minimum_service", (LATE,), 3)


@pytest.mark.clause("BT-2.k", "ST-2.f")
def test_when_no_ground_is_left_there_is_no_order_and_the_service_is_restored() -> None:
    paid = grounds((replace(A, open_amount=D("0.00")),), (reminder(date(2026, 12, 4)),), None, POLICY, date(2026, 12, 18))
    assert paid == ()
    assert suspension_order("PARTNER", paid, SERVED, date(2026, 12, 18)) is None
    assert suspension_order("UNKNOWN", (LATE,), SERVED, date(2026, 12, 18)) is None


arrears = st.lists(
    st.builds(
        Arrears,
        st.sampled_from("ABCDE"),
        st.dates(date(2026, 10, 1), date(2026, 12, 31)),
        st.decimals("0", "300", places=2),
        st.decimals("0", "300", places=2),
    ),
    max_size=5,
    unique_by=lambda each: each.number,
)
reminders = st.lists(
    st.builds(
        SentNotice, st.integers(1, 2), st.dates(date(2026, 10, 1), date(2027, 1, 31)), st.just(DUE), st.frozensets(st.sampled_from("ABCDE"))
    ),
    max_size=4,
)


@pytest.mark.clause("GC-9.1.a")
@given(arrears, reminders, st.dates(date(2026, 10, 1), date(2027, 3, 1)))
def test_never_before_day_21_nor_7_days_after_the_first_reminder(owed: list[Arrears], sent: list[SentNotice], on: date) -> None:
    ground = late_payment(owed, sent, POLICY, on)
    if ground is None:
        return
    assert ground.since <= on
    for each in owed:
        if each.number in ground.invoices:
            assert (on - each.due_on).days > 20
            assert any((on - notice.sent_on).days >= 7 for notice in sent if each.number in notice.invoices)


@pytest.mark.clause("GC-9.1.a")
@given(arrears, reminders, st.dates(date(2026, 10, 1), date(2027, 3, 1)))
def test_a_ground_holds_from_the_day_it_names_and_not_the_day_before(owed: list[Arrears], sent: list[SentNotice], on: date) -> None:
    ground = late_payment(owed, sent, POLICY, on)
    if ground is not None:
        assert late_payment(owed, sent, POLICY, ground.since) is not None
        assert late_payment(owed, sent, POLICY, ground.since - timedelta(days=1)) is None
