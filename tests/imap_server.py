"""A small IMAP server with TLS on the loopback, which knows what the reading of a mailbox needs, and may be told to fail."""

import re
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import BinaryIO

import trustme

PASSWORD = "s3cret"


@dataclass
class ImapServer:
    """One folder with `mails` by UID; `seen` are those marked. `refuses` is a command it answers NO, `drops` one it hangs up at."""

    folder: str = "INBOX"
    mails: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    refuses: str = ""
    drops: str = ""
    heard: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.authority = trustme.CA()
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert("localhost").configure_cert(self._tls)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]

    def __enter__(self) -> "ImapServer":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                with suppress(OSError), client, self._tls.wrap_socket(client, server_side=True) as secure:
                    self._serve(secure)

    def _serve(self, secure: ssl.SSLSocket) -> None:
        secure.sendall(b"* OK ready\r\n")
        lines: BinaryIO = secure.makefile("rb")
        while line := lines.readline().decode():
            tag, _, rest = line.strip().partition(" ")
            words = rest.split()
            command = words[1] if words[0] == "UID" else words[0]
            self.heard.append(re.sub(r"LOGIN .*", "LOGIN", rest))
            if command == self.drops:
                return
            state = "NO not here" if command == self.refuses else "OK done"
            untagged = self._answer(command, rest) if state == "OK done" else b""
            if untagged is None:
                state, untagged = "NO wrong", b""
            secure.sendall(untagged + f"{tag} {state}\r\n".encode())
            if command == "LOGOUT":
                return

    def _answer(self, command: str, rest: str) -> bytes | None:
        """The untagged answer; None for no."""
        if command == "LOGIN":
            return b"" if rest == f'LOGIN bounces@operator.example "{PASSWORD}"' else None
        if command == "SELECT":
            return f"* {len(self.mails)} EXISTS\r\n".encode() if rest == f'SELECT "{self.folder}"' else None
        if command == "SEARCH":
            unseen = sorted(set(self.mails) - self.seen)
            return f"* SEARCH {' '.join(map(str, unseen))}\r\n".encode()
        if command == "FETCH":
            return self._fetched(rest)
        if command == "STORE":
            self.seen.add(int(rest.split()[2]))
            return b""
        return b"* CAPABILITY IMAP4rev1\r\n" if command == "CAPABILITY" else b"* BYE\r\n"

    def _fetched(self, rest: str) -> bytes:
        found = re.fullmatch(r"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", rest)
        assert found is not None, rest
        mail = self.mails.get(int(found[1]))
        if mail is None:
            return b""
        piece = mail[: int(found[2])]
        return f"* 1 FETCH (UID {found[1]} BODY[]<0> {{{len(piece)}}}\r\n".encode() + piece + b")\r\n"


__all__ = ["PASSWORD", "ImapServer"]
