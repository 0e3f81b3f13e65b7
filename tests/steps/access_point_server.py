"""An access point as an HTTPS server in a thread: it checks the hash in its own few lines, and sends each key once."""

import hashlib
import time
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from tests.steps.platform_server import HANG_UP, LATE, PlatformServer

TOKEN = "a-token-of-ours"
DRIPPING_HEADERS, DRIPPING_ANSWER = "dripping headers", "dripping answer"
Reply = tuple[int, str] | tuple[int, str, dict[str, str]] | str


class AccessPointServer(PlatformServer):
    """Gives `replies` as the platform does; `heard` is what arrived, `sent` the bytes it has taken on, by their keys.

    A word as a reply takes the e-invoice on, and loses the answer in its way. `on_yes` is called once one is taken on.
    """

    replies: list[Any]

    def __init__(
        self, folder: Path, replies: Sequence[Reply] = ((202, '{"id": "AP-1"}'),), on_yes: Callable[[], None] = lambda: None
    ) -> None:
        self.sent: dict[str, bytes] = {}
        self.headers: list[dict[str, str]] = []
        super().__init__(folder, replies, on_yes)  # type: ignore[arg-type]

    @property
    def url(self) -> str:
        return f"https://localhost:{self._server.server_address[1]}/e-invoices"

    def receive(self, headers: Any, body: bytes) -> Any:
        if headers["Authorization"] != f"Bearer {TOKEN}":
            self.forged += 1
            return 401, "who are you?"
        assert hashlib.sha256(body).hexdigest() == headers["X-Content-SHA256"]
        self.headers.append(dict(headers.items()))
        self.keys.append(headers["Idempotency-Key"])
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, str) or 200 <= reply[0] < 300:
            assert self.sent.setdefault(headers["Idempotency-Key"], body) == body
            self.on_yes()
        return reply

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        access_point = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                reply = access_point.receive(self.headers, self.rfile.read(int(self.headers["Content-Length"])))
                if isinstance(reply, str):
                    self.close_connection = True
                    self.lose(reply)
                    return
                status, text, *more = reply
                self.send_response(status)
                for name, value in (more[0] if more else {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def lose(self, how: str) -> None:
                if how == LATE:
                    time.sleep(1.0)
                if how in {HANG_UP, LATE}:
                    self.connection.close()
                    return
                start = b"HTTP/1.1 202 Accepted\r\n"
                if how == DRIPPING_ANSWER:
                    start += b"Content-Length: 100000\r\n\r\n"
                self.wfile.write(start)
                for _ in range(40):
                    self.wfile.write(b"x")
                    self.wfile.flush()
                    time.sleep(0.05)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler


__all__ = ["DRIPPING_ANSWER", "DRIPPING_HEADERS", "HANG_UP", "LATE", "TOKEN", "AccessPointServer", "Reply"]
