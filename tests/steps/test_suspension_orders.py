"""Suspension orders told in dates: PARTNER owes 121.00, due on 27 November 2026, reminded on 4, 11 and 18 December, and has three end clients.

28 December is the first working day 7 days after the formal notice. Files below `out/orders` stand for the platform here.
"""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from flows.command_line import main
from tasks import suspension
from tasks.ledger import Stopped
from tasks.outside import Outside
from tasks.suspending import suspend
from tasks.suspension.acknowledging import acknowledge
from tasks.suspension.contacts import contacts_of
from tasks.suspension.deciding import approve, listed, reject
from tasks.write_off import write_off
from tests.rules.rating_cases import World
from tests.rules.rating_oracle import Call, utc
from tests.rules.test_roaming import BELGIUM, LINE
from tests.steps.rating_database import Stored
from tests.steps.suspension_scene import FIRST, FORMAL, ORDERED, SERVED, Arrears, D, notice

NEXT = ORDERED + timedelta(days=1)
AUTOMATIC = {"suspension_approval": "automatic"}


@pytest.fixture
def scene(outside: Outside) -> Arrears:
    return Arrears(outside)


@pytest.fixture
def suspended(scene: Arrears) -> Arrears:
    """PARTNER's three end clients are on minimum service since 29 December."""
    scene.day(ORDERED, "PARTNER", **AUTOMATIC)
    acknowledge(scene.outside.engine, 1, NEXT)
    return scene


def file_of(scene: Arrears, order_no: int) -> dict[str, object]:
    told: dict[str, object] = json.loads(scene.outside.out.read(f"orders/order-{order_no:06}.json"))
    return told


# ------------------------------------------------------------------------------------------------ what is ordered, and who decides
@pytest.mark.clause("GC-9.1.a", "CG-2.c")
def test_an_order_names_its_ground_and_the_three_end_clients_of_the_partner_and_waits_for_finance(scene: Arrears) -> None:
    scene.day(ORDERED, "PARTNER")
    [order] = scene.orders()
    assert (order.row.state, order.row.ordered_on, order.names) == ("proposed", ORDERED, SERVED)
    [ground] = order.grounds
    assert (ground.clause, ground.since, ground.amount, ground.invoices) == ("GC-9.1.a", FORMAL, D("121.00"), ("2026-000001",))
    assert scene.outside.out.paths("orders") == ()


@pytest.mark.clause("CG-2.c")
def test_the_suspension_of_a_direct_client_reaches_itself_and_nobody_whose_service_has_ended(scene: Arrears) -> None:
    scene.payer("DIRECT", name="Plomb")
    scene.service("DIRECT", "DIRECT")
    scene.payer("E-GONE", name="Gone")
    scene.service("E-GONE", "DIRECT", ends_on="2026-12-27")
    number = scene.invoice(scene.run, "DIRECT", "50.00")
    scene.remind("DIRECT", [number])
    scene.review(ORDERED, "DIRECT")
    assert [order.names for order in scene.orders()] == [("Plomb",)]


@pytest.mark.clause("GC-9.1.a")
def test_approved_by_finance_it_leaves_with_the_next_run(scene: Arrears) -> None:
    scene.day(ORDERED, "PARTNER")
    assert approve(scene.outside.engine, 1, by="Nora", on=ORDERED).startswith("order 1 is approved; the next run")
    assert approve(scene.outside.engine, 1, by="Otto", on=NEXT) == "order 1 is approved by Nora already; nothing changed"
    assert scene.outside.out.paths("orders") == ()
    assert scene.day(NEXT, "PARTNER").sent == [1]
    assert scene.states() == [("minimum_service", "sent", "Nora")]
    assert file_of(scene, 1) == {
        "order": 1,
        "idempotency_key": scene.orders()[0].row.idempotency_key,
        "measure": "minimum_service",
        "restores_order": None,
        "ordered_on": "2026-12-28",
        "payer": "PARTNER",
        "grounds": ["GC-9.1.a"],
        "end_clients": [
            {"id": "E-ANNA", "name": "Anna Zwart"},
            {"id": "E-BERT", "name": "Bert Appel"},
            {"id": "E-CLEO", "name": "Cleo Mertens"},
        ],
    }


@pytest.mark.clause("GC-9.1.a")
def test_automatic_approval_lets_late_payment_leave_at_once_in_the_name_of_the_policy(scene: Arrears) -> None:
    assert scene.day(ORDERED, "PARTNER", **AUTOMATIC).sent == [1]
    assert scene.states() == [("minimum_service", "sent", "policy contract")]


