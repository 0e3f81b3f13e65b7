"""How letters leave and what becomes of them: by mail with their PDF, on the portal, refused, come back, without an address."""

from datetime import date
from pathlib import Path

import pytest

from tasks import delivery
from tasks.bounces import book_bounce
from tasks.dunning import run_dunning
from tasks.dunning.page import page
from tasks.ledger import Stopped
from tasks.mail import MailUnavailable
from tasks.mailbox_server import MailboxServer
from tasks.outside import Outside
from tasks.payments import pay
from tasks.store import StoreFailed
from tests.steps import shelf
from tests.steps.delivery_scene import NO_SUCH_USER, Postmaster, mails
from tests.steps.dunning_scene import FIRST, FORMAL, SECOND, D, Ladder, ladder, reminders, told, via

__all__ = ["ladder"]
LEVEL_1 = "<ALFA.2026-000001.1.reminder@operator.example>"


@pytest.mark.clause("CG-4", "CG-2.b")
def test_the_mail_lists_what_is_overdue_and_carries_the_letter_as_the_store_has_it(
    outside: Outside, ladder: Ladder, tmp_path: Path
) -> None:
    ladder.invoice(ladder.close("2026-11", date(2026, 11, 28)), "ALFA", "50.00", days=5)  # due on 3 December
    ladder.invoice(ladder.close("2026-12", date(2026, 12, 10)), "ALFA", "9.00")  # not due yet
    run_dunning(outside, FIRST)
    (mail,) = mails(tmp_path / "mailbox")
    assert (mail["To"], mail["X-Reminder"], mail["Auto-Submitted"]) == ("alfa@payer.example", "level 1", "auto-generated")
    assert mail["Date"] == "Fri, 04 Dec 2026 12:00:00 +0100"
    text = mail.get_body(("plain",))
    assert text is not None
    body = text.get_content()
    assert all(part in body for part in ("2026-000001", "2026-000002", "€171.00", "CG-4"))
    assert "2026-000003" not in body
    (pdf,) = mail.iter_attachments()
    stored = tmp_path / "out" / "2026-12" / "letters" / "ALFA-1-2026-12-04.pdf"
    assert (pdf.get_filename(), pdf.get_payload(decode=True)) == ("reminder-2026-12-04-1.pdf", stored.read_bytes())
    assert stored.read_bytes().startswith(b"%PDF-")


@pytest.mark.clause("CG-2.e")
def test_a_letter_names_the_interest_that_no_debit_note_asks_yet(outside: Outside, ladder: Ladder, tmp_path: Path) -> None:
    run_dunning(outside, date(2026, 12, 29))  # a month and a day after the due date: 1 % of 121.00
    (mail,) = mails(tmp_path / "mailbox")
    text = mail.get_body(("plain",))
    assert text is not None
    assert "1.21" in text.get_content()


@pytest.mark.clause("CG-2.b")
def test_a_portal_payer_gets_a_mail_when_it_has_an_address_else_reads_text_and_pdf_on_the_portal(
    outside: Outside, ladder: Ladder, tmp_path: Path
) -> None:
    run = ladder.close()
    ladder.payer("MAILED", mail="portal@payer.example", channel="portal")
    ladder.payer("PORTAL", mail="", channel="portal", language="nl")
    for payer in ("MAILED", "PORTAL"):
        ladder.invoice(run, payer, "80.00")
    delivery.stage(outside, run)
    run_dunning(outside, FIRST)
    assert [mail["To"] for mail in mails(tmp_path / "mailbox") if mail["X-Reminder"]] == ["alfa@payer.example", "portal@payer.example"]
    files = shelf.linked(outside, "PORTAL")
    assert list(files) == ["2026-000003.pdf", "reminder-2026-12-04-1.pdf", "reminder-2026-12-04-1.txt"]
    assert "herinnering" in files["reminder-2026-12-04-1.txt"].decode().lower()
    assert files["reminder-2026-12-04-1.pdf"].startswith(b"%PDF-")
    assert [(each["on"], each["level"], each["open_amount"]) for each in shelf.index(outside, "PORTAL")["reminders"]] == [
        ("2026-12-04", 1, "80.00")
    ]


