"""Mail that came back, booked by its Message-ID."""

from datetime import date
from pathlib import Path

import pytest

from flows.command_line import main
from tasks import delivery
from tasks.bounces import book_bounce
from tasks.ledger import Stopped
from tasks.outside import Outside
from tests.steps.delivery_scene import Scene, ids

pytestmark = pytest.mark.clause("CG-2.b")


@pytest.fixture
def mailed(outside: Outside) -> Scene:
    """ALFA was mailed its invoice 2026-000001 on 28 October, BETA has 2026-000002 on the portal."""
    scene = Scene(outside)
    scene.payer("ALFA", mail="alfa@payer.example")
    scene.payer("BETA", mail="", channel="portal")
    run = scene.close()
    scene.invoice(run, "ALFA")
    scene.invoice(run, "BETA")
    delivery.stage(outside, run)
    return scene


def bounced(scene: Scene) -> list[tuple[object, ...]]:
    return scene.say("select payer_id, state, bounced_on, bounce_reason from delivery where bounced_on is not null")


@pytest.mark.parametrize("written", ["{}", " {} ", "bare"], ids=["as in the header", "with spaces around", "without brackets"])
def test_an_invoice_that_came_back_is_noted_with_its_day_and_reason(outside: Outside, mailed: Scene, tmp_path: Path, written: str) -> None:
    [message_id] = ids(tmp_path / "mailbox")
    given = message_id.strip("<>") if written == "bare" else written.format(message_id)
    said = book_bounce(outside.engine, given, date(2026, 10, 29), "550  no such\nuser")
    assert said == (
        "invoice 2026-000001 to payer ALFA: it came back on 2026-10-29; give the payer an address that works in parties.csv (billing_emails)"
    )
    assert bounced(mailed) == [("ALFA", "sent", date(2026, 10, 29), "550 no such user")]


def test_booked_twice_nothing_changes(outside: Outside, mailed: Scene, tmp_path: Path) -> None:
    [message_id] = ids(tmp_path / "mailbox")
    book_bounce(outside.engine, message_id, date(2026, 10, 29), "first")
    said = book_bounce(outside.engine, message_id, date(2026, 11, 3), "second")
    assert said == "invoice 2026-000001 to payer ALFA: it came back on 2026-10-29 already; nothing changed"
    assert bounced(mailed) == [("ALFA", "sent", date(2026, 10, 29), "first")]


def test_it_may_come_back_on_the_day_it_was_sent_and_not_before(outside: Outside, mailed: Scene, tmp_path: Path) -> None:
    [message_id] = ids(tmp_path / "mailbox")
    with pytest.raises(Stopped, match="was sent on 2026-10-28, so it cannot come back on 2026-10-27; give the day it came back"):
        book_bounce(outside.engine, message_id, date(2026, 10, 27))
    book_bounce(outside.engine, message_id, date(2026, 10, 28))
    assert len(bounced(mailed)) == 1


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ("update delivery set state = 'pending'", "was never sent \\(it is pending\\), so it cannot come back"),
        ("update delivery set state = 'failed'", "was never sent \\(it is failed\\), so it cannot come back"),
        ("update delivery set channel = 'portal'", "is on the portal, from where nothing comes back"),
        ("update delivery set message_id = message_id || 'x'", "no mail has the Message-ID <.*>; it stands in the headers"),
    ],
    ids=["one that waits", "one that was refused", "one on the portal", "one of somebody else"],
)
def test_what_was_never_sent_by_mail_cannot_come_back(outside: Outside, mailed: Scene, tmp_path: Path, change: str, refused: str) -> None:
    [message_id] = ids(tmp_path / "mailbox")
    mailed.say(change)
    with pytest.raises(Stopped, match=refused):
        book_bounce(outside.engine, message_id, date(2026, 11, 1))
    assert bounced(mailed) == []


def test_the_command_books_it_and_refuses_an_unknown_one(
    here: Path, capsys: pytest.CaptureFixture[str], outside: Outside, mailed: Scene
) -> None:
    [message_id] = ids(here / "mailbox")
    assert main(["bounced", message_id, "--on", "2026-10-30", "--reason", "mailbox full"]) == 0
    assert "it came back on 2026-10-30" in capsys.readouterr().out
    assert main(["bounced", "<x@y>", "--on", "2026-10-30"]) == 1
    assert "no mail has the Message-ID <x@y>" in capsys.readouterr().err


# ------------------------------------------------------------------------------------------------ one address of several
@pytest.fixture
def two(outside: Outside) -> str:
    """GAMMA's invoice, which two of its three addresses took; returns its Message-ID."""
    scene = Scene(outside)
    scene.payer("GAMMA", mail="one@gamma.example;two@gamma.example;three@gamma.example")
    number = scene.invoice(scene.close(), "GAMMA")
    message_id = f"<{number}.invoice@operator.example>"
    scene.say(
        "insert into delivery (run_id, purpose, invoice_id, payer_id, channel, recipients, message_id, state)"
        " select run_id, 'invoice', invoice_id, 'GAMMA', 'email', billing_emails, :id, 'sent' from invoice join party on party_id = payer_id",
        id=message_id,
    )
    for address, state in (("one", "accepted"), ("two", "accepted"), ("three", "refused")):
        scene.say(
            "insert into delivery_recipient (delivery_id, address, state) select delivery_id, :address, :state from delivery",
            address=f"{address}@gamma.example", state=state,
        )  # fmt: skip
    return message_id


def test_from_one_address_it_is_still_delivered_and_from_the_last_it_came_back(outside: Outside, two: str) -> None:
    day, first = date(2026, 10, 30), "one@gamma.example"
    assert "it came back from one@gamma.example on 2026-10-30; another address took it" in book_bounce(outside.engine, two, day, "", first)
    assert bounced(Scene(outside)) == []
    assert "it came back from one@gamma.example before; nothing changed" in book_bounce(outside.engine, two, date(2026, 11, 2), "", first)
    assert "it came back on 2026-11-03" in book_bounce(outside.engine, two, date(2026, 11, 3), "full", "TWO@gamma.example")
    assert bounced(Scene(outside)) == [("GAMMA", "sent", date(2026, 11, 3), "full")]


def test_without_an_address_it_came_back_from_all_that_took_it(outside: Outside, two: str) -> None:
    book_bounce(outside.engine, two, date(2026, 10, 30))
    assert bounced(Scene(outside)) == [("GAMMA", "sent", date(2026, 10, 30), "")]
    states = Scene(outside).say("select address, state from delivery_recipient order by 1")
    assert states == [("one@gamma.example", "bounced"), ("three@gamma.example", "refused"), ("two@gamma.example", "bounced")]


@pytest.mark.parametrize(
    ("address", "refused"),
    [("four@gamma.example", "never went to four@gamma.example"), ("three@gamma.example", "was refused for three@gamma.example")],
    ids=["an address it never went to", "an address that refused it at once"],
)
def test_it_cannot_come_back_from_where_it_was_not_taken(outside: Outside, two: str, address: str, refused: str) -> None:
    with pytest.raises(Stopped, match=refused):
        book_bounce(outside.engine, two, date(2026, 10, 30), "", address)
    assert bounced(Scene(outside)) == []
