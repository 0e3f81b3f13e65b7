"""Prefect's pages in a browser: how long they may take, when they are drawn, and pressing what sends something."""

import os
import re

import httpx
from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

PATIENCE_MS = 60_000


def until_drawn(page: Page) -> None:
    """Where pictures are kept, wait until all is drawn: the graph of a run comes after its page."""
    if "PICTURES" in os.environ:
        page.wait_for_timeout(6000)


def press(button: Locator, to: str) -> None:
    """Press a button until the server has taken what the page sends `to` it, as a person does who looks at the answer.

    A click that meets a page being drawn anew is lost. A Prefect server on SQLite that is at work on something else answers "busy" (503) and has taken nothing.
    """
    page = button.page
    for _ in range(3):
        try:
            with page.expect_request(re.compile(f"/{to}$"), timeout=20_000) as asked:
                button.click()
        except PlaywrightTimeoutError:
            continue
        answer = asked.value.response()
        assert answer is not None, f"the server gave no answer to {to}: {asked.value.failure}"
        if answer.status == httpx.codes.SERVICE_UNAVAILABLE:
            page.wait_for_timeout(2000)
            continue
        assert answer.ok, f"the server answers {to} with {answer.status}: {answer.text()}"
        return
    raise AssertionError(f"the server does not take the {to}:\n{page.locator('body').inner_text()}")
