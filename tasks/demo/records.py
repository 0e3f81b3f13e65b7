"""The rows of the feed's tables, and how a table is written."""

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Party:
    """Who buys, or whose services are bought by a partner."""

    party_id: str
    role: str
    partner_id: str
    name: str
    language: str
    billing_emails: str
    delivery: str
    street: str
    postal_code: str
    city: str
    country: str
    vat_number: str
    peppol_id: str


@dataclass(frozen=True, slots=True)
class Contract:
    """What was agreed, and when each of the four conditions of GC-2.2 was met."""

    contract_id: str
    payer_id: str
    terms: str
    signed_on: date | None
    credit_approved_on: date | None
    deposit_required: Decimal | None
    deposit_received_on: date | None
    confirmed_on: date | None
    starts_on: date
    term_months: int
    payment_days: int


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One product ordered for one end client."""

    line_id: str
    contract_id: str
    end_client_id: str
    product: str
    quantity: int
    unit_price: Decimal | None
    starts_on: date
    ends_on: date | None
    min_months: int | None
    charged_through: date | None


@dataclass(frozen=True, slots=True)
class Product:
    """What is sold, in three languages."""

    product: str
    service: str
    kind: str
    timing: str
    name_fr: str
    name_nl: str
    name_en: str
    revenue_account: str


@dataclass(frozen=True, slots=True)
class Price:
    """One version of a list price."""

    product: str
    valid_from: date
    unit_price: Decimal
    announced_on: date


@dataclass(frozen=True, slots=True)
class Pack:
    """What one unit of a pack gives a month for one destination group."""

    product: str
    valid_from: date
    destination_group: str
    minutes: int | None
    data_mb: int | None


@dataclass(frozen=True, slots=True)
class Rate:
    """One version of one prefix of a deck."""

    deck: str
    prefix: str
    destination: str
    destination_group: str
    valid_from: date
    per_minute: Decimal
    setup: Decimal
    first_increment: int | None
    next_increment: int | None


@dataclass(frozen=True, slots=True)
class Charge:
    """An ad-hoc charge with its reason."""

    charge_id: str
    contract_id: str
    end_client_id: str
    on: date
    product: str
    description: str
    quantity: int
    unit_price: Decimal | None
    reason_clause: str


@dataclass(frozen=True, slots=True)
class Credit:
    """A credit promised, as after an outage."""

    credit_id: str
    contract_id: str
    end_client_id: str
    on: date
    amount: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class Termination:
    """A letter that ends a contract or a line, or a proof of bankruptcy."""

    termination_id: str
    contract_id: str
    line_id: str
    end_client_id: str
    by: str
    received_on: date
    requested_on: date | None
    client_breach: bool
    proof: str


@dataclass(frozen=True, slots=True)
class Dispute:
    """An amount a payer contests."""

    dispute_id: str
    invoice_number: str
    opened_on: date
    amount: Decimal
    phase: str
    guarantee_amount: Decimal | None
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class Deposit:
    """Money or a guarantee held for a payer."""

    deposit_id: str
    payer_id: str
    on: date
    amount: Decimal
    kind: str


@dataclass(frozen=True, slots=True)
class Mandate:
    """By which the account of a payer is debited."""

    mandate_id: str
    payer_id: str
    iban: str
    bic: str
    holder: str
    signed_on: date
    scheme: str
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Segment:
    """The customer segment of a payer, which has a dunning policy of its own."""

    segment_id: str
    payer_id: str
    segment: str
    valid_from: date


@dataclass(frozen=True, slots=True)
class RecoveryCost:
    """What it cost to recover a debt."""

    cost_id: str
    payer_id: str
    on: date
    amount: Decimal
    description: str


@dataclass(frozen=True, slots=True)
class Suspension:
    """Days an end client is on minimum service."""

    suspension_id: str
    end_client_id: str
    starts_on: date
    ends_on: date | None
    reason_clause: str
    note: str


@dataclass(frozen=True, slots=True)
class Element:
    """Something configured on the platform on every day from `first` on, and before `past` where that is given."""

    line_id: str
    element_id: str
    kind: str
    label: str
    first: date
    past: date | None = None


Record = (
    Party | Contract | OrderLine | Product | Price | Pack | Rate | Charge | Credit | Termination | Dispute | Deposit | Suspension
    | Mandate | Segment | RecoveryCost
)


def table_bytes(kind: type[Record], records: Iterable[Record]) -> bytes:
    """Returns the table as UTF-8 CSV with a header; ISO days, decimal points, true/false, empty = not given."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([field.name for field in fields(kind)])
    writer.writerows([_cell(value) for value in astuple(record)] for record in records)
    return text.getvalue().encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)
