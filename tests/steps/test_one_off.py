"""The step of an orders run: what was ordered is invoiced once, subscriptions before each renewal."""

from dataclasses import replace

import pytest

from tasks.charging import refusals
from tasks.outside import Outside
from tests.steps.charging_operator import Operator, operator


@pytest.fixture
def op(outside: Outside) -> Operator:
    return operator(outside)


ORDER = {"product": "bt-phone", "quantity": 2, "starts_on": "2026-10-23", "charged_through": None}
LICENCE = {"product": "wm-licence", "starts_on": "2026-11-10", "charged_through": None}


@pytest.mark.clause("BT-2.a")
def test_what_was_ordered_is_charged_once(op: Operator) -> None:
    op.contract("C2", confirmed_on="2026-10-05")
    op.line("L1", contract_id="C2", **ORDER)
    run = op.orders("2026-10-05")
    assert op.once() == ["L1 2026-10-05 2 178.00 BT-2.a"]
    assert str(op.stage(run)) == "one-off 1, prepaid 0, net 178.00, without price 0, contracts not in force 0"
    op.orders("2026-10-06")
    assert op.once() == ["L1 2026-10-05 2 178.00 BT-2.a"]


@pytest.mark.clause("BT-2.a")
def test_the_price_is_that_of_the_day_the_contract_came_into_force(op: Operator) -> None:
    op.price("bt-phone", "99.00", "2026-10-06")
    op.contract("C2", confirmed_on="2026-10-05")
    op.line("L1", contract_id="C2", **ORDER)
    op.orders("2026-10-20")
    assert op.once() == ["L1 2026-10-05 2 178.00 BT-2.a"]


@pytest.mark.clause("BT-2.a")
def test_a_line_added_to_an_old_contract_has_the_price_of_now(op: Operator) -> None:
    op.price("bt-phone", "99.00", "2026-10-06")
    op.orders("2026-10-19")
    op.line("L1", **ORDER)
    op.orders("2026-10-20")
    assert op.once() == ["L1 2026-10-20 2 198.00 BT-2.a"]


@pytest.mark.clause("BT-2.a")
def test_what_an_earlier_system_charged_is_not_charged_again(op: Operator) -> None:
    op.line("L1", **{**ORDER, "charged_through": "2026-01-31"})
    op.orders("2026-10-05")
    assert op.once() == []


@pytest.mark.clause("GC-2.2", "GC-11.1")
def test_an_order_waits_until_its_contract_is_in_force(op: Operator) -> None:
    op.contract("C2", confirmed_on="2026-10-08")
    op.line("L1", contract_id="C2", **ORDER)
    run = op.orders("2026-10-07")
    assert op.once() == []
    assert op.say("select contract_id, missing from contract_not_in_force where run_id = :run_id", run_id=run.run_id) == [
        ("C2", "written confirmation")
    ]
    op.orders("2026-10-08")
    assert op.once() == ["L1 2026-10-08 2 178.00 BT-2.a"]


@pytest.mark.clause("GC-5.1")
def test_an_order_without_a_price_is_named_and_the_others_go_on(op: Operator) -> None:
    names = {"name_fr": "x", "name_nl": "x", "name_en": "x"}
    phone = {"service": "business_telephony", "kind": "hardware", "timing": "at_order"}
    op.insert("product", product="bt-new-phone", version=1, valid_import=1, **phone, **names)
    op.price("bt-new-phone", "99.00", "2026-10-10")
    op.line("L1", **ORDER)
    op.line("L2", **{**ORDER, "product": "bt-new-phone"})
    run = op.orders("2026-10-05")
    assert op.once() == ["L1 2026-09-05 2 178.00 BT-2.a"]  # the very first run looks back a month
    with op.outside.engine.connect() as conn:
        assert [(refused.line_id, str(refused.day)) for refused in refusals(conn, run)] == [("L2", "2026-09-05")]


@pytest.mark.clause("BT-2.a")
def test_a_parked_payer_is_charged_by_the_next_orders_run(op: Operator) -> None:
    op.line("L1", **ORDER)
    run = op.orders("2026-10-05")
    op.insert("parked_payer", run_id=run.run_id, payer_id="P1", step="drafts", reason="no mail address", advice="set it")
    op.stage(run)
    assert op.once() == []
    op.orders("2026-10-06")
    assert op.once() == ["L1 2026-10-06 2 178.00 BT-2.a"]


@pytest.mark.clause("WM-2.b")
def test_a_subscription_is_prepaid_at_order_and_again_before_its_renewal(op: Operator) -> None:
    op.line("L1", **LICENCE)
    first = op.orders("2026-10-05")
    assert op.charged(first) == ["L1 2026-11-10..2026-11-30 1 21.70", "L1 2026-12-01..2026-12-09 1 9.30"]
    assert op.say("select distinct clause, count_rule from recurring_charge") == [("WM-2.b", "ordered")]
    assert op.charged(op.orders("2026-11-25")) == []
    assert op.charged(op.orders("2026-11-26")) == ["L1 2026-12-10..2026-12-31 1 22.00", "L1 2027-01-01..2027-01-09 1 9.00"]
    op.stage(first)
    assert len(op.charged()) == 4
    assert op.once() == []


@pytest.mark.clause("WM-2.b")
def test_the_lead_of_a_renewal_is_a_setting(outside: Outside) -> None:
    op = operator(replace(outside, settings=outside.settings.model_copy(update={"renewal_lead_days": 30})))
    op.line("L1", **LICENCE)
    op.orders("2026-10-05")
    assert op.charged(op.orders("2026-11-09")) == []
    assert len(op.charged(op.orders("2026-11-10"))) == 2


@pytest.mark.clause("WM-2.b")
def test_a_subscription_of_a_year_costs_twelve_months_and_is_not_renewed_after_its_end(op: Operator) -> None:
    op.line("L1", **{**LICENCE, "min_months": 12, "ends_on": "2027-11-09"})
    op.orders("2026-10-05")
    assert op.say("select count(*), sum(net)::text from recurring_charge") == [(13, "372.00")]
    assert op.charged(op.orders("2027-11-01")) == []


@pytest.mark.clause("WM-2.b")
def test_a_subscription_an_earlier_system_charged_is_only_renewed(op: Operator) -> None:
    op.line("L1", **{**LICENCE, "starts_on": "2026-01-10", "charged_through": "2026-11-09"})
    assert op.charged(op.orders("2026-10-26")) == []
    assert len(op.charged(op.orders("2026-10-27"))) == 2
