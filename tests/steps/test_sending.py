"""What happens to a mail at each of its addresses, when it is too large, and on the way to a server that is particular."""

import asyncio
import re
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tasks import delivery
from tasks.ledger import Run
from tasks.mail import Mail, MailUnavailable, SmtpSender
from tasks.mailbox_server import Keeper, MailboxServer
from tasks.message import return_path
from tasks.outside import Outside
from tasks.pace import Pace
from tests.steps.delivery_scene import NO_SUCH_USER, Postmaster, Scene, mails
from tests.steps.test_delivery import through


@pytest.fixture
def scene(outside: Outside) -> Scene:
    return Scene(outside)


def one_invoice(scene: Scene, mail: str = "one@a.example;two@a.example;three@a.example", *, second: str = "", **given: object) -> Run:
    """A close with one invoice, 2026-000001 to ALFA."""
    run = scene.close()
    scene.payer("ALFA", mail=mail)
    scene.say("update party set fallback_email = :second", second=second)
    scene.invoice(run, "ALFA", **given)  # type: ignore[arg-type]
    return run


def recipients(scene: Scene) -> list[tuple[object, ...]]:
    """(purpose, address, state, note) of each address a mail was handed over for."""
    return scene.say(
        "select purpose, address, delivery_recipient.state, note from delivery_recipient join delivery using (delivery_id)"
        " order by delivery_id, address"
    )


# ------------------------------------------------------------------------------------------------ address by address
class Envelopes(Postmaster):
    """Keeps the sender and the recipients of each mail too."""

    def __init__(self, folder: Path, **given: object) -> None:
        super().__init__(folder, **given)  # type: ignore[arg-type]
        self.seen: list[tuple[str | None, list[str]]] = []

    def keep(self, envelope: Envelope) -> None:
        super().keep(envelope)
        self.seen.append((envelope.mail_from, list(envelope.rcpt_tos)))


@pytest.mark.clause("CG-2.b")
def test_one_of_three_addresses_refused_is_kept_with_the_words_of_the_server(outside: Outside, scene: Scene, tmp_path: Path) -> None:
    run = one_invoice(scene)
    with MailboxServer(tmp_path / "box", Postmaster(tmp_path / "box", refused={"two@a.example": NO_SUCH_USER})) as server:
        delivery.stage(through(outside, server.url), run)
    assert recipients(scene) == [
        ("invoice", "one@a.example", "accepted", ""),
        ("invoice", "three@a.example", "accepted", ""),
        ("invoice", "two@a.example", "refused", NO_SUCH_USER),
    ]
    assert scene.states()[0][1] == "sent"


def test_an_address_that_is_put_off_is_tried_again_alone(outside: Outside, scene: Scene, tmp_path: Path) -> None:
    class Greylist(Envelopes):
        async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
            if address == "two@a.example" and not self.seen:
                return "451 4.7.1 greylisted"
            return await super().handle_RCPT(server, session, envelope, address, options)

    run, postmaster = one_invoice(scene), Greylist(tmp_path / "box")
    with MailboxServer(tmp_path / "box", postmaster) as server:
        delivery.stage(through(outside, server.url), run)
    assert [to for _, to in postmaster.seen] == [["one@a.example", "three@a.example"], ["two@a.example"]]
    first, second = (path.read_bytes() for path in sorted((tmp_path / "box" / "new").iterdir()))
    assert first == second
    assert scene.states() == [("2026-000001", "sent", 2, "")]
    assert {state for _, _, state, _ in recipients(scene)} == {"accepted"}


