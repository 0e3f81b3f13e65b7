"""A headless Chromium, and where its pictures go."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--force-color-profile=srgb",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser; its absence is a reason to skip except where the tests are to prove something.

    Not for the whole session: while it is there, an event loop runs in the main thread, and other tests run their own.
    """
    if CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip("no Chromium on this machine; install the package chromium to see the pages tested")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page, as large as a laptop's."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(120_000)  # a server that has just started, on a machine that tests something else besides
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pictures of a test run go: the folder `PICTURES` names, to renew those of the README, else a temporary one."""
    folder = Path(os.environ["PICTURES"]) if "PICTURES" in os.environ else tmp_path_factory.mktemp("pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
