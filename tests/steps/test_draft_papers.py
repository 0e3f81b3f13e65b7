"""The drafts of a run on paper: of all payers, of some, of the largest; and a preview's folder in the place of the last one."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import URL

from billing.period import Period
from tasks import documents, drafts, rating, recurring, snapshot
from tasks.cockpit.folder_pages import results_page
from tasks.feed.importing import import_feed
from tasks.ledger import Run, Step, find_run, open_close, run_step
from tasks.outcome import checklist
from tasks.outside import Outside
from tasks.preview import draw_drafts, drawing
from tasks.review import ask_open
from tasks.review.described import form_text
from tasks.review.papers import put_away, write_papers
from tasks.store import Store
from tests.databases import create_database
from tests.steps.preview_scene import Place
from tests.world import write_world

ALL = ["CL-LUX", "CL-PACK", "CL-PORTAL", "CL-SIP", "CL-START", "CL-TLX", "PA-ONE", "PA-ONE~2"]
Drafted = tuple[Outside, Run]


@pytest.fixture(scope="module")
def drafted(server: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drafted]:
    """The drafts of October; the partner has two, for its second contract is payable in 14 days."""
    place = Place(tmp_path_factory.mktemp("papers"), create_database(server))
    write_world(place.folder / "feed", contracts={"C-BETA": {"payment_days": "14"}})
    with place.outside() as outside:
        import_feed(outside)
        run = open_close(outside.engine, Period.month("2026-10"), date(2026, 10, 28))
        for module in (snapshot, rating, recurring, drafts):
            name = module.__name__.rpartition(".")[2]
            run_step(outside, find_run(outside.engine, run.run_id), Step(name, module.stage), check=lambda *_: None)
        yield outside, find_run(outside.engine, run.run_id)


def drawn(outside: Outside, folder: str) -> list[str]:
    return [Path(path).stem for path in outside.out.paths(f"{folder}/drafts")]


def test_all_drafts_are_drawn_and_a_second_one_of_a_payer_stands_beside_the_first(drafted: Drafted) -> None:
    outside, run = drafted
    assert draw_drafts(outside, run, "2026-10") == len(ALL)
    assert drawn(outside, "2026-10") == ALL


def test_drafts_of_some_payers_take_the_place_of_those_drawn_before(drafted: Drafted) -> None:
    outside, run = drafted
    draw_drafts(outside, run, "2026-10")
    assert draw_drafts(outside, run, "2026-10", payers=["PA-ONE", "CL-LUX"]) == 3
    assert drawn(outside, "2026-10") == ["CL-LUX", "PA-ONE", "PA-ONE~2"]


def test_so_many_payers_at_most_are_those_with_the_largest_bills_of_a_first_month_or_the_first_asked_for(drafted: Drafted) -> None:
    outside, run = drafted
    draw_drafts(outside, run, "2026-10", at_most=2)
    assert drawn(outside, "2026-10") == ["CL-START", "PA-ONE", "PA-ONE~2"]
    draw_drafts(outside, run, "2026-10", payers=["CL-SIP", "CL-LUX", "CL-TLX"], at_most=2)
    assert drawn(outside, "2026-10") == ["CL-LUX", "CL-SIP"]


def test_people_are_led_to_the_drafts_until_these_are_put_away(drafted: Drafted) -> None:
    outside, run = drafted
    write_papers(outside, run)
    ask = ask_open(outside, run, "")
    pages = replace(outside, settings=outside.settings.model_copy(update={"reports_url": "http://127.0.0.1:4201"}))
    link = "[Drafts of the largest changes](http://127.0.0.1:4201/2026-10/drafts/)"
    assert link in form_text(pages, run, ask)
    assert link in checklist(pages, run)
    put_away(outside, run)
    assert link not in checklist(pages, run)
    assert "Drafts" not in results_page(Path(outside.settings.out)).decode()


def test_processes_draw_the_same_bytes(drafted: Drafted, monkeypatch: pytest.MonkeyPatch) -> None:
    outside, run = drafted
    draw_drafts(outside, run, "alone")
    for module in (documents, drawing):
        monkeypatch.setattr(module, "BATCH", 3)
    draw_drafts(replace(outside, settings=outside.settings.model_copy(update={"workers": 2})), run, "together")
    assert [outside.out.read(f"alone/drafts/{name}.pdf") for name in ALL] == [
        outside.out.read(f"together/drafts/{name}.pdf") for name in ALL
    ]


@pytest.mark.parametrize("kind", ["on this machine", "elsewhere"])
def test_a_folder_takes_the_place_of_another_as_a_whole(kind: str, tmp_path: Path) -> None:
    out = Store(str(tmp_path)) if kind == "on this machine" else Store(f"memory://{tmp_path}")
    for path in ("previews/2026-10/old.csv", "previews/2026-10/drafts/both.pdf", "previews/2026-09/kept.csv"):
        out.write(path, b"old")
    for path in ("previews/.staged/2026-10/new.csv", "previews/.staged/2026-10/drafts/both.pdf"):
        out.write(path, b"new")
    out.replace_folder("previews/2026-10", staged="previews/.staged/2026-10", aside="previews/.replaced")
    assert out.paths("previews/2026-10") == ("previews/2026-10/drafts/both.pdf", "previews/2026-10/new.csv")
    assert out.read("previews/2026-10/drafts/both.pdf") == b"new"
    assert out.paths("previews/2026-09") == ("previews/2026-09/kept.csv",)
    assert out.paths("previews/.staged/2026-10") == out.paths("previews/.replaced") == ()
    out.remove_folder("previews")
    out.remove_folder("previews")
    assert out.paths("previews") == ()
