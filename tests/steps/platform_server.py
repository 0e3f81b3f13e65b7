"""The platform as an HTTPS server in a thread: it checks the signature in its own few lines, and carries each key out once."""

import hashlib
import hmac
import json
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import trustme

SECRET = "a secret the platform shares"
HANG_UP, LATE = "hang up", "late"
Reply = tuple[int, str] | str  # status and body; or one of the two words above: the order was carried out, the answer is lost


class PlatformServer:
    """Gives `replies`, one a request, then the last one for ever; `heard` is what arrived, `carried_out` which keys, by their orders.

    `on_yes` is called once an order is carried out, before the answer leaves.
    """

    def __init__(self, folder: Path, replies: Sequence[Reply] = ((202, ""),), on_yes: Callable[[], None] = lambda: None) -> None:
        self.replies, self.on_yes = list(replies), on_yes
        self.heard: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.carried_out: dict[str, dict[str, Any]] = {}
        self.forged = 0
        authority = trustme.CA()
        self.ca = folder / "platform-ca.pem"
        authority.cert_pem.write_to_path(str(self.ca))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that has gone away is no news
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        return f"https://localhost:{self._server.server_address[1]}/orders"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def receive(self, headers: Any, body: bytes) -> Reply:
        signed = headers["X-Timestamp"].encode() + b"." + body
        if not hmac.compare_digest(hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest(), headers["X-Signature"]):
            self.forged += 1
            return 401, "wrong signature"
        told = json.loads(body)
        self.heard.append(told)
        self.keys.append(headers["Idempotency-Key"])
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, str) or 200 <= reply[0] < 300:
            self.carried_out.setdefault(headers["Idempotency-Key"], told)
            self.on_yes()
        return reply

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        platform = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                reply = platform.receive(self.headers, self.rfile.read(int(self.headers["Content-Length"])))
                if reply == LATE:
                    time.sleep(1.0)
                if isinstance(reply, str):
                    self.connection.close()
                    return
                status, text = reply
                content = text.encode()
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", f"{platform.url}/elsewhere")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler


def done(effective_on: str) -> Reply:
    """The platform has carried it out, from a day on."""
    return 200, json.dumps({"state": "done", "effective_on": effective_on})
