"""A candidate beside the model in use: what it would have done."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both tables, empty."""
    op.create_table(
        "shadow_counts",
        sa.Column("candidate", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("candidate_action", sa.Text, nullable=False),
        sa.Column("comments", sa.Integer, nullable=False),
        sa.Column("first_at", sa.Text, nullable=False),
        sa.Column("last_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("candidate", "model", "site", "action", "candidate_action", name="pk_shadow_counts"),
        sa.ForeignKeyConstraint(["site"], ["sites.name"], name="fk_shadow_counts_site"),
    )
    op.create_table(
        "shadow_changes",
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("candidate", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("candidate_action", sa.Text, nullable=False),
        sa.Column("candidate_score", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("comment", name="pk_shadow_changes"),
        sa.ForeignKeyConstraint(["comment"], ["comments.id"], name="fk_shadow_changes_comment", ondelete="CASCADE"),
    )
    op.create_index("ix_shadow_changes_candidate", "shadow_changes", ["candidate", "comment"])


def downgrade() -> None:
    """Drop them, with what they hold."""
    op.drop_table("shadow_changes")
    op.drop_table("shadow_counts")
