"""Returned mail in a folder of an IMAP server: read once, marked as seen after it is booked, never deleted."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pydantic import SecretStr

from tasks.bounce_mail import read_bounces
from tasks.bounce_mail.mailbox import MailboxUnavailable
from tasks.outside import Outside
from tasks.settings import SettingsError, read_settings
from tests.imap_server import PASSWORD, ImapServer
from tests.notices import of, report
from tests.steps.delivery_scene import Scene

pytestmark = pytest.mark.clause("CG-2.b")

ON = date(2026, 10, 30)


@pytest.fixture
def imap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ImapServer]:
    with ImapServer(folder="Returned mail") as running:
        running.authority.cert_pem.write_to_path(tmp_path / "ca.pem")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        yield running


def reading(outside: Outside, imap: ImapServer, password: str = PASSWORD, host: str = "localhost") -> Outside:
    changes = {
        "bounce_mailbox": f"imaps://bounces%40operator.example@{host}:{imap.port}/Returned%20mail",
        "bounce_mailbox_password": SecretStr(password),
        "bounce_address": "bounces@operator.example",
    }
    return replace(outside, settings=outside.settings.model_copy(update=changes))


@pytest.fixture
def scene(outside: Outside) -> Scene:
    """Two invoices mailed on 28 October: 2026-000001 to ALFA, 2026-000002 to BETA."""
    scene = Scene(outside)
    run = scene.close()
    for payer in ("ALFA", "BETA"):
        scene.payer(payer, mail=f"{payer.lower()}@payer.example")
        scene.invoice(run, payer)
    scene.say(
        "insert into delivery (run_id, purpose, invoice_id, payer_id, channel, recipients, message_id, state) select run_id, 'invoice',"
        " invoice_id, payer_id, 'email', lower(payer_id) || '@payer.example', '<' || number || '@x>', 'sent' from invoice order by number"
    )
    return scene


def returned(scene: Scene) -> list[str]:
    return [str(payer) for (payer,) in scene.say("select payer_id from delivery where bounced_on is not null order by 1")]


ALFAS = report(of("alfa@payer.example"), to="bounces+1@operator.example").replace(b"\n", b"\r\n")
BETAS = report(of("beta@payer.example"), to="bounces+2@operator.example").replace(b"\n", b"\r\n")


def test_what_is_unseen_is_read_and_marked_as_seen(outside: Outside, scene: Scene, imap: ImapServer) -> None:
    imap.mails, imap.seen = {7: ALFAS, 12: BETAS, 9: b"From: x\r\n\r\nHello"}, {12}
    said = str(read_bounces(reading(outside, imap), ON))
    assert said.splitlines() == [
        "2 read: 1 bounced (1 invoice), 0 delayed, 1 of no mail of ours",
        "  not booked: 9: it names no mail of ours",
    ]
    assert returned(scene) == ["ALFA"]
    assert imap.seen == {7, 9, 12}
    assert set(imap.mails) == {7, 9, 12}
    assert str(read_bounces(reading(outside, imap), ON)) == "nothing new in the bounce mailbox"


def test_a_mail_of_five_megabytes_is_read_by_its_beginning(outside: Outside, scene: Scene, imap: ImapServer) -> None:
    imap.mails = {1: ALFAS + b"x" * 5_000_000}
    read_bounces(reading(outside, imap), ON)
    assert returned(scene) == ["ALFA"]


@pytest.mark.parametrize("at", ["FETCH", "STORE"], ids=["before it is read", "after it is booked, before it is marked"])
def test_a_connection_that_breaks_is_said_and_reading_again_books_each_once(
    outside: Outside, scene: Scene, imap: ImapServer, at: str
) -> None:
    imap.mails, imap.drops = {1: ALFAS, 2: BETAS}, at
    with pytest.raises(MailboxUnavailable, match=rf"localhost:\d+ broke off \({at}\): .*; read it again"):
        read_bounces(reading(outside, imap), ON)
    assert imap.seen == set()
    imap.drops = ""
    read_bounces(reading(outside, imap), ON)
    assert (returned(scene), imap.seen) == (["ALFA", "BETA"], {1, 2})
    assert scene.say("select count(*) from bounce_read") == [(2,)]


@pytest.mark.parametrize(
    ("password", "host", "refuses", "says"),
    [
        ("wrong", "localhost", "", "refused the login; correct the user or the password"),
        ("", "localhost", "", "needs a password; set it as BILLING_BOUNCE_MAILBOX_PASSWORD"),
        (PASSWORD, "127.0.0.1", "", "cannot be reached: .*certificate"),
        (PASSWORD, "localhost", "SELECT", "does not let us open its folder: not here; correct bounce_mailbox"),
    ],
    ids=["a wrong password", "no password", "a certificate of another name", "no such folder"],
)
def test_a_mailbox_that_cannot_be_used_is_said_with_the_way_out(
    outside: Outside, imap: ImapServer, password: str, host: str, refuses: str, says: str
) -> None:
    imap.refuses = refuses
    with pytest.raises(MailboxUnavailable, match=says) as refused:
        read_bounces(reading(outside, imap, password, host), ON)
    assert "wrong" not in str(refused.value)
    assert PASSWORD not in str(refused.value)


@pytest.mark.parametrize(
    "value",
    [
        "imap://user@host/INBOX",
        "imaps://host/INBOX",
        "imaps:///INBOX",
        "imaps://user@host:0/INBOX",
        "imaps://user:hidden@host/INBOX",
        "bounces",
    ],
)
def test_a_setting_that_names_no_mailbox_is_refused(value: str) -> None:
    with pytest.raises(SettingsError, match=r"bounce_mailbox.*expected maildir:folder or imaps://user@host/folder") as refused:
        read_settings(bounce_mailbox=value)
    assert "hidden" not in str(refused.value)
