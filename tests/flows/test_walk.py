"""The whole walk, from the feed to the mails: a small operator whose amounts a head can check."""

import csv
import io
import random
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine, text

from flows.monthly_close import monthly_close
from flows.order_invoicing import order_invoicing
from tasks.ledger import GateStopped
from tests.world import EXPECTED_CALLS, EXPECTED_NET, EXPECTED_ORDERS_NET, PENDING_CALLS, Row, World, world

D = Decimal


def close(period: str = "2026-10", on: date | None = None) -> object:
    return monthly_close.fn(period=period, on=on, approve=True)


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def net_by_payer(here: Path, month: str = "2026-10") -> dict[str, str]:
    return {row["payer_id"]: row["net"] for row in table(here / "out" / month / "invoices.csv")}


def test_every_payer_is_charged_what_a_head_computes(here: Path) -> None:
    world().write(here / "feed")
    close()
    assert net_by_payer(here) == EXPECTED_NET


def test_every_call_has_the_status_and_the_price_a_head_computes(here: Path) -> None:
    world().write(here / "feed")
    close()
    rated = {
        row["usage_id"]: row
        for path in sorted((here / "out" / "2026-10" / "rated_usage").glob("*.parquet"))
        for row in pq.read_table(path).to_pylist()
    }
    for usage_id, (status, in_pack, _charged, cents) in EXPECTED_CALLS.items():
        row = rated[usage_id]
        assert (row["status"], row["seconds_in_pack"], row["price"]) == (status, in_pack, D(cents) / 100), usage_id
    assert set(PENDING_CALLS) & set(rated) == set()


@pytest.mark.clause("BT-2.b")
def test_a_line_that_starts_on_the_23rd_pays_nine_of_31_days_and_all_of_november_on_one_bill(here: Path) -> None:
    world().write(here / "feed")
    close()
    lines = [
        row
        for row in table(here / "out" / "2026-10" / "invoice_lines.csv")
        if row["line_id"] == "L-START-USER" and row["charge"] != "usage"
    ]
    assert [
        (row["charge"], row["from_day"], row["to_day"], row["quantity"], row["unit_price"], row["net"], row["clause"]) for row in lines
    ] == [
        ("pro_rata", "2026-10-23", "2026-10-31", "2", "31", "18.00", "BT-2.b"),
        ("recurring", "2026-11-01", "2026-11-30", "2", "31", "62.00", "BT-2.b"),
    ]


@pytest.mark.clause("BT-2.a")
def test_what_is_payable_in_advance_is_invoiced_at_order_once(here: Path) -> None:
    world().write(here / "feed")
    for day in (date(2026, 10, 23), date(2026, 10, 24)):
        order_invoicing.fn(on=day)
    assert net_by_payer(here) == EXPECTED_ORDERS_NET
    close()
    (order,) = [row for row in table(here / "out" / "2026-10" / "invoices.csv") if row["net"] == "178.00"]
    assert (order["issued_on"], order["due_on"]) == ("2026-10-23", "2026-10-23")


@pytest.mark.clause("BT-2.b", "BT-2.c")
def test_the_next_close_charges_what_the_cut_off_left_and_one_more_month(here: Path) -> None:
    small = world()
    small.write(here / "feed")
    close()
    small.inventory["2026-11-27"] = small.inventory["2026-10-28"]
    small.write(here / "feed")
    close("2026-11")
    lines = [row for row in table(here / "out" / "2026-11" / "invoice_lines.csv") if row["line_id"] == "L-START-USER"]
    assert [(row["charge"], row["from_day"], row["to_day"], row["net"]) for row in lines] == [
        ("recurring", "2026-12-01", "2026-12-31", "62.00"),
        ("usage", "2026-10-28", "2026-10-29", "0.12"),
    ]


def test_the_order_of_the_usage_files_and_of_their_rows_does_not_change_a_bill(here: Path, tmp_path: Path) -> None:
    small = world()
    chance = random.Random(7)
    chance.shuffle(small.usage)
    for call in small.usage:  # spread over files by chance: the day of a file says nothing about the calls in it
        call["file"] = str(chance.randrange(4))
    write_usage_by(small, here / "feed", key=lambda call: call["file"])
    close()
    assert net_by_payer(here) == EXPECTED_NET


