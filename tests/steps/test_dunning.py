"""Dunning told in dates, through a real mailbox. The invoice of October is due on 27 November, that of November on 28 December."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tasks import delivery
from tasks.dunning import DunningReceipt, run_dunning
from tasks.ledger import RunLocked, Stopped, only_one
from tasks.mail import MailUnavailable
from tasks.mailbox_server import MailboxServer
from tasks.outside import Outside
from tasks.payments import pay
from tests.steps.delivery_scene import NO_SUCH_USER, Postmaster, Scene, ids, mails

D = Decimal
FIRST, SECOND = date(2026, 12, 4), date(2026, 12, 11)  # 7 and 14 days after 27 November


@pytest.fixture
def scene(outside: Outside) -> Scene:
    """ALFA (en) owes 2026-000001 of 121.00, due on 27 November."""
    scene = Scene(outside)
    scene.payer("ALFA", mail="alfa@payer.example", language="en")
    scene.invoice(scene.close(), "ALFA", "121.00")
    return scene


def told(receipt: DunningReceipt) -> list[tuple[str, int, str, str]]:
    return [(each.payer_id, each.level, str(each.open_amount), each.state) for each in receipt.notices]


def reminders(folder: Path) -> list[str]:
    return [each for each in ids(folder) if "reminder" in each]


def via(outside: Outside, url: str, **changes: object) -> Outside:
    return replace(outside, settings=outside.settings.model_copy(update={"smtp_url": url, "mail_attempts": 2, **changes}))


@pytest.mark.clause("CG-2.d")
def test_the_story_of_an_invoice_that_nobody_pays(outside: Outside, scene: Scene, tmp_path: Path) -> None:
    assert told(run_dunning(outside, date(2026, 11, 27))) == []  # due today
    assert told(run_dunning(outside, date(2026, 12, 3))) == []  # 6 days overdue
    assert told(run_dunning(outside, FIRST)) == [("ALFA", 1, "121.00", "sent")]
    assert told(run_dunning(outside, date(2026, 12, 10))) == []
    assert told(run_dunning(outside, SECOND)) == [("ALFA", 2, "121.00", "sent")]
    assert told(run_dunning(outside, date(2027, 3, 1))) == []  # no third level: suspension is a matter of its own
    assert reminders(tmp_path / "mailbox") == [
        "<ALFA.2026-12-04.1.reminder@operator.example>",
        "<ALFA.2026-12-11.2.reminder@operator.example>",
    ]
    assert scene.say("select level, noticed_on, policy, anchor_due_on, open_amount, fee, clause from dunning_notice order by level") == [
        (1, FIRST, "contract", date(2026, 11, 27), D("121.00"), D("0.00"), "CG-2.d"),
        (2, SECOND, "contract", date(2026, 11, 27), D("121.00"), D("10.00"), "CG-2.d"),
    ]


@pytest.mark.clause("CG-4")
def test_the_mail_lists_the_overdue_invoices_and_how_to_pay_and_complain_and_what_comes_next(
    outside: Outside, scene: Scene, tmp_path: Path
) -> None:
    scene.invoice(scene.close("2026-11", date(2026, 11, 28)), "ALFA", "50.00", days=5)
    scene.invoice(scene.close("2026-12", date(2026, 12, 10)), "ALFA", "9.00")  # not due yet
    run_dunning(outside, FIRST)
    run_dunning(outside, SECOND)
    first, second = mails(tmp_path / "mailbox")
    bodies = [body.get_content() for mail in (first, second) if (body := mail.get_body(("plain",)))]
    assert (first["To"], first["X-Reminder"], first["Auto-Submitted"]) == ("alfa@payer.example", "level 1", "auto-generated")
    assert first["Date"] == "Fri, 04 Dec 2026 12:00:00 +0100"
    for body in bodies:
        assert all(part in body for part in ("2026-000001", "27/11/2026", "€121.00", "+++260/0000/00170+++"))
        assert all(part in body for part in ("2026-000002", "03/12/2026", "€50.00", "+++260/0000/00271+++"))
        assert all(part in body for part in ("€171.00", "BE71 0961 2345 6769", "Ombudsman", "CG-4"))
        assert "2026-000003" not in body
    assert "reminder fee" not in bodies[0]
    assert "A reminder fee of €10.00 comes on top" in bodies[1]
    assert "suspended from 18 December 2026" in bodies[1]


@pytest.mark.clause("CG-2.a")
def test_the_same_day_twice_sends_nothing_new(outside: Outside, scene: Scene, tmp_path: Path) -> None:
    first, second = run_dunning(outside, FIRST), run_dunning(outside, FIRST)
    assert (told(first), first.newly_sent) == ([("ALFA", 1, "121.00", "sent")], 1)
    assert (told(second), second.newly_sent) == ([("ALFA", 1, "121.00", "sent")], 0)
    assert len(mails(tmp_path / "mailbox")) == 1


def test_a_preview_says_what_would_be_sent_and_sends_and_records_nothing(outside: Outside, scene: Scene, tmp_path: Path) -> None:
    receipt = run_dunning(outside, FIRST, preview=True)
    assert str(receipt) == (
        "dunning 2026-12-04 by policy contract: 1 reminder would be sent\n  ALFA: level 1, 121.00 EUR on 2026-000001, preview"
    )
    assert scene.say("select count(*) from dunning_notice") == scene.say("select count(*) from delivery") == [(0,)]
    assert not (tmp_path / "mailbox").exists()


@pytest.mark.clause("CG-2.a")
def test_a_partial_payment_keeps_the_stage_and_asks_for_the_rest(outside: Outside, scene: Scene) -> None:
    run_dunning(outside, FIRST)
    pay(outside.engine, "2026-000001", D("100.00"), date(2026, 12, 8))
    assert told(run_dunning(outside, SECOND)) == [("ALFA", 2, "21.00", "sent")]


@pytest.mark.clause("CG-2.a")
def test_a_payment_in_full_ends_it_and_the_next_invoice_starts_at_the_first_level(outside: Outside, scene: Scene) -> None:
    scene.invoice(scene.close("2026-11", date(2026, 11, 28)), "ALFA", "50.00", days=10)  # due on 8 December
    run_dunning(outside, FIRST)
    run_dunning(outside, SECOND)
    pay(outside.engine, "2026-000001", D("121.00"), date(2026, 12, 12))
    assert told(run_dunning(outside, date(2026, 12, 14))) == []
    assert told(run_dunning(outside, date(2026, 12, 15))) == [("ALFA", 1, "50.00", "sent")]
    assert told(run_dunning(outside, date(2026, 12, 21))) == []
    assert told(run_dunning(outside, date(2026, 12, 22))) == [("ALFA", 2, "50.00", "sent")]


def test_a_payment_counts_from_its_day(outside: Outside, scene: Scene) -> None:
    pay(outside.engine, "2026-000001", D("121.00"), date(2026, 12, 5))
    assert told(run_dunning(outside, FIRST, preview=True)) == [("ALFA", 1, "121.00", "preview")]
    assert told(run_dunning(outside, date(2026, 12, 5))) == []


@pytest.mark.clause("GC-9.3")
def test_a_contested_part_is_not_asked_for_and_a_contested_invoice_is_left_alone(outside: Outside, scene: Scene) -> None:
    scene.dispute("D1", "2026-000001", "2026-12-01", "21.00", closed_on="2026-12-10")
    scene.payer("BETA")
    contested = scene.invoice(scene.close(), "BETA", "80.00")
    scene.dispute("D2", contested, "2026-12-01", "80.00")
    assert told(run_dunning(outside, FIRST)) == [("ALFA", 1, "100.00", "sent")]
    assert told(run_dunning(outside, SECOND)) == [("ALFA", 2, "121.00", "sent")]  # closed on the 10th: claimed again


@pytest.mark.clause("CG-2.a")
def test_each_payer_gets_one_mail_and_an_end_client_behind_a_partner_none(outside: Outside, scene: Scene, tmp_path: Path) -> None:
    scene.payer("E-ALFA", mail="end@client.example")
    scene.say("update party set partner_id = 'ALFA' where party_id = 'E-ALFA'")
    scene.invoice(scene.close("2026-09", date(2026, 9, 28)), "ALFA", "10.00", clients=("E-ALFA",))
    assert told(run_dunning(outside, FIRST)) == [("ALFA", 1, "131.00", "sent")]
    assert [mail["To"] for mail in mails(tmp_path / "mailbox")] == ["alfa@payer.example"]


# ------------------------------------------------------------------------------------------------ delivery of reminders
@pytest.mark.clause("CG-2.a")
def test_a_level_is_not_followed_by_the_next_until_it_was_sent(outside: Outside, scene: Scene, tmp_path: Path) -> None:
    with MailboxServer(tmp_path / "box", Postmaster(tmp_path / "box", refused={"alfa@payer.example": NO_SUCH_USER})) as server:
        refusing = via(outside, server.url)
        assert told(run_dunning(refusing, FIRST)) == [("ALFA", 1, "121.00", "failed")]
        again = run_dunning(refusing, FIRST)
        assert (told(again), again.newly_sent) == ([("ALFA", 1, "121.00", "failed")], 0)
        assert "alfa@payer.example: 550 5.1.1 no such user" in str(again)
    scene.payer("ALFA", mail="right@payer.example")
    assert told(run_dunning(outside, SECOND)) == [("ALFA", 1, "121.00", "sent")]
    assert told(run_dunning(outside, date(2026, 12, 17))) == []
    assert told(run_dunning(outside, date(2026, 12, 18))) == [("ALFA", 2, "121.00", "sent")]


def test_with_the_mail_server_down_the_reminder_waits_and_the_same_day_sends_it_once(
    outside: Outside, scene: Scene, tmp_path: Path
) -> None:
    postmaster = Postmaster(tmp_path / "box", answers=["421 down"] * 9)
    with MailboxServer(tmp_path / "box", postmaster) as server, pytest.raises(MailUnavailable):
        run_dunning(via(outside, server.url), FIRST)
    assert scene.say("select state, last_error <> '' from delivery") == [("pending", True)]
    assert run_dunning(outside, FIRST).newly_sent == 1
    assert reminders(tmp_path / "mailbox") == ["<ALFA.2026-12-04.1.reminder@operator.example>"]


def test_what_was_not_sent_is_decided_anew_after_a_payment(outside: Outside, scene: Scene, tmp_path: Path) -> None:
    postmaster = Postmaster(tmp_path / "box", answers=["421 down"] * 9)
    with MailboxServer(tmp_path / "box", postmaster) as server, pytest.raises(MailUnavailable):
        run_dunning(via(outside, server.url), FIRST)
    pay(outside.engine, "2026-000001", D("121.00"), FIRST)
    assert told(run_dunning(outside, FIRST)) == []
    assert scene.say("select count(*) from dunning_notice") == scene.say("select count(*) from delivery") == [(0,)]
    assert not (tmp_path / "mailbox").exists()


def test_an_answer_lost_on_the_way_repeats_the_same_message(outside: Outside, scene: Scene, tmp_path: Path) -> None:
    with MailboxServer(tmp_path / "box", Postmaster(tmp_path / "box", answers=["keep and hang up"])) as server:
        run_dunning(via(outside, server.url), FIRST)
    first, second = [path.read_bytes() for path in sorted((tmp_path / "box" / "new").iterdir())]
    assert first == second


def test_the_gate_looks_at_what_is_recorded_and_stops_it_before_anything_is_sent(outside: Outside, scene: Scene, tmp_path: Path) -> None:
    seen = []

    def gate(world: Outside, on: date) -> None:
        seen.append((on, scene.say("select payer_id, level from dunning_notice")))
        raise Stopped("a critical finding")

    with pytest.raises(Stopped, match="a critical finding"):
        run_dunning(outside, FIRST, check=gate)
    assert seen == [(FIRST, [("ALFA", 1)])]
    assert not (tmp_path / "mailbox").exists()
    assert told(run_dunning(outside, FIRST, check=lambda world, on: None)) == [("ALFA", 1, "121.00", "sent")]


@pytest.mark.clause("CG-2.b")
def test_a_portal_payer_is_reminded_by_mail_when_it_has_an_address_else_on_the_portal(
    outside: Outside, scene: Scene, tmp_path: Path
) -> None:
    run = scene.close()
    scene.payer("MAILED", mail="portal@payer.example", channel="portal")
    scene.payer("PORTAL", mail="", channel="portal", language="nl")
    for payer in ("MAILED", "PORTAL"):
        scene.invoice(run, payer, "80.00")
    delivery.stage(outside, run)
    run_dunning(outside, FIRST)
    assert [mail["To"] for mail in mails(tmp_path / "mailbox") if mail["X-Reminder"]] == ["alfa@payer.example", "portal@payer.example"]
    folder = tmp_path / "out" / "portal" / "PORTAL"
    assert "herinnering" in (folder / "reminder-2026-12-04-1.txt").read_text().lower()
    index = json.loads((folder / "index.json").read_text())
    assert index["reminders"] == [{"on": "2026-12-04", "level": 1, "file": "reminder-2026-12-04-1.txt"}]
    assert [invoice["number"] for invoice in index["invoices"]] == ["2026-000003"]


def test_a_payer_without_any_address_is_a_failed_reminder_with_its_reason(outside: Outside, scene: Scene) -> None:
    scene.payer("ALFA", mail="")
    (given,) = run_dunning(outside, FIRST).notices
    assert (given.state, given.reason) == ("failed", "payer ALFA has no mail address; give it one in parties.csv")


# ------------------------------------------------------------------------------------------------ policy and lock
@pytest.mark.clause("CG-2.d")
def test_the_policy_of_the_settings_is_in_force_and_recorded(outside: Outside, scene: Scene) -> None:
    capped = via(outside, outside.settings.smtp_url, dunning_policy="article119")
    assert run_dunning(capped, FIRST).policy == "article119"
    assert scene.say("select policy, fee from dunning_notice") == [("article119", D("0.00"))]


def test_an_unknown_policy_stops_with_the_names_there_are(outside: Outside, scene: Scene) -> None:
    with pytest.raises(Stopped, match="there is no dunning policy 'none'; dunning_policy may be article119, contract"):
        run_dunning(via(outside, outside.settings.smtp_url, dunning_policy="none"), FIRST)


def test_two_dunning_runs_never_work_at_the_same_time(outside: Outside, scene: Scene) -> None:
    with only_one(outside.engine, "dunning"), pytest.raises(RunLocked):
        run_dunning(outside, FIRST)
    assert run_dunning(outside, FIRST).newly_sent == 1


def test_a_day_on_which_nobody_owes_anything_needs_no_mail_server(outside: Outside) -> None:
    receipt = run_dunning(via(outside, "smtp://127.0.0.1:1"), FIRST)
    assert (receipt.notices, receipt.figures["reminders"]) == ((), 0)