@pytest.mark.clause("GC-9.1.a")
def test_never_a_second_order_while_one_waits_or_the_payer_is_suspended(scene: Arrears) -> None:
    scene.day(ORDERED, "PARTNER")
    scene.day(ORDERED, "PARTNER")
    scene.day(NEXT, "PARTNER", **AUTOMATIC)
    assert scene.states() == [("minimum_service", "proposed", "")]
    approve(scene.outside.engine, 1, by="Nora", on=NEXT)
    scene.day(NEXT, "PARTNER")
    scene.day(date(2026, 12, 30), "PARTNER")
    assert scene.states() == [("minimum_service", "sent", "Nora")]


def test_the_ledger_refuses_a_second_suspension_of_a_payer_that_waits(scene: Arrears) -> None:
    scene.review(ORDERED, "PARTNER")
    with pytest.raises(IntegrityError, match="one_suspension_waits"):
        scene.say(
            "insert into suspension_order (payer_id, measure, ordered_on, idempotency_key, state)"
            " values ('PARTNER', 'minimum_service', '2026-12-28', 'another', 'proposed')"
        )


@pytest.mark.clause("GC-9.1.a")
@pytest.mark.parametrize(
    ("state", "bounced_on"),
    [
        pytest.param("failed", None, id="refused by the mail server"),
        pytest.param("sent", date(2026, 12, 20), id="came back on 20 December"),
    ],
)
def test_letters_that_did_not_arrive_are_no_reminders(scene: Arrears, state: str, bounced_on: date | None) -> None:
    scene.say("update delivery set state = :s, bounced_on = :day where purpose = 'reminder'", s=state, day=bounced_on)
    scene.review(ORDERED, "PARTNER", **AUTOMATIC)
    assert scene.orders() == []


@pytest.mark.clause("GC-9.1.a")
def test_without_the_ladder_calling_for_it_late_payment_alone_orders_nothing(scene: Arrears) -> None:
    scene.review(ORDERED, **AUTOMATIC)
    assert scene.orders() == []


@pytest.mark.clause("GC-9.1.a")
def test_the_ledger_refuses_an_order_on_an_invoice_less_than_21_days_late(scene: Arrears) -> None:
    scene.review(ORDERED, "PARTNER")
    with pytest.raises(IntegrityError, match=r"less than 21 days late \(GC-9.1.a\)"):
        scene.say("update suspension_ground set found_on = '2026-12-17'")
    scene.say("update suspension_order set ordered_on = '2026-12-17'")
    with pytest.raises(IntegrityError, match=r"less than 21 days late \(GC-9.1.a\)"):
        scene.say("update suspension_ground set found_on = null")


@pytest.mark.clause("CG-2.e")
def test_a_debit_note_is_no_ground(scene: Arrears) -> None:
    scene.paid("2026-000001", "121.00", FORMAL)
    number = scene.invoice(scene.close("2026-09", date(2026, 9, 28)), "PARTNER", "40.00")
    scene.remind("PARTNER", [number], [date(2026, 11, 4)], due=date(2026, 10, 28))
    scene.say("alter table invoice disable trigger issued")
    scene.say("update invoice set kind = 'debit_note' where number = :n", n=number)
    scene.review(ORDERED, "PARTNER")
    assert scene.orders() == []


# ------------------------------------------------------------------------------------------------ contested, guaranteed
@pytest.mark.clause("GC-9.3")
@pytest.mark.parametrize(
    ("contested", "guarantee", "amount"),
    [
        pytest.param("121.00", "121.00", None, id="all of it contested and covered"),
        pytest.param("121.00", "0.00", None, id="all of it contested, no guarantee: a dispute stops what has not left"),
        pytest.param("100.00", "100.00", "21.00", id="100 contested and covered: 21 are left"),
    ],
)
def test_what_is_contested_is_no_ground_to_order(scene: Arrears, contested: str, guarantee: str, amount: str | None) -> None:
    scene.record(
        "disputes", "D1", invoice_number="2026-000001", opened_on="2026-12-20", amount=contested, phase="claim", guarantee_amount=guarantee
    )
    scene.review(ORDERED, "PARTNER")
    assert [str(order.grounds[0].amount) for order in scene.orders()] == ([amount] if amount else [])


