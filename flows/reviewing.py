"""Having people look at the drafts of a close: the run is suspended with a form, and goes on with what they answered."""

from dataclasses import replace

from prefect.client.orchestration import SyncPrefectClient
from prefect.events import emit_event
from prefect.exceptions import Pause
from prefect.flow_runs import suspend_flow_run
from prefect.runtime import deployment, flow_run

import sql
from flows.review_form import ReviewForm, form_for
from tasks.artifacts import show
from tasks.ledger import Run, Stopped
from tasks.outside import Outside
from tasks.review import Ask, Decision, ask_open, asks_of, decide, decisions_of, end_ask
from tasks.review.described import form_text
from tasks.review.papers import put_away
from tasks.review.shown import gone_back
from tasks.review.waking import SAYS_IT_WAITS, answer_given, key_of, prefect, still_waits, wake_others, was_shown
from tasks.runs import approved
from tasks.steps import draft_invoices, perform, show_drafts


def require_a_name(outside: Outside, approve: bool, by: str) -> None:
    """Raises Stopped for a form that approves for nobody while two people have to: the user of a worker is no person."""
    if approve and not by.strip() and deployment.id is not None and outside.settings.approvals_needed > 1:
        raise Stopped("two different people have to approve: say in by who does with this run, or leave approve off. Nothing is done")


def agreed(outside: Outside, run: Run, approve: bool, by: str) -> bool:
    """Whether the drafts may be issued. False when they wait for people who cannot be asked from here, or are asked elsewhere.

    In a deployment the Prefect run ends here, suspended until the form is answered or the deadline passes; begun anew, it comes here
    again and takes the answer. No lock is held and no worker waits meanwhile. Raises Stopped when the drafts are rejected.
    """
    if _settled(outside, run, approve, by):
        put_away(outside, run)
        return True
    return False


def _settled(outside: Outside, run: Run, approve: bool, by: str) -> bool:
    if deployment.id is None:
        return approved(outside, run, approve, by) or _asked_without_form(outside, run)
    with prefect(outside) as client:
        taken = [one for one in _answers_taken(outside, run, client) if one.counts]
        if taken and taken[-1].decision == "reject":
            raise Stopped(gone_back(run, taken[-1]))
        if taken and taken[-1].decision == "exclude":
            perform(draft_invoices, outside, run)
        if approved(outside, run, approve and not _has_asked(outside, run), by):
            return True
        ask = _asked(outside, run, client)
    if ask.flow_run == flow_run.id:
        _suspend(outside, run, ask)
    return False


def _has_asked(outside: Outside, run: Run) -> bool:
    """Whether this Prefect run has asked before: its flag was of the drafts of then, and is no approval of what was made since."""
    with outside.engine.connect() as conn:
        return any(ask.flow_run == flow_run.id for ask in asks_of(conn, run))


def _asked_without_form(outside: Outside, run: Run) -> bool:
    """People decide with `billing review`; returns False."""
    ask_open(outside, run, "")
    return False


def _asked(outside: Outside, run: Run, client: SyncPrefectClient) -> Ask:
    """What people have to answer now, here or in another Prefect run that waits."""
    mine = str(flow_run.id)
    ask = ask_open(outside, run, mine, lambda other: still_waits(client, other))
    while ask.flow_run == mine and was_shown(client, run, ask):  # resumed without an answer: Prefect shows a form once
        with outside.engine.begin() as conn:
            end_ask(conn, ask, "replaced")
        ask = ask_open(outside, run, mine)
    return ask


def _answers_taken(outside: Outside, run: Run, client: SyncPrefectClient) -> list[Decision]:
    """What people answered in forms since somebody last looked, each answer taken once.

    In the forms of this Prefect run, and in one of another that is still open: that run may be answered in time and not begun again yet.
    """
    with outside.engine.connect() as conn:
        read = {one.ask_no for one in decisions_of(conn, run) if one.channel == "form"}
        asked = [ask for ask in asks_of(conn, run) if ask.flow_run and ask.ask_no not in read]
    open_forms = [ask for ask in asked if ask.flow_run == flow_run.id or ask.ended_at is None]
    taken = []
    for ask in open_forms:
        given = answer_given(client, run, ask)
        if given is not None and (given.at is None or given.at > ask.asked_at):  # else of a close of this month that was set aside
            answer = ReviewForm(**given.fields).answer()
            taken.append(decide(outside, run, replace(answer, ask_no=ask.ask_no, given_at=given.at)))
    return taken


def _suspend(outside: Outside, run: Run, ask: Ask) -> None:
    """Show the drafts and wait: Prefect ends this process, and begins the run anew when the form is answered."""
    perform(show_drafts, outside, run)
    text = form_text(outside, run, ask)
    show(f"review-{run.name}", text, description=f"Review of the {run.name}")
    with outside.engine.connect() as conn:
        left = (ask.deadline - sql.scalar(conn, "runs/now")).total_seconds()
    form = form_for(outside.settings.approvers).with_initial_data(description=text)
    wake_others(outside, run)
    try:
        suspend_flow_run(wait_for_input=form, timeout=max(1, round(left)), key=key_of(run, ask))
    except Pause:
        # The server says itself that the run is suspended, and may do so before it hears our last heartbeat, after which it would expect
        # another one. What is said here comes after that heartbeat, on the same way.
        emit_event(
            SAYS_IT_WAITS, resource={"prefect.resource.id": f"prefect.flow-run.{flow_run.id}", "prefect.resource.name": flow_run.name}
        )
        raise
