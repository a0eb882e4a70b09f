"""What people said about comments, and answers that must not be given twice, in SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, case, delete, func, insert, select

from app.store import rows
from app.store.records import Decided, Decision, Months, Remembered
from app.store.schema import comments, decisions, idempotency
from app.store.sql_base import SqlBase
from app.store.sql_webhooks import queue

_LATEST = (
    select(decisions.c.comment, func.max(decisions.c.id).label("id")).group_by(decisions.c.comment).subquery("latest")
)


class SqlDecisions(SqlBase):
    """Append-only: who changes their mind adds another decision."""

    def add_decision(self, site_name: str, id: str, decision: Decision) -> Decision | None:
        """Write down what somebody said of a comment, and give the decision that now stands.

        The same label from the same source changes nothing, so that it may be sent again. None when the site has no
        comment of that id. What a moderator decides goes into the outbox of the site's webhooks with it.
        """
        with self._transaction() as connection:
            known = select(comments.c.comment_id).where(comments.c.id == id, comments.c.site == site_name)
            cms_id = connection.execute(known).scalar_one_or_none()
            if cms_id is None:
                return None
            stands = self._standing(connection, id)
            if stands is not None and (stands.label, stands.source) == (decision.label, decision.source):
                return stands
            if stands is None and decision.label is None:
                return decision  # nothing to take back
            written = insert(decisions).returning(decisions.c.id)
            number = connection.execute(written, rows.decision_row(site_name, id, decision)).scalar_one()
            queue(connection, site_name, id, cms_id, decision, number)
        return decision

    @staticmethod
    def _standing(connection: Connection, id: str) -> Decision | None:
        latest = select(decisions).where(decisions.c.comment == id).order_by(decisions.c.id.desc()).limit(1)
        row = connection.execute(latest).mappings().first()
        return rows.decision_of(dict(row)) if row else None

    def decisions_since(self, site_name: str, cursor: int, limit: int) -> Sequence[Decided]:
        """The site's decisions behind a cursor, oldest first; each carries the cursor to go on from."""
        statement = (
            select(decisions, comments.c.comment_id.label("cms_id"))
            .join_from(decisions, comments, decisions.c.comment == comments.c.id)
            .where(decisions.c.site == site_name, decisions.c.id > cursor)
            .order_by(decisions.c.id)
            .limit(limit)
        )
        with self._reading() as connection:
            found = connection.execute(statement).mappings().all()
        return [Decided(row["id"], row["comment"], row["cms_id"], rows.decision_of(dict(row))) for row in found]

    def months(self, site_name: str) -> Sequence[Months]:
        """What the site's comments came to, month by month, oldest first; only comments that are stored count."""
        label = (
            select(decisions.c.comment, decisions.c.label)
            .join(_LATEST, and_(_LATEST.c.comment == decisions.c.comment, _LATEST.c.id == decisions.c.id))
            .subquery("stands")
        )
        month = func.substr(comments.c.received_at, 1, 7)
        flagged = comments.c.action != "publish"

        def counted(condition: Any) -> Any:
            return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

        statement = (
            select(
                month,
                func.count(),
                counted(flagged),
                counted(and_(~flagged, label.c.label == "spam")),
                counted(and_(flagged, label.c.label == "ham")),
            )
            .select_from(comments.outerjoin(label, label.c.comment == comments.c.id))
            .where(comments.c.site == site_name)
            .group_by(month)
            .order_by(month)
        )
        with self._reading() as connection:
            return [Months(*row) for row in connection.execute(statement)]

    def remembered(self, site_name: str, key: str) -> Remembered | None:
        """The answer that was given to a request with that Idempotency-Key; None when there was none."""
        statement = select(idempotency.c.body_hash, idempotency.c.answer).where(
            idempotency.c.site == site_name, idempotency.c.key == key
        )
        with self._reading() as connection:
            row = connection.execute(statement).first()
        return Remembered(*row) if row else None

    def remember(self, site_name: str, key: str, answered: Remembered, at: str, forget_before: str) -> None:
        """Keep an answer under its Idempotency-Key, and drop those that were given before a time."""
        values = {"site": site_name, "key": key, "body_hash": answered.body_hash, "answer": answered.answer, "at": at}
        with self._transaction() as connection:
            connection.execute(delete(idempotency).where(idempotency.c.at < forget_before))
            connection.execute(insert(idempotency).prefix_with("OR IGNORE"), values)
