"""The delivery step of a run in processes of its own, killed and run again until it comes to its end."""

import os
import signal
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess

from tasks.ledger import Run
from tasks.outside import Outside
from tests.faults.elsewhere import SERVER, done_elsewhere
from tests.faults.mortal import know_only

SERVER.set_forkserver_preload(["tests.faults.killed_delivery", "tasks.delivery"])


def deliver(settings: dict[str, str], run_id: int) -> None:
    """Deliver the invoices of a run."""
    know_only(settings)
    from tasks.delivery import stage
    from tasks.ledger import find_run
    from tasks.outside import open_outside

    outside = open_outside()
    stage(outside, find_run(outside.engine, run_id))


@dataclass
class Sender:
    """Runs the delivery step through the server at `url` until one of its processes comes to the end; `kill` ends the one at work.

    Mail returns to bounces@operator.example with the number of the mail in it. `codes` are the exit codes of the processes.
    """

    outside: Outside
    run: Run
    codes: list[int] = field(default_factory=list)
    pid: int = 0

    def deliver(self, url: str) -> None:
        """Deliver all of it."""
        own = self.outside.settings
        settings = {
            "BILLING_DATABASE_URL": own.database_url, "BILLING_STATE": str(own.state), "BILLING_FEED": own.feed, "BILLING_OUT": own.out,
            "BILLING_WORKERS": "1", "BILLING_MAIL_BACKOFF_S": "0.01", "BILLING_BOUNCE_ADDRESS": "bounces@operator.example",
            "BILLING_SMTP_URL": url,
        }  # fmt: skip
        while not self.codes or self.codes[-1] < 0:
            self.codes.append(done_elsewhere(deliver, settings, self.run.run_id, patience_s=120, started=self._began))

    def _began(self, process: BaseProcess) -> None:
        self.pid = process.pid or 0

    def kill(self) -> None:
        """Kill the process at work, as the machine may at any moment."""
        os.kill(self.pid, signal.SIGKILL)


__all__ = ["Sender", "deliver"]
