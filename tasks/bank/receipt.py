"""What an import of bank statements did, as a person reads it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from billing.matching import BY_ACCOUNT, BY_COLLECTION, BY_COMMUNICATION, BY_RETURN, OUTGOING, UNMATCHED
from tasks.feed.rejects import Reject

MATCHED = (BY_COMMUNICATION, BY_ACCOUNT, BY_COLLECTION)


@dataclass(frozen=True, slots=True)
class LedgerTotals:
    """The money ledger in all: received = on invoices + on account + unmatched. EUR."""

    received: Decimal
    on_invoices: Decimal
    on_account: Decimal
    unmatched: Decimal

    def __str__(self) -> str:
        places = f"on invoices {self.on_invoices} + on account {self.on_account} + unmatched {self.unmatched}"
        return f"money received {self.received} EUR = {places}"


@dataclass(frozen=True, slots=True)
class BankReceipt:
    """An import of bank statements: what is new, what was there, where the movements went, and what was refused.

    `totals` are those of the whole ledger, `rejects` all that is open, `worklist` how many movements wait for a person.
    """

    statements: int
    known: int
    later: int
    movements: int
    how: Counter[str]
    totals: LedgerTotals
    worklist: int
    rejects: Sequence[Reject]

    @property
    def figures(self) -> Mapping[str, int | str]:
        """Name → number, for a table."""
        return {
            "statements": self.statements,
            "movements": self.movements,
            "matched": sum(self.how[how] for how in MATCHED),
            "returned": self.how[BY_RETURN],
            "outgoing": self.how[OUTGOING],
            "unmatched": self.how[UNMATCHED],
            "refused": len(self.rejects),
        }

    def __str__(self) -> str:
        known = f", {self.known} known" if self.known else ""
        later = f", {self.later} of a later day left" if self.later else ""
        matched = ", ".join(f"{self.figures[name]} {name}" for name in ("matched", "returned", "outgoing", "unmatched", "refused"))
        lines = [
            f"bank: {self.statements} new statements{known}{later}, {self.movements} movements: {matched}",
            f"  {self.totals}",
        ]
        if self.worklist:
            lines.append(f"  {self.worklist} on the worklist, unmatched.csv: the form allocate-payment, or `billing allocate`")
        return "\n".join([*lines, *(f"  refused: {_where(one)}: {one.reason}" for one in self.rejects)])


def _where(one: Reject) -> str:
    return f"{one.path} line {one.line}" if one.line else one.path


__all__ = ["BankReceipt", "LedgerTotals"]
