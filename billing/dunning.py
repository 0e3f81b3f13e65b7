"""Dunning: which reminder a payer gets on a day, by a policy that is a dated table and never constants in code.

Words: the *anchor* is the earliest unpaid, undisputed invoice past its due date, found anew at each run. A *stage* is a level of the
policy. An end client behind a partner is not a payer, so nothing here ever reaches it (CG-2.a).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from billing.clause import carries_out
from billing.money import CENT, ZERO, exact


class PolicyError(ValueError):
    """A dunning policy that cannot be used; the message names the policy, the value and what is expected."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One level, due so many days after the anchor's due date and after the level before was sent, whichever is later.

    `fee` in EUR; `clause` is the one that allows it.
    """

    level: int
    days_overdue_at_least: int
    days_after_previous_at_least: int
    fee: Decimal
    clause: str


@dataclass(frozen=True, slots=True)
class Suspension:
    """From when a service may be suspended (GC-9.1.a): so many days after the due date, and after the last reminder was sent."""

    days_overdue_at_least: int
    days_after_reminder_at_least: int
    clause: str


@dataclass(frozen=True, slots=True)
class Caps:
    """What the law allows a reminder to cost at most, in EUR: the first one of an arrears, and each later one."""

    first_reminder: Decimal
    later_reminder: Decimal


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy as in force from `valid_from`. `source` is the text it rests on. Raises PolicyError when its values cannot be used."""

    name: str
    valid_from: date
    source: str
    stages: tuple[Stage, ...]
    suspension: Suspension
    caps: Caps | None = None

    def __post_init__(self) -> None:
        if not self.stages:
            raise PolicyError(f"dunning policy {self.name} of {self.valid_from} has no stage; give at least level 1")
        for place, stage in enumerate(self.stages, start=1):
            self._check_stage(place, stage)
        for earlier, later in zip(self.stages, self.stages[1:], strict=False):
            if later.days_overdue_at_least < earlier.days_overdue_at_least:
                raise self._wrong(
                    later,
                    f"days_overdue_at_least = {later.days_overdue_at_least}",
                    f"not before level {earlier.level}, which is due at {earlier.days_overdue_at_least}",
                )
        for cap in (self.caps.first_reminder, self.caps.later_reminder) if self.caps else ():
            if not _is_fee(cap):
                raise PolicyError(f"dunning policy {self.name} of {self.valid_from}: a cap of {cap}; write EUR to the cent, 0.00 or more")

    def _check_stage(self, place: int, stage: Stage) -> None:
        if stage.level != place:
            raise self._wrong(stage, f"level {stage.level}", f"level {place}: levels count 1, 2, 3 …")
        if stage.days_overdue_at_least < 1:
            raise self._wrong(stage, f"days_overdue_at_least = {stage.days_overdue_at_least}", "1 or more: only what is late is reminded")
        if stage.level > 1 and stage.days_after_previous_at_least < 1:
            raise self._wrong(stage, f"days_after_previous_at_least = {stage.days_after_previous_at_least}", "1 or more: one stage a day")
        if not _is_fee(stage.fee):
            raise self._wrong(stage, f"fee = {stage.fee}", "EUR to the cent, 0.00 or more")
        if not stage.clause:
            raise self._wrong(stage, "no clause", "the clause that allows the reminder, for example CG-2.d")

    def _wrong(self, stage: Stage, found: str, expected: str) -> PolicyError:
        return PolicyError(f"dunning policy {self.name} of {self.valid_from}, level {stage.level}: {found}; expected {expected}")

    @carries_out("CG-2.d")
    def fee_of(self, stage: Stage) -> Decimal:
        """What a reminder of this stage costs, in EUR: its fee, but never more than a cap allows."""
        if self.caps is None:
            return stage.fee
        return min(stage.fee, self.caps.first_reminder if stage.level == 1 else self.caps.later_reminder)


