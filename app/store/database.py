"""Opening the database: where it is, how safely it writes, and which tables it has."""

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy.exc import ArgumentError

from app.errors import StoreUnavailable
from app.store.faults import READ_ONLY, named_failures
from app.store.pseudonyms import NO_NAME, present_key, pseudonym
from app.store.schema import REVISION, create, revisions

WAIT_S = 2.0
"""For another writer; a person at a terminal has the time."""
BRIEF_S = 0.05
"""For what never lasts in a write-ahead log, and that a request may wait for in the event loop: readers wait for
nobody but who closes or mends the database. And for another writer, after a long wait in vain."""
MIGRATION_WAIT_S = 60.0  # a second worker waits for the first one's migration, however slow its disk
_WRITES = "winnow_writes"
_WAIT = "winnow_wait_s"

T = TypeVar("T")


def open_engine(url: str, *, wait_s: float = WAIT_S) -> Engine:
    """An engine on an SQLite file; safe for all threads of one process, closed with `dispose()`.

    Each connection runs WAL with synchronous=FULL, so what was committed outlives a power cut.
    Transactions of `writing` wait at most `wait_s` for another writer, readers BRIEF_S. The parent
    folder is made if need be (only its owner may enter), and so is the file; one that goes later is
    never made anew. Tables come with `migrate`.

    Raises StoreUnavailable for any other kind of database, when the file cannot be made, and when it
    is gone while its log is still there; a file that is no database shows at the first use.

    >>> open_engine("mysql://root:secret@db/winnow")
    Traceback (most recent call last):
    ...
    app.errors.StoreUnavailable: mysql: Only SQLite is supported. Use a URL such as sqlite:///var/winnow.db.
    """
    parsed = _parse(url)
    _make_file(Path(str(parsed.database)))
    return _engine(parsed, wait_s, foreign_keys=True)


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
        patient = _engine(engine.url, MIGRATION_WAIT_S, foreign_keys=False)
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


def brief(engine: Engine) -> Engine:
    """The same engine and pool, whose transactions wait BRIEF_S for another writer."""
    return engine.execution_options(**{_WAIT: BRIEF_S})


def file_of(url: str) -> Path:
    """The file that a URL names, which need not be there.

    Raises StoreUnavailable as `open_engine`.

    >>> str(file_of("sqlite:///var/winnow.db"))
    'var/winnow.db'
    """
    return Path(str(_parse(url).database))


def database_name(engine: Engine) -> str:
    """The path, for messages."""
    return str(engine.url.database)


def file_identity(engine: Engine) -> tuple[int, int] | None:
    """Which file the path names, by device and number; None when it names none.

    Connections that are open do not notice when it goes, or when another one takes its place: they
    go on writing to a file that nobody will ever find again.
    """
    try:
        found = Path(database_name(engine)).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


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
    log = path.with_name(f"{path.name}-wal")
    if not path.exists() and log.exists() and log.stat().st_size:
        # SQLite would throw the log away with a new, empty file.
        remedy = f"Put it back, or restore a backup: winnow restore FILE. To begin anew, remove {log.name}."
        raise StoreUnavailable(str(path), "The file is gone, but its log is still there.", remedy)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDONLY | os.O_CREAT, 0o600))
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else type(error).__name__
        remedy = "Name another file, or give Winnow's user the right to make it."
        raise StoreUnavailable(str(path), f"The file cannot be made: {reason}.", remedy) from None


def _engine(url: URL, wait_s: float, *, foreign_keys: bool) -> Engine:
    path = Path(str(url.database)).absolute()

    def connect() -> sqlite3.Connection:
        # SQLite would open it for reading alone, and all connections of a process share their part of the log's index:
        # while one is left that could only read, all go on so when the file can be written again.
        if path.exists() and not os.access(path, os.W_OK):
            raise StoreUnavailable(str(url.database), *READ_ONLY)
        # mode=rw: of a file that has gone, SQLite would otherwise make an empty one. None: Python's sqlite3 leaves
        # BEGIN to us. Otherwise it would begin late, and never before DDL.
        return sqlite3.connect(
            f"{path.as_uri()}?mode=rw", uri=True, timeout=BRIEF_S, isolation_level=None, check_same_thread=False
        )

    def named(network: str) -> str:
        key = present_key(str(url.database))
        return pseudonym(network, key) if key else NO_NAME

    def prepare(connection: sqlite3.Connection, _: Any) -> None:
        try:
            _require_wal(connection, wait_s, str(url.database))
            connection.execute("PRAGMA synchronous=FULL")
            # What is deleted, and what a page held before it was split, is overwritten: erasing finds no old copies.
            # Some builds of SQLite have it on anyway; 0 of 6 test databases kept a trace with it, 3 of 3 without.
            connection.execute("PRAGMA secure_delete=ON")
            connection.create_function("winnow_pseudonym", 1, named, deterministic=True)
            connection.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")
        except BaseException:
            connection.close()  # the pool does not know it yet, so nobody else would
            raise

    # hide_parameters: a failing statement must not copy a comment into a log. max_overflow: nobody waits for a
    # connection, least of all the event loop; they cost 0.3 ms, and there are as many as threads that ask at once.
    engine = create_engine(url, creator=connect, hide_parameters=True, max_overflow=-1)
    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", _begin)
    return engine.execution_options(**{_WAIT: wait_s})


def _begin(connection: Connection) -> None:
    # A read is one statement and needs no BEGIN: it sees one state of the database anyway.
    options = connection.get_execution_options()
    if options.get(_WRITES):
        # By itself SQLite soon tries only every 100 ms, and among many writers the unlucky one never gets its turn.
        driver: Any = connection.connection.driver_connection
        _while_busy(lambda: driver.execute("BEGIN IMMEDIATE"), options[_WAIT])


def _require_wal(connection: sqlite3.Connection, wait_s: float, which: str) -> None:
    """Turn WAL on unless it is. SQLite does not always wait by itself when two processes switch a new file at once."""
    if connection.execute("PRAGMA journal_mode").fetchone() == ("wal",):
        return
    if _while_busy(lambda: connection.execute("PRAGMA journal_mode=WAL").fetchone(), wait_s) != ("wal",):
        what = "The file system cannot keep a write-ahead log."
        raise StoreUnavailable(which, what, "Put the database on a local disk.")


def _while_busy(ask: Callable[[], T], wait_s: float) -> T:
    """Asks until nobody else holds the lock that it needs; after `wait_s` SQLite's error comes through."""
    deadline = time.monotonic() + wait_s
    while True:
        asked_at = time.monotonic()
        try:
            return ask()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                raise
        # SQLite has waited up to BRIEF_S by itself, but not where it knows that waiting may never end.
        time.sleep(max(0.0, 0.01 - (time.monotonic() - asked_at)))
