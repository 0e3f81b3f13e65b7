"""The close report as a browser shows it, from the file: on a laptop, on a telephone, on paper, and to a screen reader."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from reports.close_report import render
from tests.documents.close_samples import CLEAN, LEFT, RECONCILED, REVIEW
from tests.documents.invented_close import close_of

LONG = "Cabinet d’avocats Vandenbroucke-Lambertmont-de-Saint-Hubert, Société civile à forme de SRL"
REPORTS = {
    "closed": close_of(30),
    "waiting": replace(CLEAN, **LEFT, state="waiting", review=replace(REVIEW, decisions=(), approvals_needed=2)),
    "difference": replace(
        CLEAN, state="preview", changes=(replace(CLEAN.changes[0], name=LONG),), invoices=(replace(CLEAN.invoices[0], name=LONG),),
        reconciliation=(replace(RECONCILED[0], went_to=()), *RECONCILED[1:]),
    ),
}  # fmt: skip
SECONDS = 2
# What runs out of the window, or over its neighbour: each text that ends right of its cell or left of it.
RUNNING_OUT = """() => [...document.querySelectorAll('td, th, h1, h2, h3, p, li, dd, .figure > *, .bar > *, svg text')]
    .filter(each => each.getClientRects().length && !each.closest('.finding .wide'))
    .filter(each => {
        const range = document.createRange();
        range.selectNodeContents(each);
        const own = range.getBoundingClientRect(), cell = each.tagName === 'text' ? each.closest('svg').getBoundingClientRect() : each.getBoundingClientRect();
        return own.width > 0 && (own.right > cell.right + 1.5 || own.left < cell.left - 1.5 || own.right > window.innerWidth + 0.5);
    })
    .map(each => each.tagName + ': ' + each.textContent.trim().slice(0, 60))"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The pages as files, each alone in its folder."""
    folder = tmp_path_factory.mktemp("reports")
    made = {}
    for name, report in REPORTS.items():
        made[name] = folder / name / "close_report.html"
        made[name].parent.mkdir()
        made[name].write_bytes(render(report))
    return made


@pytest.mark.parametrize("width", [1280, 900, 390])
@pytest.mark.parametrize("name", REPORTS)
def test_nothing_runs_out_of_the_window_or_of_its_cell(name: str, width: int, files: dict[str, Path], page: Page, pictures: Path) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(files[name].as_uri())
    page.screenshot(path=pictures / f"close-report-{name}-{width}.png", full_page=True)
    assert page.evaluate(RUNNING_OUT) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", REPORTS)
def test_on_paper_nothing_runs_out_and_what_only_a_screen_needs_is_gone(
    name: str, files: dict[str, Path], page: Page, pictures: Path
) -> None:
    page.set_viewport_size({"width": 680, "height": 1000})  # an A4 page between its margins
    page.goto(files[name].as_uri())
    page.emulate_media(media="print")
    expect(page.locator("nav")).to_be_hidden()
    expect(page.locator(".bar")).to_be_hidden()
    expect(page.locator(".wide-only svg").first).to_be_visible()
    assert page.evaluate(RUNNING_OUT) == []
    (pictures / f"close-report-{name}.pdf").write_bytes(page.pdf(prefer_css_page_size=True))


def test_it_opens_quickly_without_a_word_on_the_console_and_asks_for_nothing(files: dict[str, Path], page: Page) -> None:
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto("about:blank")
    measured = page.context.new_cdp_session(page)
    measured.send("Performance.enable", {"timeDomain": "threadTicks"})  # its own work, whatever else the machine does
    page.goto(files["closed"].as_uri())
    page.get_by_role("heading", level=1).wait_for()
    worked = {one["name"]: one["value"] for one in measured.send("Performance.getMetrics")["metrics"]}["TaskDuration"]
    assert said == []
    assert [url for url in asked if url != "about:blank"] == [files["closed"].as_uri()]
    assert 0 < worked < SECONDS


def test_a_telephone_sees_the_narrow_charts_and_a_laptop_the_wide_ones(files: dict[str, Path], page: Page) -> None:
    page.goto(files["closed"].as_uri())
    expect(page.locator(".wide-only svg").first).to_be_visible()
    expect(page.locator(".narrow-only svg").first).to_be_hidden()
    page.set_viewport_size({"width": 390, "height": 900})
    expect(page.locator(".wide-only svg").first).to_be_hidden()
    expect(page.locator(".narrow-only svg").first).to_be_visible()


def test_a_screen_reader_hears_headings_tables_and_what_a_chart_says(files: dict[str, Path], page: Page) -> None:
    page.goto(files["waiting"].as_uri())
    expect(page.get_by_role("heading", level=1)).to_have_text("October 2026")
    expect(page.get_by_role("navigation", name="Contents").get_by_role("link")).to_have_count(12)
    expect(page.get_by_role("img", name="From September").first).to_be_visible()
    expect(page.get_by_role("table", name="Usage records to settle")).to_be_visible()
    expect(page.get_by_role("row", name="Net").first).to_be_visible()


def test_the_contents_lead_to_their_sections_and_stay_in_sight(files: dict[str, Path], page: Page) -> None:
    page.goto(files["closed"].as_uri())
    page.get_by_role("link", name="Reconciliation").click()
    expect(page.get_by_role("heading", name="Reconciliation")).to_be_in_viewport()
    expect(page.get_by_role("link", name="Receivables")).to_be_in_viewport()


def test_the_contrast_of_every_text_is_enough_to_read(files: dict[str, Path], page: Page) -> None:
    for name in REPORTS:
        page.goto(files[name].as_uri())
        assert page.evaluate(TOO_PALE) == []


# Texts whose colour differs less than 4.5 to 1 from what is behind them (WCAG 2, level AA).
TOO_PALE = """() => {
    const channel = value => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
    const colour = text => text.match(/[\\d.]+/g).map(Number);
    const behind = each => {
        for (let up = each; up; up = up.parentElement) {
            const found = colour(getComputedStyle(up).backgroundColor);
            if (found.length < 4 || found[3] > 0) return found;
        }
        return [255, 255, 255];
    };
    return [...document.querySelectorAll('body *')]
        .filter(each => !each.closest('svg') && [...each.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()))
        .filter(each => each.getClientRects().length)
        .filter(each => {
            const style = getComputedStyle(each);
            const [one, other] = [light(colour(style.color)), light(behind(each))].sort((a, b) => b - a);
            return style.visibility !== 'hidden' && (one + 0.05) / (other + 0.05) < 4.5;
        })
        .map(each => each.className + ': ' + each.textContent.trim().slice(0, 40));
}"""