def test_an_address_put_off_to_the_end_counts_as_refused_since_others_have_it(outside: Outside, scene: Scene, tmp_path: Path) -> None:
    run = one_invoice(scene)
    with MailboxServer(tmp_path / "box", Postmaster(tmp_path / "box", refused={"two@a.example": "450 4.2.1 greylisted"})) as server:
        delivery.stage(through(outside, server.url), run)
    assert len(mails(tmp_path / "box")) == 1
    assert recipients(scene)[2] == ("invoice", "two@a.example", "refused", "450 4.2.1 greylisted")
    assert scene.states() == [("2026-000001", "sent", 3, "refused: two@a.example: 450 4.2.1 greylisted")]


def test_a_run_ended_after_some_addresses_took_it_goes_on_with_the_others(outside: Outside, scene: Scene, tmp_path: Path) -> None:
    run, postmaster = one_invoice(scene), Envelopes(tmp_path / "box")
    delivery.record(outside, run)
    scene.say("insert into delivery_recipient (delivery_id, address, state) select delivery_id, 'one@a.example', 'accepted' from delivery")
    with MailboxServer(tmp_path / "box", postmaster) as server:
        delivery.stage(through(outside, server.url), run)
    assert [to for _, to in postmaster.seen] == [["two@a.example", "three@a.example"]]
    assert mails(tmp_path / "box")[0]["To"] == "one@a.example, two@a.example, three@a.example"


@pytest.mark.parametrize(
    ("bounce_address", "expected"),
    [("", "billing@operator.example"), ("bounces@returns.operator.example", "bounces+{}@returns.operator.example")],
)
def test_a_mail_returns_to_an_address_with_its_number_in_it(
    outside: Outside, scene: Scene, tmp_path: Path, bounce_address: str, expected: str
) -> None:
    run, postmaster = one_invoice(scene), Envelopes(tmp_path / "box")
    there = through(outside, "", bounce_address=bounce_address)
    with MailboxServer(tmp_path / "box", postmaster) as server:
        delivery.stage(through(outside, server.url, bounce_address=bounce_address), run)
    (((delivery_id,),), ((sender, _),)) = scene.say("select delivery_id from delivery"), postmaster.seen
    assert isinstance(delivery_id, int)
    assert sender == return_path(there.settings, delivery_id) == expected.format(delivery_id)
    assert mails(tmp_path / "box")[0]["From"].addresses[0].addr_spec == "billing@operator.example"


