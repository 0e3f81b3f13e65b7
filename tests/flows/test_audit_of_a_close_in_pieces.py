"""The audit of a close that was not done in one go: what came between its steps was there for the later ones only."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from flows.command_line import main
from flows.monthly_close import monthly_close
from flows.order_invoicing import order_invoicing
from tests.world import EXPECTED_NET, world


def audited(month: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    capsys.readouterr()
    assert main(["audit", month]) == 0
    return capsys.readouterr().out.splitlines()[1:]


def invoices(database: Engine) -> dict[str, list[str]]:
    """Number and net of the invoices of each payer."""
    with database.connect() as conn:
        found = conn.execute(text("select payer_id, number || ' ' || net from invoice order by number")).all()
    return {payer: [said for other, said in found if other == payer] for payer, _ in found}


def test_orders_invoiced_while_the_drafts_waited_took_the_number_before(
    here: Path, database: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    world().write(here / "feed")
    monthly_close.fn(period="2026-10")
    order_invoicing.fn(on=date(2026, 10, 29))
    monthly_close.fn(period="2026-10", approve=True)
    assert invoices(database)["CL-START"] == ["2026-000001 178.00", "2026-000006 81.40"]
    assert audited("2026-10", capsys) == ["no difference from what was issued"]


def test_a_payer_parked_at_first_is_charged_in_full_when_the_charges_are_made_again(
    here: Path, database: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    small = world()
    small.row("parties", "CL-START")["billing_emails"] = ""
    small.write(here / "feed")
    assert main(["close", "2026-10"]) in (0, 1)
    world().write(here / "feed")
    assert main(["close", "2026-10", "--from-step", "recurring", "--approve"]) == 0
    assert invoices(database)["CL-START"] == [f"2026-000005 {EXPECTED_NET['CL-START']}"]
    assert audited("2026-10", capsys) == ["no difference from what was issued"]


def test_a_parked_payer_is_in_the_next_month_and_each_month_comes_out_as_issued(
    here: Path, database: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BILLING_PARKED_SHARE_AT_MOST", "0.5")
    small = world()
    small.row("parties", "CL-PACK")["billing_emails"] = "nobody"
    small.write(here / "feed")
    monthly_close.fn(period="2026-10", on=date(2026, 10, 28), approve=True)
    world().write(here / "feed")
    monthly_close.fn(period="2026-11", on=date(2026, 11, 28), approve=True)
    assert invoices(database)["CL-PACK"] == ["2026-000008 134.28"]  # 67.28 of October and November, 67.00 of December
    assert audited("2026-10", capsys) == ["no difference from what was issued"]
    assert audited("2026-11", capsys) == ["no difference from what was issued"]
