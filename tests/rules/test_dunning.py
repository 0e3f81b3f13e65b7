"""Which letter a payer gets on a day (CG-2.d, GC-9.1.a), told in dates: invoices are due on Friday 27 November 2026 unless said."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.clause import clauses_of
from billing.dunning import Caps, PayerState, Receivable, next_notice
from tasks.holidays import belgian_working_days
from tests.rules.ladder import DUE, FRIENDLY, LETTERS, POLICY, REMINDER, fees, level, notice, owed, sent

D = Decimal
CAPS = Caps(D("0.00"), D("10.00"), D("0.00"), D("30.00"), ((date(2026, 1, 1), D("0.045")),))


# ------------------------------------------------------------------------------------------------ the ladder
@pytest.mark.clause("CG-2.a")
@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 11, 27), None),  # the due date
        (date(2026, 11, 28), None),  # one day late
        (date(2026, 12, 3), None),  # six days late
        (date(2026, 12, 4), 1),  # at least seven
        (date(2026, 12, 5), 1),  # a run on the Saturday after finds it due
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
def test_the_reminder_needs_14_days_overdue_and_7_days_after_the_first(first_sent: date, on: date, expected: int | None) -> None:
    assert level(on, owed(), before=(sent(1, first_sent),)) == expected


@pytest.mark.clause("CG-2.a")
@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param(date(2026, 12, 17), None, id="20 days overdue"),
        pytest.param(date(2026, 12, 18), 3, id="21 days overdue and 7 days after the reminder"),
    ],
)
def test_the_formal_notice_needs_21_days_overdue_and_7_days_after_the_reminder(on: date, expected: int | None) -> None:
    assert level(on, owed(), before=LETTERS[:2]) == expected


@pytest.mark.clause("CG-2.d", "GC-9.1.a")
@pytest.mark.parametrize(
    ("on", "letter", "fee", "pay_by", "next_on", "next_words"),
    [
        pytest.param(
            date(2026, 12, 4), (1, "letter", "friendly"), "0.00", date(2026, 12, 10), date(2026, 12, 11), "reminder",
            id="level 1 on 4 December, pay by the 10th, the reminder may follow on the 11th",
        ),
        pytest.param(
            date(2026, 12, 11), (2, "letter", "reminder"), "10.00", date(2026, 12, 17), date(2026, 12, 18), "formal_notice",
            id="level 2 on 11 December, pay by the 17th, the formal notice may follow on the 18th",
        ),
        pytest.param(
            date(2026, 12, 18), (3, "letter", "formal_notice"), "10.00", date(2026, 12, 27), date(2026, 12, 28), "suspension",
            id="level 3 on 18 December, the 25th is Christmas: the suspension may follow on Monday 28th, pay by the eve",
        ),
        pytest.param(
            date(2026, 12, 28), (4, "suspension", "suspension"), "0.00", date(2027, 1, 4), None, "",
            id="level 4 on 28 December, the last one",
        ),
    ],
)  # fmt: skip
def test_the_ladder_when_every_letter_arrives(
    on: date, letter: tuple[int, str, str], fee: str, pay_by: date, next_on: date | None, next_words: str
) -> None:
    found = notice(on, owed(), before=tuple(each for each in LETTERS if each.sent_on < on))
    assert found is not None
    assert (found.level, found.action, found.words) == letter
    assert (found.fee, found.attempt, found.pay_by, found.next_on, found.next_words) == (D(fee), 1, pay_by, next_on, next_words)
    assert found.suspension_from == date(2026, 12, 28)


@pytest.mark.clause("CG-2.a", "CG-2.c")
@pytest.mark.parametrize("on", [date(2026, 12, 29), date(2027, 2, 1), date(2027, 12, 1)])
def test_after_the_suspension_the_payer_gets_nothing_more_and_the_proposal_to_end_is_never_a_letter(on: date) -> None:
    assert notice(on, owed(), before=(*LETTERS, sent(4, date(2026, 12, 28)))) is None


@pytest.mark.clause("CG-2.a")
@pytest.mark.parametrize(
    ("due_on", "first_day"),
    [
        pytest.param(date(2026, 11, 28), date(2026, 12, 7), id="day 7 is a Saturday: Monday"),
        pytest.param(date(2026, 11, 29), date(2026, 12, 7), id="day 7 is a Sunday: Monday"),
        pytest.param(date(2026, 3, 30), date(2026, 4, 7), id="day 7 is Easter Monday: Tuesday"),
        pytest.param(date(2026, 3, 27), date(2026, 4, 7), id="day 7 is Good Friday, banks closed: Tuesday after Easter"),
        pytest.param(date(2027, 10, 25), date(2027, 11, 2), id="day 7 is 1 November: 2 November"),
        pytest.param(date(2026, 7, 14), date(2026, 7, 22), id="day 7 is 21 July: 22 July"),
        pytest.param(date(2026, 5, 8), date(2026, 5, 18), id="day 7 is the Friday after Ascension, banks closed: Monday"),
        pytest.param(date(2026, 12, 18), date(2026, 12, 28), id="day 7 is Christmas, 26 December a Saturday: Monday 28"),
    ],
)
def test_a_deadline_on_a_weekend_or_a_holiday_moves_to_the_next_working_day(due_on: date, first_day: date) -> None:
    days = [date.fromordinal(day) for day in range(due_on.toordinal(), first_day.toordinal() + 2)]
    assert [day for day in days if level(day, owed(due_on=due_on)) == 1] == [first_day, days[-1]]


@pytest.mark.clause("CG-2.a")
def test_the_days_after_the_level_before_move_as_well() -> None:
    invoice = owed(due_on=date(2026, 7, 1))
    before = (sent(1, date(2026, 7, 14), due_on=date(2026, 7, 1)),)
    assert [level(date(2026, 7, day), invoice, before=before) for day in (20, 21, 22)] == [None, None, 2]


# ------------------------------------------------------------------------------------------------ the anchor
@pytest.mark.clause("CG-2.a")
def test_the_notice_lists_every_overdue_invoice_oldest_first_and_none_that_is_not_due() -> None:
    found = notice(
        date(2026, 12, 4), owed("C", date(2026, 12, 3), "5.00"), owed("B", DUE, "20.00"), owed("A"), owed("D", date(2026, 12, 4))
    )
    assert found is not None
    assert [invoice.number for invoice in found.invoices] == ["A", "B", "C"]
    assert (found.anchor.number, found.open_amount, found.fee, found.clause) == ("A", D("125.00"), D("0.00"), "CG-2.d")


@pytest.mark.clause("CG-2.a")
@pytest.mark.parametrize(("on", "before", "expected"), [(date(2026, 12, 11), 1, 2), (date(2026, 12, 18), 2, 3), (date(2026, 12, 28), 3, 4)])
def test_a_partial_payment_between_two_levels_keeps_the_place_on_the_ladder(on: date, before: int, expected: int) -> None:
    found = notice(on, owed(amount="0.01"), before=LETTERS[:before])
    assert found is not None
    assert (found.level, found.open_amount) == (expected, D("0.01"))


@pytest.mark.clause("CG-2.a")
def test_when_the_anchor_is_paid_the_next_invoice_starts_at_the_first_stage() -> None:
    later = owed("B", due_on=date(2026, 12, 28))
    reminded = (sent(1, date(2026, 12, 4), "A"), sent(2, date(2027, 1, 1), "A", "B"))
    assert level(date(2027, 1, 3), later, before=reminded) is None  # B is 6 days overdue, though it was listed beside A
    assert level(date(2027, 1, 4), later, before=reminded) == 1


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


@pytest.mark.clause("CG-2.a")
def test_a_payer_who_owes_nothing_gets_nothing() -> None:
    assert notice(date(2027, 1, 1)) is None
    assert notice(date(2027, 1, 1), owed(amount="0.00")) is None


# ------------------------------------------------------------------------------------------------ disputes
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


@pytest.mark.clause("GC-9.3", "GC-14.2")
@pytest.mark.parametrize("day", [date(2026, 12, 28), date(2027, 1, 15)])
def test_a_dispute_opened_on_day_31_after_the_formal_notice_holds_the_amount_out_of_a_suspension(day: date) -> None:
    assert level(day, owed(), before=LETTERS) == 4
    assert level(day, owed(contested="100.00"), before=LETTERS) is None


@pytest.mark.clause("GC-9.3", "CG-2.a")
@pytest.mark.parametrize(
    ("reached", "expected"),
    [
        pytest.param(0, 1, id="never reminded: level 1"),
        pytest.param(1, 2, id="reminded once before the dispute: level 2"),
        pytest.param(2, 3, id="reminded twice: the formal notice"),
        pytest.param(3, 4, id="after the formal notice: the suspension"),
    ],
)
def test_closing_a_dispute_returns_to_the_level_the_invoice_had(reached: int, expected: int) -> None:
    closed_on = date(2027, 2, 1)
    assert level(closed_on, owed(contested="100.00"), before=LETTERS[:reached]) is None
    assert level(closed_on, owed(), before=LETTERS[:reached]) == expected


@pytest.mark.clause("GC-9.3", "CG-2.a")
def test_a_dispute_over_a_part_keeps_the_level_for_the_rest() -> None:
    found = notice(date(2026, 12, 18), owed(contested="70.00"), before=LETTERS[:2])
    assert found is not None
    assert (found.level, found.open_amount) == (3, D("30.00"))


# ------------------------------------------------------------------------------------------------ debit notes
@pytest.mark.clause("CG-2.d", "CG-2.e")
def test_a_debit_note_is_listed_after_the_invoices_and_is_not_the_anchor_even_when_it_is_older() -> None:
    found = notice(date(2026, 12, 4), fees(due_on=date(2026, 10, 1)), owed("B", DUE, "5.00"), owed("A"), before=())
    assert found is not None
    assert ([each.number for each in found.invoices], found.anchor.number, found.open_amount) == (["A", "B", "F"], "A", D("125.00"))


@pytest.mark.clause("CG-2.d")
def test_a_debit_note_that_is_not_overdue_is_not_listed() -> None:
    found = notice(date(2026, 12, 4), owed(), fees(due_on=date(2026, 12, 4)))
    assert found is not None
    assert [each.number for each in found.invoices] == ["A"]


@pytest.mark.clause("CG-2.d", "GC-9.1.a")
def test_a_debit_note_alone_is_reminded_once_and_its_letter_threatens_nothing() -> None:
    found = notice(date(2026, 12, 4), fees())
    assert found is not None
    assert (found.level, found.fee, found.next_on, found.next_words, found.suspension_from) == (1, D("0.00"), None, "", None)
    assert found.pay_by == date(2026, 12, 11)


@pytest.mark.clause("CG-2.d", "GC-9.1.a")
@pytest.mark.parametrize("on", [date(2026, 12, 5), date(2026, 12, 11), date(2027, 1, 4), date(2028, 1, 3)])
def test_debit_notes_alone_never_pass_level_1(on: date) -> None:
    assert notice(on, fees(), before=(sent(1, date(2026, 12, 4), "F"),)) is None


@pytest.mark.clause("CG-2.d")
def test_the_fees_of_an_invoice_that_was_paid_are_reminded_by_level_1_though_every_letter_listed_them() -> None:
    reminded = tuple(replace(each, invoices=frozenset("AF"), anchor_due_on=date(2026, 11, 1)) for each in LETTERS)
    assert level(date(2026, 12, 28), fees(), before=reminded) == 1


# ------------------------------------------------------------------------------------------------ what it costs
@pytest.mark.clause("CG-2.d")
@pytest.mark.parametrize(("fee", "cap", "charged"), [("10.00", "10.00", "10.00"), ("15.00", "10.00", "10.00"), ("7.50", "10.00", "7.50")])
def test_the_law_caps_the_fee_of_a_later_reminder(fee: str, cap: str, charged: str) -> None:
    capped = replace(POLICY, stages=(FRIENDLY, replace(REMINDER, fee=D(fee))), caps=replace(CAPS, later_reminder=D(cap)))
    found = notice(date(2026, 12, 11), owed(), before=LETTERS[:1], policy=capped)
    assert found is not None
    assert found.fee == D(charged)


@pytest.mark.clause("CG-2.d")
def test_the_law_makes_the_first_reminder_free() -> None:
    capped = replace(POLICY, stages=(replace(FRIENDLY, fee=D("5.00")), REMINDER), caps=CAPS)
    found = notice(date(2026, 12, 4), owed(), policy=capped)
    assert found is not None
    assert found.fee == D("0.00")


@pytest.mark.clause("CG-2.e")
@pytest.mark.parametrize(("caps", "charged"), [(None, "25.00"), (CAPS, "0.00"), (replace(CAPS, recovery_cost=D("20.00")), "20.00")])
def test_a_letter_carries_the_recovery_cost_of_its_level_up_to_the_cap(caps: Caps | None, charged: str) -> None:
    costly = replace(POLICY, stages=(replace(FRIENDLY, recovery_cost=D("25.00")),), caps=caps)
    found = notice(date(2026, 12, 4), owed(), policy=costly)
    assert found is not None
    assert found.recovery_cost == D(charged)


# ------------------------------------------------------------------------------------------------ the rule itself
def test_the_rule_names_its_clauses() -> None:
    assert clauses_of(next_notice) == ("CG-2.a", "CG-2.d")


RECEIVABLES = st.lists(
    st.builds(
        Receivable,
        number=st.sampled_from("ABCDEF"),
        due_on=st.dates(date(2026, 11, 1), date(2027, 1, 31)),
        open_amount=st.decimals("0.01", "500", places=2),
        contested=st.just(D("0.00")) | st.decimals("0", "500", places=2),
        kind=st.sampled_from(["invoice", "invoice", "debit_note"]),
    ),
    max_size=6,
    unique_by=lambda each: each.number,
)


@pytest.mark.clause("CG-2.a")
@given(RECEIVABLES.flatmap(lambda each: st.tuples(st.just(each), st.permutations(each))), st.dates(date(2026, 11, 1), date(2027, 3, 1)))
def test_the_order_of_the_invoices_changes_nothing(both: tuple[list[Receivable], list[Receivable]], on: date) -> None:
    working = belgian_working_days(on)
    given_order, other_order = (next_notice(PayerState("P", tuple(receivables)), POLICY, on, working) for receivables in both)
    assert given_order == other_order