# ------------------------------------------------------------------------------------------------ what does not arrive
@pytest.mark.clause("CG-2.a", "GC-9.1.a")
def test_a_letter_that_is_refused_is_tried_again_at_once_when_the_address_changes(outside: Outside, ladder: Ladder, tmp_path: Path) -> None:
    with MailboxServer(tmp_path / "box", Postmaster(tmp_path / "box", refused={"alfa@payer.example": NO_SUCH_USER})) as server:
        refusing = via(outside, server.url)
        assert told(run_dunning(refusing, FIRST)) == [("ALFA", 1, "121.00", "failed")]
        again = run_dunning(refusing, FIRST)
        assert (told(again), again.newly_sent) == ([("ALFA", 1, "121.00", "failed")], 0)
        assert "ALFA cannot be reached: its letter of level 1 of 2026-12-04: alfa@payer.example: 550 5.1.1 no such user" in str(again)
        assert told(run_dunning(refusing, date(2026, 12, 7))) == []
    ladder.payer("ALFA", mail="right@payer.example")
    assert told(run_dunning(outside, date(2026, 12, 8))) == [("ALFA", 1, "121.00", "sent")]
    assert (tmp_path / "out" / "unreachable.csv").read_text().splitlines() == ["payer_id,what,tried_on,recipients,reason,advice"]
    assert told(run_dunning(outside, date(2026, 12, 14))) == []
    assert told(run_dunning(outside, date(2026, 12, 15))) == [("ALFA", 2, "121.00", "sent")]
    assert reminders(tmp_path / "mailbox") == ["ALFA.2026-000001.1.2.reminder", "ALFA.2026-000001.2.reminder"]


@pytest.mark.clause("CG-2.a", "GC-9.1.a")
def test_a_letter_that_came_back_counts_as_not_sent_and_is_tried_again_after_a_week(
    outside: Outside, ladder: Ladder, tmp_path: Path
) -> None:
    run_dunning(outside, FIRST)
    book_bounce(outside.engine, LEVEL_1, date(2026, 12, 9), "mailbox full")
    receipt = run_dunning(outside, date(2026, 12, 10))
    assert receipt.notices == ()
    assert "ALFA cannot be reached: its letter of level 1 of 2026-12-04: it came back on 2026-12-09 mailbox full" in str(receipt)
    assert (
        (tmp_path / "out" / "unreachable.csv")
        .read_text()
        .splitlines()[1]
        .startswith("ALFA,its letter of level 1,2026-12-04,alfa@payer.example,")
    )
    assert told(run_dunning(outside, SECOND)) == [("ALFA", 1, "121.00", "sent")]  # not level 2
    assert told(run_dunning(outside, FORMAL)) == [("ALFA", 2, "121.00", "sent")]
    assert reminders(tmp_path / "mailbox") == [
        "ALFA.2026-000001.1.2.reminder", "ALFA.2026-000001.1.reminder", "ALFA.2026-000001.2.reminder",
    ]  # fmt: skip


@pytest.mark.clause("GC-9.1.a")
def test_a_formal_notice_that_came_back_suspends_nobody(outside: Outside, ladder: Ladder) -> None:
    for day in (FIRST, SECOND, FORMAL):
        run_dunning(outside, day)
    book_bounce(outside.engine, LEVEL_1.replace(".1.", ".3."), date(2026, 12, 21))
    assert told(run_dunning(outside, date(2026, 12, 28))) == [("ALFA", 3, "121.00", "sent")]
    assert ladder.orders() == []
    run_dunning(outside, date(2027, 1, 4))
    assert ladder.orders() == [("ALFA", "minimum_service", "proposed")]


def test_an_invoice_that_was_refused_is_on_the_list(outside: Outside, ladder: Ladder, tmp_path: Path) -> None:
    with MailboxServer(tmp_path / "box", Postmaster(tmp_path / "box", refused={"alfa@payer.example": NO_SUCH_USER})) as server:
        delivery.stage(via(outside, server.url), ladder.close())
    said = "ALFA cannot be reached: invoice 2026-000001 of 2026-10-28: alfa@payer.example: 550 5.1.1 no such user"
    assert said in str(run_dunning(outside, date(2026, 11, 2)))


def test_an_invoice_that_came_back_is_on_the_list_until_the_address_changes(outside: Outside, ladder: Ladder, tmp_path: Path) -> None:
    delivery.stage(outside, ladder.close())
    book_bounce(outside.engine, "<2026-000001.invoice@operator.example>", date(2026, 10, 30))
    said = "ALFA cannot be reached: invoice 2026-000001 of 2026-10-28: it came back on 2026-10-30"
    assert said in str(run_dunning(outside, date(2026, 11, 2)))
    ladder.payer("ALFA", mail="right@payer.example")
    assert said not in str(run_dunning(outside, date(2026, 11, 3)))


