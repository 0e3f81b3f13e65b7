"""A copy of an invoice asked for, and what waits delivered again."""

from datetime import date
from pathlib import Path

import pytest

from billing.period import Period
from tasks import delivery
from tasks.copies import CopyRefusedError, resend, send_copies
from tasks.ledger import Run, Stopped
from tasks.mailbox_server import MailboxServer
from tasks.outside import Outside
from tasks.waiting import deliver_all, deliver_close
from tests.steps.delivery_scene import NO_SUCH_USER, Postmaster, Scene, ids, mails
from tests.steps.test_delivery import through

TODAY, TOMORROW = date(2026, 11, 10), date(2026, 11, 11)


@pytest.fixture
def scene(outside: Outside) -> Scene:
    return Scene(outside)


@pytest.fixture
def run(scene: Scene) -> Run:
    """A close with an invoice that waits: 2026-000001 to ALFA, who reads Dutch."""
    run = scene.close()
    scene.payer("ALFA", mail="alfa@payer.example;two@payer.example", language="nl")
    scene.invoice(run, "ALFA")
    return run


@pytest.mark.clause("CG-2.b")
def test_a_copy_says_that_it_is_one_and_the_first_delivery_stays_as_it_was(
    outside: Outside, scene: Scene, run: Run, tmp_path: Path
) -> None:
    there = through(outside, f"maildir:{tmp_path / 'box'}")
    delivery.stage(there, run)
    first = scene.say("select * from delivery where purpose = 'invoice'")
    assert resend(there, "2026-000001", "", "Anne", TODAY) == (
        "a copy of invoice 2026-000001 was sent to alfa@payer.example;two@payer.example"
    )
    copy, mail = mails(tmp_path / "box")
    assert (copy["Message-ID"], mail["Message-ID"]) == (
        "<2026-000001.copy-1@operator.example>", "<2026-000001.invoice@operator.example>",
    )  # fmt: skip
    assert copy["Subject"] == "Kopie: " + mail["Subject"]
    assert copy["To"] == mail["To"]
    assert copy["Date"] == "Tue, 10 Nov 2026 12:00:00 +0100"
    text = copy.get_body(("plain",))
    assert text is not None
    assert "Dit is een kopie van een document dat u al eerder kreeg" in text.get_content()
    assert [part.get_content() for part in copy.iter_attachments()] == [part.get_content() for part in mail.iter_attachments()]
    assert scene.say("select * from delivery where purpose = 'invoice'") == first
    assert scene.say("select asked_by, asked_on, state from delivery where purpose = 'copy'") == [("Anne", TODAY, "sent")]


def test_asked_twice_on_a_day_it_is_one_copy_and_on_another_day_or_elsewhere_another(
    outside: Outside, scene: Scene, run: Run, tmp_path: Path
) -> None:
    there = through(outside, f"maildir:{tmp_path / 'box'}")
    delivery.stage(there, run)
    resend(there, "2026-000001", "", "Anne", TODAY)
    said = resend(there, "2026-000001", "", "Bert", TODAY)
    assert said.endswith("went to alfa@payer.example;two@payer.example on 2026-11-10 already; nothing is sent twice a day")
    resend(there, "2026-000001", "new@payer.example", "Anne", TODAY)
    resend(there, "2026-000001", "", "Anne", TOMORROW)
    assert ids(tmp_path / "box") == [
        *(f"<2026-000001.copy-{number}@operator.example>" for number in (1, 2, 3)), "<2026-000001.invoice@operator.example>",
    ]  # fmt: skip


def test_a_copy_recorded_by_a_command_that_was_ended_goes_once(outside: Outside, scene: Scene, run: Run, tmp_path: Path) -> None:
    there = through(outside, f"maildir:{tmp_path / 'box'}")
    delivery.stage(there, run)
    resend(there, "2026-000001", "", "Anne", TODAY)
    scene.say("delete from delivery_recipient where delivery_id in (select delivery_id from delivery where purpose = 'copy')")
    scene.say("update delivery set state = 'pending', sent_at = null where purpose = 'copy'")
    resend(there, "2026-000001", "", "Anne", TODAY)
    assert (len(mails(tmp_path / "box")), send_copies(there)) == (2, 0)


