"""The whole contract."""

from sql.migrations import schema

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    schema.execute("schema_0002.sql")


def downgrade() -> None:
    schema.refuse_downgrade()
