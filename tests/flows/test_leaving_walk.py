"""Leaving from the feed to the documents: a letter, a bankruptcy and a refund, through whole closes."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from billing.rating import Reason, Status
from flows.monthly_close import monthly_close
from flows.order_invoicing import order_invoicing
from tasks.feed import import_feed
from tasks.outside import Outside
from tasks.quote import quote
from tests.world import Row, World, world


def close(period: str) -> None:
    monthly_close.fn(period=period, on=None, approve=True)


def table(here: Path, month: str, name: str) -> list[Row]:
    return list(csv.DictReader(io.StringIO((here / "out" / month / name).read_text(encoding="utf-8"))))


def letter(small: World, termination_id: str, contract_id: str, received_on: str, **cells: str) -> None:
    row = {"termination_id": termination_id, "contract_id": contract_id, "by": "client", "received_on": received_on, **cells}
    small.tables["terminations"].append(row)


@pytest.mark.clause("CG-3.b", "CG-3.d")
def test_a_letter_asking_for_the_end_of_the_month_bills_the_balance_on_the_next_invoice(here: Path) -> None:
    # C-LUX: 24 months from 1 January 2026, one user at 31.00, charged to 31 October. Ends then; 14 months are left.
    small = world()
    letter(small, "T-LUX", "C-LUX", "2026-10-10", requested_on="2026-10-31")
    small.write(here / "feed")
    close("2026-10")
    lines = [row for row in table(here, "2026-10", "invoice_lines.csv") if row["contract_id"] == "C-LUX"]
    balance = [row for row in lines if row["charge"] == "balance"]
    assert {row["charge"] for row in lines} == {"balance", "usage"}
    assert [(row["from_day"], row["to_day"]) for row in balance][::13] == [("2026-11-01", "2026-11-30"), ("2027-12-01", "2027-12-31")]
    assert {(row["quantity"], row["unit_price"], row["net"], row["clause"]) for row in balance} == {("1", "31", "31.00", "CG-3.d")}
    [invoice] = [row for row in table(here, "2026-10", "invoices.csv") if row["payer_id"] == "CL-LUX"]
    assert invoice["net"] == "434.29"  # 14 × 31.00 and the calls, 0.29
    [ended] = table(here, "2026-10", "endings.csv")
    assert (ended["line_id"], ended["last_day"], ended["balance"], ended["clause"]) == ("L-LUX-USER", "2026-10-31", "434.00", "CG-3.b")


@pytest.mark.clause("CG-3.e", "CG-2.a")
def test_for_a_bankrupt_end_client_behind_a_partner_only_the_calls_before_the_proof_are_billed(here: Path) -> None:
    small = world()
    letter(small, "T-BETA", "C-BETA", "2026-10-12", by="bankruptcy", end_client_id="E-BETA", proof="judgment of 9 October 2026")
    small.usage.append({**small.call("U-BETA-01"), "usage_id": "U-BETA-99", "started_at": "2026-10-12T08:00:00Z"})
    small.write(here / "feed")
    close("2026-10")
    [invoice] = [row for row in table(here, "2026-10", "invoices.csv") if row["payer_id"] == "PA-ONE"]
    assert invoice["net"] == "99.97"  # ALFA 93.00 + 3.00 + 0.34; BETA the calls of 5 October: 0.03 + 0.30 + 1.70 + 1.60


@pytest.mark.clause("GC-13.2")
@pytest.mark.parametrize(
    ("unit_price", "credited"),
    [pytest.param("30.00", ["-10.00"], id="10.00 EUR are credited"), pytest.param("29.97", [], id="9.99 EUR are not")],
)
def test_a_telavox_line_paid_in_advance_and_ended_on_20_november_gets_a_credit_note_of_ten_days(
    here: Path, unit_price: str, credited: list[str]
) -> None:
    small = world()
    small.tables["products"].append({**small.row("products", "tlx-user"), "product": "tlx-plan", "kind": "licence", "timing": "advance"})
    small.tables["contracts"].append({**small.row("contracts", "C-TLX"), "contract_id": "C-OLD", "starts_on": "2024-01-01"})
    small.tables["order_lines"].append(
        {
            **small.row("order_lines", "L-TLX-USER"), "line_id": "L-PLAN", "contract_id": "C-OLD", "product": "tlx-plan", "quantity": "1",
            "unit_price": unit_price, "starts_on": "2024-01-01", "charged_through": "2026-10-31",
        }
    )  # fmt: skip
    small.inventory["2026-11-28"] = small.inventory["2026-10-28"]
    small.write(here / "feed")
    close("2026-10")  # charges November
    letter(small, "T-PLAN", "C-OLD", "2026-11-10", requested_on="2026-11-20")
    small.write(here / "feed")
    close("2026-11")
    notes = [row for row in table(here, "2026-11", "invoices.csv") if row["kind"] == "credit_note"]
    assert [row["net"] for row in notes] == credited
    assert [row["to_day"] for row in table(here, "2026-11", "invoice_lines.csv") if row["charge"] == "refund"] == ["2026-11-30"] * len(
        credited
    )
    assert [row["last_day"] for row in table(here, "2026-11", "endings.csv")] == ["2026-11-20"]


@pytest.mark.clause("CG-3.b")
def test_what_is_called_after_the_last_day_is_held_and_what_is_ordered_after_it_is_not_sold(here: Path) -> None:
    small = world()
    letter(small, "T-START", "C-START", "2026-10-24", requested_on="2026-10-25")
    small.write(here / "feed")
    order_invoicing.fn(on=date(2026, 10, 27))  # the phones were ordered by 5 October, when the contract came into force
    close("2026-10")
    lines = [row for row in table(here, "2026-10", "invoice_lines.csv") if row["contract_id"] == "C-START"]
    calls = [row for row in lines if row["charge"] == "usage"]
    assert max(row["to_day"] for row in calls) == "2026-10-25"  # those of the 27th and later are held
    assert [(row["from_day"], row["to_day"], row["net"]) for row in lines if row["charge"] == "pro_rata"] == [
        ("2026-10-23", "2026-10-25", "6.00")  # 2 × 31.00 × 3/31
    ]
    assert [row["net"] for row in lines if row["charge"] == "one_off"] == ["178.00"]


@pytest.mark.clause("CG-3.b")
def test_a_call_after_the_last_day_is_quoted_as_the_close_will_treat_it(outside: Outside) -> None:
    small = world()
    letter(small, "T-START", "C-START", "2026-10-24", requested_on="2026-10-25")
    small.write(Path(outside.settings.feed))
    newest = import_feed(outside).import_no
    assert newest is not None
    on_the_last_day = quote(outside.engine, newest, "+3223456789", "L-START-USER", 60, "2026-10-25T23:59")
    the_day_after = quote(outside.engine, newest, "+3223456789", "L-START-USER", 60, "2026-10-26T00:01")
    assert (on_the_last_day.status, str(on_the_last_day.price)) == (Status.CHARGED, "0.06")
    assert (the_day_after.status, the_day_after.reason) == (Status.HELD, Reason.LINE_NOT_IN_SERVICE)
