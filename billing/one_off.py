"""One-off charges: hardware, activation, installation and the like, invoiced once, on order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.clause import carries_out
from billing.money import round_half_up
from billing.order import OrderLine
from billing.period import DAY, months_after
from billing.prices import PriceList, Unpriced, price_on

AT_ORDER_CLAUSE = {"business_telephony": "BT-2.a", "sip_trunking": "ST-2.a", "web_meeting": "WM-2.a", "telavox": "GC-5.1"}


@dataclass(frozen=True, slots=True)
class OneOffCharge:
    """What a line costs once."""

    line_no: int
    ordered_on: date
    quantity: int
    unit_price: Decimal
    net: Decimal  # EUR, two decimals
    clause: str


def ordered_on(in_force_since: date, last_orders_run: date | None, on: date) -> date:
    """Returns the day a line not yet invoiced counts as ordered: the day its contract came into force.

    A line that an earlier orders run did not find was added since, so it never counts as ordered on or before that run:
    else hardware added to an old contract would be sold at the prices of the day the contract began. The very first run,
    made for the day `on`, looks back a month.
    """
    found_since = months_after(on, -1) if last_orders_run is None else last_orders_run + DAY
    return max(in_force_since, found_since)


@carries_out("BT-2.a", "ST-2.a", "WM-2.a", "BT-2.j", "GC-5.1")
def one_off_charge(line: OrderLine, ordered: date, prices: PriceList) -> OneOffCharge | Unpriced | None:
    """Returns quantity x price on the day of the order, half-up to the cent; None for a line of nothing, or one charged before."""
    if line.quantity == 0 or line.charged_through is not None:
        return None
    price = price_on(line, prices, ordered)
    if isinstance(price, Unpriced):
        return price
    clause = "BT-2.j" if line.kind == "porting_out" else AT_ORDER_CLAUSE[line.service]
    return OneOffCharge(line.line_no, ordered, line.quantity, price.unit_price, round_half_up(line.quantity * price.unit_price), clause)
