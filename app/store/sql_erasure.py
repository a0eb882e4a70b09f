"""Erasing a person, in SQL: their comments and everything that hangs on them, so that the file keeps no trace."""

import hashlib
import json
import re
import secrets
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    Text,
    and_,
    cast,
    delete,
    func,
    insert,
    not_,
    or_,
    select,
    update,
)

from app.store.dialects import fits
from app.store.people import Holdings, Person
from app.store.schema import comments, decisions, idempotency, links, outbox, rules
from app.store.schema_review import audit, campaigns, notes, signatures
from app.store.sql_audit import write_audit
from app.store.sql_base import SqlBase
from app.store.sql_people import is_of
from app.store.sql_query import equals, like, spellings

ERASED = "[erased]"
"""What stands in the audit where an address stood."""
_CHUNK = 500
_HANGS_ON: dict[str, tuple[Table, ColumnElement[str]]] = {
    "links": (links, links.c.comment_id),
    "decisions": (decisions, decisions.c.comment),
    "notes": (notes, notes.c.comment),
    "messages": (outbox, outbox.c.comment),
}


class Erased(NamedTuple):
    """What has gone."""

    act: int
    """audit.id of the entry that is left of it."""
    gone: Holdings
    is_clean: bool
    """False: somebody was reading, so the write-ahead log still holds old pages; it is emptied at the next start."""


class SqlErasure(SqlBase):
    """Nothing here can be undone."""

    def holdings(self, person: Person) -> Holdings:
        """How much there is of a person, and would go."""
        with self._reading() as connection:
            return _holdings(connection, person)

    def erase(self, person: Person, at: str, by: str, *, with_rules: bool) -> Erased:
        """Delete a person's comments with their links, decisions, notes, messages and acts.

        Args:
            person: whose.
            at: now.
            by: the admin's name; empty for the command line.
            with_rules: rules that name the e-mail address go too.

        Their address also goes from the audit, and answers that are kept for repeated requests go when they are about
        one of these comments. A campaign that began with one of them goes on under its next comment. What is left is
        an entry in the audit: how much went, and a salted hash of by what it was found (see `hash_of`). On disk the
        bytes are overwritten (secure_delete) and the write-ahead log is emptied.
        """
        with self._transaction() as connection:
            gone = _holdings(connection, person)
            ids = list(connection.execute(select(comments.c.id).where(is_of(person))).scalars())
            for chunk in _chunks(ids):
                delete_comments(connection, chunk, not_(is_of(person)))
            _forget_answers(connection, ids, person)
            if with_rules and person.email:
                connection.execute(delete(rules).where(_names(person)))
            _forget_in_audit(connection, person)
            detail = _told(gone if with_rules else gone._replace(rules=0), person)
            act = write_audit(connection, at, by, "person-erase", person.site, "", detail)
        return Erased(act, gone, self._overwritten())

    def _overwritten(self) -> bool:
        with self._failing_by_name():
            return bool(self._kind.overwrite_deleted(self._engine))


def hash_of(person: Person, salt: str) -> str:
    """What is kept of by whom somebody was found: scrypt of it, hexadecimal. It takes 50 ms, so guessing is slow.

    >>> hash_of(Person(email="Jana@example.org"), "00") == hash_of(Person(email="jana@example.org"), "00")
    True
    """
    told = "\n".join([person.email.lower(), person.author_url, person.author, person.site, *person.ids])
    return hashlib.scrypt(told.encode(), salt=bytes.fromhex(salt), n=2**14, r=8, p=1, dklen=32).hex()


def _holdings(connection: Connection, person: Person) -> Holdings:
    def number(table: Table, *conditions: ColumnElement[bool]) -> int:
        return int(connection.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one())

    theirs = select(comments.c.id).where(is_of(person))
    hanging = {name: number(table, column.in_(theirs)) for name, (table, column) in _HANGS_ON.items()}
    mentions = or_(*(fits(comments.c.text, each) for each in like(person.email)))
    return Holdings(
        comments=number(comments, is_of(person)),
        **hanging,
        rules=number(rules, _names(person)) if person.email else 0,
        mentions=number(comments, mentions, not_(is_of(person))) if person.email else 0,
    )


