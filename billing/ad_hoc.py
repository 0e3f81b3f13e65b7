"""Ad-hoc charges: porting out, the cost of measures after misuse, and what else a clause allows to be charged once, with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from billing.clause import carries_out
from billing.contract import Contract, missing_for_force
from billing.money import round_half_up
from billing.prices import PriceList, listed_price

# The clauses that allow a charge of their own. Fees, interest and recovery costs (CG-2.d, CG-2.e) are reminders' matter.
ALLOWING = frozenset({"BT-2.a", "ST-2.a", "WM-2.a", "BT-2.j", "GC-4.5", "GC-5.1", "GC-5.4"})
ON_ORDER = frozenset({"hardware", "activation", "installation"})


@dataclass(frozen=True, slots=True)
class AdHoc:
    """A charge as it was asked for. `kind` is that of its product, "" for free text; the price is the list's where none is given."""

    charge_id: str
    contract_id: str
    end_client_id: str
    charged_on: date
    product: str
    kind: str
    description: str
    quantity: Decimal
    unit_price: Decimal | None
    reason_clause: str


@dataclass(frozen=True, slots=True)
class AdHocCharge:
    """What is charged, once."""

    asked: AdHoc
    unit_price: Decimal
    net: Decimal  # EUR, two decimals


@dataclass(frozen=True, slots=True)
class Waiting:
    """A charge that is due and not billed: for want of a price or of a contract in force, or never, after a bankruptcy."""

    charge_id: str
    contract_id: str
    why: Literal["unpriced", "not_in_force", "bankrupt"]
    reason: str


@carries_out("BT-2.a", "ST-2.a", "WM-2.a")
def is_billed_at_order(kind: str) -> bool:
    """Returns whether a charge for a product of this kind goes with the next orders run, due on receipt; all others go with the close."""
    return kind in ON_ORDER


@carries_out("GC-4.5", "BT-2.j", "GC-5.1", "GC-5.4", "CG-3.e")
def ad_hoc_charge(
    asked: AdHoc, contract: Contract, on: date, prices: PriceList, bankrupt_since: Mapping[str, date]
) -> AdHocCharge | Waiting:
    """Returns quantity x price, half-up to the cent, or why a charge that is due on the day `on` is not billed.

    The price is the one given, else that of the price list on the day of the charge (BT-2.j). A contract not in force bills
    nothing yet (GC-2.2). From the day the proof of a bankruptcy was received nothing is charged for that end client; what is
    dated before stays due (CG-3.e). `bankrupt_since` gives that day by end client.
    """
    proof = bankrupt_since.get(asked.end_client_id)
    if proof is not None and asked.charged_on >= proof:
        reason = (
            f"{asked.charge_id} of {asked.charged_on}: {asked.end_client_id} is bankrupt since {proof}, nothing is charged from that day"
        )
        return Waiting(asked.charge_id, asked.contract_id, "bankrupt", reason)
    missing = missing_for_force(contract, on)
    if missing:
        reason = f"{asked.charge_id}: contract {asked.contract_id} lacks {', '.join(missing)}"
        return Waiting(asked.charge_id, asked.contract_id, "not_in_force", reason)
    unit_price = asked.unit_price
    if unit_price is None:
        listed = listed_price(asked.product, prices, asked.charged_on)
        if listed is None:
            reason = f"{asked.charge_id}: no price for product {asked.product} on {asked.charged_on}"
            return Waiting(asked.charge_id, asked.contract_id, "unpriced", reason)
        unit_price = listed.unit_price
    return AdHocCharge(asked, unit_price, round_half_up(asked.quantity * unit_price))
