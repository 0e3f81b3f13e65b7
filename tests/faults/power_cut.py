"""An office whose worker can lose its power: the Prefect server stays, the worker and every run it started are gone at once.

`billing ui` would start a worker again by itself; here the test does so when a service manager would have.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL

from tasks.cockpit.environment import Place
from tasks.cockpit.programs import Program
from tasks.cockpit.supervisor import Supervisor
from tasks.settings import read_settings
from tests.office import Office, new_office


@dataclass
class Workshop:
    """The office, its worker, and the one that sends notices, which can be killed and started."""

    office: Office
    worker: Program
    messenger: Program

    @property
    def mailbox(self) -> Path:
        """Where the notices to finance go."""
        return self.office.home / "mailbox"

    def start_workers(self) -> None:
        """Start what was killed, as a service manager does, and wait until the server knows the worker."""
        for program in (self.worker, self.messenger):
            if program.running is None or program.running.poll() is not None:
                program.start()
        began = time.time()
        self.office.until(lambda: self._last_seen() > began, 90, "a worker is there")

    def _last_seen(self) -> float:
        found = self.office.ask("POST", "/work_pools/billing/workers/filter", {})
        seen = [worker["last_heartbeat_time"] for worker in found if worker["name"] == "billing"]
        return max((datetime.fromisoformat(at).timestamp() for at in seen), default=0.0)

    def cut_power(self) -> float:
        """SIGKILL both workers and all they started; returns when, in seconds since 1970."""
        at = time.time()
        for program in (self.worker, self.messenger):
            assert program.running is not None
            for process in [program.running.pid, *descendants(program.running.pid)]:
                kill(process)
            program.running.wait(10)
        return at

    def kill_worker_alone(self) -> float:
        """SIGKILL the worker; what it started goes on without it. Returns when."""
        assert self.worker.running is not None
        at = time.time()
        kill(self.worker.running.pid)
        self.worker.running.wait(10)
        return at

    def process_of(self, run_id: str) -> int:
        """The process a run works in."""
        assert self.worker.running is not None
        (found,) = [process for process in descendants(self.worker.running.pid) if _run_of(process) == run_id]
        return found


def kill(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def descendants(ancestor: int) -> list[int]:
    """All processes that a process started, and those that these started."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    found, look = [], {ancestor}
    while look:
        look = {process for process, parent in parents.items() if parent in look}
        found.extend(look)
    return found


def _run_of(process: int) -> str:
    with suppress(OSError):
        for entry in Path(f"/proc/{process}/environ").read_bytes().split(b"\0"):
            name, _, value = entry.decode(errors="replace").partition("=")
            if name == "PREFECT__FLOW_RUN_ID":
                return value
    return ""


@contextmanager
def workshop(home: Path, database: URL, at_once: int) -> Iterator[Workshop]:
    """An office in `home` whose deployment of the close lets so many work at once.

    The product lets one close work at a time; here each has a database of its own, so that one wait is enough for all.
    """
    office = new_office(home)
    url = database.render_as_string(hide_password=False)
    with (home / "billing.toml").open("a", encoding="utf-8") as config:
        config.write(f'\ndatabase_url = "{url}"\n')
    settings = read_settings(
        database_url=url, state=home / "state", feed=str(home / "feed"), out=str(home / "out"),
        ui_port=office.ui_port, reports_port=office.reports_port,
    )  # fmt: skip
    supervisor = Supervisor(settings, Place(home, home / "state" / "cockpit", office.ui_port, office.reports_port), office.said.append)
    made = Workshop(office, supervisor.worker, supervisor.messenger)
    try:
        supervisor.start()
        office.ask("PATCH", f"/deployments/{office.deployment('monthly-close')['id']}", {"concurrency_limit": at_once})
        yield made
    finally:
        if supervisor.worker.running is not None:
            for process in descendants(supervisor.worker.running.pid):
                kill(process)
        supervisor.stop()
