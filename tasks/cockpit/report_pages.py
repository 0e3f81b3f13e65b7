"""The results as pages: a read-only server of the folder `out`, for this machine alone.

`billing ui` serves them itself; as a service of their own: `python -m tasks.cockpit.report_pages`.
"""

import io
import logging
import os
import signal
import sys
import threading
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tasks.cockpit.environment import reports_folder
from tasks.cockpit.folder_pages import folder_page, results_page
from tasks.settings import read_settings

log = logging.getLogger(__name__)

THIS_MACHINE = frozenset({"127.0.0.1", "localhost"})


class _Pages(SimpleHTTPRequestHandler):
    """Answers GET and HEAD below one folder; nothing else, and nothing whose name begins with a dot."""

    server_version, sys_version = "billing", ""
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".md": "text/markdown; charset=utf-8",
        ".csv": "text/csv; charset=utf-8",
        ".html": "text/html; charset=utf-8",
        ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
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

    def list_directory(self, path: str | os.PathLike[str]) -> io.BytesIO | None:
        """The page of a folder: of the results as a whole, or of one below."""
        folder, out = Path(path).resolve(), Path(self.directory).resolve()
        try:
            body = results_page(out) if folder == out else folder_page(out, folder)
        except (OSError, ValueError):  # not readable, or a link that leads elsewhere
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)

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


def main() -> int:
    """Serve the results as the settings say, until SIGTERM or Ctrl-C; returns the exit code."""
    settings = read_settings()
    folder = reports_folder(settings)
    if folder is None:
        sys.stderr.write(f"billing: `out` is {settings.out}, no folder of this machine: its store has pages of its own\n")
        return 1
    stopped = threading.Event()
    for sent in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sent, lambda _signal, _frame: stopped.set())
    server = serve_reports(folder, settings.reports_port)
    stopped.wait()
    server.shutdown()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
