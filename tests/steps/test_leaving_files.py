"""What a close tells finance about leaving: endings.csv and proposals.csv."""

import csv
import io
import json
from pathlib import Path

import pytest

from tasks.leaving_files import write_leaving_files
from tasks.ledger import Run, find_run
from tasks.outside import Outside
from tests.steps.charging_operator import Operator, operator


@pytest.fixture
def op(outside: Outside) -> Operator:
    return operator(outside)


def record(op: Operator, table: str, record_id: str, **cells: object) -> None:
    """A kept record as the feed brings it, with the first import."""
    op.insert("feed_record", table_name=table, record_id=record_id, version=1, valid_import=1, record=json.dumps(cells))


def letter(op: Operator, termination_id: str, received_on: str, requested_on: str, **cells: object) -> None:
    usual = {"contract_id": "C1", "line_id": "", "end_client_id": "", "by": "client", "client_breach": False, "proof": ""}
    record(op, "terminations", termination_id, **{**usual, "received_on": received_on, "requested_on": requested_on, **cells})


def suspension(op: Operator, end_client_id: str, starts_on: str, ends_on: str = "", clause: str = "GC-9.1.a") -> None:
    record(op, "suspensions", f"S-{end_client_id}", end_client_id=end_client_id, starts_on=starts_on, ends_on=ends_on, reason_clause=clause)


def written(op: Operator, run: Run, name: str) -> list[dict[str, str]]:
    write_leaving_files(op.outside, find_run(op.outside.engine, run.run_id))
    text = (Path(op.outside.settings.out) / "2026-10" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.clause("CG-3.b", "CG-3.d")
def test_endings_say_what_ended_when_and_what_balance_came_of_it(op: Operator) -> None:
    op.line("L-NUMBER", product="bt-number", quantity=5)
    op.line("L-USER", quantity=2)
    letter(op, "T1", "2026-10-10", "2026-11-30")
    assert written(op, op.close("2026-10"), "endings.csv") == []  # November is charged, the end is not passed
    letter(op, "T2", "2026-10-12", "2026-10-31", line_id="L-USER")
    october = find_run(op.outside.engine, op.close("2026-10").run_id)
    assert written(op, october, "endings.csv") == [
        {
            "line_id": "L-USER", "contract_id": "C1", "termination_id": "T2", "last_day": "2026-10-31",
            "balance": "868.00",  # 2 × 31.00 × 14 months, November 2026 to December 2027
            "refunded": "0.00", "clause": "CG-3.b",
        },
    ]  # fmt: skip


@pytest.mark.clause("GC-13.2")
@pytest.mark.parametrize(("unit_price", "refunded"), [("31.00", "10.00"), ("30.97", "0.00")], ids=["10.00 given back", "9.99 kept"])
def test_endings_say_what_is_given_back(op: Operator, unit_price: str, refunded: str) -> None:
    op.contract("C3", terms="telavox", term_months=0)
    op.line("L-TLX", contract_id="C3", unit_price=unit_price, charged_through="2026-09-30")
    op.close("2026-09")  # charges October, in advance
    letter(op, "T1", "2026-10-10", "2026-10-21", contract_id="C3")
    [row] = written(op, op.close("2026-10"), "endings.csv")
    assert (row["last_day"], row["refunded"], row["balance"], row["clause"]) == ("2026-10-21", refunded, "0.00", "GC-11.2")


@pytest.mark.clause("GC-12.2.a")
def test_the_end_of_a_contract_suspended_for_a_month_on_the_close_date_is_proposed_and_nothing_ends(op: Operator) -> None:
    op.line("L-MONTH", end_client_id="A")
    op.line("L-DAYLESS", end_client_id="B")
    op.line("L-RESTORED", end_client_id="C")
    op.line("L-MISUSE", end_client_id="D")
    suspension(op, "A", "2026-09-28")
    suspension(op, "B", "2026-09-29")
    suspension(op, "C", "2026-08-01", "2026-10-27")
    suspension(op, "D", "2026-08-01", clause="GC-9.2")
    october = op.close("2026-10")
    [row] = written(op, october, "proposals.csv")
    assert (row["end_client_id"], row["payer_id"], row["contract_id"]) == ("A", "P1", "C1")
    assert (row["suspended_since"], row["clause"]) == ("2026-09-28", "GC-9.1.a")
    assert "may be ended (GC-12.2.a)" in row["proposal"]
    assert written(op, october, "endings.csv") == []
    assert len([charge for charge in op.charged(october) if charge.startswith("L-MONTH")]) == 1  # suspended, charged all the same


@pytest.mark.clause("GC-12.2.a")
@pytest.mark.parametrize("ended", [
    pytest.param({"contract_id": "C1"}, id="the whole contract"),
    pytest.param({"contract_id": "C1", "line_id": "L-MONTH"}, id="its only line"),
    pytest.param({"by": "bankruptcy", "end_client_id": "A", "proof": "judgment"}, id="the end client is bankrupt"),
])  # fmt: skip
def test_what_is_terminated_already_is_not_proposed(op: Operator, ended: dict[str, str]) -> None:
    op.line("L-MONTH", end_client_id="A")
    suspension(op, "A", "2026-09-01")
    letter(op, "T1", "2026-10-10", "2026-10-31", **ended)
    assert written(op, op.close("2026-10"), "proposals.csv") == []
