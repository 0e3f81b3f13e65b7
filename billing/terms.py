"""The two regimes of the commercial terms as two values of one type: what each decides where contract and order line say nothing.

The rules read these values and never ask which regime they are in. The service contract prevails (GC-2.1): payment days and term of
the contract, term, price and last day of the order line and the timing of its product override what stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Literal

from billing.clause import carries_out

TERM_MONTHS = 24
PAYMENT_DAYS = 30

Ends = Literal["after_days_charged", "with_term"]
Act = Literal["letter", "breach"]


@dataclass(frozen=True, slots=True)
class Terms:
    """One regime. Months and days are whole; amounts are EUR, excluding VAT."""

    name: str
    timing: Literal["advance", "arrears"]  # of what recurs, where the product does not say
    term_months: int  # of a contract that names no term
    payment_days: int  # from the invoice date, of a contract that names none
    price_notice: timedelta | None  # a change of a price needs to be told so long before; None = none is needed

    ends: Ends  # what a letter of termination has to wait for
    notice_months: int  # between the letter and the end of the term, for the contract to end with it; 0 = none
    end_clause: str

    refund_from: Decimal | None  # what one termination gives back at least for it to be paid; None = nothing is given back
    refund_clause: str

    balance_after: Act  # what makes the rest of the term due: a letter that ends it early, or the operator's end after a breach
    balance_clause: str


ALLOCLOUD = Terms(
    name="allocloud",
    timing="advance",
    term_months=TERM_MONTHS,
    payment_days=PAYMENT_DAYS,
    price_notice=None,
    ends="after_days_charged",
    notice_months=0,
    end_clause="CG-3.b",
    refund_from=None,
    refund_clause="CG-3.c",
    balance_after="letter",
    balance_clause="CG-3.d",
)
TELAVOX = Terms(
    name="telavox",
    timing="arrears",
    term_months=TERM_MONTHS,
    payment_days=PAYMENT_DAYS,
    price_notice=timedelta(days=30),
    ends="with_term",
    notice_months=3,
    end_clause="GC-11.2",
    refund_from=Decimal("10.00"),
    refund_clause="GC-13.2",
    balance_after="breach",
    balance_clause="GC-13.3",
)

TERMS: Mapping[str, Terms] = {terms.name: terms for terms in (ALLOCLOUD, TELAVOX)}


@carries_out("GC-2.1")
def terms_of(name: str) -> Terms:
    """Returns the regime a contract was concluded under. Raises ValueError for a name there is no regime of."""
    try:
        return TERMS[name]
    except KeyError:
        raise ValueError(f"there are no terms {name!r}; a contract is under one of {', '.join(TERMS)}") from None


def terms_of_service(service: str) -> Terms:
    """Returns the regime whose price list a service is in: a price version knows its product, not the contracts that order it."""
    return TELAVOX if service == TELAVOX.name else ALLOCLOUD


__all__ = ["ALLOCLOUD", "PAYMENT_DAYS", "TELAVOX", "TERMS", "TERM_MONTHS", "Terms", "terms_of", "terms_of_service"]
