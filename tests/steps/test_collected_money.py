"""The way back of direct debits through real files of the bank: credited whole, in parts, net, returned early, late and in a batch."""

from datetime import date
from decimal import Decimal

import pytest

from tasks.bank.by_hand import AllocationRefused, allocate_to_batch, allocate_to_invoices
from tasks.collecting import under_collection
from tasks.dunning import run_dunning
from tasks.gates import examine_bank
from tasks.outside import Outside
from tests.bank_files import PAYERS, Paid
from tests.steps.collecting_scene import DEBITED, MESSAGE, CollectingScene, batch

D = Decimal
LATER = date(2026, 12, 1)
FIRST, SECOND, THIRD = "2026-000001", "2026-000002", "2026-000003"
OPEN = {"1": D("121.00"), "2": D("60.50"), "3": D("48.40"), "4": D("30.00")}
WHOLE = ["1 invoice 1 121.00", "1 invoice 2 60.50", "1 invoice 3 48.40"]


@pytest.fixture
def scene(outside: Outside) -> CollectingScene:
    """ALFA's 121.00 and 60.50 and BETA's 48.40 are collected: the first debits come to 169.40, the recurring one is 60.50."""
    scene = CollectingScene(outside)
    scene.collect()
    return scene


def of(number: str, amount: str, payer_id: str, *, returned: str = "") -> Paid:
    """A debit as a detail of the bank names it."""
    return Paid(amount, iban=PAYERS[payer_id], end_to_end=number, returned=returned)


def back(number: str, amount: str) -> Paid:
    """A debit handed back, naming its end-to-end id alone."""
    return Paid(f"-{amount}", end_to_end=number, returned="MD06")


@pytest.mark.parametrize("layout", ["camt", "coda"])
def test_a_batch_credited_whole_pays_its_invoices_as_do_the_batches_of_its_sequences(
    outside: Outside, scene: CollectingScene, layout: str
) -> None:
    receipt = scene.books(batch("229.90", named=MESSAGE), layout=layout)
    assert scene.places() == WHOLE
    assert scene.still_open() == {"4": D("30.00")}
    assert (receipt.figures["matched"], receipt.worklist) == (1, 0)
    assert examine_bank(outside, DEBITED).state.endswith("passed")


@pytest.mark.parametrize("layout", ["camt", "coda"])
def test_each_payment_information_is_a_batch(outside: Outside, scene: CollectingScene, layout: str) -> None:
    scene.books(batch("169.40"), batch("60.50", named=f"{MESSAGE}-RCUR"), layout=layout)
    assert scene.places() == ["1 invoice 1 121.00", "1 invoice 3 48.40", "2 invoice 2 60.50"]


def test_a_batch_is_named_by_the_ids_of_its_entry_too(outside: Outside, scene: CollectingScene) -> None:
    scene.books(Paid("169.40", batch=f"{MESSAGE}-FRST"), Paid("60.50", batch=f"{MESSAGE}-RCUR"))
    assert scene.places() == ["1 invoice 1 121.00", "1 invoice 3 48.40", "2 invoice 2 60.50"]


@pytest.mark.parametrize("layout", ["camt", "coda"])
def test_a_batch_with_its_details_is_booked_debit_by_debit(outside: Outside, scene: CollectingScene, layout: str) -> None:
    details = (of(FIRST, "121.00", "ALFA"), of(THIRD, "48.40", "BETA"), of(SECOND, "60.50", "ALFA"))
    scene.books(batch("229.90", details, MESSAGE), layout=layout)
    assert scene.places() == ["1 invoice 1 121.00", "2 invoice 3 48.40", "3 invoice 2 60.50"]


def test_a_batch_whose_details_name_nobody_is_still_that_batch(outside: Outside, scene: CollectingScene) -> None:
    details = (Paid("121.00", end_to_end=FIRST), Paid("48.40", end_to_end=THIRD), Paid("60.50", end_to_end=SECOND))
    scene.books(Paid("229.90", details=details))
    assert scene.places() == WHOLE


