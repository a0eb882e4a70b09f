"""Acts on all that a filter finds, in SQL: what they are about is fixed at once, the work is done bit by bit."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, case, exists, func, insert, literal, select, update

from app.store.acts import PASSED_OVER, TAKEN_BACK, WAITS, Batch
from app.store.queue import Filter
from app.store.records import MODERATOR, Decision
from app.store.schema import comments, decisions
from app.store.schema_review import acts, audit, batches
from app.store.sql_acts import seen, take_back
from app.store.sql_audit import write_audit
from app.store.sql_base import SqlBase
from app.store.sql_decisions import Decides, write_decision
from app.store.sql_queue import matching

STEP = 200
"""Comments of one transaction: some 50 ms, in which nothing else is written."""


class SqlBatches(SqlBase):
    """A process that dies leaves the rest for the next one."""

    def begin_batch(
        self, wanted: Filter, label: str, by: str, at: str, needs_second: bool, told: dict[str, Any]
    ) -> Batch:
        """Fix what an act is about: all that the filter finds now and of which no moderator said so already.

        Args:
            wanted: with the snapshot of the page that was shown.
            label: spam or ham.
            by: the moderator.
            at: now.
            needs_second: whether somebody else has to agree before anything is done.
            told: what the audit keeps of the filter.
        """
        by_moderator = exists().where(decisions.c.id == comments.c.decision, decisions.c.source == MODERATOR)
        is_news = ~and_(comments.c.label.is_not_distinct_from(label), by_moderator)
        with self._transaction() as connection:
            number = write_audit(connection, at, by, "batch", wanted.site, "", {"label": label, **told})
            chosen = select(
                literal(number), comments.c.id, literal(WAITS), comments.c.label, comments.c.decision
            ).where(*matching(wanted), is_news)
            into = ["act", "comment", "decision", "label_before", "decision_before"]
            total = connection.execute(insert(acts).from_select(into, chosen)).rowcount
            detail = {"label": label, "comments": total, **told}
            connection.execute(update(audit).where(audit.c.id == number).values(detail=detail))
            row = {
                "act": number,
                "label": label,
                "total": total,
                "needs_second": needs_second,
                "undoing": False,
                "ended_at": None if total else at,
            }
            connection.execute(insert(batches), row)
            return _required(connection, number)

    def batch(self, act: int) -> Batch | None:
        """As far as it has come; None when there is none of that number."""
        with self._reading() as connection:
            return _batch(connection, act)

    def open_batches(self) -> Sequence[int]:
        """Those with work left that nobody has to agree to first, oldest first."""
        agreed = (~batches.c.needs_second) | (batches.c.agreed_by != "") | batches.c.undoing
        statement = select(batches.c.act).where(batches.c.ended_at.is_(None), agreed).order_by(batches.c.act)
        with self._reading() as connection:
            return list(connection.execute(statement).scalars())

    def waiting_batches(self) -> Sequence[Batch]:
        """Those that wait for a second moderator, oldest first."""
        statement = select(batches.c.act).where(
            batches.c.ended_at.is_(None), batches.c.needs_second, batches.c.agreed_by == "", ~batches.c.undoing
        )
        with self._reading() as connection:
            return [_required(connection, act) for act in connection.execute(statement).scalars()]

    def agree(self, act: int, by: str, at: str) -> bool:
        """Let it begin; False for who asked for it, or when nobody has to agree any more."""
        with self._transaction() as connection:
            found = _batch(connection, act)
            if found is None or not found.needs_second or found.agreed_by or found.ended_at or found.by == by:
                return False
            connection.execute(update(batches).where(batches.c.act == act).values(agreed_by=by))
            write_audit(connection, at, by, "agree", subject=str(act))
        return True

    def undo_batch(self, act: int, by: str, at: str) -> bool:
        """Take it back, and what it has not done yet is not done; False when it was taken back before."""
        with self._transaction() as connection:
            standing = select(audit.c.id).where(audit.c.id == act, audit.c.undone_at.is_(None))
            if connection.execute(standing).first() is None or _batch(connection, act) is None:
                return False
            connection.execute(update(audit).where(audit.c.id == act).values(undone_at=at))
            write_audit(connection, at, by, "undo", subject=str(act), detail={"act": act})
            waiting = update(acts).where(acts.c.act == act, acts.c.decision == WAITS)
            connection.execute(waiting.values(decision=PASSED_OVER))
            connection.execute(update(batches).where(batches.c.act == act).values(undoing=True, ended_at=None))
        return True

    def work_batch(self, act: int, at: str) -> bool:
        """Do the next STEP comments of a batch; whether there is more to do."""
        with self._transaction() as connection:
            found = _batch(connection, act)
            if found is None or found.ended_at is not None:
                return False
            state = acts.c.decision > 0 if found.undoing else acts.c.decision == WAITS
            chosen = connection.execute(select(acts).where(acts.c.act == act, state).limit(STEP)).all()
            stands = {row.id: row for row in seen(connection, [row.comment for row in chosen])}
            for row in chosen:
                _work(connection, found, row, stands[row.comment], at)
            if len(chosen) < STEP:
                connection.execute(update(batches).where(batches.c.act == act).values(ended_at=at))
                return False
        return True


def _work(connection: Connection, batch: Batch, row: Row[Any], now: Row[Any], at: str) -> None:
    is_it = (acts.c.act == row.act, acts.c.comment == row.comment)
    if batch.undoing:
        if now.decision == row.decision:
            take_back(connection, now, row, batch.by, at)
        else:
            connection.execute(update(acts).where(*is_it).values(decision=PASSED_OVER))
    elif now.decision == row.decision_before:
        comment = Decides(now.id, now.site, now.comment_id, now.action)
        made = write_decision(connection, comment, Decision(batch.label, batch.by, at, MODERATOR))
        connection.execute(update(acts).where(*is_it).values(decision=made))
    else:
        connection.execute(update(acts).where(*is_it).values(decision=PASSED_OVER))


def _required(connection: Connection, act: int) -> Batch:
    found = _batch(connection, act)
    assert found is not None
    return found


def _batch(connection: Connection, act: int) -> Batch | None:
    def counted(condition: Any) -> Any:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    state = acts.c.decision
    counts = select(counted(state > 0), counted(state == PASSED_OVER), counted(state == TAKEN_BACK))
    done = connection.execute(counts.where(acts.c.act == act)).one()
    told = select(
        audit.c.by, audit.c.at, batches.c.label, batches.c.total, batches.c.needs_second, batches.c.agreed_by,
        batches.c.undoing, batches.c.ended_at,
    )  # fmt: skip
    row = connection.execute(told.join_from(batches, audit).where(batches.c.act == act)).first()
    if row is None:
        return None
    decided, passed_over, taken_back = done
    return Batch(
        act=act,
        decided=decided,
        passed_over=passed_over,
        taken_back=taken_back,
        **row._mapping,
    )
