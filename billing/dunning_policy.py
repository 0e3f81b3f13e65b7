"""The dunning policy: the ladder of levels, what letters and delays cost, and the caps of the law. A dated table, no constants in code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from billing.clause import carries_out
from billing.money import CENT, ZERO, exact

Action = Literal["letter", "suspension", "end_proposal"]
Words = Literal["friendly", "reminder", "formal_notice", "suspension"]

FIRST_DAY_OF_SUSPENSION = 21  # more than 20 days late (GC-9.1.a)
LETTER_LEVELS = 4  # a payer is written to at levels 1 to 4; a proposal to end the contract goes to finance
LAST_CHARGE_DAY = 28  # every month has it


class PolicyError(ValueError):
    """A dunning policy that cannot be used; the message names the policy, the value and what is expected."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One level, due so many days after the anchor's due date and after the level before was sent, whichever is later.

    `fee` and `recovery_cost` in EUR; `clause` is the one that allows it; `words` are those of its letter. An end proposal comes after so
    many months of suspension instead, and only finance sees it.
    """

    level: int
    days_overdue_at_least: int
    days_after_previous_at_least: int
    fee: Decimal
    clause: str
    action: Action = "letter"
    words: Words = "reminder"
    recovery_cost: Decimal = ZERO
    months_of_suspension_at_least: int = 0


@dataclass(frozen=True, slots=True)
class Suspension:
    """From when a service may be suspended (GC-9.1.a): so many days after the due date, and after a reminder was sent.

    Raises PolicyError for less than the 21 days that the contract gives.
    """

    days_overdue_at_least: int
    days_after_reminder_at_least: int
    clause: str

    def __post_init__(self) -> None:
        if self.days_overdue_at_least < FIRST_DAY_OF_SUSPENSION:
            raise PolicyError(
                f"suspension.days_overdue_at_least = {self.days_overdue_at_least}; expected {FIRST_DAY_OF_SUSPENSION} or more: "
                "a service is suspended when payment is more than 20 days late (GC-9.1.a)"
            )
        if self.days_after_reminder_at_least < 1:
            raise PolicyError(f"suspension.days_after_reminder_at_least = {self.days_after_reminder_at_least}; expected 1 or more")


@dataclass(frozen=True, slots=True)
class Caps:
    """What the law allows at most, in EUR: the first reminder of an arrears, each later one, recovery costs, a reactivation.

    `interest_per_year` is the legal rate a year (0.045 = 4.5 %) by the first day it holds from, until the next one.
    """

    first_reminder: Decimal
    later_reminder: Decimal
    recovery_cost: Decimal
    reactivation: Decimal
    interest_per_year: tuple[tuple[date, Decimal], ...]


@dataclass(frozen=True, slots=True)
class LateCharges:
    """What lateness costs: interest as a share a month (0.01 = 1 %), the fee of a reactivation, and how debit notes are made.

    A debit note of a payer is made on `charge_day` of a month when it comes to `debit_note_at_least` EUR.
    """

    interest_per_month: Decimal
    reactivation_fee: Decimal
    debit_note_at_least: Decimal
    charge_day: int


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy as in force from `valid_from`. `source` is the text it rests on. Raises PolicyError when its values cannot be used.

    A letter that came back is tried again `retry_days` after it was tried, or once the addresses have changed.
    """

    name: str
    valid_from: date
    source: str
    stages: tuple[Stage, ...]
    suspension: Suspension
    late_charges: LateCharges
    caps: Caps | None = None
    retry_days: int = 7

    def __post_init__(self) -> None:
        for problem in (*_wrong_ladder(self.stages), *_wrong_charges(self.late_charges), *_wrong_caps(self.caps)):
            raise PolicyError(f"dunning policy {self.name} of {self.valid_from}{problem}")
        if self.retry_days < 1:
            raise PolicyError(f"dunning policy {self.name} of {self.valid_from}: retry_days = {self.retry_days}; expected 1 or more")

    @property
    def suspension_stage(self) -> Stage | None:
        """The level that suspends, if there is one."""
        return next((stage for stage in self.stages if stage.action == "suspension"), None)

    @property
    def end_proposal(self) -> Stage | None:
        """The level that proposes to end the contract (GC-12.2.a), if there is one."""
        return next((stage for stage in self.stages if stage.action == "end_proposal"), None)

    @carries_out("CG-2.d")
    def fee_of(self, stage: Stage) -> Decimal:
        """What a reminder of this stage costs, in EUR: its fee, but never more than a cap allows."""
        if self.caps is None:
            return stage.fee
        return min(stage.fee, self.caps.first_reminder if stage.level == 1 else self.caps.later_reminder)

    @carries_out("CG-2.e")
    def recovery_cost_of(self, stage: Stage) -> Decimal:
        """What recovery costs a letter of this stage carries, in EUR, never more than the cap allows."""
        return stage.recovery_cost if self.caps is None else min(stage.recovery_cost, self.caps.recovery_cost)

    @property
    def reactivation_fee(self) -> Decimal:
        """What restoring a suspended service costs, in EUR, never more than the cap allows."""
        asked = self.late_charges.reactivation_fee
        return asked if self.caps is None else min(asked, self.caps.reactivation)


