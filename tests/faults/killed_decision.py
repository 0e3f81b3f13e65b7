"""A decision about drafts taken in a process of its own, which dies by SIGKILL before a statement, or right after the last commit."""

import os
import signal

from sqlalchemy import event

from billing.period import Period
from tasks.ledger import close_of, only_one
from tasks.outside import open_outside
from tasks.review import Answer, decide
from tests.faults.mortal import know_only

DIED_NOT = 7  # the exit code when the decision has fewer statements than that


def take(settings: dict[str, str], answer: Answer, kill_at: int) -> None:
    """Take `answer` for October; die before statement `kill_at` (from 1) of the deciding, 0 = once it is committed."""
    know_only(settings)
    outside = open_outside()
    run = close_of(outside.engine, Period.month("2026-10"))
    assert run is not None
    seen = 0

    def statement(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    with only_one(outside.engine, run.name):
        event.listen(outside.engine, "before_cursor_execute", statement)
        decide(outside, run, answer)
        event.remove(outside.engine, "before_cursor_execute", statement)
        if kill_at == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    os._exit(DIED_NOT)
