"""What the amounts of a document were made from, as the ledger keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from billing.counting import CountRule
from billing.order import OrderLine
from billing.period import Period


@dataclass(frozen=True, slots=True)
class Charge:
    """Days of a line that a run charged."""

    first: date
    past: date
    charge: Literal["recurring", "pro_rata", "balance"]
    quantity: int
    unit_price: Decimal
    net: Decimal
    clause: str
    count_rule: CountRule | Literal["previous_invoice"]
    count_clause: str
    counted: int | None
    ordered: int
    price_from: date | None

    @property
    def days(self) -> Period:
        """Its days, half-open."""
        return Period(self.first, self.past)


@dataclass(frozen=True, slots=True)
class Order:
    """An order line with its product, and its contract's term; each with the version read."""

    line_no: int
    line_id: str
    contract_id: str
    product: str
    service: str
    kind: str
    timing: str
    quantity: int
    unit_price: Decimal | None
    starts_on: date
    ends_on: date | None
    min_months: int | None
    charged_through: date | None
    version: int
    valid_import: int
    product_version: int
    contract_version: int
    terms: str
    contract_starts_on: date | None
    term_months: int

    @property
    def line(self) -> OrderLine:
        """As the rules see it."""
        return OrderLine(
            self.line_no, self.line_id, self.contract_id, self.product, self.service, self.kind, self.timing, self.quantity,
            self.unit_price, self.starts_on, self.ends_on, self.min_months, self.charged_through,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ListPrice:
    """A version of a price in the list."""

    valid_from: date
    version: int
    valid_import: int
    unit_price: Decimal
    announced_on: date | None


@dataclass(frozen=True, slots=True)
class AdHocRow:
    """An ad-hoc charge."""

    charge_id: str
    product: str
    description: str
    charged_on: date
    quantity: Decimal
    unit_price: Decimal
    net: Decimal
    clause: str


@dataclass(frozen=True, slots=True)
class Call:
    """A rated record and its rate; quantities in seconds, messages or bytes, rates in micro-euro."""

    usage_id: str
    started_at: datetime
    kind: int
    in_pack: int
    charged: int
    price_cents: int
    beyond: int
    deck: str
    prefix: str
    destination: str
    valid_from: date
    per_minute_micro: int
    setup_micro: int
    first_increment: int
    next_increment: int
    beyond_per_minute_micro: int
    beyond_setup_micro: int


@dataclass(frozen=True, slots=True)
class PoolTaken:
    """What a run took of a pool in a month, and what earlier runs had taken. Seconds or bytes."""

    unit: str
    month: date
    allowance: int
    used: int
    before: int


@dataclass(frozen=True, slots=True)
class SlaUse:
    """What an invoice line uses of an SLA credit, EUR."""

    credit_id: str
    used: Decimal
    granted: Decimal
    granted_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class CreditedLine:
    """The invoice line a credit note takes from; `credited` is what earlier ones took, EUR."""

    number: str
    line_seq: int
    description: str
    charge: str
    from_day: date
    to_day: date
    quantity: Decimal
    unit_price: Decimal | None
    net: Decimal
    credited: Decimal


@dataclass(frozen=True, slots=True)
class RefundRow:
    """Days given back, and what for; `past` is the first day not given back."""

    first: date
    past: date
    termination_id: str
    charged_run_id: int
    net: Decimal
    clause: str


@dataclass(frozen=True, slots=True)
class EndingRow:
    """How a line ends."""

    termination_id: str
    past_day: date
    balance_until: date | None
    clause: str


@dataclass(frozen=True, slots=True)
class PreviousLine:
    """The invoice line that charged an order line last."""

    number: str
    line_seq: int
    from_day: date
    to_day: date
    quantity: Decimal
    unit_price: Decimal | None
