"""What an operator watches, in SQL: days without comments or without spam, and how scores are spread by week.

Like the statistics it reads nothing but the index ix_comments_site.
"""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from sqlalchemy import CTE, Integer, Text, and_, case, column, func, select, values

from app.core.alarms import DAYS, Alarm, Day, alarms
from app.core.drift import EDGES, WEEKS, Cell
from app.core.times import shifted
from app.store.schema import comments, sites
from app.store.sql_base import SqlBase
from app.store.statistics import Span

_FLAGGED = func.sum(case((comments.c.action != "publish", 1), else_=0))
_BIN = case(*((comments.c.score < edge, number) for number, edge in enumerate(EDGES)), else_=len(EDGES))


class SqlWatching(SqlBase):
    """Counts over the comments of each site."""

    def days(self, now: str) -> dict[str, tuple[Day, ...]]:
        """The last 56 days of every site, 24 hours each, the newest first, which ends now."""
        spans = stretches(now, timedelta(days=1), DAYS)
        span = _numbered(spans)
        # The names are spelt out, or the index, which begins with the site, could not be used.
        inside = and_(
            comments.c.site.in_(select(sites.c.name)),
            comments.c.received_at >= span.c.since,
            comments.c.received_at < span.c.until,
        )
        statement = (
            select(comments.c.site, span.c.number, func.count(), _FLAGGED)
            .select_from(span.join(comments, inside))
            .group_by(comments.c.site, span.c.number)
        )
        with self._reading() as connection:
            found = {(site, number): Day(*counts) for site, number, *counts in connection.execute(statement)}
            names = connection.execute(select(sites.c.name).order_by(sites.c.name)).scalars().all()
        return {name: tuple(found.get((name, number), Day(0, 0)) for number in range(DAYS)) for name in names}

    def alarms(self, now: str) -> tuple[tuple[str, Alarm], ...]:
        """Every alarm with its site, by name; see core.alarms."""
        return tuple((site, alarm) for site, days in self.days(now).items() for alarm in alarms(days))

    def weeks(self, site: str | None, now: str) -> tuple[Cell, ...]:
        """This week's comments and those of the eight before that their score decided, of one site or of all."""
        span = _numbered(week_spans(now))
        of_site = comments.c.site.in_(select(sites.c.name)) if site is None else comments.c.site == site
        inside = and_(of_site, comments.c.received_at >= span.c.since, comments.c.received_at < span.c.until)
        groups = (span.c.number, _BIN, comments.c.action != "publish", comments.c.label)
        statement = (
            select(*groups, func.count(), func.sum(comments.c.score))
            .select_from(span.join(comments, inside))
            .where(comments.c.override == "")
            .group_by(*groups)
        )
        with self._reading() as connection:
            return tuple(Cell(*row) for row in connection.execute(statement))


def week_spans(now: str) -> tuple[Span, ...]:
    """The weeks that `weeks` counts, this one first."""
    return stretches(now, timedelta(days=7), WEEKS)


def stretches(now: str, length: timedelta, number: int) -> tuple[Span, ...]:
    """So many stretches of time, the newest first, which ends now.

    >>> stretches("2026-12-01T10:00:00.000Z", timedelta(days=1), 2)[1]
    Span(since='2026-11-29T10:00:00.000Z', until='2026-11-30T10:00:00.000Z')
    """
    ends = [shifted(now, -length * each) for each in range(number + 1)]
    return tuple(Span(since, until) for until, since in pairwise(ends))


def _numbered(spans: Sequence[Span]) -> CTE:
    numbered = [(number, *span) for number, span in enumerate(spans)]
    return (
        values(column("number", Integer), column("since", Text), column("until", Text), name="spans")
        .data(numbered)
        .cte("spans")
    )
