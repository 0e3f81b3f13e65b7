"""An order line with its product, and the words of both that the charging rules turn on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

COUNTED_KINDS = frozenset({"user", "channel", "national_number", "international_number", "licence"})
SUBSCRIPTION_KINDS = COUNTED_KINDS | {"pack"}
ONE_OFF_KINDS = frozenset({"hardware", "activation", "installation", "porting_out"})


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One order line, with the service, kind and timing of its product."""

    line_no: int
    line_id: str
    contract_id: str
    product: str
    service: str  # business_telephony, sip_trunking, web_meeting or telavox
    kind: str
    timing: str  # at_order, advance or arrears
    quantity: int
    unit_price: Decimal | None  # None = the price list
    starts_on: date
    ends_on: date | None  # last day of service, charged
    min_months: int | None
    charged_through: date | None  # last day an earlier system charged


def is_recurring(line: OrderLine) -> bool:
    """Returns whether the monthly close charges the line: in advance or in arrears, and neither a one-off nor usage."""
    return line.timing in ("advance", "arrears") and line.kind not in ONE_OFF_KINDS and line.kind != "usage"


def is_prepaid(line: OrderLine) -> bool:
    """Returns whether the line is a Web Meeting subscription paid before activation (WM-2.b)."""
    return line.service == "web_meeting" and line.timing == "at_order" and line.kind in SUBSCRIPTION_KINDS


def is_one_off(line: OrderLine) -> bool:
    """Returns whether the line is invoiced once, on order.

    Hardware, activation, installation and porting out are, whatever timing the catalogue gives them (BT-2.a, BT-2.j), and
    so is anything else the catalogue charges at order, except a prepaid subscription.
    """
    if line.kind in ONE_OFF_KINDS:
        return True
    return line.timing == "at_order" and line.kind != "usage" and not is_prepaid(line)
