"""What a person sees of a close in the Prefect pages: the form, the run, its gate page; and Retry, clicked."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.office import Office
from tests.world import world

PATIENCE_MS = 60_000


def shown(page: Page, pictures: Path, name: str) -> None:
    """Keep a picture of the page as it is."""
    page.wait_for_timeout(3000)  # the graph of a run is drawn after the page
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
    page.get_by_role("button", name="Retry").last.click()  # in the dialog that asks whether it is meant
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
