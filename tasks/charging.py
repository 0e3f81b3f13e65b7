"""What the monthly close and the orders run share: reading the terms of a charge, and writing charges and refusals."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import Connection

import sql
from billing.contract import Contract, missing_for_force
from billing.order import OrderLine
from billing.period import Period
from billing.prices import PriceList, PriceVersion, Unpriced, price_list, without_notice
from billing.recurring import RecurringCharge
from tasks.ledger import Run

Charge = TypeVar("Charge")

RECURRING_CHARGE = (
    "run_id", "line_no", "days", "charge", "quantity", "unit_price", "net", "clause",
    "count_rule", "count_clause", "counted", "ordered", "price_from",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DaysCharged:
    """A stretch of days that other runs charged of a line, half-open."""

    line_no: int
    first: date
    past: date


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that a run could not charge, the first day without a price, and what to do."""

    line_id: str
    day: date
    reason: str


@dataclass(frozen=True, slots=True)
class NotInForce:
    """A contract that a run did not bill, with the acts still missing, ", " between."""

    contract_id: str
    missing: str


def contracts(conn: Connection, run: Run) -> dict[str, Contract]:
    """Every contract with an order line, by id."""
    return {contract.contract_id: contract for contract in sql.rows(conn, Contract, "recurring/contracts", import_no=run.import_no)}


def prices(conn: Connection, run: Run) -> PriceList:
    """The price list as of the import of the run."""
    return price_list(sql.rows(conn, PriceVersion, "recurring/price_versions", import_no=run.import_no))


def prices_without_notice(conn: Connection, run: Run) -> list[PriceVersion]:
    """The price versions that do not apply from their first day because the notice was too short or missing (GC-5.6)."""
    return without_notice(sql.rows(conn, PriceVersion, "recurring/price_versions", import_no=run.import_no))


def days_charged(conn: Connection, run: Run) -> dict[int, list[Period]]:
    """The days that other runs charged, by line."""
    charged: dict[int, list[Period]] = defaultdict(list)
    for stretch in sql.rows(conn, DaysCharged, "recurring/days_charged", run_id=run.run_id):
        charged[stretch.line_no].append(Period(stretch.first, stretch.past))
    return charged


def lines_in_force(lines: Iterable[OrderLine], agreed: dict[str, Contract], on: date) -> list[OrderLine]:
    """The lines whose contract is in force on a day."""
    in_force = {contract.contract_id for contract in agreed.values() if not missing_for_force(contract, on)}
    return [line for line in lines if line.contract_id in in_force]


def sorted_out(results: Iterable[Charge | Unpriced]) -> tuple[list[Charge], list[Unpriced]]:
    """The charges, and the refusals: one a line, with its first day without a price."""
    charges: list[Charge] = []
    refused: dict[int, Unpriced] = {}
    for result in results:
        if not isinstance(result, Unpriced):
            charges.append(result)
        elif result.line_no not in refused or result.day < refused[result.line_no].day:
            refused[result.line_no] = result
    return charges, list(refused.values())


def write_recurring_charges(conn: Connection, run: Run, charges: Sequence[RecurringCharge]) -> None:
    """Replace what an earlier attempt of the run charged for days of service."""
    sql.run(conn, "recurring/delete_charges", run_id=run.run_id)
    sql.copy_in(conn, "recurring_charge", RECURRING_CHARGE, (recurring_row(run, charge) for charge in charges))


def recurring_row(run: Run, charge: RecurringCharge) -> tuple[object, ...]:
    """The row of RECURRING_CHARGE of a charge."""
    count = charge.count
    return (
        run.run_id, charge.line_no, f"[{charge.days.first},{charge.days.past})", charge.charge, count.quantity, charge.unit_price,
        charge.net, charge.clause, count.rule, count.clause, count.counted, count.ordered, charge.price_from,
    )  # fmt: skip


def write_refusals(conn: Connection, run: Run, refused: Iterable[Unpriced]) -> None:
    """Replace the lines an earlier attempt of the run could not charge."""
    sql.run(conn, "recurring/delete_refusals", run_id=run.run_id)
    rows = [(run.run_id, line.line_no, line.day, line.reason) for line in refused]
    sql.copy_in(conn, "charge_refusal", ("run_id", "line_no", "day", "reason"), rows)


def write_not_in_force(conn: Connection, run: Run, agreed: dict[str, Contract]) -> int:
    """Replace the list of contracts the run does not bill; returns how many."""
    sql.run(conn, "recurring/delete_not_in_force", run_id=run.run_id)
    missing = ((contract.contract_id, missing_for_force(contract, run.on)) for contract in agreed.values())
    rows = [(run.run_id, contract_id, ", ".join(acts)) for contract_id, acts in missing if acts]
    return sql.copy_in(conn, "contract_not_in_force", ("run_id", "contract_id", "missing"), rows)


def refusals(conn: Connection, run: Run) -> list[Refusal]:
    """The lines the run could not charge, by line."""
    return sql.rows(conn, Refusal, "recurring/refusals", run_id=run.run_id)


def not_in_force(conn: Connection, run: Run) -> list[NotInForce]:
    """The contracts the run did not bill, by id."""
    return sql.rows(conn, NotInForce, "recurring/not_in_force", run_id=run.run_id)
