"""A preview shows what the close would bill, to the byte and to the cent, and touches nothing."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import URL

from flows.command_line import main
from flows.monthly_close import monthly_close
from tasks.feed.importing import import_feed
from tasks.ledger import Stopped, only_one
from tests.databases import create_database
from tests.documents import preflight
from tests.steps.preview_scene import Place
from tests.world import world, write_world

Files = dict[str, bytes]


@dataclass
class Story:
    """What was said and written one after the other, and what there was before and after."""

    place: Place
    said: dict[str, str] = field(default_factory=dict)
    files: dict[str, Files] = field(default_factory=dict)
    there: dict[str, dict[str, object]] = field(default_factory=dict)

    def preview(self, name: str, month: str, payers: tuple[str, ...] = ()) -> None:
        self.said[name] = self.place.preview(month, payers=payers)
        self.files[name] = self.place.previewed(month)

    def look(self, name: str) -> None:
        self.there[name] = self.place.everything()


@pytest.fixture(scope="module")
def story(server: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """October looked at before it is begun, while its drafts wait, and when it is issued; between, others."""
    place = Place(tmp_path_factory.mktemp("previewed"), create_database(server))
    write_world(place.folder / "feed")
    told = Story(place)
    with pytest.MonkeyPatch.context() as settings:
        for name, value in place.variables.items():
            settings.setenv(name, value)
        with place.outside() as outside:
            import_feed(outside)
        told.look("before")
        told.preview("some", "2026-10", ("PA-ONE", "CL-LUX"))
        told.preview("never begun", "2026-10")
        told.preview("never begun, again", "2026-10")
        told.preview("far away", "2026-12")
        told.look("after")
        monthly_close.fn(period="2026-10")
        told.look("before, waiting")
        told.preview("waiting", "2026-10")
        told.preview("next, while one waits", "2026-11")
        told.look("after, waiting")
        monthly_close.fn(period="2026-10", approve=True)
        told.look("before, issued")
        told.preview("issued", "2026-10")
        told.look("after, issued")
        yield told


def table(files: Files, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[name].decode())))


def text_of(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.parametrize("when", ["", ", waiting", ", issued"], ids=["never begun", "waiting", "issued"])
def test_every_row_number_and_file_is_as_it_was_before(story: Story, when: str) -> None:
    assert story.there[f"after{when}"] == story.there[f"before{when}"]
    assert len(story.there["before"]) > 60
    assert story.place.schemas() == set()


def test_it_says_what_comes_out_and_where_the_report_is(story: Story) -> None:
    assert re.fullmatch(
        r"preview 2026-10: 7 invoices to 7 payers, EUR 747\.55 net, EUR 897\.96 with VAT; no close before it is issued: it charges from "
        r"2026-10-01 to 2026-11-30; report: \S+/out/previews/2026-10/close_report\.html",
        story.said["never begun"],
    )


@pytest.mark.parametrize("again", ["never begun, again", "waiting"])
def test_the_same_month_previewed_again_gives_the_same_bytes(story: Story, again: str) -> None:
    once, twice = story.files["never begun"], story.files[again]
    assert sorted(once) == sorted(twice)
    assert [name for name in once if once[name] != twice[name]] == []
    assert {"close_report.html", "close_report.xlsx", "gates.html", "invoices.csv", "invoice_lines.csv"} < set(once)


def test_what_is_issued_then_is_what_was_previewed_to_the_cent(story: Story) -> None:
    out = story.place.folder / "out" / "2026-10"
    issued = {name: (out / name).read_bytes() for name in ("invoices.csv", "invoice_lines.csv")}
    columns = [name for name in table(issued, "invoice_lines.csv")[0] if name != "invoice_number"]
    then, now = (
        Counter(tuple(row[name] for name in columns) for row in table(files, "invoice_lines.csv"))
        for files in (story.files["never begun"], issued)
    )
    assert then == now
    drafts, invoices = (
        sorted((row["payer_id"], row["kind"], row["net"], row["vat"], row["gross"]) for row in table(files, "invoices.csv"))
        for files in (story.files["never begun"], issued)
    )
    assert drafts == invoices
    assert sum(Decimal(row["gross"]) for row in table(issued, "invoices.csv")) == Decimal("897.96")


def test_drafts_have_no_number_no_day_and_nothing_to_pay_by(story: Story) -> None:
    for row in table(story.files["never begun"], "invoices.csv"):
        assert (row["invoice_number"], row["issued_on"], row["due_on"], row["structured_reference"]) == ("", "", "", "")
        assert row["status"] == "draft"


@pytest.mark.parametrize(
    ("payer", "word", "sentence"),
    [
        ("CL-START", "PROJET", "rien à payer"),
        ("CL-TLX", "ONTWERP", "niets te betalen"),
        ("PA-ONE", "DRAFT", "nothing to pay"),
    ],
    ids=["in French", "in Dutch", "in English"],
)
def test_every_page_of_a_draft_says_that_it_is_one(story: Story, payer: str, word: str, sentence: str) -> None:
    pages = text_of(story.files["never begun"][f"drafts/{payer}.pdf"])
    assert all(page.count(word) >= 2 for page in pages)  # the band at its head, the word across it
    whole = " ".join(" ".join(pages).split())
    assert sentence in whole
    assert "+++" not in whole
    assert story.place.settings.seller_iban not in whole.replace(" ", "")


def test_drafts_are_valid_for_the_archive(story: Story, tmp_path: Path) -> None:
    drafts = {name.removeprefix("drafts/")[:-4]: pdf for name, pdf in story.files["never begun"].items() if name.startswith("drafts/")}
    assert sorted(drafts) == ["CL-LUX", "CL-PACK", "CL-PORTAL", "CL-SIP", "CL-START", "CL-TLX", "PA-ONE"]
    assert preflight.faults(drafts, tmp_path) == {}


def test_the_preview_of_an_issued_month_has_the_same_drafts_computed_again_and_says_so(story: Story) -> None:
    first, again = story.files["never begun"], story.files["issued"]
    assert {name: first[name] for name in first if not name.startswith(("close_report", "gates"))} == {
        name: again[name] for name in again if not name.startswith(("close_report", "gates"))
    }
    assert "it is issued: these are its drafts computed again as they were, its files are in 2026-10" in story.said["issued"]


def test_the_preview_of_some_payers_is_their_part_of_the_whole(story: Story) -> None:
    whole, part = story.files["never begun"], story.files["some"]
    asked = {"PA-ONE", "CL-LUX"}
    for name in ("invoices.csv", "invoice_lines.csv"):
        assert table(part, name) == [row for row in table(whole, name) if row["payer_id"] in asked]
    assert {name for name in part if name.startswith("drafts/")} == {"drafts/PA-ONE.pdf", "drafts/CL-LUX.pdf"}
    assert all(part[f"drafts/{payer}.pdf"] == whole[f"drafts/{payer}.pdf"] for payer in asked)
    assert story.said["some"].startswith("preview 2026-10: 2 invoices to 2 payers")


def test_a_later_month_says_which_days_are_in_it_because_the_months_before_are_not_closed(story: Story) -> None:
    assert "it charges from 2026-10-01 to 2027-01-31" in story.said["far away"]
    assert story.said["far away"].startswith("preview 2026-12: a close would be stopped by the gate snapshot; ")  # too old by then


def test_the_next_month_takes_the_one_that_waits_as_issued_and_compares_with_it(story: Story) -> None:
    said = story.said["next, while one waits"]
    assert "close 2026-10 waits to be issued and is taken as issued here" in said
    assert "than close 2026-10" in said
    lines = table(story.files["next, while one waits"], "invoice_lines.csv")
    first = {charge: min(row["from_day"] for row in lines if row["charge"] == charge) for charge in ("recurring", "usage")}
    assert first == {"recurring": "2026-11-01", "usage": "2026-10-28"}  # what was used from the last close date on


def test_a_month_closed_after_previews_is_the_one_closed_without_them(
    story: Story, server: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Place(tmp_path, create_database(server))
    write_world(plain.folder / "feed")
    for name, value in plain.variables.items():
        monkeypatch.setenv(name, value)
    monthly_close.fn(period="2026-10", approve=True)
    once, after_previews = plain.issued(), story.place.issued()
    assert sorted(once) == sorted(after_previews)
    assert [name for name in once if once[name] != after_previews[name]] == []


def test_a_payer_nobody_knows_is_said_before_anything_is_done(story: Story) -> None:
    before = story.place.previewed("2026-10")
    with pytest.raises(Stopped, match=r"^CL-NONE, E-ALFA are no payers: no contract names them; give payer_id as contracts\.csv has it$"):
        story.place.preview("2026-10", payers=("E-ALFA", "PA-ONE", "CL-NONE"))
    assert story.place.previewed("2026-10") == before


def test_another_close_date_than_that_of_the_close_is_refused(story: Story) -> None:
    with pytest.raises(Stopped, match=r"close 2026-10 is issued, for 2026-10-28; leave --on out, or give --on 2026-10-28"):
        story.place.preview("2026-10", on=date(2026, 10, 27))


def test_two_previews_at_once_are_one_and_a_clear_answer(story: Story) -> None:
    with (
        story.place.outside() as outside,
        only_one(outside.engine, "a preview"),
        pytest.raises(Stopped, match="a preview is being worked on by another process; wait for it to end"),
    ):
        story.place.preview("2026-11")


def test_what_only_a_close_does_is_refused_in_words() -> None:
    with pytest.raises(Stopped, match="a preview issues nothing and does all steps anew: leave approve and from_step out"):
        monthly_close.fn(period="2026-10", mode="preview", approve=True, from_step="rating")
    with pytest.raises(Stopped, match="a close bills all payers: leave payers out, or choose mode = preview"):
        monthly_close.fn(period="2026-10", payers=["PA-ONE"])


def test_a_finding_that_would_stop_the_close_is_said_first_and_what_cannot_be_done_leaves_the_last_preview(
    server: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place(tmp_path, create_database(server))
    small = world()
    small.tables["prices"] = [row for row in small.tables["prices"] if row["product"] != "sip-channel"]
    small.write(place.folder / "feed")
    for name, value in place.variables.items():
        monkeypatch.setenv(name, value)
    assert main(["preview", "2026-10", "--payers", "CL-LUX,CL-SIP"]) == 0
    assert capsys.readouterr().out.startswith("preview 2026-10: a close would be stopped by the gate ")
    written, before = place.previewed("2026-10"), place.everything()
    assert "drafts/CL-LUX.pdf" in written
    assert main(["preview", "2025-01"]) == 1
    assert "there is no inventory snapshot on or before 2025-01-28" in capsys.readouterr().err
    with place.outside() as outside, only_one(outside.engine, "another close"):
        assert main(["preview", "2026-10", "--payers", "CL-LUX,CL-SIP"]) == 0
    assert "the feed was not imported, since a close is being worked on" in capsys.readouterr().out
    assert place.previewed("2026-10") == written
    assert (place.everything(), place.schemas()) == (before, set())
