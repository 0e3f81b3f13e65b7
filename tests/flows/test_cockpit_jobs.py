"""Every manual job started as its form does, on a real Prefect server with real workers: what is refused, what is answered, who is told."""

import json
import mailbox
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from billing.period import BRUSSELS
from tests.bank_files import Paid, StatementOf, coda
from tests.office import Office, new_office, running
from tests.server_database import server_database
from tests.world import world

TOLD_IN_S = 300.0  # seven notices at once, on a machine that tests something else besides
SECRET = "shared with the webhook"


class Webhook:
    """A program of this machine that is told of runs."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.signed: list[bool] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/told"

    def end(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(webhook) -> type[BaseHTTPRequestHandler]:  # noqa: N805  # self is the request below
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                webhook.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                webhook.signed.append(bool(self.headers["X-Signature"]))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@pytest.fixture(scope="module")
def webhook() -> Iterator[Webhook]:
    made = Webhook()
    yield made
    made.end()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, webhook: Webhook) -> Iterator[Office]:
    """One office for all tests here, in order; its feed is there, nothing is closed yet."""
    made = new_office(tmp_path_factory.mktemp("desk"))
    settings = made.home / "billing.toml"
    settings.write_text(f'{settings.read_text(encoding="utf-8")}\ntell_webhook = "{webhook.url}"\n', encoding="utf-8")
    world().write(made.feed)
    made.environment["BILLING_TELL_SECRET"] = SECRET
    with server_database() as prefects:
        made.environment["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = prefects
        with running(made):
            yield made


def enrol(desk: Office, *arguments: str) -> None:
    """Tell the server what to watch, as the guide of operations has it."""
    command = [sys.executable, "-m", "tasks.cockpit.enrol", *arguments]
    subprocess.run(
        command, env=os.environ | {"PREFECT_API_URL": f"{desk.ui}/api", "PREFECT_HOME": str(desk.home / "prefect")}, check=True, timeout=180
    )


def refused(desk: Office, name: str, **parameters: object) -> str:
    """What the server answers when the form is filled in like this."""
    deployment = desk.deployment(name)["id"]
    answer = httpx.post(f"{desk.ui}/api/deployments/{deployment}/create_flow_run", json={"parameters": parameters}, timeout=60)
    assert answer.status_code == 409, answer.text
    return answer.text


def said(run: dict[str, Any]) -> tuple[str, str, str]:
    """Name, state and words of a run that ended."""
    return run["name"], run["state"]["name"], run["state"]["message"]


def suspended(desk: Office, run_id: str) -> dict[str, Any]:
    """The run, when it waits for a person."""
    desk.until(lambda: desk.form(run_id), 240, f"run {run_id} waits")
    return desk.run(run_id)


def under_way(desk: Office, name: str) -> list[dict[str, Any]]:
    """The runs of this name that work or are about to; not those that wait for a person."""
    at_work = {"type": {"any_": ["SCHEDULED", "PENDING", "RUNNING"]}}
    return list(desk.ask("POST", "/flow_runs/filter", {"flow_runs": {"name": {"any_": [name]}, "state": at_work}}))


def mails(desk: Office) -> dict[str, str]:
    """Text of the newest mail by subject."""
    found = {}
    for mail in mailbox.Maildir(desk.home / "mailbox"):
        text = next(part for part in mail.walk() if part.get_content_type() == "text/plain").get_payload(decode=True)
        assert isinstance(text, bytes)
        found[str(mail["Subject"])] = text.decode()
    return found


def told(desk: Office, subject: str) -> str:
    """The mail of this subject, when it has come."""
    desk.until(lambda: subject in mails(desk), TOLD_IN_S, f"the mail {subject!r} has come")
    return mails(desk)[subject]


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("rerun-step", {"period": "2026-13", "step": "rating"}),
        ("rerun-step", {"period": "", "step": "rating"}),
        ("rerun-step", {"period": "2026-10", "step": "issue"}),
        ("rerun-step", {"period": "2026-10"}),
        ("set-aside-close", {"period": "2026-10", "reason": " ", "by": "Ada", "confirm": "2026-10"}),
        ("set-aside-close", {"period": "2026-10", "reason": "a test", "by": "Ada"}),
        ("credit", {"invoice": "the last one", "reason": "wrong"}),
        ("credit", {"invoice": "2026-000001", "reason": ""}),
        ("credit", {"invoice": "2026-000001", "reason": "wrong", "lines": [0]}),
        ("credit", {"invoice": "2026-000001", "reason": "wrong", "lines": [1], "amount": "-5"}),
        ("credit", {"invoice": "2026-000001", "reason": "wrong", "lines": [1], "amount": "12.345"}),
        ("decide-suspension", {"order": 0, "decision": "approve", "by": "Ada"}),
        ("decide-suspension", {"order": 1, "decision": "perhaps", "by": "Ada"}),
        ("decide-suspension", {"order": 1, "decision": "approve", "by": " "}),
        ("allocate-payment", {"movement": "the last", "where": "aside", "by": "Ada"}),
        ("allocate-payment", {"movement": 1, "where": "somewhere", "by": "Ada"}),
        ("allocate-payment", {"movement": 1, "where": "invoices", "by": "Ada", "invoices": ["the last one"]}),
        ("write-off", {"invoice": "2026-000001", "by": "Ada", "reason": " "}),
        ("write-off", {"invoice": "2026-000001", "by": "Ada", "reason": "bankrupt", "amount": "1.005"}),
        ("write-off", {"invoice": "2026-000001", "by": "Ada", "reason": "bankrupt", "amount": 1.5}),
        ("deliver", {"period": "October"}),
        ("deliver", {"resend": "2026-000001", "to": "not an address", "by": "Ada"}),
        ("preview-close", {"period": "2026-13"}),
        ("monthly-close", {"period": "2026-10", "from_step": "issue"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(map(str, value.values())) or "nothing",
)
def test_a_form_refuses_nonsense_before_anything_runs(desk: Office, name: str, given: dict[str, object]) -> None:
    assert "Validation failed" in refused(desk, name, **given)


def test_each_manual_job_says_what_it_is_for_and_explains_every_field(desk: Office) -> None:
    jobs = ("monthly-close", "preview-close", "rerun-step", "set-aside-close", "deliver", "credit", "dunning-preview", "import-statements",
            "import-feed", "decide-suspension", "allocate-payment", "write-off")  # fmt: skip
    for name in jobs:
        found = desk.deployment(name)
        assert len(found["description"]) > 60, name
        fields = found["parameter_openapi_schema"]["properties"]
        assert all(field.get("description") for field in fields.values()), name


def test_what_only_the_run_can_know_is_answered_in_words_and_told(desk: Office, webhook: Webhook) -> None:
    asked = {
        "rerun documents 2026-10": ("rerun-step", {"period": "2026-10", "step": "documents"}, "close 2026-10 was never begun"),
        "set aside 2026-10": (
            "set-aside-close",
            {"period": "2026-10", "reason": "a test", "by": "Ada", "confirm": "2026-11"},
            "the month is 2026-10 and the confirmation says 2026-11; write the same month twice. Nothing is set aside",
        ),
        "deliver 2026-000001": ("deliver", {"period": "2026-10", "resend": "2026-000001"}, "two different things; give one of them"),
        "credit 2026-000099": ("credit", {"invoice": "2026-000099", "reason": "wrong"}, "2026-000099"),
        "reject order 7": (
            "decide-suspension",
            {"order": 7, "decision": "reject", "by": "Ada", "reason": "pays next week"},
            "there is no order 7",
        ),
        "allocate movement 9": ("allocate-payment", {"movement": 9, "where": "aside", "by": "Ada"}, "there is no movement 9"),
        "write off 2026-000099": (
            "write-off",
            {"invoice": "2026-000099", "by": "Ada", "reason": "bankrupt", "amount": "12,50"},
            "there is no invoice 2026-000099",
        ),
    }
    runs = {name: desk.start(job, **given) for name, (job, given, _) in asked.items()}
    for name, (_, _, words) in asked.items():
        called, state, why = said(desk.ended(runs[name]))
        assert (called, state) == (name, "Failed")
        assert words in why
    text = told(desk, "set aside 2026-10: Failed")
    assert "write the same month twice" in text
    assert f"{desk.ui}/v2/runs/flow-run/{runs['set aside 2026-10']}" in text
    desk.until(lambda: len(webhook.told) >= len(asked), TOLD_IN_S, "the webhook is told of each")
    assert {(one["run"], one["kind"], one["state"]) for one in webhook.told} == {(name, "failed", "Failed") for name in asked}
    assert all(webhook.signed)


def test_a_close_that_waits_is_told_with_its_amount_its_deadline_and_the_page_of_its_form(desk: Office, webhook: Webhook) -> None:
    run_id = desk.start("monthly-close", period="2026-10")
    assert suspended(desk, run_id)["name"] == "close 2026-10"
    text = told(desk, "close 2026-10: waiting for approval")
    assert "The drafts of close 2026-10 are made and nothing is issued: 7 invoices to 7 payers, EUR 747.55 net" in text
    assert "Answer before " in text
    assert "choose Resume" in text
    assert f"{desk.ui}/v2/runs/flow-run/{run_id}" in text
    desk.until(lambda: any(one["kind"] == "waiting" for one in webhook.told), TOLD_IN_S, "the webhook is told")
    assert [one["kind"] for one in webhook.told].count("waiting") == 1  # however often the server starts the notice
    checklist = desk.artifact("checklist-close-2026-10")["data"]
    assert "| Approved | waiting | people were asked on " in checklist
    assert f"[Close report]({desk.reports}/2026-10/close_report.html)" in checklist
    assert "| Net | 747.55 |" in desk.artifact("totals-close-2026-10")["data"]


def test_a_step_done_again_before_the_issue_asks_people_again(desk: Office) -> None:
    run_id = desk.start("rerun-step", period="2026-10", step="rating")
    assert suspended(desk, run_id)["name"] == "rerun rating 2026-10"
    assert ("rate usage 2026-10", "Completed") in desk.tasks(run_id, 1)
    assert ("freeze inventory 2026-10", "Accepted before") in desk.tasks(run_id, 1)
    desk.until(lambda: not under_way(desk, "close 2026-10"), TOLD_IN_S, "the close that asked first has seen that another one asks")


def test_a_close_is_set_aside_and_its_month_can_be_closed_anew(desk: Office) -> None:
    given = {"period": "2026-10", "reason": "the feed of the wrong month", "by": "Ada", "confirm": "2026-10"}
    assert said(desk.ended(desk.start("set-aside-close", **given))) == (
        "set aside 2026-10",
        "Completed",
        "close 2026-10 is set aside; nothing of it was issued",
    )
    closed = desk.ended(desk.start("monthly-close", period="2026-10", approve=True, by="Ada"))
    assert said(closed)[:2] == ("close 2026-10", "Closed")


def test_once_issued_documents_come_back_as_they_were_and_rating_stays(desk: Office) -> None:
    lost = desk.home / "out" / "2026-10" / "invoices" / "2026-000001.pdf"
    before = lost.read_bytes()
    lost.unlink()
    again = {step: desk.start("rerun-step", period="2026-10", step=step) for step in ("documents", "rating")}
    name, state, words = said(desk.ended(again["documents"]))
    assert (name, state) == ("rerun documents 2026-10", "Completed")
    assert words.startswith("close 2026-10: documents done again; its 7 invoices to 7 payers")
    assert lost.read_bytes() == before
    name, state, words = said(desk.ended(again["rating"]))
    assert (name, state) == ("rerun rating 2026-10", "Failed")
    assert "rating stays as it is; what is wrong on an invoice is put right with a credit note" in words


def test_the_other_jobs_end_with_a_sentence(desk: Office) -> None:
    jobs: dict[str, tuple[str, dict[str, object], str]] = {
        "credit": ("credit 2026-000001", {"invoice": "2026-000001", "reason": "agreed by phone", "lines": [1], "amount": "1,50",
                                          "on": "2026-11-05"}, "invoice 2026-000001 is credited by C2026-000001"),
        "deliver": ("deliver what waits", {}, ""),
        "dunning-preview": ("dunning preview 2026-12-07", {"on": "2026-12-07"}, "would be sent"),
        "import-statements": ("statements 2026-11-20", {"up_to": "2026-11-20"}, "statement"),
        "import-feed": ("feed ", {}, "files unchanged"),
    }  # fmt: skip
    runs = {job: desk.start(job, **given) for job, (_, given, _) in jobs.items()}
    for job, (called, _, words) in jobs.items():
        name, state, message = said(desk.ended(runs[job]))
        assert name.startswith(called), message
        assert state in {"Completed", "Credited"}, message
        assert words in message


def test_finance_decides_about_money_from_the_numbers_on_the_pages(desk: Office) -> None:
    (desk.feed / "bank").mkdir(exist_ok=True)
    (desk.feed / "bank" / "1.cod").write_bytes(coda(StatementOf(1, date(2026, 11, 5), "0.00", (Paid("5.00", "rent"),))))
    assert said(desk.ended(desk.start("import-statements")))[1] == "Completed"
    page = desk.artifact("unmatched-payments")["data"]
    assert "| 1 | 2026-11-05 | 5.00 | 5.00 | 2026/1 |" in page
    assert f"[unmatched.csv]({desk.reports}/unmatched.csv)" in page
    asked: dict[str, tuple[str, dict[str, object], str]] = {
        "allocate movement 1": ("allocate-payment", {"movement": 1, "where": "invoices", "by": "Ada", "invoices": ["2026-000002"]},
                                "movement 1: 5.00 EUR on invoice 2026-000002"),
        "write off 2026-000003": ("write-off", {"invoice": "2026-000003", "by": "Ada", "reason": "agreed", "amount": "1,50",
                                                "on": "2026-11-06"}, "invoice 2026-000003: 1.50 EUR given up on 2026-11-06"),
    }  # fmt: skip
    runs = {name: desk.start(job, **given) for name, (job, given, _) in asked.items()}
    for name, (_, _, words) in asked.items():
        called, state, message = said(desk.ended(runs[name]))
        assert (called, state) == (name, "Completed"), message
        assert words in message
    assert "Nothing waits" in desk.artifact("unmatched-payments")["data"]
    assert "Nothing waits for a decision." in desk.artifact("suspension-orders")["data"]


def test_a_run_that_no_worker_takes_is_told_as_late(desk: Office) -> None:
    enrol(desk, "--late-after", "10")
    worker = json.loads((desk.home / "state" / "cockpit" / "processes.json").read_text(encoding="utf-8"))[1]
    due = datetime.now(UTC) - timedelta(minutes=10)
    os.kill(worker, signal.SIGSTOP)  # it hangs: nothing starts it again, and the notice must not wait for it
    try:
        wanted = {"type": "SCHEDULED", "state_details": {"scheduled_time": due.isoformat()}}
        run = desk.ask("POST", f"/deployments/{desk.deployment('import-feed')['id']}/create_flow_run", {"state": wanted})
        text = told(desk, "import-feed: late")
    finally:
        os.kill(worker, signal.SIGCONT)
    assert f"It was due on {due.astimezone(BRUSSELS):%Y-%m-%d %H:%M} and has not started." in text
    assert "See that the worker runs" in text
    assert desk.ended(run["id"])["state"]["type"] == "COMPLETED"


def test_to_enrol_again_changes_nothing(desk: Office) -> None:
    before = sorted(one["name"] for one in desk.ask("POST", "/automations/filter", {}))
    enrol(desk)
    assert sorted(one["name"] for one in desk.ask("POST", "/automations/filter", {})) == before
    assert len(before) == len(set(before))
