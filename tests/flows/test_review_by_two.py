"""Four eyes on a real Prefect server and worker: whose approval counts for which drafts, and what a lost run does by itself.

One close, told in order: each test goes on where the one before it ended.
"""

from collections.abc import Iterator

import httpx
import pytest

from tests.flows.test_review_in_prefect import PATIENCE_S, answer, waits
from tests.office import Office, new_office, running
from tests.world import world


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office in which two people approve."""
    made = new_office(tmp_path_factory.mktemp("office"))
    made.environment["BILLING_APPROVALS_NEEDED"] = "2"
    with running(made):
        yield made


@pytest.fixture(scope="module")
def flagged(office: Office) -> str:
    """A close started with the approval of Ann; it waits for the second person."""
    world().write(office.feed)
    run_id = office.start("monthly-close", period="2026-10", approve=True, by="Ann")
    waits(office, run_id, 1)
    return run_id


def test_pages_of_others_may_not_speak_to_the_server_through_the_browser(office: Office) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    url = f"{office.ui}/api/flow_runs/filter"
    elsewhere = httpx.options(url, headers={"Origin": "https://elsewhere.example", **asked}, timeout=60)
    assert "access-control-allow-origin" not in elsewhere.headers
    for own in (office.ui, office.ui.replace("127.0.0.1", "localhost")):
        assert httpx.options(url, headers={"Origin": own, **asked}, timeout=60).headers["access-control-allow-origin"] == own
    unasked = httpx.post(f"{office.ui}/api/flows/", headers={"Content-Type": "text/plain"}, content='{"name": "elsewhere"}', timeout=60)
    assert unasked.status_code == 422  # what a browser sends without asking first is not read


def test_a_form_that_approves_for_nobody_is_refused_where_two_people_have_to(office: Office) -> None:
    ended = office.ended(office.start("monthly-close", period="2026-10", approve=True))
    assert ended["state"]["type"] == "FAILED"
    assert ended["state"]["message"].startswith("two different people have to approve: say in by who does with this run")


def test_the_flag_is_one_approval_of_the_drafts_that_were_made_then(office: Office, flagged: str) -> None:
    assert "Ann approved these drafts already; another person has to as well." in office.form(flagged, "review-2026-10-1")


def test_a_run_lost_at_work_is_begun_again_by_a_person_only(office: Office, flagged: str) -> None:
    answer(office, flagged, decision="reject", name="Bert", comment="one more look")
    office.until(lambda: office.run(flagged)["state"]["type"] == "FAILED", PATIENCE_S, "the rejection ends the run")
    lost = {"type": "CRASHED", "name": "Crashed", "message": "no heartbeat for 90 s: the process is lost"}
    office.ask("POST", f"/flow_runs/{flagged}/set_state", {"state": lost, "force": True})
    reminded = office.ended(office.start("review-reminders"))
    assert reminded["state"]["message"] == "nobody has to be reminded"
    assert office.run(flagged)["state"]["type"] == "CRASHED"


def test_the_flag_is_no_approval_of_drafts_made_after_a_rejection(office: Office, flagged: str) -> None:
    office.retry(flagged)
    waits(office, flagged, 2)
    shown = office.form(flagged, "review-2026-10-2")
    assert "7 invoices to 7 payers" in shown
    assert "another person has to as well" not in shown
    answer(office, flagged, decision="approve", name="Bert", report_read=True)
    waits(office, flagged, 3)
    assert "Bert approved these drafts already; another person has to as well." in office.form(flagged, "review-2026-10-3")
    answer(office, flagged, decision="approve", name="Ann", report_read=True)
    office.until(lambda: office.run(flagged)["state"]["name"] == "Closed", PATIENCE_S, "October is closed")
