"""A close killed inside each step and run again gives the files of an undisturbed close, byte for byte, and mails nobody twice."""

import email
import signal
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.faults.place import Place, place

STEPS = ("snapshot", "rating", "recurring", "drafts", "issue", "documents", "delivery", "report")


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
