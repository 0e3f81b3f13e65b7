"""Ad-hoc charges of a run: what charges.csv asked for and no run has charged yet, each once."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

import sql
from billing.ad_hoc import AdHoc, AdHocCharge, Waiting, ad_hoc_charge, is_billed_at_order
from billing.contract import Contract
from billing.money import ZERO
from billing.prices import PriceList
from tasks.charging import contracts, prices
from tasks.ledger import Run, Stopped

log = logging.getLogger(__name__)

AD_HOC_CHARGE = (
    "run_id", "charge_id", "contract_id", "end_client_id", "product", "description", "charged_on",
    "quantity", "unit_price", "net", "clause",
)  # fmt: skip
WAITING = ("run_id", "charge_id", "contract_id", "why", "reason")


@dataclass(frozen=True, slots=True)
class AdHocCharged:
    """What came of the ad-hoc charges that are due: charged, and not billed with the reason."""

    charged: Sequence[AdHocCharge]
    waiting: Sequence[Waiting]

    @property
    def net(self) -> Decimal:
        """What they come to together, EUR."""
        return sum((charge.net for charge in self.charged), ZERO)

    @property
    def figures(self) -> Mapping[str, int]:
        """For the receipt of the step; nothing where no charge is due."""
        waiting = {"ad-hoc waiting": len(self.waiting)} if self.waiting else {}
        return {"ad-hoc": len(self.charged), **waiting} if self.charged or self.waiting else {}


def charge_ad_hoc(conn: Connection, run: Run, agreed: Mapping[str, Contract], price_list: PriceList) -> AdHocCharged:
    """Replace the ad-hoc charges of the run: at order those of hardware, activation and installation, with the close all others."""
    asked = sql.rows(conn, AdHoc, "ad_hoc/due", run_id=run.run_id, import_no=run.import_no, on=run.on)
    ours = [one for one in asked if is_billed_at_order(one.kind) == (run.period is None)]
    found = _decided(conn, run, ours, agreed, price_list)
    sql.run(conn, "ad_hoc/delete_charges", run_id=run.run_id)
    sql.run(conn, "ad_hoc/delete_waiting", run_id=run.run_id)
    sql.copy_in(conn, "ad_hoc_charge", AD_HOC_CHARGE, (_row(run, charge) for charge in found.charged))
    rows = ((run.run_id, one.charge_id, one.contract_id, one.why, one.reason) for one in found.waiting)
    sql.copy_in(conn, "ad_hoc_waiting", WAITING, rows)
    if ours:
        log.info("%s: %d ad-hoc charges, %d not billed", run.name, len(found.charged), len(found.waiting))
    return found


def charge_again(conn: Connection, run: Run, made_run_id: int, contract_ids: Sequence[str], note_id: int) -> None:
    """Charge again what a run charged ad hoc for these contracts, as the feed and the price list are now; held until the issue.

    Raises Stopped for a charge that cannot be billed any more.
    """
    asked = sql.rows(
        conn, AdHoc, "ad_hoc/charged_by", made_run_id=made_run_id, contract_ids=list(contract_ids), import_no=run.import_no
    )  # fmt: skip
    found = _decided(conn, run, asked, contracts(conn, run), prices(conn, run))
    if found.waiting:
        raise Stopped(f"{found.waiting[0].reason}; correct it in the feed, then ask again")
    sql.copy_in(conn, "ad_hoc_charge", (*AD_HOC_CHARGE, "released_by"), ((*_row(run, charge), note_id) for charge in found.charged))


def _decided(
    conn: Connection, run: Run, asked: Iterable[AdHoc], agreed: Mapping[str, Contract], price_list: PriceList
) -> AdHocCharged:  # fmt: skip
    bankrupt: dict[str, date] = {
        str(row["end_client_id"]): row["since"] for row in sql.dicts(conn, "ad_hoc/bankrupt", import_no=run.import_no)
    }  # fmt: skip
    results = [ad_hoc_charge(one, agreed[one.contract_id], run.on, price_list, bankrupt) for one in asked]
    return AdHocCharged(
        [one for one in results if isinstance(one, AdHocCharge)],
        [one for one in results if isinstance(one, Waiting)],
    )


def _row(run: Run, charge: AdHocCharge) -> tuple[object, ...]:
    asked = charge.asked
    return (
        run.run_id, asked.charge_id, asked.contract_id, asked.end_client_id, asked.product, asked.description, asked.charged_on,
        asked.quantity, charge.unit_price, charge.net, asked.reason_clause,
    )  # fmt: skip


__all__ = ["AdHocCharged", "charge_ad_hoc", "charge_again"]
