"""The steps as Prefect tasks: one task a step, so that the run page shows a close as people speak of it.

Nothing is cached by Prefect: the ledger in PostgreSQL knows what is accepted, so a Retry runs every task again and each
task whose step is accepted ends at once. Only trouble on the way to something is tried again; a rule that failed fails again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from typing import TypeAlias

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.context import FlowRunContext
from prefect.tasks import Task, exponential_backoff

from billing.period import Period
from tasks import collecting, credit, delivery, documents, drafts, gates, issue, one_off, peppol, rating, recurring, report, snapshot
from tasks.artifacts import show
from tasks.bank.importing import GapAccepted, import_statements
from tasks.before_dunning import go_without_statements
from tasks.books import make_final
from tasks.bounce_mail import read_bounces
from tasks.copies import resend
from tasks.dunning import run_dunning
from tasks.dunning.page import page
from tasks.feed import importing
from tasks.finance_pages import show_orders, show_unmatched
from tasks.late_charges import LateChargesReceipt, charge_month, charging, debit_notes
from tasks.ledger import GateStopped, Receipt, Run, Step, find_run, is_accepted, run_step
from tasks.outcome import Outcome, show_checklist, step_done
from tasks.outside import Outside
from tasks.rerun import REPEATS
from tasks.retrying import BACKOFF_S, RETRIES, is_transport, with_retries
from tasks.review.papers import write_papers
from tasks.waiting import deliver_all, deliver_close
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


@step_task("charge lateness")
def charge_lateness(outside: Outside, run: Run) -> str | None:
    """Charge what being late has cost each payer and no debit note asks yet."""
    return _in_ledger(outside, run, Step("late_charges", charging.stage, "late_charges"))


@step_task("draft debit notes")
def draft_debit_notes(outside: Outside, run: Run) -> str | None:
    """Draft the debit notes, one a payer; park payers that cannot be billed."""
    return _in_ledger(outside, run, Step("drafts", debit_notes.stage, "drafts"))


@step_task("show drafts")
def show_drafts(outside: Outside, run: Run) -> str | None:
    """Write what people look at before they approve: the report, the workbook and the drafts of the largest changes."""
    return write_papers(outside, run)


@step_task("issue invoices")
def issue_invoices(outside: Outside, run: Run) -> str | None:
    """Give the drafts their numbers, dates and references; from here only credit notes change anything."""
    return _in_ledger(outside, run, Step("issue", issue.stage, "issue"))


@step_task("render documents")
def render_documents(outside: Outside, run: Run) -> str | None:
    """Write the invoices as PDF, with their annexes."""
    with watched(run, "invoices rendered", lambda: rendered(outside, run)):
        return _in_ledger(outside, run, Step("documents", documents.stage, "documents"))


@contextmanager
def _watched_delivery(outside: Outside, run: Run) -> Iterator[None]:
    with (
        watched(run, "invoices delivered", lambda: delivered(outside, run, "invoice")),
        watched(run, "e-invoices delivered", lambda: delivered(outside, run, "e_invoice")),
    ):
        yield


@step_task("deliver invoices")
def deliver_invoices(outside: Outside, run: Run) -> str | None:
    """Mail each invoice once, or publish it on the portal."""
    with _watched_delivery(outside, run):
        return _in_ledger(outside, run, Step("delivery", delivery.stage, "delivery"))


@step_task("report close")
def report_close(outside: Outside, run: Run) -> str | None:
    """Write the files of the month and the close report."""
    return _in_ledger(outside, run, Step("report", report.stage))


@step_task("write files")
def write_files(outside: Outside, run: Run) -> str | None:
    """Archive the documents, and write the invoices and lines of the month again, with those of this run among them."""
    return _in_ledger(outside, run, Step("report", report.files_alone))


@step_task("draw documents again")
def draw_documents_again(outside: Outside, run: Run) -> str | None:
    """Draw the documents of an issued close again: they must come out as they were, and what the store has lost is put back."""
    return str(REPEATS["documents"](outside, run))


@step_task("deliver again")
def deliver_again(outside: Outside, run: Run) -> str | None:
    """Send what still waits of an issued close; nobody gets a mail twice."""
    with _watched_delivery(outside, run):
        return str(REPEATS["delivery"](outside, run))


@step_task("report again")
def report_again(outside: Outside, run: Run) -> str | None:
    """Write the files of the month and the close report again."""
    return str(REPEATS["report"](outside, run))


def charge_late_payment(outside: Outside, on: date) -> LateChargesReceipt | None:
    """Make the debit notes of the month when they are due on a day, or go on with those begun; None when nothing is due.

    Raises GateStopped before anything is issued that is wrong. Done again after it was ended anywhere, it goes on where it stopped.
    """

    def work(outside: Outside, run: Run) -> None:
        for step in (charge_lateness, draft_debit_notes, issue_invoices, render_documents, deliver_invoices, write_files):
            perform(step, outside, run)

    return charge_month(outside, on, work)


def keep_inventory(outside: Outside, day: date) -> str:
    """Import the inventory of a day; returns what was read."""
    return f"inventory of {day}: {Receipt(snapshot.take_snapshot(outside, day).figures)}"


def book_statements(outside: Outside, on: date | None, accept_gap: str = "", accepted_by: str = "") -> str:
    """Book the bank statements of up to a day and match their payments. Raises GateStopped, with what was done, for what is wrong."""
    gap = GapAccepted(accept_gap, accepted_by) if accept_gap else None
    receipt = str(import_statements(outside, on, gap))
    show_unmatched(outside)
    try:
        gates.check_bank(outside, on, publish=show)
    except GateStopped as stopped:
        wrong = str(stopped).partition("\n\n")[2]  # without its first line: what could be booked is booked
        raise GateStopped(f"{receipt}\n\nwhat could be booked is booked; what has to be looked at:\n\n{wrong}") from stopped
    return receipt


def read_returned_mail(outside: Outside, on: date) -> str:
    """Read the bounce mailbox and book what came back; returns what was read."""
    return str(read_bounces(outside, on))


def send_e_invoices(outside: Outside, again: str = "") -> str:
    """Send the e-invoices of all runs that wait, with a refused one that is to be sent again; returns what became of all."""
    made = peppol.send_again(outside, again) if again else peppol.send_pending(outside)
    return ", ".join(f"{name} {count}" for name, count in made.items()) or "no e-invoices"


def copy_of_invoice(outside: Outside, number: str, to: str, by: str, on: date) -> str:
    """Send a copy of the mail of an invoice; returns what became of it. Raises Stopped for what cannot be sent."""
    return resend(outside, number, to, by, on)


def deliver_what_waits(outside: Outside, period: Period | None) -> str:
    """Send what waits of the close of a month, or of all; returns what became of it."""
    return deliver_close(outside, period) if period else deliver_all(outside)


def make_collections(outside: Outside, on: date, *, preview: bool) -> str:
    """Make the direct debit files of a day, or with `preview` say what they would collect. Raises GateStopped before one is published."""
    if preview:
        return str(collecting.preview(outside, on))
    receipt = collecting.collect(outside, on, check=partial(gates.check_collections, publish=show))
    show(f"direct-debit-{on}", receipt.markdown)
    return str(receipt)


def close_books(outside: Outside, month: Period, on: date, *, by: str) -> str:
    """Make the books of a month final on a day; says what was done. Raises GateStopped when they do not tie, Stopped when it cannot be."""
    return make_final(outside, month, on, by=by, publish=show)


def dun(outside: Outside, on: date, *, preview: bool, without_statements: bool = False, by: str = "") -> str:
    """Do what dunning does on a day, or with `preview` say what that is. Raises GateStopped before anything is sent.

    `without_statements` lets the letters go on the word of `by` although bank statements are missing.
    """
    if without_statements and not preview:
        go_without_statements(outside.engine, on, by)
    before, after = partial(gates.check_before_dunning, publish=show), partial(gates.check_dunning, publish=show)
    try:
        receipt = run_dunning(outside, on, preview, check_before=before, check=after, charge=charge_late_payment)
    except GateStopped:
        show_orders(outside)
        raise
    name = f"preview-dunning-{on}" if preview else f"dunning-{on}"
    show(name, page(outside, receipt), description=f"Dunning {on}")
    show_orders(outside)
    return str(receipt)
