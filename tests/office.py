"""A real office on free ports: `billing ui` as a person starts it, with its Prefect server, worker and report pages."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

COMMAND = [sys.executable, "-c", "from flows.command_line import main; raise SystemExit(main(['ui']))"]
START_S = 240.0
RUN_S = 240.0


@dataclass
class Office:
    """The running cockpit of the folder `home`; `said` is what it printed."""

    home: Path
    ui_port: int
    reports_port: int
    said: list[str] = field(default_factory=list)
    process: "subprocess.Popen[str] | None" = None

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
            COMMAND, cwd=self.home, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
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
        """What the Prefect API answers."""
        answer = httpx.request(method, f"{self.ui}/api{path}", json=given, timeout=30)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def deployment(self, name: str) -> dict[str, Any]:
        """A deployment, whose flow has its name."""
        return self.ask("GET", f"/deployments/name/{name}/{name}")

    def start(self, name: str, **parameters: object) -> str:
        """Start a deployment as its form does; returns the id of the run."""
        return str(self.ask("POST", f"/deployments/{self.deployment(name)['id']}/create_flow_run", {"parameters": parameters})["id"])

    def retry(self, run_id: str) -> None:
        """What Retry in the menu of a run's page does."""
        self.ask("POST", f"/flow_runs/{run_id}/set_state", {"state": {"type": "SCHEDULED", "name": "AwaitingRetry"}, "force": False})

    def ended(self, run_id: str, attempt: int = 1) -> dict[str, Any]:
        """The run, when its attempt of this number has ended."""

        def is_over() -> bool:
            found = self.run(run_id)
            return found["run_count"] >= attempt and found["state"]["type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")

        self.until(is_over, RUN_S, f"run {run_id} has ended")
        return self.run(run_id)

    def run(self, run_id: str) -> dict[str, Any]:
        """A flow run as it is now."""
        found: dict[str, Any] = self.ask("GET", f"/flow_runs/{run_id}")
        return found

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
                pytest.fail(f"waited {patience_s:.0f} s until {what}: {self.said}")
            time.sleep(0.3)


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


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One office for all tests of a module: a Prefect server takes half a minute to start."""
    made = new_office(tmp_path_factory.mktemp("office"))
    try:
        made.begin()
        yield made
    finally:
        if made.process is not None and made.process.poll() is None:
            made.end(signal.SIGTERM)
