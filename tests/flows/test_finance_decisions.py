"""What finance decides from a form, without a server: suspension orders, money on the worklist, amounts given up; and the pages it reads."""

from datetime import date
from decimal import Decimal

import pytest
from prefect.exceptions import ParameterTypeError
from pydantic import TypeAdapter

from flows.allocate_payment import Where, allocate_payment
from flows.decide_suspension import Decision, decide_suspension
from flows.parameters import Amount
from flows.write_off import write_off
from tasks.finance_pages import orders_page, unmatched_page
from tasks.ledger import Stopped
from tasks.outside import Outside
from tasks.steps import book_statements
from tasks.take_back import take_back
from tests.bank_files import Paid
from tests.steps.delivery_scene import Scene
from tests.steps.suspension_scene import ORDERED, Arrears
from tests.steps.test_bank_import import ALFA1, booked, places, scene, still_open

__all__ = ["scene"]

D = Decimal
FIRST, SECOND = "2026-000001", "2026-000002"
ON = date(2026, 12, 10)

pytestmark = pytest.mark.usefixtures("in_force")


# ------------------------------------------------------------------------------------------------ suspension orders
@pytest.fixture
def ordered(outside: Outside) -> Arrears:
    """PARTNER, three end clients, is proposed for minimum service on 28 December."""
    arrears = Arrears(outside)
    arrears.review(ORDERED, "PARTNER")
    return arrears


def test_an_order_is_read_on_its_page_and_approved_or_rejected_in_somebodys_name(ordered: Arrears) -> None:
    page = orders_page(ordered.outside)
    assert "- order 1: PARTNER, minimum service of 3 end clients; GC-9.1.a since 2026-12-18, 121.00 EUR on 2026-000001; proposed" in page
    assert "end clients E-ANNA, E-BERT, E-CLEO" in page
    assert "Anna Zwart" not in page  # the pages of a run name nobody
    assert str(decide_suspension.fn(1, "approve", "Nora", ORDERED)).startswith("order 1 is approved; the next run of dunning sends it")
    assert "already; nothing changed" in str(decide_suspension.fn(1, "approve", "Nora", ORDERED))  # sent twice
    page = orders_page(ordered.outside)
    assert "Nothing waits for a decision." in page
    assert "approved by Nora, not sent yet" in page
    assert "order 1 is rejected" in str(decide_suspension.fn(1, "reject", "Otto", ORDERED, "pays next week"))
    assert ordered.say("select state, decided_by, decided_on, reason from suspension_order") == [
        ("rejected", "Otto", ORDERED, "pays next week")
    ]


def test_without_a_day_it_is_decided_today(ordered: Arrears) -> None:
    ordered.say("update suspension_order set ordered_on = '2020-01-01'")
    decide_suspension.fn(1, "approve", "Nora")
    assert ordered.say("select decided_on >= current_date - 1 from suspension_order") == [(True,)]


@pytest.mark.parametrize(
    ("order", "decision", "on", "reason", "words"),
    [
        (7, "approve", ORDERED, "", "there is no order 7"),
        (1, "reject", ORDERED, " ", "order 1 is rejected for a reason; write it into reason. Nothing is decided"),
        (1, "approve", ORDERED, "no", "a reason is kept with a rejection only"),
        (1, "approve", date(2026, 12, 27), "", "order 1 was made on 2026-12-28; 2026-12-27 lies before it, check the day"),
    ],
)
def test_a_decision_that_cannot_be_is_refused_in_words(
    ordered: Arrears, order: int, decision: Decision, on: date, reason: str, words: str
) -> None:
    with pytest.raises(Stopped, match=words):
        decide_suspension.fn(order, decision, "Nora", on, reason)
    assert ordered.states() == [("minimum_service", "proposed", "")]


# ------------------------------------------------------------------------------------------------ money on the worklist
def test_what_waits_is_read_on_its_page_without_who_paid(outside: Outside, scene: Scene) -> None:
    assert "Nothing waits" in unmatched_page(outside)
    booked(outside, Paid("121.00", "rent of Mister | Doe", name="John Doe"))
    page = unmatched_page(outside)
    assert "| 1 | 2026-11-10 | 121.00 | 121.00 | 2026/7 |  | 2026-000001: this very amount is open |" in page
    assert "Doe" not in page
    assert "unmatched.csv" in page


def test_money_goes_to_invoices_in_their_order_on_account_or_aside(outside: Outside, scene: Scene) -> None:
    booked(outside, Paid("150.00", "?"), Paid("9.00", "?"), Paid("77.00", "tax refund"))
    book_statements(outside, None)
    said = str(allocate_payment.fn(1, "invoices", "An", [f" {SECOND} ", FIRST]))
    assert said == "movement 1: 60.50 EUR on invoice 2026-000002, 89.50 EUR on invoice 2026-000001"
    assert str(allocate_payment.fn(2, "on account", "An", [], " ALFA ")) == "movement 2: 9.00 EUR on account of ALFA"
    assert len(outside.out.read("unmatched.csv").splitlines()) == 2
    assert str(allocate_payment.fn(3, "aside", "An")) == "movement 3: 77.00 EUR is no payer's money"
    assert len(outside.out.read("unmatched.csv").splitlines()) == 1
    assert places(scene) == ["1 invoice 1 89.50", "1 invoice 2 60.50", "2 on_account ALFA 9.00", "3 aside - 77.00"]
    with pytest.raises(Stopped, match="nothing of movement 3 is unmatched"):
        allocate_payment.fn(3, "aside", "An")


