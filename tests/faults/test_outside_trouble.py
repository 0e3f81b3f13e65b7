"""The disk full, the database gone in the middle of a step, the mail server down: a clear message, nothing lost, and the next run finishes."""

import os
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text

from flows.monthly_close import monthly_close
from tasks.ledger import Stopped
from tasks.mailbox_server import MailboxServer
from tasks.store import StoreFailed
from tests.world import EXPECTED_NET, world

E_INVOICES = len(EXPECTED_NET) - 1  # each payer but the one in Luxembourg, who asked for none


@pytest.fixture(autouse=True)
def a_feed(here: Path) -> None:
    world().write(here / "feed")


def close() -> object:
    return monthly_close.fn(period="2026-10", on=date(2026, 10, 28), approve=True)


def counts(database: Engine) -> tuple[int, int, int]:
    """Invoices issued; mails, publications and e-invoices done; and what waits."""
    with database.connect() as conn:
        row = conn.execute(
            text(
                "select (select count(*) from invoice where number is not null),"
                " (select count(*) from delivery where state = 'sent'), (select count(*) from delivery where state = 'pending')"
            )
        ).one()
    return int(row[0]), int(row[1]), int(row[2])


@pytest.fixture
def small_disk(here: Path) -> Iterator[Path]:
    """A disk of its own for `out` that is too small for the PDFs of a close."""
    disk = here / "out"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)], capture_output=True, check=False)
    if mounted.returncode != 0:
        if os.environ.get("CI"):
            pytest.fail(f"CI must be able to mount a small disk: {mounted.stderr.decode()}")
        pytest.skip("mounting a small disk needs root; CI runs this")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_is_said_and_the_close_goes_on_once_there_is_room(here: Path, small_disk: Path, database: Engine) -> None:
    with pytest.raises(StoreFailed, match=r"(?i)no space|full"):
        close()
    assert counts(database) == (len(EXPECTED_NET), 0, 0)
    assert list(small_disk.rglob("*.part")) == []
    subprocess.run(["mount", "-o", "remount,size=100m", str(small_disk)], check=True)
    close()
    assert counts(database) == (len(EXPECTED_NET), len(EXPECTED_NET) + E_INVOICES, 0)


def test_no_mail_server_leaves_the_mails_waiting_and_the_next_run_sends_each_once(
    here: Path, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BILLING_SMTP_URL", "smtp://127.0.0.1:9")
    with pytest.raises(Stopped, match=r"127\.0\.0\.1:9"):
        close()
    issued, _, waiting = counts(database)
    assert (issued, waiting) == (len(EXPECTED_NET), len(EXPECTED_NET) - 1)  # the portal needs no mail server
    with MailboxServer(here / "mailbox") as server:
        monkeypatch.setenv("BILLING_SMTP_URL", server.url)
        close()
    assert counts(database) == (len(EXPECTED_NET), len(EXPECTED_NET) + E_INVOICES, 0)
    assert len(list((here / "mailbox").rglob("new/*"))) == len(EXPECTED_NET) - 1


@pytest.mark.parametrize(
    "statement", ["insert into usage_window", "insert into charge_refusal", "insert into invoice_vat", "update invoice set"]
)
def test_a_database_connection_lost_in_the_middle_of_a_step_only_costs_a_retry(here: Path, database: Engine, statement: str) -> None:
    lost = []

    def cut(conn: object, _cursor: object, sql: str, *_: object) -> None:
        body = "\n".join(line for line in sql.splitlines() if not line.startswith("--")).lstrip()
        if not lost and statement in body:
            lost.append(statement)
            pid = conn.connection.driver_connection.info.backend_pid  # type: ignore[attr-defined]
            with database.connect() as other:
                other.execute(text("select pg_terminate_backend(:pid)"), {"pid": pid})

    event.listen(Engine, "before_cursor_execute", cut)
    try:
        close()
    finally:
        event.remove(Engine, "before_cursor_execute", cut)
    assert counts(database) == (len(EXPECTED_NET), len(EXPECTED_NET) + E_INVOICES, 0)


def test_a_feed_that_is_not_there_stops_the_close_before_anything(here: Path, database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BILLING_FEED", str(here / "nowhere"))
    with pytest.raises(Stopped, match="nowhere"):
        close()
    assert counts(database) == (0, 0, 0)
