"""What is fetched from payers' accounts by SEPA direct debit: which invoices, under which mandate, on which day. Amounts are EUR."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from billing.clause import carries_out
from billing.money import ZERO
from billing.working_days import WorkingDays

Scheme = Literal["CORE", "B2B"]
Sequenced = Literal["FRST", "RCUR"]
PRESENTED_UNTIL = 5  # working days after the debit in which the money, or its return, reaches the account


@dataclass(frozen=True, slots=True)
class Mandate:
    """That a payer lets his account be debited; `ends_on` is its last day, None: until it is withdrawn. `bic` and `holder` may be ""."""

    mandate_id: str
    payer_id: str
    iban: str
    bic: str
    holder: str
    signed_on: date
    scheme: Scheme
    ends_on: date | None = None

    def in_force(self, on: date) -> bool:
        """Tells whether an account may be debited under it on a day: from its signature to its last day, both included."""
        return self.signed_on <= on and (self.ends_on is None or on <= self.ends_on)


@dataclass(frozen=True, slots=True)
class CollectionTerms:
    """When accounts are debited: on the bank's `working` days (TARGET).

    The file is made at least `lead_days` of them before, and the payer told at least `notice_days` calendar days before.
    """

    working: WorkingDays
    lead_days: int = 5
    notice_days: int = 14

    @carries_out("GC-5.2")
    def planned_on(self, issued_on: date, due_on: date) -> date:
        """Returns the day an invoice is to be debited on, as it says itself: its due date, moved to the next working day.

        Never before the payer has known for `notice_days`: what is due on receipt is debited that much later.
        """
        return self.working.on_or_after(max(due_on, issued_on + timedelta(days=self.notice_days)))

    def earliest(self, made_on: date) -> date:
        """Returns the first day that a file made on a day can ask for."""
        return self.working.after(made_on, self.lead_days)

    def settled_by(self, collected_on: date) -> date:
        """Returns the last day on which the money of a debit, or its return, may still be on its way."""
        return self.working.after(collected_on, PRESENTED_UNTIL)


@dataclass(frozen=True, slots=True)
class Announced:
    """That an invoice says it will be debited: on which day, under which mandate."""

    collected_on: date
    mandate: Mandate


@dataclass(frozen=True, slots=True)
class Collectable:
    """An open invoice or debit note not collected before, `contested` of it in open disputes; `mandate_id` is the one it names, or ""."""

    number: str
    payer_id: str
    issued_on: date
    due_on: date
    open_amount: Decimal
    contested: Decimal = ZERO
    mandate_id: str = ""

    @property
    def amount(self) -> Decimal:
        """What may be fetched: what is open and not contested."""
        return self.open_amount - self.contested


@dataclass(frozen=True, slots=True)
class Debit:
    """What is fetched for an invoice."""

    number: str
    amount: Decimal
    mandate: Mandate
    sequence: Sequenced
    collected_on: date


def announced(mandates: Iterable[Mandate], issued_on: date, due_on: date, terms: CollectionTerms) -> Announced | None:
    """Returns what an invoice says of its collection, from the mandates of its payer known when it is issued; None: he pays it himself."""
    planned_on = terms.planned_on(issued_on, due_on)
    mandate = next((one for one in mandates if one.in_force(planned_on)), None)
    return None if mandate is None else Announced(planned_on, mandate)


@carries_out("GC-5.2", "GC-9.3")
def debits(
    owed: Iterable[Collectable], mandates: Mapping[str, Sequence[Mandate]], used: Collection[str], on: date, terms: CollectionTerms
) -> list[Debit]:
    """Returns what the files made on a day fetch, oldest due date first; all on the earliest day possible, never before the planned one.

    An invoice is fetched under the mandate that it named, while that is in force: a payer who was not told, or was told another account,
    pays himself. `used` are the mandates debited before: the first debit of a mandate is FRST, those after it RCUR. `mandates` by payer.
    """
    collected_on, used_by_now, found = terms.earliest(on), set(used), list[Debit]()
    for one in sorted(owed, key=lambda each: (each.due_on, each.number)):
        mandate = next((each for each in mandates.get(one.payer_id, ()) if each.mandate_id == one.mandate_id), None)
        if mandate is None or one.amount <= 0 or not mandate.in_force(collected_on):
            continue
        if terms.planned_on(one.issued_on, one.due_on) > collected_on:
            continue
        found.append(Debit(one.number, one.amount, mandate, "RCUR" if mandate.mandate_id in used_by_now else "FRST", collected_on))
        used_by_now.add(mandate.mandate_id)
    return found


__all__ = ["Announced", "Collectable", "CollectionTerms", "Debit", "Mandate", "Scheme", "Sequenced", "announced", "debits"]
