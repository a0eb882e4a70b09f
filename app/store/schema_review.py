"""The tables of the moderators' pages: who they are, what they did, and what waits for them."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    text,
)

from app.store.dialects import LARGE, WORDS
from app.store.schema_base import metadata

_IS_DECIDED = text("label IS NOT NULL")

moderators = Table(
    "moderators",
    metadata,
    Column("name", WORDS, primary_key=True),
    Column("role", WORDS, nullable=False, comment="viewer, moderator or admin; see core.moderation"),
    Column("password_hash", WORDS, nullable=False, comment="argon2; empty until the set-up link was followed"),
    Column("language", WORDS, nullable=False, server_default=text("''"), comment="of the pages; empty: the browser's"),
    Column(
        "zone", WORDS, nullable=False, server_default=text("''"), comment="IANA name; empty: the browser's, else UTC"
    ),
    Column("keys", JSON(none_as_null=True), comment="keyboard: {'on': bool, 'keys': {action: key}}; null: as shipped"),
    Column("created_at", WORDS, nullable=False),
    Column("disabled_at", WORDS, comment="from then on nobody signs in with it"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", WORDS, primary_key=True, comment="SHA-256 of the cookie's token"),
    Column("moderator", WORDS, ForeignKey("moderators.name", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", WORDS, nullable=False),
    Column("last_at", WORDS, nullable=False, comment="to the minute: not every page writes"),
    Column("user_agent", WORDS, nullable=False, comment="so that a moderator can tell sessions apart"),
)

invitations = Table(
    "invitations",
    metadata,
    Column("token_hash", WORDS, primary_key=True, comment="SHA-256 of the set-up link's token"),
    Column("moderator", WORDS, ForeignKey("moderators.name", ondelete="CASCADE"), nullable=False, index=True),
    Column("expires_at", WORDS, nullable=False),
)

failed_sign_ins = Table(
    "failed_sign_ins",
    metadata,
    Column("who", WORDS, primary_key=True, comment="name:<lower case>, perhaps with a browser, or from:<network>"),
    Column("failures", Integer, nullable=False, comment="in a row"),
    Column("last_at", WORDS, nullable=False, index=True),
)

audit = Table(
    "audit",
    metadata,
    Column("id", LARGE, primary_key=True, comment="rising: the order of acts"),
    Column("at", WORDS, nullable=False),
    Column("by", WORDS, nullable=False),
    Column("act", WORDS, nullable=False, comment="one of store.audit.ACTS"),
    Column("site", WORDS, nullable=False, server_default=text("''"), comment="empty: none or several"),
    Column("subject", WORDS, nullable=False, server_default=text("''"), comment="a comment's id, a name, a rule"),
    Column("detail", JSON(none_as_null=True), comment="what was changed, from what, to what"),
    Column("undone_at", WORDS, comment="null while it stands"),
    Index("ix_audit_by", "by", "id"),
    Index("ix_audit_subject", "subject"),
    sqlite_autoincrement=True,
)

acts = Table(
    "acts",
    metadata,
    # One row per comment that an act decided, so that one undo takes back all of it.
    Column("act", LARGE, ForeignKey("audit.id", ondelete="CASCADE"), primary_key=True),
    Column("comment", WORDS, ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("decision", LARGE, nullable=False, comment="decisions.id it made; 0 while it waits its turn"),
    Column("label_before", WORDS, comment="what stood before; null: nothing"),
    Column("decision_before", LARGE, nullable=False, comment="comments.decision when it was asked for"),
    Index("ix_acts_decision", "act", "decision"),
)

notes = Table(
    "notes",
    metadata,
    Column("id", LARGE, primary_key=True),
    Column("comment", WORDS, ForeignKey("comments.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("by", WORDS, nullable=False),
    Column("at", WORDS, nullable=False),
    Column("text", WORDS, nullable=False),
)

claims = Table(
    "claims",
    metadata,
    Column("comment", WORDS, ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True),
    Column("by", WORDS, nullable=False),
    Column("until", WORDS, nullable=False),
)

skips = Table(
    "skips",
    metadata,
    # Somebody looked and was unsure; the next one sees that.
    Column("comment", WORDS, ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True),
    Column("by", WORDS, primary_key=True),
    Column("at", WORDS, nullable=False),
)

signatures = Table(
    "signatures",
    metadata,
    # Where a new comment finds its campaign. A key stands once, with the campaign that had it last.
    Column("key", LARGE, primary_key=True, autoincrement=False, comment="see core.campaign.Signature.keys"),
    Column("campaign", WORDS, nullable=False, index=True),
    Column("last_at", WORDS, nullable=False),
)

campaigns = Table(
    "campaigns",
    metadata,
    # The first comment's sketch, for how near another one is; and what was decided, if anything.
    Column("id", WORDS, ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True),
    Column("sketch", LargeBinary, nullable=False, comment="see core.campaign.Signature.sketch"),
    Column("label", WORDS, comment="spam or ham: the next arrivals are that too; null: nothing was decided"),
    Column("decided_by", WORDS, nullable=False, server_default=text("''")),
    Column("decided_at", WORDS, nullable=False, server_default=text("''")),
    Column("acts_until", WORDS, nullable=False, server_default=text("''"), comment="the next arrivals until then"),
    Index("ix_campaigns_acts_until", "acts_until", sqlite_where=_IS_DECIDED, postgresql_where=_IS_DECIDED),
)

precedents = Table(
    "precedents",
    metadata,
    # What somebody said of one comment, for what arrives like it.
    Column("comment", WORDS, ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True),
    Column("site", WORDS, comment="acts on this site only, as a CMS's word does; null: on all"),
    Column("label", WORDS, nullable=False, comment="spam or ham"),
    Column("by", WORDS, nullable=False),
    Column("at", WORDS, nullable=False),
    Column("until", WORDS, nullable=False, index=True, comment="acts on what arrives until then"),
    Column("signature", LargeBinary, nullable=False, comment="of the comment"),
)

precedent_keys = Table(
    "precedent_keys",
    metadata,
    Column("key", LARGE, primary_key=True, autoincrement=False, comment="see core.precedent.asked_keys"),
    Column("label", WORDS, primary_key=True, comment="of each label the comment that was decided last has the key"),
    Column("comment", WORDS, ForeignKey("precedents.comment", ondelete="CASCADE"), nullable=False, index=True),
)

preferences = Table(
    "preferences",
    metadata,
    Column("name", WORDS, primary_key=True, comment="see store.preferences"),
    Column("value", JSON, nullable=False),
)

batches = Table(
    "batches",
    metadata,
    # An act on many comments, which is worked off bit by bit.
    Column("act", LARGE, ForeignKey("audit.id", ondelete="CASCADE"), primary_key=True),
    Column("label", WORDS, nullable=False, comment="spam or ham"),
    Column("total", Integer, nullable=False),
    Column("needs_second", Boolean, nullable=False, comment="waits until somebody else has agreed"),
    Column("agreed_by", WORDS, nullable=False, server_default=text("''")),
    Column("ended_at", WORDS, comment="null while there is work left"),
    Column("undoing", Boolean, nullable=False, comment="the work is to take it back"),
)

shadow_counts = Table(
    "shadow_counts",
    metadata,
    # What a candidate would have done, beside the model in use.
    Column("candidate", WORDS, primary_key=True, comment="folder name under models/"),
    Column("model", WORDS, primary_key=True, comment="the one in use"),
    Column("site", WORDS, ForeignKey("sites.name"), primary_key=True),
    Column("action", WORDS, primary_key=True, comment="by the model in use; empty: not compared"),
    Column("candidate_action", WORDS, primary_key=True, comment="empty: not compared, for too many waited"),
    Column("comments", Integer, nullable=False),
    Column("first_at", WORDS, nullable=False),
    Column("last_at", WORDS, nullable=False),
)

shadow_changes = Table(
    "shadow_changes",
    metadata,
    # The newest comments with which the candidate would have done something else.
    Column("comment", WORDS, ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True),
    Column("candidate", WORDS, nullable=False),
    Column("model", WORDS, nullable=False),
    Column("action", WORDS, nullable=False, comment="by the model in use"),
    Column("score", Float, nullable=False, comment="by the model in use"),
    Column("candidate_action", WORDS, nullable=False),
    Column("candidate_score", Float, nullable=False),
    Index("ix_shadow_changes_candidate", "candidate", "comment"),
)

TABLES = (
    moderators, sessions, invitations, failed_sign_ins, audit, acts, notes, claims, skips, signatures, campaigns,
    precedents, precedent_keys, preferences, batches, shadow_counts, shadow_changes,
)  # fmt: skip
