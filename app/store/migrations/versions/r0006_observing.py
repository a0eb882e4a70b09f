"""Sites that are only observed."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the switch; no site is observed until somebody says so."""
    op.add_column("sites", sa.Column("is_observed", sa.Boolean, nullable=False, server_default=sa.text("0")))


def downgrade() -> None:
    """Drop it; whoever was observed is told what Winnow finds again."""
    op.drop_column("sites", "is_observed")  # in place: others' rows refer to this table, so it cannot be made anew
