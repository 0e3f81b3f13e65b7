"""E-invoices to payers who are reached through Peppol: recorded like mail, handed to an access point, exactly once.

`publish` is the part of the delivery step, `send_pending` what every working day does for all runs, so that nothing waits for the next
month. [access-point.md](../../docs/access-point.md) is what an access point sees.
"""

import sql
from tasks.ledger import Run, Stopped
from tasks.outside import Outside
from tasks.peppol.access_point import is_by_https
from tasks.peppol.by_files import Files
from tasks.peppol.receipts import read_receipts
from tasks.peppol.recording import record
from tasks.peppol.sending import figures, pending, send_rows


def publish(outside: Outside, run: Run) -> dict[str, int]:
    """Record the e-invoices of a run, send those that wait, and return what became of all of them: `{"e-invoices sent": 12}`.

    What is refused, or waits because the access point is down, is on its row and in the figures; it raises nothing. Raises Stopped for a
    file that is not as it was drawn, once the others are through, SettingsError for an access point that cannot be used as it is set.
    """
    record(outside, run)
    read_receipts(outside)
    send_rows(outside, pending(outside, run.run_id))
    return dict(figures(outside, run.run_id))


def send_pending(outside: Outside) -> dict[str, int]:
    """Send what waits, of all runs, and read the receipts; returns what became of the e-invoices of all runs. Raises as `publish`."""
    read_receipts(outside)
    send_rows(outside, pending(outside))
    return dict(figures(outside))


def send_again(outside: Outside, number: str) -> dict[str, int]:
    """Send a refused e-invoice once more, under the same key, and return as `send_pending`. Raises Stopped when it was not refused."""
    with outside.engine.begin() as conn:
        if not sql.run(conn, "peppol/send_again", number=number):
            raise Stopped(f"no e-invoice of {number} was refused; `billing status` lists those that were")
        if not is_by_https(outside):
            Files(outside).forget(number)
    return send_pending(outside)


__all__ = ["publish", "record", "send_again", "send_pending"]
