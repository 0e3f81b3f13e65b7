"""How every migration of this project works: one file of statements, and no way down."""

from importlib.resources import files

from alembic import op


def execute(file: str) -> None:
    """Run the statements of a file beside this one, in the transaction of the migration."""
    # The driver itself: no placeholders are looked for, so the messages of the triggers may hold percent signs.
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(files("sql").joinpath("migrations", file).read_text(encoding="utf-8"))


def refuse_downgrade() -> None:
    """Raise: a ledger is not migrated down."""
    raise RuntimeError("a ledger is not migrated down: restore the backup taken before the upgrade")
