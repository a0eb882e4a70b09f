"""Taking back what one teacher said in a time: a moderator who was not one, or a key that was stolen. In SQL."""

from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, func, not_, select, update

from app.store import rows as stored
from app.store.records import MODERATOR, Decision
from app.store.schema import comments, decisions
from app.store.schema_review import campaigns
from app.store.sql_acts import decide_rows, seen
from app.store.sql_audit import write_audit
from app.store.sql_base import SqlBase


class Teacher(NamedTuple):
    """Whose word it is."""

    moderator: str = ""
    """By name; empty: whoever spoke with the key of the site."""
    site: str = ""
    """Only what was said of its comments; empty, for a moderator: of all sites'."""


class TakenBack(NamedTuple):
    """What became of it."""

    act: int
    """By which it is undone; 0 where there was nothing to take back."""
    by_site: dict[str, int]
    """Comments of each site whose decision was taken back."""
    restored: int
    """Of these, how many stand now as somebody else had said before."""


class SqlTakingBack(SqlBase):
    """One transaction: all of it, or nothing."""

    def said_by(self, teacher: Teacher, since: str, until: str) -> dict[str, int]:
        """How many comments of each site stand as that teacher said in that time."""
        standing = select(comments.c.site, func.count()).select_from(_STANDING).where(*_said(teacher, since, until))
        with self._reading() as connection:
            found = connection.execute(standing.group_by(comments.c.site).order_by(comments.c.site))
            return {row[0]: row[1] for row in found}

    def take_back_said(self, teacher: Teacher, since: str, until: str, at: str, by: str = "") -> TakenBack:
        """Take back every decision of a teacher that was made in that time and stands.

        What another person had said before stands again; else nobody has decided. Settled campaigns no longer decide
        what arrives, and precedents of that teacher go.

        Args:
            teacher: whose.
            since: RFC 3339; from then on.
            until: before then.
            at: now.
            by: the moderator who does it; empty: the command line.
        """
        with self._transaction() as connection:
            said = _said(teacher, since, until)
            ids = list(connection.execute(select(comments.c.id).select_from(_STANDING).where(*said)).scalars())
            if not ids:
                return TakenBack(0, {}, 0)
            rows = seen(connection, ids)
            before = {row.id: _before(connection, row.id, teacher, since, until) for row in rows}
            detail = {"comments": len(rows), "of": teacher.moderator or f"the key of {teacher.site}"}
            detail |= {"since": since, "until": until}
            act = write_audit(connection, at, by, "take-back", teacher.site, teacher.moderator, detail)
            for decision in dict.fromkeys(before.values()):
                own = [row for row in rows if before[row.id] == decision]
                stands = replace(decision, at=at) if decision else Decision(None, by, at, MODERATOR)
                decide_rows(connection, act, own, stands, are_precedents=False)
            if teacher.moderator:
                _end_campaigns(connection, teacher.moderator, since, until)
        by_site: dict[str, int] = {}
        for row in rows:
            by_site[row.site] = by_site.get(row.site, 0) + 1
        return TakenBack(act, by_site, sum(decision is not None for decision in before.values()))


_STANDING = comments.join(decisions, decisions.c.id == comments.c.decision)


def _said(teacher: Teacher, since: str, until: str) -> list[ColumnElement[bool]]:
    """Which rows of `decisions` are meant; one that takes a word back is none."""
    whose = (
        [decisions.c.source == MODERATOR, decisions.c.by == teacher.moderator]
        if teacher.moderator
        else [decisions.c.source != MODERATOR]
    )
    where = [decisions.c.site == teacher.site] if teacher.site else []
    when = [decisions.c.at >= since, decisions.c.at < until, decisions.c.label.is_not(None)]
    return [*whose, *where, *when]


def _before(connection: Connection, id: str, teacher: Teacher, since: str, until: str) -> Decision | None:
    """What somebody else had said last of a comment, or the same teacher at another time; None when nobody had."""
    others = (
        select(decisions)
        .where(decisions.c.comment == id, not_(and_(*_said(teacher, since, until))))
        .order_by(decisions.c.id.desc())
        .limit(1)
    )
    row: Any = connection.execute(others).mappings().first()
    found = stored.decision_of(dict(row)) if row else None
    return found if found and found.label else None


def _end_campaigns(connection: Connection, moderator: str, since: str, until: str) -> None:
    """What that moderator settled in that time decides nothing any more."""
    settled = (campaigns.c.decided_by == moderator, campaigns.c.decided_at >= since, campaigns.c.decided_at < until)
    none = {"label": None, "decided_by": "", "decided_at": "", "acts_until": ""}
    connection.execute(update(campaigns).where(*settled).values(none))
