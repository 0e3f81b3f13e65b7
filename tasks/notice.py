"""What the operator's own people are told, by mail and to a webhook: a run failed, is late, or waits for somebody to decide."""

import hashlib
import html
import json
import logging
import time
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from billing.period import BRUSSELS
from tasks.ledger import Stopped
from tasks.mail import Mail, open_sender
from tasks.message import Letter, mime_bytes, stable_message_id
from tasks.posting import Poster, Reply, TryAgain, first_line, in_tries, trusted
from tasks.settings import Settings, read_settings
from tasks.suspension.webhook import TOO_MANY, signature

log = logging.getLogger(__name__)

Kind = Literal["failed", "late", "waiting"]
WEBHOOK_TIMEOUT_S, WEBHOOK_TRIES, WEBHOOK_BACKOFF_S = 10.0, 4, 1.0

LOST = (
    "The process that did it has ended before it was done: the machine, its memory, or a restart. Nothing is lost. Open the page of the "
    "run and choose Retry in its menu (three dots, top right): it goes on where it stopped, and nothing is issued or sent twice."
)
ADVICE: dict[str, str] = {
    "Failed": "Put right what it says, then open the page of the run and choose Retry in its menu (three dots, top right), or run the "
    "command again: what was accepted stays, and nothing is issued or sent twice.",
    "Crashed": LOST,
    "TimedOut": LOST,
    "late": "See that the worker runs (`billing ui`, or its service on the server) and that neither the work pool nor the deployment is "
    "paused. The run then starts by itself, once; nothing has to be started by hand.",
    "waiting": "Open the page of the run, read what it links to, and choose Resume: the form there takes the decision.",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """What people are told of a run: what happened, since when as it is shown, why in words, and the page of the run.

    `what_to_do` "" is what the kind of notice and the state usually ask for.
    """

    kind: Kind
    run: str
    state: str
    message: str
    page: str
    since: str = ""
    what_to_do: str = ""

    @property
    def subject(self) -> str:
        """The subject of the mail: `close 2026-10: Failed`."""
        return f"{self.run}: {self.state}"

    @property
    def advice(self) -> str:
        """What to do."""
        usual = self.kind if self.kind != "failed" else self.state if self.state in ADVICE else "Failed"
        return self.what_to_do or ADVICE[usual]

    @property
    def key(self) -> str:
        """The same for the same notice: it goes once, however often it is tried."""
        said = "\n".join(str(value) for value in asdict(self).values())
        return hashlib.sha256(said.encode("utf-8")).hexdigest()[:24]


def tell(
    run_name: str, state: str, message: str, page: str, settings: Settings | None = None, *,
    kind: Kind = "failed", since: str = "", what_to_do: str = "", once: str = "",
) -> str:  # fmt: skip
    """Tell the people of the settings `tell` and `tell_webhook`; returns what was done.

    Each way is tried whatever becomes of the other. `once` names what happened: told under the same name, nobody is told again; the
    server of Prefect may start a notice several times. Raises Stopped when nobody could be told.
    """
    in_force = settings or read_settings()
    notice = Notice(kind, run_name, state, message, page, since, what_to_do)
    ways = [(way, where) for way, where in ((_by_mail, in_force.tell), (_by_webhook, in_force.tell_webhook)) if where]
    if not ways:
        return f"nobody is told of {run_name}: set BILLING_TELL to a mail address, or BILLING_TELL_WEBHOOK to a URL"
    told = in_force.state / "notices" / hashlib.sha256(once.encode("utf-8")).hexdigest()[:24]
    if once and not _is_first(told):
        return f"{run_name}: {state} was told before; nobody is told twice"
    said, failures = [], []
    try:
        for way, _ in ways:
            try:
                said.append(way(notice, in_force))
            except (Stopped, OSError) as error:
                log.warning("%s", error)
                failures.append(str(error))
    finally:  # also when the process is told to end
        if once and not said:
            told.unlink(missing_ok=True)
    if not said:
        raise Stopped(f"nobody could be told of {run_name}: {'; '.join(failures)}")
    return "; ".join([*said, *failures])


def _is_first(told: Path) -> bool:
    """Whether this process is the first to tell it; a note of it stays in the folder of the state. Where none can be made it is told."""
    try:
        told.parent.mkdir(parents=True, exist_ok=True)
        told.touch(exist_ok=False)
    except FileExistsError:
        return False
    except OSError as error:
        log.warning("it is not noted that a notice went: %s", error)
    return True


def text_of(notice: Notice) -> str:
    """The notice as plain text."""
    since = f"\nSince {notice.since}." if notice.since else ""
    parts = [f"{notice.run}: {notice.state}{since}", notice.message, f"What to do: {notice.advice}", notice.page]
    return "\n\n".join(part for part in parts if part) + "\n"


def html_of(notice: Notice) -> str:
    """The notice as a page of a mail."""
    since = f'<p style="color:#5b6876">Since {html.escape(notice.since)}.</p>' if notice.since else ""
    said = "".join(f"<p>{html.escape(part).replace(chr(10), '<br>')}</p>" for part in notice.message.split("\n\n") if part.strip())
    page = f'<p><a href="{html.escape(notice.page)}">Open the page of the run</a></p>' if notice.page else ""
    return (
        '<div style="font:15px/1.5 Helvetica,Arial,sans-serif;color:#1d2733;max-width:640px">'
        f"<h2>{html.escape(notice.run)}: {html.escape(notice.state)}</h2>{since}{said}"
        f"<p><b>What to do.</b> {html.escape(notice.advice)}</p>{page}</div>"
    )


def json_of(notice: Notice) -> bytes:
    """The notice as a webhook gets it."""
    told = asdict(notice) | {"what_to_do": notice.advice, "text": text_of(notice)}
    return json.dumps(told, ensure_ascii=False, sort_keys=True).encode("utf-8")


def _by_mail(notice: Notice, settings: Settings) -> str:
    """Raises MailUnavailable, or Stopped when the address does not take it."""
    message_id = stable_message_id(f"notice-{notice.key}", settings.mail_from)
    content = mime_bytes(
        Letter(
            message_id=message_id,
            sender_name=settings.seller_name,
            sender=settings.mail_from,
            recipients=(settings.tell,),
            on=datetime.now(BRUSSELS).date(),
            subject=notice.subject,
            text=text_of(notice),
            html=html_of(notice),
        )
    )
    with open_sender(settings) as sender:
        outcome = sender.send(Mail(message_id, settings.mail_from, (settings.tell,), content))
    if outcome.state != "sent":
        raise Stopped(f"the notice of {notice.run} was not taken for {settings.tell}: {outcome.note or outcome.state}")
    return f"notice of {notice.run} to {settings.tell}: sent"


def _by_webhook(notice: Notice, settings: Settings) -> str:
    """Raises Stopped when the webhook does not take it, however often it is tried."""
    body = json_of(notice)
    secret = settings.tell_secret.get_secret_value().encode("utf-8")

    def headers() -> dict[str, str]:
        plain = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": notice.key, "X-Timestamp": str(int(time.time()))}
        return plain | ({"X-Signature": signature(secret, plain["X-Timestamp"], body)} if secret else {})

    with Poster("the webhook", settings.tell_webhook, trusted("", "tell_webhook"), WEBHOOK_TIMEOUT_S) as poster:
        try:
            reply = in_tries(lambda: _answered(poster.post(body, headers())), WEBHOOK_TRIES, WEBHOOK_BACKOFF_S, note=_note)
        except TryAgain as error:
            raise Stopped(f"the notice of {notice.run} did not reach tell_webhook: {error}") from error
    if not 200 <= reply.status < 300:
        raise Stopped(f"tell_webhook refuses the notice of {notice.run}: {reply.status} {first_line(reply.text)}".rstrip())
    return f"notice of {notice.run} to the webhook: taken"


def _answered(reply: Reply) -> Reply:
    """Raises TryAgain where another try may help."""
    if reply.status >= 500 or reply.status == TOO_MANY:
        raise TryAgain(f"the webhook answers {reply.status}: {first_line(reply.text)}", arrived=True, pause_s=reply.pause_s)
    return reply


def _note(error: TryAgain) -> None:
    log.warning("%s", error)


__all__ = ["Kind", "Notice", "html_of", "json_of", "tell", "text_of"]
