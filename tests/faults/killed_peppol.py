"""The e-invoices of a run in a process of its own that can be killed at any moment: each statement, commit and file that takes its name."""

from pathlib import Path

from tests.faults.mortal import killer, know_only


def publish_in(settings: dict[str, str], run_id: int, moments: Path, kill_at: int | None) -> None:
    """Publish with `settings`; write what each moment is to `moments`, a line each, and die by SIGKILL at number `kill_at` (from 1)."""
    know_only(settings)
    from sqlalchemy import Engine, event

    from tasks import peppol
    from tasks.ledger import find_run
    from tasks.outside import open_outside
    from tests.faults.killed_dunning import watch

    outside = open_outside()
    run = find_run(outside.engine, run_id)
    moment = killer(moments, kill_at)
    watch(moment)
    event.listen(Engine, "commit", lambda _conn: moment("commit"))
    peppol.publish(outside, run)
    moment("done")