@pytest.mark.clause("GC-9.3")
@pytest.mark.parametrize(
    ("guarantee", "states"),
    [
        pytest.param("0.00", ["acknowledged"], id="a dispute alone restores nobody"),
        pytest.param("120.99", ["acknowledged"], id="a cent of it is not covered"),
        pytest.param("121.00", ["acknowledged", "approved"], id="covered by a guarantee: restored"),
    ],
)
def test_contested_after_the_suspension_it_takes_a_guarantee_to_be_restored(suspended: Arrears, guarantee: str, states: list[str]) -> None:
    suspended.record(
        "disputes", "D1", invoice_number="2026-000001", opened_on="2027-01-04", amount="121.00", phase="claim", guarantee_amount=guarantee
    )
    suspended.review(date(2027, 1, 4))
    assert [order.row.state for order in suspended.orders()] == states


@pytest.mark.clause("GC-9.1.a")
def test_what_is_being_fetched_from_the_account_of_the_payer_is_no_ground_to_order(scene: Arrears) -> None:
    scene.say(
        "insert into collection (collected_on, scheme, made_on, message_id, path, sha256, content, accepted)"
        " values ('2026-12-23', 'CORE', '2026-12-18', 'M', '', '', '', false)"
    )
    scene.say(
        "insert into collection_item (collection_no, invoice_id, mandate_id, sequence, iban, amount, end_to_end_id)"
        " select 1, invoice_id, 'MANDATE', 'FRST', 'BE68539007547034', 121, number from invoice"
    )
    scene.say("update collection set accepted = true")
    scene.review(ORDERED, "PARTNER")
    assert scene.orders() == []
    scene.review(date(2027, 1, 11), "PARTNER")  # five working days after the debit nothing had come
    assert [order.row.state for order in scene.orders()] == ["proposed"]


# ------------------------------------------------------------------------------------------------ the ground is gone before it leaves
@pytest.mark.clause("GC-9.1.a", "BT-2.k", "ST-2.f")
@pytest.mark.parametrize("approved", [pytest.param(False, id="proposed"), pytest.param(True, id="approved")])
def test_paid_before_it_leaves_the_order_is_withdrawn_and_says_why(scene: Arrears, approved: bool) -> None:
    scene.day(ORDERED, "PARTNER")
    if approved:
        approve(scene.outside.engine, 1, by="Nora", on=ORDERED)
    scene.paid("2026-000001", "121.00", NEXT)
    assert scene.day(NEXT).sent == []
    [order] = scene.orders()
    assert (order.row.state, order.row.reason) == ("withdrawn", "the ground is gone")
    assert scene.outside.out.paths("orders") == ()
    with pytest.raises(Stopped, match="order 1 is withdrawn; there is nothing left to decide"):
        approve(scene.outside.engine, 1, by="Nora", on=NEXT)


@pytest.mark.clause("GC-9.1.a")
def test_when_the_oldest_invoice_is_paid_the_order_is_withdrawn_though_a_later_one_was_reminded_too(scene: Arrears) -> None:
    later = scene.invoice(scene.close("2026-11", date(2026, 11, 6)), "PARTNER", "50.00")  # due on 6 December, 22 days late
    scene.say(
        "insert into dunning_notice_invoice select notice_id, i.invoice_id, 50 from dunning_notice, invoice i where i.number = :n", n=later
    )
    scene.review(ORDERED, "PARTNER")
    assert [order.grounds[0].invoices for order in scene.orders()] == [("2026-000001", later)]
    scene.paid("2026-000001", "121.00", NEXT)
    scene.review(NEXT)
    assert [order.row.state for order in scene.orders()] == ["withdrawn"]


@pytest.mark.clause("GC-9.1.a", "BT-2.k", "ST-2.f")
@pytest.mark.parametrize("approved", [pytest.param(False, id="proposed"), pytest.param(True, id="approved")])
def test_when_the_formal_notice_comes_back_before_it_leaves_the_order_is_withdrawn_though_earlier_reminders_arrived(
    scene: Arrears, approved: bool
) -> None:
    scene.review(ORDERED, "PARTNER")
    if approved:
        approve(scene.outside.engine, 1, by="Nora", on=ORDERED)
    scene.say("update delivery set bounced_on = :day where message_id = :id", day=NEXT, id=f"PARTNER.{FORMAL}")
    assert scene.day(NEXT).sent == []  # the ladder calls for the formal notice again: nobody was warned
    assert [order.row.state for order in scene.orders()] == ["withdrawn"]


@pytest.mark.clause("GC-9.1.a")
def test_an_order_that_waits_shows_what_is_owed_today(scene: Arrears) -> None:
    scene.review(ORDERED, "PARTNER")
    scene.paid("2026-000001", "100.00", NEXT)
    scene.review(NEXT, "PARTNER")
    [order] = scene.orders()
    assert (order.row.state, [str(ground.amount) for ground in order.grounds]) == ("proposed", ["21.00"])


