"""A charge or credit names an end client of its contract, else it would show a stranger's name on the invoice of the payer."""

from pathlib import Path

import pytest

import sql
from tasks.feed import import_feed
from tasks.feed.rejects import Reject
from tasks.outside import Outside
from tests.world import Row, world

CHARGE = {"charge_id": "CH1", "on": "2026-10-05", "description": "Cost of measures", "quantity": "1", "unit_price": "10.00",
          "reason_clause": "GC-4.5"}  # fmt: skip
CREDIT = {"credit_id": "CR1", "on": "2026-10-05", "amount": "10.00", "reason": "SLA"}
REASON = "this end client has no line under contract C-SIP; correct one of the two, or leave it empty"


def refused(outside: Outside, table: str, row: Row, end_client_id: str) -> list[str]:
    """What is said of one row for contract C-SIP, whose only end client CL-SIP is its payer too."""
    small = world()
    small.tables[table] = [{**row, "contract_id": "C-SIP", "end_client_id": end_client_id}]
    small.write(Path(outside.settings.feed))
    import_feed(outside)
    with outside.engine.connect() as conn:
        return [one.reason for one in sql.rows(conn, Reject, "feed/open_rejects") if one.path == f"{table}.csv"]


@pytest.mark.clause("CG-2.a")
@pytest.mark.parametrize(
    ("end_client_id", "reasons"),
    [
        pytest.param("CL-LUX", [REASON], id="an end client of another contract is refused"),
        pytest.param("CL-SIP", [], id="an end client with a line under the contract is taken"),
        pytest.param("", [], id="no end client is the payer's own"),
    ],
)
@pytest.mark.parametrize(("table", "row"), [pytest.param("charges", CHARGE, id="a charge"), pytest.param("credits", CREDIT, id="a credit")])
def test_what_is_charged_or_credited_is_for_an_end_client_of_the_contract(
    outside: Outside, table: str, row: Row, end_client_id: str, reasons: list[str]
) -> None:
    assert refused(outside, table, row, end_client_id) == reasons
