"""The mail transport: sends one prepared message and says what became of it, over one connection for all of them.

A server's OK and our own commit cannot be one act. Killed between the two, the message is sent again with the same Message-ID, and
mail systems that drop duplicates drop it. Into a Maildir a message goes exactly once: its file name derives from its Message-ID.
"""

import logging
import re
import smtplib
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from tasks.ledger import Stopped
from tasks.maildir import Maildir, file_name
from tasks.pace import Pace
from tasks.settings import Settings

log = logging.getLogger(__name__)

TIMEOUT_S = 30.0
LONGEST_WAIT_S = 60.0
NOT_AVAILABLE = 421  # RFC 5321: the server closes the connection after it
TOO_LARGE = 552
PERMANENT = 500


class MailUnavailable(Stopped):
    """No mail can be sent now. What was sent stays sent, the rest stays pending; running the step again goes on with it."""


class UnreachableError(Exception):
    """The server could not be reached, or the connection broke: worth another try."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A message ready to go: the envelope and the bytes."""

    message_id: str
    sender: str
    recipients: tuple[str, ...]
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message. `note` says why it was rejected or put off, or which recipients were refused; "" when all went well.

    `put_off` is a transient answer (4xx): worth another try later. `tries` counts attempts, connection attempts included.
    `refused` has the recipients it did not reach, each with what the server said: for good, or (`later`) worth another try.
    """

    state: Literal["sent", "put_off", "rejected"]
    note: str = ""
    tries: int = 1
    refused: Mapping[str, str] = field(default_factory=dict)
    later: Mapping[str, str] = field(default_factory=dict)


class Sender(Protocol):
    """Where mail goes."""

    def send(self, mail: Mail) -> Outcome:
        """Hand one message over. Raises MailUnavailable when nothing can be sent now."""
        ...

    def close(self) -> None:
        """Say goodbye; never raises."""
        ...


@contextmanager
def open_sender(settings: Settings) -> Iterator[Sender]:
    """The sender the settings describe: SMTP, or a Maildir (by default `mailbox` under `state`). Connects with the first message."""
    url = settings.smtp_url or f"maildir:{settings.state / 'mailbox'}"
    sender: Sender
    if url.startswith("maildir:"):
        sender = MaildirSender(Path(url.removeprefix("maildir:").removeprefix("//")))
    else:
        sender = SmtpSender(
            url,
            settings.smtp_starttls,
            settings.mail_attempts,
            float(settings.mail_backoff_s),
            ca=settings.smtp_ca,
            pace=Pace(settings.mails_per_minute_at_most),
        )
    try:
        yield sender
    finally:
        sender.close()


class MaildirSender:
    """Stores each message in a folder, exactly once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._maildir: Maildir | None = None

    def send(self, mail: Mail) -> Outcome:
        """Store the message; one that is there already counts as sent."""
        try:
            self._maildir = self._maildir or Maildir(self._folder)
            self._maildir.deliver(file_name(mail.message_id), mail.content)
        except OSError as error:
            why = error.strerror or error
            raise MailUnavailable(f"could not store mail in {self._folder}: {why}; put it right, then run again") from error
        return Outcome("sent")

    def close(self) -> None:
        """Nothing to close."""


