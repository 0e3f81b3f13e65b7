"""A close killed inside each step and run again gives the files of an undisturbed close, byte for byte, and mails nobody twice."""

import email
import multiprocessing
import signal
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import URL, text

from tasks.database import connect
from tests.databases import create_database
from tests.faults.killed_close import close
from tests.world import write_world

STEPS = ("snapshot", "rating", "recurring", "drafts", "issue", "documents", "delivery", "report")
# Each start of a process would import Prefect and Great Expectations again; this one imports them once and forks.
SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(["tests.faults.killed_close", "flows.monthly_close", "great_expectations"])


@dataclass(frozen=True)
class Place:
    """A folder with a feed, a database and what a close leaves there."""

    folder: Path
    url: URL

    @property
    def settings(self) -> dict[str, str]:
        where = {"STATE": "state", "FEED": "feed", "OUT": "out"}
        return {
            **{f"BILLING_{name}": str(self.folder / below) for name, below in where.items()},
            "BILLING_SMTP_URL": f"maildir:{self.folder / 'mailbox'}",
            "BILLING_DATABASE_URL": self.url.render_as_string(hide_password=False),
            "BILLING_WORKERS": "1",
        }

    def close(self, kill_at: int | None = None) -> int:
        """Close in another process; returns its exit code, negative for the signal that ended it."""
        process = SERVER.Process(target=close, args=(self.settings, self.folder / "moments", kill_at))
        process.start()
        process.join(timeout=180)
        assert process.exitcode is not None
        return process.exitcode

    def moments(self) -> list[str]:
        return (self.folder / "moments").read_text().splitlines()

    def files(self) -> dict[str, bytes]:
        """What the close wrote, without the pages of the gates, which say when they were checked."""
        out = self.folder / "out"
        paths = (path for path in sorted(out.rglob("*")) if path.is_file() and "data_docs" not in path.parts)
        return {str(path.relative_to(out)): path.read_bytes() for path in paths if path.suffix != ".html"}

    def mails(self) -> list[bytes]:
        return [path.read_bytes() for path in sorted((self.folder / "mailbox").rglob("new/*"))]

    def numbers(self) -> list[str]:
        engine = connect(self.url)
        with engine.connect() as conn:
            found = [str(row[0]) for row in conn.execute(text("select number from invoice order by number"))]
        engine.dispose()
        return found


def place(folder: Path, server: URL) -> Place:
    write_world(folder / "feed")
    return Place(folder, create_database(server))


@pytest.fixture(scope="module")
def undisturbed(server: URL, tmp_path_factory: pytest.TempPathFactory) -> Place:
    here = place(tmp_path_factory.mktemp("undisturbed"), server)
    assert here.close() == 0
    return here


def moments_of(step: str, moments: list[str]) -> tuple[int, int]:
    """The numbers (from 1) of the first moment of a step and of its acceptance."""
    accepted = {mark.rpartition(" ")[2]: number for number, mark in enumerate(moments, 1) if mark.startswith("update run_step")}
    before = max((number for number in accepted.values() if number < accepted[step]), default=0)
    return before + 1, accepted[step]


@pytest.mark.parametrize("share", [0.4, 1.0], ids=["in the middle", "at its acceptance"])
@pytest.mark.parametrize("step", STEPS)
def test_a_close_killed_inside_a_step_and_run_again_is_as_if_nothing_happened(
    step: str, share: float, undisturbed: Place, server: URL, tmp_path: Path
) -> None:
    first, last = moments_of(step, undisturbed.moments())
    here = place(tmp_path, server)
    assert here.close(kill_at=first + round((last - first) * share)) == -signal.SIGKILL
    assert here.close() == 0
    assert here.numbers() == undisturbed.numbers()
    assert sorted(here.files()) == sorted(undisturbed.files())
    assert [name for name, content in undisturbed.files().items() if here.files()[name] != content] == []
    ids = Counter(str(email.message_from_bytes(mail)["Message-ID"]) for mail in here.mails())
    assert set(ids.values()) == {1}
    assert sorted(here.mails()) == sorted(undisturbed.mails())


def test_closing_twice_changes_nothing(undisturbed: Place) -> None:
    files, mails, numbers = undisturbed.files(), undisturbed.mails(), undisturbed.numbers()
    assert undisturbed.close() == 0
    assert (undisturbed.files(), undisturbed.mails(), undisturbed.numbers()) == (files, mails, numbers)


def test_the_same_feed_closed_from_an_empty_database_gives_the_same_files(undisturbed: Place, server: URL, tmp_path: Path) -> None:
    again = place(tmp_path, server)
    assert again.close() == 0
    assert again.files() == undisturbed.files()
    assert sorted(again.mails()) == sorted(undisturbed.mails())
