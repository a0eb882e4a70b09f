"""Precedents: what people said of single comments acts on what arrives like them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them. Comments that are there already have no signature, so that decisions on these leave none."""
    op.add_column("comments", sa.Column("signature", sa.LargeBinary))
    op.create_table(
        "precedents",
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("site", sa.Text),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("until", sa.Text, nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("comment", name="pk_precedents"),
        sa.ForeignKeyConstraint(["comment"], ["comments.id"], name="fk_precedents_comment", ondelete="CASCADE"),
    )
    op.create_index("ix_precedents_until", "precedents", ["until"])
    op.create_table(
        "precedent_keys",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("key", "label", name="pk_precedent_keys"),
        sa.ForeignKeyConstraint(
            ["comment"], ["precedents.comment"], name="fk_precedent_keys_comment", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_precedent_keys_comment", "precedent_keys", ["comment"])


def downgrade() -> None:
    """Drop them, with what they hold."""
    op.drop_table("precedent_keys")
    op.drop_table("precedents")
    with op.batch_alter_table("comments") as batch:
        batch.drop_column("signature")
