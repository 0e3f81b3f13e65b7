"""The mailbox that returned mail comes to: what each kind of mail in it books, once, and what it does not."""

import os
import re
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from flows.command_line import main
from tasks.bounce_mail import read_bounces
from tasks.bounce_mail.mailbox import MailboxUnavailable
from tasks.ledger import Run
from tasks.mail import MailUnavailable
from tasks.mailbox_server import MailboxServer
from tasks.outside import Outside
from tasks.store import StoreFailed
from tests.faults.elsewhere import SERVER, done_elsewhere
from tests.faults.killed_reading import read_and_die
from tests.notices import QMAIL, Postbox, of, plain, report
from tests.steps.delivery_scene import NO_SUCH_USER, Postmaster, Scene, mails

pytestmark = pytest.mark.clause("CG-2.b")

SENT, READ = date(2026, 10, 28), date(2026, 10, 30)
ALFA, BETA = "alfa@payer.example", "one@beta.example"
OURS = "Message-ID: <2026-000001.invoice@operator.example>\nX-Invoice: 2026-000001"


@pytest.fixture
def box(tmp_path: Path) -> Postbox:
    return Postbox(tmp_path / "bounces")


@pytest.fixture
def world(outside: Outside, box: Postbox) -> Outside:
    """Mail comes back to bounces@operator.example, into the box."""
    changes = {"bounce_mailbox": f"maildir:{box.folder}", "bounce_address": "bounces@operator.example"}
    return replace(outside, settings=outside.settings.model_copy(update=changes))


@pytest.fixture
def scene(world: Outside) -> Scene:
    """On 28 October 2026-000001 went to ALFA's one address, 2026-000002 to two of BETA's three: the third was refused; mails 1 and 2."""
    scene = Scene(world)
    run: Run = scene.close()
    for payer, addresses in (("ALFA", ALFA), ("BETA", f"{BETA};two@beta.example;three@beta.example")):
        scene.payer(payer, mail=addresses)
        number = scene.invoice(run, payer)
        scene.say(
            "insert into delivery (run_id, purpose, invoice_id, payer_id, channel, recipients, message_id, state, sent_at)"
            " select :run, 'invoice', invoice_id, :payer, 'email', :to, :id, 'sent', now() from invoice where number = :number",
            run=run.run_id, payer=payer, to=addresses, number=number, id=f"<{number}.invoice@operator.example>",
        )  # fmt: skip
    for delivery_id, address, state in ((1, ALFA, "accepted"), (2, BETA, "accepted"), (2, "two@beta.example", "accepted"),
                                        (2, "three@beta.example", "refused")):  # fmt: skip
        scene.say("insert into delivery_recipient (delivery_id, address, state) values (:d, :a, :s)", d=delivery_id, a=address, s=state)
    return scene


def returned(scene: Scene) -> list[tuple[object, ...]]:
    """(delivery, address, day) of what came back, and of the deliveries that came back whole, with "" for the address."""
    return scene.say(
        "select delivery_id, address, bounced_on from delivery_recipient where state = 'bounced' union all"
        " select delivery_id, '', bounced_on from delivery where bounced_on is not null order by 1, 2"
    )


def read(scene: Scene) -> list[tuple[object, ...]]:
    return scene.say("select what, delivery_id, address, status, said from bounce_read order by read_at")


WHOLE = [(1, "", READ), (1, ALFA, READ)]