def write_usage_by(small: World, feed: Path, key: Callable[[Row], str]) -> None:
    files: dict[str, list[Row]] = {}
    for call in small.usage:
        files.setdefault(key(call), []).append({name: value for name, value in call.items() if name != "file"})
    small.usage.clear()
    small.write(feed)
    for name, rows in files.items():
        with (feed / "usage" / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]), restval="")
            writer.writeheader()
            writer.writerows(rows)


@pytest.mark.clause("BT-2.c")
def test_a_late_call_is_billed_once_by_the_next_close_at_the_price_of_its_day(here: Path) -> None:
    small = world()
    small.write(here / "feed")
    close()
    late = dict(small.call("U-SIP-05"), usage_id="U-LATE-1")  # 14 October, the day before the price doubled
    small.usage[:] = [late]
    small.inventory["2026-11-27"] = small.inventory["2026-10-28"]
    small.write(here / "feed")
    close("2026-11")
    (line,) = [
        row
        for row in table(here / "out" / "2026-11" / "invoice_lines.csv")
        if row["line_id"] == "L-SIP-CHANNEL" and row["charge"] == "usage"
    ]
    assert (line["net"], line["from_day"], line["quantity"]) == ("0.30", "2026-10-14", "1")


@pytest.mark.clause("BT-2.c")
def test_a_late_call_draws_on_what_is_left_of_the_pack_of_its_month(here: Path) -> None:
    small = world()
    small.usage[:] = [call for call in small.usage if not call["usage_id"].startswith("U-PACK")] + [small.call("U-PACK-01")]
    small.write(here / "feed")
    close()  # 400 of the 600 seconds of October are used
    late = dict(small.call("U-PACK-01"), usage_id="U-LATE-2", quantity="260")
    small.usage[:] = [late]
    small.inventory["2026-11-27"] = small.inventory["2026-10-28"]
    small.write(here / "feed")
    close("2026-11")  # 200 in the pack, 60 charged
    (line,) = [
        row for row in table(here / "out" / "2026-11" / "invoice_lines.csv") if row["line_id"] == "L-PACK-USER" and row["charge"] == "usage"
    ]
    assert (line["net"], line["quantity"]) == ("0.06", "1")


@pytest.mark.clause("GC-5.1")
def test_a_missing_price_stops_the_close_names_the_line_and_the_corrected_feed_closes(here: Path, database: Engine) -> None:
    small = world()
    small.tables["prices"] = [row for row in small.tables["prices"] if row["product"] != "sip-channel"]
    small.write(here / "feed")
    with pytest.raises(GateStopped, match="L-SIP-CHANNEL"):
        close()
    with database.connect() as conn:
        assert conn.execute(text("select count(*) from invoice")).scalar() == 0
    world().write(here / "feed")
    close()
    assert net_by_payer(here) == EXPECTED_NET


@pytest.mark.clause("CG-2.b")
def test_a_payer_without_mail_is_parked_and_billed_for_both_months_by_the_next_close(here: Path) -> None:
    small = world()
    small.row("parties", "CL-PACK")["billing_emails"] = ""
    small.write(here / "feed")
    with pytest.MonkeyPatch.context() as more_parked:
        more_parked.setenv("BILLING_PARKED_SHARE_AT_MOST", "0.2")  # one of seven payers
        close()
    assert net_by_payer(here) == {payer: net for payer, net in EXPECTED_NET.items() if payer != "CL-PACK"}
    small.row("parties", "CL-PACK")["billing_emails"] = "billing@cl-pack.example"
    small.inventory["2026-11-27"] = small.inventory["2026-10-28"]
    small.write(here / "feed")
    close("2026-11")
    # November 67.00 and 0.28 of calls as October would have been billed, and December 67.00.
    assert net_by_payer(here, "2026-11")["CL-PACK"] == "134.28"


def test_one_payer_of_seven_parked_is_too_many_by_default(here: Path) -> None:
    small = world()
    small.row("parties", "CL-PACK")["billing_emails"] = ""
    small.write(here / "feed")
    with pytest.raises(GateStopped, match="parked"):
        close()


@pytest.mark.clause("CG-2.b")
def test_every_payer_gets_one_mail_with_its_invoice_or_a_file_on_the_portal(here: Path) -> None:
    world().write(here / "feed")
    close()
    assert len(list((here / "mailbox").rglob("new/*"))) == len(EXPECTED_NET) - 1
    published = {path.name for path in (here / "out" / "portal" / "documents").rglob("*.pdf")}
    assert published == {"2026-000003.pdf", "2026-000003-CL-PORTAL.pdf"}  # the invoice and its monthly summary
