"""Which reminder a payer gets on a day (CG-2.d, GC-9.1.a), told in dates: invoices are due on 27 November 2026 unless said."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.clause import clauses_of
from billing.dunning import (
    Caps,
    Notice,
    PayerState,
    Policy,
    PolicyError,
    Receivable,
    SentNotice,
    Stage,
    Suspension,
    next_notice,
)

D = Decimal
DUE = date(2026, 11, 27)
FRIENDLY = Stage(1, days_overdue_at_least=7, days_after_previous_at_least=0, fee=D("0.00"), clause="CG-2.d")
FIRM = Stage(2, days_overdue_at_least=14, days_after_previous_at_least=7, fee=D("10.00"), clause="CG-2.d")
POLICY = Policy("contract", date(2020, 1, 1), "CG-2.d", (FRIENDLY, FIRM), Suspension(21, 7, "GC-9.1.a"))


def owed(number: str = "A", due_on: date = DUE, amount: str = "100.00", contested: str = "0.00") -> Receivable:
    return Receivable(number, due_on, D(amount), D(contested))


def sent(level: int, on: date, *numbers: str, due_on: date = DUE) -> SentNotice:
    return SentNotice(level, on, due_on, frozenset(numbers or ("A",)))


def notice(on: date, *receivables: Receivable, before: tuple[SentNotice, ...] = (), policy: Policy = POLICY) -> Notice | None:
    return next_notice(PayerState("P", receivables, before), policy, on)


def level(on: date, *receivables: Receivable, before: tuple[SentNotice, ...] = ()) -> int | None:
    found = notice(on, *receivables, before=before)
    return found.level if found else None


@pytest.mark.clause("CG-2.a")
@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 11, 27), None),  # the due date
        (date(2026, 11, 28), None),  # one day late
        (date(2026, 12, 3), None),  # six days late
        (date(2026, 12, 4), 1),  # at least seven
        (date(2026, 12, 5), 1),
        (date(2027, 3, 1), 1),  # never reminded before: the first stage is never skipped
    ],
)
def test_the_friendly_reminder_goes_out_when_the_invoice_is_at_least_7_days_overdue(on: date, expected: int | None) -> None:
    assert level(on, owed()) == expected


@pytest.mark.clause("CG-2.a")
@pytest.mark.parametrize(
    ("first_sent", "on", "expected"),
    [
        (date(2026, 12, 4), date(2026, 12, 4), None),  # the same day
        (date(2026, 12, 4), date(2026, 12, 10), None),  # 13 days overdue
        (date(2026, 12, 4), date(2026, 12, 11), 2),  # 14 days overdue, 7 days after the first
        (date(2026, 12, 9), date(2026, 12, 11), None),  # 14 days overdue, but 2 days after the first
        (date(2026, 12, 9), date(2026, 12, 15), None),
        (date(2026, 12, 9), date(2026, 12, 16), 2),
    ],
)
def test_the_firm_reminder_needs_14_days_overdue_and_7_days_after_the_first(first_sent: date, on: date, expected: int | None) -> None:
    assert level(on, owed(), before=(sent(1, first_sent),)) == expected


@pytest.mark.clause("CG-2.a", "CG-2.c")
def test_after_the_last_stage_nothing_more_is_sent() -> None:
    assert notice(date(2027, 2, 1), owed(), before=(sent(1, date(2026, 12, 4)), sent(2, date(2026, 12, 11)))) is None


@pytest.mark.clause("CG-2.a")
def test_the_notice_lists_every_overdue_invoice_oldest_first_and_none_that_is_not_due() -> None:
    found = notice(
        date(2026, 12, 4), owed("C", date(2026, 12, 3), "5.00"), owed("B", DUE, "20.00"), owed("A"), owed("D", date(2026, 12, 4))
    )
    assert found is not None
    assert [invoice.number for invoice in found.invoices] == ["A", "B", "C"]
    assert (found.anchor.number, found.open_amount, found.fee, found.clause) == ("A", D("125.00"), D("0.00"), "CG-2.d")


@pytest.mark.clause("CG-2.a")
def test_a_partial_payment_keeps_the_place_on_the_ladder() -> None:
    before = (sent(1, date(2026, 12, 4)),)
    found = notice(date(2026, 12, 11), owed(amount="0.01"), before=before)
    assert found is not None
    assert (found.level, found.open_amount, found.fee) == (2, D("0.01"), D("10.00"))


@pytest.mark.clause("CG-2.a")
def test_when_the_anchor_is_paid_the_next_invoice_starts_at_the_first_stage() -> None:
    later = owed("B", due_on=date(2026, 12, 27))
    reminded = (sent(1, date(2026, 12, 4), "A"), sent(2, date(2027, 1, 1), "A", "B"))
    assert level(date(2027, 1, 2), later, before=reminded) is None  # B is 6 days overdue, though it was listed beside A
    assert level(date(2027, 1, 3), later, before=reminded) == 1


@pytest.mark.clause("CG-2.a")
def test_an_invoice_with_the_same_due_date_that_was_listed_goes_on_where_the_paid_one_was() -> None:
    assert level(date(2026, 12, 11), owed("B"), before=(sent(1, date(2026, 12, 4), "A", "B"),)) == 2


@pytest.mark.clause("CG-2.a")
def test_an_invoice_with_the_same_due_date_that_was_never_listed_starts_at_the_first_stage() -> None:
    assert level(date(2026, 12, 11), owed("B"), before=(sent(1, date(2026, 12, 4), "A"),)) == 1


@pytest.mark.clause("CG-2.a")
def test_an_earlier_invoice_that_comes_back_is_the_anchor_again_with_its_own_stages() -> None:
    before = (sent(1, date(2026, 12, 4), "A"), sent(1, date(2026, 12, 20), "B", due_on=date(2026, 12, 10)))
    assert level(date(2026, 12, 27), owed("A"), owed("B", due_on=date(2026, 12, 10)), before=before) == 2


@pytest.mark.clause("CG-2.a")
def test_a_payer_gets_at_most_one_reminder_a_day() -> None:
    before = (sent(1, date(2026, 12, 11), "B", due_on=date(2026, 12, 1)),)
    assert notice(date(2026, 12, 11), owed("A"), before=before) is None


@pytest.mark.clause("GC-9.3")
@pytest.mark.parametrize(
    ("amount", "contested", "asked"),
    [
        ("100.00", "0.00", "100.00"),
        ("100.00", "40.00", "60.00"),
        ("100.00", "99.99", "0.01"),
        ("100.00", "100.00", None),
        ("60.00", "100.00", None),
    ],
)
def test_what_is_contested_is_not_asked_for(amount: str, contested: str, asked: str | None) -> None:
    found = notice(date(2026, 12, 4), owed(amount=amount, contested=contested))
    assert (found.open_amount if found else None) == (D(asked) if asked else None)


@pytest.mark.clause("GC-9.3")
def test_a_contested_invoice_is_no_anchor() -> None:
    assert level(date(2026, 12, 11), owed("A", contested="100.00"), owed("B", due_on=date(2026, 12, 10))) is None
    assert level(date(2026, 12, 17), owed("A", contested="100.00"), owed("B", due_on=date(2026, 12, 10))) == 1


@pytest.mark.clause("CG-2.a")
def test_a_payer_who_owes_nothing_gets_nothing() -> None:
    assert notice(date(2027, 1, 1)) is None
    assert notice(date(2027, 1, 1), owed(amount="0.00")) is None


@pytest.mark.clause("GC-9.1.a")
@pytest.mark.parametrize(
    ("reminded_on", "suspension_from"),
    [
        (date(2026, 12, 4), date(2026, 12, 18)),  # day 21 after the due date
        (date(2026, 12, 11), date(2026, 12, 18)),
        (date(2026, 12, 12), date(2026, 12, 19)),  # 7 days after the reminder
        (date(2027, 2, 1), date(2027, 2, 8)),
    ],
)
def test_a_service_may_be_suspended_from_day_21_and_7_days_after_the_reminder(reminded_on: date, suspension_from: date) -> None:
    found = notice(reminded_on, owed())
    assert found is not None
    assert found.suspension_from == suspension_from


@pytest.mark.clause("CG-2.d")
@pytest.mark.parametrize(("fee", "cap", "charged"), [("10.00", "10.00", "10.00"), ("15.00", "10.00", "10.00"), ("7.50", "10.00", "7.50")])
def test_the_law_caps_the_fee_of_a_later_reminder(fee: str, cap: str, charged: str) -> None:
    capped = replace(POLICY, stages=(FRIENDLY, replace(FIRM, fee=D(fee))), caps=Caps(D("0.00"), D(cap)))
    found = notice(date(2026, 12, 11), owed(), before=(sent(1, date(2026, 12, 4)),), policy=capped)
    assert found is not None
    assert found.fee == D(charged)


@pytest.mark.clause("CG-2.d")
def test_the_law_makes_the_first_reminder_free() -> None:
    capped = replace(POLICY, stages=(replace(FRIENDLY, fee=D("5.00")), FIRM), caps=Caps(D("0.00"), D("10.00")))
    found = notice(date(2026, 12, 4), owed(), policy=capped)
    assert found is not None
    assert found.fee == D("0.00")


@pytest.mark.clause("CG-2.d")
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stages": ()}, "has no stage; give at least level 1"),
        ({"stages": (FIRM,)}, "level 2: level 2; expected level 1"),
        ({"stages": (replace(FRIENDLY, days_overdue_at_least=0),)}, "days_overdue_at_least = 0; expected 1 or more"),
        ({"stages": (FRIENDLY, replace(FIRM, days_after_previous_at_least=0))}, "days_after_previous_at_least = 0; expected 1 or more"),
        (
            {"stages": (FRIENDLY, replace(FIRM, days_overdue_at_least=6))},
            "days_overdue_at_least = 6; expected not before level 1, which is due at 7",
        ),
        ({"stages": (replace(FRIENDLY, fee=D("-1")),)}, "fee = -1; expected EUR to the cent"),
        ({"stages": (replace(FRIENDLY, fee=D("1.005")),)}, "fee = 1.005; expected EUR to the cent"),
        ({"stages": (replace(FRIENDLY, clause=""),)}, "no clause; expected the clause that allows the reminder"),
        ({"caps": Caps(D("0.00"), D("-10"))}, "a cap of -10; write EUR to the cent"),
    ],
)
def test_a_policy_that_cannot_be_used_says_which_value_and_what_is_expected(changes: dict[str, object], message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        replace(POLICY, **changes)  # type: ignore[arg-type]


def test_the_rule_names_its_clauses() -> None:
    assert clauses_of(next_notice) == ("CG-2.a", "CG-2.d")


RECEIVABLES = st.lists(
    st.builds(
        Receivable,
        number=st.sampled_from("ABCDEF"),
        due_on=st.dates(date(2026, 11, 1), date(2027, 1, 31)),
        open_amount=st.decimals("0.01", "500", places=2),
        contested=st.just(D("0.00")) | st.decimals("0", "500", places=2),
    ),
    max_size=6,
    unique_by=lambda each: each.number,
)


@pytest.mark.clause("CG-2.a")
@given(RECEIVABLES, st.data())
def test_day_by_day_no_stage_is_ever_skipped_and_none_comes_too_early(receivables: list[Receivable], draws: st.DataObject) -> None:
    history: list[SentNotice] = []
    for day in (date(2026, 11, 1) + timedelta(days=number) for number in range(0, 120, 3)):
        if receivables and draws.draw(st.integers(0, 9)) == 0:
            receivables = receivables[1:]  # paid
        found = next_notice(PayerState("P", tuple(receivables), tuple(history)), POLICY, day)
        if found is None:
            continue
        anchor = min((each for each in receivables if each.claimable), key=lambda each: (each.due_on, each.number))
        assert found.anchor == anchor
        assert all(each.due_on < day and each.claimable > 0 for each in found.invoices)
        assert (day - anchor.due_on).days >= POLICY.stages[found.level - 1].days_overdue_at_least
        theirs = [each for each in history if each.anchor_due_on == anchor.due_on and anchor.number in each.invoices]
        assert [each.level for each in theirs] == list(range(1, found.level))
        assert all((day - each.sent_on).days >= 7 for each in theirs)
        history.append(SentNotice(found.level, day, anchor.due_on, frozenset(each.number for each in found.invoices)))


@pytest.mark.clause("CG-2.a")
@given(RECEIVABLES.flatmap(lambda each: st.tuples(st.just(each), st.permutations(each))), st.dates(date(2026, 11, 1), date(2027, 3, 1)))
def test_the_order_of_the_invoices_changes_nothing(both: tuple[list[Receivable], list[Receivable]], on: date) -> None:
    given_order, other_order = (next_notice(PayerState("P", tuple(receivables)), POLICY, on) for receivables in both)
    assert given_order == other_order
