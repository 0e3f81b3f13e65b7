"""Order lines, prices and contracts for cases: ordinary ones, of which a case says only what it turns on."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from billing.contract import Contract
from billing.counting import Count
from billing.order import OrderLine
from billing.period import DAY, Period
from billing.prices import PriceList, PriceVersion, price_list

LINE = OrderLine(
    line_no=1, line_id="L1", contract_id="C1", product="bt-user", service="business_telephony", kind="user", timing="advance",
    quantity=1, unit_price=None, starts_on=date(2026, 1, 1), ends_on=None, min_months=None, charged_through=None,
)  # fmt: skip
CONTRACT = Contract(
    "C1", "P1", "allocloud", signed_on=date(2025, 12, 1), credit_approved_on=date(2025, 12, 3), deposit_required=None,
    deposit_received_on=None, confirmed_on=date(2025, 12, 10), starts_on=date(2026, 1, 1), term_months=24,
)  # fmt: skip


def line(**cells: object) -> OrderLine:
    return replace(LINE, **cells)  # type: ignore[arg-type]


def contract(**cells: object) -> Contract:
    return replace(CONTRACT, **cells)  # type: ignore[arg-type]


def version(unit_price: str, valid_from: str = "2020-01-01", announced_on: str = "", service: str = "business_telephony") -> PriceVersion:
    announced = date.fromisoformat(announced_on) if announced_on else None
    return PriceVersion("bt-user", service, date.fromisoformat(valid_from), Decimal(unit_price), announced)


def listed(*versions: PriceVersion) -> PriceList:
    return price_list(versions)


def of(quantity: int) -> Count:
    """A count of so many units, for cases that are not about counting."""
    return Count(quantity, "counted", "BT-2.f", quantity, quantity)


def days(text: str) -> Period:
    """`2026-10-23..2026-10-31`, both days included."""
    first, last = text.split("..")
    return Period(date.fromisoformat(first), date.fromisoformat(last) + DAY)
