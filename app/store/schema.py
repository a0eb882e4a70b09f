"""The tables, and how they are made anew. migrations/ builds them step by step; a test asserts that both agree.

Those of the moderators' pages stand in schema_review.py. Times are RFC 3339 UTC text, as the caller gave them: text
sorts by time, and the store has no clock.
"""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    UniqueConstraint,
    false,
    inspect,
    text,
)

from app.store import schema_review  # noqa: F401  its tables belong to the same metadata
from app.store.dialects import CASELESS, LARGE, POSTGRESQL, WORDS
from app.store.schema_base import metadata

REVISION = "0008"
"""The newest step in migrations/versions/; a test holds the two together."""

sites = Table(
    "sites",
    metadata,
    Column("name", WORDS, primary_key=True),
    Column("key_hash", WORDS, nullable=False, comment="SHA-256 of the key, hexadecimal; the key is not kept"),
    Column("key_hint", WORDS, nullable=False, comment="first 3 characters of the key"),
    Column("created_at", WORDS, nullable=False),
    Column("hold", Float, comment="the site's own threshold, 0.0 to 1.0; all three are null or none is"),
    Column("reject", Float, comment="as hold"),
    Column("discard", Float, comment="as hold"),
    Column("is_observed", Boolean, nullable=False, server_default=false(), comment="its CMS is told to publish all"),
    Column("has_clear_networks", Boolean, nullable=False, server_default=false(), comment="see store/pseudonyms.py"),
    Index("ix_sites_key_hash", "key_hash", unique=True),
)

rules = Table(
    "rules",
    metadata,
    Column("id", LARGE, primary_key=True, comment="rising: the order in which rules were added"),
    Column("site", WORDS, ForeignKey("sites.name"), comment="null: for all sites"),
    Column("effect", WORDS, nullable=False, comment="allow or deny"),
    Column("kind", WORDS, nullable=False, comment="one of core.comment.RULE_KINDS"),
    Column("value", WORDS, nullable=False, comment="as the operator wrote it"),
    Column("created_at", WORDS, nullable=False),
    Column("by", WORDS, nullable=False, server_default=text("''"), comment="the moderator; empty: the command line"),
    Column("expires_at", WORDS, comment="from then on it is over; null: never"),
    # The site comes first, so this index also serves history_of.
    UniqueConstraint("site", "effect", "kind", "value", name="uq_rules_site"),
)

