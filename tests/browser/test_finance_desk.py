"""Finance's desk in a browser: the scheduled close is looked at, sent back, corrected, approved; a step is repeated, an invoice credited.

Nobody opens a terminal. What is not a click here is what others do: the scheduler starts the close, the feed is corrected where it is made.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import FINANCE, Desk, approve, choose, plain_text
from tests.browser.pages import PATIENCE_MS, press, until_drawn
from tests.office import Office, new_office, running
from tests.server_database import server_database
from tests.world import EXPECTED_NET, world

SCHEDULED = {"type": "SCHEDULED", "state_details": {"scheduled_time": "2026-10-28T05:00:00Z"}}  # 06:00 in Brussels
WRONG = "CL-LUX agreed 29.00 for its user, not 31.00"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The office as docs/operations.md installs it: what Prefect knows is in PostgreSQL."""
    made = new_office(tmp_path_factory.mktemp("office"))
    with server_database() as prefects:
        made.environment["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = prefects
        with running(made):
            yield made


def test_finance_closes_a_month_without_a_terminal(office: Office, page: Page, pictures: Path) -> None:
    desk = Desk(office, page, pictures)
    feed = world()
    feed.write(office.feed)
    deployment = office.deployment("monthly-close")["id"]
    run_id = str(office.ask("POST", f"/deployments/{deployment}/create_flow_run", {"state": SCHEDULED})["id"])
    desk.waits(run_id, 1)
    assert office.run(run_id)["name"] == "close 2026-10"

    a_mail_leads_to_the_report_and_the_form(desk, run_id)
    it_is_sent_back_with_a_comment(desk, run_id)
    assert [to for to in desk.addressees() if to != FINANCE] == []

    feed.row("order_lines", "L-LUX-USER")["unit_price"] = "29.00"
    feed.write(office.feed)
    desk.retry(run_id)
    desk.waits(run_id, 2)
    office.until(lambda: len(desk.told("waiting for approval")) == 2, 300, "finance is told again")
    the_report_has_the_corrected_price(desk, run_id)
    a_preview_while_it_waits_changes_nothing(desk, run_id)
    two_people_approve_in_the_same_minute_and_the_first_counts(desk, run_id)
    each_payer_has_one_mail(desk)
    the_report_is_written_again(desk)
    one_invoice_is_credited(desk)


def a_mail_leads_to_the_report_and_the_form(desk: Desk, run_id: str) -> None:
    desk.office.until(lambda: desk.told("waiting for approval"), 300, "finance is told by mail that the close waits")
    (text,) = desk.told("waiting for approval")
    assert "7 invoices to 7 payers, EUR 747.55 net" in text
    link = re.search(r"http://\S+/runs/flow-run/\S+", text)
    assert link is not None
    assert link.group().endswith(run_id)
    desk.page.goto(link.group())
    expect(desk.page.get_by_text("Suspended").first).to_be_visible(timeout=PATIENCE_MS)
    desk.page.get_by_role("tab", name="Artifacts").click()
    expect(desk.page.get_by_role("link", name="review-close-2026-10").first).to_be_visible(timeout=PATIENCE_MS)
    desk.keep("waiting")
    desk.open_artifact(run_id, "review-close-2026-10")
    report = desk.open_report()
    expect(report.get_by_text("747.55").first).to_be_visible()
    desk.keep("report", report)
    report.close()
    assert desk.complaints == []


def it_is_sent_back_with_a_comment(desk: Desk, run_id: str) -> None:
    form = desk.form_of_review(run_id)
    choose(desk.page, "Decision", "reject")
    form.get_by_role("textbox", name="Your name").fill("Ann Peeters")
    press(form.get_by_role("button", name="Resume"), "resume")
    expect(desk.page.get_by_text("Validation failed for field 'comment'").first).to_be_visible(timeout=PATIENCE_MS)
    form.get_by_role("textbox", name="Comment").fill(WRONG)
    until_drawn(desk.page)  # and the refusal is gone from the picture
    desk.keep("form")
    press(form.get_by_role("button", name="Resume"), "resume")
    failed = desk.office.ended(run_id)
    assert failed["state"]["type"] == "FAILED"
    assert f"rejected by Ann Peeters: {WRONG}" in failed["state"]["message"]
    desk.open_run(run_id)
    desk.page.get_by_role("tab", name="Details").click()
    words = desk.page.get_by_role("definition").get_by_text(WRONG)
    expect(words).to_be_visible(timeout=PATIENCE_MS)
    words.scroll_into_view_if_needed()
    desk.keep("reject")


def the_report_has_the_corrected_price(desk: Desk, run_id: str) -> None:
    desk.open_artifact(run_id, "review-close-2026-10")
    report = desk.open_report()
    expect(report.get_by_text("745.55").first).to_be_visible()
    expect(report.get_by_text("747.55")).to_have_count(0)
    report.close()
    assert desk.complaints == []


def a_preview_while_it_waits_changes_nothing(desk: Desk, run_id: str) -> None:
    before, mails = desk.office.run(run_id)["state"]["id"], len(desk.addressees())
    form = desk.form_of("preview-close")
    form.get_by_role("textbox", name="period").fill("2026-10")
    desk.keep("preview")
    previewed = desk.submit("preview-close")
    assert (previewed["state"]["type"], previewed["name"]) == ("COMPLETED", "preview 2026-10")
    assert desk.office.run(run_id)["state"]["id"] == before
    assert len(desk.addressees()) == mails
    assert "745.55" in httpx.get(f"{desk.office.reports}/previews/2026-10/close_report.html", timeout=10).text


def two_people_approve_in_the_same_minute_and_the_first_counts(desk: Desk, run_id: str) -> None:
    second_tab = desk.page.context.new_page()
    second = desk.form_of_review(run_id, second_tab)
    approve(second, "Bert Claes")
    first = desk.form_of_review(run_id)
    approve(first, "Ann Peeters")
    press(first.get_by_role("button", name="Resume"), "resume")
    desk.office.until(lambda: desk.office.run(run_id)["state"]["type"] != "PAUSED", 60, "the close goes on")
    with second_tab.expect_response(re.compile("/resume$"), timeout=PATIENCE_MS) as answered:
        second.get_by_role("button", name="Resume").click()
    assert "not paused" in answered.value.text()
    second_tab.close()
    closed = desk.office.ended(run_id, attempt=2)
    assert closed["state"]["name"] == "Closed"
    assert "7 invoices to 7 payers, EUR 745.55 net" in closed["state"]["message"]
    desk.open_run(run_id)
    desk.keep("approved")
    desk.open_artifact(run_id, "checklist-close-2026-10")
    expect(desk.page.get_by_role("link", name="Close report").first).to_be_visible(timeout=PATIENCE_MS)
    desk.keep("checklist")
    said = desk.office.command("review", "2026-10").stdout
    assert f"rejected by Ann Peeters: {WRONG}" in said
    assert said.count("approved by Ann Peeters") == 1
    assert "Bert Claes" not in said


def each_payer_has_one_mail(desk: Desk) -> None:
    payers = [to for to in desk.addressees() if to != FINANCE]
    assert sorted(payers) == sorted(f"billing@{payer.lower()}.example" for payer in EXPECTED_NET if payer != "CL-PORTAL")
    assert set(Counter(str(mail["Message-ID"]) for mail in desk.mails()).values()) == {1}


def the_report_is_written_again(desk: Desk) -> None:
    before, mails = the_register(desk), len(desk.addressees())
    form = desk.form_of("rerun-step")
    form.get_by_role("textbox", name="period").fill("2026-10")
    choose(form, "step", "report")
    desk.keep("rerun")
    again = desk.submit("rerun-step")
    assert (again["state"]["type"], again["name"]) == ("COMPLETED", "rerun report 2026-10")
    assert the_register(desk) == before
    assert len(desk.addressees()) == mails


def one_invoice_is_credited(desk: Desk) -> None:
    number = next(row["invoice_number"] for row in csv.DictReader(the_register(desk).splitlines()) if row["payer_id"] == "CL-LUX")
    before = {mail["Message-ID"] for mail in desk.mails()}
    form = desk.form_of("credit")
    form.get_by_role("textbox", name="invoice").fill(number)
    form.get_by_role("textbox", name="reason").fill("The line was cancelled before the month began.")
    desk.keep("credit")
    credited = desk.submit("credit")
    assert (credited["state"]["type"], credited["name"]) == ("COMPLETED", f"credit {number}")
    (note,) = [mail for mail in desk.mails() if mail["Message-ID"] not in before]
    assert str(note["To"]) == "billing@cl-lux.example"
    assert number in plain_text(note)  # which invoice it credits
    assert [part.get_filename() for part in note.walk() if part.get_content_type() == "application/pdf"] != []


def the_register(desk: Desk) -> str:
    """The invoices of the month, as the file that finance gets."""
    return httpx.get(f"{desk.office.reports}/2026-10/invoices.csv", timeout=10).text
