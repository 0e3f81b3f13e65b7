"""E-invoices killed at every moment of their way and published again: each is sent once, and an access point sees one key for it."""

import multiprocessing
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import URL

from tasks.database import connect
from tasks.outside import Outside
from tasks.settings import read_settings
from tasks.store import Store
from tests.databases import copy_of, create_database, drop_database
from tests.faults.elsewhere import SERVER, done_elsewhere
from tests.faults.killed_peppol import publish_in
from tests.steps.access_point_server import TOKEN, AccessPointServer
from tests.steps.peppol_scene import Reached, content, three_payers

SERVER.set_forkserver_preload(["tests.faults.killed_peppol", "tests.faults.killed_dunning", "tasks.peppol", "tasks.outside", "httpx"])
KEYS = {f"<{number}.e-invoice@operator.example>": content(number) for number in ("2026-000001", "2026-000002")}


@dataclass(frozen=True)
class Close:
    """A close with two e-invoices to send, in a database that is copied for each kill."""

    folder: Path
    server: URL
    database: str
    run_id: int

    def settings(self, url: URL, where: Path, **more: str) -> dict[str, str]:
        given = {"DATABASE_URL": url.render_as_string(hide_password=False), "STATE": str(where / "state"), "OUT": str(self.folder / "out")}
        return {f"BILLING_{name}": value for name, value in {**given, "ACCESS_POINT_URL": str(where / "sent"), **more}.items()}

    def publish(
        self, settings: dict[str, str], moments: Path, kill_at: int | None = None, started: Callable[..., None] | None = None
    ) -> int:
        """Publish in another process; its exit code, negative for the signal that ended it."""
        moments.unlink(missing_ok=True)
        return done_elsewhere(publish_in, settings, self.run_id, moments, kill_at, patience_s=120, started=started)


@pytest.fixture(scope="module")
def close(server: URL, tmp_path_factory: pytest.TempPathFactory) -> Close:
    folder, url = tmp_path_factory.mktemp("close"), create_database(server)
    engine = connect(url)
    settings = read_settings(database_url=url.render_as_string(hide_password=False), out=str(folder / "out"))
    run = three_payers(Reached(Outside(settings, engine, Store(settings.out))))
    engine.dispose()
    assert url.database is not None
    return Close(folder, server, url.database, run.run_id)


def in_the_end(url: URL) -> list[tuple[object, ...]]:
    engine = connect(url)
    scene = Reached.__new__(Reached)
    scene.outside = Outside(read_settings(), engine, Store("out"))
    rows = scene.e_invoices()
    engine.dispose()
    return [(row[0], row[2]) for row in rows]


SENT = [("2026-000001", "sent"), ("2026-000002", "sent")]


def test_killed_at_every_moment_each_e_invoice_reaches_the_access_point_under_one_key(close: Close, tmp_path: Path) -> None:
    kill_at, moments = 0, tmp_path / "moments"
    while kill_at == 0 or "done" not in moments.read_text():
        kill_at += 1
        url = copy_of(close.server, f"peppol_https_{kill_at}", template=close.database)
        with AccessPointServer(tmp_path) as taker:
            more = {"ACCESS_POINT_URL": taker.url, "ACCESS_POINT_TOKEN": TOKEN, "ACCESS_POINT_CA": str(taker.ca)}
            settings = close.settings(url, tmp_path, **more)
            assert close.publish(settings, moments, kill_at) == -signal.SIGKILL
            died_at = moments.read_text().splitlines()[-1]
            assert close.publish(settings, tmp_path / "again") == 0
            assert (in_the_end(url), taker.sent, len(taker.keys) <= 3) == (SENT, KEYS, True), died_at
        drop_database(url)
    assert kill_at > 10


def test_killed_at_every_moment_each_e_invoice_is_in_the_folder_whole(close: Close, tmp_path: Path) -> None:
    kill_at, moments = 0, tmp_path / "moments"
    while kill_at == 0 or "done" not in moments.read_text():
        kill_at += 1
        url = copy_of(close.server, f"peppol_files_{kill_at}", template=close.database)
        where = tmp_path / f"{kill_at}"
        settings = close.settings(url, where)
        assert close.publish(settings, moments, kill_at) == -signal.SIGKILL
        died_at = moments.read_text().splitlines()[-1]
        assert close.publish(settings, tmp_path / "again") == 0
        there = {path.name: path.read_bytes() for path in (where / "sent").iterdir()}
        assert in_the_end(url) == SENT, died_at
        assert sorted(there) == ["2026-000001.json", "2026-000001.xml", "2026-000002.json", "2026-000002.xml"], died_at
        assert [there[f"{number}.xml"] for number, _ in SENT] == list(KEYS.values()), died_at
        drop_database(url)
    assert kill_at > 10


@pytest.mark.parametrize("number", [1, 2], ids=["the first", "the second"])
def test_killed_once_the_access_point_has_taken_it_the_same_key_comes_again(close: Close, tmp_path: Path, number: int) -> None:
    url = copy_of(close.server, f"peppol_taken_{number}", template=close.database)
    with AccessPointServer(tmp_path) as taker:
        more = {"ACCESS_POINT_URL": taker.url, "ACCESS_POINT_TOKEN": TOKEN, "ACCESS_POINT_CA": str(taker.ca)}
        settings = close.settings(url, tmp_path, **more)

        def kill_when_taken(process: multiprocessing.Process) -> None:
            taker.on_yes = lambda: process.kill() if len(taker.sent) == number else None

        assert close.publish(settings, tmp_path / "moments", started=kill_when_taken) == -signal.SIGKILL
        taker.on_yes = lambda: None
        assert close.publish(settings, tmp_path / "again") == 0
        assert (in_the_end(url), taker.sent, len(taker.keys)) == (SENT, KEYS, 3)
    drop_database(url)
