"""The review of the drafts on a real Prefect server and worker: the close waits suspended, and goes on with what people answer.

One close, told in order: each test goes on where the one before it ended.
"""

import json
import mailbox
import os
import signal
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.office import Office
from tests.world import world

PATIENCE_S = 300


def waits(office: Office, run_id: str, ask_no: int, month: str = "2026-10") -> None:
    """Wait until the Prefect run waits with the form of this ask."""
    office.until(lambda: office.form(run_id, f"review-{month}-{ask_no}"), PATIENCE_S, f"form {ask_no} of {run_id} is shown")


def answer(office: Office, run_id: str, **fields: object) -> dict[str, Any]:
    """Send the form as the page of the run does; returns what Prefect says to it."""
    said: dict[str, Any] = office.ask("POST", f"/flow_runs/{run_id}/resume", {"run_input": fields})
    return said


def slots_taken(office: Office) -> int:
    return int(office.deployment("monthly-close")["global_concurrency_limit"]["active_slots"])


def mails(office: Office) -> list[str]:
    return sorted(str(mail["Subject"]) for mail in mailbox.Maildir(office.home / "mailbox"))


@pytest.fixture(scope="module")
def asked(office: Office) -> str:
    """The close of October as its schedule starts it; it waits with its first form."""
    world().write(office.feed)
    run_id = office.start("monthly-close", period="2026-10")
    waits(office, run_id, 1)
    return run_id


def test_while_it_waits_no_slot_no_worker_and_no_lock_is_held(office: Office, asked: str) -> None:
    assert office.run(asked)["state"]["name"] == "Suspended"
    office.until(lambda: slots_taken(office) == 0, 30, "the slot of the deployment is free")
    shown = office.form(asked, "review-2026-10-1")
    assert "7 invoices to 7 payers, EUR 747.55 net, EUR 897.96 with VAT" in shown
    assert f"[Close report]({office.reports}/2026-10/close_report.html)" in shown
    assert httpx.get(f"{office.reports}/2026-10/close_report.html", timeout=10).status_code == 200
    assert httpx.get(f"{office.reports}/2026-10/drafts/CL-LUX.pdf", timeout=10).content.startswith(b"%PDF")
    assert "waits for approval until 20" in office.command("status").stdout
    assert f"form on {office.ui}/v2/runs/flow-run/{asked}" in office.command("review", "2026-10").stdout


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"decision": "reject", "name": "Ann"}, "'comment' is a required property"),
        ({"decision": "approve", "name": "Ann", "report_read": False}, "True was expected"),
        ({"decision": "exclude payers", "name": "Ann", "payers_to_leave_out": []}, "should be non-empty"),
        ({"decision": "perhaps", "name": "Ann"}, "'perhaps' is not one of"),
        ({"decision": "approve", "name": " ", "report_read": True}, "does not match"),
    ],
    ids=["a rejection without a comment", "unread", "nobody to leave out", "no such decision", "no name"],
)
def test_the_form_refuses_at_once_what_is_incomplete(office: Office, asked: str, fields: dict[str, object], reason: str) -> None:
    said = answer(office, asked, **fields)
    assert said["status"] == "REJECT"
    assert reason in said["details"]["reason"]
    assert office.run(asked)["state"]["name"] == "Suspended"


def test_a_second_run_of_the_close_asks_nobody_twice(office: Office, asked: str) -> None:
    second = office.ended(office.start("monthly-close", period="2026-10"))
    assert (second["state"]["type"], second["state"]["name"]) == ("COMPLETED", "Waiting for approval")
    assert f"/v2/runs/flow-run/{asked}" in second["state"]["message"]
    assert office.run(asked)["state"]["name"] == "Suspended"