# ------------------------------------------------------------------------------------------------ what comes back
@pytest.mark.parametrize(
    "mail",
    [
        report(of(ALFA), to="bounces+1@operator.example"),
        report(of(ALFA), to="Bounces+1@OPERATOR.example"),
        report(of("ALFA@Payer.Example"), to="bounces+1@operator.example"),
        report(of("<alfa@payer.example>", words="smtp; 552 5.2.2 over quota", status="5.2.2"), to="bounces+1@operator.example"),
        report(of(ALFA, status="4.2.2", words="smtp; 452 4.2.2 mailbox full"), to="bounces+1@operator.example"),
        report(of("alfa.new@elsewhere.example", original=ALFA), to="bounces+1@operator.example"),
        report(of(ALFA), to="bounces+1@operator.example", kind="message/global-delivery-status"),
        report(of(ALFA).replace("Action: failed\n", ""), to="bounces+1@operator.example"),
        report(of(ALFA), returned=OURS),
        report(of(ALFA), returned="X-Invoice: 2026-000001"),
        report(of(ALFA), to="bounces+1@operator.example", returned=OURS),
        plain(QMAIL),
        plain(QMAIL, to="bounces+1@operator.example"),
    ],
    ids=[
        "its return address has the number of the mail",
        "in other capitals",
        "the address in other capitals",
        "a mailbox over its quota, for good",
        "given up after tries: failed with a temporary status",
        "forwarded to an address that is not ours: the original one counts",
        "the report of a system with international addresses",
        "without an action, by its status",
        "to a plain address, by the Message-ID of what is returned",
        "to a plain address, by the invoice of what is returned",
        "by all three",
        "in free form, as qmail writes it",
        "in free form, to the address with the number",
    ],
)  # fmt: skip
def test_a_mail_that_came_back_is_booked(world: Outside, scene: Scene, box: Postbox, mail: bytes) -> None:
    name = box.drop(mail)
    said = str(read_bounces(world, READ))
    assert said == "1 read: 1 bounced (1 invoice), 0 delayed, 0 of no mail of ours"
    assert returned(scene) == WHOLE
    assert box.names() == [f"cur/{name}:2,S"]


def test_the_reason_is_kept_with_the_mail_and_the_address(world: Outside, scene: Scene, box: Postbox) -> None:
    box.drop(report(of(ALFA), to="bounces+1@operator.example"))
    read_bounces(world, READ)
    assert scene.say("select bounce_reason from delivery where delivery_id = 1") == [("5.1.1 550 no such user",)]
    assert scene.say("select note from delivery_recipient where delivery_id = 1") == [("5.1.1 550 no such user",)]
    assert read(scene) == [("bounced", 1, ALFA, "5.1.1", "550 no such user")]


def test_a_mail_that_came_back_from_one_address_was_delivered_to_the_other(world: Outside, scene: Scene, box: Postbox) -> None:
    box.drop(report(of(BETA), to="bounces+2@operator.example"))
    read_bounces(world, READ)
    assert returned(scene) == [(2, BETA, READ)]


def test_it_came_back_whole_once_every_address_that_took_it_returned_it(world: Outside, scene: Scene, box: Postbox) -> None:
    box.drop(report(of(BETA), of("two@beta.example"), to="bounces+2@operator.example"))
    read_bounces(world, READ)
    assert returned(scene) == [(2, "", READ), (2, BETA, READ), (2, "two@beta.example", READ)]


def test_a_mail_of_an_earlier_release_comes_back_whole(world: Outside, scene: Scene, box: Postbox) -> None:
    scene.say("delete from delivery_recipient")
    box.drop(report(of("two@beta.example"), to="bounces+2@operator.example"))
    read_bounces(world, READ)
    assert returned(scene) == [(2, "", READ)]


# ------------------------------------------------------------------------------------------------ the second address
def give_second_address(scene: Scene, payer_id: str) -> None:
    scene.say("update party set fallback_email = :mail where party_id = :id", mail=f"second@{payer_id.lower()}.example", id=payer_id)


