"""One-off lines: once, on order, at the price of that day (BT-2.a, ST-2.a, WM-2.a)."""

from datetime import date
from decimal import Decimal

import pytest

from billing.one_off import OneOffCharge, one_off_charge, ordered_on
from billing.order import is_one_off, is_prepaid, is_recurring
from billing.prices import Unpriced
from tests.rules.lines import line, listed, version

ORDERED = date(2026, 10, 5)
PRICES = listed(version("89.00"), version("99.00", "2026-10-06"))


def phone(**cells: object) -> object:
    return one_off_charge(line(kind="hardware", timing="at_order", **cells), ORDERED, PRICES)


@pytest.mark.clause("BT-2.a")
def test_hardware_costs_quantity_times_the_price_of_the_day_of_the_order() -> None:
    assert phone(quantity=2) == OneOffCharge(1, ORDERED, 2, Decimal("89.00"), Decimal("178.00"), "BT-2.a")


@pytest.mark.clause("BT-2.a")
def test_the_net_is_rounded_once_half_up() -> None:
    charge = phone(quantity=3, unit_price=Decimal("0.335"))
    assert isinstance(charge, OneOffCharge)
    assert charge.net == Decimal("1.01")


@pytest.mark.clause("BT-2.a", "ST-2.a", "WM-2.a")
@pytest.mark.parametrize(
    ("service", "clause"), [("business_telephony", "BT-2.a"), ("sip_trunking", "ST-2.a"), ("web_meeting", "WM-2.a"), ("telavox", "GC-5.1")]
)
def test_each_service_has_its_clause(service: str, clause: str) -> None:
    charge = phone(service=service)
    assert isinstance(charge, OneOffCharge)
    assert charge.clause == clause


@pytest.mark.clause("BT-2.j")
def test_a_number_ported_out_has_its_own_clause() -> None:
    charge = one_off_charge(line(kind="porting_out"), ORDERED, PRICES)
    assert isinstance(charge, OneOffCharge)
    assert charge.clause == "BT-2.j"


@pytest.mark.clause("BT-2.a")
def test_what_an_earlier_system_charged_is_not_charged_again() -> None:
    assert phone(charged_through=date(2026, 9, 30)) is None


@pytest.mark.clause("BT-2.a")
def test_nothing_ordered_is_nothing_charged() -> None:
    assert phone(quantity=0) is None


@pytest.mark.clause("GC-5.1")
def test_no_price_on_the_day_of_the_order_names_the_line() -> None:
    refused = one_off_charge(line(kind="hardware"), date(2019, 12, 31), PRICES)
    assert isinstance(refused, Unpriced)
    assert "line L1 on 2019-12-31" in refused.reason


@pytest.mark.clause("BT-2.a")
def test_a_line_is_ordered_the_day_its_contract_came_into_force() -> None:
    assert ordered_on(date(2026, 10, 5), None, date(2026, 10, 20)) == date(2026, 10, 5)
    assert ordered_on(date(2026, 10, 5), date(2026, 9, 30), date(2026, 10, 20)) == date(2026, 10, 5)


@pytest.mark.clause("BT-2.a")
def test_a_line_added_to_an_old_contract_is_ordered_after_the_orders_run_that_did_not_find_it() -> None:
    assert ordered_on(date(2024, 1, 10), date(2026, 10, 27), date(2026, 10, 30)) == date(2026, 10, 28)


@pytest.mark.clause("BT-2.a")
def test_the_very_first_orders_run_sells_nothing_at_prices_of_years_ago() -> None:
    assert ordered_on(date(2024, 1, 10), None, date(2026, 10, 30)) == date(2026, 9, 30)


@pytest.mark.clause("BT-2.a")
@pytest.mark.parametrize(
    ("service", "kind", "timing", "charged"),
    [
        ("business_telephony", "user", "advance", "recurring"),
        ("telavox", "user", "arrears", "recurring"),
        ("business_telephony", "other", "advance", "recurring"),
        ("business_telephony", "hardware", "at_order", "one_off"),
        ("business_telephony", "activation", "at_order", "one_off"),
        ("business_telephony", "hardware", "advance", "one_off"),  # whatever the catalogue says of its timing
        ("business_telephony", "porting_out", "arrears", "one_off"),
        ("business_telephony", "licence", "at_order", "one_off"),
        ("web_meeting", "hardware", "at_order", "one_off"),
        ("web_meeting", "licence", "at_order", "prepaid"),
        ("web_meeting", "licence", "advance", "recurring"),
        ("business_telephony", "usage", "arrears", "nothing"),
        ("business_telephony", "usage", "at_order", "nothing"),
    ],
)
def test_every_line_is_charged_by_one_rule_only(service: str, kind: str, timing: str, charged: str) -> None:
    ours = line(service=service, kind=kind, timing=timing)
    rules = {"recurring": is_recurring(ours), "one_off": is_one_off(ours), "prepaid": is_prepaid(ours)}
    assert [rule for rule, applies in rules.items() if applies] == ([] if charged == "nothing" else [charged])
