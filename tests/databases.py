"""Databases for tests: each its own, copied from one migrated template."""

import itertools

from sqlalchemy import URL, text

from tasks.database import connect

_names = itertools.count(1)


def create_database(server: URL) -> URL:
    """A new migrated database on the server, by its URL."""
    return copy_of(server, f"test_{next(_names)}", template="migrated")


def copy_of(server: URL, name: str, template: str = "template1") -> URL:
    """A database named `name`, copied from `template`, by its URL."""
    engine = connect(server).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as conn:
        conn.execute(text(f'create database "{name}" template "{template}"'))
    engine.dispose()
    return server.set(database=name)
