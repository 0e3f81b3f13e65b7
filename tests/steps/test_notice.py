"""What people are told of a run: the words of each kind of notice, by mail and to a webhook, one whatever becomes of the other."""

import hashlib
import hmac
import json
import mailbox
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tasks import notice
from tasks.ledger import Stopped
from tasks.notice import Kind, tell
from tasks.settings import Settings, SettingsError, read_settings

PAGE = "http://127.0.0.1:4200/v2/runs/flow-run/1"


class Listener:
    """A webhook of this machine: gives `answers` one a request, then the last for ever; `heard` is what came."""

    def __init__(self) -> None:
        self.answers, self.heard = [200], list[tuple[dict[str, str], bytes]]()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/told?token=1"

    def end(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.heard]

    def _handler(listener) -> type[BaseHTTPRequestHandler]:  # noqa: N805  # self is the request below
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.heard.append((dict(self.headers.items()), body))
                answer = listener.answers.pop(0) if len(listener.answers) > 1 else listener.answers[0]
                self.send_response(answer)
                self.end_headers()
                self.wfile.write(b"gone\nmore")

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    monkeypatch.setattr(notice, "WEBHOOK_BACKOFF_S", 0.01)
    made = Listener()
    yield made
    made.end()


def told_by(tmp_path: Path, **given: object) -> Settings:
    return read_settings(
        **{"state": tmp_path / "state", "smtp_url": f"maildir:{tmp_path / 'mailbox'}", "tell": "finance@operator.example", **given}
    )


def mails(tmp_path: Path) -> list[tuple[str, str]]:
    """Subject and text of each mail."""
    found = []
    for mail in mailbox.Maildir(tmp_path / "mailbox"):
        text = next(part for part in mail.walk() if part.get_content_type() == "text/plain").get_payload(decode=True)
        assert isinstance(text, bytes)
        found.append((str(mail["Subject"]), text.decode().replace("\r\n", "\n")))
    return found


def test_a_failed_run_is_told_with_the_reason_the_page_and_what_to_do(tmp_path: Path) -> None:
    assert tell("close 2026-10", "Failed", "the gate `rating` stopped it", PAGE, told_by(tmp_path), since="2026-10-28 06:12") == (
        "notice of close 2026-10 to finance@operator.example: sent"
    )
    ((subject, text),) = mails(tmp_path)
    assert subject == "close 2026-10: Failed"
    assert text == (
        "close 2026-10: Failed\nSince 2026-10-28 06:12.\n\nthe gate `rating` stopped it\n\nWhat to do: Put right what it says, then open the "
        "page of the run and choose Retry in its menu (three dots, top right), or run the command again: what was accepted stays, and "
        f"nothing is issued or sent twice.\n\n{PAGE}\n"
    )


@pytest.mark.parametrize(
    ("kind", "state", "advice"),
    [
        ("failed", "Crashed", "Nothing is lost"),
        ("failed", "TimedOut", "Nothing is lost"),
        ("failed", "a state nobody knows", "Put right what it says"),
        ("late", "late", "See that the worker runs"),
        ("waiting", "waiting for approval", "choose Resume"),
    ],
)
def test_each_kind_of_notice_says_what_to_do(tmp_path: Path, kind: Kind, state: str, advice: str) -> None:
    tell("close 2026-10", state, "", PAGE, told_by(tmp_path), kind=kind)
    assert advice in mails(tmp_path)[0][1].partition("What to do: ")[2]


def test_what_a_run_said_is_text_in_the_mail_and_no_page(tmp_path: Path) -> None:
    tell("close 2026-10", "Failed", "<script>alert(1)</script>", PAGE, told_by(tmp_path))
    (mail,) = mailbox.Maildir(tmp_path / "mailbox")
    page = next(part for part in mail.walk() if part.get_content_type() == "text/html").get_payload(decode=True)
    assert isinstance(page, bytes)
    assert b"<script>" not in page
    assert b"&lt;script&gt;" in page


def test_the_same_notice_goes_once_and_another_one_of_the_same_run_goes_too(tmp_path: Path) -> None:
    for since in ("06:12", "06:12", "07:30"):
        tell("close 2026-10", "Failed", "why", PAGE, told_by(tmp_path), since=since)
    assert len(mails(tmp_path)) == 2


def test_what_the_server_starts_twice_is_told_once_also_to_a_webhook(tmp_path: Path, listener: Listener) -> None:
    settings = told_by(tmp_path, tell="", tell_webhook=listener.url)
    for _ in range(2):
        said = tell("close 2026-10", "Crashed", "no heartbeat", PAGE, settings, since="06:12", once="run 1 at 06:12")
    assert said == "close 2026-10: Crashed was told before; nobody is told twice"
    assert len(listener.heard) == 1


def test_a_notice_that_reached_nobody_may_be_told_again(tmp_path: Path, listener: Listener) -> None:
    settings, listener.answers = told_by(tmp_path, tell="", tell_webhook=listener.url), [403, 200]
    with pytest.raises(Stopped, match="nobody could be told"):
        tell("close 2026-10", "Failed", "why", PAGE, settings, since="06:12", once="run 1 at 06:12")
    assert tell("close 2026-10", "Failed", "why", PAGE, settings, since="06:12", once="run 1 at 06:12").endswith("taken")