@pytest.mark.parametrize("layout", ["camt", "coda"])
def test_one_debit_returned_inside_the_batch_leaves_its_invoice_open(outside: Outside, scene: CollectingScene, layout: str) -> None:
    details = (
        of(FIRST, "121.00", "ALFA"),
        of(THIRD, "48.40", "BETA"),
        of(SECOND, "60.50", "ALFA"),
        of(SECOND, "-60.50", "ALFA", returned="AM04"),
    )
    receipt = scene.books(batch("169.40", details, MESSAGE), layout=layout)
    assert scene.still_open() == {"2": D("60.50"), "4": D("30.00")}
    assert (receipt.figures["returned"], receipt.worklist) == (1, 0)


def test_a_credit_net_of_one_debit_pays_the_others(outside: Outside, scene: CollectingScene) -> None:
    receipt = scene.books(batch("181.50", named=MESSAGE))
    assert scene.places() == ["1 invoice 1 121.00", "1 invoice 2 60.50"]
    assert scene.still_open() == {"3": D("48.40"), "4": D("30.00")}
    assert receipt.worklist == 0


@pytest.mark.parametrize("amount", ["229.89", "230.00", "21.40"])
def test_a_credit_of_another_sum_waits_for_a_person(outside: Outside, scene: CollectingScene, amount: str) -> None:
    receipt = scene.books(batch(amount, named=MESSAGE))
    assert scene.still_open() == OPEN
    assert receipt.worklist == 1


def test_a_batch_credited_twice_is_paid_once(outside: Outside, scene: CollectingScene) -> None:
    receipt = scene.books(batch("229.90", named=MESSAGE), batch("229.90", named=MESSAGE))
    assert scene.places() == [*WHOLE, "2 unmatched - 229.90"]
    assert receipt.worklist == 1


@pytest.mark.parametrize("layout", ["camt", "coda"])
@pytest.mark.parametrize("day", [date(2026, 12, 1), date(2027, 1, 20), date(2027, 12, 20)], ids=["days", "eight weeks", "thirteen months"])
def test_a_return_after_the_batch_opens_its_invoice_again(outside: Outside, scene: CollectingScene, layout: str, day: date) -> None:
    scene.books(batch("229.90", named=MESSAGE), layout=layout)
    receipt = scene.books(back(THIRD, "48.40"), day=day, number=8 if day.year == 2026 else 1, opening="1229.90", layout=layout)
    assert scene.places() == [*WHOLE, "2 invoice 3 -48.40"]
    assert scene.still_open() == {"3": D("48.40"), "4": D("30.00")}
    assert receipt.figures["returned"] == 1
    assert str(receipt.totals) == "money received 181.50 EUR = on invoices 181.50 + on account 0.00 + unmatched 0.00"


def test_a_return_names_the_debit_whatever_else_came_from_that_account(outside: Outside, scene: CollectingScene) -> None:
    """BETA paid 48.40 by transfer for another invoice: the return is not of that one."""
    fifth = scene.invoice(scene.close("2026-11", date(2026, 11, 28)), "BETA", "48.40")
    scene.books(Paid("48.40", "260000000574", PAYERS["BETA"]), batch("229.90", named=MESSAGE))
    scene.books(Paid("-48.40", "", PAYERS["BETA"], end_to_end=THIRD, returned="MS03"), day=LATER, number=8, opening="1278.30")
    assert fifth[-1] == "5"
    assert scene.still_open() == {"3": D("48.40"), "4": D("30.00")}


def test_a_return_that_names_the_communication_of_its_invoice_is_of_that_debit(outside: Outside, scene: CollectingScene) -> None:
    scene.books(batch("229.90", named=MESSAGE))
    scene.books(Paid("-48.40", "+++260/0000/00372+++", returned="AM04"), day=LATER, number=8, opening="1229.90")
    assert scene.still_open() == {"3": D("48.40"), "4": D("30.00")}
    assert scene.say("select end_to_end_id from collection_item where returned_by is not null") == [(THIRD,)]


