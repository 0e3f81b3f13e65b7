"""What waits to be delivered, sent again on request: of one close, or of all runs, with copies and e-invoices."""

from dataclasses import dataclass

import sql
from billing.period import Period
from tasks import delivery, peppol
from tasks.copies import send_copies
from tasks.going_on import GoingOn
from tasks.ledger import Run, Stopped, begun_close, find_run, is_accepted, only_one
from tasks.outside import Outside


@dataclass(frozen=True, slots=True)
class Waiting:
    """A run of which something waits."""

    run_id: int


def deliver_close(outside: Outside, period: Period) -> str:
    """Send what waits of the close of a month, and what failed where the payer has another address now; returns what became of it.

    Raises Stopped when the close has no documents yet, RunLocked while another process works on it, and as the delivery step does.
    """
    run = begun_close(outside.engine, period, "; there is nothing to deliver")
    if not is_accepted(outside.engine, run.run_id, "documents"):
        raise Stopped(f"{run.name} has no documents yet; run `billing close {run.of}`, which delivers them as well")
    return _delivered(outside, run)


def deliver_all(outside: Outside) -> str:
    """Send all that waits: invoices, notices, copies, e-invoices; returns what became of it. Letters are for `billing dunning`.

    Raises as `deliver_close`, once all that can leave has left; what was sent stays sent.
    """
    with outside.engine.connect() as conn:
        runs = sql.rows(conn, Waiting, "delivery/runs_waiting")
    said: list[str] = []
    parts = GoingOn()
    for each in runs:
        if not parts.mail_is_down:
            with parts.past():
                said.append(_delivered(outside, find_run(outside.engine, each.run_id)))
    with parts.past():
        said += [f"{what}: {count}" for what, count in peppol.send_pending(outside).items() if count]
    if not parts.mail_is_down:
        with parts.past():
            copies = send_copies(outside)
            said += [f"copies: {copies} sent"] if copies else []
    parts.end()
    return "\n".join(said) or "nothing waits to be delivered"


def _delivered(outside: Outside, run: Run) -> str:
    with only_one(outside.engine, run.name):
        receipt = delivery.stage(outside, run)
    return f"{run.name}: {receipt}"


__all__ = ["deliver_all", "deliver_close"]
