"""Ad-hoc charges: what they cost, with which run they go, and when they wait or are never billed."""

from datetime import date
from decimal import Decimal

import pytest

from billing.ad_hoc import ALLOWING, AdHoc, AdHocCharge, Waiting, ad_hoc_charge, is_billed_at_order
from billing.clause import CLAUSE_ID
from billing.prices import PriceList
from tests.rules.lines import contract, listed, version

D = Decimal
ON = date(2026, 10, 28)
PRICES = listed(version("25.00"), version("30.00", "2026-10-15"))


def asked(**cells: object) -> AdHoc:
    like: dict[str, object] = {
        "charge_id": "CH1", "contract_id": "C1", "end_client_id": "E1", "charged_on": date(2026, 10, 14), "product": "", "kind": "",
        "description": "Cost of measures after misuse", "quantity": D(1), "unit_price": D("150.00"), "reason_clause": "GC-4.5",
    }  # fmt: skip
    return AdHoc(**{**like, **cells})  # type: ignore[arg-type]


def charged(one: AdHoc, prices: PriceList = PRICES, confirmed_on: str = "2025-12-10", **bankrupt: str) -> AdHocCharge | Waiting:
    agreed = contract(confirmed_on=date.fromisoformat(confirmed_on))
    return ad_hoc_charge(one, agreed, ON, prices, {client: date.fromisoformat(day) for client, day in bankrupt.items()})


@pytest.mark.clause("GC-4.5")
def test_the_cost_of_measures_after_misuse_is_quantity_times_the_price_given() -> None:
    assert charged(asked(quantity=D("2.5"))) == AdHocCharge(asked(quantity=D("2.5")), D("150.00"), D("375.00"))


@pytest.mark.parametrize(
    ("quantity", "unit_price", "net"), [("3", "0.335", "1.01"), ("1", "0.004", "0.00"), ("0.5", "0.01", "0.01"), ("7", "12.00", "84.00")]
)
def test_the_net_is_rounded_once_half_up(quantity: str, unit_price: str, net: str) -> None:
    charge = charged(asked(quantity=D(quantity), unit_price=D(unit_price)))
    assert isinstance(charge, AdHocCharge)
    assert charge.net == D(net)


@pytest.mark.clause("BT-2.j")
@pytest.mark.parametrize(
    ("day", "net"),
    [
        pytest.param("2026-10-14", "75.00", id="three numbers ported out on 14 October at 25.00"),
        pytest.param("2026-10-15", "90.00", id="three numbers ported out on 15 October, the day 30.00 comes into force"),
    ],
)
def test_a_number_ported_out_costs_what_the_price_list_says_on_that_day(day: str, net: str) -> None:
    ported = asked(product="bt-user", kind="porting_out", unit_price=None, quantity=D(3), charged_on=date.fromisoformat(day))
    charge = charged(ported)
    assert isinstance(charge, AdHocCharge)
    assert charge.net == D(net)


@pytest.mark.clause("GC-5.1")
def test_a_price_given_prevails_over_the_list_and_may_be_nothing() -> None:
    charge = charged(asked(product="bt-user", unit_price=D(0)))
    assert isinstance(charge, AdHocCharge)
    assert charge.net == D("0.00")


@pytest.mark.clause("GC-5.1")
def test_without_a_price_on_its_day_a_charge_waits_and_says_so() -> None:
    waiting = charged(asked(product="bt-user", unit_price=None, charged_on=date(2019, 12, 31)))
    assert waiting == Waiting("CH1", "C1", "unpriced", "CH1: no price for product bt-user on 2019-12-31")


@pytest.mark.clause("GC-2.2")
def test_a_charge_waits_until_its_contract_is_in_force() -> None:
    waiting = charged(asked(), confirmed_on="2026-10-29")
    assert waiting == Waiting("CH1", "C1", "not_in_force", "CH1: contract C1 lacks written confirmation")
    assert isinstance(charged(asked(), confirmed_on="2026-10-28"), AdHocCharge)


@pytest.mark.clause("CG-3.e")
@pytest.mark.parametrize(
    ("client", "proof", "billed"),
    [
        pytest.param("E1", "2026-10-15", True, id="dated the day before the proof: a claim that stays"),
        pytest.param("E1", "2026-10-14", False, id="dated the day of the proof"),
        pytest.param("E1", "2026-09-01", False, id="dated after the proof"),
        pytest.param("E2", "2026-09-01", True, id="another end client of the partner is bankrupt"),
    ],
)
def test_after_the_proof_of_a_bankruptcy_nothing_is_charged(client: str, proof: str, billed: bool) -> None:
    result = charged(asked(), **{client: proof})
    assert isinstance(result, AdHocCharge) == billed
    assert billed or (isinstance(result, Waiting) and result.why == "bankrupt")


@pytest.mark.parametrize(
    ("kind", "at_order"),
    [
        ("hardware", True), ("activation", True), ("installation", True),
        ("porting_out", False), ("other", False), ("user", False), ("licence", False), ("", False),
    ],
)  # fmt: skip
@pytest.mark.clause("BT-2.a", "ST-2.a", "WM-2.a")
def test_hardware_activation_and_installation_go_with_the_orders_all_else_with_the_close(kind: str, at_order: bool) -> None:
    assert is_billed_at_order(kind) == at_order


def test_every_clause_that_allows_a_charge_is_a_clause() -> None:
    assert [clause for clause in ALLOWING if not CLAUSE_ID.fullmatch(clause)] == []
    assert "BT-2.e" not in ALLOWING
