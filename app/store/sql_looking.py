"""What moderators leave on a comment without deciding: notes, claims, and that they were unsure, in SQL."""

from sqlalchemy import delete, exists, insert, select

from app.core.times import SKEW, shifted
from app.store.dialects import upsert
from app.store.schema import comments
from app.store.schema_review import claims, notes, skips
from app.store.sql_audit import write_audit
from app.store.sql_base import SqlBase


class SqlLooking(SqlBase):
    """Each says False, and writes nothing, when there is no comment of that id."""

    def add_note(self, id: str, by: str, at: str, text: str) -> bool:
        """Leave a note for the other moderators."""
        with self._transaction() as connection:
            if not connection.execute(select(exists().where(comments.c.id == id))).scalar_one():
                return False
            connection.execute(insert(notes), {"comment": id, "by": by, "at": at, "text": text})
            write_audit(connection, at, by, "note", subject=id)
        return True

    def claim_comment(self, id: str, by: str, now: str, until: str) -> str:
        """Say that somebody is looking at it; who has it now: another, while their claim lasts. Empty: no comment."""
        with self._transaction() as connection:
            if not connection.execute(select(exists().where(comments.c.id == id))).scalar_one():
                return ""
            lasts = (claims.c.until > now, claims.c.until <= shifted(until, SKEW))
            others = select(claims.c.by).where(claims.c.comment == id, *lasts, claims.c.by != by)
            holder = connection.execute(others).scalar_one_or_none()
            if holder:
                return str(holder)
            claimed = upsert(connection, claims).values(comment=id, by=by, until=until)
            connection.execute(
                claimed.on_conflict_do_update(index_elements=["comment"], set_={"by": by, "until": until})
            )
        return by

    def release_comment(self, id: str, by: str) -> None:
        """Let go of a claim of one's own; nothing happens without one."""
        with self._transaction() as connection:
            connection.execute(delete(claims).where(claims.c.comment == id, claims.c.by == by))

    def was_unsure(self, id: str, by: str, at: str) -> bool:
        """Remember that a moderator looked and was unsure; the others see that."""
        with self._transaction() as connection:
            if not connection.execute(select(exists().where(comments.c.id == id))).scalar_one():
                return False
            skipped = upsert(connection, skips).values(comment=id, by=by, at=at)
            connection.execute(skipped.on_conflict_do_update(index_elements=["comment", "by"], set_={"at": at}))
            connection.execute(delete(claims).where(claims.c.comment == id, claims.c.by == by))
        return True
