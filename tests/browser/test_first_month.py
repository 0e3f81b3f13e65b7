"""A new user, with nothing but the finance guide: the settings it tells to write, the form it names, two people who approve, a closed month."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import Desk
from tests.browser.pages import PATIENCE_MS
from tests.guides.blocks import ROOT, blocks_of
from tests.office import Office, new_office, running
from tests.world import EXPECTED_NET, write_world

GUIDE = ROOT / "docs" / "finance.md"


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The office as somebody has it who wrote the settings of the guide, and chose other ports than those that are taken here."""
    made = new_office(tmp_path_factory.mktemp("newcomer"))
    (settings,) = [block.text for block in blocks_of(GUIDE, "toml") if "approvers" in block.text]
    ports = f"ui_port = {made.ui_port}\nreports_port = {made.reports_port}\n"
    (made.home / "billing.toml").write_text(settings + ports, encoding="utf-8")
    write_world(made.feed)
    with running(made):
        yield made


def test_a_new_user_closes_the_first_month_with_the_guide_alone(newcomer: Office, page: Page, pictures: Path) -> None:
    desk = Desk(newcomer, page, pictures, mailbox_folder=newcomer.home / ".state" / "mailbox")
    page.goto(newcomer.ui)
    page.get_by_role("link", name="Deployments").click(timeout=PATIENCE_MS)
    page.get_by_placeholder("Search deployments").fill("monthly-close")
    page.locator("a[href*='/deployments/deployment/']", has_text="monthly-close").first.click(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Run", exact=True).click(timeout=PATIENCE_MS)
    page.get_by_role("menuitem", name="Custom run").click()
    page.get_by_role("textbox", name="period").fill("2026-10")
    run_id = desk.send("monthly-close")
    desk.waits(run_id, 1)

    newcomer.until(lambda: desk.told("close 2026-10: waiting for approval"), 300, "the mail of the guide is there")
    desk.approves(run_id, "Luc Dubois")
    desk.waits(run_id, 2)
    expect(desk.form_of_review(run_id).get_by_text("Luc Dubois approved these drafts already")).to_be_visible()
    desk.approves(run_id, "Ann Peeters")
    assert newcomer.ended(run_id)["state"]["name"] == "Closed"

    payers = sorted(f"billing@{payer.lower()}.example" for payer in EXPECTED_NET if payer != "CL-PORTAL")
    assert sorted(to for to in desk.addressees() if to.startswith("billing@")) == payers
    assert sorted((newcomer.home / "out" / "2026-10" / "invoices").glob("*.pdf"))
