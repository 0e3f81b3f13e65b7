"""Which prepaid subscriptions may be switched on: those of which the invoice that charged the term is paid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Literal

from billing.clause import carries_out
from billing.money import ZERO


@dataclass(frozen=True, slots=True)
class Settled:
    """What settled a part of an invoice on a day: a payment, a deposit set off, or a credit note. EUR including VAT."""

    settled_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Release:
    """Whether a subscription may be switched on: what is open of its invoice, and the day the last cent came (None = not yet)."""

    open_amount: Decimal
    paid_on: date | None

    @property
    def state(self) -> Literal["activate", "wait"]:
        """What the platform is told."""
        return "wait" if self.paid_on is None else "activate"


@carries_out("WM-2.a", "WM-2.b")
def release(gross: Decimal, issued_on: date, settled: Iterable[Settled], on: date) -> Release:
    """Returns how an invoice stands on a day: its subscription is released once nothing of it is open.

    Payments count from the day they were made, credit notes and deposits set off like them. An invoice of nothing, as when an
    SLA credit covers all of it, is paid the day it is issued.
    """
    if gross <= 0:
        return Release(ZERO, issued_on)
    ours = sorted((one for one in settled if one.settled_on <= on), key=lambda one: one.settled_on)
    so_far = accumulate(one.amount for one in ours)
    paid_on = next((one.settled_on for one, paid in zip(ours, so_far, strict=True) if paid >= gross), None)
    return Release(max(gross - sum((one.amount for one in ours), ZERO), ZERO), paid_on)