def test_a_server_killed_while_the_close_waits_comes_back_and_the_close_still_waits(office: Office, asked: str) -> None:
    server = json.loads((office.home / "state" / "cockpit" / "processes.json").read_text(encoding="utf-8"))[0]
    os.killpg(server, signal.SIGKILL)

    def is_back() -> bool:
        try:
            return httpx.get(f"{office.ui}/api/ready", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    office.until(lambda: not is_back(), 30, "the server is gone")
    office.until(is_back, PATIENCE_S, "the server is back")
    assert office.run(asked)["state"]["name"] == "Suspended"
    assert "7 invoices to 7 payers" in office.form(asked, "review-2026-10-1")


def test_a_payer_that_is_none_is_named_and_people_are_asked_again(office: Office, asked: str) -> None:
    answer(office, asked, decision="exclude payers", name="Ann", payers_to_leave_out=["CL-LUXX"])
    waits(office, asked, 2)
    assert "does not count: there is no draft for the payer CL-LUXX; did you mean CL-LUX?" in office.form(asked, "review-2026-10-2")


def test_of_two_people_who_answer_at_once_the_first_is_heard(office: Office, asked: str) -> None:
    first = answer(office, asked, decision="reject", name="Ann", comment="a SIP channel costs 11.00")
    second = answer(office, asked, decision="approve", name="Bert", report_read=True)
    assert (first["status"], second["status"]) == ("ACCEPT", "ABORT")
    assert second["details"]["reason"] == "Cannot resume a flow run that is not paused."


def test_a_rejected_close_fails_with_the_comment_and_retry_asks_again_about_the_corrected_drafts(office: Office, asked: str) -> None:
    def is_rejected() -> bool:
        return bool(office.run(asked)["state"]["type"] == "FAILED")

    office.until(is_rejected, PATIENCE_S, "the rejection ends the run")
    assert (
        "close 2026-10: rejected by Ann: a SIP channel costs 11.00; correct what is wrong, then Retry"
        in office.run(asked)["state"]["message"]
    )
    corrected = world()
    corrected.row("prices", "sip-channel")["unit_price"] = "11.00"
    corrected.write(office.feed)
    office.retry(asked)
    waits(office, asked, 3)  # and does not take the old answer for a new one
    assert "EUR 751.55 net" in office.form(asked, "review-2026-10-3")  # 4 channels, 4.00 more
    assert "rejected by Ann: a SIP channel costs 11.00" in office.form(asked, "review-2026-10-3")


def test_payers_left_out_are_parked_and_the_rest_is_asked_about_again(office: Office, asked: str) -> None:
    answer(office, asked, decision="exclude payers", name="Ann", payers_to_leave_out=["CL-SIP"], comment="in dispute")
    waits(office, asked, 4)
    shown = office.form(asked, "review-2026-10-4")
    assert "6 invoices to 6 payers, EUR 706.16 net" in shown
    assert "CL-SIP: left out of this close by Ann: in dispute" in shown


def test_a_second_run_that_approves_issues_and_the_first_is_told(office: Office, asked: str) -> None:
    approving = office.ended(office.start("monthly-close", period="2026-10", approve=True, by="Bert"))
    assert (approving["state"]["type"], approving["state"]["name"]) == ("COMPLETED", "Closed")
    office.until(lambda: office.run(asked)["state"]["type"] == "COMPLETED", PATIENCE_S, "the run that waited has ended")
    assert office.run(asked)["state"]["name"] == "Closed"
    decided = office.command("review", "2026-10").stdout
    assert "rejected by Ann: a SIP channel costs 11.00" in decided
    assert "left out CL-SIP by Ann: in dispute" in decided
    assert "approved by Bert" in decided
    issued = httpx.get(f"{office.reports}/2026-10/invoices.csv", timeout=10).text
    assert issued.count("\n") == 7  # the head and six invoices
    assert "CL-SIP" not in issued
    assert len([subject for subject in mails(office) if "close" not in subject]) == 5  # one reads it on the portal
    assert httpx.get(f"{office.reports}/2026-10/drafts/CL-LUX.pdf", timeout=10).status_code == 404


def test_an_answer_after_the_issue_is_refused_in_words(office: Office, asked: str) -> None:
    assert answer(office, asked, decision="approve", name="Cid", report_read=True)["status"] == "ABORT"
    late = office.command("review", "2026-10", "--reject", "one more thing", "--by", "Cid")
    assert late.returncode == 1
    assert "close 2026-10: this does not count: Bert approved it already on 20" in late.stderr
    assert "the invoices are issued; correct with a credit note" in late.stderr


def waiting_close(office: Office, month: str = "2026-11") -> str:
    """The close of another month, waiting with its first form."""
    run_id = office.start("monthly-close", period=month)
    waits(office, run_id, 1, month)
    return run_id


def test_the_form_of_a_close_that_is_set_aside_is_gone(office: Office) -> None:
    waiting = waiting_close(office)
    assert office.command("close", "2026-11", "--abandon").returncode == 0
    state = office.run(waiting)["state"]
    assert state["type"] == "CANCELLED"
    assert "close 2026-11 was set aside by " in state["message"]
    assert answer(office, waiting, decision="approve", name="Ann", report_read=True)["status"] == "ABORT"


def test_a_run_taken_for_lost_while_it_waits_asks_again_and_a_command_decides_for_it(office: Office) -> None:
    waiting = waiting_close(office)
    lost = {"type": "CRASHED", "name": "Crashed", "message": "no heartbeat for 90 s: the process is lost"}
    office.ask("POST", f"/flow_runs/{waiting}/set_state", {"state": lost, "force": False})
    reminded = office.ended(office.start("review-reminders"))
    assert "runs taken for lost while they waited, which ask again: 1" in reminded["state"]["message"]
    waits(office, waiting, 2, "2026-11")
    approved = office.command("review", "2026-11", "--approve", "--by", "Dora")
    assert approved.stdout == "close 2026-11: approved by Dora; the Prefect run that waited goes on\n"
    office.until(lambda: office.run(waiting)["state"]["name"] == "Closed", PATIENCE_S, "November is closed")


def test_an_answer_in_time_counts_though_another_run_of_the_close_is_the_first_to_read_it(office: Office) -> None:
    inventories = office.feed / "inventory"
    (inventories / "2026-12-28.csv").write_bytes((inventories / "2026-10-28.csv").read_bytes())
    answered = waiting_close(office, "2026-12")
    office.ask("PATCH", "/work_pools/billing", {"is_paused": True})  # no worker begins it again yet
    assert answer(office, answered, decision="approve", name="Emil", report_read=True)["status"] == "ACCEPT"
    begin(office, answered, datetime.now(UTC) + timedelta(hours=1))
    office.ask("PATCH", "/work_pools/billing", {"is_paused": False})
    other = office.ended(office.start("monthly-close", period="2026-12"))
    assert (other["state"]["type"], other["state"]["name"]) == ("COMPLETED", "Closed")
    assert "approved by Emil" in office.command("review", "2026-12").stdout
    begin(office, answered, datetime.now(UTC))
    office.until(lambda: office.run(answered)["state"]["name"] == "Closed", PATIENCE_S, "the run that was answered finds it closed")


def begin(office: Office, run_id: str, at: datetime) -> None:
    """Have a worker begin the run at a moment."""
    state = {"type": "SCHEDULED", "name": "Resuming", "state_details": {"scheduled_time": at.isoformat()}}
    office.ask("POST", f"/flow_runs/{run_id}/set_state", {"state": state, "force": True})
