"""A small mail server on the loopback that keeps what it receives in a Maildir: the demo and the tests send through it."""

import asyncio
import itertools
import socket
from collections.abc import Awaitable
from pathlib import Path
from types import TracebackType

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tasks.maildir import Maildir

LOOPBACK = "127.0.0.1"


class Keeper:
    """Keeps each message as a file of its own, in order of arrival: one that comes twice is there twice."""

    def __init__(self, folder: Path) -> None:
        self._maildir = Maildir(folder)
        self._numbers = itertools.count(1 + sum(1 for place in ("new", "cur") for _ in (folder / place).iterdir()))

    def keep(self, envelope: Envelope) -> None:
        """Store the message as it came."""
        content = envelope.original_content
        assert content is not None
        self._maildir.deliver(f"{next(self._numbers):08d}.mailbox", content)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # the name aiosmtpd calls
        """Keep the message, then say so."""
        self.keep(envelope)
        return "250 OK"


class MailboxServer:
    """Listens on a free port of the loopback while the `with` block lasts; `url` is what smtp_url takes."""

    def __init__(self, folder: Path, handler: object | None = None) -> None:
        self._socket = socket.create_server((LOOPBACK, 0))
        self.port: int = self._socket.getsockname()[1]
        self._controller = _OnSocket(self._socket, handler or Keeper(folder), self.port)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"smtp://{LOOPBACK}:{self.port}"

    def start(self) -> "MailboxServer":
        """Serve from a thread of this process."""
        self._controller.start()
        return self

    def stop(self) -> None:
        """Stop serving; the messages stay."""
        self._controller.stop(no_assert=True)
        self._socket.close()

    def __enter__(self) -> "MailboxServer":
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()


class _OnSocket(Controller):
    """Serves on a socket that is bound already, so that no other program can take the port in between."""

    def __init__(self, bound: socket.socket, handler: object, port: int) -> None:
        super().__init__(handler, hostname=LOOPBACK, port=port)
        self._bound = bound

    def _create_server(self) -> Awaitable[asyncio.AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._bound)


__all__ = ["Keeper", "MailboxServer"]
