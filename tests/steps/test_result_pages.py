"""The results as pages: the months with what a person opens of each, what lies in a folder, and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tasks.cockpit.report_pages import serve_reports


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Two months, one of them reported, previews, and a file of ours that nobody else should see."""
    files = {
        "2026-09/invoices.csv": "invoice_number\n",
        "2026-10/close_report.html": "<p>report</p>",
        "2026-10/close_report.xlsx": "PK",
        "2026-10/journal.csv": "entry\n",
        "2026-10/data_docs/index.html": "<p>docs</p>",
        "2026-10/invoices/2026-000001.pdf": "x" * 85_900,
        "2026-10/invoices/a b&c<d>.pdf": "odd",
        "2026-10/.part": "half",
        "previews/2026-11/close_report.html": "<p>preview</p>",
        "unmatched.csv": "movement\n",
    }
    for path, content in files.items():
        (tmp_path / "out" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "out" / path).write_text(content, encoding="utf-8")
    (tmp_path / "billing.toml").write_text("secret", encoding="utf-8")
    return tmp_path / "out"


@pytest.fixture
def address(out: Path) -> Iterator[str]:
    server = serve_reports(out, 0)
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_the_first_page_has_the_latest_month_first_with_what_a_person_opens(address: str) -> None:
    page = httpx.get(f"{address}/").text
    assert page.index("October 2026") < page.index("September 2026")
    for href, words in (
        ("2026-10/close_report.html", "Close report"),
        ("2026-10/close_report.xlsx", "Workbook"),
        ("2026-10/data_docs/index.html", "Data Docs"),
        ("2026-10/invoices/", "Invoices (PDF, e-invoice)"),
        ("2026-10/journal.csv", "Journal"),
        ("2026-09/invoices.csv", "Invoice register"),
    ):
        assert f'<a href="{href}">{words}</a>' in page
        assert httpx.get(f"{address}/{href}").status_code == 200
    assert "2026-09/close_report.html" not in page  # it has none
    assert "previews of closes: nothing in them was issued" in page


def test_a_folder_lists_its_files_with_sizes_and_the_way_back(address: str) -> None:
    page = httpx.get(f"{address}/2026-10/invoices/").text
    assert '<a href="../../">Results</a> / <a href="../">2026-10</a>' in page
    assert "85.9\N{NO-BREAK SPACE}kB" in page
    assert '<a href="a%20b%26c%3Cd%3E.pdf">a b&amp;c&lt;d&gt;.pdf</a>' in page
    assert httpx.get(f"{address}/2026-10/invoices/a%20b%26c%3Cd%3E.pdf").text == "odd"
    assert httpx.get(f"{address}/2026-10/invoices").status_code == 301  # so that links in it lead on


def test_what_begins_with_a_dot_is_not_listed(address: str) -> None:
    assert ".part" not in httpx.get(f"{address}/2026-10/").text


def test_a_folder_with_a_page_of_its_own_shows_that(address: str) -> None:
    assert httpx.get(f"{address}/2026-10/data_docs/").text == "<p>docs</p>"


def test_a_link_out_of_the_results_shows_nothing(out: Path, address: str) -> None:
    (out / "elsewhere").symlink_to(out.parent)
    assert httpx.get(f"{address}/elsewhere/").status_code == 404


def test_before_any_close_the_first_page_says_so(tmp_path: Path) -> None:
    server = serve_reports(tmp_path / "empty", 0)
    page = httpx.get(f"http://127.0.0.1:{server.server_address[1]}/").text
    server.shutdown()
    server.server_close()
    assert "No close has written anything yet" in page


def test_another_name_than_this_machine_s_is_refused_a_listing_too(address: str) -> None:
    assert httpx.get(f"{address}/", headers={"Host": "elsewhere.example"}).status_code == 403
