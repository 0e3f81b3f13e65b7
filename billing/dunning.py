"""Dunning: what a payer gets on a day, by a policy that is a dated table and never constants in code.

Words: the *anchor* is the earliest unpaid, undisputed invoice past its due date, found anew at each run. A *stage* is a level of the
policy. An end client behind a partner is not a payer, so nothing here ever reaches it (CG-2.a).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from billing.clause import carries_out
from billing.dunning_policy import Action, Caps, LateCharges, Policy, PolicyError, Stage, Suspension, Words
from billing.money import ZERO
from billing.period import DAY
from billing.working_days import WorkingDays

Kind = Literal["invoice", "debit_note"]


@dataclass(frozen=True, slots=True)
class Receivable:
    """An issued invoice or debit note with `open_amount` = gross − payments, of which `contested` is under an open dispute. EUR."""

    number: str
    due_on: date
    open_amount: Decimal
    contested: Decimal = ZERO
    kind: Kind = "invoice"

    @property
    @carries_out("GC-9.3")
    def claimable(self) -> Decimal:
        """What may be asked for: the open amount without its contested part, never below zero (GC-9.3)."""
        return max(ZERO, self.open_amount - self.contested)


@dataclass(frozen=True, slots=True)
class SentNotice:
    """A letter that was sent and delivered, with the due date of its anchor then and the numbers of what it listed.

    `lifted` tells of a suspension that its service was restored since: it is a level to come again, not one the payer is at.
    """

    level: int
    sent_on: date
    anchor_due_on: date
    invoices: frozenset[str]
    lifted: bool = False


@dataclass(frozen=True, slots=True)
class Unreached:
    """A letter that did not arrive, refused for good or come back: its level, the day it was tried, its anchor and its addresses."""

    level: int
    tried_on: date
    anchor_number: str
    recipients: str


@dataclass(frozen=True, slots=True)
class PayerState:
    """All the rule looks at: what a payer owes, which letters reached it, which did not, and its addresses now."""

    payer_id: str
    receivables: tuple[Receivable, ...]
    sent: tuple[SentNotice, ...] = ()
    unreached: tuple[Unreached, ...] = ()
    recipients: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a payer gets: what is overdue, the anchor first, what it comes to, and what the letter costs. EUR.

    `attempt` counts 1, 2 … the times this level is tried for this anchor. `next_on` is the first day the next level may follow and
    `next_words` what it will be, none when nothing follows; `pay_by` is the last day to pay before it. `suspension_from` is the first
    day the service may be suspended, None when no level suspends.
    """

    payer_id: str
    level: int
    noticed_on: date
    invoices: tuple[Receivable, ...]
    open_amount: Decimal
    fee: Decimal
    clause: str
    suspension_from: date | None
    action: Action
    words: Words
    recovery_cost: Decimal
    attempt: int
    pay_by: date
    next_on: date | None
    next_words: Words | Literal[""] = ""

    @property
    def anchor(self) -> Receivable:
        """The invoice whose due date decides; a debit note when there is no invoice."""
        return self.invoices[0]


@carries_out("CG-2.a", "CG-2.d")
def next_notice(state: PayerState, policy: Policy, on: date, working: WorkingDays) -> Notice | None:
    """Returns the one thing the payer gets on a day, or None. What proposes to end a contract is never returned: no letter tells it.

    Only what is past its due date with something claimable counts; the invoice due first is the anchor. A stage needs the one before it
    to have reached the payer for the arrears of this anchor, so a partial payment keeps its place on the ladder, and a later invoice
    that becomes the anchor starts at level 1: no stage is ever skipped. Debit notes alone are reminded by level 1 and no further.
    """
    overdue = overdue_invoices(state.receivables, on)
    if not overdue or _tried_today(state, on):
        return None
    anchor = overdue[0]
    before = _last_sent(state.sent, anchor)
    level = before.level + 1 if before else 1
    if level > _last_level(anchor, policy):
        return None
    stage = policy.stages[level - 1]
    if on < _deadline(stage, policy, _Reached(anchor, before.sent_on if before else None, _reminded_on(state.sent, anchor)), working):
        return None
    if not _may_be_tried(state, anchor, level, policy, on, working):
        return None
    return _notice(state, policy, stage, overdue, on, working)


@carries_out("CG-2.a")
def overdue_invoices(receivables: Sequence[Receivable], on: date) -> tuple[Receivable, ...]:
    """Returns what is past due on a day and claimable: invoices before debit notes, each by due date, then by number.

    The due date itself is not late.
    """
    late = (each for each in receivables if each.due_on < on and each.claimable > ZERO)
    return tuple(sorted(late, key=lambda each: (each.kind == "debit_note", each.due_on, each.number)))


@dataclass(frozen=True, slots=True)
class _Reached:
    """How far a payer is: the day its last level for the anchor was sent, and the day it was first reminded of the anchor."""

    anchor: Receivable
    last_on: date | None
    reminded_on: date | None


