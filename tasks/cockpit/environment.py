"""Where the cockpit works and what its programs are told: addresses, folders, and Prefect's settings."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from tasks.settings import Settings

PROJECT = Path(__file__).parents[2]
LEASES = "prefect.server.concurrency.lease_storage.filesystem"


@dataclass(frozen=True, slots=True)
class Place:
    """A cockpit's folders and ports. `home` is the folder the runs work in, where billing.toml is looked for."""

    home: Path
    state: Path
    ui_port: int
    reports_port: int

    @property
    def ui(self) -> str:
        """The address of the Prefect pages."""
        return f"http://127.0.0.1:{self.ui_port}"

    @property
    def api(self) -> str:
        """The address runs and workers speak to."""
        return f"{self.ui}/api"

    @property
    def reports(self) -> str:
        """The address of the results."""
        return f"http://127.0.0.1:{self.reports_port}"


def place_of(settings: Settings) -> Place:
    """The place the settings describe, below the folder this process works in."""
    home = Path.cwd()
    return Place(home, (home / settings.state / "cockpit").absolute(), settings.ui_port, settings.reports_port)


def reports_folder(settings: Settings) -> Path | None:
    """The folder `out`, None when the results go to another kind of store, which has its own addresses."""
    fs, path = url_to_fs(settings.out)
    return Path(path) if isinstance(fs, LocalFileSystem) else None


def server_environment(place: Place, given: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What the Prefect server is told. It has no PREFECT_API_URL: that would make it a client of itself."""
    kept = {name: value for name, value in given.items() if not name.startswith("PREFECT_") or name.startswith("PREFECT_SERVER_DATABASE_")}
    return kept | {
        "DO_NOT_TRACK": "1",
        "PREFECT_HOME": str(place.state / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": LEASES,
        "PREFECT_SERVER_API_HOST": "127.0.0.1",
        "PREFECT_SERVER_API_PORT": str(place.ui_port),
        # Else any page that is open in the browser could answer a review.
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": f"{place.ui},{place.ui.replace('127.0.0.1', 'localhost')}",
        "PREFECT_SERVER_UI_API_URL": place.api,  # what the pages in the browser speak to
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_UI_URL": place.ui,
        "PREFECT_CLI_COLORS": "false",
        "PYTHONUNBUFFERED": "1",
    }


def client_environment(place: Place, given: Mapping[str, str] = os.environ, *, reports_url: str = "") -> dict[str, str]:
    """What the worker and the runs it starts are told."""
    own = {
        "PREFECT_API_URL": place.api,
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        "PREFECT_WORKER_QUERY_SECONDS": "3",
        "PREFECT_LOGGING_EXTRA_LOGGERS": "billing,tasks,sql,reports,flows",
        "BILLING_HOME": str(place.home),
        "BILLING_REPORTS_URL": reports_url,
    }
    return server_environment(place, given) | own


def is_free(port: int) -> bool:
    """Whether nothing listens on the port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