@pytest.mark.clause("GC-9.1.a")
def test_an_order_that_waits_takes_up_an_invoice_once_it_is_21_days_late_itself(scene: Arrears) -> None:
    later = scene.invoice(scene.close("2026-11", date(2026, 11, 13)), "PARTNER", "50.00")  # due on 13 December: day 21 is 3 January
    scene.say(
        "insert into dunning_notice_invoice select notice_id, i.invoice_id, 50 from dunning_notice, invoice i where i.number = :n", n=later
    )
    invoices = {}
    for day in (ORDERED, date(2027, 1, 2), date(2027, 1, 3)):
        scene.review(day, "PARTNER")
        invoices[day] = scene.orders()[0].grounds[0].invoices
    assert invoices == {
        ORDERED: ("2026-000001",), date(2027, 1, 2): ("2026-000001",), date(2027, 1, 3): ("2026-000001", later),
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------ rejected
@pytest.mark.clause("GC-9.1.a")
def test_a_ground_that_finance_rejected_is_proposed_again_after_30_days_and_not_before(scene: Arrears) -> None:
    scene.review(ORDERED, "PARTNER")
    said = reject(scene.outside.engine, 1, by="Nora", on=ORDERED, reason="pays next week")
    assert said.startswith("order 1 is rejected")
    scene.review(date(2027, 1, 26), "PARTNER", **AUTOMATIC)
    assert scene.states() == [("minimum_service", "rejected", "Nora")]
    scene.review(date(2027, 1, 27), "PARTNER")
    assert scene.states() == [("minimum_service", "rejected", "Nora"), ("minimum_service", "proposed", "")]


@pytest.mark.clause("GC-9.1.a")
def test_a_ground_that_finance_rejected_is_proposed_again_when_another_invoice_has_become_the_oldest(scene: Arrears) -> None:
    later = scene.invoice(scene.close("2026-11", date(2026, 11, 6)), "PARTNER", "50.00")  # due on 6 December
    scene.review(ORDERED, "PARTNER")
    reject(scene.outside.engine, 1, by="Nora", on=ORDERED, reason="pays next week")
    scene.paid("2026-000001", "121.00", NEXT)
    scene.remind("PARTNER", [later], [date(2026, 12, 14), date(2026, 12, 21), date(2026, 12, 29)], due=date(2026, 12, 6))
    scene.review(date(2027, 1, 5), "PARTNER")
    assert [(order.row.state, order.grounds[0].invoices) for order in scene.orders()] == [
        ("rejected", ("2026-000001",)),
        ("proposed", (later,)),
    ]


def test_a_decision_needs_a_name_a_reason_a_day_and_an_order_that_is_there(scene: Arrears) -> None:
    scene.review(ORDERED, "PARTNER")
    engine = scene.outside.engine
    with pytest.raises(Stopped, match="give --by NAME"):
        approve(engine, 1, by=" ", on=ORDERED)
    with pytest.raises(Stopped, match="give --reason TEXT"):
        reject(engine, 1, by="Nora", on=ORDERED, reason=" ")
    with pytest.raises(Stopped, match="order 1 was made on 2026-12-28; 2026-12-27 lies before it"):
        approve(engine, 1, by="Nora", on=date(2026, 12, 27))
    with pytest.raises(Stopped, match="there is no order 7; `billing suspensions` lists them"):
        approve(engine, 7, by="Nora", on=ORDERED)
    with pytest.raises(Stopped, match="order 1 is proposed; only an order that was sent can be acknowledged"):
        acknowledge(engine, 1, ORDERED)


# ------------------------------------------------------------------------------------------------ deposits
@pytest.mark.clause("GC-9.1.b")
def test_a_deposit_not_given_in_time_is_an_order_that_waits_for_finance_whatever_the_setting(scene: Arrears) -> None:
    scene.paid("2026-000001", "121.00", FIRST)
    scene.record("deposit_requests", "R1", payer_id="PARTNER", on="2026-12-01", amount="500.00", due_by="2026-12-15")
    scene.record("deposits", "G1", payer_id="PARTNER", on="2026-12-14", amount="120.00", kind="bank_guarantee")
    scene.review(date(2026, 12, 15), **AUTOMATIC)
    assert scene.orders() == []  # its last day is not late
    scene.review(date(2026, 12, 16), **AUTOMATIC)
    [order] = scene.orders()
    assert (order.row.state, [(ground.clause, str(ground.since), str(ground.amount)) for ground in order.grounds]) == (
        "proposed",
        [("GC-9.1.b", "2026-12-16", "380.00")],
    )
    scene.record("deposits", "G2", payer_id="PARTNER", on="2026-12-17", amount="380.00", kind="deposit")
    scene.review(date(2026, 12, 17))
    assert [order.row.state for order in scene.orders()] == ["withdrawn"]


@pytest.mark.clause("GC-9.1.c", "GC-5.3")
def test_debts_beyond_the_deposit_are_a_ground_from_the_day_they_exceed_it(scene: Arrears) -> None:
    scene.record("deposits", "G1", payer_id="PARTNER", on="2026-01-05", amount="150.00", kind="deposit")
    scene.invoice(scene.close("2026-11", date(2026, 11, 6)), "PARTNER", "50.00")  # due on 6 December
    scene.review(date(2026, 12, 6))
    assert scene.orders() == []
    scene.review(date(2026, 12, 7))
    [order] = scene.orders()
    assert [(ground.clause, str(ground.since), str(ground.amount)) for ground in order.grounds] == [("GC-9.1.c", "2026-12-07", "21.00")]


@pytest.mark.clause("GC-9.1.a", "GC-9.1.b", "GC-9.1.c")
def test_an_order_names_every_ground_that_holds(scene: Arrears) -> None:
    scene.record("deposit_requests", "R1", payer_id="PARTNER", on="2026-12-01", amount="500.00", due_by="2026-12-15")
    scene.record("deposits", "G1", payer_id="PARTNER", on="2026-12-14", amount="100.00", kind="deposit")
    scene.review(ORDERED, "PARTNER")
    assert [(ground.clause, str(ground.amount)) for ground in scene.orders()[0].grounds] == [
        ("GC-9.1.a", "121.00"),
        ("GC-9.1.b", "400.00"),
        ("GC-9.1.c", "21.00"),
    ]


# ------------------------------------------------------------------------------------------------ acknowledged, restored
@pytest.mark.clause("BT-2.k", "ST-2.f", "GC-5.5")
def test_minimum_service_begins_on_the_day_the_platform_says_and_names_the_order(scene: Arrears) -> None:
    scene.day(ORDERED, "PARTNER", **AUTOMATIC)
    assert scene.on_minimum_service() == []
    scene.outside.out.write("orders/order-000001.ack.json", b'{"effective_on": "2026-12-29"}')
    assert scene.day(date(2026, 12, 30)).acknowledged == [1]
    assert scene.on_minimum_service() == [(client, NEXT, None, "order 1") for client in ("E-ANNA", "E-BERT", "E-CLEO")]
    assert scene.say("select distinct record ->> 'reason_clause' from feed_record where table_name = 'suspensions'") == [("GC-9.1.a",)]
    assert (scene.orders()[0].row.effective_on, scene.orders()[0].row.acknowledged_on) == (NEXT, date(2026, 12, 30))


@pytest.mark.parametrize(
    ("ack", "says"),
    [
        pytest.param(
            b'{"effective_on": "2026-12-27"}', "acknowledged from 2026-12-27, before it was ordered on 2026-12-28", id="too early"
        ),
        pytest.param(b'{"from": "2026-12-29"}', "acknowledged without a day; expected effective_on as 2026-12-18", id="no day"),
        pytest.param(b"[]", "acknowledged without a day", id="no object"),
        pytest.param(b'{"effective_on": "20', "Unterminated string", id="half a file"),
    ],
)
def test_an_acknowledgement_that_cannot_be_read_is_told_and_changes_nothing(scene: Arrears, ack: bytes, says: str) -> None:
    scene.day(ORDERED, "PARTNER", **AUTOMATIC)
    scene.outside.out.write("orders/order-000001.ack.json", ack)
    [line] = scene.day(NEXT).told
    assert line.startswith("order 1: orders/order-000001.ack.json: ")
    assert says in line
    assert line.endswith("`billing acknowledge 1 --on DAY` settles it")
    assert (scene.orders()[0].row.state, scene.on_minimum_service()) == ("sent", [])


def test_an_end_client_already_on_minimum_service_is_left_alone_and_named(scene: Arrears) -> None:
    suspend(scene.outside.engine, "E-BERT", NEXT, "GC-9.2", "misuse")
    scene.day(ORDERED, "PARTNER", **AUTOMATIC)
    said = acknowledge(scene.outside.engine, 1, NEXT)
    assert "E-BERT is on minimum service by E-BERT 2026-12-29 and was left as it is" in said
    assert acknowledge(scene.outside.engine, 1, NEXT) == "order 1 is in force from 2026-12-29 already; nothing changed"
    scene.paid("2026-000001", "121.00", date(2027, 1, 4))
    scene.day(date(2027, 1, 4))
    acknowledge(scene.outside.engine, 2, date(2027, 1, 5))
    assert scene.on_minimum_service() == [
        ("E-ANNA", NEXT, date(2027, 1, 4), "order 1"),
        ("E-BERT", NEXT, None, "misuse"),
        ("E-CLEO", NEXT, date(2027, 1, 4), "order 1"),
    ]


@pytest.mark.clause("BT-2.k", "ST-2.f")
def test_paid_after_the_suspension_the_service_is_ordered_back_at_once_and_the_days_end(suspended: Arrears) -> None:
    suspended.paid("2026-000001", "121.00", date(2027, 1, 4))
    suspended.day(date(2027, 1, 4))
    assert suspended.states()[1] == ("restore", "sent", "the ground is gone")
    told = file_of(suspended, 2)
    assert (told["measure"], told["restores_order"], told["grounds"]) == ("restore", 1, [])
    assert told["end_clients"] == file_of(suspended, 1)["end_clients"]
    acknowledge(suspended.outside.engine, 2, date(2027, 1, 5))
    assert suspended.on_minimum_service() == [(client, NEXT, date(2027, 1, 4), "order 1") for client in ("E-ANNA", "E-BERT", "E-CLEO")]
    suspended.day(date(2027, 1, 6))
    assert len(suspended.orders()) == 2


@pytest.mark.clause("BT-2.k", "ST-2.f")
def test_restored_on_the_day_it_began_minimum_service_lasted_that_day(suspended: Arrears) -> None:
    suspended.paid("2026-000001", "121.00", NEXT)
    suspended.day(NEXT)
    acknowledge(suspended.outside.engine, 2, NEXT)
    assert {row[1:3] for row in suspended.on_minimum_service()} == {(NEXT, NEXT)}


@pytest.mark.clause("BT-2.k", "ST-2.f")
def test_paid_before_the_platform_said_from_when_it_is_restored_all_the_same_and_the_days_come_right(scene: Arrears) -> None:
    scene.day(ORDERED, "PARTNER", **AUTOMATIC)
    scene.paid("2026-000001", "121.00", NEXT)
    scene.day(NEXT)
    assert [(order.row.measure, order.row.state) for order in scene.orders()] == [("minimum_service", "sent"), ("restore", "sent")]
    acknowledge(scene.outside.engine, 2, date(2026, 12, 31))
    assert scene.on_minimum_service() == []
    acknowledge(scene.outside.engine, 1, NEXT)
    assert {row[1:3] for row in scene.on_minimum_service()} == {(NEXT, date(2026, 12, 30))}


def test_who_is_limited_for_a_debt_that_is_given_up_is_restored_for_nothing_is_claimed(suspended: Arrears) -> None:
    write_off(suspended.outside.engine, "2026-000001", None, on=date(2027, 1, 4), by="An", reason="bankrupt")
    suspended.day(date(2027, 1, 4))
    assert [order.row.measure for order in suspended.orders()] == ["minimum_service", "restore"]


@pytest.mark.clause("GC-9.1.a")
def test_once_restored_the_next_arrears_are_an_order_of_their_own(suspended: Arrears) -> None:
    suspended.paid("2026-000001", "121.00", date(2027, 1, 4))
    suspended.day(date(2027, 1, 4))
    later = suspended.invoice(suspended.close("2026-12", date(2026, 12, 28)), "PARTNER", "50.00")  # due on 27 January
    suspended.remind("PARTNER", [later], [date(2027, 2, 3), date(2027, 2, 10), date(2027, 2, 17)], due=date(2027, 1, 27))
    suspended.day(date(2027, 2, 24), "PARTNER", **AUTOMATIC)
    assert [(order.row.measure, order.row.state) for order in suspended.orders()] == [
        ("minimum_service", "acknowledged"),
        ("restore", "sent"),
        ("minimum_service", "sent"),
    ]
    assert len({order.row.idempotency_key for order in suspended.orders()}) == 3


@pytest.mark.clause("BT-2.k", "ST-2.f")
def test_suspended_again_before_the_restoration_was_acknowledged_the_days_of_both_come_right(suspended: Arrears) -> None:
    suspended.paid("2026-000001", "121.00", date(2027, 1, 4))
    suspended.day(date(2027, 1, 4))
    suspended.record("deposit_requests", "R1", payer_id="PARTNER", on="2026-12-20", amount="500.00", due_by="2027-01-05")
    suspended.review(date(2027, 1, 6))
    approve(suspended.outside.engine, 3, by="Nora", on=date(2027, 1, 6))
    suspended.day(date(2027, 1, 6))
    acknowledge(suspended.outside.engine, 3, date(2027, 1, 7))
    acknowledge(suspended.outside.engine, 2, date(2027, 1, 5))
    assert [row[1:] for row in suspended.on_minimum_service() if row[0] == "E-ANNA"] == [
        (NEXT, date(2027, 1, 4), "order 1"),
        (date(2027, 1, 7), None, "order 3"),
    ]


@pytest.mark.clause("BT-2.k", "ST-2.f")
def test_what_is_made_on_minimum_service_by_an_order_is_held_by_the_close(outside: Outside) -> None:
    stored = Stored(outside)
    stored.fill(World([LINE], [BELGIUM]))
    with outside.engine.begin() as conn:
        conn.execute(text("select setval(pg_get_serial_sequence('line', 'line_no'), 10)"))  # 1 is taken
    scene = Arrears(outside)
    scene.payer("E1", name="One")
    scene.say("update contract set payer_id = 'E1' where contract_id = 'C1'")
    scene.remind("E1", [scene.invoice(scene.run, "E1", "50.00")])
    scene.day(ORDERED, "E1", **AUTOMATIC)
    acknowledge(outside.engine, 1, NEXT)
    days = ("2026-12-28T10:00:00", "2026-12-29T10:00:00", "2027-01-04T10:00:00", "2027-01-05T10:00:00")
    stored.add_calls([Call(n, f"u{n}", 1, "voice", True, "3223456789", utc(day), 60) for n, day in enumerate(days, start=1)])
    scene.paid("2026-000002", "50.00", date(2027, 1, 4))
    scene.day(date(2027, 1, 4))
    acknowledge(outside.engine, 2, date(2027, 1, 5))
    rated = stored.close("2027-01", date(2027, 1, 28))
    assert {number: answer.status for number, answer in rated.items()} == {1: "charged", 2: "held", 3: "held", 4: "charged"}


# ------------------------------------------------------------------------------------------------ a month of suspension
@pytest.mark.clause("GC-12.2.a", "CG-2.c")
def test_after_a_month_of_suspension_the_end_is_proposed_to_finance_once_and_never_done(suspended: Arrears) -> None:
    suspended.review(date(2027, 1, 28))
    assert suspended.say("select * from end_proposal") == []
    suspended.review(date(2027, 1, 29))
    suspended.review(date(2027, 1, 30))
    assert suspended.say("select order_no, payer_id, proposed_on, clause from end_proposal") == [
        (1, "PARTNER", date(2027, 1, 29), "GC-12.2.a")
    ]
    assert suspended.say("select count(*) from feed_record where table_name = 'terminations'") == [(0,)]
    assert "finance may end the contracts (GC-12.2.a, proposed on 2027-01-29) in terminations.csv" in listed(suspended.outside.engine)


@pytest.mark.clause("GC-12.2.a")
def test_paid_on_the_day_a_month_is_over_nothing_is_proposed(suspended: Arrears) -> None:
    suspended.paid("2026-000001", "121.00", date(2027, 1, 29))
    suspended.review(date(2027, 1, 29))
    assert suspended.say("select * from end_proposal") == []


# ------------------------------------------------------------------------------------------------ what others read
@pytest.mark.clause("CG-2.f")
def test_sales_get_the_list_of_the_end_clients_of_a_partner_in_default(scene: Arrears) -> None:
    scene.day(ORDERED, "PARTNER")
    with pytest.raises(Stopped, match="no order limits the service of PARTNER"):
        contacts_of(scene.outside, "PARTNER")
    approve(scene.outside.engine, 1, by="Nora", on=ORDERED)
    scene.day(ORDERED, "PARTNER")
    listing = scene.outside.out.read("orders/contacts-PARTNER-1.csv").decode()
    assert listing.splitlines()[:2] == [
        "end_client_id,name,address,email,language,since,order_no",
        'E-ANNA,Anna Zwart,"Rue du Moulin 1, 1480 Tubize, BE",e-anna@client.example,nl,2026-12-18,1',
    ]
    assert (len(listing.splitlines()), contacts_of(scene.outside, "PARTNER")) == (4, listing)


@pytest.mark.clause("CG-2.f")
def test_a_direct_client_in_default_is_no_list_for_sales(scene: Arrears) -> None:
    scene.payer("DIRECT", name="Plomb")
    scene.service("DIRECT", "DIRECT")
    number = scene.invoice(scene.run, "DIRECT", "50.00")
    scene.remind("DIRECT", [number])
    scene.day(ORDERED, "DIRECT", **AUTOMATIC)
    assert scene.outside.out.paths("orders") == ("orders/order-000001.json",)
    with pytest.raises(Stopped, match="DIRECT is no partner: it has no end clients to call"):
        contacts_of(scene.outside, "DIRECT")


def told(scene: Arrears) -> dict[str, int]:
    with scene.outside.engine.connect() as conn:
        return dict(suspension.untold(conn))


@pytest.mark.clause("CG-2.c", "GC-9.1.a")
def test_a_payer_is_to_be_told_once_its_order_was_sent_until_a_letter_reached_it(scene: Arrears) -> None:
    scene.review(ORDERED, "PARTNER", **AUTOMATIC)
    assert told(scene) == {}
    scene.day(ORDERED)
    assert told(scene) == {"PARTNER": 1}
    scene.letter("PARTNER", ["2026-000001"], 4, ORDERED, state="pending", order_no=1)
    assert told(scene) == {}
    scene.say("update delivery set state = 'failed' where delivery_id = (select max(delivery_id) from delivery)")
    assert told(scene) == {"PARTNER": 1}
    scene.letter("PARTNER", ["2026-000001"], 4, NEXT, order_no=1)
    assert told(scene) == {}
    with scene.outside.engine.connect() as conn:
        assert suspension.suspended_by(conn, 1) == SERVED


def test_who_is_restored_before_it_was_told_is_not_told_of_a_suspension_any_more(scene: Arrears) -> None:
    scene.day(ORDERED, "PARTNER", **AUTOMATIC)
    scene.paid("2026-000001", "121.00", NEXT)
    scene.day(NEXT)
    assert told(scene) == {}


def test_a_preview_says_what_would_happen_and_records_nothing(scene: Arrears) -> None:
    settings = scene.outside.settings
    with scene.outside.engine.connect() as conn:
        lines = suspension.preview(conn, [notice("PARTNER", ORDERED)], ORDERED, settings)
    assert lines == ("PARTNER: minimum service of 3 for GC-9.1.a; finance decides",)
    assert scene.orders() == []
    scene.day(ORDERED, "PARTNER", **AUTOMATIC)
    scene.paid("2026-000001", "121.00", NEXT)
    with scene.outside.engine.connect() as conn:
        assert suspension.preview(conn, [], NEXT, settings) == ("PARTNER: the service is restored (order 1), the ground is gone",)
        assert [order.row.order_no for order in suspension.orders_of(conn, NEXT)] == [1]
        assert [order.row.order_no for order in suspension.orders_of(conn, ORDERED)] == [1]


def test_the_commands_list_decide_and_acknowledge(
    here: Path, database: object, outside: Outside, capsys: pytest.CaptureFixture[str]
) -> None:
    scene = Arrears(outside)
    assert main(["suspensions"]) == 0
    scene.review(ORDERED, "PARTNER")
    assert main(["suspensions"]) == 0
    assert capsys.readouterr().out == (
        "no order is open\n"
        "order 1: PARTNER, minimum service of Anna Zwart, Bert Appel, Cleo Mertens;"
        " GC-9.1.a since 2026-12-18, 121.00 EUR on 2026-000001; proposed\n"
        "  `billing approve-suspension 1 --by NAME --on DAY` or `billing reject-suspension 1 --by NAME --on DAY --reason TEXT`\n"
    )
    assert main(["approve-suspension", "1", "--by", "Nora", "--on", "2026-12-28"]) == 0
    suspension.send(outside, ORDERED)
    assert main(["acknowledge", "1", "--on", "2026-12-29"]) == 0
    assert main(["contacts", "PARTNER"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[1] == "order 1: minimum service begins on 2026-12-29 for Anna Zwart, Bert Appel, Cleo Mertens"
    assert out[2].startswith("end_client_id,name,address")
    assert main(["reject-suspension", "1", "--by", "Nora", "--on", "2026-12-29", "--reason", "no"]) == 1
    assert "order 1 is acknowledged; there is nothing left to decide" in capsys.readouterr().err
