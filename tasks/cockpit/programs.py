"""Programs the cockpit runs beside itself: each with its log file, in a session of its own so that Ctrl-C reaches the cockpit alone."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tasks.ledger import Stopped

log = logging.getLogger(__name__)

PREFECT = (sys.executable, "-m", "prefect")
LONGEST_PAUSE_S = 60.0


class ProgramFailed(Stopped):
    """A program that had to succeed did not; the message says which and where its log is."""


@dataclass
class Program:
    """A program that must run all the time: started again when it ends, after a pause that doubles while it keeps ending."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    log_file: Path
    running: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    pause_s: float = field(default=1.0)

    def start(self) -> None:
        """Start it, its output appended to the log file."""
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as output:
            self.running = subprocess.Popen(  # noqa: S603  # our own commands
                self.command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                cwd=self.folder, env=dict(self.environment), start_new_session=True,
            )  # fmt: skip
        self.started = time.monotonic()

    def keep_alive(self) -> bool:
        """Start it again when it has ended and the pause is over; True when that was done."""
        if self.running is None or self.running.poll() is None:
            return False
        lived = time.monotonic() - self.started
        if lived > LONGEST_PAUSE_S:
            self.pause_s = 1.0
        if lived < self.pause_s:
            return False
        self.pause_s = min(self.pause_s * 2, LONGEST_PAUSE_S)
        log.warning("the %s ended with code %s and is started again; its log is %s", self.name, self.running.returncode, self.log_file)
        self.start()
        return True

    def stop(self, patience_s: float = 15.0) -> None:
        """End it and all it started: asked first, made to after `patience_s`."""
        if self.running is None:
            return
        end_session(self.running.pid, signal.SIGTERM)
        try:
            self.running.wait(patience_s)
        except subprocess.TimeoutExpired:
            log.warning("the %s does not end and is killed", self.name)
        end_session(self.running.pid, signal.SIGKILL)
        self.running.wait()
        self.running = None


def end_session(leader: int, sent: signal.Signals) -> None:
    """Signal every process of the session that `leader` leads, if there is still one."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, sent)


def run_once(command: Sequence[str], environment: Mapping[str, str], folder: Path, log_file: Path, timeout_s: float = 180.0) -> None:
    """Run a program to its end. Raises ProgramFailed when it does not succeed."""
    log_file.parent.mkdir(parents=True, exist_ok=True)
    with log_file.open("ab") as output:
        try:
            code = subprocess.run(  # noqa: S603  # our own commands
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                cwd=folder, env=dict(environment), timeout=timeout_s, check=False,
            ).returncode  # fmt: skip
        except subprocess.TimeoutExpired:
            raise ProgramFailed(f"`{' '.join(command[1:])}` did not end in {timeout_s:.0f} s; see {log_file}") from None
    if code != 0:
        raise ProgramFailed(f"`{' '.join(command[1:])}` ended with code {code}; see {log_file}")
