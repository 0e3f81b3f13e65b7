"""A person says where unmatched money belongs; what was said before stays on record."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tasks.bank.by_hand import AllocationRefused, allocate_on_account, allocate_to_invoices, set_aside
from tasks.bank.importing import import_statements
from tasks.outside import Outside
from tasks.write_off import write_off
from tests.bank_files import PAYERS, Paid
from tests.steps.delivery_scene import Scene
from tests.steps.test_bank_import import ALFA1, DAY, booked, places, scene, still_open

__all__ = ["scene"]

D = Decimal
FIRST, SECOND, THIRD = "2026-000001", "2026-000002", "2026-000003"


def test_unmatched_money_is_put_on_invoices_in_the_order_given_as_paid_on_the_day_it_came(outside: Outside, scene: Scene) -> None:
    booked(outside, Paid("150.00", "?"))
    receipt = allocate_to_invoices(outside.engine, 1, [SECOND, FIRST], by="An")
    assert str(receipt) == "movement 1: 60.50 EUR on invoice 2026-000002, 89.50 EUR on invoice 2026-000001"
    assert still_open(outside)["1"] == D("31.50")
    assert scene.say("select distinct paid_on from payment") == [(DAY,)]
    assert scene.say("select place, amount, how, decided_by from allocation order by allocation_no limit 3") == [
        ("unmatched", D("150.00"), "unmatched", ""), ("unmatched", D("-60.50"), "by hand", "An"), ("invoice", D("60.50"), "by hand", "An"),
    ]  # fmt: skip


def test_what_is_more_than_the_invoices_stays_on_the_worklist(outside: Outside, scene: Scene) -> None:
    booked(outside, Paid("50.00", "?"))
    receipt = allocate_to_invoices(outside.engine, 1, [THIRD], by="An")
    assert str(receipt) == "movement 1: 48.40 EUR on invoice 2026-000003; 1.60 EUR stay unmatched"
    assert import_statements(outside).worklist == 1


def test_an_account_a_person_tied_to_a_payer_is_known_from_then_on(outside: Outside, scene: Scene) -> None:
    booked(outside, Paid("121.00", "rent", PAYERS["ALFA"]))
    allocate_to_invoices(outside.engine, 1, [FIRST], by="An")
    booked(outside, Paid("60.50", "rent", PAYERS["ALFA"]), day=DAY + timedelta(days=1), number=8, opening="1121.00")
    assert places(scene) == ["1 invoice 1 121.00", "2 invoice 2 60.50"]


def test_money_is_kept_on_account_of_a_payer_and_later_put_on_an_invoice(outside: Outside, scene: Scene) -> None:
    booked(outside, Paid("100.00", "?"))
    assert str(allocate_on_account(outside.engine, 1, "ALFA", by="An")) == "movement 1: 100.00 EUR on account of ALFA"
    assert places(scene) == ["1 on_account ALFA 100.00"]
    allocate_to_invoices(outside.engine, 1, [FIRST], by="An")
    assert places(scene) == ["1 invoice 1 100.00"]


def test_money_that_is_no_payers_is_set_aside(outside: Outside, scene: Scene) -> None:
    booked(outside, Paid("77.00", "tax refund"))
    set_aside(outside.engine, 1, by="An")
    assert (places(scene), import_statements(outside).worklist) == (["1 aside - 77.00"], 0)


def test_a_return_that_waits_takes_back_what_was_paid_of_the_invoice_named(outside: Outside, scene: Scene) -> None:
    booked(outside, Paid("121.00", ALFA1), Paid("-100.00", "", returned="MS03"))
    allocate_to_invoices(outside.engine, 2, [FIRST], by="An")
    assert still_open(outside, date(2026, 12, 31))["1"] == D("100.00")
    with pytest.raises(AllocationRefused, match="nothing of movement 2 is unmatched"):
        allocate_on_account(outside.engine, 2, "ALFA", by="An")


def test_a_return_takes_back_nothing_of_what_was_given_up(outside: Outside, scene: Scene) -> None:
    booked(outside, Paid("21.00", ALFA1), Paid("-121.00", "", returned="MS03"))
    write_off(outside.engine, FIRST, None, on=DAY, by="An", reason="bankrupt")
    assert str(allocate_to_invoices(outside.engine, 2, [FIRST], by="An")).startswith("movement 2: -21.00 EUR on invoice 2026-000001")
    with pytest.raises(AllocationRefused, match="nothing was paid of it"):
        allocate_to_invoices(outside.engine, 2, [FIRST], by="An")


REFUSED = [
    ("an unknown movement", (9, [FIRST], "An"), "there is no movement 9; its number stands in unmatched.csv"),
    ("a movement that is placed", (1, [SECOND], "An"), "nothing of movement 1 is unmatched"),
    ("an unknown invoice", (2, ["2026-000099"], "An"), "there is no invoice 2026-000099"),
    ("an invoice paid in full", (2, [FIRST], "An"), "invoice 2026-000001 takes no part of 5.00 EUR: nothing is open of it"),
    ("more invoices than money", (2, [SECOND, THIRD], "An"), "nothing is left for invoice 2026-000003; name fewer invoices"),
    ("nobody who decides", (2, [SECOND], " "), "money is allocated on somebody's word; give --by NAME"),
]


@pytest.mark.parametrize(("given", "reason"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_an_allocation_that_makes_no_sense_is_refused_and_nothing_is_written(
    outside: Outside, scene: Scene, given: tuple[int, list[str], str], reason: str
) -> None:
    booked(outside, Paid("121.00", ALFA1), Paid("5.00", "?"))
    before = places(scene)
    movement, invoices, by = given
    with pytest.raises(AllocationRefused) as refused:
        allocate_to_invoices(outside.engine, movement, invoices, by=by)
    assert str(refused.value).startswith(reason)
    assert places(scene) == before


def test_money_is_not_kept_for_a_payer_nobody_knows(outside: Outside, scene: Scene) -> None:
    booked(outside, Paid("5.00", "?"))
    with pytest.raises(AllocationRefused, match="there is no payer NOBODY"):
        allocate_on_account(outside.engine, 1, "NOBODY", by="An")
