"""Decisions, pages, open networks, secrets, remembered answers; comments can be found by text and by the CMS's id."""

import sqlalchemy as sa
from alembic import op

from app.core.comment import Comment
from app.store.records import content_hash

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; what the columns mean stands in app/store/schema.py."""
    with op.batch_alter_table("comments", recreate="always") as batch:  # so that the columns stand where they belong
        for column, before in (("text_hash", "parent_id"), ("client", "text_hash")):
            added = sa.Column(column, sa.Text, nullable=False, server_default=sa.text("''"))
            batch.add_column(added, insert_after=before)
    _hash_texts()
    op.create_index("ix_comments_site", "comments", ["site", "received_at"])
    op.create_index("ix_comments_comment_id", "comments", ["site", "comment_id"])
    op.create_index("ix_comments_text_hash", "comments", ["site", "text_hash"])
    _create_decisions()
    _create_pages()
    op.create_table(
        "networks",
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("network", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("site", "network", name="pk_networks"),
        sa.ForeignKeyConstraint(["site"], ["sites.name"], name="fk_networks_site"),
    )
    _create_clients()
    _create_secrets()
    _create_idempotency()


def downgrade() -> None:
    """Drop them, with what they hold."""
    for table in ("idempotency", "secrets", "clients", "networks", "pages", "decisions"):
        op.drop_table(table)
    for index in ("ix_comments_site", "ix_comments_comment_id", "ix_comments_text_hash"):
        op.drop_index(index, "comments")
    with op.batch_alter_table("comments") as batch:
        batch.drop_column("text_hash")
        batch.drop_column("client")


def _hash_texts() -> None:
    """Of the comments that are there already, so that feedback finds them by their text."""
    connection = op.get_bind()
    told = sa.text(
        "SELECT id, text, author, author_url, author_email FROM comments WHERE id > :after ORDER BY id LIMIT 500"
    )
    after = ""
    while found := connection.execute(told, {"after": after}).all():
        after = found[-1].id
        hashed = [
            {
                "id": row.id,
                "hashed": content_hash(Comment(row.text, "auto", row.author, row.author_email, row.author_url)),
            }
            for row in found
        ]
        connection.execute(sa.text("UPDATE comments SET text_hash = :hashed WHERE id = :id"), hashed)


def _create_decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("label", sa.Text),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
        sa.ForeignKeyConstraint(["comment"], ["comments.id"], name="fk_decisions_comment", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["site"], ["sites.name"], name="fk_decisions_site"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_decisions_comment", "decisions", ["comment"])
    op.create_index("ix_decisions_site", "decisions", ["site", "id"])


def _create_pages() -> None:
    op.create_table(
        "pages",
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("updated_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("site", "url", name="pk_pages"),
        sa.ForeignKeyConstraint(["site"], ["sites.name"], name="fk_pages_site"),
    )


def _create_clients() -> None:
    op.create_table(
        "clients",
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("client", sa.Text, nullable=False),
        sa.Column("last_at", sa.Text, nullable=False),
        sa.Column("requests", sa.Integer, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_failure", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("site", "client", name="pk_clients"),
        sa.ForeignKeyConstraint(["site"], ["sites.name"], name="fk_clients_site"),
    )


def _create_secrets() -> None:
    op.create_table(
        "secrets",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_secrets"),
        sa.ForeignKeyConstraint(["site"], ["sites.name"], name="fk_secrets_site"),
        sa.UniqueConstraint("site", "purpose", "secret", name="uq_secrets_site"),
    )


def _create_idempotency() -> None:
    op.create_table(
        "idempotency",
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("body_hash", sa.Text, nullable=False),
        sa.Column("answer", sa.JSON),
        sa.Column("at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("site", "key", name="pk_idempotency"),
        sa.ForeignKeyConstraint(["site"], ["sites.name"], name="fk_idempotency_site"),
    )
    op.create_index("ix_idempotency_at", "idempotency", ["at"])