@pytest.mark.parametrize(
    ("mail", "reason"), [("", "it has no mail address"), ("nobody at home", "not usable: nobody at home")], ids=["none", "no address"]
)
def test_a_payer_without_an_address_gets_no_letter_and_is_named_with_the_way_out(
    outside: Outside, ladder: Ladder, tmp_path: Path, mail: str, reason: str
) -> None:
    ladder.payer("ALFA", mail=mail)
    receipt = run_dunning(outside, FIRST)
    assert (receipt.notices, ladder.letters()) == ((), [])
    assert f"ALFA cannot be reached: its letters: {reason}; give the payer an address that works in parties.csv" in str(receipt)
    assert (tmp_path / "out" / "unreachable.csv").read_text().splitlines()[1].startswith(f"ALFA,its letters,,{mail},{reason},")
    ladder.payer("ALFA", mail="alfa@payer.example")
    assert told(run_dunning(outside, date(2026, 12, 8))) == [("ALFA", 1, "121.00", "sent")]


def test_the_page_of_a_day_shows_its_letters_orders_and_who_is_not_reached(outside: Outside, ladder: Ladder) -> None:
    for day in (FIRST, SECOND, FORMAL):
        run_dunning(outside, day)
    ladder.payer("BETA", mail="nobody | at home")
    ladder.invoice(ladder.close(), "BETA", "80.00")
    ladder.payer("GAMMA", mail="gamma@payer.example")
    ladder.invoice(ladder.close(), "GAMMA", "60.00")
    written = page(via(outside, reports_url="http://reports/"), run_dunning(outside, date(2026, 12, 28)))
    assert written.startswith("# Dunning 2026-12-28\n\n|  |  |\n|---|---|\n| letters | 1 |\n")
    link = "[PDF](http://reports/2026-12/letters/GAMMA-1-2026-12-28.pdf)"
    assert f"| GAMMA |  | 1 | 60.00 | 0.00 | 0.00 | 2026-000003 | sent | {link} |" in written
    assert "## Orders that wait for approval\n\n- order 1: ALFA, minimum service of 1 end client; GC-9.1.a since 2026-12-18" in written
    assert "## Cannot be reached\n\n- BETA cannot be reached: its letters: not usable: nobody \\| at home; give the payer" in written


# ------------------------------------------------------------------------------------------------ trouble on the way
def test_with_the_mail_server_down_the_letter_waits_and_is_sent_once(outside: Outside, ladder: Ladder, tmp_path: Path) -> None:
    postmaster = Postmaster(tmp_path / "box", answers=["421 down"] * 9)
    with MailboxServer(tmp_path / "box", postmaster) as server, pytest.raises(MailUnavailable):
        run_dunning(via(outside, server.url), FIRST)
    assert ladder.say("select state, last_error <> '' from delivery") == [("pending", True)]
    assert run_dunning(outside, FIRST).newly_sent == 1
    assert reminders(tmp_path / "mailbox") == ["ALFA.2026-000001.1.reminder"]


def test_with_the_portal_down_the_mails_leave_and_the_letter_on_the_portal_waits(outside: Outside, ladder: Ladder, tmp_path: Path) -> None:
    ladder.payer("PORTAL", mail="", channel="portal")
    ladder.invoice(ladder.close(), "PORTAL", "80.00")
    (tmp_path / "portal").write_text("a file where the folder should be")
    world = via(outside, portal=str(tmp_path / "portal"))
    with pytest.raises(StoreFailed, match="could not write"):
        run_dunning(world, FIRST)
    assert ladder.letters() == [("ALFA", 1, FIRST, "sent"), ("PORTAL", 1, FIRST, "pending")]
    (tmp_path / "portal").unlink()
    assert run_dunning(world, FIRST).newly_sent == 1
    assert ladder.letters() == [("ALFA", 1, FIRST, "sent"), ("PORTAL", 1, FIRST, "sent")]


def test_a_letter_that_one_of_two_addresses_took_before_the_server_went_away_is_sent_and_does_not_come_again(
    outside: Outside, ladder: Ladder, tmp_path: Path
) -> None:
    ladder.payer("ALFA", mail="one@payer.example;two@payer.example")
    later = Postmaster(tmp_path / "box", answers=["250 OK", *["421 down"] * 9], refused={"two@payer.example": "450 4.2.1 busy"})
    ladder.payer("BETA", mail="beta@payer.example")
    ladder.invoice(ladder.close(), "BETA", "80.00")
    with MailboxServer(tmp_path / "box", later) as server, pytest.raises(MailUnavailable):
        run_dunning(via(outside, server.url), date(2026, 12, 28))
    assert ladder.say("select state from delivery_recipient") == [("accepted",)]
    run_dunning(outside, date(2026, 12, 29))
    assert reminders(tmp_path / "box") == ["ALFA.2026-000001.1.reminder"]
    assert reminders(tmp_path / "mailbox") == ["BETA.2026-000002.1.reminder"]
    assert ladder.letters() == [("ALFA", 1, date(2026, 12, 28), "sent"), ("BETA", 1, date(2026, 12, 29), "sent")]


