"""The step `one_off` of an orders run: invoice what was ordered, once, and prepaid subscriptions term by term."""

import logging
from datetime import date

from sqlalchemy import Connection

import sql
from billing.contract import Contract, in_force_since
from billing.leaving import is_sold
from billing.money import ZERO
from billing.one_off import OneOffCharge, one_off_charge, ordered_on
from billing.order import OrderLine, is_one_off, is_prepaid
from billing.prepaid import prepaid_charges
from billing.prices import Unpriced
from tasks.ad_hoc import charge_ad_hoc
from tasks.charging import (
    contracts,
    days_charged,
    lines_in_force,
    prices,
    sorted_out,
    write_not_in_force,
    write_recurring_charges,
    write_refusals,
)
from tasks.leaving import ended, endings
from tasks.ledger import Receipt, Run
from tasks.outside import Outside

log = logging.getLogger(__name__)

ONE_OFF_CHARGE = ("run_id", "line_no", "ordered_on", "quantity", "unit_price", "net", "clause")


def stage(outside: Outside, run: Run) -> Receipt:
    """Replace the one-off and prepaid charges of the orders run; returns how many, their net total, and what was not billed."""
    with outside.engine.begin() as conn:
        agreed = contracts(conn, run)
        found = sql.rows(conn, OrderLine, "one_off/lines", run_id=run.run_id, import_no=run.import_no)
        known = endings(conn, run)
        lines = ended(lines_in_force(found, agreed, run.on), known)
        price_list, charged = prices(conn, run), days_charged(conn, run)
        last_run: date | None = sql.scalar(conn, "one_off/last_orders_run", on=run.on)
        ordered = [(line, _ordered_on(agreed, line, last_run, run.on)) for line in filter(is_one_off, lines)]
        once, unpriced_once = sorted_out(
            charge
            for line, day in ordered
            if is_sold(line.kind, day, known.get(line.line_no)) and (charge := one_off_charge(line, day, price_list)) is not None
        )
        prepaid, unpriced_prepaid = sorted_out(
            charge
            for line in filter(is_prepaid, lines)
            for charge in prepaid_charges(line, run.on, outside.settings.renewal_lead_days, charged.get(line.line_no, ()), price_list)
        )
        refused: list[Unpriced] = [*unpriced_once, *unpriced_prepaid]
        _write_once(conn, run, once)
        write_recurring_charges(conn, run, prepaid)
        write_refusals(conn, run, refused)
        asked = charge_ad_hoc(conn, run, agreed, price_list)
        waiting = write_not_in_force(conn, run, agreed)
    net = sum((charge.net for charge in once), ZERO) + sum((charge.net for charge in prepaid), ZERO) + asked.net
    log.info("%s: %d one-off and %d prepaid charges, %d lines without a price", run.name, len(once), len(prepaid), len(refused))
    return Receipt(
        {
            "one-off": len(once),
            "prepaid": len(prepaid),
            "net": f"{net:.2f}",
            **asked.figures,
            "without price": len(refused),
            "contracts not in force": waiting,
        }
    )


def _ordered_on(agreed: dict[str, Contract], line: OrderLine, last_run: date | None, on: date) -> date:
    since = in_force_since(agreed[line.contract_id])
    assert since is not None, f"contract {line.contract_id} is in force"
    return ordered_on(since, last_run, on)


def _write_once(conn: Connection, run: Run, charges: list[OneOffCharge]) -> None:
    sql.run(conn, "one_off/delete_charges", run_id=run.run_id)
    rows = [
        (run.run_id, charge.line_no, charge.ordered_on, charge.quantity, charge.unit_price, charge.net, charge.clause)
        for charge in charges
    ]  # fmt: skip
    sql.copy_in(conn, "one_off_charge", ONE_OFF_CHARGE, rows)
