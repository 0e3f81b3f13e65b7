"""The money of `billing status`: what came in and where it is, how far statements reach, and what waits for a person."""

from datetime import date
from pathlib import Path

import pytest

from tasks.bank.importing import import_statements
from tasks.ledger import open_late_charges
from tasks.outside import Outside
from tasks.status import status
from tests.bank_files import OURS, PAYERS, Paid, StatementOf, camt, coda
from tests.steps.delivery_scene import Scene

DAY = date(2026, 11, 10)
ALFA1 = "260000000170"


@pytest.fixture
def scene(outside: Outside) -> Scene:
    """ALFA owes 2026-000001 of 121.00, BETA 2026-000002 of 60.00."""
    scene = Scene(outside)
    run = scene.close()
    for payer, gross in (("ALFA", "121.00"), ("BETA", "60.00")):
        scene.payer(payer, mail=f"{payer.lower()}@post.example")
        scene.invoice(run, payer, gross)
    return scene


def money(outside: Outside) -> list[str]:
    """The lines between the runs and the totals."""
    return status(outside.engine).splitlines()[1:-1]


def letter(scene: Scene, payer: str, on: str, state: str, bounced_on: str | None = None) -> None:
    """A letter of level 1 to the address the payer has now."""
    scene.say(
        "with sent as (insert into delivery (purpose, payer_id, channel, recipients, message_id, state, bounced_on)"
        " select 'reminder', party_id, 'email', billing_emails, party_id || :on, :state, cast(:bounced as date) from party"
        " where party_id = :payer and superseded_import is null returning delivery_id)"
        " insert into dunning_notice (payer_id, policy, level, noticed_on, anchor_invoice_id, anchor_due_on, open_amount, fee, clause,"
        " delivery_id) select :payer, 'contract', 1, cast(:on as date), invoice_id, due_on, 1, 0, 'CG-2.d', delivery_id from sent, invoice"
        " where invoice.payer_id = :payer and number is not null",
        payer=payer, on=on, state=state, bounced=bounced_on,
    )  # fmt: skip


def test_where_nothing_came_in_and_nobody_waits_no_line_is_about_money(outside: Outside, scene: Scene) -> None:
    letter(scene, "ALFA", "2026-12-05", "sent")
    assert money(outside) == []


def test_it_says_what_came_in_and_where_it_is_and_how_far_the_statements_reach(outside: Outside, scene: Scene) -> None:
    bank = Path(outside.settings.feed) / "bank"
    bank.mkdir(parents=True)
    paid = (Paid("121.00", ALFA1, PAYERS["ALFA"]), Paid("9.00", ALFA1, PAYERS["ALFA"]), Paid("3.50", "?"), Paid("4.00", "?"))
    (bank / "1.cod").write_bytes(coda(StatementOf(7, DAY, "1000.00", paid)))
    (bank / "2.cod").write_bytes(coda(StatementOf(9, date(2026, 11, 12), "1137.50")))
    (bank / "3.xml").write_bytes(camt(StatementOf(1, DAY, "0.00", iban="BE62510007547061")))
    import_statements(outside)
    assert money(outside) == [
        "EUR 137.50 received by bank: 121.00 on invoices, 9.00 on account, 7.50 unmatched (2 movements, see unmatched.csv)",
        f"{OURS}: statements booked up to 2026-11-10, balance EUR 1,137.50",
        "1 bank statement waits for one before it; `billing bank` names what is missing",
        "1 bank file refused, a payment may be in it; `billing bank` says why",
    ]


def test_orders_that_wait_for_approval_are_named(outside: Outside, scene: Scene) -> None:
    for payer, state in (("ALFA", "proposed"), ("BETA", "withdrawn")):
        scene.say(
            "insert into suspension_order (payer_id, measure, ordered_on, idempotency_key, state)"
            " values (:payer, 'minimum_service', '2026-12-20', :payer, :state)",
            payer=payer, state=state,
        )  # fmt: skip
    assert money(outside) == ["1 suspension order waits for approval: 1 (ALFA, since 2026-12-20); see `billing suspensions`"]


def test_payers_nobody_could_reach_are_named_until_a_letter_arrives_or_the_address_changes(outside: Outside, scene: Scene) -> None:
    letter(scene, "ALFA", "2026-12-05", "failed")
    letter(scene, "BETA", "2026-12-05", "sent", "2026-12-07")
    assert money(outside) == ["2 payers cannot be reached: ALFA (letter), BETA (letter); correct the addresses in parties.csv"]
    letter(scene, "ALFA", "2026-12-12", "sent")
    scene.payer("BETA", mail="new@post.example")
    assert money(outside) == []


@pytest.mark.clause("GC-14.2")
def test_a_late_claim_waits_for_a_decision_until_it_is_closed(outside: Outside, scene: Scene) -> None:
    scene.dispute("D1", "2026-000001", "2026-11-27", "40.00")
    assert money(outside) == []
    scene.dispute("D2", "2026-000002", "2026-11-28", "40.00")
    assert money(outside) == ["1 late claim waits for a decision (GC-14.2); see `billing disputes`"]
    scene.say("update feed_record set record = record || '{\"closed_on\": \"2026-12-10\"}' where record_id = 'D2'")
    assert money(outside) == []


def test_a_run_of_late_charges_is_called_by_its_month(outside: Outside, scene: Scene) -> None:
    open_late_charges(outside.engine, date(2026, 12, 5))
    assert status(outside.engine).splitlines()[0].startswith("late charges 2026-12 (on 2026-12-05): begun")
