"""Invoices on their way out: a real mail server on the loopback, a Maildir, the portal, and what goes wrong on the way."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from tasks import delivery
from tasks.ledger import Run, Stopped
from tasks.mail import Mail, MailUnavailable, SmtpSender
from tasks.mailbox_server import Keeper, MailboxServer
from tasks.outside import Outside
from tasks.settings import read_settings
from tasks.store import StoreFailed
from tests.databases import locks_given_back
from tests.steps import shelf
from tests.steps.delivery_scene import NO_SUCH_USER, Postmaster, Scene, ids, mails, pdf


@pytest.fixture
def scene(outside: Outside) -> Scene:
    return Scene(outside)


@pytest.fixture
def run(scene: Scene) -> Run:
    """A close with three invoices: 2026-000001 to ALFA (fr), 2026-000002 to BETA (nl), 2026-000003 to GAMMA (en)."""
    run = scene.close()
    for payer, language in (("ALFA", "fr"), ("BETA", "nl"), ("GAMMA", "en")):
        scene.payer(payer, mail=f"{payer.lower()}@payer.example", language=language)
        scene.invoice(run, payer, "121.00")
    return run


def through(outside: Outside, url: str, **settings: object) -> Outside:
    """The same outside world, its mail going through another server."""
    kept = {name: getattr(outside.settings, name) for name in ("database_url", "state", "feed", "out", "workers")}
    changed = read_settings(**{**kept, "smtp_url": url, "mail_backoff_s": "0.01", "mail_attempts": 3, **settings})
    return replace(outside, settings=changed)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


# ------------------------------------------------------------------------------------------------ all goes well
@pytest.mark.clause("CG-2.b")
def test_each_invoice_is_mailed_in_its_payers_language_with_its_pdfs(outside: Outside, scene: Scene, run: Run, tmp_path: Path) -> None:
    scene.payer("PARTNER", mail="one@partner.example;two@partner.example", language="en", name="Télématis Ravel")
    scene.invoice(run, "PARTNER", "1234.56", clients=("E-ALFA", "E/BÉTA"))
    with MailboxServer(tmp_path / "box") as server:
        receipt = delivery.stage(through(outside, server.url), run)
    alfa, beta, gamma, partner = mails(tmp_path / "box")
    assert dict(receipt.figures) == {"mailed": 4}
    assert [mail["Message-ID"] for mail in (alfa, beta, gamma, partner)] == [
        f"<2026-00000{number}.invoice@operator.example>" for number in (1, 2, 3, 4)
    ]
    assert (alfa["To"], alfa["X-Invoice"]) == ("alfa@payer.example", "2026-000001")
    assert alfa["From"] == "Example Cloud Telephony SRL <billing@operator.example>"
    assert alfa["Date"] == "Wed, 28 Oct 2026 12:00:00 +0100"
    assert "facture 2026-000001" in alfa["Subject"]
    assert "factuur 2026-000002" in beta["Subject"]
    assert "invoice 2026-000003" in gamma["Subject"]
    assert partner["To"] == "one@partner.example, two@partner.example"
    assert [(part.get_filename(), part.get_content()) for part in partner.iter_attachments()] == [
        ("2026-000004.pdf", pdf("2026-000004")),
        ("2026-000004-E-ALFA.pdf", pdf("2026-000004", "E-ALFA")),
        ("2026-000004-E%2FB%C3%89TA.pdf", pdf("2026-000004", "E/BÉTA")),
    ]
    text, html = partner.get_body(("plain",)), partner.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "€1,234.56" in text.get_content()
    assert "€1,234.56" in html.get_content()
    assert "27 November 2026" in text.get_content()
    assert [state[1:] for state in scene.states()] == [("sent", 1, "")] * 4


def test_all_mails_go_over_one_connection(outside: Outside, run: Run, tmp_path: Path) -> None:
    postmaster = Postmaster(tmp_path / "box")
    with MailboxServer(tmp_path / "box", postmaster) as server:
        delivery.stage(through(outside, server.url), run)
    assert (len(postmaster.sessions), len(ids(tmp_path / "box"))) == (1, 3)


def test_the_outbox_is_recorded_and_committed_before_anything_is_sent(outside: Outside, scene: Scene, run: Run) -> None:
    pending, files = delivery.record(outside, run)
    assert [row.number for row in pending] == ["2026-000001", "2026-000002", "2026-000003"]
    assert [len(files[row.invoice_id]) for row in pending] == [1, 1, 1]
    assert scene.say("select channel, recipients, message_id, state, sent_at from delivery order by message_id") == [
        ("email", f"{payer}@payer.example", f"<2026-00000{number}.invoice@operator.example>", "pending", None)
        for number, payer in enumerate(("alfa", "beta", "gamma"), start=1)
    ]


@pytest.mark.clause("CG-2.b")
def test_delivering_again_sends_nothing(outside: Outside, scene: Scene, run: Run, tmp_path: Path) -> None:
    with MailboxServer(tmp_path / "box") as server:
        first = delivery.stage(through(outside, server.url), run)
        second = delivery.stage(through(outside, server.url), run)
    assert dict(first.figures) == dict(second.figures) == {"mailed": 3}
    assert len(mails(tmp_path / "box")) == 3


def test_a_run_without_invoices_needs_no_mail_server(outside: Outside, scene: Scene) -> None:
    receipt = delivery.stage(through(outside, f"smtp://127.0.0.1:{free_port()}"), scene.close())
    assert dict(receipt.figures) == {}


def test_a_maildir_takes_each_mail_once_even_when_we_forget_that_it_did(outside: Outside, scene: Scene, run: Run, tmp_path: Path) -> None:
    delivery.stage(outside, run)
    before = [(path.name, path.read_bytes()) for path in sorted((tmp_path / "mailbox" / "new").iterdir())]
    scene.forget()
    read = tmp_path / "mailbox" / "new" / "2026-000001.invoice@operator.example"
    read.rename(tmp_path / "mailbox" / "cur" / (read.name + ":2,S"))
    delivery.stage(outside, run)
    after = [(path.name, path.read_bytes()) for path in sorted((tmp_path / "mailbox" / "new").iterdir())]
    assert [name for name, _ in before] == [f"2026-00000{number}.invoice@operator.example" for number in (1, 2, 3)]
    assert after == before[1:]


def test_without_a_setting_mail_goes_to_a_mailbox_under_state(outside: Outside, run: Run) -> None:
    delivery.stage(through(outside, ""), run)
    assert len(mails(outside.settings.state / "mailbox")) == 3


def test_two_mailings_of_one_invoice_are_the_same_bytes(outside: Outside, scene: Scene, run: Run, tmp_path: Path) -> None:
    with MailboxServer(tmp_path / "box") as server:
        delivery.stage(through(outside, server.url), run)
        scene.forget()
        delivery.stage(through(outside, server.url), run)
    contents = [path.read_bytes() for path in sorted((tmp_path / "box" / "new").iterdir())]
    assert contents[:3] == contents[3:]


# ------------------------------------------------------------------------------------------------ answers of the server
def test_a_mail_put_off_is_sent_on_a_later_try_after_the_others(outside: Outside, scene: Scene, run: Run, tmp_path: Path) -> None:
    postmaster = Postmaster(tmp_path / "box", answers=["451 4.7.1 try later", "250 OK", "250 OK", "452 4.2.2 full", "250 OK"])
    with MailboxServer(tmp_path / "box", postmaster) as server:
        delivery.stage(through(outside, server.url), run)
    assert [mail["X-Invoice"] for mail in mails(tmp_path / "box")] == ["2026-000002", "2026-000003", "2026-000001"]
    assert scene.states() == [("2026-000001", "sent", 3, ""), ("2026-000002", "sent", 1, ""), ("2026-000003", "sent", 1, "")]


def test_a_mail_put_off_each_time_stays_pending_and_the_others_are_sent(outside: Outside, scene: Scene, run: Run, tmp_path: Path) -> None:
    postmaster = Postmaster(tmp_path / "box", refused={"beta@payer.example": "450 4.2.1 greylisted"})
    with MailboxServer(tmp_path / "box", postmaster) as server:
        with pytest.raises(MailUnavailable, match="put off 1 of 3 mails, the first to payer BETA; run again later"):
            delivery.stage(through(outside, server.url), run)
        assert scene.states() == [
            ("2026-000001", "sent", 1, ""),
            ("2026-000002", "pending", 3, "beta@payer.example: 450 4.2.1 greylisted"),
            ("2026-000003", "sent", 1, ""),
        ]
        postmaster.refused.clear()
        delivery.stage(through(outside, server.url), run)
    assert [mail["X-Invoice"] for mail in mails(tmp_path / "box")] == ["2026-000001", "2026-000003", "2026-000002"]


@pytest.mark.parametrize("answer", ["554 5.7.1 looks like spam", "552 5.3.4 message too big"])
def test_a_permanent_answer_fails_that_mail_alone_and_is_listed(outside: Outside, run: Run, tmp_path: Path, answer: str) -> None:
    with MailboxServer(tmp_path / "box", Postmaster(tmp_path / "box", answers=[answer])) as server:
        receipt = delivery.stage(through(outside, server.url), run)
    assert dict(receipt.figures) == {"mailed": 2, "failed": 1}
    (failed,) = delivery.failures(outside, run)
    assert (failed.number, failed.payer_id, failed.reason) == ("2026-000001", "ALFA", answer)


def test_a_mail_whose_recipients_are_all_refused_fails(outside: Outside, scene: Scene, run: Run, tmp_path: Path) -> None:
    with MailboxServer(tmp_path / "box", Postmaster(tmp_path / "box", refused={"alfa@payer.example": NO_SUCH_USER})) as server:
        delivery.stage(through(outside, server.url), run)
    assert scene.states()[0] == ("2026-000001", "failed", 1, "alfa@payer.example: 550 5.1.1 no such user")


def test_one_of_three_recipients_refused_is_noted_and_the_mail_counts_as_sent(outside: Outside, scene: Scene, tmp_path: Path) -> None:
    run = scene.close()
    scene.payer("ALFA", mail="one@a.example;two@a.example;three@a.example")
    scene.invoice(run, "ALFA")
    with MailboxServer(tmp_path / "box", Postmaster(tmp_path / "box", refused={"two@a.example": NO_SUCH_USER})) as server:
        delivery.stage(through(outside, server.url), run)
    assert scene.states() == [("2026-000001", "sent", 1, "refused: two@a.example: 550 5.1.1 no such user")]
    assert len(mails(tmp_path / "box")) == 1


@pytest.mark.clause("CG-2.b")
@pytest.mark.parametrize(
    ("addresses", "state", "reason"),
    [
        ("", "failed", "payer ALFA has no mail address; give it one in parties.csv"),
        ("nobody at home", "failed", "not usable: nobody at home; give it one in parties.csv"),
        ("nobody at home;a@a.example", "sent", "not usable: nobody at home"),
    ],
)
def test_a_payer_without_a_usable_address_is_a_failed_mail_never_an_error(
    outside: Outside, scene: Scene, tmp_path: Path, addresses: str, state: str, reason: str
) -> None:
    run = scene.close()
    scene.payer("ALFA", mail=addresses)
    scene.invoice(run, "ALFA")
    with MailboxServer(tmp_path / "box") as server:
        delivery.stage(through(outside, server.url), run)
    ((_, found, _, note),) = scene.states()
    assert (found, note) == (state, reason)


def test_a_failed_mail_is_tried_again_once_its_payer_has_another_address(outside: Outside, scene: Scene, run: Run, tmp_path: Path) -> None:
    postmaster = Postmaster(tmp_path / "box", refused={"alfa@payer.example": NO_SUCH_USER})
    with MailboxServer(tmp_path / "box", postmaster) as server:
        delivery.stage(through(outside, server.url), run)
        delivery.stage(through(outside, server.url), run)
        assert scene.states()[0][1:3] == ("failed", 1)
        scene.payer("ALFA", mail="right@payer.example")
        delivery.stage(through(outside, server.url), run)
    assert [(mail["X-Invoice"], mail["To"]) for mail in mails(tmp_path / "box")][-1] == ("2026-000001", "right@payer.example")
    assert scene.states()[0] == ("2026-000001", "sent", 2, "")


# ------------------------------------------------------------------------------------------------ the server is gone
def test_a_connection_dropped_inside_a_mail_is_opened_again(outside: Outside, scene: Scene, run: Run, tmp_path: Path) -> None:
    postmaster = Postmaster(tmp_path / "box", answers=["250 OK", "hang up"])
    with MailboxServer(tmp_path / "box", postmaster) as server:
        delivery.stage(through(outside, server.url), run)
    assert [mail["X-Invoice"] for mail in mails(tmp_path / "box")] == ["2026-000001", "2026-000002", "2026-000003"]
    assert scene.states()[1] == ("2026-000002", "sent", 2, "")


def test_an_answer_lost_on_the_way_repeats_the_mail_with_the_same_message_id_and_bytes(outside: Outside, run: Run, tmp_path: Path) -> None:
    with MailboxServer(tmp_path / "box", Postmaster(tmp_path / "box", answers=["keep and hang up"])) as server:
        delivery.stage(through(outside, server.url), run)
    first, second = [path.read_bytes() for path in sorted((tmp_path / "box" / "new").iterdir())][:2]
    assert first == second
    assert b"<2026-000001.invoice@operator.example>" in first


def test_a_server_that_goes_away_leaves_the_rest_pending_and_no_mail_goes_twice(
    outside: Outside, scene: Scene, run: Run, tmp_path: Path
) -> None:
    postmaster = Postmaster(tmp_path / "box", answers=["250 OK", *["421 4.3.2 shutting down"] * 9])
    reason = r"cannot be used after 3 attempts: 421 4.3.2 shutting down; .* nothing is sent twice"
    with MailboxServer(tmp_path / "box", postmaster) as server, pytest.raises(MailUnavailable, match=reason):
        delivery.stage(through(outside, server.url), run)
    assert [state[1:3] for state in scene.states()] == [("sent", 1), ("pending", 3), ("pending", 0)]
    with MailboxServer(tmp_path / "later") as server:
        receipt = delivery.stage(through(outside, server.url), run)
    assert ids(tmp_path / "later") == [f"<2026-00000{number}.invoice@operator.example>" for number in (2, 3)]
    assert dict(receipt.figures) == {"mailed": 3}


def test_a_server_that_is_down_is_named_without_its_password(outside: Outside, scene: Scene, run: Run) -> None:
    port = free_port()
    with pytest.raises(MailUnavailable, match=rf"^the mail server at 127.0.0.1:{port} cannot be used after 3 attempts: .*refus") as stopped:
        delivery.stage(through(outside, f"smtp://user:hunter2@127.0.0.1:{port}"), run)
    assert "hunter2" not in str(stopped.value) + str(scene.states())
    assert isinstance(stopped.value, Stopped)
    assert [state[1:3] for state in scene.states()] == [("pending", 3), ("pending", 0), ("pending", 0)]


def test_a_server_that_gives_no_answer_in_time_counts_as_gone(tmp_path: Path) -> None:
    class Sleeper(Keeper):
        async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
            await asyncio.sleep(30)
            return "250 OK"

    with MailboxServer(tmp_path / "box", Sleeper(tmp_path / "box")) as server:
        sender = SmtpSender(server.url, "never", attempts=2, backoff_s=0.01, timeout_s=0.2)
        with pytest.raises(MailUnavailable, match="no answer in time"):
            sender.send(Mail("<1@x>", "b@operator.example", ("a@a.example",), b"Subject: x\r\n\r\nx\r\n"))


def test_tls_that_is_required_and_not_offered_stops_before_any_mail(outside: Outside, run: Run, tmp_path: Path) -> None:
    with MailboxServer(tmp_path / "box") as server, pytest.raises(MailUnavailable, match="offers no STARTTLS"):
        delivery.stage(through(outside, server.url, smtp_starttls="required"), run)
    assert mails(tmp_path / "box") == []


def test_a_login_the_server_does_not_take_stops_at_once(outside: Outside, run: Run, tmp_path: Path) -> None:
    with MailboxServer(tmp_path / "box") as server, pytest.raises(MailUnavailable, match="refused the login; correct user") as stopped:
        delivery.stage(through(outside, server.url.replace("smtp://", "smtp://user:hunter2@")), run)
    assert "hunter2" not in str(stopped.value)


def test_a_sender_the_server_does_not_take_stops_instead_of_failing_every_mail(
    outside: Outside, scene: Scene, run: Run, tmp_path: Path
) -> None:
    class Stranger(Keeper):
        async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
            return "550 5.7.1 not your domain"

    with MailboxServer(tmp_path / "box", Stranger(tmp_path / "box")) as server, pytest.raises(MailUnavailable, match="correct mail_from"):
        delivery.stage(through(outside, server.url), run)
    assert {state[1] for state in scene.states()} == {"pending"}


DELIVER = """
import sys
from tasks.delivery import stage
from tasks.ledger import find_run
from tasks.outside import open_outside

