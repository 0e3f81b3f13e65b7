"""What a process that a test kills does first: forget the settings around it, and count the moments at one of which it dies."""

import os
import signal
from collections.abc import Callable
from pathlib import Path


def know_only(settings: dict[str, str]) -> None:
    """Have this process know these settings alone, whatever started it."""
    for name in [name for name in os.environ if name.startswith(("BILLING_", "PREFECT_API_URL"))]:
        del os.environ[name]
    os.environ |= settings


def killer(moments: Path, kill_at: int | None) -> Callable[[str], None]:
    """What notes a moment in the file, a line each, and ends the process by SIGKILL at number `kill_at` (from 1)."""
    file = moments.open("a", buffering=1)
    seen = 0

    def moment(what: str) -> None:
        nonlocal seen
        seen += 1
        file.write(what + "\n")
        if seen == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    return moment
