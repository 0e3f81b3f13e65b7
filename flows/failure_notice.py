"""The notice of a failed run, started by an automation so that it is sent even when the run's process was killed."""

from prefect import flow
from prefect.settings import PREFECT_UI_URL

from tasks.notice import tell
from tasks.outcome import Outcome, done, stops_plainly


@flow(name="failure-notice", flow_run_name="notice of {run_name}")
@stops_plainly
def failure_notice(run_name: str, state: str, message: str, run_id: str) -> Outcome:
    """Mail to the address of the setting `tell` that a run failed; nothing when none is set.

    Args:
        run_name: The run, for example close 2026-10.
        state: How it ended: Failed, Crashed, TimedOut.
        message: Why, as the run said it.
        run_id: The run in Prefect, for the address of its page.

    """
    return done(tell(run_name, state, message, f"{PREFECT_UI_URL.value()}/v2/runs/flow-run/{run_id}"))
