"""Disputes (CG-4, GC-9.3, GC-14.2): what is contested is held out of dunning, and a guarantee that covers it bars suspension."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from billing.clause import carries_out
from billing.money import ZERO

Phase = Literal["claim", "mediation", "court"]

PHASES: tuple[Phase, ...] = ("claim", "mediation", "court")
CLAIM_DAYS = 30


@dataclass(frozen=True, slots=True)
class Dispute:
    """What a customer contests of an invoice, in EUR including VAT, and what a bank guarantee covers of it (0.00 = none).

    `closed_on` is the day it was settled; from that day on it holds nothing back. None = open.
    """

    dispute_id: str
    invoice_number: str
    opened_on: date
    amount: Decimal
    phase: Phase
    guarantee: Decimal = ZERO
    closed_on: date | None = None

    def is_open(self, on: date) -> bool:
        """Returns whether the dispute stands on a day: from the day it was opened, until the day it was closed."""
        return self.opened_on <= on and (self.closed_on is None or on < self.closed_on)


@carries_out("GC-14.2")
def is_late(dispute: Dispute, invoiced_on: date) -> bool:
    """Returns whether a claim came more than 30 days after the invoice: it is marked, and a human decides what becomes of it."""
    return (dispute.opened_on - invoiced_on).days > CLAIM_DAYS


@carries_out("GC-9.3")
def contested(disputes: Iterable[Dispute], invoice_number: str, open_amount: Decimal, on: date) -> Decimal:
    """Returns how much of an invoice no reminder may ask for on a day, in EUR: what is contested of it, at most what is open.

    A late claim counts until a human has closed it.
    """
    return min(open_amount, claimed(disputes, invoice_number, on))


def claimed(disputes: Iterable[Dispute], invoice_number: str, on: date) -> Decimal:
    """Returns what is contested of an invoice on a day by all its disputes together, whatever is still open of it, in EUR."""
    return sum((each.amount for each in _standing(disputes, invoice_number, on)), ZERO)


@carries_out("GC-9.3")
def covered(disputes: Iterable[Dispute], invoice_number: str, open_amount: Decimal, on: date) -> Decimal:
    """Returns how much of an invoice cannot be a ground to suspend on a day, in EUR.

    That is what is contested as far as the bank guarantee of that dispute covers it, at most what is open.
    """
    return min(open_amount, sum((min(each.amount, each.guarantee) for each in _standing(disputes, invoice_number, on)), ZERO))


@carries_out("CG-4")
def may_become(before: Phase, after: Phase) -> bool:
    """Returns whether a dispute may go from one phase to another: a claim, then mediation, then the courts, none left out, never back."""
    return PHASES.index(after) - PHASES.index(before) in {0, 1}


def _standing(disputes: Iterable[Dispute], invoice_number: str, on: date) -> Iterable[Dispute]:
    return (each for each in disputes if each.invoice_number == invoice_number and each.is_open(on))
