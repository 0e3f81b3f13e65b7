"""The page of a payer on the portal as a browser shows it: on a laptop, on a telephone, on paper, and to a screen reader."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from reports.portal_page import render
from reports.records import Language
from tests.documents.portal_samples import portal_page

LONG = "Cabinet d’avocats Vandenbroucke-Lambertmont-de-Saint-Hubert, Société civile à forme de SRL"
# What runs out of the window, or over its neighbour: each text that ends right of its cell.
RUNNING_OUT = """() => [...document.querySelectorAll('td span, td b, td a, h1, .whose, th')]
    .filter(each => !each.closest('.hidden') && each.getClientRects().length)
    .filter(each => !each.closest('thead') || getComputedStyle(each.closest('thead')).position !== 'absolute')
    .filter(each => {
        const cell = (each.closest('td') || each.parentElement).getBoundingClientRect(), own = each.getBoundingClientRect();
        return own.right > cell.right + 1 || own.left < cell.left - 1 || own.right > window.innerWidth;
    })
    .map(each => each.textContent)"""


@pytest.fixture
def opened(page: Page, tmp_path: Path, request: pytest.FixtureRequest) -> Page:
    language, name = getattr(request, "param", ("fr", LONG))
    file = tmp_path / "index.html"
    file.write_bytes(render(portal_page(language, name)))
    page.goto(file.as_uri())
    return page


@pytest.mark.parametrize("width", [1280, 900, 390, 320])
@pytest.mark.parametrize("language", ["fr", "nl", "en"])
def test_nothing_runs_out_of_the_window_or_of_its_cell(language: Language, width: int, page: Page, tmp_path: Path, pictures: Path) -> None:
    (tmp_path / "index.html").write_bytes(render(portal_page(language, LONG)))
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((tmp_path / "index.html").as_uri())
    page.screenshot(path=pictures / f"portal-{language}-{width}.png", full_page=True)
    assert page.evaluate(RUNNING_OUT) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_paper_the_table_is_a_table_and_fits(opened: Page) -> None:
    opened.set_viewport_size({"width": 674, "height": 1000})  # an A4 page between its margins
    opened.emulate_media(media="print")
    expect(opened.locator("thead").first).to_be_visible()
    assert opened.evaluate(RUNNING_OUT) == []


@pytest.mark.parametrize("width", [1280, 390], ids=["laptop", "telephone"])
def test_a_screen_reader_finds_tables_headings_and_links_that_say_of_which_document(width: int, opened: Page) -> None:
    opened.set_viewport_size({"width": width, "height": 900})
    expect(opened.get_by_role("heading", level=1)).to_have_text("Vos documents")
    expect(opened.get_by_role("table", name="Documents de 2026")).to_be_visible()
    expect(opened.get_by_role("table", name="Documents de 2026").get_by_role("row")).to_have_count(6)
    expect(opened.get_by_role("link", name="PDF – Facture 2026-000123")).to_have_attribute(
        "href", "../../documents/AbCdEfGhIjKlMnOpQrStUvWx/2026-000123.pdf"
    )
    names = [link.get_attribute("href") for link in opened.get_by_role("link").all()]
    assert len(names) == len(set(names)) == 15


@pytest.mark.parametrize("opened", [("en", "שלום \U0001f60a Ltd")], indirect=True, ids=["right to left, and a face"])
def test_a_name_from_right_to_left_does_not_turn_the_line_around(opened: Page) -> None:
    number = opened.get_by_text("Customer no. CL014").bounding_box()
    name = opened.locator("bdi").bounding_box()
    assert number is not None
    assert name is not None
    assert number["x"] > name["x"] + name["width"] - 1


def test_the_page_asks_for_nothing_from_anywhere(page: Page, tmp_path: Path) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    (tmp_path / "index.html").write_bytes(render(portal_page("fr")))
    page.goto((tmp_path / "index.html").as_uri())
    assert asked == [(tmp_path / "index.html").as_uri()]