def test_an_invoice_that_came_back_whole_goes_to_the_second_address_once(
    world: Outside, scene: Scene, box: Postbox, tmp_path: Path
) -> None:
    give_second_address(scene, "ALFA")
    box.drop(report(of(ALFA), to="bounces+1@operator.example"))
    assert str(read_bounces(world, READ)) == "1 read: 1 bounced (1 invoice), 0 delayed, 0 of no mail of ours; 1 copy sent"
    (copy,) = mails(tmp_path / "mailbox")
    assert (copy["To"], copy["X-Invoice"]) == ("second@alfa.example", "2026-000001")
    box.drop(report(of(ALFA, words="again"), to="bounces+1@operator.example"))
    assert str(read_bounces(world, READ)) == "1 read: 1 bounced (1 invoice), 0 delayed, 0 of no mail of ours"
    assert len(mails(tmp_path / "mailbox")) == 1


def test_an_invoice_that_one_address_took_goes_nowhere_else(world: Outside, scene: Scene, box: Postbox) -> None:
    give_second_address(scene, "BETA")
    box.drop(report(of(BETA), to="bounces+2@operator.example"))
    assert str(read_bounces(world, READ)).endswith("0 of no mail of ours")


def test_what_came_back_is_booked_though_no_copy_can_be_sent_now(world: Outside, scene: Scene, box: Postbox, tmp_path: Path) -> None:
    give_second_address(scene, "ALFA")
    box.drop(report(of(ALFA), to="bounces+1@operator.example"))
    (tmp_path / "mailbox").write_text("in the way")
    with pytest.raises(MailUnavailable, match=r"(?s)1 bounced \(1 invoice\).*this is booked; its copies to second addresses wait"):
        read_bounces(world, READ)
    assert returned(scene) == WHOLE
    (tmp_path / "mailbox").unlink()
    assert str(read_bounces(world, READ)) == "nothing new in the bounce mailbox; 1 copy sent"


def test_what_came_back_is_told_though_the_document_to_copy_is_lost_and_other_copies_leave(
    world: Outside, scene: Scene, box: Postbox, tmp_path: Path
) -> None:
    give_second_address(scene, "ALFA")
    give_second_address(scene, "BETA")
    box.drop(report(of(ALFA), to="bounces+1@operator.example"))
    box.drop(report(of(BETA), of("two@beta.example"), to="bounces+2@operator.example"))
    world.out.remove("2026-10/invoice/2026-000001.pdf")
    with pytest.raises(StoreFailed, match=r"(?s)2 bounced \(2 invoices\).*this is booked; .*could not read .*2026-000001\.pdf"):
        read_bounces(world, READ)
    assert [mail["To"] for mail in mails(tmp_path / "mailbox")] == ["second@beta.example"]


def test_a_copy_that_the_second_address_refuses_is_not_told_as_sent(world: Outside, scene: Scene, box: Postbox, tmp_path: Path) -> None:
    give_second_address(scene, "ALFA")
    box.drop(report(of(ALFA), to="bounces+1@operator.example"))
    no = Postmaster(tmp_path / "refused", refused={"second@alfa.example": NO_SUCH_USER})
    with MailboxServer(tmp_path / "refused", no) as server:
        there = replace(world, settings=world.settings.model_copy(update={"smtp_url": server.url}))
        assert str(read_bounces(there, READ)) == "1 read: 1 bounced (1 invoice), 0 delayed, 0 of no mail of ours"


def test_booked_by_hand_it_goes_to_the_second_address_too(
    here: Path, capsys: pytest.CaptureFixture[str], scene: Scene, tmp_path: Path
) -> None:
    give_second_address(scene, "ALFA")
    assert main(["bounced", "2026-000001.invoice@operator.example", "--on", "2026-10-30", "--address", ALFA]) == 0
    assert "a copy goes to the second address of the payer" in capsys.readouterr().out
    assert [mail["To"] for mail in mails(tmp_path / "mailbox")] == ["second@alfa.example"]


