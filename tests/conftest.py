"""Fixtures: a real PostgreSQL for the whole session, and for each test a database of its own from a migrated template."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine

from sql.migrate import migrate
from tasks.database import connect, embedded_url, stop_embedded
from tasks.outside import Outside
from tasks.settings import Settings, read_settings
from tasks.store import Store
from tests.databases import copy_of, create_database, drop_database, trust_the_machine
from tests.office import office

__all__ = ["office"]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """On several cores one Prefect server at a time."""
    from tests.cores import OneServerAtATime

    return OneServerAtATime(config, log)


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the settings of whoever runs it."""
    import os

    for name in list(os.environ):
        if name.startswith("BILLING_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """The URL of an embedded server with a migrated template database named `template`."""
    folder = tmp_path_factory.mktemp("server") / "postgres"
    url = embedded_url(folder)
    trust_the_machine(url)
    template = copy_of(url, "migrated")
    engine = connect(template)
    migrate(engine)
    engine.dispose()
    yield url
    stop_embedded(folder)


@pytest.fixture
def database(server: URL) -> Iterator[Engine]:
    """A fresh migrated database."""
    url = create_database(server)
    engine = connect(url)
    yield engine
    engine.dispose()
    drop_database(url)


@pytest.fixture
def settings(database: Engine, tmp_path: Path) -> Settings:
    """Settings with everything below the test's own folder."""
    return read_settings(
        database_url=database.url.render_as_string(hide_password=False),
        state=tmp_path / "state",
        feed=str(tmp_path / "feed"),
        out=str(tmp_path / "out"),
        smtp_url=f"maildir:{tmp_path / 'mailbox'}",
        mail_backoff_s="0.01",
        workers=1,
    )


@pytest.fixture
def outside(database: Engine, settings: Settings) -> Outside:
    """The outside world of a run, on a fresh database and the test's own folders."""
    return Outside(settings, database, Store(settings.out))


@pytest.fixture
def here(database: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, with the settings of this process pointing at it and at a fresh database."""
    settings = {
        "DATABASE_URL": database.url.render_as_string(hide_password=False),
        "STATE": str(tmp_path / "state"),
        "FEED": str(tmp_path / "feed"),
        "OUT": str(tmp_path / "out"),
        "SMTP_URL": f"maildir:{tmp_path / 'mailbox'}",
        "WORKERS": "1",
        "MAIL_ATTEMPTS": "2",
        "MAIL_BACKOFF_S": "0.01",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"BILLING_{name}", value)
    return tmp_path
