"""The first tables: sites, rules, comments, links."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; what the columns mean stands in app/store/schema.py."""
    _create_sites()
    _create_rules()
    _create_comments()
    _create_links()


def downgrade() -> None:
    """Drop them all, with what they hold."""
    for table in ("links", "comments", "rules", "sites"):
        op.drop_table(table)


def _create_sites() -> None:
    op.create_table(
        "sites",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("key_hash", sa.Text, nullable=False),
        sa.Column("key_hint", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("hold", sa.Float),
        sa.Column("reject", sa.Float),
        sa.Column("discard", sa.Float),
        sa.PrimaryKeyConstraint("name", name="pk_sites"),
    )
    op.create_index("ix_sites_key_hash", "sites", ["key_hash"], unique=True)


def _create_rules() -> None:
    op.create_table(
        "rules",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("effect", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rules"),
        sa.ForeignKeyConstraint(["site"], ["sites.name"], name="fk_rules_site"),
        sa.UniqueConstraint("site", "effect", "kind", "value", name="uq_rules_site"),
    )


def _create_comments() -> None:
    texts = (
        "text text_format author author_email author_url author_role user_agent referrer page_url "
        "page_title page_text type language posted_at comment_id parent_id verdict"
    )
    op.create_table(
        "comments",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("received_at", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in texts.split()),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("answer", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_comments"),
        sa.ForeignKeyConstraint(["site"], ["sites.name"], name="fk_comments_site"),
    )
    op.create_index("ix_comments_received_at", "comments", ["received_at"])


def _create_links() -> None:
    op.create_table(
        "links",
        sa.Column("comment_id", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("registrable_domain", sa.Text, nullable=False),
        sa.Column("host_kind", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("begin", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("comment_id", "position", name="pk_links"),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name="fk_links_comment_id", ondelete="CASCADE"),
    )
    op.create_index("ix_links_registrable_domain", "links", ["registrable_domain"])
