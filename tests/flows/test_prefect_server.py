"""The close on a real Prefect server with a real worker, as `billing ui` starts them: deployed, triggered, stopped by a gate, retried."""

import mailbox
import signal
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.office import RUN_S, Office, new_office
from tests.world import EXPECTED_NET, world

BRUSSELS = ZoneInfo("Europe/Brussels")
UNTIL_DRAFTS = ["import feed", "freeze inventory", "rate usage", "charge recurring", "draft invoices"]
WHOLE = [*UNTIL_DRAFTS, "issue invoices", "render documents", "deliver invoices", "report close"]


def of_october(steps: list[str]) -> list[str]:
    return [f"{step} 2026-10" for step in steps]


def break_the_rates(feed: Path) -> None:
    """A feed in which the rates of the deck are lost but one: most calls find no price."""
    broken = world()
    broken.tables["rates"] = broken.tables["rates"][:1]
    broken.write(feed)


def mails(office: Office) -> list[str]:
    return sorted(str(mail["Subject"]) for mail in mailbox.Maildir(office.home / "mailbox"))


@pytest.mark.parametrize(
    ("name", "hour", "minute", "day"),
    [
        ("monthly-close", 6, 0, 28),
        ("inventory-snapshot", 5, 0, None),
        ("order-invoicing", 7, 0, None),
        ("bounces", 7, 25, None),
        ("dunning", 7, 30, None),
        ("e-invoices", 8, 0, None),
        ("books", 8, 30, 3),
    ],
)
def test_a_deployment_starts_at_its_hour_in_brussels(office: Office, name: str, hour: int, minute: int, day: int | None) -> None:
    found = office.deployment(name)
    assert found["work_pool_name"] == "billing"
    assert found["global_concurrency_limit"]["limit"] == 1
    (schedule,) = found["schedules"]
    assert schedule["active"]
    assert schedule["schedule"]["timezone"] == "Europe/Brussels"
    office.until(lambda: office.ask("POST", "/flow_runs/filter", _scheduled(found["id"])), 90, f"runs of {name} are scheduled")
    starts = [run["expected_start_time"] for run in office.ask("POST", "/flow_runs/filter", _scheduled(found["id"]))]
    days = [datetime.fromisoformat(start.replace("Z", "+00:00")).astimezone(BRUSSELS) for start in starts]
    assert {(start.hour, start.minute) for start in days} == {(hour, minute)}
    assert day is None or {start.day for start in days} == {day}
    assert name != "dunning" or {start.isoweekday() for start in days} <= {1, 2, 3, 4, 5}  # no letter leaves on a weekend


def _scheduled(deployment_id: str) -> dict[str, object]:
    return {
        "flow_runs": {"deployment_id": {"any_": [deployment_id]}, "state": {"type": {"any_": ["SCHEDULED"]}}},
        "sort": "EXPECTED_START_TIME_ASC",
    }


def test_the_form_of_a_close_refuses_what_is_no_month(office: Office) -> None:
    deployment = office.deployment("monthly-close")["id"]
    answer = httpx.post(f"{office.ui}/api/deployments/{deployment}/create_flow_run", json={"parameters": {"period": "2026-13"}}, timeout=30)
    assert answer.status_code == 409
    assert "2026-13" in answer.text


def test_a_close_stopped_by_a_gate_is_retried_and_finished(office: Office) -> None:
    break_the_rates(office.feed)
    run_id = office.start("monthly-close", period="2026-10")
    stopped = office.ended(run_id)
    assert stopped["name"] == "close 2026-10"
    assert stopped["state"]["type"] == "FAILED"
    assert "close 2026-10 stopped at the gate `rating`" in stopped["state"]["message"]
    assert office.tasks(run_id, 1)[-1] == ("rate usage 2026-10", "Failed")
    page = office.artifact("gate-rating-close-2026-10")
    assert page["type"] == "markdown"
    office.until(lambda: "close 2026-10: Failed" in mails(office), 240, "the failure is told by mail")

    world().write(office.feed)
    office.retry(run_id)
    office.until(lambda: office.run(run_id)["state"]["name"] == "Suspended", RUN_S, "the close waits for people")
    office.until(lambda: "close 2026-10: waiting for approval" in mails(office), 240, "people are told that it waits")
    assert f"{len(EXPECTED_NET)} invoices to {len(EXPECTED_NET)} payers" in office.artifact("review-close-2026-10")["data"]
    assert [name for name, _ in office.tasks(run_id, 2)] == of_october([*UNTIL_DRAFTS, "show drafts"])

    approved = office.start("monthly-close", period="2026-10", approve=True)
    closed = office.ended(approved)
    assert (closed["state"]["type"], closed["state"]["name"]) == ("COMPLETED", "Closed")
    assert [name for name, _ in office.tasks(approved, 1)] == of_october(WHOLE)
    assert office.artifact("progress-invoices-delivered-close-2026-10")["description"] == "7 of 7 invoices delivered"
    assert office.artifact("progress-invoices-rendered-close-2026-10")["description"] == "7 of 7 invoices rendered"
    checklist = office.artifact("checklist-close-2026-10")["data"]
    assert checklist.count("| done |") == len(WHOLE) + 1  # and people have approved
    assert f"{office.reports}/2026-10/close_report.html" in checklist


