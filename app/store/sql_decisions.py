"""What people said about comments, and answers that must not be given twice, in SQL."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, case, delete, func, insert, or_, select, update

from app.core.moderation import tab_of
from app.store import rows
from app.store.records import IMPORT, MODERATOR, Decided, Decision, Months, Remembered, is_news
from app.store.schema import comments, decisions, idempotency
from app.store.sql_base import SqlBase
from app.store.sql_precedents import remember
from app.store.sql_webhooks import queue


class Decides(NamedTuple):
    """What has to be known of a comment to write a decision on it down."""

    id: str
    site: str
    comment_id: str
    """The CMS's."""
    action: str


def standing(connection: Connection, id: str) -> Decision | None:
    """The newest decision on a comment; its label is None where one was taken back."""
    latest = select(decisions).where(decisions.c.comment == id).order_by(decisions.c.id.desc()).limit(1)
    row = connection.execute(latest).mappings().first()
    return rows.decision_of(dict(row)) if row else None


def write_decision(
    connection: Connection, comment: Decides, decision: Decision, *, undoes: bool = False, is_precedent: bool = True
) -> int:
    """Append a decision, say so on its comment and to the site's webhooks (see `queue`), and give its number.

    From now on it decides copies that arrive, see sql_precedents, but for `is_precedent` False.
    """
    written = insert(decisions).returning(decisions.c.id)
    number: int = connection.execute(written, rows.decision_row(comment.site, comment.id, decision)).scalar_one()
    now_stands = {
        "tab": tab_of(comment.action, decision.label, decision.source),
        "label": decision.label,
        "decision": number,
        "decided_by": decision.by if decision.label else "",
        "decided_at": decision.at if decision.label else "",
    }
    connection.execute(update(comments).where(comments.c.id == comment.id).values(now_stands))
    remember(connection, comment.id, comment.site, decision if is_precedent else replace(decision, label=None))
    queue(connection, comment.site, comment.id, comment.comment_id, decision, number, undoes=undoes)
    return number


class SqlDecisions(SqlBase):
    """Append-only: who changes their mind adds another decision."""

    def add_decision(self, site_name: str, id: str, decision: Decision) -> Decision | None:
        """Write down what somebody said of a comment, and give the decision that now stands.

        What is no news changes nothing, see records.is_news. None when the site has no comment of that id. What a
        moderator decides goes into the outbox of the site's webhooks with it.
        """
        with self._transaction() as connection:
            known = select(comments.c.comment_id, comments.c.action).where(
                comments.c.id == id, comments.c.site == site_name
            )
            found = connection.execute(known).first()
            if found is None:
                return None
            stands = standing(connection, id)
            if not is_news(stands, decision):
                return stands or decision  # there was nothing to take back
            write_decision(connection, Decides(id, site_name, found.comment_id, found.action), decision)
        return decision

    def decisions_since(self, site_name: str, cursor: int, limit: int) -> Sequence[Decided]:
        """The site's decisions behind a cursor, oldest first; each carries the cursor to go on from.

        What came with an export is not among them: the CMS said it itself, and may have changed its mind since.
        """
        is_news = or_(decisions.c.source == MODERATOR, decisions.c.by != IMPORT)
        statement = (
            select(decisions, comments.c.comment_id.label("cms_id"))
            .join_from(decisions, comments, decisions.c.comment == comments.c.id)
            .where(decisions.c.site == site_name, decisions.c.id > cursor, is_news)
            .order_by(decisions.c.id)
            .limit(limit)
        )
        with self._reading() as connection:
            found = connection.execute(statement).mappings().all()
        return [Decided(row["id"], row["comment"], row["cms_id"], rows.decision_of(dict(row))) for row in found]

    def months(self, site_name: str) -> Sequence[Months]:
        """What the site's comments came to, month by month, oldest first; only comments that are stored count."""
        month = func.substr(comments.c.received_at, 1, 7)
        flagged = comments.c.action != "publish"

        def counted(condition: Any) -> Any:
            return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

        told = (
            select(month.label("month"), flagged.label("flagged"), comments.c.label)
            .where(comments.c.site == site_name)
            .subquery("told")
        )
        statement = (
            select(
                told.c.month,
                func.count(),
                counted(told.c.flagged),
                counted(and_(~told.c.flagged, told.c.label == "spam")),
                counted(and_(told.c.flagged, told.c.label == "ham")),
            )
            .group_by(told.c.month)
            .order_by(told.c.month)
        )
        with self._reading() as connection:
            return [Months(*row) for row in connection.execute(statement)]

    def reserve(
        self, site_name: str, key: str, body_hash: str, at: str, forget_before: str, stuck_before: str = ""
    ) -> Remembered | None:
        """Take an Idempotency-Key for a request, or give what stands under it.

        None when the key is now this request's; else what was answered under it, whose `answer` is None while the
        other request is still being worked on. Keys that were taken before `forget_before` are dropped, and this
        one if it was taken before `stuck_before` and has no answer: whoever took it was killed, or could not say so.
        """
        values = {"site": site_name, "key": key, "body_hash": body_hash, "at": at, "answer": None}
        is_it = (idempotency.c.site == site_name, idempotency.c.key == key)
        is_stuck = and_(*is_it, idempotency.c.answer.is_(None), idempotency.c.at < stuck_before)
        with self._transaction() as connection:
            connection.execute(delete(idempotency).where(or_(idempotency.c.at < forget_before, is_stuck)))
            stands = connection.execute(select(idempotency.c.body_hash, idempotency.c.answer).where(*is_it)).first()
            if stands is None:
                connection.execute(insert(idempotency), values)
        return Remembered(*stands) if stands else None

    def remember(self, site_name: str, key: str, answer: dict[str, Any] | None) -> None:
        """Keep the answer under a key that was taken; without one the key is free again."""
        is_it = (idempotency.c.site == site_name, idempotency.c.key == key)
        with self._transaction() as connection:
            if answer is None:
                connection.execute(delete(idempotency).where(*is_it))
            else:
                connection.execute(update(idempotency).where(*is_it).values(answer=answer))