@pytest.mark.parametrize("layout", ["camt", "coda"])
def test_a_return_before_the_credit_waits_for_it(outside: Outside, scene: CollectingScene, layout: str) -> None:
    early = scene.books(back(SECOND, "60.50"), layout=layout)
    assert scene.places() == ["1 unmatched - -60.50"]
    assert early.worklist == 1
    receipt = scene.books(batch("229.90", named=MESSAGE), day=LATER, number=8, opening="939.50", layout=layout)
    assert scene.places() == ["1 invoice 2 -60.50", "2 invoice 1 121.00", "2 invoice 2 60.50", "2 invoice 3 48.40"]
    assert scene.still_open() == {"2": D("60.50"), "4": D("30.00")}
    assert receipt.worklist == 0


def test_a_return_and_its_batch_on_one_statement_in_any_order(outside: Outside, scene: CollectingScene) -> None:
    receipt = scene.books(back(SECOND, "60.50"), batch("229.90", named=MESSAGE))
    assert scene.still_open() == {"2": D("60.50"), "4": D("30.00")}
    assert receipt.worklist == 0


def test_a_debit_handed_back_twice_is_taken_back_once(outside: Outside, scene: CollectingScene) -> None:
    scene.books(batch("229.90", named=MESSAGE))
    receipt = scene.books(back(SECOND, "60.50"), back(SECOND, "60.50"), day=LATER, number=8, opening="1229.90")
    assert scene.still_open() == {"2": D("60.50"), "4": D("30.00")}
    assert receipt.worklist == 1


def test_a_return_of_more_than_was_debited_waits_for_a_person(outside: Outside, scene: CollectingScene) -> None:
    scene.books(batch("229.90", named=MESSAGE))
    receipt = scene.books(back(SECOND, "61.00"), day=LATER, number=8, opening="1229.90")
    assert scene.still_open() == {"4": D("30.00")}
    assert receipt.worklist == 1


def test_who_paid_by_himself_and_is_debited_too_has_the_money_on_account_and_a_return_takes_it_from_there(
    outside: Outside, scene: CollectingScene
) -> None:
    scene.books(Paid("100.00", "260000000170", PAYERS["ALFA"]), day=date(2026, 11, 25), number=6)
    scene.books(batch("229.90", named=MESSAGE), opening="1100.00")
    assert scene.places() == [
        "1 invoice 1 100.00", "2 invoice 1 21.00", "2 invoice 2 60.50", "2 invoice 3 48.40", "2 on_account ALFA 100.00",
    ]  # fmt: skip
    receipt = scene.books(back(FIRST, "121.00"), day=LATER, number=8, opening="1329.90")
    assert scene.still_open() == {"1": D("21.00"), "4": D("30.00")}
    assert (receipt.worklist, str(receipt.totals.on_account)) == (0, "0.00")


def test_money_on_account_that_was_used_since_is_not_taken_back_without_a_person(outside: Outside, scene: CollectingScene) -> None:
    scene.books(Paid("121.00", "260000000170", PAYERS["ALFA"]), day=date(2026, 11, 25), number=6)
    scene.books(batch("229.90", named=MESSAGE), opening="1121.00")
    allocate_to_invoices(outside.engine, 2, ["2026-000004"], by="An")
    receipt = scene.books(back(FIRST, "121.00"), day=LATER, number=8, opening="1350.90")
    assert receipt.worklist == 1
    assert str(receipt.totals) == "money received 229.90 EUR = on invoices 259.90 + on account 91.00 + unmatched -121.00"


def test_after_a_return_the_payer_is_asked_to_pay_and_never_debited_for_it_again(outside: Outside, scene: CollectingScene) -> None:
    scene.books(batch("229.90", named=MESSAGE))
    with outside.engine.connect() as conn:
        assert THIRD in under_collection(conn, outside.settings, LATER)
    scene.books(back(THIRD, "48.40"), day=LATER, number=8, opening="1229.90")
    with outside.engine.connect() as conn:
        assert THIRD not in under_collection(conn, outside.settings, LATER)
    assert scene.collect(date(2026, 12, 2)).figures["debits"] == 0
    scene.books(Paid("48.40", "260000000372", PAYERS["BETA"]), day=date(2026, 12, 3), number=9, opening="1181.50")
    assert scene.still_open() == {"4": D("30.00")}


