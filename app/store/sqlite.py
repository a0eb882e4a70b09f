"""SQLite: one file, which any number of processes of one machine share."""

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event

from app.errors import StoreUnavailable
from app.store.faults import READ_ONLY
from app.store.pseudonyms import NO_NAME, key_at, present_key, pseudonym

BRIEF_S = 0.05
"""For what never lasts in a write-ahead log, and that a request may wait for in the event loop: readers wait for
nobody but who closes or mends the database. And for another writer, after a long wait in vain."""
_CHECKPOINT_TRIES = 3

T = TypeVar("T")


def name_of(url: URL) -> str:
    """The file's path."""
    return str(url.database)


def file_of(url: URL) -> Path:
    """The file, which need not be there. Raises StoreUnavailable when the URL names none."""
    if not url.database or url.database == ":memory:" or url.query:
        remedy = "Use a plain path, such as sqlite:///var/winnow.db."
        raise StoreUnavailable("database URL", "It does not name a file.", remedy)
    return Path(url.database)


def require_usable(url: URL) -> None:
    """Make file and folder, if need be, for the owner only: comments hold names and e-mail addresses.

    Raises StoreUnavailable when the URL names no file, or the file cannot be made.
    """
    path = file_of(url)
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


def engine(url: URL, wait_s: float, is_migrating: bool) -> Engine:
    """Each connection runs WAL with synchronous=FULL, so what was committed outlives a power cut.

    While tables are migrated foreign keys are off.
    """
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
            connection.execute(f"PRAGMA foreign_keys={'OFF' if is_migrating else 'ON'}")
        except BaseException:
            connection.close()  # the pool does not know it yet, so nobody else would
            raise

    # hide_parameters: a failing statement must not copy a comment into a log. max_overflow: nobody waits for a
    # connection, least of all the event loop; they cost 0.3 ms, and there are as many as threads that ask at once.
    made = create_engine(url, creator=connect, hide_parameters=True, max_overflow=-1)
    event.listen(made, "connect", prepare)
    return made


def lock(connection: Connection, wait_s: float) -> None:
    """Begin a transaction that has the write lock from its start.

    One that starts by reading and writes later can fail at once instead of waiting, when another process wrote in
    between; BEGIN IMMEDIATE waits its turn.
    """
    # By itself SQLite soon tries only every 100 ms, and among many writers the unlucky one never gets its turn.
    driver: Any = connection.connection.driver_connection
    _while_busy(lambda: driver.execute("BEGIN IMMEDIATE"), wait_s)


def hold_still(_connection: Connection) -> None:
    """Nothing to do: a statement whose rows are still being read sees one state by itself."""


def identity(url: URL) -> tuple[int, int] | None:
    """Which file the path names, by device and number; None when it names none."""
    try:
        found = Path(name_of(url)).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def network_key(connection: Connection, at: str, *, renew: bool) -> bytes | None:
    """The key that names networks, in a file beside the database; see pseudonyms. Renew: in the place of an old one."""
    database = name_of(connection.engine.url)
    return (None if renew else present_key(database)) or key_at(database, at)


def is_whole(connection: Connection, look: str = "quick_check") -> bool:
    """Look the whole file over (a second for 500 MB); with `integrity_check` its indexes, too."""
    return bool(connection.exec_driver_sql(f"PRAGMA {look}(1)").scalar_one() == "ok")


def write_something(connection: Connection) -> None:
    """A number that nobody uses, as it is: a disk that is full shows only when a page is written."""
    number = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    connection.exec_driver_sql(f"PRAGMA user_version={number}")


def overwrite_deleted(engine: Engine) -> bool:
    """Empty the write-ahead log, which holds pages as they were; False while somebody reads from it."""
    for attempt in range(_CHECKPOINT_TRIES):
        with engine.connect() as connection:
            busy: int = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
        if not busy:
            return True
        time.sleep(0.1 * (attempt + 1))
    return False


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
