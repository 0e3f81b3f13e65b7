"""Prefect's pages in a browser: how long they may take, when they are drawn, and pressing what sends something."""

import os
import re

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

PATIENCE_MS = 60_000


def until_drawn(page: Page) -> None:
    """Where pictures are kept, wait until all is drawn: the graph of a run comes after its page."""
    if "PICTURES" in os.environ:
        page.wait_for_timeout(6000)


def press(button: Locator, to: str) -> None:
    """Press a button until the page asks the server for `to`: a click that meets a page being drawn anew is lost, and a person clicks again."""
    for _ in range(3):
        try:
            with button.page.expect_request(re.compile(f"/{to}$"), timeout=20_000) as asked:
                button.click()
        except PlaywrightTimeoutError:
            continue
        asked.value.response()
        return
    raise AssertionError(f"the page does not ask the server to {to}:\n{button.page.locator('body').inner_text()}")