@dataclass(frozen=True, slots=True)
class Receivable:
    """An issued invoice with `open_amount` = gross − payments, of which `contested` is under an open dispute. EUR."""

    number: str
    due_on: date
    open_amount: Decimal
    contested: Decimal = ZERO

    @property
    @carries_out("GC-9.3")
    def claimable(self) -> Decimal:
        """What may be asked for: the open amount without its contested part, never below zero (GC-9.3)."""
        return max(ZERO, self.open_amount - self.contested)


@dataclass(frozen=True, slots=True)
class SentNotice:
    """A reminder that was sent, with the due date of its anchor then and the numbers of the invoices it listed."""

    level: int
    sent_on: date
    anchor_due_on: date
    invoices: frozenset[str]


@dataclass(frozen=True, slots=True)
class PayerState:
    """All the rule looks at: what a payer owes and which reminders it was sent."""

    payer_id: str
    receivables: tuple[Receivable, ...]
    sent: tuple[SentNotice, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """A reminder to send: the overdue invoices, oldest first (the first is the anchor), what they come to, and what it costs. EUR."""

    payer_id: str
    level: int
    noticed_on: date
    invoices: tuple[Receivable, ...]
    open_amount: Decimal
    fee: Decimal
    clause: str
    suspension_from: date

    @property
    def anchor(self) -> Receivable:
        """The invoice whose due date decides."""
        return self.invoices[0]


@carries_out("CG-2.a", "CG-2.d")
def next_notice(state: PayerState, policy: Policy, on: date) -> Notice | None:
    """Returns the one reminder the payer gets on a day, or None.

    Only invoices past their due date with something claimable count; the one due first is the anchor. A stage needs the one before it
    to have been sent for the arrears of this anchor, so a partial payment keeps its place on the ladder, and a later invoice that
    becomes the anchor starts at level 1: no stage is ever skipped. A payer gets at most one reminder a day.
    """
    overdue = overdue_invoices(state.receivables, on)
    if not overdue or any(notice.sent_on >= on for notice in state.sent):
        return None
    anchor = overdue[0]
    before = _last_sent(state.sent, anchor)
    level = before.level + 1 if before else 1
    if level > len(policy.stages):
        return None
    stage = policy.stages[level - 1]
    if on < _due_from(stage, anchor, before):
        return None
    return Notice(
        payer_id=state.payer_id,
        level=level,
        noticed_on=on,
        invoices=overdue,
        open_amount=sum((invoice.claimable for invoice in overdue), ZERO),
        fee=policy.fee_of(stage),
        clause=stage.clause,
        suspension_from=suspension_from(anchor, policy, reminded_on=on),
    )


def overdue_invoices(receivables: Sequence[Receivable], on: date) -> tuple[Receivable, ...]:
    """Returns what is past due on a day and claimable, earliest due date first, then by number. The due date itself is not late."""
    late = (each for each in receivables if each.due_on < on and each.claimable > ZERO)
    return tuple(sorted(late, key=lambda each: (each.due_on, each.number)))


@carries_out("GC-9.1.a")
def suspension_from(anchor: Receivable, policy: Policy, reminded_on: date) -> date:
    """Returns the first day the service may be suspended if nothing is paid and the reminder of `reminded_on` arrived."""
    by_due_date = anchor.due_on + timedelta(days=policy.suspension.days_overdue_at_least)
    return max(by_due_date, reminded_on + timedelta(days=policy.suspension.days_after_reminder_at_least))


def _last_sent(sent: Sequence[SentNotice], anchor: Receivable) -> SentNotice | None:
    """The highest level sent for the arrears of this anchor: reminders with its due date as theirs that listed it."""
    theirs = [notice for notice in sent if notice.anchor_due_on == anchor.due_on and anchor.number in notice.invoices]
    return max(theirs, key=lambda notice: (notice.level, notice.sent_on), default=None)


def _due_from(stage: Stage, anchor: Receivable, before: SentNotice | None) -> date:
    by_due_date = anchor.due_on + timedelta(days=stage.days_overdue_at_least)
    if before is None:
        return by_due_date
    return max(by_due_date, before.sent_on + timedelta(days=stage.days_after_previous_at_least))


def _is_fee(amount: Decimal) -> bool:
    return exact(amount) >= ZERO and amount == amount.quantize(CENT)
