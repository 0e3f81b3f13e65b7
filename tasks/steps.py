"""The steps as Prefect tasks: one task a step, so that the run page shows a close as people speak of it.

Nothing is cached by Prefect: the ledger in PostgreSQL knows what is accepted, so a Retry runs every task again and each
task whose step is accepted ends at once. Only trouble on the way to something is tried again; a rule that failed fails again.
"""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TypeAlias

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.context import FlowRunContext
from prefect.tasks import Task, exponential_backoff

from tasks import credit, delivery, documents, drafts, export, gates, issue, one_off, rating, recurring, report, snapshot
from tasks.artifacts import show
from tasks.bank.importing import GapAccepted, import_statements
from tasks.dunning import run_dunning
from tasks.feed import importing
from tasks.ledger import GateStopped, Receipt, Run, Step, find_run, is_accepted, run_step
from tasks.outcome import Outcome, show_checklist, step_done
from tasks.outside import Outside
from tasks.retrying import BACKOFF_S, RETRIES, is_transport, with_retries
from tasks.watching import delivered, rated, rendered, watched

Work: TypeAlias = Callable[[Outside, Run], str | None]
StepTask: TypeAlias = Task[[Outside, Run], Outcome]


def _worth_a_retry(_task: Task[..., object], _run: TaskRun, state: State[object]) -> bool:
    failure = state.result(raise_on_failure=False)
    return isinstance(failure, BaseException) and is_transport(failure)


def step_task(words: str) -> Callable[[Work], StepTask]:
    """A step as a task, shown as `words` and the month or day of its run."""

    def made(work: Work) -> StepTask:
        def step(outside: Outside, run: Run) -> Outcome:
            return step_done(work(outside, find_run(outside.engine, run.run_id)))

        step.__doc__ = work.__doc__
        return task(
            name=words,
            description=work.__doc__,
            task_run_name=words + " {run.of}",
            retries=RETRIES,
            retry_delay_seconds=exponential_backoff(backoff_factor=BACKOFF_S),
            retry_jitter_factor=0.3,
            retry_condition_fn=_worth_a_retry,
            cache_policy=NO_CACHE,
            persist_result=False,
        )(step)

    return made


def perform(step: StepTask, outside: Outside, run: Run) -> None:
    """Do a step: as a task of the Prefect run when there is one, else as a plain function with the same retries."""
    if FlowRunContext.get() is None:
        with_retries(step.fn, outside, run)
        return
    try:
        step(outside, run)
    finally:
        show_checklist(outside, run)


def _in_ledger(outside: Outside, run: Run, step: Step) -> str | None:
    receipt = run_step(outside, run, step, partial(gates.check, publish=show))
    return None if receipt is None else str(receipt)


@step_task("import feed")
def import_feed(outside: Outside, run: Run) -> str | None:
    """Import what is new in the feed and check it. Every attempt does so until the drafts are accepted: a correction must be seen."""
    if is_accepted(outside.engine, run.run_id, "drafts"):
        return None
    receipt = importing.stage(outside, run)
    gates.check(outside, find_run(outside.engine, run.run_id), "feed", publish=show)
    return str(receipt)


@step_task("freeze inventory")
def freeze_inventory(outside: Outside, run: Run) -> str | None:
    """Freeze the latest inventory snapshot on or before the close date."""
    return _in_ledger(outside, run, Step("snapshot", snapshot.stage, "snapshot", snapshot.accept))


@step_task("rate usage")
def rate_usage(outside: Outside, run: Run) -> str | None:
    """Price every usage record that is not settled yet."""
    with watched(run, "usage rated", lambda: rated(outside, run)):
        return _in_ledger(outside, run, Step("rating", rating.stage, "rating", rating.accept))


@step_task("charge recurring")
def charge_recurring(outside: Outside, run: Run) -> str | None:
    """Charge the days of each line that are due and not charged yet."""
    return _in_ledger(outside, run, Step("recurring", recurring.stage, "recurring"))


@step_task("charge one-off")
def charge_one_off(outside: Outside, run: Run) -> str | None:
    """Charge what is payable at order."""
    return _in_ledger(outside, run, Step("one_off", one_off.stage))


@step_task("draft invoices")
def draft_invoices(outside: Outside, run: Run) -> str | None:
    """Assemble the drafts, one per payer and payment term; park payers that cannot be billed."""
    return _in_ledger(outside, run, Step("drafts", drafts.stage, "drafts"))


@step_task("draft credit note")
def draft_credit(outside: Outside, run: Run) -> str | None:
    """Draft the credit note that was asked for, and the invoice that takes the place of the credited one."""
    return _in_ledger(outside, run, Step("drafts", credit.stage, "drafts"))


@step_task("issue invoices")
def issue_invoices(outside: Outside, run: Run) -> str | None:
    """Give the drafts their numbers, dates and references; from here only credit notes change anything."""
    return _in_ledger(outside, run, Step("issue", issue.stage, "issue"))


@step_task("render documents")
def render_documents(outside: Outside, run: Run) -> str | None:
    """Write the invoices as PDF, with their annexes."""
    with watched(run, "invoices rendered", lambda: rendered(outside, run)):
        return _in_ledger(outside, run, Step("documents", documents.stage, "documents"))


@step_task("deliver invoices")
def deliver_invoices(outside: Outside, run: Run) -> str | None:
    """Mail each invoice once, or publish it on the portal."""
    with watched(run, "invoices delivered", lambda: delivered(outside, run)):
        return _in_ledger(outside, run, Step("delivery", delivery.stage, "delivery"))


@step_task("report close")
def report_close(outside: Outside, run: Run) -> str | None:
    """Write the files of the month and the close report."""
    return _in_ledger(outside, run, Step("report", report.stage))


@step_task("write files")
def write_files(outside: Outside, run: Run) -> str | None:
    """Write the invoices and lines of the month again, with those of this run among them."""
    return _in_ledger(outside, run, Step("report", export.write_files))


def keep_inventory(outside: Outside, day: date) -> str:
    """Import the inventory of a day; returns what was read."""
    return f"inventory of {day}: {Receipt(snapshot.take_snapshot(outside, day).figures)}"


def book_statements(outside: Outside, on: date | None, accept_gap: str = "", accepted_by: str = "") -> str:
    """Book the bank statements of up to a day and match their payments. Raises GateStopped, with what was done, for what is wrong."""
    gap = GapAccepted(accept_gap, accepted_by) if accept_gap else None
    receipt = str(import_statements(outside, on, gap))
    try:
        gates.check_bank(outside, on, publish=show)
    except GateStopped as stopped:
        wrong = str(stopped).partition("\n\n")[2]  # without its first line: what could be booked is booked
        raise GateStopped(f"{receipt}\n\nwhat could be booked is booked; what has to be looked at:\n\n{wrong}") from stopped
    return receipt


def send_reminders(outside: Outside, on: date, *, preview: bool) -> str:
    """Send the reminders that are due on a day, or with `preview` say which they would be. Raises GateStopped before anything is sent."""
    return str(run_dunning(outside, on, preview, check=partial(gates.check_dunning, publish=show)))