def test_the_headers_say_which_stream_it_is_and_that_no_answer_of_a_machine_is_wanted(
    outside: Outside, scene: Scene, tmp_path: Path
) -> None:
    run = one_invoice(scene)
    delivery.stage(through(outside, f"maildir:{tmp_path / 'box'}"), run)
    (mail,) = mails(tmp_path / "box")
    assert {name: mail[name] for name in ("Auto-Submitted", "Reply-To", "Content-Language", "List-Id", "List-Help", "X-Invoice")} == {
        "Auto-Submitted": "auto-generated", "Reply-To": "billing@operator.example", "Content-Language": "fr",
        "List-Id": "<invoices.operator.example>", "List-Help": "<mailto:billing@operator.example>", "X-Invoice": "2026-000001",
    }  # fmt: skip
    assert mail["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert mail["List-Unsubscribe"] is mail["Precedence"] is None


# ------------------------------------------------------------------------------------------------ a second address
ALL_REFUSED = {f"{who}@a.example": NO_SUCH_USER for who in ("one", "two", "three")}


@pytest.mark.clause("CG-2.b")
def test_refused_by_all_it_goes_once_to_the_second_address_as_a_copy(outside: Outside, scene: Scene, tmp_path: Path) -> None:
    run = one_invoice(scene, second="second@a.example")
    with MailboxServer(tmp_path / "box", Postmaster(tmp_path / "box", refused=ALL_REFUSED)) as server:
        receipt = delivery.stage(through(outside, server.url), run)
        delivery.stage(through(outside, server.url), run)
    (mail,) = mails(tmp_path / "box")
    assert (mail["To"], mail["Message-ID"]) == ("second@a.example", "<2026-000001.copy-1@operator.example>")
    assert mail["Subject"].startswith("Copie : ")
    text = mail.get_body(("plain",))
    assert text is not None
    assert "Nous n’avons pas pu remettre ce courriel à votre adresse de facturation" in text.get_content()
    assert [part.get_filename() for part in mail.iter_attachments()] == ["2026-000001.pdf"]
    assert dict(receipt.figures) == {"to a second address": 1}
    assert scene.states()[0][1] == "failed"
    assert delivery.failures(outside, run) == []


def test_a_second_address_that_refuses_too_leaves_it_on_the_list(outside: Outside, scene: Scene, tmp_path: Path) -> None:
    run = one_invoice(scene, second="second@a.example")
    refused = {**ALL_REFUSED, "second@a.example": NO_SUCH_USER}
    with MailboxServer(tmp_path / "box", Postmaster(tmp_path / "box", refused=refused)) as server:
        receipt = delivery.stage(through(outside, server.url), run)
        delivery.stage(through(outside, server.url), run)
    assert dict(receipt.figures) == {"failed": 1}
    assert [failed.number for failed in delivery.failures(outside, run)] == ["2026-000001"]
    assert scene.say("select attempts, state from delivery where purpose = 'copy'") == [(1, "failed")]


@pytest.mark.parametrize("second", ["", "TWO@a.example"], ids=["no second address", "a second address that is a first one"])
def test_without_another_address_nothing_more_is_tried(outside: Outside, scene: Scene, tmp_path: Path, second: str) -> None:
    run = one_invoice(scene, second=second)
    with MailboxServer(tmp_path / "box", Postmaster(tmp_path / "box", refused=ALL_REFUSED)) as server:
        delivery.stage(through(outside, server.url), run)
    assert scene.say("select purpose from delivery") == [("invoice",)]


def test_once_returned_by_all_a_second_address_is_tried_once(outside: Outside, scene: Scene) -> None:
    run = one_invoice(scene, second="second@a.example")
    delivery.stage(outside, run)
    ((delivery_id,),) = scene.say("select delivery_id from delivery")
    assert isinstance(delivery_id, int)
    with outside.engine.begin() as conn:
        assert not delivery.try_fallback(conn, delivery_id, run.on)  # it did not come back
    scene.say("update delivery set bounced_on = '2026-10-30'")
    for is_new in (True, False):
        with outside.engine.begin() as conn:
            assert delivery.try_fallback(conn, delivery_id, run.on) is is_new


# ------------------------------------------------------------------------------------------------ too large
def test_a_mail_too_large_goes_without_attachments_and_with_the_link(outside: Outside, scene: Scene, tmp_path: Path) -> None:
    run = one_invoice(scene, pdf_bytes=900_000)
    there = through(outside, f"maildir:{tmp_path / 'box'}", mail_mb_at_most="1", portal_url="https://portal.operator.example")
    delivery.stage(there, run)
    (mail,) = mails(tmp_path / "box")
    assert list(mail.iter_attachments()) == []
    text = mail.get_body(("plain",))
    assert text is not None
    assert "trop volumineux" in text.get_content()
    (link,) = re.findall(r"https://portal\.operator\.example/(\S+)/", text.get_content()) or re.findall(
        r"https://portal\.operator\.example/(\S+)", text.get_content()
    )
    assert link
    published = list((Path(outside.settings.out) / "portal").rglob("*.pdf"))
    assert [path.stat().st_size for path in published] == [900_000 + len(b"%PDF 2026-000001 ")]
    assert scene.states() == [("2026-000001", "sent", 1, "")]


def test_without_a_portal_the_summaries_and_the_e_invoice_stay_out_first(outside: Outside, scene: Scene, tmp_path: Path) -> None:
    run = one_invoice(scene, pdf_bytes=400_000, clients=("E1",))
    scene.document(run, "2026-000001", "summary", b"%PDF large" + bytes(600_000), "E2")
    delivery.stage(through(outside, f"maildir:{tmp_path / 'box'}", mail_mb_at_most="0.8"), run)
    (mail,) = mails(tmp_path / "box")
    assert [part.get_filename() for part in mail.iter_attachments()] == ["2026-000001.pdf"]
    text = mail.get_body(("plain",))
    assert text is not None
    assert "Vos autres documents de ce mois sont trop volumineux" in text.get_content()


def test_an_invoice_too_large_for_any_mail_fails_with_the_reason(outside: Outside, scene: Scene, tmp_path: Path) -> None:
    run = one_invoice(scene, pdf_bytes=900_000)
    delivery.stage(through(outside, f"maildir:{tmp_path / 'box'}", mail_mb_at_most="1"), run)
    ((_, state, tries, why),) = scene.states()
    assert (state, tries) == ("failed", 0)
    assert re.fullmatch(r"the mail has 1\.3 MB, more than mail_mb_at_most \(1\); raise that, or set portal_url .*", str(why))


@pytest.mark.parametrize(("setting", "names"), [("true", ["2026-000001.pdf", "2026-000001.xml"]), ("false", ["2026-000001.pdf"])])
def test_the_e_invoice_travels_with_the_mail_when_the_operator_wants_it(
    outside: Outside, scene: Scene, tmp_path: Path, setting: str, names: list[str]
) -> None:
    run = one_invoice(scene)
    scene.document(run, "2026-000001", "e_invoice", b"<Invoice/>")
    delivery.stage(through(outside, f"maildir:{tmp_path / 'box'}", mail_with_e_invoice=setting), run)
    (mail,) = mails(tmp_path / "box")
    assert [part.get_filename() for part in mail.iter_attachments()] == names
    assert [part.get_content_type() for part in mail.iter_attachments()][1:] == ["application/xml"] * (len(names) - 1)
    text = mail.get_body(("plain",))
    assert text is not None
    assert ("logiciel comptable" in text.get_content()) is (len(names) == 2)


# ------------------------------------------------------------------------------------------------ TLS, login, limits
@contextmanager
def secure_server(folder: Path, *, at_once: bool, name: str = "localhost") -> Iterator[tuple[str, Path, Keeper]]:
    """A mail server with a certificate of its own authority, STARTTLS or TLS from the first byte, that wants a login."""
    authority, keeper = trustme.CA(), Keeper(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    authority.cert_pem.write_to_path(folder / "ca.pem")

    def log_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object) -> AuthResult:
        return AuthResult(
            handled=False, success=isinstance(given, LoginPassword) and (given.login, given.password) == (b"bills", b"hunter 2")
        )

    wanted = {"ssl_context": context} if at_once else {"tls_context": context, "require_starttls": True}
    with socket.create_server(("127.0.0.1", 0)) as bound:
        controller = _Bound(bound, keeper, authenticator=log_in, auth_required=True, auth_require_tls=not at_once, **wanted)
        controller.start()
        try:
            yield f"{'smtps' if at_once else 'smtp'}://bills:hunter%202@localhost:{controller.port}", folder / "ca.pem", keeper
        finally:
            controller.stop(no_assert=True)


class _Bound(Controller):
    """Serves on a socket that is bound already."""

    def __init__(self, bound: socket.socket, keeper: Keeper, **given: Any) -> None:
        super().__init__(keeper, hostname="127.0.0.1", port=bound.getsockname()[1], **given)
        self._bound = bound

    def _create_server(self) -> Awaitable[asyncio.AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._bound, ssl=self.ssl_context)


@pytest.mark.parametrize("at_once", [False, True], ids=["STARTTLS", "smtps://"])
def test_mail_goes_over_tls_with_a_login_to_a_server_of_a_private_authority(
    outside: Outside, scene: Scene, tmp_path: Path, at_once: bool
) -> None:
    run = one_invoice(scene)
    with secure_server(tmp_path / "box", at_once=at_once) as (url, ca, _):
        delivery.stage(through(outside, url, smtp_starttls="required", smtp_ca=str(ca)), run)
    assert [mail["X-Invoice"] for mail in mails(tmp_path / "box")] == ["2026-000001"]


@pytest.mark.parametrize("at_once", [False, True], ids=["STARTTLS", "smtps://"])
@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        pytest.param("localhost", lambda url, ca: (url, ""), "certificate verify failed", id="an authority nobody knows"),
        pytest.param("other.example", lambda url, ca: (url, ca), "certificate verify failed", id="a certificate of another server"),
        pytest.param(
            "localhost", lambda url, ca: (url.replace("hunter", "wrong"), ca), "refused the login; correct user", id="a wrong password"
        ),
    ],
)
def test_no_mail_and_no_password_goes_where_it_should_not(
    outside: Outside, scene: Scene, tmp_path: Path, at_once: bool, name: str, change: Callable[[str, str], tuple[str, str]], said: str
) -> None:
    run = one_invoice(scene)
    with secure_server(tmp_path / "box", at_once=at_once, name=name) as (url, ca, _):
        changed, trusted = change(url, str(ca))
        with pytest.raises(MailUnavailable, match=said) as stopped:
            delivery.stage(through(outside, changed, smtp_starttls="required", smtp_ca=trusted), run)
    assert not re.search("hunter|wrong", str(stopped.value))
    assert mails(tmp_path / "box") == []
    assert scene.states()[0][1] == "pending"