def _wrong_ladder(stages: tuple[Stage, ...]) -> Iterator[str]:
    """What is wrong with the levels, each problem as the end of a sentence that begins with the policy."""
    if not stages:
        yield " has no stage; give at least level 1"
    for place, stage in enumerate(stages, start=1):
        for found, expected in (*_wrong_place(place, stage), *_wrong_days(stage), *_wrong_prices(stage)):
            yield f", level {stage.level}: {found}; expected {expected}"
    for earlier, later in pairwise(stages):
        for found, expected in _wrong_order(earlier, later):
            yield f", level {later.level}: {found}; expected {expected}"


def _wrong_place(place: int, stage: Stage) -> Iterator[tuple[str, str]]:
    if stage.level != place:
        yield f"level {stage.level}", f"level {place}: levels count 1, 2, 3 …"
    if place == 1 and stage.action != "letter":
        yield f'action = "{stage.action}"', "a letter: nothing is done before the payer was reminded"
    if place > LETTER_LEVELS and stage.action != "end_proposal":
        yield f'action = "{stage.action}"', f"an end_proposal: a payer is written to at levels 1 to {LETTER_LEVELS}"
    if stage.action != "end_proposal" and (stage.action == "suspension") != (stage.words == "suspension"):
        yield f'words = "{stage.words}"', "the words of a suspension for the level that suspends, and for no other"
    if not stage.clause:
        yield "no clause", "the clause that allows the reminder, for example CG-2.d"


def _wrong_days(stage: Stage) -> Iterator[tuple[str, str]]:
    if stage.action == "end_proposal":
        if stage.months_of_suspension_at_least < 1:
            yield f"months_of_suspension_at_least = {stage.months_of_suspension_at_least}", "1 or more (GC-12.2.a)"
        return
    if stage.days_overdue_at_least < 1:
        yield f"days_overdue_at_least = {stage.days_overdue_at_least}", "1 or more: only what is late is reminded"
    if stage.level > 1 and stage.days_after_previous_at_least < 1:
        yield f"days_after_previous_at_least = {stage.days_after_previous_at_least}", "1 or more: one stage a day"
    if stage.months_of_suspension_at_least:
        yield f"months_of_suspension_at_least = {stage.months_of_suspension_at_least}", "none: it is for an end_proposal"


def _wrong_prices(stage: Stage) -> Iterator[tuple[str, str]]:
    if not _is_price(stage.fee):
        yield f"fee = {stage.fee}", "EUR to the cent, 0.00 or more"
    if not _is_price(stage.recovery_cost):
        yield f"recovery_cost = {stage.recovery_cost}", "EUR to the cent, 0.00 or more"
    if stage.action == "end_proposal" and (stage.fee or stage.recovery_cost):
        yield f"fee = {stage.fee}, recovery_cost = {stage.recovery_cost}", "0.00: a proposal to finance costs the payer nothing"


def _wrong_order(earlier: Stage, later: Stage) -> Iterator[tuple[str, str]]:
    if later.action == "letter" and earlier.action != "letter":
        yield "a letter", f"none after level {earlier.level}, which is a {earlier.action}"
    if later.action == "suspension" and earlier.action != "letter":
        yield "a suspension", f"one such level at most, after a letter; level {earlier.level} is a {earlier.action}"
    if later.action == "end_proposal":
        if earlier.action != "suspension":
            yield "an end_proposal", "it right after the level that suspends (GC-12.2.a)"
    elif later.days_overdue_at_least < earlier.days_overdue_at_least:
        yield (
            f"days_overdue_at_least = {later.days_overdue_at_least}",
            f"not before level {earlier.level}, which is due at {earlier.days_overdue_at_least}",
        )


def _wrong_charges(charges: LateCharges) -> Iterator[str]:
    if not ZERO <= exact(charges.interest_per_month) < 1:
        yield f": interest_per_month = {charges.interest_per_month}; expected a share a month, for example 0.01 for 1 %"
    for what in ("reactivation_fee", "debit_note_at_least"):
        if not _is_price(getattr(charges, what)):
            yield f": {what} = {getattr(charges, what)}; expected EUR to the cent, 0.00 or more"
    if not 1 <= charges.charge_day <= LAST_CHARGE_DAY:
        yield f": charge_day = {charges.charge_day}; expected a day that every month has, 1 to {LAST_CHARGE_DAY}"


def _wrong_caps(caps: Caps | None) -> Iterator[str]:
    if caps is None:
        return
    for cap in (caps.first_reminder, caps.later_reminder, caps.recovery_cost, caps.reactivation):
        if not _is_price(cap):
            yield f": a cap of {cap}; write EUR to the cent, 0.00 or more"
    if not caps.interest_per_year:
        yield ": no cap of interest_per_year; give the legal rate by the day it holds from"
    for first_day, rate in caps.interest_per_year:
        if not ZERO <= exact(rate) < 1:
            yield f": interest_per_year from {first_day} = {rate}; expected a share a year, for example 0.045 for 4.5 %"


def _is_price(amount: Decimal) -> bool:
    return exact(amount) >= ZERO and amount == amount.quantize(CENT)


__all__ = ["Action", "Caps", "LateCharges", "Policy", "PolicyError", "Stage", "Suspension", "Words"]
