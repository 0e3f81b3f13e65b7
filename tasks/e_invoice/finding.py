"""What is wrong with an e-invoice, one thing at a time."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Severity = Literal["fatal", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a document breaks. `fatal`: somebody refuses the document. `text` says what is wrong and where."""

    name: str
    rule: str
    severity: Severity
    text: str

    def __str__(self) -> str:
        return f"{self.name}: {self.severity} {self.rule}: {self.text}"


@dataclass(frozen=True, slots=True)
class Figures:
    """What a document says it is: its number and its sums in EUR, as they stand there (a credit note's are positive)."""

    number: str
    kind: str  # 380 an invoice, 381 a credit note, 383 a debit note, "" when it does not say
    net: Decimal | None
    vat: Decimal | None
    gross: Decimal | None


@dataclass(frozen=True, slots=True)
class Look:
    """All that was found in one document; without `figures` it could not even be read."""

    name: str
    figures: Figures | None
    findings: tuple[Finding, ...]


class RulesRefused(ValueError):
    """A copy of the Peppol rules that cannot be used; the message says why and what to do."""
