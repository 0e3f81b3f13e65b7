"""Late charges: what lateness has cost a payer by a day and no debit note asks yet (CG-2.d, CG-2.e, GC-5.2).

Interest is computed anew up to the day and what was charged of it is taken off, so that nothing is charged twice and nothing is lost:
it survives the payment of the invoice. Letters, costs and reactivations are charged once each. A sum too small for a debit note waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from billing.clause import carries_out
from billing.dunning_policy import Policy
from billing.interest import Debt, Delay, Interest, InterestTerms, Method, interest
from billing.money import ZERO

# The policies before the one of a day, oldest first, each with the first day it no longer held.
Earlier = tuple[tuple[date, Policy], ...]
What = Literal["interest", "reminder_fee", "recovery_cost", "reactivation"]

# A mail that cannot be delivered comes back within days (a mail server gives up after five): until then nobody knows that it arrived.
DAYS_UNTIL_DELIVERED = 7


@dataclass(frozen=True, slots=True)
class Booked:
    """Interest of an invoice that a debit note charged on a day, or (below zero) that a credit note took back of it. EUR."""

    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class LateInvoice:
    """An invoice that was late: what is owed of it and when that was paid, what an open dispute holds of it, what was charged. EUR."""

    invoice_id: int
    debt: Debt
    clause: str
    contested: Decimal = ZERO
    booked: tuple[Booked, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that was sent and has not come back, with what it said that it costs; 0.00 where that is charged already. EUR."""

    notice_id: int
    level: int
    sent_on: date
    fee: Decimal
    recovery_cost: Decimal
    policy: str
    clause: str


@dataclass(frozen=True, slots=True)
class Cost:
    """A cost of recovery that was incurred for a payer on a day. EUR."""

    cost_id: str
    incurred_on: date
    amount: Decimal
    description: str


@dataclass(frozen=True, slots=True)
class Restored:
    """An order that restored a suspended service, from a day."""

    order_no: int
    effective_on: date


@dataclass(frozen=True, slots=True)
class LatePayer:
    """All the rule looks at: what was late, which letters and costs are not charged yet, which services were restored."""

    payer_id: str
    invoices: tuple[LateInvoice, ...] = ()
    letters: tuple[Letter, ...] = ()
    costs: tuple[Cost, ...] = ()
    restored: tuple[Restored, ...] = ()


@dataclass(frozen=True, slots=True)
class LateCharge:
    """One thing to charge, EUR, and the days it rests on, both included. `of` is the id of what it is for: invoice, letter, cost, order.

    `delays` are of interest: all of its invoice up to the day, of which `charged_before` is asked already. `note` is in words of the feed.
    """

    what: What
    of: int | str
    from_day: date
    to_day: date
    amount: Decimal
    policy: str
    clause: str
    note: str = ""
    charged_before: Decimal = ZERO
    delays: tuple[Delay, ...] = ()


@dataclass(frozen=True, slots=True)
class TooMuch:
    """Interest of an invoice that was charged and, as it is known now, is not due: finance credits the debit note. EUR."""

    payer_id: str
    invoice: str
    charged: Decimal
    due: Decimal

    @property
    def amount(self) -> Decimal:
        """What there is to credit."""
        return self.charged - self.due


@dataclass(frozen=True, slots=True)
class Charged:
    """What a debit note of a payer asks on a day, in the order of its lines; `waiting` is a sum too small for one. EUR."""

    payer_id: str
    charges: tuple[LateCharge, ...]
    waiting: Decimal = ZERO
    too_much: tuple[TooMuch, ...] = ()


@dataclass(frozen=True, slots=True)
class Accrued:
    """Interest of an invoice that no debit note asks yet, EUR, and the delays it comes from."""

    number: str
    amount: Decimal
    delays: tuple[Delay, ...]


@carries_out("CG-2.d", "CG-2.e", "GC-5.2")
def late_charges(payer: LatePayer, policy: Policy, on: date, method: Method, earlier: Earlier = ()) -> Charged:
    """Returns what a debit note charges a payer on a day: interest, fees of letters, costs of recovery, reactivations.

    `earlier` are the policies it came under before: a delay that began under one of them costs what that one asked.

    When all of it is less than the policy wants of a debit note, it charges nothing and the sum waits.
    """
    terms = terms_of(policy, method, earlier)
    charges = (
        *_interest(payer.invoices, policy, on, terms),
        *letters_charged(payer.letters, on),
        *costs_charged(payer.costs, policy, on),
        *_reactivations(payer.restored, policy, on),
    )
    too_much = tuple(found for each in payer.invoices if (found := charged_too_much(payer.payer_id, each, on, terms)))
    total = sum((charge.amount for charge in charges), ZERO)
    if total < policy.late_charges.debit_note_at_least:
        return Charged(payer.payer_id, (), total, too_much)
    return Charged(payer.payer_id, charges, ZERO, too_much)


@carries_out("CG-2.e", "GC-5.2")
def terms_of(policy: Policy, method: Method, earlier: Earlier = ()) -> InterestTerms:
    """Returns how a policy counts interest: its share a month, within the legal rate of each year where the policy has caps.

    A delay that began before the policy was in force has the terms of the one of its first day.
    """
    caps = policy.caps.interest_per_year if policy.caps else ()
    before = tuple((past, terms_of(one, method)) for past, one in earlier)
    return InterestTerms(policy.late_charges.interest_per_month, method, caps, before)


