"""Finance's desk: who was asked about the drafts and what was decided, the books, amounts given up."""

from sql.migrations import schema

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    schema.execute("schema_0006.sql")


def downgrade() -> None:
    schema.refuse_downgrade()