@pytest.mark.clause("CG-2.a")
def test_what_was_not_sent_is_withdrawn_with_its_file_after_a_payment(outside: Outside, ladder: Ladder, tmp_path: Path) -> None:
    postmaster = Postmaster(tmp_path / "box", answers=["421 down"] * 9)
    with MailboxServer(tmp_path / "box", postmaster) as server, pytest.raises(MailUnavailable):
        run_dunning(via(outside, server.url), FIRST)
    assert [path.name for path in (tmp_path / "out").rglob("*.pdf") if path.parent.name == "letters"] == ["ALFA-1-2026-12-04.pdf"]
    pay(outside.engine, "2026-000001", D("121.00"), date(2026, 12, 7))
    assert told(run_dunning(outside, date(2026, 12, 7))) == []
    assert ladder.say("select count(*) from dunning_notice") == ladder.say("select count(*) from delivery") == [(0,)]
    assert [path.name for path in (tmp_path / "out").rglob("*.pdf") if path.parent.name == "letters"] == []
    assert not (tmp_path / "mailbox").exists()


def test_a_letter_that_leaves_on_another_day_than_it_was_recorded_on_has_the_same_message_id(
    outside: Outside, ladder: Ladder, tmp_path: Path
) -> None:
    with (
        MailboxServer(tmp_path / "box", Postmaster(tmp_path / "box", answers=["keep and hang up"] * 9)) as server,
        pytest.raises(MailUnavailable),
    ):
        run_dunning(via(outside, server.url), FIRST)
    run_dunning(outside, date(2026, 12, 7))
    taken = {mail["Message-ID"] for mail in [*mails(tmp_path / "box"), *mails(tmp_path / "mailbox")]}
    assert taken == {LEVEL_1}
    assert ladder.letters() == [("ALFA", 1, date(2026, 12, 7), "sent")]


def test_an_answer_lost_on_the_way_repeats_the_same_message(outside: Outside, ladder: Ladder, tmp_path: Path) -> None:
    with MailboxServer(tmp_path / "box", Postmaster(tmp_path / "box", answers=["keep and hang up"])) as server:
        run_dunning(via(outside, server.url), FIRST)
    first, second = [path.read_bytes() for path in sorted((tmp_path / "box" / "new").iterdir())]
    assert first == second


def test_the_gate_looks_at_what_is_recorded_and_stops_it_before_anything_is_drawn_or_sent(
    outside: Outside, ladder: Ladder, tmp_path: Path
) -> None:
    seen = []

    def gate(world: Outside, on: date) -> None:
        seen.append((on, ladder.say("select payer_id, level from dunning_notice")))
        raise Stopped("a critical finding")

    with pytest.raises(Stopped, match="a critical finding"):
        run_dunning(outside, FIRST, check=gate)
    assert seen == [(FIRST, [("ALFA", 1)])]
    assert not (tmp_path / "mailbox").exists()
    assert not (tmp_path / "out" / "2026-12" / "letters").exists()
    assert told(run_dunning(outside, FIRST, check=lambda world, on: None)) == [("ALFA", 1, "121.00", "sent")]


def test_the_gate_before_stops_it_before_anything_is_recorded(outside: Outside, ladder: Ladder) -> None:
    def gate(world: Outside, on: date) -> None:
        raise Stopped("statements are missing")

    with pytest.raises(Stopped, match="statements are missing"):
        run_dunning(outside, FIRST, check_before=gate)
    assert ladder.letters() == []


def test_a_letter_whose_file_was_changed_is_not_sent(
    outside: Outside, ladder: Ladder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tasks.dunning import sending

    real = sending.letter_mail

    def tampering(record: object) -> object:
        for path in (tmp_path / "out").rglob("letters/*.pdf"):
            path.write_bytes(b"%PDF-1.4 another")
        return real(record)  # type: ignore[arg-type]

    monkeypatch.setattr(sending, "letter_mail", tampering)
    with pytest.raises(Stopped, match="is not the letter that was drawn; run dunning again"):
        run_dunning(outside, FIRST)
    monkeypatch.undo()
    assert run_dunning(outside, FIRST).newly_sent == 1
