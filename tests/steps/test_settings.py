"""Settings: from billing.toml, overridden by variables, and a wrong one says so in one line."""

import os
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from sqlalchemy import text

from tasks.database import DatabaseUnavailable, database_url, embedded_url, open_engine, stop_embedded
from tasks.settings import SettingsError, read_settings
from tests.faults.elsewhere import SERVER


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_variable_wins_over_the_file_and_the_file_over_the_default(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "billing.toml").write_text('feed = "from-file"\nout = "file-out"\n')
    monkeypatch.setenv("BILLING_FEED", "s3://bucket/feed")
    settings = read_settings()
    assert (settings.feed, settings.out, settings.approval) == ("s3://bucket/feed", "file-out", "ask")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("BILLING_DATABASE_URL", "mysql://host/db", "BILLING_DATABASE_URL = 'mysql://host/db': expected postgresql://user@host/database"),
        ("BILLING_SMTP_URL", "mail.example:25", "expected smtp://host:port, smtps://host:port or maildir:folder"),
        ("BILLING_MAIL_FROM", "billing", "BILLING_MAIL_FROM = 'billing': expected one mail address, as billing@operator.example"),
        ("BILLING_MAIL_FROM", "a@b.example\r\nBcc: c@d.example", "expected one mail address"),
        ("BILLING_BOUNCE_ADDRESS", "a@b.example;c@d.example", "expected one mail address"),
        ("BILLING_SELLER_EMAIL", "", "expected one mail address"),
        ("BILLING_PORTAL_URL", "portal.operator.example", "expected https://host/path, the address the portal is served at"),
        ("BILLING_PORTAL_URL", "javascript:alert(1)", "expected https://host/path, the address the portal is served at"),
        ("BILLING_APPROVAL", "maybe", "BILLING_APPROVAL = 'maybe': Input should be 'ask' or 'auto'"),
        ("BILLING_CLOSE_DAY", "31", "BILLING_CLOSE_DAY = '31': Input should be less than or equal to 28"),
        ("BILLING_UNRATED_SHARE_AT_MOST", "lots", "BILLING_UNRATED_SHARE_AT_MOST = 'lots'"),
        ("BILLING_FEDE", "x", "unknown setting BILLING_FEDE; did you mean BILLING_FEED?"),
        ("BILLING_CONFIG", "nowhere.toml", "BILLING_CONFIG names nowhere.toml, which is not there"),
    ],
)
def test_a_wrong_variable_is_named_with_its_value(here: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('fede = "x"', "unknown setting `fede` in billing.toml; did you mean feed?"),
        ("workers = 0", "`workers` in billing.toml = 0: Input should be greater than or equal to 1"),
        ("feed = ", "billing.toml is not valid TOML"),
    ],
)
def test_a_wrong_line_of_the_file_is_named(here: Path, content: str, says: str) -> None:
    (here / "billing.toml").write_text(content)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert says in str(refused.value)


def test_without_a_url_the_database_is_embedded_under_the_state_folder(tmp_path: Path) -> None:
    settings = read_settings(state=tmp_path / "state")
    try:
        engine = open_engine(settings)
        with engine.connect() as conn:
            assert conn.execute(text("select count(*) from run")).scalar() == 0
            assert conn.execute(text("show timezone")).scalar() == "UTC"
        engine.dispose()
        assert (tmp_path / "state" / "postgres" / "PG_VERSION").exists()
        assert database_url(settings).database == "billing"
    finally:
        stop_embedded(tmp_path / "state" / "postgres")


def use_it(folder: Path, told: Connection) -> None:
    """Another process that uses the embedded server until it is killed."""
    embedded_url(folder)
    told.send("started")
    told.poll(None)


def test_the_embedded_server_serves_all_its_users_and_ends_though_one_was_killed(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    here, there = Pipe()
    other = SERVER.Process(target=use_it, args=(folder, there))
    other.start()
    assert here.recv() == "started"
    stop_embedded(folder)
    assert (folder / "postmaster.pid").exists()
    other.kill()
    other.join()
    stop_embedded(folder)
    assert not (folder / "postmaster.pid").exists()


def test_a_database_that_does_not_answer_is_said_in_one_line_without_its_password() -> None:
    settings = read_settings(database_url="postgresql://billing:secret@127.0.0.1:9/billing")
    with pytest.raises(DatabaseUnavailable) as refused:
        open_engine(settings)
    assert str(refused.value).startswith("no database at postgresql+psycopg://billing:***@127.0.0.1:9/billing:")
    assert "check BILLING_DATABASE_URL" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_no_setting_of_the_machine_reaches_a_test() -> None:
    assert [name for name in os.environ if name.startswith("BILLING_")] == []
