"""Tells a fresh Prefect server what to watch: `python -m tasks.cockpit.enrol`, after the deployments are there.

Its own program, so that the cockpit itself need not import Prefect.
"""

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
from prefect.states import Crashed

HEARTBEAT = "prefect.flow-run.heartbeat"
ENDS = tuple(f"prefect.flow-run.{state}" for state in ("Completed", "Failed", "Cancelled", "Crashed", "Suspended", "Paused"))
SILENCE_S = 90  # three heartbeats: one may be late while a step computes
TAG = "billing"


def lost_runs() -> AutomationCore:
    """A run whose process is gone, worker included, is marked Crashed, so that its slot is free and it can be retried."""
    return AutomationCore(
        name="A run without heartbeat is crashed",
        description="No heartbeat for 90 seconds: the process is lost. Retry the run; what was accepted stays.",
        trigger=EventTrigger(
            after={HEARTBEAT},
            expect={HEARTBEAT, *ENDS},
            match=ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]}),
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
    """A billing run that fails is told by mail; an automation does so even when the run was killed."""
    said = {"run_name": "{{ flow_run.name }}", "state": "{{ flow_run.state.name }}", "message": "{{ flow_run.state.message }}",
            "run_id": "{{ flow_run.id }}"}  # fmt: skip
    return AutomationCore(
        name="A run that fails is told by mail",
        description="Runs failure-notice, which mails to the address of the setting tell.",
        trigger=EventTrigger(
            expect={"prefect.flow-run.Failed", "prefect.flow-run.Crashed", "prefect.flow-run.TimedOut"},
            match=ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]}),
            match_related=ResourceSpecification({"prefect.resource.id": [f"prefect.tag.{TAG}"], "prefect.resource.role": "tag"}),
            posture=Posture.Reactive,
            threshold=1,
            within=timedelta(0),
        ),
        actions=[
            RunDeployment(
                source="selected",
                deployment_id=notice,
                job_variables=None,
                parameters={name: {"__prefect_kind": "jinja", "template": template} for name, template in said.items()},
            )
        ],
    )


def enrol(client: SyncPrefectClient) -> None:
    """Replace our automations, and mark as crashed what an earlier cockpit left running: its worker is gone."""
    notice = client.read_deployment_by_name("failure-notice/failure-notice")
    for automation in (lost_runs(), failed_runs(notice.id)):
        for earlier in client.read_automations_by_name(automation.name):
            client.delete_automation(earlier.id)
        client.create_automation(automation)
    for run in client.read_flow_runs(flow_run_filter=_left_running()):
        client.set_flow_run_state(run.id, Crashed(message="its process was stopped; Retry goes on where it was"), force=True)


def _left_running() -> FlowRunFilter:
    states = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
    return FlowRunFilter(
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=states)),
        deployment_id=FlowRunFilterDeploymentId(is_null_=False),
    )


if __name__ == "__main__":
    with get_client(sync_client=True) as connected:
        enrol(connected)
