"""Webhooks, and the messages that wait to be sent to them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; what the columns mean stands in app/store/schema.py."""
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("allow_private", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("disabled_at", sa.Text),
        sa.Column("disabled_why", sa.Text, nullable=False, server_default=sa.text("''")),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
        sa.ForeignKeyConstraint(["site"], ["sites.name"], name="fk_webhooks_site"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_webhooks_site", "webhooks", ["site"])
    _create_outbox()


def downgrade() -> None:
    """Drop them, with the secrets that signed."""
    op.drop_table("outbox")
    op.drop_table("webhooks")
    op.execute("DELETE FROM secrets WHERE purpose LIKE 'webhook:%'")


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("webhook", sa.Integer, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("decision", sa.Integer, nullable=False),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("next_at", sa.Text),
        sa.Column("leased_until", sa.Text),
        sa.Column("delivered_at", sa.Text),
        sa.Column("last_status", sa.Integer),
        sa.Column("last_error", sa.Text, nullable=False, server_default=sa.text("''")),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.ForeignKeyConstraint(["webhook"], ["webhooks.id"], name="fk_outbox_webhook", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["comment"], ["comments.id"], name="fk_outbox_comment", ondelete="CASCADE"),
        sqlite_autoincrement=True,
    )
    for column in ("webhook", "comment", "next_at"):
        op.create_index(f"ix_outbox_{column}", "outbox", [column])
