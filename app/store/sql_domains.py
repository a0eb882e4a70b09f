"""Where comments link to, in SQL: all domains of a window of time, and one domain's links."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from app.store.dialects import fits
from app.store.domains import MAX_LINKS, DomainCount, DomainLink, DomainLinks, DomainOrder
from app.store.people import Seen
from app.store.schema import comments, links
from app.store.sql_base import SqlBase
from app.store.sql_people import SEEN
from app.store.sql_query import LEADS_SOMEWHERE, like

_DOMAIN = case((links.c.registrable_domain != "", links.c.registrable_domain), else_=links.c.host)
_IN_CTE = ("id", "site", "received_at", "label", "action", "author", "author_email")


class SqlDomains(SqlBase):
    """Reading only."""

    def domains(
        self,
        since: str,
        *,
        site: str = "",
        containing: str = "",
        order: DomainOrder = "comments",
        limit: int = 100,
        offset: int = 0,
    ) -> Sequence[DomainCount]:
        """Domains that comments link to, but each site's own, with what became of those comments.

        Args:
            since: only comments received then or later; RFC 3339, or its beginning.
            site: only that site's comments; empty: all.
            containing: only domains and hosts with that in their name, in any case.
            order: what comes first; see domains.DOMAIN_ORDERS. Numbers: the largest first.
            limit: how many at most.
            offset: how many of them are passed over.
        """
        counts = _counts(_pairs(since, site, containing))
        statement = counts.order_by(*_sorted(counts, order)).limit(limit).offset(offset)
        with self._reading() as connection:
            return [DomainCount._make(row) for row in connection.execute(statement)]

    def domain_links(self, domain: str, since: str, site: str = "") -> DomainLinks:
        """The newest links to one domain, or to one host that has none, in comments received since then."""
        is_it = or_(
            links.c.registrable_domain == domain, and_(links.c.registrable_domain == "", links.c.host == domain)
        )
        told = [links.c[name] for name in DomainLink._fields[:-1]]
        columns = (links.c.comment_id, links.c.position, *told)
        newest = select(*columns).where(is_it, LEADS_SOMEWHERE, links.c.host_kind != "own")
        found = newest.order_by(links.c.comment_id.desc(), links.c.position).limit(MAX_LINKS + 1).subquery("found")
        statement = (
            select(*(found.c[column.name] for column in told), *SEEN)
            .join_from(found, comments, comments.c.id == found.c.comment_id)
            .where(comments.c.received_at >= since, *([comments.c.site == site] if site else []))
            .order_by(found.c.comment_id.desc(), found.c.position)
        )
        with self._reading() as connection:
            rows = [
                DomainLink(row[0], row[1], row[2], row[3], Seen._make(row[4:])) for row in connection.execute(statement)
            ]
        return DomainLinks(tuple(rows[:MAX_LINKS]), len(rows) > MAX_LINKS)


def _pairs(since: str, site: str, containing: str) -> Select[Any]:
    """Every comment of the window with every domain it links to, once."""
    # Materialised: SQLite would otherwise begin with all the links there are. Measured 2026-12-02, 30 of 183 days of
    # 100,000 comments and 200,000 links: 250 ms, and 600 ms otherwise.
    window = select(*(comments.c[name] for name in _IN_CTE)).where(comments.c.received_at >= since)
    if site:
        window = window.where(comments.c.site == site)
    recent = window.cte("recent").prefix_with("MATERIALIZED")
    who = case((recent.c.author_email != "", recent.c.author_email), else_=recent.c.author)
    pairs = (
        select(
            _DOMAIN.label("domain"),
            func.max(links.c.host_kind).label("host_kind"),
            recent.c.id,
            *(func.min(recent.c[name]).label(name) for name in ("site", "received_at", "label", "action")),
            func.min(who).label("who"),
        )
        .join_from(recent, links, links.c.comment_id == recent.c.id)
        .where(LEADS_SOMEWHERE, links.c.host_kind != "own")
        .group_by(_DOMAIN, recent.c.id)
    )
    named = [fits(column, each) for column in (_DOMAIN, links.c.host) for each in like(containing)]
    return pairs.where(or_(*named)) if containing else pairs


def _counts(pairs: Select[Any]) -> Select[Any]:
    each = pairs.subquery("each")

    def counted(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count().filter(condition)

    is_open, is_spam = each.c.label.is_(None), each.c.label == "spam"
    return select(
        each.c.domain,
        func.max(each.c.host_kind).label("host_kind"),
        func.count().label("comments"),
        counted(is_spam).label("spam"),
        counted(each.c.label == "ham").label("ham"),
        counted(and_(is_open, each.c.action != "publish")).label("undecided"),
        counted(and_(is_open, each.c.action == "publish")).label("passed"),
        func.count(each.c.site.distinct()).label("sites"),
        func.count(each.c.who.distinct()).label("authors"),
        func.count(case((is_spam, each.c.who)).distinct()).label("blocked"),
        func.min(each.c.received_at).label("first_at"),
        func.max(each.c.received_at).label("last_at"),
    ).group_by(each.c.domain)


def _sorted(counts: Select[Any], order: DomainOrder) -> tuple[ColumnElement[Any], ...]:
    columns = {column.name: column for column in counts.selected_columns}
    if order == "domain":
        return (columns["domain"].asc(),)
    largest = columns["last_at" if order == "newest" else order]
    return largest.desc(), columns["domain"].asc()
