"""First release."""

from sql.migrations import schema

revision = "0001"
down_revision = None


def upgrade() -> None:
    schema.execute("schema_0001.sql")


def downgrade() -> None:
    schema.refuse_downgrade()
