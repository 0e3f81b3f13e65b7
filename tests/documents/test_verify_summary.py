"""`billing verify-summary`: whoever changes what was counted, or the paper, is found out (BT-2.f)."""

import shutil
from datetime import date
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import URL, text

from flows.command_line import main
from flows.monthly_close import monthly_close
from tasks.database import connect
from tests.databases import copy_of, create_database
from tests.world import world

pytestmark = pytest.mark.clause("BT-2.f")
names = count(1)
BETA = "2026-10/summaries/E-BETA.pdf"


@pytest.fixture(scope="module")
def closed(server: URL, tmp_path_factory: pytest.TempPathFactory) -> tuple[URL, Path]:
    """The small operator with October closed on the 28th: its database, and the folder of its files."""
    here, url = tmp_path_factory.mktemp("verify"), create_database(server)
    with pytest.MonkeyPatch.context() as settings:
        point_at(settings, url, here)
        world().write(here / "feed")
        monthly_close.fn(period="2026-10", on=date(2026, 10, 28), approve=True)
    return url, here


def point_at(settings: pytest.MonkeyPatch, url: URL, here: Path) -> None:
    values = {"STATE": here / "state", "FEED": here / "feed", "OUT": here / "out", "SMTP_URL": f"maildir:{here / 'mailbox'}", "WORKERS": 1}
    for name, value in {"DATABASE_URL": url.render_as_string(hide_password=False), **values}.items():
        settings.setenv(f"BILLING_{name}", str(value))


@pytest.fixture
def copied(closed: tuple[URL, Path], server: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[URL, Path]:
    """A copy of database and files, which the commands of the test work with; spoil it freely."""
    url, here = closed
    copy = copy_of(server, f"verified_{next(names)}", template=str(url.database))
    shutil.copytree(here / "out", tmp_path / "out")
    point_at(monkeypatch, copy, tmp_path)
    return copy, tmp_path / "out"


def verified(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """The exit code of `billing verify-summary` and what it says."""
    capsys.readouterr()
    code = main(["verify-summary", *arguments])
    said = capsys.readouterr()
    return code, said.out + said.err


def changed(url: URL, statement: str) -> None:
    """One row changed by somebody who may switch the triggers of the database off."""
    engine = connect(url)
    with engine.begin() as conn:
        conn.execute(text("set session_replication_role = replica"))
        assert conn.execute(text(statement)).rowcount == 1
    engine.dispose()


def test_a_month_as_it_was_closed_is_right_in_all_its_parts(copied: tuple[URL, Path], capsys: pytest.CaptureFixture[str]) -> None:
    code, said = verified(capsys, "2026-10")
    assert code == 0
    assert "right  snapshot of 2026-10-28: its 30 elements hash to " in said
    assert "right  8 of 8 summary files: the sha256 of each is as stored" in said
    assert "WRONG" not in said


def test_one_end_client_sees_its_own_summary_and_the_hash_of_the_whole_count(
    copied: tuple[URL, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = verified(capsys, "2026-10", "E-BETA")
    assert code == 0
    assert f"right  {BETA} (E-BETA, invoice 2026-00000" in said
    assert "E-ALFA" not in said


@pytest.mark.parametrize(
    ("statement", "elements"),
    [
        pytest.param(
            "update inventory_element set label = 'user 9' where snapshot_on = '2026-10-28' and element_id = 'L-BETA-USER-8'",
            30,
            id="one label changed",
        ),
        pytest.param(
            "delete from inventory_element where snapshot_on = '2026-10-28' and element_id = 'L-BETA-USER-8'", 29, id="one user removed"
        ),
        pytest.param(
            "insert into inventory_element select '2026-10-28', line_no, 'X', 'user', '' from line where line_id = 'L-BETA-USER'",
            31,
            id="one user added",
        ),
    ],
)
def test_an_element_changed_after_the_close_is_reported(
    copied: tuple[URL, Path], capsys: pytest.CaptureFixture[str], statement: str, elements: int
) -> None:
    changed(copied[0], statement)
    code, said = verified(capsys, "2026-10", "E-BETA")
    assert code == 1
    assert f"WRONG  snapshot of 2026-10-28: {elements} elements hash to " in said
    assert "stored were 30 with " in said
    assert f"right  {BETA}" in said


def test_an_element_of_another_day_is_no_concern_of_the_close(copied: tuple[URL, Path], capsys: pytest.CaptureFixture[str]) -> None:
    changed(copied[0], "delete from inventory_element where snapshot_on = '2026-10-29' and element_id = 'L-LUX-USER-2'")
    assert verified(capsys, "2026-10")[0] == 0


def test_a_summary_changed_in_the_store_is_reported_and_the_others_are_right(
    copied: tuple[URL, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    paper = copied[1] / BETA
    paper.write_bytes(paper.read_bytes().replace(b"%%EOF", b"%%EOF\n"))
    code, said = verified(capsys, "2026-10")
    assert code == 1
    assert f"WRONG  {BETA} (E-BETA, invoice 2026-00000" in said
    assert "right  7 of 8 summary files" in said
    assert "right  snapshot of 2026-10-28" in said


def test_a_summary_that_is_gone_is_reported(copied: tuple[URL, Path], capsys: pytest.CaptureFixture[str]) -> None:
    (copied[1] / BETA).unlink()
    code, said = verified(capsys, "2026-10", "E-BETA")
    assert code == 1
    assert "the file is not there; close 2026-10 drew it with sha256 " in said


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        pytest.param(["2026-09"], "billing: 2026-09 was never closed; `billing close 2026-09` closes it", id="a month never closed"),
        pytest.param(["2026-10", "E-NONE"], "billing: end client E-NONE has no summary in 2026-10; ", id="an end client nobody knows"),
        pytest.param(["2026-10", "CL-WAIT"], "billing: end client CL-WAIT has no summary in 2026-10; ", id="an end client not billed"),
    ],
)
def test_what_cannot_be_verified_is_refused_with_one_line(
    copied: tuple[URL, Path], capsys: pytest.CaptureFixture[str], arguments: list[str], reason: str
) -> None:
    code, said = verified(capsys, *arguments)
    assert code == 1
    assert said.startswith(reason)
    assert said.count("\n") == 1


def test_a_close_without_documents_has_nothing_to_verify_yet(copied: tuple[URL, Path], capsys: pytest.CaptureFixture[str]) -> None:
    engine = connect(copied[0])
    with engine.begin() as conn:
        conn.execute(text("delete from document"))
    engine.dispose()
    code, said = verified(capsys, "2026-10")
    assert code == 1
    assert "close 2026-10 has no summaries yet; they come with its documents, after the issue" in said
