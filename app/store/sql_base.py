"""What every part of the SQL store stands on: reading, writing, and failing by name."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Engine, Select, exists, select

from app.errors import SiteUnknown, StoreUnavailable
from app.store.database import brief, database_name, file_identity, kind_of, streaming, writing
from app.store.dialects import compiled
from app.store.faults import database_errors, is_damage, spoils_connections, unavailable
from app.store.patience import Patience
from app.store.schema import sites

Read = Callable[..., list[tuple[Any, ...]]]
"""Asks a compiled select, whose parameters follow it, for all its rows."""
TURN_S = 1.0
"""How long a thread waits until those of its process that came before it have written."""


class SqlBase:
    """An engine whose database has been migrated; safe for all threads of one process."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = writing(engine)
        self._writing_briefly = brief(self._writing)
        self._which = database_name(engine)
        self._kind = kind_of(engine)
        self._dialect = engine.dialect.name
        self._file = file_identity(engine)
        self._closed = False
        self._turn = threading.Lock()
        self._patience = Patience()
        self._cannot_write = False
        """The last write failed, for whatever reason."""
        self._is_damaged = False
        """Something that was read made no sense."""

    def _compiled(self, statement: Select[Any]) -> str:
        """For `_reads`: SQL whose parameters are given in the order in which they stand there."""
        return compiled(statement, self._dialect)

    @contextmanager
    def _reads(self) -> Iterator[Read]:
        """Ask compiled selects on one connection, past SQLAlchemy's own execution.

        Each request asks four or five. Measured 2026-11-22, one select: 10 µs this way, 36 µs by Connection.execute;
        2026-12-01, taking the connection from the pool and giving it back: 17 µs.
        """
        self._refuse_if_closed()
        with self._failing_by_name():
            connection = self._engine.raw_connection()
            try:
                cursor = connection.cursor()

                def read(statement: str, *parameters: str) -> list[tuple[Any, ...]]:
                    cursor.execute(statement, parameters)
                    return list(cursor.fetchall())

                yield read
            except database_errors() as error:
                if spoils_connections(error):
                    connection.invalidate(error)  # or the pool would ask it to roll back, and log that it cannot
                raise
            finally:
                connection.close()

    def _read(self, statement: str, *parameters: str) -> list[tuple[Any, ...]]:
        """All rows of one compiled select, the same way."""
        with self._reads() as read:
            return read(statement, *parameters)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        self._refuse_if_closed()
        with self._failing_by_name(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _streaming(self) -> Iterator[Connection]:
        """For statements whose rows come a few at a time, and others between them."""
        self._refuse_if_closed()
        with self._failing_by_name(), streaming(self._engine).connect() as connection:
            yield connection

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        self._refuse_if_closed()
        self._patience.is_thin()
        # SQLite lets who waits for another writer try again now and then, and the unlucky one never gets its turn: of
        # eight threads on a busy machine one gave up after two seconds. Within a process they take turns here.
        if not self._turn.acquire(timeout=TURN_S):
            raise StoreUnavailable(self._which, "Other writes did not end in time.", "Look whether the disk is slow.")
        try:
            with self._begun() as connection:
                yield connection
            self._cannot_write = False
        except StoreUnavailable:
            self._cannot_write = True
            raise
        finally:
            self._turn.release()

    @contextmanager
    def _begun(self) -> Iterator[Connection]:
        """A transaction that holds the write lock; whether it was waited for in vain is remembered."""
        engine = self._writing_briefly if self._patience.is_thin() else self._writing
        asked_at, is_begun = monotonic(), False
        try:
            with self._failing_by_name(), engine.begin() as connection:
                self._refuse_if_moved()
                is_begun = True
                self._patience.worked()
                yield connection
        except StoreUnavailable as error:
            if not is_begun:
                self._patience.failed(error, monotonic() - asked_at)
            raise

    @contextmanager
    def _failing_by_name(self) -> Iterator[None]:
        """As `named_failures`; connections that would go on failing when all is well again are closed."""
        try:
            yield
        except database_errors() as error:
            self._is_damaged |= is_damage(error)
            if spoils_connections(error):
                self._engine.dispose()
            raise unavailable(self._which, error) from None

    def _refuse_if_moved(self) -> None:
        """What is written to a file that was deleted or replaced would be lost, whatever SQLite says."""
        found = file_identity(self._engine)
        if found is None:
            raise StoreUnavailable(self._which, "The file is gone.", "Put it back, or restore a backup.")
        if found != self._file:
            remedy = "Stop Winnow, put the right file there or restore a backup, and start it again."
            raise StoreUnavailable(self._which, "Another file has taken the place of the database.", remedy)

    def _refuse_if_closed(self) -> None:
        # Without this the engine would quietly open new connections that nobody closes.
        if self._closed:
            raise StoreUnavailable(self._which, "The store is closed.", "Restart Winnow.")


def has_site(connection: Connection, name: str) -> bool:
    """Whether there is a site of that name."""
    return bool(connection.execute(select(exists().where(sites.c.name == name))).scalar_one())


def require_site(connection: Connection, name: str) -> None:
    """Raises SiteUnknown when there is no site of that name."""
    if not has_site(connection, name):
        raise site_unknown(name)


def site_unknown(name: str) -> SiteUnknown:
    """The error, with its remedy."""
    return SiteUnknown(name, "There is no site of that name.", "winnow site list shows them.")
