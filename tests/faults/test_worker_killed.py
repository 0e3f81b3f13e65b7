"""The power of the worker is cut while a close works: each run is seen to be lost, somebody is told, Retry finishes it, nothing is doubled.

A dozen closes, each in a database of its own and each inside another step, lose their worker in the same moment, so that one wait is enough.
"""

import email
import mailbox
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from sqlalchemy import URL, text

from tasks.database import connect
from tests.databases import create_database
from tests.faults.held_step import Hold, Moment, held
from tests.faults.place import Place, place
from tests.faults.power_cut import Workshop, kill, workshop
from tests.office import Office
from tests.server_database import server_database

WITHIN_S = 120
BY_ITS_WORKER_S = 60
A_SERVICE_IS_STARTED_AGAIN_AFTER_S = 15
AT_A_TIME = 3
PATIENCE_S = 600.0  # a dozen closes on two cores

# What is half done when the power goes: two files of the feed are in, two lines are charged, two mails are gone …
STEPS = {
    "import feed": Moment("feed_file", nth=3),
    "freeze inventory": Moment("run", event="update of snapshot_on", when="new.snapshot_on is not null"),
    "rate usage": Moment("usage_window"),
    "charge recurring": Moment("recurring_charge", nth=3),
    "draft invoices": Moment("invoice_line", nth=3),
    "issue invoices": Moment("invoice", nth=3, event="update of number", when="new.number is not null"),
    "render documents": Moment("document", nth=3),
    "deliver invoices": Moment("delivery", nth=3, event="update of state", when="new.state = 'sent'"),
    "report close": Moment("run_step", when="new.step = 'report'"),
}
UNTIL_DRAFTS = list(STEPS)[:5]
# Beside the steps: while it writes down that people are asked, and while it takes what they answered.
ASKING, ANSWERED = "asks for approval", "takes the approval"
REVIEW = {ASKING: Moment("review_request"), ANSWERED: Moment("run_decision")}
RUN_ALONE, WORKER_ALONE = "only the run", "only the worker"
ALL = [*STEPS, *REVIEW, RUN_ALONE, WORKER_ALONE]
APPROVAL = {"decision": "approve", "name": "Ann Test", "report_read": True}
COUNTED = (
    "import_run", "feed_file", "feed_reject", "usage_record", "run", "run_step", "rated_usage", "usage_window", "usage_pending", "pool_use",
    "recurring_charge", "addition_charge", "one_off_charge", "parked_payer", "invoice", "invoice_line", "invoice_vat", "document", "delivery",
    "delivery_recipient", "archive_manifest", "gate_finding", "run_decision",
)  # fmt: skip


@dataclass
class Lost:
    """A close that was killed, and what became of it. Times in seconds since 1970."""

    where: str
    place: Place
    run_id: str
    hold: Hold
    letting_go: ExitStack
    killed_at: float = 0.0
    seen: dict[str, object] = field(default_factory=dict)
    crashed_after_s: float = float("inf")
    retried: dict[str, object] = field(default_factory=dict)

    def works(self, office: Office) -> bool:
        """Whether it has come to the moment at which it is held."""
        state = office.run(self.run_id)["state"]
        assert state["type"] in ("SCHEDULED", "PENDING", "RUNNING", "PAUSED"), state["message"]
        return self.hold.is_reached()

    @property
    def steps(self) -> list[str]:
        """The steps in whose middle it is held; none while people are asked."""
        return [f"{self.where} 2026-10"] if self.where in STEPS else ["render documents 2026-10"] if self.where not in REVIEW else []

    def working_on(self, office: Office) -> list[str]:
        """The steps that work, as the server has heard by now."""
        return [name for name, state in office.tasks(self.run_id, 1) if state == "Running"]

    def watch(self, office: Office) -> bool:
        """Whether the server says that the run crashed; when it does for the first time that is noted."""
        if not self.seen:
            state = office.run(self.run_id)["state"]
            if state["type"] in ("CRASHED", "COMPLETED", "FAILED"):
                self.seen = state
                self.crashed_after_s = datetime.fromisoformat(state["timestamp"]).timestamp() - self.killed_at
        return bool(self.seen)