# ------------------------------------------------------------------------------------------------ what books nothing
@pytest.mark.parametrize(
    ("mail", "why"),
    [
        (report(of(ALFA), to="bounces+99@operator.example"), "the address of mail 99, which we never sent"),
        (report(of(ALFA), to="bounces+999999999999999999@operator.example"), "which we never sent"),
        (report(of(ALFA), returned="Message-ID: <else@where.example>"), "names no mail of ours"),
        (report(of("stranger@payer.example"), to="bounces+1@operator.example"), "an address that .* never went to"),
        (report(of("three@beta.example"), to="bounces+2@operator.example"), "did not leave for that address"),
        (report(of(ALFA), to="bounces+2@operator.example", returned=OURS), "names several mails of ours"),
        (report(of(ALFA, action="delivered", status="2.0.0"), to="bounces+1@operator.example"), "says of no address that it failed"),
        (report(of(ALFA, action="relayed", status="2.0.0"), to="bounces+1@operator.example"), "says of no address that it failed"),
        (report(to="bounces+1@operator.example"), "says of no address that it failed"),
        (plain("I am on holiday until 12 November.", to="bounces+1@operator.example"), "says of no address that it failed"),
        (plain(QMAIL, headers="X-Autoreply: yes\n"), "says of no address that it failed"),
        (plain("Click here to have your mail delivered.", to="bounces+1@operator.example"), "says of no address that it failed"),
        (plain("Buy now!"), "names no mail of ours"),
        (b"", "no headers"),
        (b"\x00" * 5000, "no headers"),
        (os.urandom(20_000), "no headers|names no mail of ours"),
    ],
    ids=[
        "a mail we never sent", "a number beyond all", "a mail of somebody else", "an address it never went to",
        "an address that refused it at once", "two mails at once", "it was delivered", "it was passed on", "a report on nobody",
        "somebody on holiday", "an answer that looks like a notice", "a challenge", "an advertisement", "nothing", "only NUL bytes", "noise",
    ],
)  # fmt: skip
def test_what_is_no_notice_about_a_mail_of_ours_is_listed_and_books_nothing(
    world: Outside, scene: Scene, box: Postbox, mail: bytes, why: str
) -> None:
    name = box.drop(mail)
    said = str(read_bounces(world, READ))
    head, listed = said.splitlines()
    assert head == "1 read: 0 bounced, 0 delayed, 1 of no mail of ours"
    assert listed.startswith(f"  not booked: new/{name}: ")
    assert re.search(why, listed)
    assert returned(scene) == []
    assert [what for what, *_ in read(scene)] == ["unknown"]
    assert box.names() == [f"cur/{name}:2,S"]
    assert "@" not in said


def test_a_mail_that_is_late_is_noted_and_books_nothing(world: Outside, scene: Scene, box: Postbox) -> None:
    box.drop(report(of(ALFA, action="delayed", status="4.4.1", words="smtp; no answer yet"), to="bounces+1@operator.example"))
    assert str(read_bounces(world, READ)) == "1 read: 0 bounced, 1 delayed, 0 of no mail of ours"
    assert returned(scene) == []
    assert read(scene) == [("delayed", 1, ALFA, "4.4.1", "no answer yet")]


# ------------------------------------------------------------------------------------------------ once
def test_what_was_read_is_not_read_again_and_a_second_copy_books_nothing(world: Outside, scene: Scene, box: Postbox) -> None:
    mail = report(of(ALFA), to="bounces+1@operator.example")
    box.drop(mail, "one")
    read_bounces(world, READ)
    box.drop(mail, "two")
    assert str(read_bounces(world, date(2026, 11, 2))) == "nothing new in the bounce mailbox; 1 read before"
    assert str(read_bounces(world, date(2026, 11, 3))) == "nothing new in the bounce mailbox"
    assert returned(scene) == WHOLE
    assert box.names() == ["cur/one:2,S", "cur/two:2,S"]


def test_an_invoice_sent_twice_and_returned_twice_is_booked_once(world: Outside, scene: Scene, box: Postbox) -> None:
    box.drop(report(of(ALFA), to="bounces+1@operator.example", words="the first"))
    box.drop(report(of(ALFA), to="bounces+1@operator.example", words="the second"))
    assert str(read_bounces(world, READ)).startswith("2 read: 2 bounced (1 invoice)")
    assert returned(scene) == WHOLE


