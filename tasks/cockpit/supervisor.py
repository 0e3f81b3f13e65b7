"""Starts everything a close needs on this machine, in order, keeps it running, and stops it in reverse."""

import json
import logging
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http.server import ThreadingHTTPServer
from pathlib import Path
from signal import SIGKILL, SIGTERM
from threading import Event

from tasks.cockpit.environment import PROJECT, Place, client_environment, is_free, reports_folder, server_environment
from tasks.cockpit.programs import PREFECT, Program, ProgramFailed, end_session, run_once
from tasks.cockpit.report_pages import serve_reports
from tasks.database import open_engine, stop_embedded
from tasks.ledger import Stopped
from tasks.settings import Settings

log = logging.getLogger(__name__)

READY_IN_S = 180.0
LOOK_EVERY_S = 1.0


class CannotStart(Stopped):
    """The cockpit cannot start; the message says why and what to do."""


class Supervisor:
    """PostgreSQL, the Prefect server, its deployments and automations, a worker, one for notices, and the report pages."""

    def __init__(self, settings: Settings, place: Place, say: Callable[[str], None]) -> None:
        self._settings, self._place, self._say = settings, place, say
        self.stopped = Event()
        self._pages: ThreadingHTTPServer | None = None
        self._folder = reports_folder(settings)
        reports = place.reports if self._folder else settings.reports_url
        self._told = client_environment(place, reports_url=reports)
        self.server = Program(
            "Prefect server",
            [*PREFECT, "server", "start", "--host", "127.0.0.1", "--port", str(place.ui_port)],
            server_environment(place), PROJECT, place.state / "server.log",
        )  # fmt: skip
        # No --limit: a worker with one ends when a run that has just suspended itself is answered before its process is gone.
        # What works at once is limited by the deployments.
        self.worker = Program(
            "worker",
            [*PREFECT, "worker", "start", "--pool", "billing", "--name", "billing"],
            self._told, PROJECT, place.state / "worker.log",
        )  # fmt: skip
        # Notices have a worker of their own: somebody must be told when the other one is busy or hangs.
        self.messenger = Program(
            "worker of the notices",
            [*PREFECT, "worker", "start", "--pool", "billing", "--work-queue", "notices", "--name", "notices"],
            self._told, PROJECT, place.state / "notices.log",
        )  # fmt: skip

    def start(self) -> None:
        """Start all of it. Raises CannotStart, ProgramFailed, and what opening the database raises."""
        self._end_leftovers()
        for port, setting in ((self._place.ui_port, "BILLING_UI_PORT"), (self._place.reports_port, "BILLING_REPORTS_PORT")):
            if not is_free(port):
                raise CannotStart(f"port {port} of this machine is taken by another program; end it or set {setting} to a free port")
        self._say("PostgreSQL …")
        open_engine(self._settings).dispose()
        if self._folder:
            self._pages = serve_reports(self._folder, self._place.reports_port)
        self._say("Prefect server …")
        self.server.start()
        self._note()
        self._wait_until_ready()
        self._say("deployments …")
        self._deploy()
        self._say("worker …")
        self.worker.start()
        self.messenger.start()
        self._note()
        self._wait_for_worker()

    def watch(self) -> None:
        """Keep everything running until `stopped` is set."""
        while not self.stopped.wait(LOOK_EVERY_S):
            if self.server.keep_alive():
                self._note()
                self._wait_until_ready()  # a worker that finds no server gives up
            if any([self.worker.keep_alive(), self.messenger.keep_alive()]):
                self._note()

    def stop(self) -> None:
        """Stop everything, the last started first. Runs in progress end with it; started again they go on where they were."""
        self.messenger.stop()
        self.worker.stop()
        self.server.stop()
        if self._pages:
            self._pages.shutdown()
            self._pages.server_close()
        if not self._settings.database_url:
            stop_embedded(self._settings.state / "postgres")  # goes on while another command uses it
        self._processes.unlink(missing_ok=True)

    @property
    def _processes(self) -> Path:
        return self._place.state / "processes.json"

    def _note(self) -> None:
        """Note what runs, so that the next start can end what a killed cockpit left behind."""
        found = [program.running.pid for program in (self.server, self.worker, self.messenger) if program.running]
        self._processes.parent.mkdir(parents=True, exist_ok=True)
        self._processes.write_text(json.dumps(found), encoding="utf-8")

    def _end_leftovers(self) -> None:
        if not self._processes.exists():
            return
        left = [pid for pid in json.loads(self._processes.read_text(encoding="utf-8")) if _is_prefect(pid)]
        for sent, patience_s in ((SIGTERM, 15.0), (SIGKILL, 5.0)):
            for pid in left:
                log.warning("process %d of an earlier cockpit is ended", pid)
                end_session(pid, sent)
            until = time.monotonic() + patience_s
            while left and time.monotonic() < until:
                time.sleep(0.2)
                left = [pid for pid in left if _is_prefect(pid)]

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + READY_IN_S
        while not self.stopped.is_set():
            if _answers(f"{self._place.api}/ready"):
                return
            if self.server.running is None or self.server.running.poll() is not None:
                raise ProgramFailed(f"the Prefect server ended while it started; see {self.server.log_file}")
            if time.monotonic() > until:
                raise ProgramFailed(f"the Prefect server is not ready after {READY_IN_S:.0f} s; see {self.server.log_file}")
            self.stopped.wait(0.3)

    def _deploy(self) -> None:
        log_file = self._place.state / "deploy.log"
        for command in (
            [*PREFECT, "work-pool", "create", "billing", "--type", "process", "--overwrite"],
            [*PREFECT, "--no-prompt", "deploy", "--all"],
            [sys.executable, "-m", "tasks.cockpit.enrol", "--nothing-runs"],
        ):
            if not self.stopped.is_set():
                run_once(command, self._told, PROJECT, log_file)

    def _wait_for_worker(self) -> None:
        until = time.monotonic() + READY_IN_S
        while not self.stopped.is_set() and not self._worker_is_online():
            if time.monotonic() > until:
                raise ProgramFailed(f"the worker is not ready after {READY_IN_S:.0f} s; see {self.worker.log_file}")
            self.worker.keep_alive()
            self.stopped.wait(0.5)

    def _worker_is_online(self) -> bool:
        request = urllib.request.Request(  # noqa: S310  # our own address
            f"{self._place.api}/work_pools/billing/workers/filter", data=b"{}", headers={"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310  # our own address
                return any(worker["name"] == "billing" and worker["status"] == "ONLINE" for worker in json.load(answer))
        except (urllib.error.URLError, OSError):
            return False


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310  # our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _is_prefect(pid: int) -> bool:
    """Whether the process is one of ours: its number may have gone to somebody else's since."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
    except OSError:
        return False
    return b"-m prefect" in command
