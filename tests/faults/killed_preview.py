"""A preview in a process of its own that can be killed at any moment: each statement and each file that takes its name is a moment."""

import sys
from multiprocessing.synchronize import Event
from pathlib import Path

from tests.faults.mortal import killer, know_only


def preview(variables: dict[str, str], moments: Path, kill_at: int | None) -> None:
    """Preview 2026-10; write each moment to `moments`, a line each, and die by SIGKILL at number `kill_at` (from 1)."""
    know_only(variables)
    _watch(moments, kill_at)
    from flows.monthly_close import monthly_close

    monthly_close.fn(period="2026-10", mode="preview")


def close(variables: dict[str, str], rating: Event | None = None, go_on: Event | None = None) -> None:
    """Close 2026-10 and issue it; with events, say when it comes to the rating and wait there to be told to go on."""
    know_only(variables)
    from sqlalchemy import Engine, event

    from flows.monthly_close import monthly_close

    def statement(_conn: object, _cursor: object, text: str, parameters: object, *_: object) -> None:
        if rating is not None and go_on is not None and _step(text, parameters) == "rating":
            rating.set()
            go_on.wait(120)

    event.listen(Engine, "before_cursor_execute", statement)
    monthly_close.fn(period="2026-10", approve=True)


def _step(text: str, parameters: object) -> str:
    """The step that a statement notes, empty when it notes none."""
    return str(parameters.get("step", "")) if isinstance(parameters, dict) and "run_step" in text else ""


def _watch(moments: Path, kill_at: int | None) -> None:
    from sqlalchemy import Engine, event

    moment = killer(moments, kill_at)

    def statement(_conn: object, _cursor: object, text: str, parameters: object, *_: object) -> None:
        step = _step(text, parameters)
        moment(f"step {step}" if step else "copying" if " scratch_preview." in text else "sql")

    def audited(name: str, arguments: tuple[object, ...]) -> None:
        if name == "os.rename" and "previews" in str(arguments[1]) and "data_docs" not in str(arguments[1]):
            moment("file" if Path(str(arguments[1])).suffix else "folder")

    event.listen(Engine, "before_cursor_execute", statement)
    sys.addaudithook(audited)
