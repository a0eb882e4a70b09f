"""Moderators, and the links by which they choose their passwords, in SQL."""

from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from app.errors import LastAdmin, ModeratorExists, ModeratorUnknown
from app.store.accounts import Moderator, Seen, token_hash
from app.store.dialects import greater
from app.store.schema_review import audit, invitations, moderators, sessions
from app.store.sql_audit import write_audit
from app.store.sql_base import SqlBase

MODERATOR_COLUMNS = (
    moderators.c.name,
    moderators.c.role,
    moderators.c.language,
    moderators.c.zone,
    moderators.c["keys"],
    moderators.c.created_at,
    moderators.c.disabled_at,
    (moderators.c.password_hash != "").label("has_password"),
)
"""In the order of Moderator's fields."""


def moderator_of(row: Row[Any]) -> Moderator:
    """The moderator whose MODERATOR_COLUMNS a row begins with."""
    return Moderator(*row[: len(MODERATOR_COLUMNS)])


class SqlAccounts(SqlBase):
    """A name is written in one way only: no two differ in nothing but capitals."""

    def add_moderator(self, name: str, role: str, at: str, by: str = "") -> Moderator:
        """Add somebody without a password, who gets one by an invitation; `by` as in the audit.

        Raises ModeratorExists.
        """
        with self._transaction() as connection:
            if _written(connection, name) is not None:
                raise ModeratorExists(name, "There is a moderator of that name already.", "Choose another name.")
            values = {"name": name, "role": role, "password_hash": "", "created_at": at}
            connection.execute(insert(moderators), values)
            write_audit(connection, at, by, "moderator-add", subject=name, detail={"role": role})
        return Moderator(name, role, created_at=at)

    def moderators(self) -> tuple[Seen, ...]:
        """All of them by name (in the order of code points), each with when they were last here."""
        in_session = select(func.max(sessions.c.last_at)).where(sessions.c.moderator == moderators.c.name)
        acted = select(func.max(audit.c.at)).where(audit.c.by == moderators.c.name)
        last = greater(func.coalesce(in_session.scalar_subquery(), ""), func.coalesce(acted.scalar_subquery(), ""))
        statement = select(*MODERATOR_COLUMNS, last).order_by(moderators.c.name)
        with self._reading() as connection:
            return tuple(Seen(moderator_of(row), row[-1]) for row in connection.execute(statement))

    def moderator(self, name: str) -> Moderator | None:
        """The one of that name, however it is capitalised; None when there is none."""
        with self._reading() as connection:
            written = _written(connection, name)
            found = connection.execute(select(*MODERATOR_COLUMNS).where(moderators.c.name == written)).first()
        return moderator_of(found) if found else None

    def password_hash(self, name: str) -> tuple[str, str]:
        """The name as it is written, and what its password is checked against; both empty where nobody may sign in."""
        with self._reading() as connection:
            is_it = (moderators.c.name == _written(connection, name), moderators.c.disabled_at.is_(None))
            found = connection.execute(select(moderators.c.name, moderators.c.password_hash).where(*is_it)).first()
        return (found.name, found.password_hash) if found and found.password_hash else ("", "")

    def set_role(self, name: str, role: str, at: str, by: str = "") -> bool:
        """Give somebody another role; False when it was that. Raises ModeratorUnknown, LastAdmin."""
        with self._transaction() as connection:
            before = _require(connection, name)
            if before.role == role:
                return False
            _refuse_last_admin(connection, before)
            connection.execute(update(moderators).where(moderators.c.name == name).values(role=role))
            write_audit(connection, at, by, "moderator-role", subject=name, detail={"from": before.role, "to": role})
        return True

    def disable(self, name: str, at: str, by: str = "") -> bool:
        """Nobody signs in with the name any more: sessions and links end; False when it was so.

        Raises ModeratorUnknown, LastAdmin.
        """
        with self._transaction() as connection:
            before = _require(connection, name)
            if before.disabled_at:
                return False
            _refuse_last_admin(connection, before)
            connection.execute(update(moderators).where(moderators.c.name == name).values(disabled_at=at))
            _end_all(connection, name)
            connection.execute(delete(invitations).where(invitations.c.moderator == name))
            write_audit(connection, at, by, "moderator-disable", subject=name)
        return True

    def enable(self, name: str, at: str, by: str = "") -> bool:
        """Let a disabled name be used again, with its old password; False when it could be. Raises ModeratorUnknown."""
        with self._transaction() as connection:
            if not _require(connection, name).disabled_at:
                return False
            connection.execute(update(moderators).where(moderators.c.name == name).values(disabled_at=None))
            write_audit(connection, at, by, "moderator-enable", subject=name)
        return True

    # What moderators choose themselves

    def set_password(self, name: str, password_hash: str, at: str) -> None:
        """Another password; all sessions of the name and its links end. Raises ModeratorUnknown."""
        with self._transaction() as connection:
            _require(connection, name)
            _set_password(connection, name, password_hash)
            write_audit(connection, at, name, "password", subject=name)

    def renew_hash(self, name: str, before: str, after: str) -> None:
        """The same password hashed anew; nothing is done when it was changed meanwhile."""
        is_it = (moderators.c.name == name, moderators.c.password_hash == before)
        with self._transaction() as connection:
            connection.execute(update(moderators).where(*is_it).values(password_hash=after))

    def set_preferences(self, name: str, at: str, *, language: str, zone: str, keys: dict[str, Any] | None) -> None:
        """What a moderator's pages look like, see Moderator. Raises ModeratorUnknown."""
        with self._transaction() as connection:
            _require(connection, name)
            values = {"language": language, "zone": zone, "keys": keys}
            connection.execute(update(moderators).where(moderators.c.name == name), values)
            write_audit(connection, at, name, "profile", subject=name)

    # Links to set a password

    def make_invitation(
        self, name: str, token: str, expires_at: str, at: str, by: str = "", *, keep_earlier: bool = False
    ) -> None:
        """A link for somebody who has no password or forgot it; the name's earlier ones end unless they are kept.

        Raises ModeratorUnknown, also for a name that is disabled.
        """
        with self._transaction() as connection:
            if _require(connection, name).disabled_at:
                raise ModeratorUnknown(
                    name, "That moderator is disabled.", f"winnow moderator enable {name} undoes it."
                )
            ended = invitations.c.expires_at <= at
            if not keep_earlier:
                ended |= invitations.c.moderator == name
            connection.execute(delete(invitations).where(ended))
            values = {"token_hash": token_hash(token), "moderator": name, "expires_at": expires_at}
            connection.execute(insert(invitations), values)
            write_audit(connection, at, by, "moderator-link", subject=name, detail={"expires_at": expires_at})

    def invited(self, token: str, now: str) -> Moderator | None:
        """Whose link that is; None when it was used, has expired, or never was one."""
        with self._reading() as connection:
            return _invited(connection, token, now)

    def use_invitation(self, token: str, password_hash: str, language: str, zone: str, now: str) -> Moderator | None:
        """Set the password of whose link that is, exactly once; None as in `invited`, and then nothing is set."""
        with self._transaction() as connection:
            found = _invited(connection, token, now)
            if found is None:
                return None
            _set_password(connection, found.name, password_hash)
            values = {"language": language, "zone": zone}
            connection.execute(update(moderators).where(moderators.c.name == found.name), values)
            write_audit(connection, now, found.name, "password", subject=found.name, detail={"by": "link"})
        return found


