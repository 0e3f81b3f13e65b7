"""Tells a Prefect server what to watch: runs that are lost, failed, late, or wait for a person. Needs the deployments to be there.

`billing ui` does this by itself. On a server whose parts run as services, do it once after each `prefect deploy --all`:

    PREFECT_API_URL=http://127.0.0.1:4200/api python -m tasks.cockpit.enrol

Done again it changes nothing but what is different in this release: the automations are replaced by name. The worker's environment needs
PREFECT_UI_URL for the links in the notices; a second worker, `prefect worker start --pool billing --work-queue notices`, sends notices
while the first one is busy or down. `--late-after 600` waits ten minutes before a run counts as late. `--nothing-runs` is for `billing
ui`, which starts the only worker: what a killed one left running is marked as crashed.

Its own program, so that the cockpit itself need not import Prefect.
"""

import argparse
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.events import AutomationCore, EventTrigger, Posture
from prefect.events.actions import ChangeFlowRunState, RunDeployment
from prefect.events.schemas.events import ResourceSpecification
from prefect.exceptions import ObjectNotFound
from prefect.states import Crashed

from tasks.review.waking import SAYS_IT_WAITS

HEARTBEAT = "prefect.flow-run.heartbeat"
ENDS = (*(f"prefect.flow-run.{state}" for state in ("Completed", "Failed", "Cancelled", "Crashed", "Suspended", "Paused")), SAYS_IT_WAITS)
SILENCE_S = 90  # three heartbeats: one may be late while a step computes
LATE = "prefect.flow-run.Late"  # the server says so of a run that no worker has taken some seconds after it was due
TAKEN = tuple(f"prefect.flow-run.{state}" for state in ("Pending", "Running", "Cancelled", "Completed", "Failed", "Crashed"))
LATE_AFTER_S = 300
TAG = "billing"
RUNS = ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]})
OURS = ResourceSpecification({"prefect.resource.id": [f"prefect.tag.{TAG}"], "prefect.resource.role": "tag"})
FORMER_AUTOMATIONS, FORMER_DEPLOYMENTS = ("A run that fails is told by mail",), ("failure-notice/failure-notice",)  # of earlier releases


def lost_runs() -> AutomationCore:
    """A run whose process is gone, worker included, is marked Crashed, so that its slot is free and it can be retried."""
    return AutomationCore(
        name="A run without heartbeat is crashed",
        description="No heartbeat for 90 seconds: the process is lost. Retry the run; what was accepted stays.",
        trigger=EventTrigger(
            after={HEARTBEAT},
            expect={HEARTBEAT, *ENDS},
            match=RUNS,
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=timedelta(seconds=SILENCE_S),
        ),
        actions=[
            ChangeFlowRunState(
                name=None, state=StateType.CRASHED, message=f"no heartbeat for {SILENCE_S} s: the process is lost", force=False
            )
        ],
    )


def failed_runs(notice: UUID) -> AutomationCore:
    """A billing run that fails is told of; an automation does so even when the run was killed."""
    return AutomationCore(
        name="A run that fails is told of",
        description="Runs notice, which tells the settings tell and tell_webhook.",
        trigger=_at_once("prefect.flow-run.Failed", "prefect.flow-run.Crashed", "prefect.flow-run.TimedOut"),
        actions=[_tell(notice, "failed")],
    )


def waiting_runs(notice: UUID) -> AutomationCore:
    """A billing run that is suspended until a person decides is told of, with the page where its form is."""
    return AutomationCore(
        name="A run that waits for a decision is told of",
        description="Runs notice, which tells the settings tell and tell_webhook.",
        trigger=_at_once("prefect.flow-run.Suspended"),
        actions=[_tell(notice, "waiting")],
    )


def late_runs(notice: UUID, after_s: int = LATE_AFTER_S) -> AutomationCore:
    """A billing run that was due and that no worker takes is told of: the worker is down, or something is paused."""
    return AutomationCore(
        name="A run that does not start is told of",
        description=f"Runs notice when a run that is due is not taken by a worker for {after_s} seconds.",
        trigger=EventTrigger(
            after={LATE},
            expect=set(TAKEN),
            match=RUNS,
            match_related=OURS,
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=timedelta(seconds=after_s),
        ),
        # A run that never began has no name of its own yet.
        actions=[_tell(notice, "late", run_name="{{ deployment.name }}", since="{{ flow_run.expected_start_time }}")],
    )


def enrol(client: SyncPrefectClient, late_after_s: int = LATE_AFTER_S) -> None:
    """Replace our automations by those of this release."""
    notice = client.read_deployment_by_name("notice/notice").id
    wanted = (lost_runs(), failed_runs(notice), waiting_runs(notice), late_runs(notice, late_after_s))
    for name in FORMER_DEPLOYMENTS:
        with suppress(ObjectNotFound):
            client.delete_deployment(client.read_deployment_by_name(name).id)
    for name in (*FORMER_AUTOMATIONS, *(each.name for each in wanted)):
        for earlier in client.read_automations_by_name(name):
            client.delete_automation(earlier.id)
    for automation in wanted:
        client.create_automation(automation)


def end_left_running(client: SyncPrefectClient) -> None:
    """Mark as crashed what an earlier cockpit left running: its worker is gone."""
    for run in client.read_flow_runs(flow_run_filter=_left_running()):
        client.set_flow_run_state(run.id, Crashed(message="its process was stopped; Retry goes on where it was"), force=True)


def _at_once(*events: str) -> EventTrigger:
    return EventTrigger(
        expect=set(events), match=RUNS, match_related=OURS, posture=Posture.Reactive, threshold=1, within=timedelta(0)
    )  # fmt: skip


def _tell(notice: UUID, kind: str, **other: str) -> RunDeployment:
    said = {
        "run_name": "{{ flow_run.name }}",
        "run_id": "{{ flow_run.id }}",
        "state": "{{ flow_run.state.name }}",
        "message": "{{ flow_run.state.message or '' }}",
        "since": "{{ flow_run.state.timestamp }}",
        **other,
    }
    templated = {name: {"__prefect_kind": "jinja", "template": template} for name, template in said.items()}
    return RunDeployment(source="selected", deployment_id=notice, job_variables=None, parameters={"kind": kind, **templated})


def _left_running() -> FlowRunFilter:
    states = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
    return FlowRunFilter(
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=states)),
        deployment_id=FlowRunFilterDeploymentId(is_null_=False),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Enrol with the server of PREFECT_API_URL."""
    given = argparse.ArgumentParser(prog="python -m tasks.cockpit.enrol", description="Tell a Prefect server what to watch.")
    given.add_argument("--late-after", type=int, default=LATE_AFTER_S, metavar="SECONDS", help="default: %(default)s")
    given.add_argument("--nothing-runs", action="store_true", help="no worker runs: mark as crashed what one left running")
    asked = given.parse_args(arguments)
    with get_client(sync_client=True) as client:
        enrol(client, asked.late_after)
        if asked.nothing_runs:
            end_left_running(client)


if __name__ == "__main__":
    main()
