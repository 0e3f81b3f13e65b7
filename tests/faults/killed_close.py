"""A close in a process of its own that can be killed at any moment: each statement and each file that takes its name is a moment."""

import sys
from pathlib import Path

from tests.faults.mortal import killer, know_only

STEP_MARKS = ("insert into run_step", "update run_step set state")


def close(settings: dict[str, str], moments: Path, kill_at: int | None, approve: bool = True) -> None:
    """Close 2026-10 with `settings`; write each moment to `moments`, a line each, and die by SIGKILL at number `kill_at` (from 1)."""
    know_only(settings)
    _watch(moments, kill_at)
    from flows.monthly_close import monthly_close

    monthly_close.fn(period="2026-10", approve=approve)


def _watch(moments: Path, kill_at: int | None) -> None:
    from sqlalchemy import Engine, event

    moment = killer(moments, kill_at)

    def statement(_conn: object, _cursor: object, text: str, parameters: object, *_: object) -> None:
        step = parameters.get("step", "") if isinstance(parameters, dict) else ""
        body = " ".join(line for line in text.splitlines() if not line.startswith("--")).strip()
        kind = next((f"{mark}: {step}" for mark in STEP_MARKS if body.startswith(mark)), "sql")
        moment(kind)

    def audited(name: str, arguments: tuple[object, ...]) -> None:
        if name == "os.rename" and not str(arguments[1]).endswith((".pyc", ".json")):
            moment(f"file {Path(str(arguments[1])).parent.name}")

    event.listen(Engine, "before_cursor_execute", statement)
    sys.addaudithook(audited)


if __name__ == "__main__":
    import json

    close(json.loads(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) or None)