comments = Table(
    "comments",
    metadata,
    Column("id", WORDS, primary_key=True, comment="ours, unique over all sites"),
    Column("site", WORDS, ForeignKey("sites.name"), nullable=False),
    Column("received_at", WORDS, nullable=False, index=True),
    # From here on the fields of core.comment.Comment; empty text where the CMS sent nothing.
    # author_ip and honeypot are not among them and never will be.
    Column("text", WORDS, nullable=False, comment="as sent, markup and all"),
    Column("text_format", WORDS, nullable=False, comment="auto, plain, html, markdown or bbcode"),
    Column("author", CASELESS, nullable=False),  # names and addresses are the same in any case
    Column("author_email", CASELESS, nullable=False),
    Column("author_url", WORDS, nullable=False),
    Column("author_role", WORDS, nullable=False, comment="the CMS's role, or several with commas"),
    Column("user_agent", WORDS, nullable=False),
    Column("referrer", WORDS, nullable=False),
    Column("page_url", WORDS, nullable=False),
    Column("page_title", WORDS, nullable=False),
    Column("page_text", WORDS, nullable=False),
    Column("type", WORDS, nullable=False, comment="comment, reply, pingback, ...; empty is a comment"),
    Column("language", WORDS, nullable=False),
    Column("posted_at", WORDS, nullable=False, comment="whatever the CMS sent; never computed with"),
    Column("comment_id", WORDS, nullable=False, comment="the CMS's own id"),
    Column("parent_id", WORDS, nullable=False, comment="the CMS's id of the comment replied to"),
    Column("text_hash", WORDS, nullable=False, server_default=text("''"), comment="core.text.text_hash of the text"),
    Column("client", WORDS, nullable=False, server_default=text("''"), comment="door and User-Agent of the CMS"),
    Column("author_network", WORDS, nullable=False, server_default=text("''"), comment="or its name; see pseudonyms"),
    # And the answer: what queries ask for as columns, the whole of it as JSON.
    Column("verdict", WORDS, nullable=False, comment="ham, unsure or spam"),
    Column("score", Float, nullable=False, comment="calibrated probability of spam, 0.0 to 1.0"),
    Column("action", WORDS, nullable=False, comment="publish, hold, reject or discard"),
    Column("model", WORDS, nullable=False, comment="folder name under models/"),
    Column("answer", JSON, nullable=False, comment="the whole classification, see store/rows.py"),
    Column("override", WORDS, nullable=False, server_default=text("''"), comment="its rule; empty: the score decided"),
    # What has become of it since, for the queue. The decisions themselves are append-only, in their own table.
    Column("tab", WORDS, nullable=False, server_default=text("''"), comment="see core.moderation.tab_of"),
    Column("urgency", Float, nullable=False, server_default=text("0"), comment="see core.moderation.urgency"),
    Column("campaign", WORDS, nullable=False, server_default=text("''"), comment="id of its campaign's first comment"),
    Column("label", WORDS, comment="of the decision that stands; null without one"),
    Column("decision", LARGE, nullable=False, server_default=text("0"), comment="decisions.id of the newest; or 0"),
    Column("decided_by", WORDS, nullable=False, server_default=text("''")),
    Column("decided_at", WORDS, nullable=False, server_default=text("''")),
    Column("signature", LargeBinary, comment="core.precedent.packed; null: a decision on it leaves no precedent"),
    Index("ix_comments_tab_urgency", "tab", "urgency", "id"),
    Index("ix_comments_tab_score", "tab", "score", "id"),
    Index("ix_comments_tab_id", "tab", "id", "site", "received_at"),  # the last two: how long what waits has waited
    Index("ix_comments_tab_campaign", "tab", "campaign"),
    Index("ix_comments_campaign", "campaign"),
    Index("ix_comments_author", "author", "received_at", "label"),  # counts without reading a comment
    Index("ix_comments_author_email", "author_email", "received_at", "label"),
    Index("ix_comments_author_network", "author_network", "received_at", "label"),
    # All that the statistics count, so that they read no comment: 100,000 of them are 10 MB here and 500 MB there.
    Index(
        "ix_comments_site", "site", "received_at", "action", "label", "tab", "score", "override", "model", "decided_at"
    ),
    Index("ix_comments_comment_id", "site", "comment_id"),
    Index("ix_comments_text_hash", "site", "text_hash"),
)

