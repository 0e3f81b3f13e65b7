"""A preview killed anywhere leaves the ledger, the results and the mailbox as they were, and the next one is as if nothing happened."""

import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import URL

from tasks.feed.importing import import_feed
from tests.databases import create_database
from tests.faults import killed_preview
from tests.faults.elsewhere import SERVER, done_elsewhere
from tests.steps.preview_scene import Place
from tests.world import write_world

SERVER.set_forkserver_preload(["tests.faults.killed_preview", "flows.monthly_close", "great_expectations"])
TIMEOUT_S = 240
ENDS = {"close_report.html", "close_report.xlsx"}


@dataclass(frozen=True)
class Undisturbed:
    """A place with its feed imported, what there was before any preview, the files of a whole one, and its moments."""

    place: Place
    before: dict[str, object]
    files: dict[str, bytes]
    moments: list[str]


def in_another_process(work: Callable[..., None], settings: dict[str, str], *arguments: object) -> int:
    return done_elsewhere(work, settings, *arguments, patience_s=TIMEOUT_S)


def imported(folder: Path, server: URL) -> Place:
    place = Place(folder, create_database(server))
    write_world(folder / "feed")
    with place.outside() as outside:
        import_feed(outside)
    return place


@pytest.fixture(scope="module")
def undisturbed(server: URL, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    place = imported(tmp_path_factory.mktemp("undisturbed"), server)
    before, told = place.everything(), place.folder / "moments"
    assert in_another_process(killed_preview.preview, place.variables, told, None) == 0
    return Undisturbed(place, before, place.previewed("2026-10"), told.read_text().splitlines())


def middle_of(moments: list[str], what: str) -> int:
    """The number (from 1) of the moment in the middle of those of a kind."""
    numbers = [number for number, moment in enumerate(moments, 1) if moment == what]
    return numbers[len(numbers) // 2]


@pytest.mark.parametrize("what", ["copying", "step rating", "step drafts", "file", "folder"])
def test_killed_in_the_middle_it_has_touched_nothing_and_the_next_one_clears_up(what: str, undisturbed: Undisturbed) -> None:
    """While the schema is made, at a step, while files are written, and between the old folder leaving and the new one coming."""
    place = undisturbed.place
    kill_at = middle_of(undisturbed.moments, what)
    assert in_another_process(killed_preview.preview, place.variables, place.folder / f"moments {what}", kill_at) == -signal.SIGKILL
    assert place.everything() == undisturbed.before
    assert place.previewed("2026-10") in (undisturbed.files, {})  # the last one, or none: never files of two
    assert in_another_process(killed_preview.preview, place.variables, place.folder / "again", None) == 0
    assert place.previewed("2026-10") == undisturbed.files
    assert (place.everything(), place.schemas()) == (undisturbed.before, set())
    assert sorted(path.name for path in (place.folder / "out" / "previews").iterdir()) == ["2026-10"]


def test_previews_while_a_close_runs_in_another_process_see_a_consistent_month(
    undisturbed: Undisturbed, server: URL, tmp_path: Path
) -> None:
    place = imported(tmp_path, server)
    rating, go_on = SERVER.Event(), SERVER.Event()
    closing = SERVER.Process(target=killed_preview.close, args=(place.variables, rating, go_on))
    closing.start()
    assert rating.wait(TIMEOUT_S)
    said = [place.preview("2026-10")]
    assert closing.is_alive()
    go_on.set()
    while closing.is_alive():
        said.append(place.preview("2026-10"))
    closing.join(timeout=TIMEOUT_S)
    assert closing.exitcode == 0
    for one in said:
        assert "7 invoices to 7 payers, EUR 747.55 net, EUR 897.96 with VAT" in one, said
    drafts = {name: content for name, content in place.previewed("2026-10").items() if name not in ENDS and name != "gates.html"}
    assert drafts == {name: content for name, content in undisturbed.files.items() if name in drafts}
    alone = imported(tmp_path / "alone", server)
    assert in_another_process(killed_preview.close, alone.variables) == 0
    once, beside = alone.issued(), place.issued()
    assert [name for name in {*once, *beside} if once.get(name) != beside.get(name)] == []
