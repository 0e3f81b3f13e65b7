"""Money in: bank statements and where their money went."""

from importlib.resources import files

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    # The driver itself: no placeholders are looked for, so the messages of the triggers may hold percent signs.
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(files("sql").joinpath("migrations", "schema_0003.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    raise RuntimeError("a ledger is not migrated down: restore the backup taken before the upgrade")