links = Table(
    "links",
    metadata,
    Column("comment_id", WORDS, ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, comment="0 for the comment's first link"),
    Column("url", WORDS, nullable=False),
    Column("host", WORDS, nullable=False),
    Column("registrable_domain", WORDS, nullable=False, comment="empty for an IP address"),
    Column("host_kind", WORDS, nullable=False, comment="see docs/features.md"),
    Column("field", WORDS, nullable=False, comment="the comment's field the link stands in"),
    Column("begin", Integer, nullable=False, comment="first code point in that field"),
    Column("end", Integer, nullable=False, comment="one past the last code point"),
    Column("score", Float, nullable=False, comment="how much the link alone looks like spam, 0.0 to 1.0"),
    Index("ix_links_registrable_domain", "registrable_domain", "comment_id", "field"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", LARGE, primary_key=True, comment="rising; the cursor of GET /decisions"),
    Column("comment", WORDS, ForeignKey("comments.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("site", WORDS, ForeignKey("sites.name"), nullable=False),
    Column("label", WORDS, comment="spam or ham; null takes back what was said before"),
    Column("by", WORDS, nullable=False, comment="the moderator, or who the CMS says it was"),
    Column("source", WORDS, nullable=False, comment="moderator, or feedback of the CMS"),
    Column("at", WORDS, nullable=False),
    Index("ix_decisions_site", "site", "id"),
    sqlite_autoincrement=True,  # an id is never used twice, or a cursor would skip what comes after
)

pages = Table(
    "pages",
    metadata,
    Column("site", WORDS, ForeignKey("sites.name"), primary_key=True),
    Column("url", WORDS, primary_key=True, comment="see records.page_key"),
    Column("title", WORDS, nullable=False),
    Column("text", WORDS, nullable=False),
    Column("updated_at", WORDS, nullable=False),
)

networks = Table(
    "networks",
    metadata,
    Column("site", WORDS, ForeignKey("sites.name"), primary_key=True),
    Column("network", WORDS, primary_key=True, comment="may speak for the site without a key, e.g. 192.0.2.0/24"),
)

clients = Table(
    "clients",
    metadata,
    Column("site", WORDS, ForeignKey("sites.name"), primary_key=True),
    Column("client", WORDS, primary_key=True, comment="door and User-Agent of the CMS"),
    Column("last_at", WORDS, nullable=False, comment="of its last request, good or bad"),
    Column("requests", Integer, nullable=False),
    Column("failures", Integer, nullable=False, comment="requests that were refused although the key was good"),
    Column("last_failure", WORDS, nullable=False, comment="code of the problem; empty without one"),
)

secrets = Table(
    "secrets",
    metadata,
    Column("id", LARGE, primary_key=True),
    Column("site", WORDS, ForeignKey("sites.name"), nullable=False),
    Column("purpose", WORDS, nullable=False, comment="coral: signs what Coral sends; webhook:<id>: what we send"),
    Column("secret", WORDS, nullable=False, comment="in clear: a signature cannot be checked with a hash"),
    Column("created_at", WORDS, nullable=False),
    UniqueConstraint("site", "purpose", "secret", name="uq_secrets_site"),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("site", WORDS, ForeignKey("sites.name"), primary_key=True),
    Column("key", WORDS, primary_key=True, comment="the Idempotency-Key"),
    Column("body_hash", WORDS, nullable=False, comment="SHA-256 of the request's body"),
    Column("answer", JSON(none_as_null=True), comment="null while the request is being worked on"),
    Column("at", WORDS, nullable=False, index=True),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", LARGE, primary_key=True),
    Column("site", WORDS, ForeignKey("sites.name"), nullable=False, index=True),
    Column("url", WORDS, nullable=False),
    Column("allow_private", Boolean, nullable=False, comment="may lead into the operator's own networks"),
    Column("created_at", WORDS, nullable=False),
    Column("disabled_at", WORDS, comment="null while it is in use"),
    Column("disabled_why", WORDS, nullable=False, server_default=text("''")),
    sqlite_autoincrement=True,  # nobody gets the messages or secrets of one that is gone
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", LARGE, primary_key=True, comment="rising: the order of the decisions"),
    Column("webhook", LARGE, ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("comment", WORDS, ForeignKey("comments.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("decision", LARGE, nullable=False, comment="decisions.id"),
    Column("message_id", WORDS, nullable=False, comment="the header webhook-id, the same at every attempt"),
    Column("payload", WORDS, nullable=False, comment="JSON, byte for byte what is signed"),
    Column("created_at", WORDS, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0"), comment="begun so far"),
    Column("next_at", WORDS, index=True, comment="when to try next; null when it is over"),
    Column("leased_until", WORDS, comment="a process is sending it, or died over it"),
    Column("delivered_at", WORDS),
    Column("last_status", Integer, comment="of HTTP; null when there was no answer"),
    Column("last_error", WORDS, nullable=False, server_default=text("''"), comment="ours, never the receiver's words"),
    sqlite_autoincrement=True,  # the log's order outlives the removal of the newest row
)


def create(connection: Connection) -> None:
    """Make the tables where there are none, as all the migrations together would; a test holds both together."""
    if connection.dialect.name == POSTGRESQL:
        from app.store import postgres

        postgres.prepare(connection)
    metadata.create_all(connection)
    connection.exec_driver_sql(
        "CREATE TABLE alembic_version "
        "(version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    connection.execute(text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": REVISION})


def revisions(connection: Connection) -> set[str]:
    """The revisions the database says it has; empty when it was never migrated."""
    if not inspect(connection).has_table("alembic_version"):
        return set()
    return {str(row[0]) for row in connection.exec_driver_sql("SELECT version_num FROM alembic_version")}
