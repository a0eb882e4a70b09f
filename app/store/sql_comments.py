"""Comments, what a verdict on them depends on, and the pages they stand under, in SQL."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Engine, and_, bindparam, delete, exists, insert, or_, select
from sqlalchemy.exc import IntegrityError

from app.core.campaign import NO_SIGNATURE, Signature
from app.core.comment import Campaign, Comment, History, Page, Precedent, Rule, Thresholds
from app.store import rows
from app.store.database import reading
from app.store.records import Alike, Record, page_key, refuse_decided
from app.store.schema import comments, decisions, links, pages, rules, sites
from app.store.sql_base import Read, SqlBase, require_site, site_unknown
from app.store.sql_grouping import HELD, LEADS, SIZE, assigned, campaign_of, looked_up, since, write_grouping
from app.store.sql_networks import name_rows
from app.store.sql_precedents import RECALL, asked, precedent_of

# One round trip: a row per rule, or one row without a rule; no row at all means no such site.
_IN_FORCE = and_(
    or_(rules.c.site == sites.c.name, rules.c.site.is_(None)),
    or_(rules.c.expires_at.is_(None), rules.c.expires_at > bindparam("now")),
)
_HISTORY = (
    select(
        sites.c.hold, sites.c.reject, sites.c.discard, sites.c.is_observed, rules.c.effect, rules.c.kind, rules.c.value
    )
    .select_from(sites.outerjoin(rules, _IN_FORCE))
    .where(sites.c.name == bindparam("name"))
    .order_by(rules.c.id)
)
_PAGE = select(pages.c.title, pages.c.text).where(pages.c.site == bindparam("site"), pages.c.url == bindparam("url"))


class SqlComments(SqlBase):
    """What sites send."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._history = self._compiled(_HISTORY)
        self._page = self._compiled(_PAGE)
        self._leads = self._compiled(LEADS)
        self._size = self._compiled(SIZE)
        self._held = self._compiled(HELD)
        self._recall = self._compiled(RECALL)

    def history_of(
        self, site_name: str, comment: Comment, now: str = "", signature: Signature = NO_SIGNATURE
    ) -> History:
        """What a verdict on `comment` depends on. Raises SiteUnknown.

        Args:
            site_name: whose thresholds and rules hold, and with them the rules for all sites.
            comment: the page is read only where it does not bring its text.
            now: RFC 3339, UTC. Rules that have expired are left out, and what was settled acts until a certain time;
                empty: no rule has expired.
            signature: how the comment finds its campaign, on whichever site that is, and what was said of comments
                like it; without keys it stands alone.
        """
        with self._reads() as read:
            found = read(self._history, now, site_name)
            if not found:
                raise site_unknown(site_name)
            hold, reject, discard, is_observed = found[0][:4]
            return History(
                thresholds=None if hold is None else Thresholds(hold, reject, discard),
                rules=tuple(Rule(*row[4:]) for row in found if row[4] is not None),
                page=self._page_of(read, site_name, comment),
                campaign=self._campaign_of(read, signature, now) if signature.keys else None,
                precedent=self._precedent_of(read, site_name, signature, now),
                is_observed=bool(is_observed),
            )

    def _campaign_of(self, read: Read, signature: Signature, now: str) -> Campaign | None:
        found = read(self._leads, looked_up(signature), since(now))
        campaign = campaign_of(signature, found, now) if found else None
        if campaign is None:
            return None
        is_asked = campaign.has_address and not campaign.label
        held = read(self._held, campaign.id)[0][0] if is_asked else 0
        return replace(campaign, size=read(self._size, campaign.id)[0][0], held=held)

    def _precedent_of(self, read: Read, site_name: str, signature: Signature, now: str) -> Precedent | None:
        keys = asked(signature)
        found = read(self._recall, keys, now, site_name) if keys else ()
        return precedent_of(signature, found) if found else None

    def _page_of(self, read: Read, site_name: str, comment: Comment) -> Page | None:
        key = page_key(comment.page_url) if comment.page_url and not comment.page_text else ""
        found = read(self._page, site_name, key) if key else ()
        return Page(*found[0]) if found else None

    def record(self, records: Sequence[Record]) -> None:
        """Write all records in one transaction, or none of them; on disk when it returns.

        author_ip and honeypot are left out. No records: nothing happens. Raises SiteUnknown,
        StoreUnavailable (also for an id that is there already), and ValueError for a record with a
        decision.
        """
        for each in records:
            refuse_decided(each)
        if not records:
            return
        comment_rows = [rows.comment_row(each) for each in records]
        with self._transaction() as connection:
            found, leading = assigned(connection, records)
            for row in comment_rows:
                row["campaign"] = found.campaign_of[row["id"]]
            name_rows(connection, comment_rows)
            insert_rows(connection, records, comment_rows)
            write_grouping(connection, found, leading, max(each.received_at for each in records))

    def comment(self, site_name: str, id: str) -> Record | None:
        """The record as it was written, with its latest decision, and without author_ip and honeypot.

        None when there is none, or when it is another site's: a site must not learn even that.
        """
        statement = select(comments).where(comments.c.id == id, comments.c.site == site_name)
        latest = select(decisions).where(decisions.c.comment == id).order_by(decisions.c.id.desc()).limit(1)
        with self._reading() as connection:
            row = connection.execute(statement).mappings().first()
            if row is None:
                return None
            decided = connection.execute(latest).mappings().first()
        return replace(rows.record_of(dict(row)), decision=rows.decision_of(dict(decided)) if decided else None)

    def id_of(self, site_name: str, cms_id: str) -> str | None:
        """Our id of the site's newest comment that has this id in the CMS."""
        wanted = (comments.c.site == site_name, comments.c.comment_id == cms_id)
        statement = select(comments.c.id).where(*wanted).order_by(comments.c.id.desc()).limit(1)
        with self._reading() as connection:
            return connection.execute(statement).scalar_one_or_none()

    def alike(self, site_name: str, hashed: str, most: int) -> Sequence[Alike]:
        """The site's newest comments with that content hash, newest first."""
        is_decided = exists().where(decisions.c.comment == comments.c.id)
        shown = [comments.c[name] for name in ("id", "text", "author", "page_url", "posted_at")]
        statement = (
            select(*shown, is_decided, comments.c.comment_id)
            .where(comments.c.site == site_name, comments.c.text_hash == hashed)
            .order_by(comments.c.id.desc())
            .limit(most)
        )
        with self._reading() as connection:
            return [Alike._make(row) for row in connection.execute(statement)]

    def put_page(self, site_name: str, url: str, page: Page, updated_at: str) -> None:
        """Keep a page's title and text for comments that name only its URL. Raises SiteUnknown."""
        key = page_key(url)
        values = {"site": site_name, "url": key, "title": page.title, "text": page.text, "updated_at": updated_at}
        with self._transaction() as connection:
            require_site(connection, site_name)
            connection.execute(delete(pages).where(pages.c.site == site_name, pages.c.url == key))
            connection.execute(insert(pages), values)


def insert_rows(connection: Connection, records: Sequence[Record], comment_rows: Sequence[dict[str, Any]]) -> None:
    """Write the rows of records, at least one, and those of their links. Raises SiteUnknown."""
    try:
        connection.execute(insert(comments), comment_rows)
    except IntegrityError:
        with reading(connection) as beside:  # PostgreSQL answers nothing more where something has failed
            for each in records:
                require_site(beside, each.site)
        raise
    link_rows = [row for each in records for row in rows.link_rows(each)]
    if link_rows:
        connection.execute(insert(links), link_rows)