def _names(person: Person) -> ColumnElement[bool]:
    return and_(rules.c.kind == "email", equals(person.email, rules.c.value))


def delete_comments(connection: Connection, ids: Sequence[str], stays: ColumnElement[bool]) -> None:
    """Delete comments with all that hangs on them.

    A campaign has the id of its first comment; when that goes, the next one's takes its place that `stays`.
    """
    statement = select(comments.c.campaign, func.min(comments.c.id)).where(comments.c.campaign.in_(ids), stays)
    heirs = {row[0]: row[1] for row in connection.execute(statement.group_by(comments.c.campaign))}
    for old, new in heirs.items():
        kept = connection.execute(select(campaigns).where(campaigns.c.id == old)).mappings().first()
        if kept is not None:
            connection.execute(delete(campaigns).where(campaigns.c.id == new))
            connection.execute(insert(campaigns), {**kept, "id": new})
        connection.execute(update(comments).where(comments.c.campaign == old).values(campaign=new))
        connection.execute(update(signatures).where(signatures.c.campaign == old).values(campaign=new))
    over = [id for id in ids if id not in heirs]
    connection.execute(delete(signatures).where(signatures.c.campaign.in_(over)))
    connection.execute(delete(comments).where(comments.c.id.in_(ids)))


def _forget_answers(connection: Connection, ids: Collection[str], person: Person) -> None:
    """Answers to repeated requests, kept for a day, may quote what was sent."""
    told = select(idempotency.c.site, idempotency.c.key, cast(idempotency.c.answer, Text).label("answer"))
    wanted = [*ids, *(_in_json(person))]
    for row in connection.execute(told.where(idempotency.c.answer.is_not(None))).all():
        if any(each in row.answer for each in wanted):
            is_it = and_(idempotency.c.site == row.site, idempotency.c.key == row.key)
            connection.execute(delete(idempotency).where(is_it))


def _forget_in_audit(connection: Connection, person: Person) -> None:
    names = [each for each in (person.email, person.author_url) if each]
    if not names:
        return
    patterns = [each for name in _in_json(person) for each in like(name)]
    subjects = [each for name in names for each in like(name)]
    detail = cast(audit.c.detail, Text)
    wanted = or_(
        *(fits(detail, each) for each in patterns),
        *(fits(audit.c.subject, each) for each in subjects),
    )
    for row in connection.execute(select(audit.c.id, audit.c.subject, audit.c.detail).where(wanted)).all():
        values = {"subject": _without(row.subject, names), "detail": _without(row.detail, names)}
        connection.execute(update(audit).where(audit.c.id == row.id).values(values))


def _in_json(person: Person) -> list[str]:
    names = [spelling for each in (person.email, person.author_url) if each for spelling in spellings(each)]
    return [json.dumps(name)[1:-1] for name in names]


def _without(value: Any, names: Sequence[str]) -> Any:
    """A JSON value whose texts no longer hold a name, in whatever case.

    >>> _without({"q": "email:JANA@example.org", "n": [1, "jana@example.org"]}, ["jana@example.org"])
    {'q': 'email:[erased]', 'n': [1, '[erased]']}
    """
    if isinstance(value, dict):
        return {name: _without(each, names) for name, each in value.items()}
    if isinstance(value, list):
        return [_without(each, names) for each in value]
    if not isinstance(value, str):
        return value
    return re.sub("|".join(map(re.escape, names)), ERASED, value, flags=re.IGNORECASE)


def _told(gone: Holdings, person: Person) -> dict[str, Any]:
    salt = secrets.token_hex(16)
    return {**gone._asdict(), "hash": hash_of(person, salt), "salt": salt}


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for begin in range(0, len(ids), _CHUNK):
        yield ids[begin : begin + _CHUNK]
