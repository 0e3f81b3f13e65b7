"""What happens when money does not come: levels, late charges, suspension orders; and direct debits."""

from sql.migrations import schema

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    schema.execute("schema_0004.sql")


def downgrade() -> None:
    schema.refuse_downgrade()
