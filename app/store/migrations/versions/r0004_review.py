"""The moderators' pages: who they are, what they did, campaigns; where each comment stands in the queue."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

from app.core.moderation import tab_of, urgency

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ADDED = (
    sa.Column("override", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Column("author_network", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Column("tab", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Column("urgency", sa.Float, nullable=False, server_default=sa.text("0")),
    sa.Column("campaign", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Column("label", sa.Text),
    sa.Column("decision", sa.Integer, nullable=False, server_default=sa.text("0")),
    sa.Column("decided_by", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Column("decided_at", sa.Text, nullable=False, server_default=sa.text("''")),
)
_INDEXES = {
    "ix_comments_tab_urgency": ["tab", "urgency", "id"],
    "ix_comments_tab_score": ["tab", "score", "id"],
    "ix_comments_tab_id": ["tab", "id", "site", "received_at"],
    "ix_comments_tab_campaign": ["tab", "campaign"],
    "ix_comments_campaign": ["campaign"],
    "ix_comments_author": ["author", "received_at", "label"],
    "ix_comments_author_email": ["author_email", "received_at", "label"],
    "ix_comments_author_network": ["author_network", "received_at", "label"],
}
_COUNTED = ["site", "received_at", "action", "label", "tab", "score", "override", "model", "decided_at"]
"""What ix_comments_site holds from now on, so that the statistics read no comment."""
_TABLES = (
    "batches", "preferences", "campaigns", "signatures", "skips", "claims", "notes", "acts", "audit",
    "failed_sign_ins", "invitations", "sessions", "moderators",
)  # fmt: skip


def upgrade() -> None:
    """Add them; what the columns mean stands in app/store/schema.py and schema_review.py."""
    with op.batch_alter_table("rules", recreate="always") as batch:
        batch.alter_column("site", nullable=True)
        batch.add_column(sa.Column("by", sa.Text, nullable=False, server_default=sa.text("''")))
        batch.add_column(sa.Column("expires_at", sa.Text))
    with op.batch_alter_table("comments", recreate="always") as batch:  # so that the columns stand where they belong
        for column in _ADDED:
            batch.add_column(column, insert_after="client" if column.name == "author_network" else None)
        for name in ("text_hash", "client"):  # rebuilding would write their default in brackets
            batch.alter_column(name, server_default=sa.text("''"))
        for name in ("author", "author_email"):
            batch.alter_column(name, type_=sa.Text(collation="NOCASE"))
    _place_comments()
    op.drop_index("ix_comments_site", "comments")
    op.create_index("ix_comments_site", "comments", _COUNTED)
    for name, columns in _INDEXES.items():
        op.create_index(name, "comments", columns)
    op.drop_index("ix_links_registrable_domain", "links")
    op.create_index("ix_links_registrable_domain", "links", ["registrable_domain", "comment_id", "field"])
    for create in _CREATE:
        create()


def downgrade() -> None:
    """Drop them, with what they hold; rules for all sites go too."""
    for table in _TABLES:
        op.drop_table(table)
    for name in _INDEXES:
        op.drop_index(name, "comments")
    op.drop_index("ix_links_registrable_domain", "links")
    op.create_index("ix_links_registrable_domain", "links", ["registrable_domain"])
    op.drop_index("ix_comments_site", "comments")
    op.create_index("ix_comments_site", "comments", ["site", "received_at"])
    with op.batch_alter_table("comments") as batch:
        for column in _ADDED:
            batch.drop_column(str(column.name))
        for name in ("author", "author_email"):
            batch.alter_column(name, type_=sa.Text())
    op.execute("DELETE FROM rules WHERE site IS NULL")
    with op.batch_alter_table("rules") as batch:
        batch.drop_column("by")
        batch.drop_column("expires_at")
        batch.alter_column("site", nullable=False)


def _place_comments() -> None:
    """Put the comments that are there already into the queue; each is a campaign of its own."""
    connection = op.get_bind()
    told = sa.text(
        "SELECT c.id, c.received_at, c.score, c.action, d.id AS decision, d.label, d.source, d.by, d.at, "
        "json_extract(c.answer, '$.override.rule') AS override "
        "FROM comments c LEFT JOIN decisions d ON d.id = (SELECT max(id) FROM decisions WHERE comment = c.id) "
        "WHERE c.id > :after ORDER BY c.id LIMIT 500"
    )
    placed = sa.text(
        "UPDATE comments SET tab = :tab, urgency = :urgency, campaign = :id, label = :label, decision = :decision, "
        "decided_by = :by, decided_at = :at, override = :override WHERE id = :id"
    )
    after = ""
    while found := connection.execute(told, {"after": after}).all():
        after = found[-1].id
        connection.execute(placed, [_place(row) for row in found])


def _place(row: sa.Row[tuple[str, ...]]) -> dict[str, object]:
    return {
        "id": row.id,
        "tab": tab_of(row.action, row.label, row.source or ""),
        "urgency": urgency(row.score, datetime.fromisoformat(row.received_at).timestamp() / 3600),
        "label": row.label,
        "decision": row.decision or 0,
        "by": row.by or "",
        "at": row.at or "",
        "override": row.override or "",
    }


def _create_moderators() -> None:
    op.create_table(
        "moderators",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False, server_default=sa.text("''")),
        sa.Column("zone", sa.Text, nullable=False, server_default=sa.text("''")),
        sa.Column("keys", sa.JSON),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("disabled_at", sa.Text),
        sa.PrimaryKeyConstraint("name", name="pk_moderators"),
    )


def _create_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.Text, nullable=False),
        sa.Column("moderator", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("last_at", sa.Text, nullable=False),
        sa.Column("user_agent", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sessions"),
        sa.ForeignKeyConstraint(["moderator"], ["moderators.name"], name="fk_sessions_moderator", ondelete="CASCADE"),
    )
    op.create_index("ix_sessions_moderator", "sessions", ["moderator"])


def _create_invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("token_hash", sa.Text, nullable=False),
        sa.Column("moderator", sa.Text, nullable=False),
        sa.Column("expires_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_invitations"),
        sa.ForeignKeyConstraint(
            ["moderator"], ["moderators.name"], name="fk_invitations_moderator", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_invitations_moderator", "invitations", ["moderator"])


def _create_failed_sign_ins() -> None:
    op.create_table(
        "failed_sign_ins",
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("who", name="pk_failed_sign_ins"),
    )
    op.create_index("ix_failed_sign_ins_last_at", "failed_sign_ins", ["last_at"])


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("site", sa.Text, nullable=False, server_default=sa.text("''")),
        sa.Column("subject", sa.Text, nullable=False, server_default=sa.text("''")),
        sa.Column("detail", sa.JSON),
        sa.Column("undone_at", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_by", "audit", ["by", "id"])
    op.create_index("ix_audit_subject", "audit", ["subject"])


def _create_acts() -> None:
    op.create_table(
        "acts",
        sa.Column("act", sa.Integer, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("decision", sa.Integer, nullable=False),
        sa.Column("label_before", sa.Text),
        sa.Column("decision_before", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("act", "comment", name="pk_acts"),
        sa.ForeignKeyConstraint(["act"], ["audit.id"], name="fk_acts_act", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["comment"], ["comments.id"], name="fk_acts_comment", ondelete="CASCADE"),
    )
    op.create_index("ix_acts_comment", "acts", ["comment"])
    op.create_index("ix_acts_decision", "acts", ["act", "decision"])


def _create_notes() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notes"),
        sa.ForeignKeyConstraint(["comment"], ["comments.id"], name="fk_notes_comment", ondelete="CASCADE"),
    )
    op.create_index("ix_notes_comment", "notes", ["comment"])


def _create_claims() -> None:
    op.create_table(
        "claims",
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("until", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("comment", name="pk_claims"),
        sa.ForeignKeyConstraint(["comment"], ["comments.id"], name="fk_claims_comment", ondelete="CASCADE"),
    )


def _create_skips() -> None:
    op.create_table(
        "skips",
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("comment", "by", name="pk_skips"),
        sa.ForeignKeyConstraint(["comment"], ["comments.id"], name="fk_skips_comment", ondelete="CASCADE"),
    )


def _create_signatures() -> None:
    op.create_table(
        "signatures",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("campaign", sa.Text, nullable=False),
        sa.Column("last_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_signatures"),
    )
    op.create_index("ix_signatures_campaign", "signatures", ["campaign"])


def _create_campaigns() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("sketch", sa.LargeBinary, nullable=False),
        sa.Column("label", sa.Text),
        sa.Column("decided_by", sa.Text, nullable=False, server_default=sa.text("''")),
        sa.Column("decided_at", sa.Text, nullable=False, server_default=sa.text("''")),
        sa.Column("acts_until", sa.Text, nullable=False, server_default=sa.text("''")),
        sa.PrimaryKeyConstraint("id", name="pk_campaigns"),
        sa.ForeignKeyConstraint(["id"], ["comments.id"], name="fk_campaigns_id", ondelete="CASCADE"),
    )
    op.create_index("ix_campaigns_acts_until", "campaigns", ["acts_until"], sqlite_where=sa.text("label IS NOT NULL"))


def _create_preferences() -> None:
    op.create_table(
        "preferences",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_preferences"),
    )


def _create_batches() -> None:
    op.create_table(
        "batches",
        sa.Column("act", sa.Integer, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("needs_second", sa.Boolean, nullable=False),
        sa.Column("agreed_by", sa.Text, nullable=False, server_default=sa.text("''")),
        sa.Column("ended_at", sa.Text),
        sa.Column("undoing", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("act", name="pk_batches"),
        sa.ForeignKeyConstraint(["act"], ["audit.id"], name="fk_batches_act", ondelete="CASCADE"),
    )


_CREATE = (
    _create_moderators, _create_sessions, _create_invitations, _create_failed_sign_ins, _create_audit, _create_acts,
    _create_notes, _create_claims, _create_skips, _create_signatures,
    _create_campaigns, _create_preferences, _create_batches,
)  # fmt: skip
