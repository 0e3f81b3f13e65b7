"""Money in: bank statements and where their money went."""

from sql.migrations import schema

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    schema.execute("schema_0003.sql")


def downgrade() -> None:
    schema.refuse_downgrade()
