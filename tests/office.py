"""A real office on free ports: `billing ui` as a person starts it, with its Prefect server, worker and report pages."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

COMMAND = [sys.executable, "-c", "from flows.command_line import main; raise SystemExit(main(['ui']))"]
START_S = 480.0  # on a machine that does much else beside
RUN_S = 480.0


@dataclass
class Office:
    """The running cockpit of the folder `home`, started with the variables of `environment`; `said` is what it printed."""

    home: Path
    ui_port: int
    reports_port: int
    said: list[str] = field(default_factory=list)
    process: "subprocess.Popen[str] | None" = None
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def feed(self) -> Path:
        return self.home / "feed"

    @property
    def ui(self) -> str:
        return f"http://127.0.0.1:{self.ui_port}"

    @property
    def reports(self) -> str:
        return f"http://127.0.0.1:{self.reports_port}"

    def begin(self) -> None:
        """Start it and wait until it says that a close can be started."""
        self.process = subprocess.Popen(
            COMMAND,
            cwd=self.home,
            env=_environment() | self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._listen, args=(self.process,), daemon=True).start()
        self.until(lambda: any("Start a close" in line for line in self.said), START_S, "the cockpit is up")

    def end(self, how: signal.Signals = signal.SIGINT) -> int:
        """Stop it as Ctrl-C does; returns its exit code."""
        assert self.process is not None
        self.process.send_signal(how)
        return self.process.wait(90)

    def _listen(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.said.append(line.rstrip())

    def command(self, *arguments: str, environment: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
        """Run `billing` in the same folder."""
        code = f"from flows.command_line import main; raise SystemExit(main({list(arguments)!r}))"
        return subprocess.run(
            [sys.executable, "-c", code], cwd=self.home, env=_environment() | dict(environment or {}),
            capture_output=True, text=True, timeout=RUN_S, check=False,
        )  # fmt: skip

    def ask(self, method: str, path: str, given: object = None) -> Any:
        """What the Prefect API answers; asked again, as Prefect's own clients do, while its database is busy with others."""
        for pause_s in (0.5, 1, 2, 4, 0):
            answer = httpx.request(method, f"{self.ui}/api{path}", json=given, timeout=90)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            time.sleep(pause_s)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def deployment(self, name: str) -> dict[str, Any]:
        """A deployment, whose flow has its name."""
        return self.ask("GET", f"/deployments/name/{name}/{name}")

    def stop_the_clock(self) -> None:
        """Pause every deployment: no schedule starts a run; what is started by hand works as ever."""
        for found in self.ask("POST", "/deployments/filter", {}):
            self.ask("POST", f"/deployments/{found['id']}/pause_deployment")

    def start(self, name: str, **parameters: object) -> str:
        """Start a deployment as its form does; returns the id of the run."""
        return str(self.ask("POST", f"/deployments/{self.deployment(name)['id']}/create_flow_run", {"parameters": parameters})["id"])

    def retry(self, run_id: str) -> None:
        """What Retry in the menu of a run's page does."""
        self.ask("POST", f"/flow_runs/{run_id}/set_state", {"state": {"type": "SCHEDULED", "name": "AwaitingRetry"}, "force": False})

    def ended(self, run_id: str, attempt: int = 1, patience_s: float = RUN_S) -> dict[str, Any]:
        """The run, when its attempt of this number has ended."""

        def is_over() -> bool:
            found = self.run(run_id)
            return found["run_count"] >= attempt and found["state"]["type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")

        self.until(is_over, patience_s, f"run {run_id} has ended")
        return self.run(run_id)

    def run(self, run_id: str) -> dict[str, Any]:
        """A flow run as it is now."""
        found: dict[str, Any] = self.ask("GET", f"/flow_runs/{run_id}")
        return found

    def form(self, run_id: str, key: str = "") -> str:
        """The text above the form that the run waits with, empty while it does not wait, or with another form than that of `key`.

        Prefect says that a run is suspended a moment before its form is there; an answer in between is refused.
        """
        state = self.run(run_id)["state"]
        shown = state["state_details"]["pause_key"]
        if state["type"] != "PAUSED" or key not in ("", shown):
            return ""
        found = httpx.get(f"{self.ui}/api/flow_runs/{run_id}/input/suspended-{shown}-description", timeout=90)
        return str(found.json()) if found.status_code == httpx.codes.OK else ""

    def tasks(self, run_id: str, attempt: int) -> list[tuple[str, str]]:
        """Name and state of each task of an attempt, in the order they were started."""
        found = self.ask("POST", "/task_runs/filter", {"flow_runs": {"id": {"any_": [run_id]}}, "sort": "EXPECTED_START_TIME_ASC"})
        return [(task["name"], task["state"]["name"]) for task in found if task["flow_run_run_count"] == attempt]

    def artifact(self, key: str) -> dict[str, Any]:
        """The newest artifact of the key."""
        newest: dict[str, Any] = self.ask("POST", "/artifacts/filter", {"artifacts": {"key": {"any_": [key]}}, "sort": "CREATED_DESC"})[0]
        return newest

    def until(self, is_so: Any, patience_s: float, what: str) -> None:
        until = time.monotonic() + patience_s
        while not is_so():
            if self.process is not None and self.process.poll() is not None:
                pytest.fail(f"the cockpit ended: {self.said}")
            if time.monotonic() > until:
                pytest.fail(f"waited {patience_s:.0f} s until {what}\n{self.runs_and_logs()}\n{self.said}", pytrace=False)
            time.sleep(0.3)

    def runs_and_logs(self) -> str:
        """Each run with the states it had, and what the server heard last: what tells why one never came to its end."""
        try:
            runs = self.ask("POST", "/flow_runs/filter", {"sort": "START_TIME_ASC", "flow_runs": {"start_time": {"is_null_": False}}})
            lines = []
            for run in runs:
                states = self.ask("GET", f"/flow_run_states/?flow_run_id={run['id']}")
                lines.append(f"{run['id']} {run['name']} {run['parameters']}, {run['run_count']} attempts")
                lines += [f"    {state['timestamp']} {state['name']}: {state['message'] or ''}" for state in states]
            logs = self.ask("POST", "/logs/filter", {"sort": "TIMESTAMP_DESC", "limit": 40})
            lines += [f"{log['timestamp']} {log['flow_run_id']} {log['message']}" for log in reversed(logs)]
        except httpx.HTTPError as error:
            return f"the server does not tell: {error}"
        return "\n".join(lines)


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BILLING_", "PREFECT_"))}
    return kept | {"PYTHONUNBUFFERED": "1"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def new_office(home: Path) -> Office:
    """An office that is not started yet, with its settings written."""
    made = Office(home, free_port(), free_port())
    values = {"state": "state", "feed": "feed", "out": "out", "smtp_url": f"maildir:{home}/mailbox", "tell": "finance@operator.example"}
    ports = {"ui_port": made.ui_port, "reports_port": made.reports_port, "workers": 1}
    lines = [f'{name} = "{value}"' for name, value in values.items()] + [f"{name} = {value}" for name, value in ports.items()]
    (home / "billing.toml").write_text("\n".join(lines), encoding="utf-8")
    return made


@contextmanager
def running(office: Office, *, by_the_clock: bool = False) -> Iterator[None]:
    """The office while it runs; whatever happens inside, it is ended.

    Nothing starts by itself unless it goes `by_the_clock`: what its schedules start depends on the hour of the test.
    """
    try:
        office.begin()
        if not by_the_clock:
            office.stop_the_clock()
        yield
    finally:
        if office.process is not None and office.process.poll() is None:
            office.end(signal.SIGTERM)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One office for all tests of a module: a Prefect server takes half a minute to start."""
    made = new_office(tmp_path_factory.mktemp("office"))
    with running(made, by_the_clock=True):
        yield made