outside = open_outside()
stage(outside, find_run(outside.engine, int(sys.argv[1])))
"""


def test_killed_between_the_answer_of_the_server_and_the_commit_it_sends_the_same_message_again(
    outside: Outside, scene: Scene, run: Run, tmp_path: Path
) -> None:
    class Killer(Keeper):
        async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
            self.keep(envelope)
            if len(ids(tmp_path / "box")) == 2:
                os.kill(child.pid, signal.SIGKILL)
            return "250 OK"

    with MailboxServer(tmp_path / "box", Killer(tmp_path / "box")) as server:
        settings = through(outside, server.url).settings
        given = {"DATABASE_URL": settings.database_url, "STATE": settings.state, "OUT": settings.out, "SMTP_URL": server.url}
        environment = {**os.environ, **{f"BILLING_{name}": str(value) for name, value in given.items()}}
        child = subprocess.Popen([sys.executable, "-c", DELIVER, str(run.run_id)], env=environment)
        assert child.wait(60) == -signal.SIGKILL
        locks_given_back(settings.database_url)
    assert [state[1] for state in scene.states()] == ["sent", "pending", "pending"]
    with MailboxServer(tmp_path / "box") as server:
        delivery.stage(through(outside, server.url), run)
    assert ids(tmp_path / "box") == [f"<2026-00000{number}.invoice@operator.example>" for number in (1, 2, 2, 3)]
    contents = [path.read_bytes() for path in sorted((tmp_path / "box" / "new").iterdir())]
    assert contents[1] == contents[2]


# ------------------------------------------------------------------------------------------------ documents and portal
def test_an_invoice_without_its_pdf_stops_before_any_mail(outside: Outside, scene: Scene, run: Run, tmp_path: Path) -> None:
    scene.say("delete from document where invoice_id = (select invoice_id from invoice where number = '2026-000002')")
    with pytest.raises(Stopped, match="invoice 2026-000002 has no PDF, so nothing is sent; run the step `documents` again"):
        delivery.stage(outside, run)
    assert not (tmp_path / "mailbox").exists()


def test_a_pdf_that_changed_since_it_was_rendered_is_not_sent(outside: Outside, run: Run) -> None:
    outside.out.write("2026-10/invoice/2026-000001.pdf", b"other")
    with pytest.raises(Stopped, match=r"2026-000001\.pdf is not the file that was rendered"):
        delivery.stage(outside, run)


@pytest.mark.clause("CG-2.b")
def test_a_portal_payer_finds_its_documents_and_an_index_and_gets_no_mail(outside: Outside, scene: Scene, tmp_path: Path) -> None:
    run = scene.close()
    scene.payer("CL/É.1", channel="portal", mail="")
    scene.invoice(run, "CL/É.1", "121.00", clients=("E1",))
    receipt = delivery.stage(outside, run)
    assert dict(receipt.figures) == {"on the portal": 1}
    assert shelf.linked(outside, "CL/É.1") == {"2026-000001.pdf": pdf("2026-000001"), "2026-000001-E1.pdf": pdf("2026-000001", "E1")}
    shown = shelf.index(outside, "CL/É.1")
    (invoice,) = shown.pop("invoices")
    assert shown == {"payer": "CL/É.1", "reminders": []}
    assert [(file["kind"], file["name"], file.get("end_client", "")) for file in invoice.pop("files")] == [
        ("invoice", "2026-000001.pdf", ""), ("summary", "2026-000001-E1.pdf", "E1"),
    ]  # fmt: skip
    assert invoice == {
        "number": "2026-000001", "kind": "invoice", "issued_on": "2026-10-28", "due_on": "2026-11-27", "gross": "121.00",
        "structured_reference": "+++260/0000/00170+++",
    }  # fmt: skip
    assert scene.states() == [("2026-000001", "sent", 1, "")]
    assert not (tmp_path / "mailbox").exists()


def test_publishing_again_changes_no_byte_and_a_later_month_joins_the_index(outside: Outside, scene: Scene, tmp_path: Path) -> None:
    october = scene.close()
    scene.payer("PORTAL", channel="portal")
    scene.invoice(october, "PORTAL")
    delivery.stage(outside, october)
    before = {path: path.read_bytes() for path in (tmp_path / "out" / "portal").rglob("*.*")}
    scene.forget()
    delivery.stage(outside, october)
    assert {path: path.read_bytes() for path in (tmp_path / "out" / "portal").rglob("*.*")} == before
    november = scene.close("2026-11", on=october.on.replace(month=11))
    scene.invoice(november, "PORTAL")
    delivery.stage(outside, november)
    assert [invoice["number"] for invoice in shelf.index(outside, "PORTAL")["invoices"]] == ["2026-000001", "2026-000002"]


def test_the_portal_may_be_a_url(outside: Outside, scene: Scene) -> None:
    run = scene.close()
    scene.payer("PORTAL", channel="portal")
    scene.invoice(run, "PORTAL")
    there = through(outside, "", portal="memory://customer-portal")
    delivery.stage(there, run)
    assert shelf.linked(there, "PORTAL") == {"2026-000001.pdf": pdf("2026-000001")}
    assert scene.say("select channel, recipients from delivery where purpose = 'invoice'") == [("portal", "memory://customer-portal")]


def test_a_portal_that_cannot_be_written_leaves_the_delivery_pending(outside: Outside, scene: Scene, tmp_path: Path) -> None:
    run = scene.close()
    scene.payer("PORTAL", channel="portal")
    scene.invoice(run, "PORTAL")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreFailed, match=r"could not write documents/[^/]+/2026-000001\.pdf"):
        delivery.stage(through(outside, "", portal=str(tmp_path / "file")), run)
    assert [state[1] for state in scene.states()] == ["pending"]
