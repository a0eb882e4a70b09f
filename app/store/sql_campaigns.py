"""Campaigns as moderators see them, in SQL: those that wait for a decision, those that act, one with its comments."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, select

from app.core.comment import Comment
from app.core.verdict import CampaignReport
from app.store.campaigns import SHOWN_CHARACTERS, Card, Cards, Member, Pushed
from app.store.schema import comments, links
from app.store.schema_review import campaigns
from app.store.sql_base import SqlBase
from app.store.sql_grouping import SIZE, first_id_since

WAITING_TABS = ("review", "spam", "expired")
"""Of comments that were held or flagged and that nobody has decided."""
_IS_SETTLED = and_(
    campaigns.c.label == "spam",
    comments.c.tab == "spam",
    comments.c.received_at > campaigns.c.decided_at,
    comments.c.received_at < campaigns.c.acts_until,
)
"""Whether the campaign's decision decided it when it arrived."""
WAITS = and_(comments.c.tab.in_(WAITING_TABS), case((_IS_SETTLED, False), else_=True))
"""Undecided, in a select that joins `campaigns`."""
PASSED = comments.c.tab == "passed"
GROUPS: dict[str, ColumnElement[bool]] = {"undecided": WAITS, "passed": PASSED, "decided": ~(WAITS | PASSED)}
"""The three lists of a campaign's page."""
_NO_PUSH = ("own", "identity")
_OF_SIGNATURE = ("text", "text_format", "author", "author_email", "author_url", "page_url", "page_title")
_SHOWN = (
    comments.c.id,
    comments.c.site,
    comments.c.received_at,
    *(comments.c[name] for name in _OF_SIGNATURE),
    comments.c.score,
    comments.c.action,
    comments.c.label,
    comments.c.decided_by,
    comments.c.decision,
)


def _counted(condition: ColumnElement[bool]) -> Any:
    return func.sum(case((condition, 1), else_=0))


_FIGURES = select(
    campaigns.c.id,
    func.count().label("size"),
    _counted(WAITS).label("undecided"),
    _counted(PASSED).label("passed"),
    func.count(comments.c.site.distinct()).label("sites"),
    func.count(comments.c.page_url.distinct()).label("pages"),
    func.min(comments.c.received_at).label("first_at"),
    func.max(comments.c.received_at).label("last_at"),
    func.min(comments.c.score).label("least_score"),
    func.max(comments.c.score).label("most_score"),
    campaigns.c.label,
    campaigns.c.decided_by,
    campaigns.c.decided_at,
    campaigns.c.acts_until,
).join_from(campaigns, comments, comments.c.campaign == campaigns.c.id)


