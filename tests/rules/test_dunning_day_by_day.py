"""Whatever happens to a payer, day by day: payments, disputes that open and close, letters that come back, addresses that change.

Each life is invented from a number. What the rule must never do is judged by looking back at what was sent and what of it arrived.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.dunning import Notice, PayerState, Receivable, SentNotice, Unreached, next_notice
from tasks.holidays import belgian_working_days
from tests.rules.ladder import POLICY

ZERO = Decimal("0.00")
FIRST, DAYS = date(2026, 3, 2), 150  # Easter, Ascension, Pentecost and 21 July are in it
WORKING = belgian_working_days(FIRST)


@dataclass
class Letter:
    """What was sent: to which addresses, and the day it came back, if it did."""

    notice: Notice
    to: str
    came_back: date | None = None


@dataclass
class Life:
    """A payer whose luck is drawn from a number."""

    luck: Random
    receivables: list[Receivable] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    address: int = 0

    def happens(self, day: date) -> None:
        """What comes in on a day, before dunning runs."""
        number = len(self.receivables)
        if self.luck.random() < 0.06:
            kind = self.luck.choice(["invoice", "invoice", "debit_note"])
            self.receivables.append(Receivable(f"{number:02}", day + timedelta(days=self.luck.randint(0, 9)), Decimal(100), ZERO, kind))
        for place, each in enumerate(self.receivables):
            draw = self.luck.random()
            if draw < 0.01:
                self.receivables[place] = replace(each, open_amount=ZERO)
            elif draw < 0.03:
                self.receivables[place] = replace(each, open_amount=each.open_amount / 2)
            elif draw < 0.05:
                self.receivables[place] = replace(each, contested=ZERO if each.contested else each.open_amount)
        for letter in self.letters:
            late = (day - letter.notice.noticed_on).days
            if letter.came_back is None and 0 < late < 5 and self.luck.random() < 0.06:
                letter.came_back = day
        if self.luck.random() < 0.02:
            self.address += 1

    def state(self) -> PayerState:
        """The payer as dunning sees it now."""
        sent = [
            SentNotice(one.notice.level, one.notice.noticed_on, one.notice.anchor.due_on, numbers(one.notice))
            for one in self.letters if one.came_back is None
        ]  # fmt: skip
        lost = [
            Unreached(one.notice.level, one.notice.noticed_on, one.notice.anchor.number, one.to)
            for one in self.letters if one.came_back is not None
        ]  # fmt: skip
        return PayerState("P", tuple(self.receivables), tuple(sent), tuple(lost), str(self.address))


def lives(number: int) -> list[tuple[Life, Notice]]:
    """Each notice of a life, with the life as it was when it was decided."""
    life, found = Life(Random(number)), []
    for day in (FIRST + timedelta(days=n) for n in range(DAYS)):
        life.happens(day)
        notice = next_notice(life.state(), POLICY, day, WORKING)
        if notice is None:
            continue
        found.append((Life(life.luck, list(life.receivables), [replace(each) for each in life.letters], life.address), notice))
        life.letters.append(Letter(notice, str(life.address)))
    return found


def numbers(notice: Notice) -> frozenset[str]:
    """The numbers a letter listed."""
    return frozenset(each.number for each in notice.invoices)


def about(life: Life, notice: Notice) -> list[Letter]:
    """The letters of the arrears of the anchor: those with an anchor due that day that listed it."""
    anchor = notice.anchor
    return [one for one in life.letters if one.notice.anchor.due_on == anchor.due_on and anchor.number in numbers(one.notice)]


LIVES = st.integers(0, 2**32)


@pytest.mark.clause("CG-2.a")
@settings(max_examples=150, deadline=None)
@given(LIVES)
def test_no_level_is_skipped_and_each_waits_for_the_one_before_to_have_arrived(number: int) -> None:
    for life, notice in lives(number):
        arrived = [one.notice for one in about(life, notice) if one.came_back is None]
        assert max((each.level for each in arrived), default=0) == notice.level - 1
        stage = POLICY.stages[notice.level - 1]
        for each in arrived:
            assert notice.level == 1 or notice.noticed_on >= WORKING.on_or_after(
                each.noticed_on + timedelta(days=stage.days_after_previous_at_least)
            )
        assert notice.noticed_on >= WORKING.on_or_after(notice.anchor.due_on + timedelta(days=stage.days_overdue_at_least))


@pytest.mark.clause("CG-2.a", "GC-9.3")
@settings(max_examples=150, deadline=None)
@given(LIVES)
def test_the_anchor_is_the_earliest_invoice_that_is_owed_and_no_contested_euro_is_asked_for(number: int) -> None:
    for life, notice in lives(number):
        late = [each for each in life.receivables if each.due_on < notice.noticed_on and each.claimable]
        invoices = [each for each in late if each.kind == "invoice"]
        assert notice.anchor == min(invoices or late, key=lambda each: (each.due_on, each.number))
        assert set(notice.invoices) == set(late)
        assert notice.open_amount == sum((each.open_amount - each.contested for each in late if not each.contested), ZERO) > 0
        assert invoices or notice.level == 1


@pytest.mark.clause("GC-9.1.a")
@settings(max_examples=150, deadline=None)
@given(LIVES)
def test_a_suspension_comes_after_day_20_and_7_days_after_a_reminder_that_arrived(number: int) -> None:
    for life, notice in lives(number):
        assert notice.action != "end_proposal"
        if notice.action == "suspension":
            assert (notice.noticed_on - notice.anchor.due_on).days >= 21
            listed = (one.notice for one in life.letters if one.came_back is None and notice.anchor.number in numbers(one.notice))
            assert any((notice.noticed_on - each.noticed_on).days >= 7 for each in listed)


@pytest.mark.clause("CG-2.b")
@settings(max_examples=150, deadline=None)
@given(LIVES)
def test_what_came_back_is_tried_again_once_the_addresses_changed_or_after_7_days_and_each_try_is_counted(number: int) -> None:
    for life, notice in lives(number):
        tries = [one for one in life.letters if one.notice.anchor.number == notice.anchor.number and one.notice.level == notice.level]
        assert notice.attempt == 1 + len(tries)
        assert all(one.came_back is not None for one in tries)
        assert not tries or tries[-1].to != str(life.address) or (notice.noticed_on - tries[-1].notice.noticed_on).days >= 7


@pytest.mark.clause("CG-2.a")
@settings(max_examples=150, deadline=None)
@given(LIVES)
def test_a_payer_gets_one_thing_a_day_and_is_never_escalated_before_the_day_the_last_letter_named(number: int) -> None:
    for life, notice in lives(number):
        assert all(one.notice.noticed_on < notice.noticed_on for one in life.letters)
        before = [one.notice for one in about(life, notice) if one.came_back is None and one.notice.level == notice.level - 1]
        for each in before:
            assert each.next_on is not None
            assert each.pay_by < each.next_on <= notice.noticed_on
            assert each.next_words == notice.words
            if notice.action == "suspension":
                assert each.suspension_from is not None
                assert each.suspension_from <= notice.noticed_on


def test_the_lives_are_rich_enough_to_try_the_rule() -> None:
    seen = [notice for number in range(200) for _, notice in lives(number)]
    assert {each.level for each in seen} == {1, 2, 3, 4}
    assert max(each.attempt for each in seen) >= 2
    assert any(each.anchor.kind == "debit_note" for each in seen)
