"""What allows to suspend a payer's services, whom that reaches, and whom sales may then call (CG-2.c, CG-2.f, GC-9.1, GC-9.3).

A suspension is minimum service, emergency calls only. It never ends a subscription, and its fees go on (CG-2.c, GC-5.5).
`billing.suspension_orders` says what becomes of an order once it is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from billing.clause import carries_out
from billing.deposits import Movement, held
from billing.dunning import SentNotice, Suspension
from billing.money import ZERO
from billing.period import DAY


@dataclass(frozen=True, slots=True)
class Arrears:
    """An unpaid invoice or debit note: what is open of it, and how much of that is kept out of any suspension (GC-9.3). EUR."""

    number: str
    due_on: date
    open_amount: Decimal
    covered: Decimal = ZERO
    kind: str = "invoice"

    @property
    def counts(self) -> Decimal:
        """What may be a ground: of an invoice the open amount without its covered part, never below zero; nothing of a debit note."""
        return max(ZERO, self.open_amount - self.covered) if self.kind == "invoice" else ZERO


@dataclass(frozen=True, slots=True)
class Security:
    """The deposit or guarantee asked of a payer, to be there by a day, what it has given, and what was taken of that since. EUR."""

    asked: Decimal
    due_by: date
    given: Decimal
    taken: Decimal = ZERO

    @property
    def held(self) -> Decimal:
        """What is there of it."""
        return self.given - self.taken


@dataclass(frozen=True, slots=True)
class Request:
    """A deposit or guarantee asked for: so much is to be held in all, by a day at the latest. EUR."""

    request_id: str
    payer_id: str
    requested_on: date
    amount: Decimal
    due_by: date


@dataclass(frozen=True, slots=True)
class Ground:
    """Why services may be suspended: the clause, the first day it holds, the amount it rests on, and the invoices, oldest first."""

    clause: str
    since: date
    amount: Decimal
    invoices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Served:
    """An end client with a service under a contract of a payer; they are the same party where no partner stands between."""

    payer_id: str
    end_client_id: str
    name: str


@dataclass(frozen=True, slots=True)
class SuspensionOrder:
    """What the platform is asked for: minimum service for each end client, listed by name, on these grounds."""

    payer_id: str
    ordered_on: date
    end_clients: tuple[Served, ...]
    grounds: tuple[Ground, ...]
    measure: Literal["minimum_service"] = "minimum_service"


@carries_out("GC-9.1.b", "GC-9.1.c")
def security(requests: Iterable[Request], moved: Sequence[Movement], set_off: Sequence[Movement], on: date) -> Security | None:
    """Returns what was asked of a payer and given by a day, from the newest request; None where nothing was asked or given.

    Given: what was held at the end of the day of the request, and what came in after it. What the operator then set off or gave back
    was given all the same, so it is no ground by itself; it is only not there any more for the debts.
    """
    known = sorted((each for each in requests if each.requested_on <= on), key=lambda each: (each.requested_on, each.request_id))
    if not known and not any(movement.moved_on <= on for movement in moved):
        return None
    asked, asked_on, due_by = (known[-1].amount, known[-1].requested_on, known[-1].due_by) if known else (ZERO, on, on)
    came = sum((each.amount for each in moved if asked_on < each.moved_on <= on and each.amount > ZERO), ZERO)
    given = held([*moved, *set_off], asked_on) + came
    return Security(asked, due_by, given, given - held([*moved, *set_off], on))


def grounds(
    arrears: Sequence[Arrears], delivered: Sequence[SentNotice], security: Security | None, policy: Suspension, on: date
) -> tuple[Ground, ...]:
    """Returns every ground that holds on a day, by clause; empty = the service is to be left alone, or restored.

    `delivered` are the reminders that reached the payer.
    """
    found = (late_payment(arrears, delivered, policy, on), security_missing(security, on), security_exceeded(arrears, security, on))
    return tuple(ground for ground in found if ground is not None)


@carries_out("GC-9.1.a", "GC-9.3")
def late_payment(arrears: Sequence[Arrears], delivered: Sequence[SentNotice], policy: Suspension, on: date) -> Ground | None:
    """Returns the ground of payment more than 20 days late despite reminders, or None.

    An invoice counts from day 21 after its due date, once a reminder that listed it was delivered 7 days earlier (both by the policy).
    """
    late = [(since, each) for each in arrears if (since := _late_since(each, delivered, policy)) is not None and since <= on]
    if not late:
        return None
    oldest_first = sorted((each for _, each in late), key=lambda each: (each.due_on, each.number))
    amount = sum((each.counts for each in oldest_first), ZERO)
    return Ground(policy.clause, min(since for since, _ in late), amount, tuple(each.number for each in oldest_first))


@carries_out("GC-9.1.b")
def security_missing(security: Security | None, on: date) -> Ground | None:
    """Returns the ground of a deposit or guarantee not given by the day asked, for what lacks of it, or None. That day is not late."""
    if security is None or on <= security.due_by or security.given >= security.asked:
        return None
    return Ground("GC-9.1.b", security.due_by + DAY, security.asked - security.given)


@carries_out("GC-9.1.c", "GC-9.3")
def security_exceeded(arrears: Sequence[Arrears], security: Security | None, on: date) -> Ground | None:
    """Returns the ground of debts that exceed the deposit or guarantee held, for what exceeds it, or None.

    Only invoices past their due date are counted as debts, so that an ordinary invoice suspends nobody, nor does a debit note.
    """
    if security is None or security.held <= ZERO:
        return None
    debts = sorted((each for each in arrears if each.due_on < on and each.counts > ZERO), key=lambda each: (each.due_on, each.number))
    owed = ZERO
    since = None
    for each in debts:
        owed += each.counts
        if since is None and owed > security.held:
            since = each.due_on + DAY
    return Ground("GC-9.1.c", since, owed - security.held, tuple(each.number for each in debts)) if since else None


@carries_out("CG-2.c")
def reached(payer_id: str, served: Iterable[Served]) -> tuple[Served, ...]:
    """Returns whom the suspension of a payer reaches, by name: itself where it uses the service, all end clients of a partner."""
    theirs = {each.end_client_id: each for each in served if each.payer_id == payer_id}
    return tuple(sorted(theirs.values(), key=lambda each: (each.name, each.end_client_id)))


@carries_out("CG-2.f")
def contact_list(payer_id: str, served: Iterable[Served]) -> tuple[Served, ...]:
    """Returns the end clients of a partner in default whom sales may call with an alternative, by name; none where there is no partner."""
    return tuple(each for each in reached(payer_id, served) if each.end_client_id != payer_id)


@carries_out("CG-2.c", "BT-2.k", "ST-2.f")
def suspension_order(payer_id: str, held: Sequence[Ground], served: Iterable[Served], on: date) -> SuspensionOrder | None:
    """Returns the order for a day: minimum service, never a cut and never the end of a subscription. None without ground or service."""
    whom = reached(payer_id, served)
    return SuspensionOrder(payer_id, on, whom, tuple(held)) if held and whom else None


def _late_since(invoice: Arrears, delivered: Sequence[SentNotice], policy: Suspension) -> date | None:
    """The first day an invoice is a ground by itself; None while no reminder that lists it was delivered."""
    reminded = min((notice.sent_on for notice in delivered if invoice.number in notice.invoices), default=None)
    if reminded is None or not invoice.counts:
        return None
    return max(
        invoice.due_on + timedelta(days=policy.days_overdue_at_least), reminded + timedelta(days=policy.days_after_reminder_at_least)
    )
