"""The document store: whole files or none, and errors a person can act on."""

import errno
import os
from pathlib import Path
from uuid import uuid4

import pytest

from tasks.store import Store, StoreFailed

HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"


@pytest.fixture(params=["folder", "url"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return Store(str(tmp_path / "out")) if request.param == "folder" else Store(f"memory://{uuid4().hex}")


def test_what_is_written_is_read_back_with_its_hash_and_size(store: Store) -> None:
    written = store.write("2026-10/invoices/1.pdf", b"hello")
    assert (written.path, written.sha256, written.size) == ("2026-10/invoices/1.pdf", HELLO, 5)
    assert store.read("2026-10/invoices/1.pdf") == b"hello"


def test_writing_again_replaces(store: Store) -> None:
    store.write("a.csv", b"first, and longer")
    store.write("a.csv", b"second")
    assert store.read("a.csv") == b"second"
    assert store.paths(".") == ("a.csv",)


def test_a_file_is_there_or_not(store: Store) -> None:
    store.write("a/b.txt", b"x")
    assert store.exists("a/b.txt")
    assert not store.exists("a/c.txt")
    assert not store.exists("a")


def test_files_below_a_folder_are_listed_in_order(store: Store) -> None:
    for path in ("a/2.txt", "a/b/1.txt", "a/1.txt", "z.txt"):
        store.write(path, b"x")
    assert store.paths("a") == ("a/1.txt", "a/2.txt", "a/b/1.txt")
    assert store.paths("nowhere") == ()


def test_removing_is_done_once(store: Store) -> None:
    store.write("a.txt", b"x")
    store.remove("a.txt")
    store.remove("a.txt")
    assert not store.exists("a.txt")


def test_a_file_written_in_pieces_appears_whole(store: Store) -> None:
    with store.writing("big.csv") as file:
        file.write(b"one\n")
        file.write(b"two\n")
    assert store.read("big.csv") == b"one\ntwo\n"


def test_a_file_that_fails_half_way_never_appears_and_leaves_the_old_one(store: Store) -> None:
    store.write("report.csv", b"old")

    def write_half() -> None:
        with store.writing("report.csv") as file:
            file.write(b"half")
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        write_half()
    assert store.read("report.csv") == b"old"
    assert store.paths(".") == ("report.csv",)


def test_what_a_killed_process_left_behind_is_overwritten_and_never_listed(tmp_path: Path) -> None:
    (tmp_path / ".report.csv.part").write_bytes(b"half")
    store = Store(str(tmp_path))
    assert store.paths(".") == ()
    store.write("report.csv", b"whole")
    assert [path.name for path in tmp_path.iterdir()] == ["report.csv"]


@pytest.mark.parametrize("path", ["../secret", "a/../../b", "/etc/passwd", ""])
def test_no_path_leaves_the_store(store: Store, path: str) -> None:
    with pytest.raises(StoreFailed, match="does not stay inside the store"):
        store.write(path, b"x")


def test_reading_what_is_not_there_names_the_file(store: Store) -> None:
    with pytest.raises(StoreFailed, match=r"could not read 2026-10/invoices/9\.pdf .* it is not there"):
        store.read("2026-10/invoices/9.pdf")


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.ENOSPC, "the disk is full; free space, then run the step again"),
        (errno.EDQUOT, "the disk is full"),
        (errno.EACCES, "permission denied"),
        (errno.EROFS, "permission denied"),
        (errno.EIO, "put it right"),
    ],
)
def test_trouble_with_the_disk_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, says: str) -> None:
    def refuse(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("tasks.store.os.fsync", refuse)
    with pytest.raises(StoreFailed, match=says) as caught:
        Store(str(tmp_path)).write("2026-10/invoices/1.pdf", b"x")
    assert "2026-10/invoices/1.pdf" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list((tmp_path / "2026-10" / "invoices").iterdir()) == []


def test_a_store_of_an_unknown_kind_is_refused_with_its_name() -> None:
    with pytest.raises(StoreFailed, match="cannot open the store moon://base"):
        Store("moon://base").exists("a")


def test_a_person_finds_the_file_by_its_path_or_url(tmp_path: Path) -> None:
    assert Store(str(tmp_path)).url("a/b.pdf") == str(tmp_path / "a" / "b.pdf")
    assert Store("memory://out").url("a/b.pdf") == "memory:///out/a/b.pdf"
