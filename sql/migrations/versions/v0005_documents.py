"""Documents that customers, banks and the tax office accept: e-invoices, mail by recipient, the portal, the archive."""

from sql.migrations import schema

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    schema.execute("schema_0005.sql")


def downgrade() -> None:
    schema.refuse_downgrade()
