"""What a day of direct debits did, as a person reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.collections import Scheme
from tasks.collecting.gathering import Collecting


@dataclass(frozen=True, slots=True)
class FileMade:
    """A file for the bank: how many debits on which day, and how much they come to in EUR."""

    scheme: Scheme
    collected_on: date
    message_id: str
    path: str
    debits: int
    amount: Decimal

    def __str__(self) -> str:
        return f"{self.path}: {self.debits} {self.scheme} debits of {self.amount} EUR on {self.collected_on}, {self.message_id}"


@dataclass(frozen=True, slots=True)
class CollectionReceipt:
    """The files made on a day, `new` when this run made them; with `preview` what they would collect, and nothing is made."""

    on: date
    files: tuple[FileMade, ...]
    new: bool
    preview: bool = False
    collecting: tuple[Collecting, ...] = ()

    @property
    def figures(self) -> dict[str, int | str]:
        """Name → number or amount in EUR, for a table."""
        amount = sum((file.amount for file in self.files), Decimal("0.00"))
        return {"files": len(self.files), "debits": sum(file.debits for file in self.files), "EUR": f"{amount}"}

    def __str__(self) -> str:
        if self.preview:
            return "\n".join([f"direct debit {self.on}: {len(self.collecting)} debits would be made", *map(_line, self.collecting)])
        if not self.files:
            return f"direct debit {self.on}: nothing to collect"
        made = "" if self.new else ", made before and written again"
        return "\n".join([f"direct debit {self.on}: {len(self.files)} files{made}", *(f"  {file}" for file in self.files)])

    @property
    def markdown(self) -> str:
        """The same as a page: a table of the files."""
        rows = [("scheme", "debited on", "debits", "EUR", "file", "message"), ("---",) * 6]
        rows += [(one.scheme, f"{one.collected_on}", f"{one.debits}", f"{one.amount}", one.path, one.message_id) for one in self.files]
        return f"# Direct debit {self.on}\n\n{_table(rows) if self.files else 'Nothing to collect.'}\n"


def _line(one: Collecting) -> str:
    debit = one.debit
    under = f"{debit.mandate.scheme} mandate {debit.mandate.mandate_id}, {debit.sequence}"
    return f"  {debit.number}: {debit.amount} EUR of {one.owed.payer_id} on {debit.collected_on}, {under}"


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


__all__ = ["CollectionReceipt", "FileMade"]
