"""A bad line to a mail server: a proxy on the loopback that breaks some mails off, each at a place of its own."""

import re
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import BinaryIO, Literal

# inside: broken off within the mail; unanswered: the server took it and the answer is lost; busy: 421 before the mail;
# killed early, killed late: whoever sends is killed before the mail, or once the server took it.
Fault = Literal["inside", "unanswered", "busy", "killed early", "killed late"]
END = b".\r\n"
MESSAGE_ID = re.compile(rb"(?im)^message-id: (\S+)")


@dataclass
class FaultyLine:
    """Passes SMTP on to a server; the attempt number n (from 1) suffers `faults[n]`. `lost` are the Message-IDs the sender cannot know of."""

    server_port: int
    faults: Mapping[int, Fault]
    kill: Callable[[], None] = lambda: None
    attempts: int = 0
    lost: list[str] = field(default_factory=list)
    suffered: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self._listening.getsockname()[1]}"
        self._accepting = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> "FaultyLine":
        self._accepting.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        """One connection until either side, or a fault, ends it."""
        with suppress(OSError), client, socket.create_connection(("127.0.0.1", self.server_port)) as server:
            asked, answered = client.makefile("rb"), server.makefile("rb")
            client.sendall(_answer(answered))
            fault: Fault | None = None
            while line := asked.readline():
                if line[:4].upper() == b"MAIL":
                    self.attempts += 1
                    fault = self.faults.get(self.attempts)
                    if self._refuses(fault, client):
                        return
                server.sendall(line)
                answer = _answer(answered)
                client.sendall(answer)
                if answer.startswith(b"354") and not self._passes_on(asked, answered, server, client, fault):
                    return

    def _refuses(self, fault: Fault | None, client: socket.socket) -> bool:
        if fault == "busy":
            self.suffered.append(fault)
            client.sendall(b"421 4.3.2 closing for a while\r\n")
        elif fault == "killed early":
            self.suffered.append(fault)
            self.kill()
        return fault in {"busy", "killed early"}

    def _passes_on(self, asked: BinaryIO, answered: BinaryIO, server: socket.socket, client: socket.socket, fault: Fault | None) -> bool:
        """The mail itself; False when the connection ends here."""
        lines = []
        while (line := asked.readline()) and line != END:
            lines.append(line)
        content = b"".join(lines)
        if fault:
            self.suffered.append(fault)
        if fault == "inside":
            server.sendall(content[: len(content) // 2])
            return False
        server.sendall(content + END)
        answer = _answer(answered)
        if fault is None:
            client.sendall(answer)
            return True
        found = MESSAGE_ID.search(content)
        assert found is not None
        self.lost.append(found[1].decode())
        if fault == "killed late":
            self.kill()
        return False


def _answer(lines: BinaryIO) -> bytes:
    """The whole answer, of one line or several."""
    answer = b""
    while line := lines.readline():
        answer += line
        if line[3:4] != b"-":
            break
    return answer


__all__ = ["Fault", "FaultyLine"]