@pytest.mark.parametrize("state", ["pending", "a day early"])
def test_a_notice_that_overtook_its_mail_waits_in_the_mailbox(world: Outside, scene: Scene, box: Postbox, state: str) -> None:
    if state == "pending":
        scene.say("update delivery set state = 'pending' where delivery_id = 1")
    name = box.drop(report(of(ALFA), to="bounces+1@operator.example"))
    said = str(read_bounces(world, READ if state == "pending" else date(2026, 10, 27)))
    assert "left in the mailbox for another day" in said
    assert (returned(scene), read(scene), box.names()) == ([], [], [f"new/{name}"])
    scene.say("update delivery set state = 'sent' where delivery_id = 1")
    read_bounces(world, READ)
    assert returned(scene) == WHOLE


def test_a_mail_that_somebody_opened_is_read_and_one_that_was_seen_is_not(world: Outside, scene: Scene, box: Postbox) -> None:
    mail = report(of(ALFA), to="bounces+1@operator.example")
    (box.folder / "cur" / "seen:2,S").write_bytes(mail)
    assert returned(scene) == []
    (box.folder / "cur" / "flagged:2,F").write_bytes(mail)
    read_bounces(world, READ)
    assert returned(scene) == WHOLE
    assert box.names() == ["cur/flagged:2,FS", "cur/seen:2,S"]


# ------------------------------------------------------------------------------------------------ bad mail
def _deep(levels: int) -> bytes:
    head = "".join(f'Content-Type: multipart/mixed; boundary="b{level}"\n\n--b{level}\n' for level in range(levels))
    return f"Delivered-To: bounces+1@operator.example\n{head}".encode()


BAD: dict[str, Callable[[], bytes]] = {
    "five megabytes of nothing": lambda: report(to="bounces+1@operator.example", words="x" * 5_000_000),
    "nested a thousand times": lambda: _deep(1000),
    "a part that never ends": lambda: report(of(ALFA), to="bounces+1@operator.example")[:300],
    "a header of a megabyte": lambda: b"Delivered-To: " + b"bounces+1@" * 100_000 + b"\n\n",
    "letters no charset has": lambda: plain(
        "x",
        headers="Content-Type: text/plain; charset=klingon\nX-Failed-Recipients: \udce9".encode("utf-8", "surrogateescape").decode(
            "latin-1"
        ),
    ),
    "a report with NUL bytes": lambda: report("\0" * 50, to="bounces+1@operator.example"),
    "thousands of strangers": lambda: report(*(of(f"s{n}@payer.example") for n in range(5000)), to="bounces+1@operator.example"),
}


@pytest.mark.parametrize("mail", BAD.values(), ids=BAD)
def test_a_bad_mail_stops_no_other(world: Outside, scene: Scene, box: Postbox, mail: Callable[[], bytes]) -> None:
    box.drop(mail(), "first")
    box.drop(report(of(ALFA), to="bounces+1@operator.example"), "second")
    said = str(read_bounces(world, READ))
    assert said.startswith("2 read: 1 bounced (1 invoice), 0 delayed, 1 of no mail of ours")
    assert returned(scene) == WHOLE
    assert box.names() == ["cur/first:2,S", "cur/second:2,S"]


def test_a_notice_that_returns_the_whole_invoice_is_read_by_its_beginning(world: Outside, scene: Scene, box: Postbox) -> None:
    box.drop(
        report(of(ALFA, words="smtp; \0 bad\udcff\x07 words"), to="bounces+1@operator.example", returned=OURS + "\n\n" + "x" * 5_000_000)
    )
    read_bounces(world, READ)
    assert returned(scene) == WHOLE
    assert scene.say("select note from delivery_recipient where delivery_id = 1") == [("5.1.1 bad\N{REPLACEMENT CHARACTER} words",)]


