"""A place where months are previewed and closed, and all that could have been touched there."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import URL, text

from billing.period import Period
from tasks.database import connect
from tasks.outside import Outside, open_outside
from tasks.preview import preview_close
from tasks.settings import Settings, read_settings

RANDOM = re.compile(r"(?<=payers/)[\w-]{24}|(?<=documents/)[\w-]{24}")  # names of the portal, which no two installations share
WITH_MOMENTS = (".html", ".xlsx")  # reports say when somebody approved
OF_TABLES = "select schemaname || '.' || tablename from pg_tables where schemaname = 'public' order by 1"
OF_SEQUENCES = "select schemaname || '.' || sequencename, last_value from pg_sequences where schemaname = 'public' order by 1"


@dataclass(frozen=True)
class Place:
    """A folder with a feed, and a database."""

    folder: Path
    url: URL

    @property
    def variables(self) -> dict[str, str]:
        """The settings as the environment has them."""
        return {
            "BILLING_DATABASE_URL": self.url.render_as_string(hide_password=False),
            "BILLING_STATE": str(self.folder / "state"),
            "BILLING_FEED": str(self.folder / "feed"),
            "BILLING_OUT": str(self.folder / "out"),
            "BILLING_SMTP_URL": f"maildir:{self.folder / 'mailbox'}",
            "BILLING_WORKERS": "1",
        }

    @property
    def settings(self) -> Settings:
        """The same as settings."""
        return read_settings(**{name.removeprefix("BILLING_").lower(): value for name, value in self.variables.items()})

    @contextmanager
    def outside(self) -> Iterator[Outside]:
        """The outside world of this place, its connections given back at the end."""
        found = open_outside(self.settings)
        try:
            yield found
        finally:
            found.engine.dispose()

    def preview(self, month: str, on: date | None = None, payers: Sequence[str] = ()) -> str:
        """The sentence of a preview."""
        with self.outside() as outside:
            return preview_close(outside, Period.month(month), on, payers)

    def previewed(self, month: str) -> dict[str, bytes]:
        """The files of the last preview of a month by their path in it, without Data Docs, which say when gates were checked."""
        folder = self.folder / "out" / "previews" / month
        paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and "data_docs" not in path.parts)
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}

    def everything(self) -> dict[str, object]:
        """Every table of the ledger with its rows counted and hashed, every sequence, every file outside previews, every mail."""
        engine = connect(self.url)
        with engine.connect() as conn:
            tables = conn.execute(text(OF_TABLES)).scalars().all()
            looked = "select count(*), md5(string_agg(t::text, '' order by t::text)) from {} t"
            found: dict[str, object] = {name: tuple(conn.execute(text(looked.format(name))).one()) for name in tables}
            found |= {str(name): value for name, value in conn.execute(text(OF_SEQUENCES)).tuples()}
        engine.dispose()
        return found | self.files_outside_previews()

    def files_outside_previews(self) -> dict[str, object]:
        """The hash of every file of the results and of the mailbox, but for previews."""
        paths = [path for name in ("out", "mailbox", "state") for path in sorted((self.folder / name).rglob("*")) if path.is_file()]
        return {
            str(path.relative_to(self.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in paths
            if "previews" not in path.relative_to(self.folder).parts
        }

    def schemas(self) -> set[str]:
        """The schemas besides that of the ledger."""
        engine = connect(self.url)
        with engine.connect() as conn:
            found = conn.execute(text("select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'"))
            schemas = set(found.scalars())
        engine.dispose()
        return schemas - {"public"}

    def issued(self) -> dict[str, bytes]:
        """What closes wrote, without what says when something was done and random names."""
        out = self.folder / "out"
        found = {}
        for path in sorted(out.rglob("*")):
            inside = path.relative_to(out)
            if path.is_file() and not {"data_docs", "previews"} & set(inside.parts) and path.suffix not in WITH_MOMENTS:
                content = path.read_bytes()
                is_listed = inside.parts[0] == "portal" and path.suffix == ".json"
                found[RANDOM.sub("random", str(inside))] = RANDOM.sub("random", content.decode()).encode() if is_listed else content
        return found


__all__ = ["Place"]
