"""Taking out what is stored, in SQL: any result of a search, and all of a person."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from app.store import rows
from app.store.exported import Held
from app.store.people import Person
from app.store.queue import Filter, Note
from app.store.records import Decision, Record
from app.store.schema import comments, decisions
from app.store.schema_review import notes
from app.store.sql_audit import write_audit
from app.store.sql_base import SqlBase
from app.store.sql_people import is_of
from app.store.sql_queue import matching

_DECISION = tuple(decisions.c[name].label(f"decision_{name}") for name in ("label", "by", "at", "source"))


class SqlExport(SqlBase):
    """In chunks, so that an export of any size needs little memory and holds no lock."""

    def exported(self, wanted: Filter, after: str, limit: int) -> Sequence[Record]:
        """The records of a filter behind an id, by their ids, each with the decision that stands."""
        with self._reading() as connection:
            return _records(connection, matching(wanted), after, limit)

    def published(self, site: str, after: str, limit: int, *, everything: bool = False) -> Sequence[Record]:
        """What visitors see behind an id, by its id: let through and not called spam since, or called no spam.

        Args:
            site: whose; empty: of all sites.
            after: the last id of the page before; empty: from the beginning.
            limit: how many at most.
            everything: what visitors do not see, too.
        """
        with self._reading() as connection:
            return _records(connection, _public(site, everything=everything), after, limit)

    def count_published(self, site: str, *, everything: bool = False) -> int:
        """How many comments `published` gives, all its pages together."""
        counted = select(func.count()).select_from(comments).where(*_public(site, everything=everything))
        with self._reading() as connection:
            return int(connection.execute(counted).scalar_one())

    def held(self, person: Person, after: str, limit: int) -> Sequence[Held]:
        """What is stored of a person's comments behind an id, by their ids."""
        with self._reading() as connection:
            found = _records(connection, [is_of(person)], after, limit)
            ids = [record.id for record in found]
            decided = _grouped(
                connection, select(decisions).where(decisions.c.comment.in_(ids)).order_by(decisions.c.id)
            )
            noted = _grouped(connection, select(notes).where(notes.c.comment.in_(ids)).order_by(notes.c.id))
        return [
            Held(
                record,
                record.author_network,
                tuple(rows.decision_of(row) for row in decided.get(record.id, ())),
                tuple(Note(row["id"], row["by"], row["at"], row["text"]) for row in noted.get(record.id, ())),
            )
            for record in found
        ]

    def note_export(self, at: str, by: str, act: str, site: str, detail: Mapping[str, Any]) -> None:
        """Write down that something was taken out: `export` or `person-export`."""
        with self._transaction() as connection:
            write_audit(connection, at, by, act, site, "", detail)


def _public(site: str, *, everything: bool) -> list[ColumnElement[bool]]:
    is_public = or_(comments.c.label == "ham", and_(comments.c.label.is_(None), comments.c.action == "publish"))
    return [*([comments.c.site == site] if site else []), *([] if everything else [is_public])]


def _records(
    connection: Connection, conditions: Sequence[ColumnElement[bool]], after: str, limit: int
) -> Sequence[Record]:
    statement = (
        select(comments, *_DECISION)
        .outerjoin(decisions, decisions.c.id == comments.c.decision)
        .where(*conditions, *([comments.c.id > after] if after else []))
        .order_by(comments.c.id)
        .limit(limit)
    )
    found = [dict(row) for row in connection.execute(statement).mappings()]
    return [replace(rows.record_of(row), decision=_decision(row)) for row in found]


def _decision(row: Mapping[str, Any]) -> Decision | None:
    if row["decision_at"] is None:
        return None
    return Decision(row["decision_label"], row["decision_by"], row["decision_at"], row["decision_source"])


def _grouped(connection: Connection, statement: Select[Any]) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in connection.execute(statement).mappings():
        groups.setdefault(row["comment"], []).append(dict(row))
    return groups
