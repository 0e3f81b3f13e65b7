"""Setting aside a close that was begun by mistake: all it charged is free again, and that it was begun is kept with the reason."""

import sql
from billing.period import Period
from tasks.ledger import abandon, accepted_steps, begun_close, only_one
from tasks.outside import Outside
from tasks.review import asks_of
from tasks.review.waking import end_waiting


def set_aside(outside: Outside, period: Period, *, by: str, reason: str) -> str:
    """Forget the close of a month before its issue; returns what was done.

    Raises Stopped for a month that was never begun or is issued, RunLocked while another process works on it.
    """
    month = f"{period.first:%Y-%m}"
    with only_one(outside.engine, f"close {month}"):
        run = begun_close(outside.engine, period, "; there is nothing to set aside")
        with outside.engine.connect() as conn:
            steps = sorted(accepted_steps(conn, run.run_id))
            waiting = [ask.flow_run for ask in asks_of(conn, run)]
        noted = {"period": period.first, "run_on": run.on, "steps": steps, "set_aside_by": by, "reason": reason}
        abandon(outside.engine, run, note=lambda conn: sql.run(conn, "runs/note_set_aside", **noted))
    end_waiting(outside, waiting, f"{run.name} was set aside by {by}: {reason}")
    return f"{run.name} is set aside; nothing of it was issued"


__all__ = ["set_aside"]
