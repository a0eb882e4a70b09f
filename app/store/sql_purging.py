"""Deleting what has been kept for as long as the operator wants, in SQL, bit by bit."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, and_, case, delete, func, select

from app.core.times import shifted
from app.store.accounts import FORGOTTEN_AFTER
from app.store.schema import comments, idempotency, sites
from app.store.schema_review import audit, batches, failed_sign_ins, sessions
from app.store.sql_audit import write_audit
from app.store.sql_erasure import SqlErasure, delete_comments

A_STEP = 500
"""Comments or acts of one transaction; what arrives meanwhile waits no longer than for one of these."""
REPEATED_FOR = timedelta(days=1)
"""How long the answer to an Idempotency-Key is kept."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many days something is kept after it came; 0: for ever."""

    spam_days: int = 0
    ham_days: int = 0
    audit_days: int = 0


class Purged(NamedTuple):
    """How much has gone, or is due."""

    spam: int = 0
    """Comments that are spam by their decision, or, without one, were rejected or discarded."""
    ham: int = 0
    """All other comments, those that wait for a decision among them."""
    acts: int = 0
    """Entries of the audit."""


class SqlPurging(SqlErasure):
    """Nothing here can be undone. On disk the bytes are overwritten (secure_delete)."""

    def due(self, limits: Limits, at: str) -> Purged:
        """How much is due at that time."""

        def number(table: Table, condition: ColumnElement[bool] | None) -> int:
            if condition is None:
                return 0
            return int(connection.execute(select(func.count()).select_from(table).where(condition)).scalar_one())

        with self._reading() as connection:
            return Purged(
                number(comments, _old_comments(limits.spam_days, at, is_spam=True)),
                number(comments, _old_comments(limits.ham_days, at, is_spam=False)),
                number(audit, _old_acts(limits.audit_days, at)),
            )

    def purge(self, limits: Limits, at: str, sessions_since: str = "") -> Purged:
        """Delete everything that is due, the oldest first, in transactions of A_STEP; how much that was.

        Args:
            limits: how long what is kept.
            at: now; RFC 3339, UTC.
            sessions_since: those that began earlier go; empty: none.

        With a comment goes all that hangs on it, see `SqlErasure.erase`. Answers to repeated requests go after a day
        and failed attempts to sign in when they do not count any more, whatever the limits. The audit says how much
        has gone.
        """
        gone = Purged(
            self._purge_comments(_old_comments(limits.spam_days, at, is_spam=True)),
            self._purge_comments(_old_comments(limits.ham_days, at, is_spam=False)),
            self._purge_acts(_old_acts(limits.audit_days, at)),
        )
        with self._transaction() as connection:
            connection.execute(delete(idempotency).where(idempotency.c.at < shifted(at, -REPEATED_FOR)))
            forgotten = failed_sign_ins.c.last_at < shifted(at, -FORGOTTEN_AFTER)
            connection.execute(delete(failed_sign_ins).where(forgotten))
            connection.execute(delete(sessions).where(sessions.c.created_at < sessions_since))
            if any(gone):
                write_audit(connection, at, "", "purge", detail=gone._asdict())
        if any(gone):
            self._overwritten()
        return gone

    def _purge_comments(self, condition: ColumnElement[bool] | None) -> int:
        if condition is None:
            return 0
        return self._in_steps(lambda connection: _delete_comments(connection, condition))

    def _purge_acts(self, condition: ColumnElement[bool] | None) -> int:
        if condition is None:
            return 0
        oldest = select(audit.c.id).where(condition).order_by(audit.c.id).limit(A_STEP)
        going = delete(audit).where(audit.c.id.in_(oldest))
        return self._in_steps(lambda connection: connection.execute(going).rowcount)

    def _in_steps(self, step: Callable[[Connection], int]) -> int:
        total = 0
        while True:
            with self._transaction() as connection:
                gone = step(connection)
            total += gone
            if gone < A_STEP:
                return total


def _delete_comments(connection: Connection, condition: ColumnElement[bool]) -> int:
    oldest = select(comments.c.id).where(condition).order_by(comments.c.received_at).limit(A_STEP)
    ids = list(connection.execute(oldest).scalars())
    delete_comments(connection, ids, comments.c.id.not_in(ids))
    return len(ids)


def _old_comments(days: int, at: str, *, is_spam: bool) -> ColumnElement[bool] | None:
    """None: none are too old. The sites are spelt out, so that only the index ix_comments_site is read."""
    if not days:
        return None
    by_score = case((comments.c.action.in_(("reject", "discard")), "spam"), else_="ham")
    label = func.coalesce(comments.c.label, by_score)
    is_kind = label == "spam" if is_spam else label != "spam"
    return and_(
        comments.c.site.in_(select(sites.c.name)), comments.c.received_at < shifted(at, -timedelta(days=days)), is_kind
    )


def _old_acts(days: int, at: str) -> ColumnElement[bool] | None:
    """Acts on many comments that are not worked off yet stay."""
    if not days:
        return None
    under_way = select(batches.c.act).where(batches.c.ended_at.is_(None))
    return and_(audit.c.at < shifted(at, -timedelta(days=days)), audit.c.id.not_in(under_way))
