"""Comments that a retraining learns from, or must not change, in SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from app.core.comment import Comment, Page
from app.store.records import STORED_FIELDS, page_key
from app.store.schema import comments, decisions, pages
from app.store.sql_base import SqlBase
from app.store.teaching import Lesson

_ANSWER = ("id", "received_at", "action", "override", "campaign", "label", "decided_by")
_TRIED = "test"
"""The override of comments with which set-ups are tried: they teach nothing."""
_FETCHED = 500


class SqlTeaching(SqlBase):
    """Read in one go for each site, newest first, never more than is asked for."""

    def taught(self) -> Mapping[str, int]:
        """How many comments of each site a decision stands on; sites without any are not there."""
        counted = select(comments.c.site, func.count()).where(comments.c.label.is_not(None)).group_by(comments.c.site)
        with self._reading() as connection:
            return {row[0]: row[1] for row in connection.execute(counted.order_by(comments.c.site))}

    def lessons(self, site: str, most: int) -> Sequence[Lesson]:
        """The comments of a site that people decided last, in the order in which they decided."""
        decided = [comments.c.site == site, comments.c.label.is_not(None), comments.c.override != _TRIED]
        found = self._lessons(site, decided, (comments.c.decided_at.desc(), comments.c.id.desc()), most)
        return found[::-1]

    def undecided(self, site: str, most: int) -> Sequence[Lesson]:
        """The newest comments of a site that nobody decided, in the order in which they came."""
        waits = [comments.c.site == site, comments.c.label.is_(None), comments.c.override != _TRIED]
        return self._lessons(site, waits, (comments.c.received_at.desc(), comments.c.id.desc()), most)[::-1]

    def _lessons(
        self, site: str, wanted: Sequence[ColumnElement[bool]], order: Sequence[Any], most: int
    ) -> list[Lesson]:
        columns = [comments.c[name] for name in (*_ANSWER, *STORED_FIELDS)]
        statement: Select[Any] = (
            select(*columns, decisions.c.source)
            .outerjoin(decisions, decisions.c.id == comments.c.decision)
            .where(*wanted)
            .order_by(*order)
            .limit(most)
        )
        known: dict[str, Page | None] = {}
        found = []
        with self._streaming() as connection:
            of_page = select(pages.c.title, pages.c.text).where(pages.c.site == site)
            for row in connection.execution_options(yield_per=_FETCHED).execute(statement).mappings():
                key = page_key(row["page_url"]) if row["page_url"] else ""
                if key and key not in known:
                    told = connection.execute(of_page.where(pages.c.url == key)).first()
                    known[key] = Page(told.title, told.text) if told else None
                found.append(_lesson(dict(row), known.get(key)))
        return found


def _lesson(row: Mapping[str, Any], page: Page | None) -> Lesson:
    comment = Comment(**{name: row[name] for name in STORED_FIELDS})
    if page:  # as it was judged; see web.judging
        comment = replace(comment, page_title=comment.page_title or page.title, page_text=page.text)
    return Lesson(
        id=row["id"],
        comment=comment,
        received_at=row["received_at"],
        action=row["action"],
        is_by_score=not row["override"],
        campaign=row["campaign"] or row["id"],
        label=row["label"],
        by=row["decided_by"],
        source=(row["source"] or "") if row["label"] else "",
    )
