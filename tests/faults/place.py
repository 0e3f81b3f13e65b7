"""A folder with a feed and a database of its own, closed in another process, and what the close leaves there to be compared."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, text

from tasks.database import connect
from tests.databases import copy_of, create_database
from tests.faults.elsewhere import SERVER, done_elsewhere
from tests.faults.killed_close import close
from tests.world import write_world

SERVER.set_forkserver_preload(["tests.faults.killed_close", "flows.monthly_close", "great_expectations"])


RANDOM = re.compile(r"(?<=payers/)[\w-]{24}|(?<=documents/)[\w-]{24}")


def _told(path: str, content: bytes) -> tuple[str, bytes]:
    if not path.startswith("portal/"):
        return path, content
    return RANDOM.sub("random", path), RANDOM.sub("random", content.decode()).encode() if path.endswith(".json") else content


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

    def close(self, kill_at: int | None = None, *, approve: bool = True) -> int:
        """Close in another process; returns its exit code, negative for the signal that ended it."""
        return done_elsewhere(close, self.settings, self.folder / "moments", kill_at, approve, patience_s=180)

    def moments(self) -> list[str]:
        return (self.folder / "moments").read_text().splitlines()

    def files(self) -> dict[str, bytes]:
        """What the close wrote, without page and workbook, which say when it was approved, and random names, which no two installations share."""
        out = self.folder / "out"
        paths = (path for path in sorted(out.rglob("*")) if path.is_file() and "data_docs" not in path.parts)
        told = [_told(str(path.relative_to(out)), path.read_bytes()) for path in paths if path.suffix not in (".html", ".xlsx")]
        assert len(dict(told)) == len(told)  # nothing is left behind under another random name
        return dict(told)

    def mails(self) -> list[bytes]:
        return [path.read_bytes() for path in sorted((self.folder / "mailbox").rglob("new/*"))]

    def numbers(self) -> list[str]:
        engine = connect(self.url)
        with engine.connect() as conn:
            found = [str(row[0]) for row in conn.execute(text("select number from invoice order by number"))]
        engine.dispose()
        return found

    def copied(self, folder: Path) -> "Place":
        """The same in another folder and database; nobody may be connected to this one."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Place(folder, copy_of(self.url, f"{self.url.database}_{folder.name}", template=str(self.url.database)))


def place(folder: Path, server: URL) -> Place:
    write_world(folder / "feed")
    return Place(folder, create_database(server))