@pytest.fixture(scope="module")
def undisturbed(server: URL, tmp_path_factory: pytest.TempPathFactory) -> Place:
    here = place(tmp_path_factory.mktemp("undisturbed"), server)
    assert here.close() == 0
    return here


@pytest.fixture(scope="module")
def drafted(server: URL, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A close that came to its drafts: what is killed later begins here, so that the steps before need not be done ten times."""
    here = place(tmp_path_factory.mktemp("drafted"), server)
    assert here.close(approve=False) == 0
    return here


@pytest.fixture(scope="module")
def shop(server: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    home = tmp_path_factory.mktemp("office")
    with server_database() as prefects, pytest.MonkeyPatch.context() as around:
        around.setenv("PREFECT_SERVER_DATABASE_CONNECTION_URL", prefects)
        with workshop(home, create_database(server), at_once=len(ALL)) as made:
            yield made


@pytest.fixture(scope="module")
def lost(shop: Workshop, server: URL, drafted: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Lost]]:
    """Each close, killed where its name says, seen to be lost, and retried to its end."""
    office, all_holds = shop.office, ExitStack()

    def begin(where: str) -> Lost:
        folder = tmp_path_factory.mktemp("lost")
        own = place(folder, server) if where in UNTIL_DRAFTS else drafted.copied(folder)
        holding = all_holds.enter_context(ExitStack())
        hold = holding.enter_context(held(own.url, (STEPS | REVIEW).get(where, STEPS["render documents"])))
        deployment = office.deployment("monthly-close")["id"]
        asked = {"parameters": {"period": "2026-10", "approve": where not in REVIEW}, "job_variables": {"env": own.settings}}
        run_id = str(office.ask("POST", f"/deployments/{deployment}/create_flow_run", asked)["id"])
        return Lost(where, own, run_id, hold, holding)

    def wait_for(some: list[Lost]) -> None:
        for each in some:
            if each.where == ANSWERED:
                approve(office, each.run_id)
            office.until(lambda each=each: each.works(office), PATIENCE_S, f"run {each.run_id} comes to: {each.where}")
            office.until(lambda each=each: each.working_on(office) == each.steps, 60, f"the server hears of the steps of: {each.where}")

    with all_holds:
        alone = begin(WORKER_ALONE)
        wait_for([alone])
        alone.killed_at = shop.kill_worker_alone()
        alone.letting_go.close()
        shop.start_workers()

        found = []
        places = [*STEPS, *REVIEW, RUN_ALONE]
        for first in range(0, len(places), AT_A_TIME):
            some = [begin(where) for where in places[first : first + AT_A_TIME]]
            wait_for(some)
            found.extend(some)
        by_worker = found[-1]
        by_worker.killed_at = time.time()
        kill(shop.process_of(by_worker.run_id))
        office.until(lambda: by_worker.watch(office), 120, "the worker says that its run is gone")

        at = shop.cut_power()
        for each in found:
            each.letting_go.close()
            each.killed_at = each.killed_at or at
        time.sleep(max(0.0, at + A_SERVICE_IS_STARTED_AGAIN_AFTER_S - time.time()))
        shop.start_workers()
        found.append(alone)
        office.until(lambda: all(each.watch(office) for each in found), 240, "all runs are seen to be lost")
        for each in found:
            office.retry(each.run_id)
        for each in found:
            if each.where == ASKING:
                approve(office, each.run_id)
            each.retried = office.ended(each.run_id, attempt=2, patience_s=PATIENCE_S)["state"]
        yield {each.where: each for each in found}


def approve(office: Office, run_id: str) -> None:
    """Wait until people are asked, then approve as the form does."""
    office.until(lambda: office.form(run_id), PATIENCE_S, "the close waits for approval")
    assert office.ask("POST", f"/flow_runs/{run_id}/resume", {"run_input": APPROVAL})["status"] == "ACCEPT"


@pytest.mark.parametrize("where", [*STEPS, *REVIEW])
def test_a_close_whose_worker_loses_its_power_in_a_step_is_marked_crashed_within_two_minutes(
    where: str, lost: dict[str, Lost], record_property: Callable[[str, object], None]
) -> None:
    record_property("seconds until marked crashed", round(lost[where].crashed_after_s))
    assert lost[where].seen["type"] == "CRASHED"
    assert 0 < lost[where].crashed_after_s < WITHIN_S


def test_a_run_killed_under_a_living_worker_is_marked_crashed_at_once(lost: dict[str, Lost]) -> None:
    assert lost[RUN_ALONE].seen["type"] == "CRASHED"
    assert 0 < lost[RUN_ALONE].crashed_after_s < BY_ITS_WORKER_S


def test_a_run_whose_worker_alone_is_killed_is_marked_crashed_within_two_minutes(lost: dict[str, Lost]) -> None:
    assert lost[WORKER_ALONE].seen["type"] == "CRASHED"
    assert 0 < lost[WORKER_ALONE].crashed_after_s < WITHIN_S


@pytest.mark.parametrize("where", ALL)
def test_somebody_is_told_of_a_lost_close(where: str, lost: dict[str, Lost], shop: Workshop) -> None:
    page = f"{shop.office.ui}/v2/runs/flow-run/{lost[where].run_id}"

    def subjects() -> list[str]:
        return [str(mail["Subject"]) for mail in mailbox.Maildir(shop.mailbox) if page in text_of(mail)]

    shop.office.until(subjects, 240, f"a mail says that the close is lost: {where}")
    assert subjects().count("close 2026-10: Crashed") == 1


@pytest.mark.parametrize("where", ALL)
def test_retry_finishes_a_lost_close_and_nothing_is_doubled(where: str, lost: dict[str, Lost], undisturbed: Place) -> None:
    assert (lost[where].retried["type"], lost[where].retried["name"]) == ("COMPLETED", "Closed")
    own = lost[where].place
    numbers = own.numbers()
    assert numbers == [f"2026-{count:06}" for count in range(1, len(numbers) + 1)]
    assert numbers == undisturbed.numbers()
    expected_rows = counts(undisturbed.url)
    if where == "import feed":
        expected_rows["import_run"] += 1  # the files that were in stay those of the first import; what was left came with another
    assert counts(own.url) == expected_rows
    files, expected = own.files(), undisturbed.files()
    assert sorted(files) == sorted(expected)
    assert [name for name, content in expected.items() if files[name] != content] == []
    ids = Counter(str(email.message_from_bytes(mail)["Message-ID"]) for mail in own.mails())
    assert set(ids.values()) == {1}
    assert sorted(own.mails()) == sorted(undisturbed.mails())


def test_lost_runs_hold_no_place_that_others_wait_for(lost: dict[str, Lost], shop: Workshop) -> None:
    assert lost
    slots = shop.office.deployment("monthly-close")["global_concurrency_limit"]
    shop.office.until(lambda: shop.office.ask("GET", f"/v2/concurrency_limits/{slots['id']}")["active_slots"] == 0, 60, "no slot is taken")


def text_of(mail: mailbox.MaildirMessage) -> str:
    """What the mail says, without its HTML."""
    part = next(part for part in mail.walk() if part.get_content_type() == "text/plain")
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode()


def counts(url: URL) -> dict[str, int]:
    """How many rows each table of the ledger has."""
    engine = connect(url)
    with engine.connect() as conn:
        found = {table: int(conn.execute(text(f"select count(*) from {table}")).scalar_one()) for table in COUNTED}
    engine.dispose()
    return found