def _notice(state: PayerState, policy: Policy, stage: Stage, overdue: tuple[Receivable, ...], on: date, working: WorkingDays) -> Notice:
    anchor = overdue[0]
    coming = _coming(policy, stage, _Reached(anchor, on, _reminded_on(state.sent, anchor) or on), working)
    following, next_on = coming[0] if coming else (None, None)
    suspends = on if stage.action == "suspension" else next((day for each, day in coming if each.action == "suspension"), None)
    return Notice(
        payer_id=state.payer_id,
        level=stage.level,
        noticed_on=on,
        invoices=overdue,
        open_amount=sum((each.claimable for each in overdue), ZERO),
        fee=policy.fee_of(stage),
        clause=stage.clause,
        suspension_from=suspends,
        action=stage.action,
        words=stage.words,
        recovery_cost=policy.recovery_cost_of(stage),
        attempt=1 + len(_tries(state, anchor, stage.level)) + _lifted(state.sent, anchor, stage.level),
        pay_by=next_on - DAY if next_on else working.on_or_after(on + timedelta(days=policy.suspension.days_after_reminder_at_least)),
        next_on=next_on,
        next_words=following.words if following else "",
    )


def _coming(policy: Policy, stage: Stage, reached: _Reached, working: WorkingDays) -> list[tuple[Stage, date]]:
    """The levels after a stage that the payer will notice, each with the first day it may come if every letter is delivered at once."""
    coming: list[tuple[Stage, date]] = []
    for later in policy.stages[stage.level : _last_level(reached.anchor, policy)]:
        day = _deadline(later, policy, reached, working)
        coming.append((later, day))
        reached = _Reached(reached.anchor, day, reached.reminded_on)
    return coming


@carries_out("GC-9.1.a")
def _deadline(stage: Stage, policy: Policy, reached: _Reached, working: WorkingDays) -> date:
    """The first day a stage may come, a working day.

    A suspension comes never before the day the contract allows it, and only after a reminder of the anchor is old enough.
    """
    days = [reached.anchor.due_on + timedelta(days=stage.days_overdue_at_least)]
    if reached.last_on is not None:
        days.append(reached.last_on + timedelta(days=stage.days_after_previous_at_least))
    if stage.action == "suspension":
        days.append(reached.anchor.due_on + timedelta(days=policy.suspension.days_overdue_at_least))
        if reached.reminded_on is not None:
            days.append(reached.reminded_on + timedelta(days=policy.suspension.days_after_reminder_at_least))
    return working.on_or_after(max(days))


def _last_level(anchor: Receivable, policy: Policy) -> int:
    """The last level that this anchor can lead to; what is for finance alone is none of the payer's."""
    if anchor.kind == "debit_note":
        return 1
    return sum(stage.action != "end_proposal" for stage in policy.stages)


def _tried_today(state: PayerState, on: date) -> bool:
    return any(each.sent_on >= on for each in state.sent) or any(each.tried_on >= on for each in state.unreached)


def _may_be_tried(state: PayerState, anchor: Receivable, level: int, policy: Policy, on: date, working: WorkingDays) -> bool:
    """Whether a level that did not arrive may be tried again: to other addresses at once, to the same ones after some days."""
    last = max(_tries(state, anchor, level), key=lambda each: each.tried_on, default=None)
    if last is None or last.recipients != state.recipients:
        return True
    return on >= working.on_or_after(last.tried_on + timedelta(days=policy.retry_days))


def _tries(state: PayerState, anchor: Receivable, level: int) -> list[Unreached]:
    return [each for each in state.unreached if each.level == level and each.anchor_number == anchor.number]


def _theirs(sent: Sequence[SentNotice], anchor: Receivable) -> list[SentNotice]:
    """What was sent for the arrears of this anchor: letters with its due date as theirs that listed it."""
    return [notice for notice in sent if notice.anchor_due_on == anchor.due_on and anchor.number in notice.invoices]


def _last_sent(sent: Sequence[SentNotice], anchor: Receivable) -> SentNotice | None:
    """The highest level sent for the arrears of this anchor."""
    held = (notice for notice in _theirs(sent, anchor) if not notice.lifted)
    return max(held, key=lambda notice: (notice.level, notice.sent_on), default=None)


def _lifted(sent: Sequence[SentNotice], anchor: Receivable, level: int) -> int:
    return sum(notice.lifted and notice.level == level for notice in _theirs(sent, anchor))


def _reminded_on(sent: Sequence[SentNotice], anchor: Receivable) -> date | None:
    """The day of the first letter that listed the anchor, whichever its own anchor was."""
    return min((notice.sent_on for notice in sent if anchor.number in notice.invoices), default=None)


__all__ = [
    "Action", "Caps", "Kind", "LateCharges", "Notice", "PayerState", "Policy", "PolicyError", "Receivable", "SentNotice", "Stage",
    "Suspension", "Unreached", "Words", "next_notice", "overdue_invoices",
]  # fmt: skip
