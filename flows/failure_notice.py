"""The notice of a failed run, started by an automation so that it is sent even when the run's process was killed."""

from prefect import flow

from tasks.notice import tell
from tasks.outcome import Outcome, done, stops_plainly


@flow(name="failure-notice", flow_run_name="notice of {run_name}")
@stops_plainly
def failure_notice(run_name: str, state: str, message: str, page: str = "") -> Outcome:
    """Mail to the address of the setting `tell` that a run failed; nothing when none is set.

    Args:
        run_name: The run, for example close 2026-10.
        state: How it ended: Failed, Crashed, TimedOut.
        message: Why, as the run said it.
        page: The address of the run's page.

    """
    return done(tell(run_name, state, message, page))
