"""Networks of authors under names; what stands in clear is named by the running service, bit by bit."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the switch; no site keeps networks in clear until somebody says so."""
    op.add_column("sites", sa.Column("has_clear_networks", sa.Boolean, nullable=False, server_default=sa.text("0")))


def downgrade() -> None:
    """Drop it; names stay what they are."""
    op.drop_column("sites", "has_clear_networks")  # in place: others' rows refer to this table