def test_a_copy_that_was_refused_is_said_and_can_be_asked_for_again(outside: Outside, scene: Scene, run: Run, tmp_path: Path) -> None:
    delivery.stage(through(outside, f"maildir:{tmp_path / 'first'}"), run)
    postmaster = Postmaster(tmp_path / "box", refused={"new@payer.example": NO_SUCH_USER})
    with MailboxServer(tmp_path / "box", postmaster) as server:
        there = through(outside, server.url)
        with pytest.raises(CopyRefusedError, match=r"could not be delivered to new@payer.example: .*550 5.1.1 no such user; give another"):
            resend(there, "2026-000001", "new@payer.example", "Anne", TODAY)
        postmaster.refused.clear()
        resend(there, "2026-000001", "new@payer.example", "Anne", TODAY)
    assert ids(tmp_path / "box") == ["<2026-000001.copy-1@operator.example>"]


@pytest.mark.parametrize(
    ("number", "to", "by", "before", "said"),
    [
        ("2026-000009", "", "Anne", "", "no invoice has the number '2026-000009'; a draft has none"),
        ("2026-000001", "", " ", "", "give a name with --by"),
        ("2026-000001", "nobody at home", "Anne", "", "no mail can go to 'nobody at home'"),
        ("2026-000001", "", "Anne", "update party set billing_emails = 'nobody'", "has no usable mail address; give it one in parties.csv"),
        ("2026-000001", "", "Anne", "update party set delivery = 'portal'", "finds invoice 2026-000001 on the portal; give an address"),
        ("2026-000001", "", "Anne", "update delivery set state = 'pending'", "was not delivered yet; `billing deliver --pending` sends it"),
    ],
    ids=["a number nobody has", "asked by nobody", "no address", "a payer without address", "a payer of the portal", "not sent yet"],
)  # fmt: skip
def test_what_cannot_be_copied_is_refused_in_a_line(
    outside: Outside, scene: Scene, run: Run, number: str, to: str, by: str, before: str, said: str
) -> None:
    delivery.stage(outside, run)
    if before:
        scene.say(before)
    with pytest.raises(CopyRefusedError) as refused:
        resend(outside, number, to, by, TODAY)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    assert scene.say("select count(*) from delivery") == [(1,)]


def test_a_payer_of_the_portal_can_have_a_copy_mailed_elsewhere(outside: Outside, scene: Scene, tmp_path: Path) -> None:
    run, there = scene.close(), through(outside, f"maildir:{tmp_path / 'box'}")
    scene.payer("PORTAL", mail="", channel="portal")
    scene.invoice(run, "PORTAL")
    delivery.stage(there, run)
    resend(there, "2026-000001", "accountant@office.example", "Anne", TODAY)
    assert [mail["To"] for mail in mails(tmp_path / "box")] == ["accountant@office.example"]


def accepted(scene: Scene, run: Run) -> None:
    scene.say("insert into run_step (run_id, step, state, import_no) values (:run, 'documents', 'accepted', 1)", run=run.run_id)


def test_what_waits_of_a_close_is_sent_once(outside: Outside, scene: Scene, run: Run, tmp_path: Path) -> None:
    there = through(outside, f"maildir:{tmp_path / 'box'}")
    accepted(scene, run)
    assert deliver_close(there, Period.month("2026-10")) == "close 2026-10: mailed 1"
    deliver_close(there, Period.month("2026-10"))
    assert len(mails(tmp_path / "box")) == 1


def test_all_that_waits_is_sent_and_then_nothing_waits(outside: Outside, scene: Scene, run: Run, tmp_path: Path) -> None:
    there = through(outside, f"maildir:{tmp_path / 'box'}")
    delivery.record(there, run)
    assert "close 2026-10: mailed 1" in deliver_all(there)
    assert (deliver_all(there), len(mails(tmp_path / "box"))) == ("nothing waits to be delivered", 1)


def test_a_close_without_documents_has_nothing_to_deliver(outside: Outside, scene: Scene, run: Run) -> None:
    with pytest.raises(Stopped, match="close 2026-10 has no documents yet; run `billing close 2026-10`"):
        deliver_close(outside, Period.month("2026-10"))
    with pytest.raises(Stopped, match="close 2026-09 was never begun; there is nothing to deliver"):
        deliver_close(outside, Period.month("2026-09"))
