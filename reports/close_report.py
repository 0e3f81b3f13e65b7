"""The close report: what finance reads when a month is closed, from the state of it down to each invoice. One HTML file, printable."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reports.gate_page import Finding, GateReport
from reports.pages import page

SERVICES = {
    "business_telephony": "Business Telephony",
    "sip_trunking": "SIP Trunking",
    "web_meeting": "Web Meeting",
    "telavox": "Telavox",
}


@dataclass(frozen=True, slots=True)
class ServiceTotal:
    """What a service brings in this close, EUR without VAT."""

    service: str
    recurring: Decimal
    usage: Decimal
    other: Decimal
    net: Decimal

    @property
    def name(self) -> str:
        """The service as it is called on paper."""
        return SERVICES.get(self.service, "Other")


@dataclass(frozen=True, slots=True)
class Parked:
    """A payer left out of the close, why, and the way out."""

    payer_id: str
    name: str
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
class UsageTotal:
    """How many records ended in a status, and what they cost in EUR."""

    status: str
    meaning: str
    records: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Failed:
    """An invoice that did not reach its payer."""

    number: str
    payer_id: str
    channel: str
    reason: str


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice of the close; `link` leads to its PDF from the report, empty when there is none. EUR."""

    number: str
    payer_id: str
    name: str
    net: Decimal
    vat: Decimal
    gross: Decimal
    due_on: date
    link: str


@dataclass(frozen=True, slots=True)
class CloseReport:
    """All the report shows. Amounts in EUR; nothing in it depends on when it was made."""

    month: date
    on: date
    approved_by: str
    net: Decimal
    vat: Decimal
    gross: Decimal
    payers: int
    services: tuple[ServiceTotal, ...]
    gates: tuple[GateReport, ...]
    parked: tuple[Parked, ...]
    not_in_force: tuple[NotInForce, ...]
    usage: tuple[UsageTotal, ...]
    mailed: int
    published: int
    failed: tuple[Failed, ...]
    invoices: tuple[InvoiceRow, ...]
    order_invoices: int
    order_net: Decimal
    snapshot_on: date | None
    elements: int
    content_hash: str
    policy: str
    policy_source: str

    @property
    def warnings(self) -> tuple[tuple[GateReport, Finding], ...]:
        """Everything a gate let pass with a warning."""
        return tuple((gate, finding) for gate in self.gates for finding in gate.warnings)

    @property
    def credit_notes(self) -> int:
        """How many of the documents are credit notes: what is in the payer's favour."""
        return sum(row.gross < 0 for row in self.invoices)

    @property
    def to_do(self) -> int:
        """How many things wait for a person."""
        return len(self.parked) + len(self.not_in_force) + len(self.failed)

    @property
    def state(self) -> str:
        """The close in one sentence."""
        if not self.to_do and not self.warnings:
            return "Closed. Every check passed and every invoice is with its payer."
        parts = [
            _number(len(self.parked), "payer is parked", "payers are parked"),
            _number(len(self.not_in_force), "contract is not in force", "contracts are not in force"),
            _number(len(self.failed), "invoice did not arrive", "invoices did not arrive"),
            _number(len(self.warnings), "warning to look at", "warnings to look at"),
        ]
        return f"Closed, with something left to do: {', '.join(part for part in parts if part)}."


def render(report: CloseReport) -> bytes:
    """Returns the report as self-contained HTML in UTF-8."""
    return page("close_report.html", report=report, title=f"Close {report.month:%Y-%m}")


def _number(count: int, one: str, many: str) -> str:
    return "" if count == 0 else f"{count} {one if count == 1 else many}"
