"""Brings a database to the schema of this release."""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text

# Two processes that start at once must not both migrate.
MIGRATION_LOCK = 7_201_128


def migrate(engine: Engine) -> None:
    """Run the migrations that are missing; nothing when there are none."""
    with engine.begin() as conn:
        conn.execute(text("select pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        upgrade(conn)


def upgrade(conn: Connection) -> None:
    """Upgrade to the newest revision on `conn`, inside the caller's transaction."""
    config = Config()
    config.set_main_option("script_location", str(files("sql").joinpath("migrations")))
    config.attributes["connection"] = conn
    command.upgrade(config, "head")
