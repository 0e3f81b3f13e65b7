"""The Prefect runs that wait with a form: which still wait, what was answered, and those woken that wait for nothing any more."""

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import State, StateType
from prefect.exceptions import ObjectNotFound
from prefect.runtime import flow_run as this
from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL
from prefect.states import Cancelled, Scheduled

import sql
from tasks.artifacts import NOT_SHOWN
from tasks.ledger import Run, find_run
from tasks.outside import Outside
from tasks.review.asking import asks_of, waiting
from tasks.review.records import Ask

SAYS_IT_WAITS = "billing.flow-run.waits"  # the event a run says when it suspends itself; the automation for lost runs knows it

log = logging.getLogger(__name__)

WAITS, IS_RESUMED = frozenset({StateType.PAUSED}), frozenset({StateType.SCHEDULED})


@dataclass(frozen=True, slots=True)
class Given:
    """What a form was answered with, field by field, and when."""

    fields: dict[str, Any]
    at: datetime | None


@contextmanager
def prefect(outside: Outside) -> Iterator[SyncPrefectClient]:
    """The Prefect server: the one this process was told of, else that of `billing ui` on this machine."""
    auth = PREFECT_API_AUTH_STRING.value()
    url = PREFECT_API_URL.value() or f"http://127.0.0.1:{outside.settings.ui_port}/api"
    with SyncPrefectClient(url, auth_string=auth.get_secret_value() if auth else None) as client:
        yield client


def key_of(run: Run, ask: Ask) -> str:
    """The key of the form of an ask: another ask is another form, so that Prefect never takes an old answer for a new one."""
    return f"review-{run.of}-{ask.ask_no}"


def answer_given(client: SyncPrefectClient, run: Run, ask: Ask) -> Given | None:
    """What the form of the ask was answered with, None as long as it is not."""
    key = f"suspended-{key_of(run, ask)}-response"
    found = client.filter_flow_run_input(UUID(ask.flow_run), key_prefix=key, limit=1, exclude_keys=set())
    return Given(json.loads(found[0].value), found[0].created) if found else None


def was_shown(client: SyncPrefectClient, run: Run, ask: Ask) -> bool:
    """Whether Prefect has shown the form of the ask before, which it does once."""
    return key_of(run, ask) in (client.read_flow_run(UUID(ask.flow_run)).empirical_policy.pause_keys or ())


def still_waits(client: SyncPrefectClient, flow_run: str) -> bool:
    """Whether the Prefect run is suspended."""
    state = _state(client, flow_run)
    return state is not None and state.is_paused()


def _state(client: SyncPrefectClient, flow_run: str) -> State[object] | None:
    """The state of the Prefect run, None when the server does not know it."""
    try:
        return client.read_flow_run(UUID(flow_run)).state
    except ObjectNotFound:
        return None


def wake_others(outside: Outside, run: Run) -> int:
    """Let the Prefect runs go on that were asked about the run and whose asking is over; returns how many.

    They find the close decided, or asked about by another run, and end in words. A server that cannot be reached stops nothing.
    """
    with outside.engine.connect() as conn:
        asks = asks_of(conn, run)
    asked = {ask.flow_run for ask in asks if ask.ended_at is None}
    left = {ask.flow_run for ask in asks} - asked - {"", str(this.id)}
    return _set_state(outside, left, _still_asks, Scheduled(name="Resuming"))


def ask_again(outside: Outside) -> int:
    """Begin the Prefect runs again that were taken for lost while they waited: they ask with a new form. Returns how many.

    A server that is far behind with its events sees the last heartbeat of a run before it sees that the run was suspended. A run that was
    lost at work stays as it is: somebody is told, and has to see first that the machine is well again.
    """
    asked = {each.flow_run for each in waiting(outside.engine)} - {""}
    return _set_state(outside, asked, _lost_while_it_waited, Scheduled(name="AwaitingRetry"))


def end_waiting(outside: Outside, flow_runs: Iterable[str], why: str) -> int:
    """Cancel the Prefect runs of a close that is no more, suspended or answered and not begun: they would begin it anew.

    Returns how many.
    """
    return _set_state(outside, set(flow_runs) - {""}, _waits_or_is_resumed, Cancelled(message=why))


def _still_asks(client: SyncPrefectClient, flow_run: UUID, now: StateType) -> bool:
    return now in WAITS or _lost_while_it_waited(client, flow_run, now)


def _waits_or_is_resumed(_client: SyncPrefectClient, _flow_run: UUID, now: StateType) -> bool:
    return now in WAITS | IS_RESUMED


def _lost_while_it_waited(client: SyncPrefectClient, flow_run: UUID, now: StateType) -> bool:
    """Whether the run was suspended until it was taken for lost."""
    if now is not StateType.CRASHED:
        return False
    before = [state.type for state in client.read_flow_run_states(flow_run) if state.type is not StateType.CRASHED]
    return bool(before) and before[-1] in WAITS


def _set_state(
    outside: Outside, flow_runs: set[str], is_meant: Callable[[SyncPrefectClient, UUID, StateType], bool], state: State[object]
) -> int:
    """Set the state of those of the Prefect runs that are meant, as they are now; returns how many."""
    changed = 0
    if not flow_runs:
        return 0
    try:
        with prefect(outside) as client:
            for flow_run in sorted(flow_runs):
                now = _state(client, flow_run)
                if now is not None and is_meant(client, UUID(flow_run), now.type):
                    client.set_flow_run_state(UUID(flow_run), state, force=True)
                    changed += 1
    except NOT_SHOWN as error:
        log.warning("a Prefect run that waits for nothing any more could not be set to %s: %s", state.name, error)
    return changed


def wake_all(outside: Outside) -> int:
    """As `wake_others`, for all closes: what a command decided while the server could not be reached. Returns how many."""
    with outside.engine.connect() as conn:
        runs = [row["run_id"] for row in sql.dicts(conn, "review/asked_lately")]
    return sum(wake_others(outside, find_run(outside.engine, run_id)) for run_id in runs)
