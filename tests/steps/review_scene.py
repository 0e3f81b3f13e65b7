"""October of the small operator with its drafts accepted, waiting for people: a database of its own for each test, copied from one."""

import itertools
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, text

import sql
from billing.period import Period
from flows.monthly_close import monthly_close
from tasks.database import connect
from tasks.ledger import Run, accepted_steps, close_of
from tasks.outside import Outside
from tasks.review import Answer, Ask, Decision, ask_open, asks_of, decide, decisions_of, open_ask
from tasks.settings import read_settings
from tasks.store import Store
from tests.databases import copy_of, create_database, drop_database
from tests.world import world

OCTOBER = Period.month("2026-10")
PREFECT_RUN = "0199a7a2-5f0e-7d7c-9a53-3f1f3a3b7c11"
_names = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Drafted:
    """The database and the folder of a close that was left with its drafts."""

    server: URL
    database: str
    folder: Path


@dataclass
class Waiting:
    """A close that waits, and the hands of those who decide."""

    folder: Path
    url: URL
    patch: pytest.MonkeyPatch

    def __post_init__(self) -> None:
        self.engine = connect(self.url)
        self.setting(
            database_url=self.url.render_as_string(hide_password=False),
            state=self.folder / "state",
            feed=self.folder / "feed",
            out=self.folder / "out",
            smtp_url=f"maildir:{self.folder / 'mailbox'}",
            workers=1,
            ui_port=1,
        )

    def setting(self, **settings: object) -> None:
        """Change settings, for what follows."""
        for name, value in settings.items():
            self.patch.setenv(f"BILLING_{name.upper()}", str(value))

    @property
    def outside(self) -> Outside:
        settings = read_settings()
        return Outside(settings, self.engine, Store(settings.out))

    @property
    def run(self) -> Run:
        found = close_of(self.engine, OCTOBER)
        assert found is not None
        return found

    def close(self, **given: Any) -> str:
        """Run the close as the command line does."""
        return str(monthly_close.fn(period="2026-10", **given))

    def ask(self, flow_run: str = PREFECT_RUN) -> Ask:
        return ask_open(self.outside, self.run, flow_run)

    def decide(self, decision: Any, by: str = "Ann", **given: Any) -> Decision:
        return decide(self.outside, self.run, Answer(decision, by, **given))

    def in_form(self, decision: Any, by: str = "Ann", **given: Any) -> Decision:
        """Answer the form that is open."""
        with self.engine.connect() as conn:
            ask = open_ask(conn, self.run)
        assert ask is not None
        return self.decide(decision, by, channel="form", ask_no=ask.ask_no, **given)

    def asks(self) -> list[Ask]:
        with self.engine.connect() as conn:
            return asks_of(conn, self.run)

    def decisions(self) -> list[Decision]:
        with self.engine.connect() as conn:
            return decisions_of(conn, self.run)

    def accepted(self) -> set[str]:
        with self.engine.connect() as conn:
            return accepted_steps(conn, self.run.run_id)

    def say(self, statement: str, **given: object) -> Any:
        """Run a statement of the test; returns its rows, if it has any."""
        with self.engine.begin() as conn:
            found = conn.execute(text(statement), given)
            return [tuple(row) for row in found] if found.returns_rows else None

    def approved_by(self) -> str | None:
        with self.engine.connect() as conn:
            return sql.scalar(conn, "runs/approved_by", run_id=self.run.run_id)  # type: ignore[no-any-return]

    def nets(self) -> dict[str, str]:
        """What each payer is billed, as it stands."""
        return {payer: str(net) for payer, net in self.say("select payer_id, net from invoice where run_id = :r", r=self.run.run_id)}


@pytest.fixture(scope="session")
def drafted(server: URL, tmp_path_factory: pytest.TempPathFactory) -> Drafted:
    """October closed up to its drafts."""
    folder = tmp_path_factory.mktemp("drafted")
    world().write(folder / "feed")
    url = create_database(server)
    with pytest.MonkeyPatch.context() as patch:
        made = Waiting(folder, url, patch)
        made.close()
        made.say("delete from review_request")
        made.engine.dispose()
    assert url.database is not None
    return Drafted(server, url.database, folder)


@pytest.fixture
def waiting(drafted: Drafted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Waiting]:
    """The close of October waiting for people, nobody asked yet."""
    shutil.copytree(drafted.folder, tmp_path, dirs_exist_ok=True)
    url = copy_of(drafted.server, f"review_{next(_names)}", template=drafted.database)
    made = Waiting(tmp_path, url, monkeypatch)
    yield made
    made.engine.dispose()
    drop_database(url)
