"""The bounce mailbox read in a process of its own that can be killed at any moment: each statement and each file that moves is one."""

import os
import signal
import sys
from datetime import date

from tests.faults.mortal import know_only


def read_and_die(settings: dict[str, str], on: date, kill_at: int) -> None:
    """Read the mailbox; die by SIGKILL at moment number `kill_at` (from 1), if there are as many."""
    know_only(settings)
    from sqlalchemy import Engine, event

    from tasks.bounce_mail import read_bounces
    from tasks.outside import open_outside

    outside = open_outside()
    seen = 0

    def moment(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", moment)
    event.listen(Engine, "commit", moment)
    sys.addaudithook(lambda name, _: moment() if name == "os.rename" else None)
    read_bounces(outside, on)
