"""A person of finance at a browser: opens runs, reports and forms of a real office, clicks, and reads the mail that came."""

import mailbox
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import PATIENCE_MS, press, until_drawn
from tests.office import Office

UNTIL_ASKED_S = 240
FINANCE = "finance@operator.example"


@dataclass
class Desk:
    """A person at a browser: opens pages, clicks, reads mail. `complaints` is what the pages of the reports said to the console."""

    office: Office
    page: Page
    pictures: Path
    complaints: list[str] = field(default_factory=list)
    mailbox_folder: Path | None = None

    def keep(self, name: str, page: Page | None = None) -> None:
        """Keep a picture of the page as it is."""
        until_drawn(page or self.page)
        (page or self.page).screenshot(path=self.pictures / f"finance-{name}.png")

    def mails(self) -> list[mailbox.MaildirMessage]:
        return list(mailbox.Maildir(self.mailbox_folder or self.office.home / "mailbox"))

    def addressees(self) -> list[str]:
        """To whom each mail went."""
        return [str(mail["To"]) for mail in self.mails()]

    def told(self, words: str) -> list[str]:
        """The texts of the mails to finance whose subject has these words, oldest first."""
        found = [mail for mail in self.mails() if words in str(mail["Subject"]) and str(mail["To"]) == FINANCE]
        return [plain_text(mail) for mail in found]

    def open_run(self, run_id: str, page: Page | None = None) -> Page:
        shown = page or self.page
        shown.goto(f"{self.office.ui}/v2/runs/flow-run/{run_id}")
        expect(menu_of(shown)).to_be_visible(timeout=PATIENCE_MS)
        return shown

    def open_artifact(self, run_id: str, key: str) -> Page:
        """The newest page of a key, by the way a person takes: from the run's page, its artifacts, the page, its last version."""
        shown = self.open_run(run_id)
        shown.get_by_role("tab", name="Artifacts").click()
        shown.get_by_role("link", name=key).first.click()
        shown.locator("a[href*='/artifacts/artifact/']").first.click(timeout=PATIENCE_MS)
        return shown

    def open_report(self) -> Page:
        """Follow the link to the close report on the page shown; it opens in a tab of its own."""
        link = self.page.get_by_role("link", name="Close report").first
        expect(link).to_be_visible(timeout=PATIENCE_MS)
        report = self.page.context.new_page()
        report.on("console", lambda said: self.complaints.append(said.text) if said.type in ("error", "warning") else None)
        report.on("pageerror", lambda error: self.complaints.append(str(error)))
        report.goto(str(link.get_attribute("href")))
        expect(report.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE_MS)
        return report

    def form_of_review(self, run_id: str, page: Page | None = None) -> Locator:
        """The form of a close that waits: Resume in the menu of the run's page."""
        shown = self.open_run(run_id, page)
        menu_of(shown).click()
        shown.get_by_role("menuitem", name="Resume").click()
        form = shown.get_by_role("dialog")
        expect(form.get_by_role("switch", name="I have read the report")).to_be_visible(timeout=PATIENCE_MS)
        return form

    def approves(self, run_id: str, name: str) -> None:
        """One of `approvers` approves the drafts."""
        form = self.form_of_review(run_id)
        choose(form.page, "Decision", "approve")
        choose(form.page, "Your name", name)
        form.get_by_role("switch", name="I have read the report").click()
        press(form.get_by_role("button", name="Resume"), "resume")

    def retry(self, run_id: str) -> None:
        """Retry in the menu of the run's page."""
        shown = self.open_run(run_id)
        menu_of(shown).click()
        shown.get_by_role("menuitem", name="Retry").click()
        press(shown.get_by_role("button", name="Retry").last, "set_state")  # in the dialog that asks whether it is meant

    def form_of(self, deployment: str) -> Page:
        """The form of a deployment."""
        self.page.goto(f"{self.office.ui}/v2/deployments/deployment/{self.office.deployment(deployment)['id']}/run")
        expect(self.page.get_by_role("button", name="Submit")).to_be_visible(timeout=PATIENCE_MS)
        return self.page

    def submit(self, deployment: str) -> dict[str, Any]:
        """Send the form of a deployment; returns the run it began, when that has ended."""
        return self.office.ended(self.send(deployment))

    def send(self, deployment: str) -> str:
        """Send the form of a deployment; returns the id of the run it began."""
        before = self._runs_of(deployment)
        press(self.page.get_by_role("button", name="Submit"), "create_flow_run")
        self.office.until(lambda: self._runs_of(deployment) != before, 60, f"a run of {deployment} is there")
        (run_id,) = self._runs_of(deployment) - before
        return run_id

    def _runs_of(self, deployment: str) -> set[str]:
        asked = {"flow_runs": {"deployment_id": {"any_": [self.office.deployment(deployment)["id"]]}}}
        return {str(run["id"]) for run in self.office.ask("POST", "/flow_runs/filter", asked) if not run["auto_scheduled"]}

    def waits(self, run_id: str, ask_no: int) -> None:
        """Until the close waits with its form of this number."""
        key = f"review-2026-10-{ask_no}"

        def is_asked() -> bool:
            state = self.office.run(run_id)["state"]
            assert state["type"] not in ("FAILED", "CRASHED", "COMPLETED"), state["message"]
            return bool(self.office.form(run_id, key))

        self.office.until(is_asked, UNTIL_ASKED_S, f"people are asked a {ask_no}. time")


def plain_text(mail: mailbox.MaildirMessage) -> str:
    part = next(part for part in mail.walk() if part.get_content_type() == "text/plain")
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode()


def menu_of(page: Page) -> Locator:
    """The three dots, top right, of a run's page."""
    return page.get_by_role("button", name="Open menu").first


def choose(page: Page, field: str, option: str) -> None:
    """Choose from a drop-down of Prefect's forms."""
    page.get_by_role("button", name=f"Select {field}").click()
    page.get_by_role("option", name=option, exact=True).click()


def approve(form: Locator, name: str) -> None:
    """Fill in the form of a review so that the drafts are approved."""
    choose(form.page, "Decision", "approve")
    form.get_by_role("textbox", name="Your name").fill(name)
    form.get_by_role("switch", name="I have read the report").click()