@pytest.mark.parametrize(
    ("movement", "where", "invoices", "payer", "words"),
    [
        (1, "invoices", [], "", "say which invoices the money pays"),
        (1, "invoices", [FIRST], "ALFA", "a payer is named and where says invoices; choose on account, or name none"),
        (1, "on account", [], " ", "say for which payer the money is kept"),
        (1, "on account", [FIRST], "ALFA", "invoices are named and where says on account; choose invoices, or name none"),
        (1, "aside", [FIRST], "", "invoices are named and where says aside"),
        (1, "aside", [], "ALFA", "a payer is named and where says aside"),
        (9, "aside", [], "", "there is no movement 9; its number stands in unmatched.csv"),
        (1, "on account", [], "NOBODY", "there is no payer NOBODY; give the payer_id of contracts.csv"),
        (1, "invoices", ["2026-000099"], "", "there is no invoice 2026-000099"),
        (1, "invoices", [FIRST], "", "takes no part of 5.00 EUR: nothing is open of it; check the number, or put it on account of a payer"),
        (1, "invoices", ["DD-20261127-CORE-20261120"], "", "no batch DD-20261127-CORE-20261120 waits for 5.00 EUR"),
    ],
)
def test_an_allocation_that_makes_no_sense_is_refused_in_words(
    outside: Outside, scene: Scene, movement: int, where: Where, invoices: list[str], payer: str, words: str
) -> None:
    booked(outside, Paid("5.00", "?"), Paid("121.00", ALFA1))
    before = places(scene)
    with pytest.raises(Stopped, match=words):
        allocate_payment.fn(movement, where, "An", invoices, payer)
    assert places(scene) == before


# ------------------------------------------------------------------------------------------------ amounts given up
def test_a_part_is_given_up_once_however_often_the_form_is_sent_and_then_the_rest(outside: Outside, scene: Scene) -> None:
    for words in (
        "40.00 EUR given up on 2026-12-10, 81.00 EUR stay open",
        "40.00 EUR were given up on 2026-12-10 already, nothing is done",
    ):
        assert words in str(write_off.fn(f" {FIRST} ", "An", "bankrupt", D("40"), ON))
    assert still_open(outside)["1"] == D("81.00")
    assert "41.00 EUR stay open" in str(write_off.fn(FIRST, "An", "bankrupt, once more", D("40.00"), ON))
    assert "41.00 EUR given up on 2026-12-10, nothing is open of it any more" in str(write_off.fn(FIRST, "An", "bankrupt", None, ON))
    with pytest.raises(Stopped, match="nothing is open of invoice 2026-000001; check the number on the statement of its payer"):
        write_off.fn(FIRST, "An", "bankrupt", None, ON)
    assert scene.say("select sum(amount), count(*) from write_off") == [(D("121.00"), 3)]
    take_back(outside.engine, FIRST, None, on=ON, by="An", reason="by mistake")
    assert "40.00 EUR given up on 2026-12-10, 81.00 EUR stay open" in str(write_off.fn(FIRST, "An", "bankrupt", D("40.00"), ON))


@pytest.mark.parametrize(
    ("invoice", "amount", "on", "words"),
    [
        ("2026-000099", D("1.00"), ON, "there is no invoice 2026-000099"),
        (FIRST, D("0.00"), ON, "0.00 EUR cannot be given up; give an amount above 0.00"),
        (FIRST, D("121.01"), ON, "121.01 EUR is more than the 121.00 EUR open"),
        (FIRST, None, date(2020, 1, 1), "nothing of it can be given up on 2020-01-01"),
    ],
)
def test_what_cannot_be_given_up_is_refused_in_words(scene: Scene, invoice: str, amount: Decimal | None, on: date, words: str) -> None:
    with pytest.raises(Stopped, match=words):
        write_off.fn(invoice, "An", "bankrupt", amount, on)
    assert scene.say("select count(*) from write_off") == [(0,)]


@pytest.mark.parametrize(("written", "amount"), [("12,50", "12.50"), ("12.50", "12.50"), ("0,10", "0.10"), ("99999999.99", "99999999.99")])
def test_an_amount_is_what_people_write_to_the_cent(written: str, amount: str) -> None:
    assert str(TypeAdapter(Amount).validate_python(written)) == amount


def test_a_form_filled_in_with_nonsense_is_not_begun() -> None:
    for flow, given in (
        (decide_suspension, {"order": 0, "decision": "approve", "by": "An"}),
        (allocate_payment, {"movement": 1, "where": "aside", "by": " "}),
        (write_off, {"invoice": "the last one", "by": "An", "reason": "bankrupt"}),
    ):
        with pytest.raises(ParameterTypeError):
            flow.validate_parameters(given)
