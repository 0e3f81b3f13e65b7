"""The document an explanation is about, and how the explanation is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from billing.numbering import InvoiceKind
from billing.period import Period
from tasks.ledger import Run, RunKind


@dataclass(frozen=True, slots=True)
class Document:
    """An issued document, its payer as it was taxed, and the run that made it."""

    invoice_id: int
    number: str
    kind: InvoiceKind
    payer_id: str
    payer_version: int
    issued_on: date
    due_on: date
    net: Decimal
    vat: Decimal
    gross: Decimal
    credits_invoice_id: int | None
    reason: str
    run_id: int
    run_kind: RunKind
    period: date | None
    run_on: date
    subject: str
    request: str
    country: str
    vat_number: str
    charged_import: int | None
    drafts_import: int

    @property
    def import_no(self) -> int:
        """The import its charges were made from."""
        return self.drafts_import if self.charged_import is None else self.charged_import

    @property
    def made_by(self) -> str:
        """The run as people call it."""
        period = Period.month_of(self.period) if self.period else None
        return Run(self.run_id, self.run_kind, period, self.run_on, self.drafts_import, self.subject).name


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A line of it; days inclusive."""

    line_seq: int
    contract_id: str
    end_client_id: str
    line_id: str
    line_no: int | None
    product: str
    description: str
    charge: str
    from_day: date
    to_day: date
    quantity: Decimal
    unit_price: Decimal | None
    net: Decimal
    vat_category: str
    vat_rate: Decimal
    clause: str
    note: str
    credits_line_seq: int | None


@dataclass(slots=True)
class Explained:
    """How an amount came to be, line by line, and what it comes to when it is computed here: always the net of the line."""

    net: Decimal
    said: list[str] = field(default_factory=list)

    def say(self, about: str, text: str) -> None:
        """One more line, with what it is about in front."""
        self.said.append(f"  {about:<11}{text}")


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step of a run: the import it read and the settings of its rules."""

    step: str
    import_no: int
    settings: object


@dataclass(frozen=True, slots=True)
class Explaining:
    """The document being explained, with all its lines: an SLA credit turns on the others."""

    document: Document
    lines: Sequence[DocumentLine]
