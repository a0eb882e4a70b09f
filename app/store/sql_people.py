"""What is known of people, in SQL: beside a comment, and as a page of its own."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Subquery,
    and_,
    bindparam,
    false,
    func,
    literal_column,
    or_,
    select,
)

from app.core.query import Query, written
from app.store.dialects import compiled
from app.store.people import (
    EXCERPT_CHARACTERS,
    MAX_COUNTED,
    MAX_STORY,
    Counted,
    Fact,
    FactKind,
    Known,
    Person,
    Seen,
    Story,
)
from app.store.records import Record
from app.store.schema import comments, links
from app.store.sql_base import SqlBase
from app.store.sql_query import LEADS_SOMEWHERE, conditions, equals, spellings

MAX_DOMAINS = 5
"""Of one comment; who links to more is known by the first."""
MAX_STORY_DOMAINS = 50
_MOST: ColumnElement[int] = literal_column(str(MAX_COUNTED + 1))
_FROM_THE_FIRST: ColumnElement[int] = literal_column("0")
SEEN = tuple(
    func.substr(comments.c.text, 1, EXCERPT_CHARACTERS).label(name) if name == "text" else comments.c[name]
    for name in Seen._fields
)


class SqlPeople(SqlBase):
    """Reading only."""

    def known(self, record: Record) -> Known:
        """What is known of a comment's author, and of the domains it links to but the site's own.

        One short read for each fact, from indexes; docs/review.md tells how long it takes.
        """
        comment = record.comment
        people: tuple[tuple[FactKind, str, str, str], ...] = (
            ("email", "author_email", comment.author_email, written("email", comment.author_email.lower())),
            ("author", "author", comment.author, written("author", f"={comment.author}")),
            ("network", "author_network", record.author_network, written("ip", record.author_network)),
        )
        leads_to = dict.fromkeys(
            link.registrable_domain
            for link in record.classification.links
            if link.host_kind != "own" and link.field != "author_email"
        )
        facts = [
            Fact(
                kind,
                value,
                self._with_value(column, spellings(value)),
                search,
            )
            for kind, column, value, search in people
            if value.strip()
        ]
        domains = [domain for domain in leads_to if domain][:MAX_DOMAINS]
        facts += [
            Fact("domain", domain, self._counted(_of_domain(self._dialect), [domain]), written("domain", domain))
            for domain in domains
        ]
        return Known(tuple(facts))

    def _with_value(self, column: str, values: list[str]) -> Counted:
        return self._counted(_of_column(self._dialect, column, len(values)), values)

    def _counted(self, statement: str, values: list[str]) -> Counted:
        ((first_at, found, spam, ham, last_at),) = self._read(statement, *values, *values)
        return Counted(found, spam, ham, found - spam - ham, first_at or "", last_at or "", found > MAX_COUNTED)

    def story(self, query: Query, now: str, person: Person | None = None) -> Story:
        """The newest comments of a search, or of a person, and where they link to.

        Args:
            query: what is searched for.
            now: see sql_query.conditions.
            person: of these only those of that person.
        """
        wanted = [*conditions(query, now), *([is_of(person)] if person is not None else [])]
        newest = select(*SEEN).where(*wanted).order_by(comments.c.id.desc()).limit(MAX_STORY + 1)
        with self._reading() as connection:
            seen = [Seen._make(row) for row in connection.execute(newest)]
            ids = [each.id for each in seen[:MAX_STORY]]
            domains = tuple(_domains(connection, ids))
        return Story(tuple(seen[:MAX_STORY]), len(seen) > MAX_STORY, domains)


def is_of(person: Person) -> ColumnElement[bool]:
    """Whether a comment is a person's."""
    fits: list[ColumnElement[bool]] = []
    if person.email:
        fits.append(equals(person.email, comments.c.author_email))
    if person.author_url:
        address = person.author_url.rstrip("/")
        fits.append(comments.c.author_url.in_((address, f"{address}/")))
    if person.author and person.site:
        fits.append(and_(equals(person.author, comments.c.author), comments.c.site == person.site))
    if person.ids:
        is_sites = comments.c.comment_id.in_(person.ids)
        fits.append(comments.c.id.in_(person.ids))
        if person.site:
            fits.append(and_(is_sites, comments.c.site == person.site))
    return or_(false(), *fits)


@cache
def _of_column(dialect: str, name: str, values: int) -> str:
    """SQL that counts the newest comments with one of that many values in a column; it asks for the values twice."""
    column = comments.c[name]
    is_it = column == bindparam("value") if values == 1 else column.in_([bindparam(f"v{n}") for n in range(values)])
    newest = select(comments.c.label, comments.c.received_at).where(is_it).order_by(comments.c.received_at.desc())
    return _counting(
        dialect,
        select(func.min(comments.c.received_at)).where(is_it),
        newest.limit(_MOST).offset(_FROM_THE_FIRST).subquery("newest"),
    )


@cache
def _of_domain(dialect: str) -> str:
    """The same of those that link to a domain."""
    is_it = links.c.registrable_domain == bindparam("domain")
    leads_there = and_(is_it, links.c.field != literal_column("'author_email'"))
    ids = (
        select(links.c.comment_id)
        .where(leads_there)
        .distinct()
        .order_by(links.c.comment_id.desc())
        .limit(_MOST)
        .offset(_FROM_THE_FIRST)
    )
    newest = select(comments.c.label, comments.c.received_at).where(comments.c.id.in_(ids)).subquery("newest")
    oldest = select(func.min(links.c.comment_id)).where(leads_there).scalar_subquery()
    return _counting(dialect, select(comments.c.received_at).where(comments.c.id == oldest), newest)


def _counting(dialect: str, first: Select[Any], newest: Subquery) -> str:
    def labelled(label: str) -> ColumnElement[int]:
        return func.count().filter(newest.c.label == literal_column(f"'{label}'"))

    told = (func.count(), labelled("spam"), labelled("ham"), func.max(newest.c.received_at))
    return compiled(select(first.scalar_subquery(), *told).select_from(newest), dialect)


def _domains(connection: Connection, ids: list[str]) -> Iterator[tuple[str, int]]:
    times = func.count(links.c.comment_id.distinct())
    statement = (
        select(links.c.registrable_domain, times)
        .where(
            links.c.comment_id.in_(ids), links.c.registrable_domain != "", links.c.host_kind != "own", LEADS_SOMEWHERE
        )
        .group_by(links.c.registrable_domain)
        .order_by(times.desc(), links.c.registrable_domain)
        .limit(MAX_STORY_DOMAINS)
    )
    yield from ((domain, number) for domain, number in connection.execute(statement))