class SmtpSender:
    """Speaks SMTP over one connection, opened anew when it breaks, each try `backoff_s` × 1, 2, 4 … after the one before.

    Many servers close a connection after so many mails: one that carried mail is opened again at once. `ca` is a file of the
    certificates that the server is trusted by, "" for the system's.
    """

    def __init__(
        self,
        url: str,
        starttls: Literal["never", "if_offered", "required"],
        attempts: int,
        backoff_s: float,
        timeout_s: float = TIMEOUT_S,
        ca: str = "",
        pace: Pace | None = None,
    ) -> None:
        self._url, self._starttls, self._timeout_s = _parsed(url), starttls, timeout_s
        self._attempts, self._ca, self._pace = attempts, ca, pace or Pace(0)
        self._backoff = wait_exponential(multiplier=backoff_s, max=LONGEST_WAIT_S)
        self._connection: smtplib.SMTP | None = None
        self._carried = 0  # mails over the connection, or over the one just lost

    def send(self, mail: Mail) -> Outcome:
        """Hand one message to the server, trying again while it cannot be reached. Raises MailUnavailable when it stays so."""
        retrying = Retrying(
            stop=stop_after_attempt(self._attempts),
            wait=self._wait,
            retry=retry_if_exception_type(UnreachableError),
            reraise=True,
        )
        self._pace.wait()
        try:
            outcome: Outcome = retrying(self._try, mail)
        except UnreachableError as error:
            raise MailUnavailable(
                f"the mail server at {self._where} cannot be used after {self._attempts} attempts: {error}; "
                "start it or correct smtp_url, then run again: nothing is sent twice"
            ) from error
        return replace(outcome, tries=int(retrying.statistics["attempt_number"]))

    def close(self) -> None:
        """QUIT, if there is a connection."""
        if self._connection is not None:
            try:
                self._connection.quit()
            except (smtplib.SMTPException, OSError):
                self._connection.close()
            self._connection = None

    @property
    def _where(self) -> str:
        """The server without its password."""
        return f"{self._url.hostname}:{self._url.port or _default_port(self._url)}"

    def _try(self, mail: Mail) -> Outcome:
        """One attempt. Raises UnreachableError when it is the connection that failed, MailUnavailable when every mail would fail."""
        try:
            refused = self._connected().sendmail(mail.sender, mail.recipients, mail.content)
        except smtplib.SMTPRecipientsRefused as error:
            return self._all_refused(error.recipients)
        except smtplib.SMTPSenderRefused as error:
            return self._sender_refused(error, mail.recipients)
        except smtplib.SMTPDataError as error:
            return self._answer(error.smtp_code, _said(error.smtp_code, error.smtp_error), mail.recipients)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise UnreachableError(_why(error)) from error
        self._carried += 1
        for_good, later = _parted(refused)
        return Outcome("sent", f"refused: {_listed(refused)}" if refused else "", refused=for_good, later=later)

    def _wait(self, state: RetryCallState) -> float:
        """Seconds until the next attempt: none when a connection that carried mail was closed, as servers do after so many."""
        carried, self._carried = self._carried, 0
        return 0.0 if carried else self._backoff(state)

    def _all_refused(self, recipients: Mapping[str, tuple[int, bytes]]) -> Outcome:
        """Every recipient was refused; 4xx for any of them is worth another try."""
        for_good, later = _parted(recipients)
        if NOT_AVAILABLE in {code for code, _ in recipients.values()}:
            self._drop()
            raise UnreachableError(_without_addresses(_listed(recipients)))
        return Outcome("put_off" if later else "rejected", _listed(recipients), refused=for_good, later=later)

    def _answer(self, code: int, note: str, recipients: Sequence[str]) -> Outcome:
        """What an answer of the server to one message means, the same for all its recipients."""
        if code == NOT_AVAILABLE:
            self._drop()
            raise UnreachableError(_without_addresses(note))
        if code < PERMANENT:
            return Outcome("put_off", note, later=dict.fromkeys(recipients, note))
        return Outcome("rejected", note, refused=dict.fromkeys(recipients, note))

    def _sender_refused(self, error: smtplib.SMTPSenderRefused, recipients: Sequence[str]) -> Outcome:
        """A refused sender is a mistake of ours, the same for every message; only a message that is too large is its own fault."""
        note = _said(error.smtp_code, error.smtp_error)
        if error.smtp_code >= PERMANENT and error.smtp_code != TOO_LARGE:
            raise MailUnavailable(
                f"the mail server at {self._where} refuses the sender {error.sender}: {note}; correct mail_from, or bounce_address"
            )
        return self._answer(error.smtp_code, note, recipients)

    def _connected(self) -> smtplib.SMTP:
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        host, port = self._url.hostname or "localhost", self._url.port or _default_port(self._url)
        if self._url.scheme == "smtps":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=self._timeout_s, context=self._trust())
        else:
            connection = smtplib.SMTP(host, port, timeout=self._timeout_s)
        try:
            connection.ehlo_or_helo_if_needed()
            self._secure(connection)
            self._log_in(connection)
        except BaseException:
            connection.close()
            raise
        log.info("connected to the mail server at %s", self._where)
        self._carried = 0
        return connection

    def _trust(self) -> ssl.SSLContext:
        """Certificates are checked, the name too. Raises MailUnavailable for a smtp_ca that holds none."""
        try:
            return ssl.create_default_context(cafile=self._ca or None)
        except OSError as error:  # an SSLError is one
            raise MailUnavailable(f"smtp_ca names {self._ca}, which holds no certificates (PEM) that can be read; mend it") from error

    def _secure(self, connection: smtplib.SMTP) -> None:
        if self._url.scheme == "smtps" or self._starttls == "never":
            return
        if connection.has_extn("starttls"):
            # A certificate that does not fit ends here: falling back to plain text would give the password away.
            connection.starttls(context=self._trust())
            connection.ehlo()
        elif self._starttls == "required":
            raise MailUnavailable(f"the mail server at {self._where} offers no STARTTLS; set smtp_starttls or use smtps://")

    def _log_in(self, connection: smtplib.SMTP) -> None:
        if self._url.username is None:
            return
        try:
            connection.login(unquote(self._url.username), unquote(self._url.password or ""))
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError) as error:
            if isinstance(error, smtplib.SMTPAuthenticationError) and error.smtp_code < PERMANENT:
                raise
            raise MailUnavailable(f"the mail server at {self._where} refused the login; correct user and password in smtp_url") from error

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _parsed(url: str) -> SplitResult:
    parsed = urlsplit(url)
    try:
        usable = parsed.hostname is not None and (parsed.port is None or parsed.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise MailUnavailable("smtp_url names no server; write it as smtp://host:port")
    return parsed


def _default_port(url: SplitResult) -> int:
    return smtplib.SMTP_SSL_PORT if url.scheme == "smtps" else smtplib.SMTP_PORT


def _parted(refused: Mapping[str, tuple[int, bytes]]) -> tuple[dict[str, str], dict[str, str]]:
    """The refused recipients with what the server said: for good, and worth another try."""
    for_good: dict[str, str] = {}
    later: dict[str, str] = {}
    for address, (code, answer) in refused.items():
        (for_good if code >= PERMANENT else later)[address] = _said(code, answer)
    return for_good, later


def _listed(refused: Mapping[str, tuple[int, bytes]]) -> str:
    return "; ".join(f"{address}: {_said(code, answer)}" for address, (code, answer) in sorted(refused.items()))


def _said(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(f"{code} {text}".split())


def _without_addresses(said: str) -> str:
    """What is raised is logged, and no log holds an address of a payer; the rows of the outbox do."""
    return re.sub(r"[^\s<>]+@[^\s<>:;,]+", "…", said)


def _why(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _said(error.smtp_code, error.smtp_error)
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return "no answer in time"
    return " ".join(str(error).split()) or type(error).__name__


__all__ = ["Mail", "MailUnavailable", "MaildirSender", "Outcome", "Sender", "SmtpSender", "open_sender"]
