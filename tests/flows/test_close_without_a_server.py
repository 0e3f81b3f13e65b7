"""How any close goes: in order, one at a time, resumed where it stopped. Three small steps stand for the nine of a month."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from billing.period import Period
from tasks import retrying
from tasks.ledger import GateStopped, Receipt, Run, RunLocked, Step, Stopped, approved_by, close_of, only_one, open_close, reopen, run_step
from tasks.outcome import closed, waiting_for_approval
from tasks.outside import Outside
from tasks.runs import approved, working_on_close
from tasks.settings import Settings
from tasks.steps import StepTask, perform, step_task

OCTOBER = Period.month("2026-10")
CLOSE_DATE = date(2026, 10, 28)


@dataclass
class Office:
    """What was done, in order; which gates fail; which trouble the next attempts of a step meet."""

    done: list[str] = field(default_factory=list)
    failing_gates: set[str] = field(default_factory=set)
    trouble: dict[str, list[Exception]] = field(default_factory=dict)

    def step(self, name: str) -> StepTask:
        """A step that notes that it was done, unless trouble comes first, and has a gate of its name."""

        def stage(_outside: Outside, _run: Run) -> Receipt:
            if self.trouble.get(name):
                raise self.trouble[name].pop(0)
            self.done.append(name)
            return Receipt({"rows": 1})

        def check(_outside: Outside, _run: Run, gate: str) -> None:
            if gate in self.failing_gates:
                raise GateStopped(f"{gate}: 1 row too many; correct the feed and run again")

        @step_task(name)
        def work(outside: Outside, run: Run) -> str | None:
            receipt = run_step(outside, run, Step(name, stage, name), check)
            return None if receipt is None else str(receipt)

        return work

    def close(self, *, approve: bool = True, from_step: str | None = None, on: date = CLOSE_DATE) -> object:
        """The close of October by the same hands as the real one, with fewer steps."""
        with working_on_close(OCTOBER, on, from_step) as (outside, run):
            perform(self.step("rating"), outside, run)
            perform(self.step("drafts"), outside, run)
            if not approved(outside, run, approve):
                return waiting_for_approval(outside, run)
            perform(self.step("issue"), outside, run)
            return closed(outside, run)


@pytest.fixture
def office(in_force: Settings, database: Engine, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr(retrying, "BACKOFF_S", 0.01)
    monkeypatch.setattr(retrying, "JITTER_S", 0.01)
    with database.begin() as conn:
        conn.execute(text("insert into import_run (feed) values ('of the test')"))
    return Office()


def test_the_steps_come_in_order_and_the_outcome_is_a_sentence(office: Office) -> None:
    assert office.close() == "close 2026-10 is done: 0 invoices to 0 payers, EUR 0.00 net, EUR 0.00 with VAT"
    assert office.done == ["rating", "drafts", "issue"]


def test_a_second_close_does_nothing_again(office: Office) -> None:
    office.close()
    office.close()
    assert office.done == ["rating", "drafts", "issue"]


def test_a_close_that_nobody_approved_stops_after_the_drafts_and_goes_on_when_approved(office: Office, database: Engine) -> None:
    outcome = str(office.close(approve=False))
    assert outcome.startswith("close 2026-10: waiting for approval of 0 invoices")
    assert "billing close 2026-10 --on 2026-10-28 --approve" in outcome
    assert office.done == ["rating", "drafts"]
    office.close(approve=True)
    assert office.done == ["rating", "drafts", "issue"]
    run = close_of(database, OCTOBER)
    assert run is not None
    assert approved_by(database, run)


def test_the_setting_can_approve_every_close(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BILLING_APPROVAL", "auto")
    office.close(approve=False)
    assert office.done == ["rating", "drafts", "issue"]


def test_a_failing_gate_stops_the_close_and_the_next_one_begins_with_its_step(office: Office) -> None:
    office.failing_gates.add("drafts")
    with pytest.raises(GateStopped, match="1 row too many; correct the feed and run again"):
        office.close()
    office.failing_gates.clear()
    office.close()
    assert office.done == ["rating", "drafts", "drafts", "issue"]


@pytest.mark.parametrize("held", ["close 2026-10", "another close"])
def test_while_one_close_works_another_is_refused_of_the_same_month_or_not(held: str, office: Office, database: Engine) -> None:
    with only_one(database, held), pytest.raises(RunLocked, match=f"{held} is being worked on by another process"):
        office.close()
    office.close()
    assert office.done == ["rating", "drafts", "issue"]


def test_a_close_begun_for_one_day_is_not_ended_for_another(office: Office) -> None:
    office.close()
    with pytest.raises(Stopped, match="was begun for 2026-10-28; run it again with --on 2026-10-28"):
        office.close(on=date(2026, 10, 27))


@pytest.mark.parametrize(("step", "again"), [("rating", ["rating", "drafts"]), ("drafts", ["drafts"])])
def test_a_step_and_the_later_ones_are_done_again_on_demand(office: Office, step: str, again: list[str]) -> None:
    office.close(approve=False)
    office.close(approve=False, from_step=step)
    assert office.done == ["rating", "drafts", *again]


def test_what_is_done_again_needs_a_new_approval(office: Office, database: Engine) -> None:
    run = open_close(database, OCTOBER, CLOSE_DATE)
    office.failing_gates.add("issue")
    with pytest.raises(GateStopped):
        office.close(approve=True)
    assert approved_by(database, run)
    office.close(approve=False, from_step="drafts")
    assert approved_by(database, run) is None


def test_asking_twice_in_one_attempt_does_a_step_again_once(office: Office, database: Engine) -> None:
    office.close(approve=False)
    run = open_close(database, OCTOBER, CLOSE_DATE)
    for _retry in range(2):
        reopen(database, run, "drafts", asked_by="one Prefect run")
        office.close(approve=False)
    assert office.done == ["rating", "drafts", "drafts"]


def test_an_unknown_step_is_refused_with_those_there_are(office: Office) -> None:
    with pytest.raises(Stopped, match="no step 'issue' to do again; choose one of feed, snapshot, rating"):
        office.close(from_step="issue")


def test_nothing_is_done_again_once_an_invoice_has_its_number(office: Office, database: Engine) -> None:
    run = open_close(database, OCTOBER, CLOSE_DATE)
    office.close(approve=False)
    _number_an_invoice(database, run)
    with pytest.raises(Stopped, match="invoices are issued, rating stays as it is; correct with a credit note"):
        office.close(from_step="rating")
    assert office.done == ["rating", "drafts"]


def _connection_lost() -> Exception:
    return OperationalError("select 1", {}, Exception("server closed the connection unexpectedly"))


def _caused_by(cause: Exception) -> Exception:
    error = RuntimeError("could not write invoices/1.pdf")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize("trouble", [_connection_lost, lambda: ConnectionResetError(104, "reset by peer"), lambda: TimeoutError("slow")])
def test_trouble_on_the_way_is_tried_again(office: Office, trouble: Callable[[], Exception], caplog: pytest.LogCaptureFixture) -> None:
    office.trouble["rating"] = [trouble(), trouble(), trouble()]
    with caplog.at_level(logging.WARNING):
        office.close()
    assert office.done == ["rating", "drafts", "issue"]
    assert sum("trying again" in message for message in caplog.messages) == 3


def test_trouble_that_does_not_go_away_ends_the_close_and_nothing_accepted_is_lost(office: Office) -> None:
    office.trouble["drafts"] = [_connection_lost() for _ in range(4)]
    with pytest.raises(OperationalError):
        office.close()
    office.close()
    assert office.done == ["rating", "drafts", "issue"]


@pytest.mark.parametrize(
    "mistake",
    [
        TypeError("a mistake in the code"),
        Stopped("the order line L1 has no price; add it to prices.csv"),
        OSError(28, "No space left on device"),
        PermissionError(13, "Permission denied"),
        _caused_by(OSError(28, "No space left on device")),
    ],
    ids=lambda error: f"{type(error).__name__} {error}",
)
def test_what_seconds_cannot_mend_is_not_tried_again(office: Office, mistake: Exception) -> None:
    office.trouble["rating"] = [mistake]
    with pytest.raises(type(mistake)) as raised:
        office.close()
    assert raised.value is mistake
    assert office.done == []


def test_a_store_that_did_not_answer_is_tried_again_whatever_it_is_wrapped_in(office: Office) -> None:
    office.trouble["rating"] = [_caused_by(ConnectionResetError(104, "reset by peer"))]
    office.close()
    assert office.done == ["rating", "drafts", "issue"]


def _number_an_invoice(database: Engine, run: Run) -> None:
    with database.begin() as conn:
        conn.execute(text("alter table invoice disable trigger all"))
        conn.execute(
            text(
                "insert into invoice (run_id, kind, payer_id, payer_version, payment_days, net, vat, gross, "
                "series, seq, number, issued_on, due_on, structured_reference) values (:run_id, 'invoice', 'P1', 1, 30, 0, 0, 0, "
                "'2026', 1, '2026-000001', '2026-10-28', '2026-11-27', '+++090/9337/55493+++')"
            ),
            {"run_id": run.run_id},
        )
        conn.execute(text("alter table invoice enable trigger all"))