def _written(connection: Connection, name: str) -> str | None:
    """The name as it is written in the table. SQLite folds the case of ASCII only, and there are few rows."""
    folded = name.casefold()
    names = connection.execute(select(moderators.c.name)).scalars()
    return next((each for each in names if each.casefold() == folded), None)


def _require(connection: Connection, name: str) -> Moderator:
    found = connection.execute(select(*MODERATOR_COLUMNS).where(moderators.c.name == name)).first()
    if found is None:
        raise ModeratorUnknown(name, "There is no moderator of that name.", "winnow moderator list shows them.")
    return moderator_of(found)


def _refuse_last_admin(connection: Connection, leaving: Moderator) -> None:
    if leaving.role != "admin" or leaving.disabled_at:
        return
    others = (moderators.c.role == "admin", moderators.c.disabled_at.is_(None), moderators.c.name != leaving.name)
    if not connection.execute(select(func.count()).where(*others)).scalar_one():
        what = "It is the last admin, and nobody else could set Winnow up."
        raise LastAdmin(leaving.name, what, "Make somebody else an admin first.")


def _invited(connection: Connection, token: str, now: str) -> Moderator | None:
    statement = (
        select(*MODERATOR_COLUMNS)
        .join_from(invitations, moderators, invitations.c.moderator == moderators.c.name)
        .where(
            invitations.c.token_hash == token_hash(token),
            invitations.c.expires_at > now,
            moderators.c.disabled_at.is_(None),
        )
    )
    found = connection.execute(statement).first()
    return moderator_of(found) if found else None


def _set_password(connection: Connection, name: str, password_hash: str) -> None:
    connection.execute(update(moderators).where(moderators.c.name == name), {"password_hash": password_hash})
    connection.execute(delete(invitations).where(invitations.c.moderator == name))
    _end_all(connection, name)


def _end_all(connection: Connection, name: str) -> None:
    connection.execute(delete(sessions).where(sessions.c.moderator == name))
