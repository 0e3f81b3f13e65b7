"""The end of a fixed term, as an invoice has to show it while the term runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from billing.clause import carries_out
from billing.contract import Contract, term_end
from billing.period import DAY
from billing.terms import terms_of


@dataclass(frozen=True, slots=True)
class FixedTerm:
    """The last day of the minimum term; None once it is over and the contract runs on, month by month."""

    until: date | None


@carries_out("CG-3.a", "GC-11.2")
def fixed_term(contract: Contract, on: date, *, is_terminated: bool) -> FixedTerm | None:
    """Returns what an invoice of a day says of the term of a contract, None when there is nothing to say.

    Nothing for a contract without a term or a start of its own. After the term a contract that needed notice to end with it runs on
    and can be ended at any time (GC-11.2), unless it was terminated; of another nothing is said.
    """
    if contract.starts_on is None or not contract.term_months:
        return None
    past = term_end(contract, contract.starts_on, None)
    if on < past:
        return FixedTerm(past - DAY)
    return FixedTerm(None) if terms_of(contract.terms).notice_months and not is_terminated else None


@carries_out("CG-3.a", "GC-2.1")
def term_of_line(contract: Contract, line_starts_on: date, min_months: int | None, on: date) -> date | None:
    """Returns the last day of the minimum term of an order line where it is not that of its contract, None once it is over."""
    past = term_end(contract, line_starts_on, min_months)
    if past <= on or (contract.starts_on is not None and past == term_end(contract, contract.starts_on, None)):
        return None
    return past - DAY


__all__ = ["FixedTerm", "fixed_term", "term_of_line"]
