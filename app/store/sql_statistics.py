"""What the statistics page shows, in SQL.

Everything about comments but their reasons stands in the index ix_comments_site, so that no comment is read: of 100,000
comments, each answer takes some 30 ms.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    case,
    column,
    func,
    or_,
    select,
    values,
)

from app.core.comment import Thresholds
from app.core.threshold_goals import Counted
from app.store.dialects import place, whole
from app.store.records import MODERATOR
from app.store.schema import comments, decisions, sites
from app.store.sql_base import SqlBase
from app.store.statistics import (
    ACTIONS,
    ANSWERS_READ,
    SAMPLE,
    SPOKE_FROM,
    Delay,
    Made,
    OfModel,
    OfReason,
    Period,
    Reasons,
    Span,
    Tally,
    Waiting,
    delay,
    periods,
)

_HALF_A_DIGIT = 0.00005
"""Scores have four decimals, and 0.29 * 100 is 28.999999999999996."""
_LABELS = (None, "ham", "spam")
_PLACE_OF_ACTION = case({action: place for place, action in enumerate(ACTIONS)}, value=comments.c.action)
_PLACE_OF_LABEL = case({"ham": 1, "spam": 2}, value=comments.c.label, else_=0)
_FLAGGED = comments.c.action != "publish"


class SqlStatistics(SqlBase):
    """Counts over comments and decisions of one site, or of all when the site is None."""

    def outcomes(self, site: str | None, spans: Sequence[Span]) -> tuple[Period, ...]:
        """What the comments of each span came to."""
        numbered = [(number, *span) for number, span in enumerate(spans)]
        if not numbered:
            return ()
        span = (
            values(column("number", Integer), column("since", Text), column("until", Text), name="spans")
            .data(numbered)
            .cte("spans")
        )
        inside = and_(_of(site), comments.c.received_at >= span.c.since, comments.c.received_at < span.c.until)
        statement = (
            select(span.c.number, comments.c.action, comments.c.label, func.count())
            .select_from(span.join(comments, inside))
            .group_by(span.c.number, comments.c.action, comments.c.label)
        )
        return periods(spans, [Tally(*row) for row in self._rows(statement)])

    def by_model(self, site: str | None, since: str) -> tuple[OfModel, ...]:
        """What became of the comments that each model scored, the newest model first."""
        is_ham, is_spam = comments.c.label == "ham", comments.c.label == "spam"
        last_at = func.max(comments.c.received_at)
        statement = (
            select(
                comments.c.model,
                func.count(),
                func.count(comments.c.label),
                _counted(and_(_FLAGGED, or_(is_ham, is_spam))),
                _counted(and_(_FLAGGED, is_ham)),
                _counted(is_spam),
                _counted(and_(~_FLAGGED, is_spam)),
                last_at,
            )
            .where(_of(site), comments.c.received_at >= since, comments.c.override == "")
            .group_by(comments.c.model)
            .order_by(last_at.desc(), comments.c.model.desc())
        )
        return tuple(OfModel(*row) for row in self._rows(statement))

    def by_reason(self, site: str | None, since: str, most: int = ANSWERS_READ) -> Reasons:
        """How often each reason that spoke for spam was right, in the newest decided comments."""
        of_all = comments.alias("of_all")
        newest = (
            select(place("of_all"))  # sorted without the answers, by the index alone
            .select_from(of_all)
            .where(_of(site, of_all), of_all.c.received_at >= since, of_all.c.label.is_not(None))
            .order_by(of_all.c.received_at.desc())
            .limit(most)
        )
        answers = select(comments.c.label, comments.c.answer).where(place("comments").in_(newest))
        spoke: dict[str, int] = {}
        right: dict[str, int] = {}
        found = self._rows(answers)
        for label, answer in found:
            for code in {each["code"] for each in answer["reasons"] if each["weight"] >= SPOKE_FROM}:
                spoke[code] = spoke.get(code, 0) + 1
                right[code] = right.get(code, 0) + (label == "spam")
        reasons = [OfReason(code, spoke[code], right[code]) for code in spoke]
        return Reasons(len(found), tuple(sorted(reasons, key=lambda each: (-each.spoke, each.code))))

    def decisions_made(self, site: str | None, since: str, most: int = SAMPLE) -> tuple[Made, ...]:
        """Who decided when, of the newest decisions that moderators made here, the newest first."""
        by_moderators = (decisions.c.source == MODERATOR, decisions.c.label.is_not(None), decisions.c.at >= since)
        of_site = () if site is None else (decisions.c.site == site,)
        statement = (
            select(decisions.c.by, decisions.c.at)
            .where(*by_moderators, *of_site)
            .order_by(decisions.c.id.desc())
            .limit(most)
        )
        return tuple(Made(*row) for row in self._rows(statement))

    def delays(self, site: str | None, since: str, most: int = SAMPLE) -> tuple[Delay | None, Delay | None]:
        """How long the newest decided comments waited: those that were held, and the others."""
        waited_at_all = comments.c.decided_at > comments.c.received_at  # what was imported did not

        def waited(condition: Any) -> Delay | None:
            statement = (
                select(comments.c.received_at, comments.c.decided_at)
                .where(_of(site), comments.c.received_at >= since, waited_at_all, condition)
                .order_by(comments.c.received_at.desc())
                .limit(most)
            )
            return delay((row[0], row[1]) for row in self._rows(statement))

        return waited(comments.c.action == "hold"), waited(comments.c.action != "hold")

    def waiting(self, site: str | None, received_after: Sequence[str]) -> Waiting:
        """What waits for a moderator, by age.

        Args:
            site: one, or None for all.
            received_after: where the ages part, the youngest first; beyond the last is one more.
        """
        age = case(
            *((comments.c.received_at > bound, number) for number, bound in enumerate(received_after)),
            else_=len(received_after),
        )
        statement = (
            select(comments.c.tab, age, func.count(), func.min(comments.c.received_at))
            .where(_of(site), comments.c.tab.in_(("review", "reported")))
            .group_by(comments.c.tab, age)
        )
        found = self._rows(statement)
        counted = {(row[0], row[1]): row[2] for row in found}
        ages = range(len(received_after) + 1)
        held, reported = (tuple(counted.get((tab, age), 0) for age in ages) for tab in ("review", "reported"))
        return Waiting(held, reported, min((row[3] for row in found), default=""))

    def scored(self, site: str | None, since: str, steps: int, most: int | None = None) -> tuple[Counted, ...]:
        """The comments that their score decided, no rule: by score, answer and decision.

        Args:
            site: one, or None for all.
            since: when the oldest of them came in.
            steps: scores are rounded down to so many steps between 0 and 1.
            most: only the newest so many; of all sites together that takes longer than all of them.
        """
        step = whole(comments.c.score * steps + _HALF_A_DIGIT)
        # One number to group by: half the time that sorting by three columns takes.
        key = (step * len(ACTIONS) + _PLACE_OF_ACTION) * len(_LABELS) + _PLACE_OF_LABEL
        chosen = select(key.label("key")).where(_of(site), comments.c.received_at >= since, comments.c.override == "")
        if most is not None:
            chosen = chosen.order_by(comments.c.received_at.desc()).limit(most)
        found = chosen.subquery("scored")
        statement = select(found.c.key, func.count()).group_by(found.c.key)
        return tuple(_counted_by(key, steps, comments) for key, comments in self._rows(statement))

    def thresholds(self, site: str) -> Thresholds | None:
        """The site's own; None when those of the model stand, or there is no such site."""
        statement = select(sites.c.hold, sites.c.reject, sites.c.discard).where(sites.c.name == site)
        with self._reading() as connection:
            row = connection.execute(statement).first()
        return None if row is None or row.hold is None else Thresholds(*row)

    def _rows(self, statement: Select[Any]) -> Sequence[Any]:
        with self._reading() as connection:
            return connection.execute(statement).all()


def _of(site: str | None, table: FromClause = comments) -> Any:
    # The names are spelt out, or the index, which begins with the site, could not be used.
    return table.c.site.in_(select(sites.c.name)) if site is None else table.c.site == site


def _counted(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _counted_by(key: int, steps: int, comments: int) -> Counted:
    rest, label = divmod(key, len(_LABELS))
    step, action = divmod(rest, len(ACTIONS))
    return Counted(step / steps, ACTIONS[action], _LABELS[label], comments)
