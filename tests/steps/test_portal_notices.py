"""Notices of the portal: one mail a run and payer with what is new, in his language; none for who has no address."""

import signal
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from reports.mail_text import notice_mail
from reports.portal_page import PortalInvoice
from tasks import delivery, portal_notices
from tasks.ledger import Run
from tasks.mail import MailUnavailable
from tasks.mailbox_server import MailboxServer
from tasks.outside import Outside
from tasks.settings import Settings
from tests.documents.samples import SELLER
from tests.steps import shelf
from tests.steps.delivery_scene import NO_SUCH_USER, Postmaster, Scene, ids, mails

PORTAL_URL = "https://documents.operator.example"
NOTICE = "<ALFA.{run}.notice@operator.example>"


@pytest.fixture
def scene(outside: Outside) -> Scene:
    return Scene(outside)


@pytest.fixture
def run(scene: Scene) -> Run:
    """A close: 2026-000001 and -000002 to ALFA on the portal with two addresses, 2026-000003 to BETA there without, -000004 by mail."""
    run = scene.close()
    scene.payer("ALFA", mail="one@alfa.example;two@alfa.example", language="nl", channel="portal")
    scene.payer("BETA", mail="", channel="portal")
    scene.payer("MAILED", mail="mailed@payer.example")
    for payer, gross, days in (("ALFA", "121.00", 30), ("ALFA", "1060.50", 8), ("BETA", "10.00", 30), ("MAILED", "5.00", 30)):
        scene.invoice(run, payer, gross, days=days)
    return run


def settled(outside: Outside, **settings: object) -> Outside:
    changed = {**outside.settings.model_dump(), "mail_backoff_s": "0.01", "mail_attempts": 1, **settings}
    return replace(outside, settings=Settings(**changed))


@pytest.mark.clause("CG-2.b")
def test_a_payer_of_the_portal_is_told_what_is_new_in_one_mail_and_one_without_address_gets_none(
    outside: Outside, scene: Scene, run: Run, tmp_path: Path
) -> None:
    with MailboxServer(tmp_path / "box") as server:
        delivery.stage(settled(outside, smtp_url=server.url, portal_url=PORTAL_URL), run)
    by_id = {mail["Message-ID"]: mail for mail in mails(tmp_path / "box")}
    assert sorted(by_id) == ["<2026-000004.invoice@operator.example>", NOTICE.format(run=run.run_id)]
    notice = by_id[NOTICE.format(run=run.run_id)]
    assert notice["To"] == "one@alfa.example, two@alfa.example"
    assert notice["Subject"] == "Example Cloud Telephony SRL – Nieuwe documenten in uw klantenzone"
    plain, html = notice.get_body(("plain",)), notice.get_body(("html",))
    assert plain is not None
    assert html is not None
    link = f"{PORTAL_URL}/{shelf.folder(outside, 'ALFA')}/index.html"
    said = [
        "Factuur 2026-000001",
        "€\u00a0121,00",
        "Factuur 2026-000002",
        "€\u00a01.060,50",
        "27/11/2026",
        "05/11/2026",
        "+++260/0000/00170+++",
        link,
    ]
    assert [each for each in said if each not in plain.get_content()] == []
    assert f'<a href="{link}"' in html.get_content()
    assert list(notice.iter_attachments()) == []
    assert scene.say("select payer_id, channel, state from delivery where purpose = 'notice'") == [("ALFA", "email", "sent")]


def test_without_a_portal_url_a_notice_has_no_link(outside: Outside, run: Run, tmp_path: Path) -> None:
    delivery.stage(outside, run)
    (notice,) = [mail for mail in mails(tmp_path / "mailbox") if "notice" in mail["Message-ID"]]
    plain = notice.get_body(("plain",))
    assert plain is not None
    assert "klantenzone" in plain.get_content()
    assert "http" not in plain.get_content()


def test_a_notice_that_left_does_not_leave_again(outside: Outside, run: Run, tmp_path: Path) -> None:
    delivery.stage(outside, run)
    delivery.stage(outside, run)
    portal_notices.notify(outside, run)
    assert sorted(ids(tmp_path / "mailbox")) == ["<2026-000004.invoice@operator.example>", NOTICE.format(run=run.run_id)]


def test_a_notice_the_server_puts_off_waits_and_leaves_with_the_next_attempt(outside: Outside, run: Run, tmp_path: Path) -> None:
    with MailboxServer(tmp_path / "box", Postmaster(tmp_path / "box", answers=["250 OK", "451 later"])) as server:
        there = settled(outside, smtp_url=server.url)
        with pytest.raises(MailUnavailable):
            delivery.stage(there, run)
        assert ids(tmp_path / "box") == ["<2026-000004.invoice@operator.example>"]
        delivery.stage(there, run)
    assert ids(tmp_path / "box")[1:] == [NOTICE.format(run=run.run_id)]


def test_a_notice_that_is_refused_is_noted_and_the_documents_stay_delivered(
    outside: Outside, scene: Scene, run: Run, tmp_path: Path
) -> None:
    refused = {"one@alfa.example": NO_SUCH_USER, "two@alfa.example": NO_SUCH_USER}
    with MailboxServer(tmp_path / "box", Postmaster(tmp_path / "box", refused=refused)) as server:
        receipt = delivery.stage(settled(outside, smtp_url=server.url), run)
    assert dict(receipt.figures) == {"mailed": 1, "on the portal": 3}
    assert scene.say("select state from delivery where purpose = 'notice'") == [("failed",)]


def test_killed_as_the_notice_leaves_it_leaves_with_the_same_id(
    outside: Outside, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise SystemExit(-signal.SIGKILL)

    with monkeypatch.context() as patched:
        patched.setattr(portal_notices, "send_all", killed)
        with pytest.raises(SystemExit):
            delivery.stage(outside, run)
    delivery.stage(outside, run)
    assert sorted(ids(tmp_path / "mailbox")) == ["<2026-000004.invoice@operator.example>", NOTICE.format(run=run.run_id)]


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("fr", "facture 2026-000001 dans votre espace client : 121,00 €"),
        ("nl", "factuur 2026-000001 in uw klantenzone: € 121,00"),
        ("en", "invoice 2026-000001 in your customer area: €121.00"),
    ],
)
def test_a_notice_of_one_document_names_it_in_the_subject(
    language: str, subject: str, outside: Outside, scene: Scene, tmp_path: Path
) -> None:
    run = scene.close()
    scene.payer("ALFA", language=language, channel="portal")
    scene.invoice(run, "ALFA", "121.00")
    delivery.stage(outside, run)
    (notice,) = mails(tmp_path / "mailbox")
    assert notice["Subject"] == f"Example Cloud Telephony SRL – {subject}"


def test_a_credit_note_and_a_debit_by_the_bank_ask_for_no_payment() -> None:
    day = date(2026, 10, 28)
    credit = PortalInvoice("C2026-000001", "credit_note", day, day, Decimal("-12.10"), "+++1+++", "2026-000001", None)
    debited = PortalInvoice("2026-000002", "invoice", day, date(2026, 11, 27), Decimal("60.50"), "260000000170", "", date(2026, 11, 25))
    text = notice_mail("en", SELLER, [credit, debited], "").text
    assert "nothing to pay" in text
    assert "+++1+++" not in text
    assert "debited on 25/11/2026" in text
