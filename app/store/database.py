"""Opening the database: where it is, how safely it writes, and which tables it has."""

import os
import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy.exc import ArgumentError

from app.errors import StoreUnavailable
from app.store.faults import named_failures
from app.store.pseudonyms import NO_NAME, present_key, pseudonym
from app.store.schema import REVISION, create, revisions

BUSY_TIMEOUT_MS = 2000
MIGRATION_WAIT_MS = 60_000  # a second worker waits for the first one's migration, however slow its disk
_WRITES = "winnow_writes"


def open_engine(url: str, *, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> Engine:
    """An engine on an SQLite file; safe for all threads of one process, closed with `dispose()`.

    Each connection runs WAL with synchronous=FULL, so what was committed outlives a power cut, and
    waits at most `busy_timeout_ms` for another writer. The parent folder is made if need be (only its
    owner may enter), and so is the file. Tables come with `migrate`.

    Raises StoreUnavailable for any other kind of database and when the file cannot be made; a file
    that is no database shows at the first use.

    >>> open_engine("mysql://root:secret@db/winnow")
    Traceback (most recent call last):
    ...
    app.errors.StoreUnavailable: mysql: Only SQLite is supported. Use a URL such as sqlite:///var/winnow.db.
    """
    parsed = _parse(url)
    _make_file(Path(str(parsed.database)))
    return _engine(parsed, busy_timeout_ms, foreign_keys=True)


def migrate(engine: Engine) -> None:
    """Bring the tables to this version; does nothing when they are there already.

    Any number of processes may call it at once: one migrates, the others wait for it. A migration
    that fails leaves the database as it was. Raises StoreUnavailable for a database that a newer
    version wrote, or that belongs to another program.
    """
    with named_failures(database_name(engine)):
        with engine.connect() as connection:
            if revisions(connection) == {REVISION}:
                return
        # Its own engine: it waits longer, and foreign keys are off, for rebuilding a table (batch mode)
        # drops the old one, which would delete every row that refers to it.
        patient = _engine(engine.url, MIGRATION_WAIT_MS, foreign_keys=False)
        try:
            # BEGIN IMMEDIATE is the lock between processes; what was true before it is looked at again.
            with writing(patient).begin() as connection:
                if inspect(connection).get_table_names():
                    # Here, not above: Alembic takes 0.3 s and 10 MB, which a new or current database does not need.
                    from app.store.migrating import upgrade

                    upgrade(connection, database_name(engine))
                else:
                    create(connection)
        finally:
            patient.dispose()


def examine(engine: Engine) -> str:
    """Look the whole database over and give its revision; nothing is changed.

    Raises StoreUnavailable when it cannot be written, is damaged, or has the tables of another version.
    """
    which = database_name(engine)
    with named_failures(which), writing(engine).connect() as connection, connection.begin() as begun:
        broken = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
        found = revisions(connection)
        begun.rollback()
    if broken != "ok":
        raise StoreUnavailable(which, "The database is damaged.", "Restore it from a backup.")
    if found != {REVISION}:
        remedy = "Start winnow serve, which migrates it, or run the newer version."
        raise StoreUnavailable(which, "Its tables are not those of this version.", remedy)
    return REVISION


def writing(engine: Engine) -> Engine:
    """The same engine and pool, whose transactions take the write lock when they begin.

    A transaction that starts by reading and writes later can fail at once instead of waiting, when
    another process wrote in between; BEGIN IMMEDIATE waits its turn.
    """
    return engine.execution_options(**{_WRITES: True})


def database_name(engine: Engine) -> str:
    """The path, for messages."""
    return str(engine.url.database)


def database_file_is_there(engine: Engine) -> bool:
    """Whether the path still names a file; connections that are open do not notice when it goes."""
    return Path(database_name(engine)).is_file()


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        # The URL is not repeated: it may hold a password.
        raise StoreUnavailable(
            "database URL", "It cannot be read as a URL.", "Use one such as sqlite:///var/winnow.db."
        ) from None
    if parsed.get_backend_name() != "sqlite":
        remedy = "Use a URL such as sqlite:///var/winnow.db."
        raise StoreUnavailable(parsed.get_backend_name(), "Only SQLite is supported.", remedy)
    if not parsed.database or parsed.database == ":memory:" or parsed.query:
        remedy = "Use a plain path, such as sqlite:///var/winnow.db."
        raise StoreUnavailable("database URL", "It does not name a file.", remedy)
    return parsed


def _make_file(path: Path) -> None:
    """Make file and folder for the owner only: comments hold names and e-mail addresses."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDONLY | os.O_CREAT, 0o600))
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else type(error).__name__
        remedy = "Name another file, or give Winnow's user the right to make it."
        raise StoreUnavailable(str(path), f"The file cannot be made: {reason}.", remedy) from None


def _engine(url: URL, busy_timeout_ms: int, *, foreign_keys: bool) -> Engine:
    # hide_parameters: a failing statement must not copy a comment into a log.
    engine = create_engine(url, hide_parameters=True, pool_timeout=busy_timeout_ms / 1000, connect_args={"timeout": 0})

    def named(network: str) -> str:
        key = present_key(str(url.database))
        return pseudonym(network, key) if key else NO_NAME

    def prepare(connection: sqlite3.Connection, _: Any) -> None:
        # None: Python's sqlite3 leaves BEGIN to us. Otherwise it would begin late, and never before DDL.
        connection.isolation_level = None
        try:
            connection.execute(f"PRAGMA busy_timeout={int(busy_timeout_ms)}")
            _switch_to_wal(connection, busy_timeout_ms, str(url.database))
            connection.execute("PRAGMA synchronous=FULL")
            # What is deleted, and what a page held before it was split, is overwritten: erasing finds no old copies.
            # Some builds of SQLite have it on anyway; 0 of 6 test databases kept a trace with it, 3 of 3 without.
            connection.execute("PRAGMA secure_delete=ON")
            connection.create_function("winnow_pseudonym", 1, named, deterministic=True)
            connection.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")
        except BaseException:
            connection.close()  # the pool does not know it yet, so nobody else would
            raise

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    # A read is one statement and needs no BEGIN: it sees one state of the database anyway.
    if connection.get_execution_options().get(_WRITES):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _switch_to_wal(connection: sqlite3.Connection, busy_timeout_ms: int, which: str) -> None:
    """Turn WAL on. SQLite does not always wait by itself when two processes switch a new file at once."""
    deadline = time.monotonic() + busy_timeout_ms / 1000
    while True:
        try:
            (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
            break
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                raise
            time.sleep(0.01)
    if mode != "wal":
        what = "The file system cannot keep a write-ahead log."
        raise StoreUnavailable(which, what, "Put the database on a local disk.")
