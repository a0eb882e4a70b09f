"""Who is signed in, and who has tried in vain, in SQL."""

import math
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, case, delete, insert, select, update

from app.core.times import shifted
from app.store.accounts import (
    FORGOTTEN_AFTER,
    FREE_PER_NAME,
    FREE_PER_NETWORK,
    Moderator,
    Session,
    token_hash,
    wait_s,
)
from app.store.dialects import upsert
from app.store.schema_review import failed_sign_ins, moderators, sessions
from app.store.sql_accounts import MODERATOR_COLUMNS, moderator_of
from app.store.sql_audit import write_audit
from app.store.sql_base import SqlBase

_SESSION_COLUMNS = tuple(sessions.c[name] for name in Session._fields)


class SqlSessions(SqlBase):
    """A session is known by the hash of its token alone."""

    def add_session(self, session: Session, *, forget_before: str = "", instead_of: str = "") -> None:
        """Sign somebody in. The session of the token `instead_of` ends, and those that began before `forget_before`."""
        old = (sessions.c.created_at < forget_before) | (sessions.c.token_hash == token_hash(instead_of))
        with self._transaction() as connection:
            connection.execute(delete(sessions).where(old))
            connection.execute(insert(sessions), session._asdict())
            write_audit(connection, session.created_at, session.moderator, "sign-in", subject=session.moderator)

    def session(self, token: str) -> tuple[Session, Moderator] | None:
        """The session of a token with its moderator, who is not disabled; None for any other text."""
        statement = (
            select(*MODERATOR_COLUMNS, *_SESSION_COLUMNS)
            .join_from(sessions, moderators, sessions.c.moderator == moderators.c.name)
            .where(sessions.c.token_hash == token_hash(token), moderators.c.disabled_at.is_(None))
        )
        with self._reading() as connection:
            found = connection.execute(statement).first()
        return (Session(*found[len(MODERATOR_COLUMNS) :]), moderator_of(found)) if found else None

    def touch_session(self, session: Session, now: str) -> None:
        """Note that a session is used; callers do so at most once a minute."""
        with self._transaction() as connection:
            is_it = sessions.c.token_hash == session.token_hash
            connection.execute(update(sessions).where(is_it).values(last_at=now))

    def sessions_of(self, name: str) -> Sequence[Session]:
        """Where somebody is signed in, the last used first; those that have expired are among them."""
        statement = select(*_SESSION_COLUMNS).where(sessions.c.moderator == name).order_by(sessions.c.last_at.desc())
        with self._reading() as connection:
            return [Session(*row) for row in connection.execute(statement)]

    def end_session(self, session: Session, at: str) -> None:
        """Sign out where this session is; nothing happens when it has ended."""
        with self._transaction() as connection:
            if connection.execute(delete(sessions).where(sessions.c.token_hash == session.token_hash)).rowcount:
                write_audit(connection, at, session.moderator, "sign-out", subject=session.moderator)

    def end_sessions(self, name: str, at: str, by: str) -> int:
        """Sign somebody out everywhere, and give how many sessions that were."""
        with self._transaction() as connection:
            ended = connection.execute(delete(sessions).where(sessions.c.moderator == name)).rowcount
            write_audit(connection, at, by, "sign-out-everywhere", subject=name, detail={"sessions": ended})
        return ended

    # Failed sign-ins

    def try_sign_in(self, name: str, network: str, now: str, browser: str = "") -> int:
        """Count an attempt as failed before it is made, and give 0; or how many seconds to wait, and count nothing.

        Who counts afterwards lets a thousand attempts at once through. `sign_in_worked` takes it back.

        Args:
            name: as it was typed.
            network: where the attempt comes from; empty when that is not known.
            now: RFC 3339, UTC.
            browser: what tells apart a browser in which that name has been signed in; empty for any other. It has
                attempts of its own: strangers must not be able to lock a moderator out.
        """
        with self._transaction() as connection:
            old = shifted(now, -FORGOTTEN_AFTER)
            connection.execute(delete(failed_sign_ins).where(failed_sign_ins.c.last_at < old))
            counted = [(_of_name(name, browser), FREE_PER_NAME)]
            if network:
                counted.append((_of_network(network), FREE_PER_NETWORK))
            wait = max(_still_to_wait(connection, who, free, now) for who, free in counted)
            if not wait:
                for who, _ in counted:
                    added = upsert(connection, failed_sign_ins).values(who=who, failures=1, last_at=now)
                    more = {"failures": failed_sign_ins.c.failures + 1, "last_at": now}
                    connection.execute(added.on_conflict_do_update(index_elements=["who"], set_=more))
        return wait

    def sign_in_worked(self, name: str, network: str, browser: str = "") -> None:
        """Forget the name's failures, and of its network's this one attempt; arguments as of `try_sign_in`."""
        # Not all of the network's, or who has one password could try others' without end in between.
        is_network = failed_sign_ins.c.who == _of_network(network)
        with self._transaction() as connection:
            connection.execute(delete(failed_sign_ins).where(failed_sign_ins.c.who == _of_name(name, browser)))
            failures = failed_sign_ins.c.failures
            fewer = {"failures": case((failures > 0, failures - 1), else_=0)}
            connection.execute(update(failed_sign_ins).where(is_network).values(fewer))


def _of_name(name: str, browser: str) -> str:
    return f"name:{name.casefold()}\n{browser}".rstrip()


def _of_network(network: str) -> str:
    return f"from:{network}"


def _still_to_wait(connection: Connection, who: str, free: int, now: str) -> int:
    """Whole seconds, rounded up; 0 when nobody has to wait."""
    columns = (failed_sign_ins.c.failures, failed_sign_ins.c.last_at)
    found = connection.execute(select(*columns).where(failed_sign_ins.c.who == who)).first()
    if found is None:
        return 0
    if found.last_at > now:  # the clock has been set back: counted from now on, or the wait would last until then
        connection.execute(update(failed_sign_ins).where(failed_sign_ins.c.who == who).values(last_at=now))
    wait = wait_s(found.failures, free)
    since = datetime.fromisoformat(now) - datetime.fromisoformat(found.last_at)
    return min(wait, max(0, math.ceil(wait - since.total_seconds())))  # min: the clock may have been set back