def test_a_debit_credited_alone_is_taken_back_from_wherever_its_money_is(outside: Outside, scene: CollectingScene) -> None:
    scene.books(of(THIRD, "48.40", "BETA"))
    assert scene.places() == ["1 invoice 3 48.40"]
    scene.books(back(THIRD, "48.40"), day=LATER, number=8, opening="1048.40")
    assert scene.still_open() == OPEN


def test_a_return_that_names_the_account_alone_is_noted_at_the_debit_it_hands_back(outside: Outside, scene: CollectingScene) -> None:
    scene.books(of(THIRD, "48.40", "BETA"))
    scene.books(Paid("-48.40", "", PAYERS["BETA"], returned="MD06"), day=LATER, number=8, opening="1048.40")
    assert scene.still_open() == OPEN
    with outside.engine.connect() as conn:
        assert THIRD not in under_collection(conn, outside.settings, LATER)


def test_an_id_that_looks_like_ours_and_is_none_changes_nothing(outside: Outside, scene: CollectingScene) -> None:
    scene.books(batch("229.90", named="DD-20261127-CORE-20261119"), Paid("48.40", "260000000372", end_to_end="DD-20200101-B2B-20200101"))
    assert scene.places() == ["1 unmatched - 229.90", "2 invoice 3 48.40"]


# ---------------------------------------------------------------- a bank that names nothing
def test_a_batch_that_the_bank_does_not_name_is_suggested_and_placed_by_a_person(outside: Outside, scene: CollectingScene) -> None:
    receipt = scene.books(batch("169.40", named=""))
    assert (scene.still_open(), receipt.worklist) == (OPEN, 1)
    assert f"{MESSAGE}-FRST: direct debits that come to it" in outside.out.read("unmatched.csv").decode()
    said = allocate_to_batch(outside.engine, 1, f"{MESSAGE}-FRST", by="An")
    assert str(said) == "movement 1: 121.00 EUR on invoice 2026-000001, 48.40 EUR on invoice 2026-000003"
    assert scene.still_open() == {"2": D("60.50"), "4": D("30.00")}
    scene.books(back(THIRD, "48.40"), day=LATER, number=8, opening="1169.40")
    assert scene.still_open() == {"2": D("60.50"), "3": D("48.40"), "4": D("30.00")}


@pytest.mark.parametrize("name", ["DD-20200101-CORE-20200101", f"{MESSAGE}-RCUR"])
def test_a_batch_that_does_not_come_to_the_money_is_refused(outside: Outside, scene: CollectingScene, name: str) -> None:
    scene.books(batch("169.40", named=""))
    with pytest.raises(AllocationRefused, match=rf"no batch {name} waits for 169\.40 EUR"):
        allocate_to_batch(outside.engine, 1, name, by="An")
    assert scene.places() == ["1 unmatched - 169.40"]


# ---------------------------------------------------------------- dunning
def reminded(outside: Outside, on: date) -> list[str]:
    """Whom dunning writes to on a day."""
    return [notice.payer_id for notice in run_dunning(outside, on).notices]


@pytest.mark.clause("GC-5.2", "CG-2.d")
def test_dunning_leaves_out_what_is_being_debited_and_reminds_of_what_came_back(outside: Outside, scene: CollectingScene) -> None:
    """All is due on 27 November, and reminded from day 7 on: 4 December, the last day on which the money may be on its way."""
    scene.books(back(THIRD, "48.40"))
    assert reminded(outside, date(2026, 12, 4)) == ["BETA", "GAMMA"]
    scene.books(batch("229.90", named=MESSAGE), day=date(2026, 12, 6), number=8, opening="951.60")
    assert reminded(outside, date(2026, 12, 7)) == []
    assert scene.still_open() == {"3": D("48.40"), "4": D("30.00")}


@pytest.mark.clause("CG-2.d")
def test_money_that_never_comes_is_asked_for_five_working_days_after_the_debit(outside: Outside, scene: CollectingScene) -> None:
    assert reminded(outside, date(2026, 12, 4)) == ["GAMMA"]
    assert reminded(outside, date(2026, 12, 7)) == ["ALFA", "BETA"]
