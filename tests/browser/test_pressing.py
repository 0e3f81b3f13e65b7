"""How the tests press what sends something: until the server has taken it, never over an error."""

import re

import pytest
from playwright.sync_api import Page, Route

from tests.browser.pages import press

SENDS = "<button onclick=\"fetch('/api/flow_runs/1/resume', {method: 'POST'})\">Resume</button>"


def the_server_answers(page: Page, *statuses: int) -> list[int]:
    """A page whose button asks a server that answers these in turn; returns what it has answered so far."""
    given: list[int] = []

    def answer(route: Route) -> None:
        given.append(statuses[len(given)])
        route.fulfill(status=given[-1], body="what it says")

    page.route("http://office.example/", lambda route: route.fulfill(content_type="text/html", body=SENDS))
    page.route(re.compile("/resume$"), answer)
    page.goto("http://office.example/")
    return given


def test_a_busy_server_has_taken_nothing_and_is_asked_again(page: Page) -> None:
    given = the_server_answers(page, 503, 201)
    press(page.get_by_role("button", name="Resume"), "resume")
    assert given == [503, 201]


def test_a_server_that_stays_busy_is_told(page: Page) -> None:
    given = the_server_answers(page, 503, 503, 503)
    with pytest.raises(AssertionError, match="does not take the resume"):
        press(page.get_by_role("button", name="Resume"), "resume")
    assert given == [503, 503, 503]


def test_any_other_error_is_told_at_once(page: Page) -> None:
    given = the_server_answers(page, 500)
    with pytest.raises(AssertionError, match="answers resume with 500: what it says"):
        press(page.get_by_role("button", name="Resume"), "resume")
    assert given == [500]