def test_what_is_no_mail_file_is_passed_over(world: Outside, scene: Scene, box: Postbox, tmp_path: Path) -> None:
    (box.folder / "new" / "folder").mkdir()
    (box.folder / "new" / "link").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(box.folder / "new" / "pipe")
    box.drop(report(of(ALFA), to="bounces+1@operator.example"), "second")
    read_bounces(world, READ)
    assert returned(scene) == WHOLE


# ------------------------------------------------------------------------------------------------ the command
def test_the_command_reads_it_and_says_what_was_read(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], scene: Scene, box: Postbox
) -> None:
    monkeypatch.setenv("BILLING_BOUNCE_MAILBOX", f"maildir:{box.folder}")
    box.drop(report(of(ALFA), returned=OURS))
    box.drop(plain("Buy now!"))
    assert main(["bounces", "--on", "2026-10-30"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == "2 read: 1 bounced (1 invoice), 0 delayed, 1 of no mail of ours"
    assert second.endswith("it names no mail of ours")
    assert returned(scene) == WHOLE


def test_without_a_mailbox_there_is_nothing_to_read(here: Path, capsys: pytest.CaptureFixture[str], outside: Outside) -> None:
    assert main(["bounces", "--on", "2026-10-30"]) == 0
    assert capsys.readouterr().out == "no mailbox is read; set bounce_mailbox\n"


def test_a_mailbox_that_is_not_there_is_named(world: Outside, tmp_path: Path) -> None:
    gone = replace(world, settings=world.settings.model_copy(update={"bounce_mailbox": f"maildir:{tmp_path / 'gone'}"}))
    with pytest.raises(MailboxUnavailable, match=r"gone is no Maildir .* correct bounce_mailbox"):
        read_bounces(gone, READ)


# ------------------------------------------------------------------------------------------------ killed
SERVER.set_forkserver_preload(["tests.faults.killed_reading", "tasks.bounce_mail", "tasks.outside"])


def read_elsewhere(world: Outside, kill_at: int) -> int:
    """Read the mailbox in a process of its own that is killed at its moment number `kill_at`; returns its exit code."""
    own = world.settings
    settings = {
        "BILLING_DATABASE_URL": own.database_url, "BILLING_STATE": str(own.state), "BILLING_FEED": own.feed, "BILLING_OUT": own.out,
        "BILLING_SMTP_URL": own.smtp_url, "BILLING_BOUNCE_MAILBOX": own.bounce_mailbox, "BILLING_BOUNCE_ADDRESS": own.bounce_address,
    }  # fmt: skip
    return done_elsewhere(read_and_die, settings, READ, kill_at, patience_s=60)


def test_a_reading_killed_at_any_moment_and_done_again_books_each_mail_once(world: Outside, scene: Scene, box: Postbox) -> None:
    box.drop(report(of(ALFA), to="bounces+1@operator.example"), "1")
    box.drop(report(of(BETA), of("two@beta.example"), to="bounces+2@operator.example"), "2")
    box.drop(plain("Buy now!"), "3")
    give_second_address(scene, "ALFA")
    moment, code = 0, -signal.SIGKILL
    while code == -signal.SIGKILL:  # each attempt gets a little further than the one before
        moment += 3
        code = read_elsewhere(world, moment)
    assert (code, moment > 9) == (0, True)
    assert returned(scene) == [*WHOLE, (2, "", READ), (2, BETA, READ), (2, "two@beta.example", READ)]
    assert [what for what, *_ in read(scene)] == ["bounced", "bounced", "unknown"]
    assert box.names() == ["cur/1:2,S", "cur/2:2,S", "cur/3:2,S"]
    assert [mail["To"] for mail in mails(box.folder.parent / "mailbox")] == ["second@alfa.example"]
