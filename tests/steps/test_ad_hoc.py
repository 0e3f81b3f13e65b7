"""Ad-hoc charges from the feed to the invoice: with the next orders run or close, each once, nothing forgotten."""

from decimal import Decimal

import pytest

from tasks.outside import Outside
from tests.steps.billed_operator import Billed, billed

D = Decimal
NAMES = {"name_fr": "Portage", "name_nl": "Overdracht", "name_en": "Porting out"}


@pytest.fixture
def op(outside: Outside) -> Billed:
    made = billed(outside)
    service = {"service": "business_telephony", "timing": "at_order"}
    made.insert("product", product="bt-porting-out", version=1, valid_import=1, kind="porting_out", **service, **NAMES)
    return made


@pytest.mark.clause("GC-4.5")
def test_the_cost_of_misuse_goes_with_the_next_close_due_as_the_contract_says(op: Billed) -> None:
    op.charge("CH1", "2026-10-14")
    assert op.shown(op.bill_orders("2026-10-20")) == []
    run = op.bill_close("2026-10")
    assert op.shown(run) == ["P1 one_off 2026-10-14..2026-10-14 150.00"]
    assert [(str(due), net) for _, due, net in op.invoices(run)] == [("2026-11-27", D("150.00"))]
    assert op.say("select line_id, product, description, end_client_id, clause, quantity from invoice_line") == [
        ("", "", "Measures", "P1", "GC-4.5", D("1.000000"))
    ]


@pytest.mark.clause("BT-2.j")
def test_numbers_ported_out_cost_the_price_of_their_day_and_carry_the_product_in_the_language_of_the_payer(op: Billed) -> None:
    op.price("bt-porting-out", "25.00", "2026-01-01")
    op.price("bt-porting-out", "30.00", "2026-10-15")
    ported = {"product": "bt-porting-out", "description": "", "quantity": "2", "unit_price": None, "reason_clause": "BT-2.j"}
    op.charge("CH1", "2026-10-14", **ported)
    op.charge("CH2", "2026-10-15", **ported)
    op.bill_close("2026-10")
    assert op.ad_hoc() == ["CH1 2026-10-14 2 50.00 BT-2.j close", "CH2 2026-10-15 2 60.00 BT-2.j close"]
    assert op.say("select distinct description, product from invoice_line") == [("Porting out", "bt-porting-out")]


@pytest.mark.clause("BT-2.a")
def test_hardware_goes_with_the_next_orders_run_due_on_receipt_and_never_again(op: Billed) -> None:
    op.charge("CH1", "2026-10-14", product="bt-phone", description="", quantity="2", unit_price="80.00", reason_clause="BT-2.a")
    assert op.ad_hoc() == []
    run = op.bill_orders("2026-10-14")
    assert [(str(due), net) for _, due, net in op.invoices(run)] == [("2026-10-14", D("160.00"))]
    op.bill_orders("2026-10-15")
    op.bill_close("2026-10")
    assert op.ad_hoc() == ["CH1 2026-10-14 2 160.00 BT-2.a orders"]


@pytest.mark.parametrize(
    ("day", "closed_by"),
    [
        pytest.param("2026-10-28", "2026-10-28", id="dated the close date"),
        pytest.param("2026-10-29", "2026-11-28", id="dated the day after the close date"),
        pytest.param("2026-07-01", "2026-10-28", id="delivered months late"),
    ],
)
@pytest.mark.clause("GC-5.1")
def test_a_charge_goes_with_the_next_close_dated_on_or_after_its_day_and_only_that(op: Billed, day: str, closed_by: str) -> None:
    op.charge("CH1", day, reason_clause="GC-5.1")
    for month in ("2026-10", "2026-11", "2026-12"):
        op.bill_close(month)
    assert op.say("select run_on::text from ad_hoc_charge join run using (run_id)") == [(closed_by,)]


def test_doing_the_step_again_charges_nothing_twice_and_says_what_it_did(op: Billed) -> None:
    op.charge("CH1", "2026-10-14")
    run = op.close("2026-10")
    assert op.stage(run).figures["ad-hoc"] == 1
    assert op.ad_hoc() == ["CH1 2026-10-14 1 150.00 GC-4.5 close"]


