"""Bringing in what was decided long before Winnow was there, in SQL."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.core.moderation import Tab
from app.store import rows
from app.store.records import Record
from app.store.schema import comments
from app.store.sql_audit import write_audit
from app.store.sql_base import SqlBase
from app.store.sql_comments import insert_rows
from app.store.sql_decisions import Decides, write_decision
from app.store.sql_networks import name_rows

_TAB: Tab = "decided"
"""A report of the CMS waits for a moderator; of thousands of old comments nobody is asked to look at each."""


class SqlImporting(SqlBase):
    """Nothing here acts on what arrives."""

    def import_decided(self, records: Sequence[Record]) -> None:
        """Write comments with the decisions they carry, all in one transaction or none of them.

        They belong to no campaign and are no precedents, whatever their keys: what somebody said years ago does not
        decide what arrives today. No records: nothing happens. Raises SiteUnknown, StoreUnavailable (also for an id
        that is there already), and ValueError for a record without a decision.
        """
        decided = [(each, each.decision) for each in records if each.decision and each.decision.label]
        if len(decided) < len(records):
            raise ValueError("import_decided() takes comments that somebody decided")
        if not records:
            return
        comment_rows = [rows.comment_row(each) for each in records]
        with self._transaction() as connection:
            name_rows(connection, comment_rows)
            insert_rows(connection, records, comment_rows)
            for record, decision in decided:
                meant = Decides(record.id, record.site, record.comment.comment_id, record.classification.action)
                write_decision(connection, meant, decision, is_precedent=False)
            ids = [each.id for each in records]
            connection.execute(comments.update().where(comments.c.id.in_(ids)).values(tab=_TAB))

    def note_import(self, at: str, by: str, site: str, detail: Mapping[str, Any]) -> None:
        """Write down that comments were brought in."""
        with self._transaction() as connection:
            write_audit(connection, at, by, "import", site, "", detail)
