"""The mailbox that returned mail comes to: a Maildir, or a folder on an IMAP server. Nothing is ever deleted from it.

A mail counts as read once it has the seen flag, and it gets that after our commit: killed in between, it is read again and known.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tasks.bounce_mail.notice import LONGEST_READ
from tasks.ledger import Stopped
from tasks.maildir import FLAGS
from tasks.settings import Settings

log = logging.getLogger(__name__)

SEEN = "S"


class MailboxUnavailable(Stopped):
    """The mailbox cannot be read now. What was booked stays booked; reading it again goes on."""


@dataclass(frozen=True, slots=True)
class Held:
    """A mail that was not read yet: `key` is its name in the mailbox, `content` its beginning, as much as is ever looked at."""

    key: str
    content: bytes = field(repr=False)


class Mailbox(Protocol):
    """Where returned mail lies."""

    def unread(self) -> Iterator[Held]:
        """Each mail without the seen flag, in the order of arrival. Raises MailboxUnavailable."""
        ...

    def mark(self, held: Held) -> None:
        """Give it the seen flag. Raises MailboxUnavailable."""
        ...


def open_mailbox(settings: Settings) -> AbstractContextManager[Mailbox]:
    """The mailbox of setting `bounce_mailbox`. Raises MailboxUnavailable when it is not there or refuses us."""
    where = settings.bounce_mailbox
    if where.startswith("maildir:"):
        return _maildir(Path(where.removeprefix("maildir:").removeprefix("//")))
    from tasks.bounce_mail.imap import imap_mailbox

    return imap_mailbox(where, settings.bounce_mailbox_password.get_secret_value())


@contextmanager
def _maildir(folder: Path) -> Iterator[Mailbox]:
    if not (folder / "new").is_dir():
        raise MailboxUnavailable(f"{folder} is no Maildir (it has no folder `new`); correct bounce_mailbox, or deliver a mail there first")
    yield MaildirMailbox(folder)


class MaildirMailbox:
    """A Maildir: what is read moves to `cur` with the flag S, as any mail reader does it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def unread(self) -> Iterator[Held]:
        """Each mail in `new`, and each in `cur` without the flag, the oldest names first."""
        try:
            paths = [path for place in ("new", "cur") if (self._folder / place).is_dir() for path in (self._folder / place).iterdir()]
        except OSError as error:
            raise MailboxUnavailable(f"{self._folder} cannot be read: {error.strerror}; put it right, then read it again") from error
        for path in sorted(paths, key=lambda one: (one.name, one.parent.name)):
            if SEEN not in path.name.partition(FLAGS)[2] and not path.name.startswith("."):
                yield from _read(path)

    def mark(self, held: Held) -> None:
        """Move it to `cur` with the flag S; one that somebody moved meanwhile is left where it is."""
        path = self._folder / held.key
        name, _, flags = path.name.partition(FLAGS)
        seen = self._folder / "cur" / f"{name}{FLAGS}{''.join(sorted({*flags, SEEN}))}"
        try:
            seen.parent.mkdir(exist_ok=True)
            path.replace(seen)
        except FileNotFoundError:
            return
        except OSError as error:
            raise MailboxUnavailable(f"{path} cannot be moved to `cur`: {error.strerror}; put it right, then read it again") from error


def _read(path: Path) -> Iterator[Held]:
    """The mail in a file; what is no file, or gone, or not ours to read, is passed over."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            yield Held(f"{path.parent.name}/{path.name}", file.read(LONGEST_READ))
    except OSError as error:
        log.warning("%s cannot be read: %s; left where it is", path.name, error.strerror)


__all__ = ["Held", "Mailbox", "MailboxUnavailable", "open_mailbox"]
