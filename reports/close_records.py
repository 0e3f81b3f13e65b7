"""What a close comes to, as one record: the page of finance and its workbook are both made from it.

Amounts are EUR to the cent, days `date`, moments in Brussels time. Nothing in it depends on when it was made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from billing.ageing import Bucket
from reports.gate_page import Finding, GateReport

if TYPE_CHECKING:
    from billing.change_reasons import Reasons

State = Literal["preview", "waiting", "closed"]
Kind = Literal["records", "elements", "euros"]
ZERO = Decimal("0.00")

SERVICES = {
    "business_telephony": "Business Telephony",
    "sip_trunking": "SIP Trunking",
    "web_meeting": "Web Meeting",
    "telavox": "Telavox",
}


@dataclass(frozen=True, slots=True)
class Totals:
    """What a close bills: documents, payers, EUR. Credit notes are part of the amounts, below zero."""

    invoices: int
    credit_notes: int
    payers: int
    net: Decimal
    vat: Decimal
    gross: Decimal


NOTHING = Totals(0, 0, 0, ZERO, ZERO, ZERO)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about the drafts; `why_not` says why it does not count, "" when it does."""

    decision: Literal["approve", "reject", "exclude"]
    decided_by: str
    decided_at: datetime
    comment: str
    excluded: tuple[str, ...]
    why_not: str


@dataclass(frozen=True, slots=True)
class Review:
    """Who was asked about the drafts, until when, and what was decided, oldest first."""

    asked_at: datetime | None
    deadline: datetime | None
    approvals_needed: int
    decisions: tuple[Decision, ...]
    approved_by: str
    approved_at: datetime | None

    @property
    def approvals(self) -> tuple[Decision, ...]:
        """The approvals that count."""
        return tuple(one for one in self.decisions if one.decision == "approve" and not one.why_not)


@dataclass(frozen=True, slots=True)
class ServiceTotal:
    """What a service brings in this close and brought in the last one, EUR without VAT; net = recurring + usage + other."""

    service: str
    recurring: Decimal
    usage: Decimal
    other: Decimal
    net: Decimal
    net_before: Decimal

    @property
    def name(self) -> str:
        """The service as it is called on paper."""
        return SERVICES.get(self.service, "Other")

    @property
    def change(self) -> Decimal:
        """How much more than in the last close, EUR."""
        return self.net - self.net_before


@dataclass(frozen=True, slots=True)
class PartnerTotal:
    """What a partner and the clients it brought are billed in this close and were in the last, EUR without VAT; "" = no partner."""

    partner_id: str
    partner_name: str
    payers: int
    net: Decimal
    net_before: Decimal

    @property
    def name(self) -> str:
        """The partner as people call it."""
        return self.partner_name or self.partner_id or "Direct clients"

    @property
    def change(self) -> Decimal:
        """How much more than in the last close, EUR."""
        return self.net - self.net_before


@dataclass(frozen=True, slots=True)
class DestinationTotal:
    """Traffic billed to a destination group: calls, messages or sessions; charged and in packs in minutes or megabytes; EUR.

    `unit` is "min" for calls, "MB" for data and "" for messages, whose charged and in-pack figures are their number.
    """

    group: str
    name: str
    unit: Literal["min", "MB", ""]
    records: int
    charged: Decimal
    in_pack: Decimal
    net: Decimal
    net_before: Decimal

    @property
    def change(self) -> Decimal:
        """How much more than in the last close, EUR."""
        return self.net - self.net_before


@dataclass(frozen=True, slots=True)
class PayerChange:
    """A payer whose bill changed much since the last close, and why, in words; `link` leads to its PDF, "" when there is none."""

    payer_id: str
    name: str
    net: Decimal
    net_before: Decimal
    reasons: Reasons
    explanation: str
    link: str

    @property
    def change(self) -> Decimal:
        """How much more than in the last close, EUR."""
        return self.net - self.net_before


@dataclass(frozen=True, slots=True)
class Parked:
    """A payer left out of the close with what it would have been billed (EUR without VAT; None = not noted), why, and the way out."""

    payer_id: str
    name: str
    charged: Decimal | None
    reason: str
    advice: str


@dataclass(frozen=True, slots=True)
class NotInForce:
    """A contract that was not billed, and which acts it still lacks (GC-2.2)."""

    contract_id: str
    payer_id: str
    name: str
    missing: str


