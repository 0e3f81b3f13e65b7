"""Databases for tests: each its own, copied from one migrated template."""

import itertools
import time

from sqlalchemy import URL, make_url, text

from tasks.database import connect

_names = itertools.count(1)


def create_database(server: URL) -> URL:
    """A new migrated database on the server, by its URL."""
    return copy_of(server, f"test_{next(_names)}", template="migrated")


def copy_of(server: URL, name: str, template: str = "template1") -> URL:
    """A database named `name`, copied from `template`, by its URL."""
    _say(server, f'create database "{name}" template "{template}"')
    return server.set(database=name)


def drop_database(url: URL) -> None:
    """Removes a database, so that thousands of tests do not fill the disk."""
    _say(url.set(database="postgres"), f'drop database "{url.database}" with (force)')


def locks_given_back(database: URL | str, patience_s: float = 30.0) -> None:
    """Returns once no process holds a lock in the database: the server learns a moment later that a killed process is gone."""
    engine = connect(make_url(database)).execution_options(isolation_level="AUTOCOMMIT")
    held = text(
        "select count(*) from pg_locks join pg_database on oid = database where locktype = 'advisory' and datname = current_database()"
    )
    until = time.monotonic() + patience_s
    with engine.connect() as conn:
        while conn.execute(held).scalar_one():
            assert time.monotonic() < until, f"a lock is held for {patience_s} s after its process ended"
            time.sleep(0.01)
    engine.dispose()


def trust_the_machine(server: URL) -> None:
    """Has a server of tests wait for no disk: whatever process a test kills, the machine itself goes on."""
    _say(server, "alter system set fsync = off", "select pg_reload_conf()")


def _say(server: URL, *statements: str) -> None:
    engine = connect(server).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as conn:
        for statement in statements:
            conn.execute(text(statement))
    engine.dispose()
