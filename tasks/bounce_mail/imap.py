"""A folder of an IMAP server as a mailbox: read without being marked (BODY.PEEK), marked seen once its booking is committed."""

import imaplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import unquote, urlsplit

from tasks.bounce_mail.mailbox import Held, Mailbox, MailboxUnavailable
from tasks.bounce_mail.notice import LONGEST_READ

TIMEOUT_S = 30.0
PORT = 993


@contextmanager
def imap_mailbox(url: str, password: str) -> Iterator[Mailbox]:
    """The folder of `imaps://user@host[:port]/FOLDER`, INBOX when none is named, while the block lasts. Raises MailboxUnavailable."""
    parts = urlsplit(url)
    where = f"{parts.hostname}:{parts.port or PORT}"
    if not password:
        raise MailboxUnavailable(f"the bounce mailbox on {where} needs a password; set it as BILLING_BOUNCE_MAILBOX_PASSWORD")
    try:
        server = imaplib.IMAP4_SSL(parts.hostname or "", parts.port or PORT, ssl_context=ssl.create_default_context(), timeout=TIMEOUT_S)
    except (OSError, imaplib.IMAP4.error) as error:
        raise MailboxUnavailable(
            f"the bounce mailbox on {where} cannot be reached: {error}; correct bounce_mailbox or try later"
        ) from error
    try:
        _log_in(server, where, unquote(parts.username or ""), password)
        yield ImapMailbox(server, where, unquote(parts.path.strip("/")) or "INBOX")
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            server.logout()


def _log_in(server: imaplib.IMAP4_SSL, where: str, user: str, password: str) -> None:
    try:
        server.login(user, password)
    except (OSError, imaplib.IMAP4.error) as error:
        raise MailboxUnavailable(f"the bounce mailbox on {where} refused the login; correct the user or the password") from error


class ImapMailbox:
    """A folder, by the UIDs of its mails."""

    def __init__(self, server: imaplib.IMAP4_SSL, where: str, folder: str) -> None:
        self._server, self._where, self._folder = server, where, folder

    def unread(self) -> Iterator[Held]:
        """Each unseen mail, the oldest first, a fetch each: only its beginning, however large it is."""
        escaped = self._folder.replace("\\", "\\\\").replace('"', '\\"')
        self._say("open its folder", "SELECT", lambda: self._server.select(f'"{escaped}"'))
        found = self._say("list its mails", "SEARCH", lambda: self._server.uid("SEARCH", "UNSEEN"))
        for uid in sorted({int(one) for line in found if isinstance(line, bytes) for one in line.split() if one.isdigit()}):
            yield from self._fetched(uid)

    def mark(self, held: Held) -> None:
        """Give it the flag for seen mails."""
        self._say("mark a mail", "STORE", lambda: self._server.uid("STORE", held.key, "+FLAGS.SILENT", r"(\Seen)"))

    def _fetched(self, uid: int) -> Iterator[Held]:
        """The mail, unless somebody has removed it meanwhile."""
        wanted = f"(BODY.PEEK[]<0.{LONGEST_READ}>)"
        for answer in self._say("read a mail", "FETCH", lambda: self._server.uid("FETCH", str(uid), wanted)):
            if isinstance(answer, tuple):
                yield Held(str(uid), answer[1])

    def _say(self, doing: str, command: str, ask: Callable[[], tuple[str, list[Any]]]) -> list[Any]:
        """What the server answers to a command. Raises MailboxUnavailable for NO and BAD, and when it does not answer."""
        try:
            state, answer = ask()
        except (OSError, imaplib.IMAP4.error) as error:
            raise MailboxUnavailable(f"the bounce mailbox on {self._where} broke off ({command}): {error}; read it again") from error
        if state != "OK":
            said = b" ".join(one for one in answer if isinstance(one, bytes)).decode("utf-8", "replace")
            raise MailboxUnavailable(f"the bounce mailbox on {self._where} does not let us {doing}: {said}; correct bounce_mailbox")
        return answer


__all__ = ["imap_mailbox"]
