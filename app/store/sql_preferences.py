"""What admins set, and what follows from it by itself: held comments that expire. In SQL."""

from collections.abc import Mapping
from dataclasses import asdict

from sqlalchemy import Connection, func, select, update

from app.store.dialects import upsert
from app.store.preferences import Preferences, of_rows
from app.store.schema import comments
from app.store.schema_review import audit, preferences
from app.store.sql_audit import write_audit
from app.store.sql_base import SqlBase

MOST_IDS_TOLD = 200
"""In one act of the audit; the count tells of the others."""


class SqlPreferences(SqlBase):
    """The operator's policy of the queue."""

    def preferences(self) -> Preferences:
        """All of them, as they now hold."""
        with self._reading() as connection:
            return _read(connection)

    def change_preferences(self, changes: Mapping[str, int | str], at: str, by: str = "") -> Preferences:
        """Change some, and give all as they now hold; the same again is no act.

        Args:
            changes: name -> value, each through `preferences.checked`.
            at: when.
            by: the moderator's name; empty for the command line.
        """
        with self._transaction() as connection:
            before = asdict(_read(connection))
            news = {name: value for name, value in changes.items() if before[name] != value}
            for name, value in news.items():
                added = upsert(connection, preferences).values(name=name, value=value)
                connection.execute(added.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
            if news:
                told = {name: {"from": before[name], "to": value} for name, value in news.items()}
                said = ", ".join(f"{name} {before[name]} → {value}" for name, value in news.items())
                write_audit(connection, at, by, "settings", subject=said, detail=told)
            return _read(connection)

    def expire_held(self, received_before: str, at: str, most: int = 5_000) -> int:
        """Move held comments that nobody decided, and that came before then, to the tab `expired`; how many these were.

        Args:
            received_before: RFC 3339, UTC.
            at: when; one act of the audit says how many and which, without a name: nobody did it.
            most: the oldest so many; when it gives as many, there may be more.

        Nothing is deleted or sent: an expired comment can still be decided.
        """
        held = (comments.c.tab == "review", comments.c.label.is_(None), comments.c.received_at < received_before)
        oldest = select(comments.c.id).where(*held).order_by(comments.c.id).limit(most)
        expiring = update(comments).where(comments.c.id.in_(oldest)).values(tab="expired").returning(comments.c.id)
        with self._reading() as connection:  # without the write lock, for mostly there is nothing
            if connection.execute(oldest.limit(1)).first() is None:
                return 0
        with self._transaction() as connection:
            ids = sorted(connection.execute(expiring).scalars())
            if ids:
                told = {"count": len(ids), "ids": ids[:MOST_IDS_TOLD], "received_before": received_before}
                write_audit(connection, at, "", "expire", detail=told)
        return len(ids)

    def expired_since(self, at: str) -> int:
        """How many held comments have expired then or later."""
        counts = func.coalesce(func.sum(audit.c.detail["count"].as_integer()), 0)
        told = select(counts).where(audit.c.by == "", audit.c.act == "expire", audit.c.at >= at)
        with self._reading() as connection:
            return int(connection.execute(told).scalar_one())


def _read(connection: Connection) -> Preferences:
    rows = connection.execute(select(preferences.c.name, preferences.c.value))
    return of_rows({row.name: row.value for row in rows})
