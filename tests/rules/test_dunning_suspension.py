"""When a service may be suspended (GC-9.1.a): the level of the ladder that does it, told in dates; A is due on Friday 27 November 2026."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.dunning import PolicyError, SentNotice, Suspension
from tests.rules.ladder import DUE, FORMAL, FRIENDLY, LETTERS, POLICY, REMINDER, SUSPEND, came_back, level, notice, owed, sent

# Hurried: a reminder on day 1, a suspension the day after by the ladder; what holds it back is the contract.
HURRIED = replace(
    POLICY,
    stages=(replace(FRIENDLY, days_overdue_at_least=1), replace(SUSPEND, level=2, days_overdue_at_least=1, days_after_previous_at_least=1)),
)


@pytest.mark.clause("GC-9.1.a")
@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param(date(2026, 12, 25), None, id="7 days after the formal notice, but Christmas"),
        pytest.param(date(2026, 12, 26), None, id="a Saturday and a holiday of the banks"),
        pytest.param(date(2026, 12, 27), None, id="a Sunday"),
        pytest.param(date(2026, 12, 28), 4, id="the next working day"),
        pytest.param(date(2027, 1, 2), 4, id="later, even on a Saturday"),
    ],
)
def test_a_service_is_suspended_7_days_after_the_formal_notice_on_a_working_day(on: date, expected: int | None) -> None:
    assert level(on, owed(), before=LETTERS) == expected


@pytest.mark.clause("GC-9.1.a")
@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param(date(2026, 12, 1), None, id="day 4, the day after the reminder"),
        pytest.param(date(2026, 12, 17), None, id="day 20: not more than 20 days late"),
        pytest.param(date(2026, 12, 18), 2, id="day 21"),
    ],
)
def test_a_hurried_ladder_suspends_never_before_day_21(on: date, expected: int | None) -> None:
    assert level(on, owed(), before=(sent(1, date(2026, 11, 30)),), policy=HURRIED) == expected


@pytest.mark.clause("GC-9.1.a")
@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param(date(2027, 1, 5), None, id="the day after a first reminder on Monday 4 January, day 39"),
        pytest.param(date(2027, 1, 8), None, id="4 days after it"),
        pytest.param(date(2027, 1, 10), None, id="6 days after it"),
        pytest.param(date(2027, 1, 11), 2, id="7 days after it"),
    ],
)
def test_a_reminder_that_arrived_has_to_be_7_days_old(on: date, expected: int | None) -> None:
    assert level(on, owed(), before=(sent(1, date(2027, 1, 4)),), policy=HURRIED) == expected


@pytest.mark.clause("GC-9.1.a")
def test_a_letter_that_listed_the_invoice_beside_an_older_one_is_a_reminder_of_it() -> None:
    beside = sent(3, date(2026, 12, 28), "OLD", "A", due_on=date(2026, 10, 30))
    assert level(date(2027, 1, 5), owed(), before=(beside, sent(1, date(2027, 1, 4))), policy=HURRIED) == 2


@pytest.mark.clause("GC-9.1.a")
def test_a_formal_notice_that_came_back_suspends_nobody() -> None:
    assert level(date(2027, 1, 4), owed(), before=LETTERS[:2], lost=(came_back(3, date(2026, 12, 18)),)) == 3


@pytest.mark.clause("CG-2.c", "GC-9.1.a")
@pytest.mark.parametrize(
    ("on", "before", "suspension_from"),
    [
        pytest.param(date(2026, 12, 4), 0, date(2026, 12, 28), id="told by level 1 on 4 December: 11, 18 and then Monday 28 December"),
        pytest.param(date(2026, 12, 10), 0, date(2026, 12, 31), id="told by level 1 on 10 December: 17, 24 and 31 December"),
        pytest.param(date(2026, 12, 18), 2, date(2026, 12, 28), id="told by the formal notice of 18 December"),
        pytest.param(date(2027, 1, 29), 2, date(2027, 2, 5), id="told by a formal notice of 29 January"),
    ],
)
def test_the_day_a_letter_names_for_the_suspension_is_the_first_on_which_the_ladder_may_reach_it(
    on: date, before: int, suspension_from: date
) -> None:
    found = notice(on, owed(), before=LETTERS[:before])
    assert found is not None
    assert found.suspension_from == suspension_from


@pytest.mark.clause("GC-9.1.a")
def test_a_ladder_that_suspends_nobody_names_no_day() -> None:
    found = notice(date(2026, 12, 4), owed(), policy=replace(POLICY, stages=(FRIENDLY, REMINDER, FORMAL)))
    assert found is not None
    assert found.suspension_from is None


@pytest.mark.clause("GC-9.1.a", "GC-9.3")
def test_a_service_restored_for_a_dispute_is_suspended_anew_once_it_is_closed_and_the_letter_counts_as_another() -> None:
    lifted = (*LETTERS, sent(4, date(2026, 12, 28), lifted=True))
    assert level(date(2027, 2, 1), owed(contested="100.00"), before=lifted) is None
    found = notice(date(2027, 2, 1), owed(), before=lifted)
    assert found is not None
    assert (found.level, found.attempt) == (4, 2)


@pytest.mark.clause("GC-9.1.a")
@pytest.mark.parametrize("days", [0, 1, 14, 20])
def test_a_policy_that_suspends_before_day_21_is_refused(days: int) -> None:
    with pytest.raises(PolicyError, match=f"days_overdue_at_least = {days}; expected 21 or more: .* more than 20 days late"):
        Suspension(days, 7, "GC-9.1.a")


@pytest.mark.clause("GC-9.1.a")
@given(
    st.integers(1, 30), st.integers(1, 30), st.integers(21, 40), st.integers(1, 20), st.lists(st.integers(1, 60), min_size=1, max_size=3),
    st.integers(0, 90),
)  # fmt: skip
def test_no_ladder_suspends_before_day_21_or_without_a_reminder_old_enough(
    overdue: int, after: int, allowed: int, reminder_age: int, letters: list[int], today: int
) -> None:
    stages = (
        replace(FRIENDLY, days_overdue_at_least=1),
        replace(SUSPEND, level=2, days_overdue_at_least=overdue, days_after_previous_at_least=after),
    )
    policy = replace(POLICY, stages=stages, suspension=Suspension(allowed, reminder_age, "GC-9.1.a"))
    before = tuple(SentNotice(1, DUE + timedelta(days=day), DUE, frozenset("A")) for day in letters if day < today)
    on = DUE + timedelta(days=today)
    found = notice(on, owed(), before=before, policy=policy)
    if found is not None and found.action == "suspension":
        assert today >= allowed >= 21
        assert any(each.sent_on + timedelta(days=reminder_age) <= on for each in before)