@pytest.mark.clause("GC-2.2")
def test_a_charge_waits_for_its_contract_and_the_gate_says_so(op: Billed) -> None:
    op.contract("C2", payer_id="P1", confirmed_on="2026-11-10")
    op.charge("CH1", "2026-10-14", contract_id="C2")
    run = op.bill_close("2026-10")
    assert op.ad_hoc() == []
    assert op.warned(run) == ["ad_hoc_waiting"]
    assert op.say("select reason from ad_hoc_waiting") == [("CH1: contract C2 lacks written confirmation",)]
    op.bill_close("2026-11")
    assert op.ad_hoc() == ["CH1 2026-10-14 1 150.00 GC-4.5 close"]


@pytest.mark.clause("GC-5.1")
def test_a_charge_without_a_price_stops_the_close(op: Billed) -> None:
    op.charge("CH1", "2026-10-14", product="bt-porting-out", unit_price=None)
    run = op.close("2026-10")
    assert "ad_hoc_unpriced" in op.warned(run, "recurring")
    op.price("bt-porting-out", "25.00", "2026-01-01")
    op.stage(run)
    assert "ad_hoc_unpriced" not in op.warned(run, "recurring")


@pytest.mark.clause("CG-3.e")
def test_after_a_bankruptcy_only_what_is_dated_before_it_is_charged_to_the_partner(op: Billed) -> None:
    op.party("E1")
    op.record("terminations", "T1", contract_id="C1", line_id=None, end_client_id="E1", by="bankruptcy", received_on="2026-10-15",
              requested_on=None, client_breach="false", proof="judgment")  # fmt: skip
    op.charge("CH1", "2026-10-14", end_client_id="E1")
    op.charge("CH2", "2026-10-15", end_client_id="E1")
    op.charge("CH3", "2026-10-15")
    run = op.bill_close("2026-10")
    assert op.ad_hoc() == ["CH1 2026-10-14 1 150.00 GC-4.5 close", "CH3 2026-10-15 1 150.00 GC-4.5 close"]
    assert op.warned(run) == ["ad_hoc_waiting"]
    assert op.warned(op.bill_close("2026-11")) == []  # told once
    assert len(op.ad_hoc()) == 2


@pytest.mark.clause("CG-3.b")
def test_a_charge_dated_before_the_end_of_its_contract_is_still_billed_after_it(op: Billed) -> None:
    op.line("L1", ends_on="2026-10-20", charged_through="2026-10-20")
    op.charge("CH1", "2026-10-14")
    op.bill_close("2026-12")
    assert op.ad_hoc() == ["CH1 2026-10-14 1 150.00 GC-4.5 close"]


def test_what_a_parked_payer_was_charged_is_charged_by_the_next_close(op: Billed) -> None:
    op.say("update party set billing_emails = ''")
    op.charge("CH1", "2026-10-14")
    op.bill_close("2026-10")
    assert op.ad_hoc() == []
    op.say("update party set billing_emails = 'one@one.example'")
    assert op.shown(op.bill_close("2026-11")) == ["P1 one_off 2026-10-14..2026-10-14 150.00"]


def test_a_charge_changed_after_it_was_charged_is_named_and_stays(op: Billed) -> None:
    op.charge("CH1", "2026-10-14")
    op.bill_close("2026-10")
    op.charge("CH1", "2026-10-14", unit_price="175.00")
    assert op.warned(op.bill_close("2026-11")) == ["ad_hoc_changed"]
    assert op.ad_hoc() == ["CH1 2026-10-14 1 150.00 GC-4.5 close"]


def test_an_issued_charge_can_neither_change_nor_go(op: Billed) -> None:
    op.charge("CH1", "2026-10-14")
    op.bill_close("2026-10")
    for change in ("update ad_hoc_charge set net = 1", "delete from ad_hoc_charge"):
        with pytest.raises(Exception, match="is on an issued invoice and can never change"):
            op.say(change)
