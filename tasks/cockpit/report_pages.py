"""The results as pages: a read-only server of the folder `out`, for this machine alone."""

import logging
import threading
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

log = logging.getLogger(__name__)

THIS_MACHINE = frozenset({"127.0.0.1", "localhost"})


class _Pages(SimpleHTTPRequestHandler):
    """Answers GET and HEAD below one folder; nothing else, and nothing whose name begins with a dot."""

    server_version, sys_version = "billing", ""
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".md": "text/markdown; charset=utf-8",
        ".csv": "text/csv; charset=utf-8",
        ".html": "text/html; charset=utf-8",
    }

    def send_head(self) -> object:  # type: ignore[override]
        """Refuse what comes by another name than this machine's: a page elsewhere must not read invoices through the browser."""
        if urlsplit(f"//{self.headers.get('Host', '')}").hostname not in THIS_MACHINE:
            self.send_error(HTTPStatus.FORBIDDEN, "only for this machine")
            return None
        if any(part.startswith(".") for part in unquote(urlsplit(self.path).path).split("/")):
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        return super().send_head()

    def end_headers(self) -> None:
        """Have the browser take each file as what it is, and ask again after each close."""
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name the base class gives it
        """Say nothing of each request: their paths name customers' documents."""
        log.debug(format, *args)


def serve_reports(folder: Path, port: int) -> ThreadingHTTPServer:
    """Serve `folder` on 127.0.0.1 until `shutdown()` is called; port 0 takes a free one."""
    folder.mkdir(parents=True, exist_ok=True)
    server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Pages, directory=str(folder)))
    threading.Thread(target=server.serve_forever, name="report pages", daemon=True).start()
    return server