class SqlCampaigns(SqlBase):
    """Reading only; what is decided stands in sql_settling.py."""

    def open_campaigns(self, since: str, now: str, limit: int, offset: int = 0) -> Cards:
        """Campaigns of two comments and more with an undecided one, those with the most of these first.

        Args:
            since: only those whose first comment came then or later; empty: all. RFC 3339, UTC.
            now: those whose decision acts are left out where nothing but what it settled is open.
            limit: how many.
            offset: how many before them.
        """
        waiting = (
            select(comments.c.campaign, func.count().label("waiting"))
            .where(comments.c.tab.in_(WAITING_TABS))
            .group_by(comments.c.campaign)
        )
        if since:
            waiting = waiting.where(comments.c.campaign >= first_id_since(since))
        groups = waiting.subquery("waiting")
        member = comments.alias("member")
        of_it = select(member.c.campaign).where(member.c.campaign == groups.c.campaign)
        second = of_it.correlate(groups).limit(1).offset(1).scalar_subquery()
        wanted = (
            select(groups.c.campaign)
            .where((groups.c.waiting > 1) | second.is_not(None))
            .order_by(groups.c.waiting.desc(), groups.c.campaign.desc())
            .limit(limit + 1)
            .offset(offset)
        )
        with self._reading() as connection:
            ids = list(connection.execute(wanted).scalars())
            cards = [card for card in _cards(connection, ids[:limit]) if card.undecided]
        return Cards(tuple(sorted(cards, key=lambda card: -card.undecided)), len(ids) > limit)

    def acting_campaigns(self, now: str, limit: int) -> Sequence[Card]:
        """Campaigns whose decision acts on what arrives, the newest decision first."""
        acts = (campaigns.c.label.is_not(None), campaigns.c.acts_until > now)
        wanted = select(campaigns.c.id).where(*acts).order_by(campaigns.c.decided_at.desc()).limit(limit)
        with self._reading() as connection:
            return _cards(connection, list(connection.execute(wanted).scalars()))

    def campaign(self, id: str) -> Card | None:
        """One of them, or that of the comment with that id; None when there is none."""
        own = select(comments.c.campaign).where(comments.c.id == id)
        with self._reading() as connection:
            found = _cards(connection, [id])
            if not found:
                found = _cards(connection, [str(connection.execute(own).scalar_one_or_none() or "")])
        return found[0] if found else None

    def members(self, campaign: str, group: str, limit: int, offset: int = 0) -> Sequence[Member]:
        """Comments of a campaign, those with the lowest score first.

        Args:
            campaign: its id.
            group: undecided, passed or decided; see GROUPS.
            limit: how many.
            offset: how many before them.
        """
        statement = (
            select(*_SHOWN)
            .join_from(comments, campaigns, campaigns.c.id == comments.c.campaign)
            .where(comments.c.campaign == campaign, GROUPS[group])
            .order_by(comments.c.score, comments.c.id)
            .limit(limit)
            .offset(offset)
        )
        with self._reading() as connection:
            return [_member(row) for row in connection.execute(statement)]

    def pushed_links(self, campaign: str) -> Sequence[Pushed]:
        """Where the comments of a campaign link to, without their page's own site and sign-in addresses."""
        statement = (
            select(links.c.comment_id, links.c.url)
            .join_from(links, comments, comments.c.id == links.c.comment_id)
            .where(comments.c.campaign == campaign, *_pushes())
        )
        with self._reading() as connection:
            return [Pushed(*row) for row in connection.execute(statement)]

    def campaign_of(self, id: str, now: str) -> CampaignReport | None:
        """The campaign of a comment as it is now; None when the comment stands alone."""
        statement = (
            select(campaigns.c.id, campaigns.c.label, campaigns.c.acts_until)
            .join_from(campaigns, comments, comments.c.campaign == campaigns.c.id)
            .where(comments.c.id == id)
        )
        with self._reading() as connection:
            row = connection.execute(statement).first()
            size = connection.execute(SIZE, {"campaign": row.id}).scalar_one() if row else 0
        if row is None or size < 2:
            return None
        return CampaignReport(row.id, size - 1, row.label if row.acts_until > now else None)


def _cards(connection: Connection, ids: Sequence[str]) -> list[Card]:
    """Campaigns of these ids, in their order; ids that there are none of are passed over."""
    figures = _FIGURES.where(campaigns.c.id.in_(ids)).group_by(campaigns.c.id)
    found = {row.id: row for row in connection.execute(figures)}
    domains = _domains(connection, list(found))
    first = select(
        comments.c.id,
        func.substr(comments.c.text, 1, SHOWN_CHARACTERS).label("text"),
        comments.c.author,
        comments.c.author_url,
    ).where(comments.c.id.in_(found))
    shown = {row.id: row for row in connection.execute(first)}
    cards = []
    for row in (found[id] for id in ids if id in found):
        domain, linking = domains.get(row.id, ("", 0))
        cards.append(Card(**{**row._mapping, **shown[row.id]._mapping}, domain=domain, domain_comments=linking))
    return cards


def _domains(connection: Connection, ids: Collection[str]) -> dict[str, tuple[str, int]]:
    """The domain that most comments of each campaign link to, and how many."""
    linking = func.count(links.c.comment_id.distinct())
    statement = (
        select(comments.c.campaign, links.c.registrable_domain, linking)
        .join_from(comments, links, links.c.comment_id == comments.c.id)
        .where(comments.c.campaign.in_(ids), links.c.registrable_domain != "", *_pushes())
        .group_by(comments.c.campaign, links.c.registrable_domain)
        .order_by(linking, links.c.registrable_domain.desc())
    )
    return {row[0]: (row[1], row[2]) for row in connection.execute(statement)}  # the last of each is the largest


def _pushes() -> tuple[ColumnElement[bool], ...]:
    return links.c.field != "author_email", links.c.host_kind.not_in(_NO_PUSH)


def _member(row: Row[Any]) -> Member:
    told = row._mapping
    comment = Comment(**{name: told[name] for name in _OF_SIGNATURE})
    return Member(
        row.id, row.site, row.received_at, comment, row.score, row.action, row.label, row.decided_by, row.decision
    )