@carries_out("CG-2.e", "GC-5.2")
def accrued(invoice: LateInvoice, on: date, terms: InterestTerms) -> Accrued:
    """Returns the interest of an invoice up to a day that no debit note asks yet, never below zero.

    What an open dispute holds is left out from the beginning; once the dispute is closed against the payer, all of it counts.
    """
    due, before = _to_date(invoice, on, terms), settled(invoice, on, terms)
    return Accrued(invoice.debt.number, max(ZERO, due.amount - before), due.delays)


@carries_out("CG-2.e")
def settled(invoice: LateInvoice, on: date, terms: InterestTerms) -> Decimal:
    """Returns how much of the interest of an invoice is asked for or given up, EUR.

    A credit note on a debit note first takes back what was charged too much by the day it was made; what it takes beyond that is given up,
    and stays settled.
    """
    held = ZERO
    for booking in _by_day(invoice.booked, on):
        if booking.amount >= ZERO:
            held += booking.amount
        else:
            wrong = max(ZERO, held - interest(invoice.debt, booking.on, terms).amount)
            held -= min(wrong, -booking.amount)
    return held


@carries_out("CG-2.e")
def charged_too_much(payer_id: str, invoice: LateInvoice, on: date, terms: InterestTerms) -> TooMuch | None:
    """Returns what was charged beyond the interest of an invoice as known now, None when nothing was.

    So it is when a credit note came later, or a payment was told late. What is contested only waits, and is not too much yet.
    """
    charged = sum((booking.amount for booking in _by_day(invoice.booked, on)), ZERO)
    due = interest(invoice.debt, on, terms).amount if charged > ZERO else ZERO
    return TooMuch(payer_id, invoice.debt.number, charged, due) if charged > due else None


@carries_out("CG-2.d", "CG-2.e")
def letters_charged(letters: Iterable[Letter], on: date) -> list[LateCharge]:
    """Returns what letters cost that were delivered by a day: sent so long ago that they would have come back. The fee, then the cost.

    The letter says what it costs, by the policy of its day and within its caps.
    """
    made: list[LateCharge] = []
    for letter in sorted(letters, key=lambda each: (each.sent_on, each.notice_id)):
        if letter.sent_on + timedelta(days=DAYS_UNTIL_DELIVERED) > on:
            continue
        day = (letter.sent_on, letter.sent_on)
        if letter.fee > ZERO:
            made.append(LateCharge("reminder_fee", letter.notice_id, *day, letter.fee, letter.policy, letter.clause))
        if letter.recovery_cost > ZERO:
            made.append(LateCharge("recovery_cost", letter.notice_id, *day, letter.recovery_cost, letter.policy, "CG-2.e"))
    return made


@carries_out("CG-2.e")
def costs_charged(costs: Iterable[Cost], policy: Policy, on: date) -> list[LateCharge]:
    """Returns the costs of recovery incurred by a day, each within the cap of the policy; what is above is not charged."""
    made: list[LateCharge] = []
    for cost in sorted(costs, key=lambda each: (each.incurred_on, each.cost_id)):
        amount = cost.amount if policy.caps is None else min(cost.amount, policy.caps.recovery_cost)
        if cost.incurred_on <= on and amount > ZERO:
            day = (cost.incurred_on, cost.incurred_on)
            made.append(LateCharge("recovery_cost", cost.cost_id, *day, amount, policy.name, "CG-2.e", cost.description))
    return made


def _interest(invoices: Sequence[LateInvoice], policy: Policy, on: date, terms: InterestTerms) -> list[LateCharge]:
    made: list[LateCharge] = []
    for invoice in sorted(invoices, key=lambda each: (each.debt.due_on, each.debt.number)):
        found = accrued(invoice, on, terms)
        if found.amount > ZERO:
            days = (found.delays[0].days.first, found.delays[-1].days.last)
            before = settled(invoice, on, terms)
            made.append(
                LateCharge("interest", invoice.invoice_id, *days, found.amount, policy.name, invoice.clause, "", before, found.delays)
            )
    return made


@carries_out("CG-2.c")
def _reactivations(restored: Iterable[Restored], policy: Policy, on: date) -> list[LateCharge]:
    """What restoring services cost that were restored by a day: nothing where the policy asks nothing."""
    fee = policy.reactivation_fee
    orders = sorted((order for order in restored if order.effective_on <= on), key=lambda each: each.order_no)
    days = ((order, order.effective_on) for order in orders if fee > ZERO)
    return [LateCharge("reactivation", order.order_no, day, day, fee, policy.name, "CG-2.e") for order, day in days]


def _to_date(invoice: LateInvoice, on: date, terms: InterestTerms) -> Interest:
    """The interest up to a day of what is not contested."""
    return interest(replace(invoice.debt, amount=max(ZERO, invoice.debt.amount - invoice.contested)), on, terms)


def _by_day(booked: Iterable[Booked], on: date) -> list[Booked]:
    """What was booked by a day, in order; on the same day charges before what was taken back."""
    return sorted((each for each in booked if each.on <= on), key=lambda each: (each.on, each.amount < ZERO))


__all__ = [
    "DAYS_UNTIL_DELIVERED", "Accrued", "Booked", "Charged", "Cost", "Earlier", "LateCharge", "LateInvoice", "LatePayer", "Letter",
    "Restored", "TooMuch", "What", "accrued", "charged_too_much", "costs_charged", "late_charges", "letters_charged", "settled", "terms_of",
]  # fmt: skip
