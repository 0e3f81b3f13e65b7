"""A day of dunning in a process of its own that can be killed at any moment: each statement and each file that takes its name is a moment."""

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from tests.faults.mortal import killer, know_only


def dun_on(settings: dict[str, str], day: date, moments: Path, kill_at: int | None) -> None:
    """Do the day with `settings`; write what each moment is to `moments`, a line each, and die by SIGKILL at number `kill_at` (from 1)."""
    know_only(settings)
    watch(killer(moments, kill_at))
    from tasks.outside import open_outside
    from tasks.steps import dun

    dun(open_outside(), day, preview=False)


def watch(moment: Callable[[str], None]) -> None:
    """Each statement by its first line, which says what it does, and each file by its folder."""
    from sqlalchemy import Engine, event

    def statement(_conn: object, _cursor: object, text: str, *_: object) -> None:
        moment(text.strip().splitlines()[0])

    def audited(name: str, arguments: tuple[object, ...]) -> None:
        path = Path(str(arguments[1])) if name == "os.rename" else None
        if path is not None and path.suffix != ".pyc" and "gx" not in path.parts:  # the pages of Great Expectations are written anew
            moment(f"file {path.parent.name}")

    event.listen(Engine, "before_cursor_execute", statement)
    sys.addaudithook(audited)