@dataclass(frozen=True, slots=True)
class Failed:
    """An invoice that did not reach its payer."""

    number: str
    payer_id: str
    channel: str
    reason: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of what was to be accounted for: where it came from or went to, how much, and what that means."""

    what: str
    amount: Decimal
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class ReconciliationRow:
    """What came in and where each of it went; whole numbers, or EUR to the cent."""

    kind: Kind
    label: str
    came_in: tuple[Part, ...]
    went_to: tuple[Part, ...]

    @property
    def total(self) -> Decimal:
        """All that came in."""
        return sum((part.amount for part in self.came_in), Decimal(0))

    @property
    def difference(self) -> Decimal:
        """What came in and went nowhere: zero, or something is wrong."""
        return self.total - sum((part.amount for part in self.went_to), Decimal(0))


@dataclass(frozen=True, slots=True)
class AgeingBucket:
    """What is open of an age on the close date, EUR with VAT; what is contested is part of it."""

    bucket: Bucket
    amount: Decimal
    contested: Decimal

    @property
    def name(self) -> str:
        """The age in words."""
        return {
            "not_due": "Not due",
            "1_30": "1 to 30 days late",
            "31_60": "31 to 60 days late",
            "61_90": "61 to 90 days late",
            "over_90": "More than 90 days late",
        }[self.bucket]


@dataclass(frozen=True, slots=True)
class Receivables:
    """What payers owe on the close date, EUR with VAT; `in_favour` is theirs and is not in the buckets."""

    on: date
    buckets: tuple[AgeingBucket, ...]
    debtors: int
    in_favour: Decimal

    @property
    def total(self) -> Decimal:
        """All that is open."""
        return sum((one.amount for one in self.buckets), ZERO)

    @property
    def contested(self) -> Decimal:
        """What of it is contested."""
        return sum((one.contested for one in self.buckets), ZERO)

    @property
    def overdue(self) -> Decimal:
        """What of it is past its due date."""
        return sum((one.amount for one in self.buckets if one.bucket != "not_due"), ZERO)


@dataclass(frozen=True, slots=True)
class DunningLevel:
    """The letters of a level sent since the last close date, up to this one: to how many payers, about how much, EUR with VAT."""

    level: int
    letters: int
    payers: int
    open_amount: Decimal


@dataclass(frozen=True, slots=True)
class Policy:
    """A dunning policy in use and what it rests on; `segment` "" is everybody else."""

    segment: str
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file of the close beside the report: its path from there, its size in bytes, its sha256 in hex."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class DocumentFiles:
    """Documents of a kind that the close drew: how many files, and their size together in bytes."""

    kind: str
    files: int
    size: int


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """A document of the close, EUR; a draft has no number and no due date. `link` leads to its PDF, "" when there is none."""

    number: str
    kind: str
    payer_id: str
    name: str
    net: Decimal
    vat: Decimal
    gross: Decimal
    due_on: date | None
    link: str


@dataclass(frozen=True, slots=True)
class ChargeTotal:
    """What the lines of a kind of charge come to, EUR without VAT."""

    charge: str
    lines: int
    net: Decimal


@dataclass(frozen=True, slots=True)
class CloseReport:
    """All the report shows. `before` is the month of the last close, None when this is the first; `folder` names where it lies."""

    state: State
    month: date
    on: date
    before: date | None
    issued_on: date | None
    review: Review
    totals: Totals
    totals_before: Totals
    reasons: Reasons
    services: tuple[ServiceTotal, ...]
    partners: tuple[PartnerTotal, ...]
    destinations: tuple[DestinationTotal, ...]
    changes: tuple[PayerChange, ...]
    charges: tuple[ChargeTotal, ...]
    gates: tuple[GateReport, ...]
    parked: tuple[Parked, ...]
    not_in_force: tuple[NotInForce, ...]
    failed: tuple[Failed, ...]
    mailed: int
    published: int
    reconciliation: tuple[ReconciliationRow, ...]
    receivables: Receivables
    dunning: tuple[DunningLevel, ...]
    policies: tuple[Policy, ...]
    snapshot_on: date | None
    elements: int
    content_hash: str
    order_invoices: int
    order_net: Decimal
    documents: tuple[DocumentFiles, ...]
    files: tuple[FileEntry, ...]
    invoices: tuple[InvoiceRow, ...]
    payers: tuple[PayerChange, ...] = ()  # all payers of either month, by payer; `changes` are the largest of them

    @property
    def name(self) -> str:
        """The month as a person says it: October 2026."""
        return f"{self.month:%B %Y}"

    @property
    def warnings(self) -> tuple[tuple[GateReport, Finding], ...]:
        """Everything a gate let pass with a warning."""
        return tuple((gate, finding) for gate in self.gates for finding in gate.warnings)

    @property
    def stops(self) -> tuple[tuple[GateReport, Finding], ...]:
        """Everything a gate stopped the close for."""
        return tuple((gate, finding) for gate in self.gates for finding in gate.stops)

    @property
    def unreconciled(self) -> tuple[ReconciliationRow, ...]:
        """The rows of the reconciliation with a difference."""
        return tuple(row for row in self.reconciliation if row.difference)

    @property
    def to_do(self) -> int:
        """How many things wait for a person."""
        return len(self.parked) + len(self.not_in_force) + len(self.failed)