def test_a_day_of_dunning_is_previewed_then_done_and_its_page_links_the_letters(office: Office) -> None:
    previewed = office.ended(office.start("dunning", on="2026-12-07", preview=True))
    assert (previewed["state"]["type"], previewed["name"]) == ("COMPLETED", "dunning 2026-12-07")
    assert "would be sent" in previewed["state"]["message"]
    shown = office.artifact("preview-dunning-2026-12-07")["data"]
    assert shown.startswith("# Dunning 2026-12-07: preview, nothing is sent")
    assert "| CL-LUX |" in shown
    before = len(mails(office))
    done = office.ended(office.start("dunning", on="2026-12-07"))
    assert done["state"]["type"] == "COMPLETED"
    assert len(mails(office)) - before == len(EXPECTED_NET) - 1  # one reads it on the portal
    letters = office.artifact("dunning-2026-12-07")["data"]
    assert f"[PDF]({office.reports}/2026-12/letters/CL-LUX-1-2026-12-07.pdf)" in letters
    assert office.artifact("gate-dunning-before-before-dunning-2026-12-07")["type"] == "markdown"


def test_the_results_are_pages_for_this_machine_only(office: Office) -> None:
    assert httpx.get(f"{office.reports}/2026-10/invoices.csv", timeout=10).text.startswith("invoice_number,")
    assert httpx.get(f"{office.reports}/", headers={"Host": "elsewhere.example"}, timeout=10).status_code == 403
    assert httpx.get(f"{office.reports}/.hidden", timeout=10).status_code == 404
    assert httpx.put(f"{office.reports}/2026-10/invoices.csv", content="nothing", timeout=10).status_code == 501
    assert httpx.get(f"{office.reports}/%2e%2e/billing.toml", timeout=10).status_code == 404


def test_the_command_line_closes_as_a_run_of_the_server_when_told_where_it_is(office: Office) -> None:
    done = office.command("close", "2026-10", "--on", "2026-10-28", environment={"PREFECT_API_URL": f"{office.ui}/api"})
    assert done.returncode == 0
    assert done.stdout.startswith("close 2026-10 is done: ")


def test_a_second_cockpit_says_where_the_first_runs(office: Office) -> None:
    second = office.command("ui")
    assert (second.returncode, second.stderr) == (0, "")
    assert second.stdout == f"it runs already: Prefect {office.ui}, results {office.reports}\n"


def test_a_cockpit_whose_port_is_taken_names_the_setting(office: Office, tmp_path: Path) -> None:
    other = new_office(tmp_path)
    config = (tmp_path / "billing.toml").read_text(encoding="utf-8").replace(f"ui_port = {other.ui_port}", f"ui_port = {office.ui_port}")
    (tmp_path / "billing.toml").write_text(config, encoding="utf-8")
    refused = other.command("ui")
    assert refused.returncode == 1
    assert f"port {office.ui_port} of this machine is taken by another program; end it or set BILLING_UI_PORT" in refused.stderr


def test_everything_ends_with_the_cockpit_and_comes_back_with_the_next(office: Office) -> None:
    before = office.deployment("monthly-close")["id"]
    assert office.end(signal.SIGINT) == 0
    for address in (office.ui, office.reports):
        with pytest.raises(httpx.ConnectError):
            httpx.get(address, timeout=5)
    assert not (office.home / "state" / "postgres" / "postmaster.pid").exists()
    office.said.clear()
    office.begin()
    assert office.deployment("monthly-close")["id"] == before
    assert "close 2026-10" in office.command("status").stdout