def test_a_server_that_closes_after_so_many_mails_is_connected_to_again_at_once(tmp_path: Path) -> None:
    class Limited(Keeper):
        taken = 0

        async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
            session.count = getattr(session, "count", 0) + 1  # type: ignore[attr-defined]
            if session.count > 2:  # type: ignore[attr-defined]
                return "421 4.7.0 too many mails in this connection"
            envelope.mail_from = address
            return "250 OK"

    with MailboxServer(tmp_path / "box", Limited(tmp_path / "box")) as server:
        sender = SmtpSender(server.url, "never", attempts=2, backoff_s=3600)  # a wait would be an hour
        outcomes = [sender.send(Mail(f"<{n}@x>", "b@operator.example", ("a@a.example",), b"Subject: x\r\n\r\nx\r\n")) for n in range(7)]
        sender.close()
    assert [outcome.state for outcome in outcomes] == ["sent"] * 7
    assert len(mails(tmp_path / "box")) == 7


def test_mails_a_minute_are_spread_evenly_and_a_pause_is_not_made_up_for() -> None:
    now, slept = [100.0], []

    def sleep(seconds: float) -> None:
        slept.append(round(seconds, 6))
        now[0] += seconds

    pace = Pace(120, clock=lambda: now[0], sleep=sleep)
    begun = []
    for spent in (0.1, 0.1, 0.7, 0.0, 10.0, 0.0, 0.0):
        pace.wait()
        begun.append(round(now[0] - 100, 6))
        now[0] += spent
    assert begun == [0, 0.5, 1.0, 1.7, 2.2, 12.2, 12.7]
    Pace(0, clock=lambda: now[0], sleep=sleep).wait()
    assert slept == [0.4, 0.4, 0.5, 0.5]


def test_the_setting_of_mails_a_minute_is_kept(outside: Outside, scene: Scene, tmp_path: Path) -> None:
    run = one_invoice(scene, mail="one@a.example")
    scene.invoice(run, "ALFA", days=31)
    scene.invoice(run, "ALFA", days=32)
    with MailboxServer(tmp_path / "box") as server:
        begun = time.monotonic()
        delivery.stage(through(outside, server.url, mails_per_minute_at_most=300), run)
        assert time.monotonic() - begun >= 0.4  # the second after 0.2 s, the third after 0.4 s
    assert len(mails(tmp_path / "box")) == 3