def test_a_webhook_is_told_the_same_signed_with_the_secret(tmp_path: Path, listener: Listener) -> None:
    settings = told_by(tmp_path, tell="", tell_webhook=listener.url, tell_secret="shared")
    tell("close 2026-10", "Crashed", "no heartbeat", PAGE, settings, since="2026-10-28 06:12")
    ((headers, body),) = listener.heard
    told = json.loads(body)
    assert {name: told[name] for name in ("kind", "run", "state", "message", "page", "since")} == {
        "kind": "failed", "run": "close 2026-10", "state": "Crashed", "message": "no heartbeat", "page": PAGE, "since": "2026-10-28 06:12",
    }  # fmt: skip
    assert told["text"].startswith("close 2026-10: Crashed\n")
    signed = hmac.new(b"shared", headers["X-Timestamp"].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert headers["X-Signature"] == signed
    assert mails(tmp_path) == []


def test_without_a_secret_nothing_is_signed(tmp_path: Path, listener: Listener) -> None:
    tell("close 2026-10", "Failed", "why", PAGE, told_by(tmp_path, tell_webhook=listener.url))
    assert "X-Signature" not in listener.heard[0][0]


def test_a_webhook_that_is_not_well_is_asked_again_under_the_same_key(tmp_path: Path, listener: Listener) -> None:
    listener.answers = [503, 429, 204]
    said = tell("close 2026-10", "Failed", "why", PAGE, told_by(tmp_path, tell_webhook=listener.url))
    assert said.endswith("notice of close 2026-10 to the webhook: taken")
    assert len(listener.heard) == 3
    assert len({headers["Idempotency-Key"] for headers, _ in listener.heard}) == 1


@pytest.mark.parametrize(
    ("answer", "requests", "reason"),
    [
        (410, 1, "tell_webhook refuses the notice of close 2026-10: 410 gone"),
        (500, 4, "did not reach tell_webhook: the webhook answers 500"),
    ],
)
def test_a_webhook_that_takes_nothing_keeps_no_mail_back(
    tmp_path: Path, listener: Listener, answer: int, requests: int, reason: str
) -> None:
    listener.answers = [answer]
    said = tell("close 2026-10", "Failed", "why", PAGE, told_by(tmp_path, tell_webhook=listener.url))
    assert said.startswith("notice of close 2026-10 to finance@operator.example: sent; ")
    assert reason in said
    assert len(listener.heard) == requests
    assert len(mails(tmp_path)) == 1


def test_a_mail_server_that_is_down_keeps_nothing_from_the_webhook(tmp_path: Path, listener: Listener) -> None:
    down = told_by(tmp_path, smtp_url="smtp://127.0.0.1:1", mail_attempts=1, tell_webhook=listener.url)
    assert "to the webhook: taken; " in tell("close 2026-10", "Failed", "why", PAGE, down)
    assert listener.told[0]["run"] == "close 2026-10"


def test_when_nobody_could_be_told_the_notice_itself_fails(tmp_path: Path, listener: Listener) -> None:
    listener.answers = [403]
    down = told_by(tmp_path, smtp_url="smtp://127.0.0.1:1", mail_attempts=1, tell_webhook=listener.url)
    with pytest.raises(Stopped, match=r"nobody could be told of close 2026-10: .*403"):
        tell("close 2026-10", "Failed", "why", PAGE, down)


def test_without_an_address_nobody_is_told_and_it_says_how(tmp_path: Path) -> None:
    assert tell("close 2026-10", "Failed", "why", PAGE, told_by(tmp_path, tell="")) == (
        "nobody is told of close 2026-10: set BILLING_TELL to a mail address, or BILLING_TELL_WEBHOOK to a URL"
    )


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("tell_webhook", "http://hooks.operator.example/x", "notices leave by https:// only"),
        ("tell_webhook", "https://user:secret@hooks.operator.example/x", "without user and password"),
        ("tell_webhook", "ftp://hooks.operator.example", "expected https://host/path"),
        ("tell_webhook", "hooks.operator.example", "expected https://host/path"),
        ("tell_webhook", "https://hooks.operator.example:port/", "not a URL"),
        ("tell", "finance", "expected one mail address"),
        ("tell", "a@b.example; c@d.example", "expected one mail address"),
    ],
)
def test_where_nobody_can_be_told_is_no_setting(name: str, value: str, reason: str) -> None:
    with pytest.raises(SettingsError, match=reason):
        read_settings(**{name: value})


def test_the_secret_is_kept_in_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "billing.toml").write_text('tell_secret = "shared"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match="a secret is kept in no file; set BILLING_TELL_SECRET"):
        read_settings()


def test_a_notice_that_ends_before_anybody_was_told_is_told_by_its_retry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = told_by(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(notice, "_by_mail", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))  # as when its worker is stopped
        with pytest.raises(KeyboardInterrupt):
            tell("close 2026-10", "Failed", "no price", PAGE, settings, once="failed 1")
    tell("close 2026-10", "Failed", "no price", PAGE, settings, once="failed 1")
    assert len(mails(tmp_path)) == 1
