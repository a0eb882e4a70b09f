"""The audit: every act of a person, in the transaction that did it, and how it is read again."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select

from app.store.audit import ACTS, Entry
from app.store.schema_review import audit
from app.store.sql_base import SqlBase


def write_audit(
    connection: Connection,
    at: str,
    by: str,
    act: str,
    site: str = "",
    subject: str = "",
    detail: Mapping[str, Any] | None = None,
) -> int:
    """Write an act down, in the transaction of what it did, and give its number.

    Args:
        connection: of that transaction.
        at: RFC 3339, UTC.
        by: the moderator's name; empty for the command line.
        act: one of audit.ACTS.
        site: its name; empty for none or several.
        subject: what it was done to: a comment's id, a name, a rule.
        detail: what was changed, as plain JSON values; never a password or a token.
    """
    if act not in ACTS:
        raise ValueError(f"{act} is none of audit.ACTS")
    values = {"at": at, "by": by, "act": act, "site": site, "subject": subject, "detail": dict(detail or {}) or None}
    number: int = connection.execute(insert(audit).returning(audit.c.id), values).scalar_one()
    return number


class SqlAudit(SqlBase):
    """Nothing here changes or removes an entry."""

    def audit_entry(self, id: int) -> Entry | None:
        """One act; None when there is none of that number."""
        columns = [audit.c[name] for name in Entry._fields]
        with self._reading() as connection:
            row = connection.execute(select(*columns).where(audit.c.id == id)).first()
        return Entry(*row)._replace(detail=row.detail or {}) if row else None

    def audit_log(
        self, *, by: str = "", act: str = "", site: str = "", subject: str = "", before: int = 0, limit: int = 100
    ) -> Sequence[Entry]:
        """The newest acts, newest first; each filter that is not empty narrows them.

        Args:
            by: the moderator's name.
            act: one of audit.ACTS.
            site: its name.
            subject: what it was done to, in full.
            before: only acts with a smaller number; 0 begins with the newest.
            limit: the most that are given.
        """
        wanted = {audit.c.by: by, audit.c.act: act, audit.c.site: site, audit.c.subject: subject}
        conditions = [column == value for column, value in wanted.items() if value]
        if before:
            conditions.append(audit.c.id < before)
        columns = [audit.c[name] for name in Entry._fields]
        statement = select(*columns).where(*conditions).order_by(audit.c.id.desc()).limit(limit)
        with self._reading() as connection:
            return [Entry(*row)._replace(detail=row.detail or {}) for row in connection.execute(statement)]
