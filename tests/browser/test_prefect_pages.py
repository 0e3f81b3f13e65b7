"""What a person sees of a close in the Prefect pages: the form, the run, its gate page; and Retry, clicked."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import PATIENCE_MS, press, until_drawn
from tests.office import Office
from tests.world import world


def shown(page: Page, pictures: Path, name: str) -> None:
    """Keep a picture of the page as it is."""
    until_drawn(page)
    page.screenshot(path=pictures / f"{name}.png")


def test_the_form_of_a_close_explains_itself_and_refuses_a_wrong_month(office: Office, page: Page, pictures: Path) -> None:
    page.goto(f"{office.ui}/v2/deployments/deployment/{office.deployment('monthly-close')['id']}/run")
    month = page.get_by_role("textbox", name="period")
    expect(month).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("The month to close, for example 2026-10")).to_be_visible()
    expect(page.get_by_text("Issue the invoices without stopping after the drafts")).to_be_visible()
    month.fill("2026-08")
    shown(page, pictures, "form")
    month.fill("2026-13")
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("does not match").first).to_be_visible(timeout=PATIENCE_MS)


@pytest.mark.parametrize(
    ("name", "explained"),
    [
        ("preview-close", ["period"]),
        ("rerun-step", ["The month of the close, as 2026-10.", "puts back what is lost and stops if one comes out differently"]),
        ("set-aside-close", ["The same month once more, since nothing brings the drafts back but a new close."]),
        ("credit", ["The number of the invoice as it is printed", "Credit only so much of the one line named above"]),
        ("deliver", ["Instead, send a copy of this issued invoice", "your name; it is kept with the copy"]),
        ("decide-suspension", ["The number of the order, as on the page Suspension orders", "Needed to reject, empty to approve."]),
        ("allocate-payment", ["The number of the movement, as on the page Unmatched payments", "the id of the payer, as in contracts.csv"]),
        ("write-off", ["Give up only so much, in EUR with VAT, as 12.50."]),
        ("dunning-preview", ["The day to look at, for example tomorrow"]),
        ("import-statements", ["Only when a run said that a statement waits for one before it that the bank never made"]),
    ],
)
def test_the_form_of_each_manual_job_explains_its_fields(
    office: Office, page: Page, pictures: Path, name: str, explained: list[str]
) -> None:
    page.goto(f"{office.ui}/v2/deployments/deployment/{office.deployment(name)['id']}/run")
    expect(page.get_by_role("button", name="Submit")).to_be_visible(timeout=PATIENCE_MS)
    for words in explained:
        expect(page.get_by_text(words).first).to_be_visible()
    page.screenshot(path=pictures / f"form_{name.replace('-', '_')}.png", full_page=True)


def test_the_steps_that_can_be_done_again_are_a_list_to_choose_from(office: Office, page: Page, pictures: Path) -> None:
    page.goto(f"{office.ui}/v2/deployments/deployment/{office.deployment('rerun-step')['id']}/run")
    page.get_by_role("textbox", name="period").fill("2026-10")
    page.get_by_role("button", name="Select step").click()
    for step in ("snapshot", "rating", "recurring", "drafts", "documents", "delivery", "report"):
        expect(page.get_by_role("option", name=step)).to_be_visible()
    shown(page, pictures, "form_rerun_step_choosing")


def test_a_stopped_close_shows_why_and_retry_finishes_it(office: Office, page: Page, pictures: Path) -> None:
    broken = world()
    broken.tables["rates"] = broken.tables["rates"][:1]
    broken.write(office.feed)
    run_id = office.start("monthly-close", period="2026-10", approve=True)
    assert office.ended(run_id)["state"]["type"] == "FAILED"
    page.goto(f"{office.ui}/v2/runs/flow-run/{run_id}")
    page.get_by_role("tab", name="Task Runs").click()
    expect(page.get_by_text("rate usage 2026-10").first).to_be_visible(timeout=PATIENCE_MS)
    shown(page, pictures, "run_stopped")

    page.goto(f"{office.ui}/v2/artifacts/artifact/{office.artifact('gate-rating-close-2026-10')['id']}")
    expect(page.get_by_role("table").first).to_be_visible(timeout=PATIENCE_MS)
    shown(page, pictures, "gate_page")

    world().write(office.feed)
    page.goto(f"{office.ui}/v2/runs/flow-run/{run_id}")
    page.get_by_role("button", name="Open menu").first.click()
    page.get_by_role("menuitem", name="Retry").click()
    press(page.get_by_role("button", name="Retry").last, "set_state")  # in the dialog that asks whether it is meant
    assert office.ended(run_id, attempt=2)["state"]["name"] == "Closed"
    page.goto(f"{office.ui}/v2/runs/flow-run/{run_id}")
    page.get_by_role("tab", name="Task Runs").click()
    expect(page.get_by_text("report close 2026-10").first).to_be_visible(timeout=PATIENCE_MS)
    shown(page, pictures, "run_closed")

    page.goto(f"{office.ui}/v2/artifacts/artifact/{office.artifact('checklist-close-2026-10')['id']}")
    report = page.get_by_role("link", name="Close report")
    expect(report).to_be_visible(timeout=PATIENCE_MS)
    shown(page, pictures, "checklist")
    assert report.get_attribute("href") == f"{office.reports}/2026-10/close_report.html"
