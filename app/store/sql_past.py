"""Stored comments that a rule may speak of, in SQL: narrowed as far as an index or a column can tell."""

from collections.abc import Sequence
from ipaddress import ip_network
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, not_, or_, select

from app.core.comment import Comment, Rule
from app.core.folding import fold
from app.core.hosts import MAX_URL_CHARS, parse_url, readable
from app.core.policy import url_glob
from app.core.preview import KEPT_BITS, Past, widened
from app.store.dialects import fits_glob
from app.store.pseudonyms import PREFIX, is_pseudonym
from app.store.schema import comments, links
from app.store.sql_base import SqlBase
from app.store.sql_networks import is_from

_OF_COMMENT = ("text", "text_format", "author", "author_email", "author_url", "page_url")
"""All that a rule looks at; page texts are long and not among it."""
_OF_PAST = ("id", "site", "received_at", "author_network", "action", "score", "label", "tab")


class SqlPast(SqlBase):
    """What core.preview looks through."""

    def past(
        self, rule: Rule, site: str | None, since: str, *, before: str = "", tab: str = "", most: int = 1_000
    ) -> Sequence[Past]:
        """The newest comments that the rule may speak of, newest first: every one it does, and some it does not.

        Args:
            rule: its value is normalised.
            site: only that site's; None: those of all sites.
            since: only comments that were received then or later.
            before: only such as came before the comment of that id, to go on where the last page ended.
            tab: only those that stand in that tab of the queue; empty: wherever.
            most: how many at most.
        """
        conditions = [comments.c.received_at >= since]
        if site is not None:
            conditions.append(comments.c.site == site)
        if before:
            conditions.append(comments.c.id < before)
        if tab:
            conditions.append(comments.c.tab == tab)
        with self._reading() as connection:
            if rule.kind == "author":
                narrowed: ColumnElement[bool] = comments.c.author.in_(_spellings(connection, rule.value, conditions))
            else:
                narrowed = _narrowed(rule)
            found = connection.execute(_newest([*conditions, narrowed], most)).mappings().all()
        return [_past(row, rule) for row in found]

    def received_since(self, site: str | None, since: str) -> int:
        """How many comments came then or later, to the site or, with None, to all sites."""
        counted = select(func.count()).select_from(comments).where(comments.c.received_at >= since)
        if site is not None:
            counted = counted.where(comments.c.site == site)
        with self._reading() as connection:
            return connection.execute(counted).scalar_one()


def _newest(conditions: Sequence[ColumnElement[bool]], most: int) -> Select[Any]:
    columns = [comments.c[name] for name in (*_OF_PAST, *_OF_COMMENT)]
    return select(*columns).where(*conditions).order_by(comments.c.id.desc()).limit(most)


def _past(row: Any, rule: Rule) -> Past:
    network = row["author_network"]
    if rule.kind == "ip_range" and is_pseudonym(network):  # it was found by the name of the network that is asked for
        network = widened(rule.value)
    told = {name: row[name] for name in _OF_PAST if name != "author_network"}
    return Past(**told, network=network, comment=Comment(**{name: row[name] for name in _OF_COMMENT}))


def _spellings(connection: Connection, name: str, conditions: Sequence[ColumnElement[bool]]) -> Sequence[str]:
    """The author names among those comments that are the same name in other capitals, accents or spacing."""
    wanted = fold(name).split()
    names = connection.execute(select(comments.c.author).where(*conditions).distinct()).scalars()
    return [each for each in names if fold(each).split() == wanted]


def _narrowed(rule: Rule) -> ColumnElement[bool]:
    if rule.kind == "registrable_domain":
        linked = select(links.c.comment_id).where(links.c.registrable_domain == rule.value)
        return comments.c.id.in_(linked)
    if rule.kind == "host":
        return _links_to(links.c.host == readable(rule.value))
    if rule.kind == "url_pattern":
        return _links_to(_fits_pattern(rule.value))
    if rule.kind == "email":  # LIKE overlooks capitals, of ASCII alone
        return _has_email(rule.value)
    if rule.kind == "ip_range":
        return _from_network(rule.value)
    return comments.c.text != ""


def _links_to(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(links.c.comment_id == comments.c.id, condition)


def _fits_pattern(value: str) -> ColumnElement[bool]:
    """By host where the pattern names one, else by comparing as the rule will; an address that was cut may fit."""
    named = value.lower().rpartition("://")[2].partition("/")[0]
    url = None if "*" in named else parse_url(f"http://{named}/")
    if url:
        return links.c.host == readable(url.host.rstrip("."))
    return or_(fits_glob(func.lower(links.c.url), url_glob(value)), func.length(links.c.url) >= MAX_URL_CHARS)


def _has_email(value: str) -> ColumnElement[bool]:
    return (
        comments.c.author_email.contains(value, autoescape=True) if value.isascii() else comments.c.author_email != ""
    )


def _from_network(value: str) -> ColumnElement[bool]:
    network = ip_network(widened(value))
    if network.prefixlen == KEPT_BITS[network.version]:
        return is_from(str(network))
    # Which network a name stands for is not known, so nobody can tell whether it lies in a larger one.
    return and_(comments.c.author_network != "", not_(comments.c.author_network.startswith(PREFIX, autoescape=True)))
