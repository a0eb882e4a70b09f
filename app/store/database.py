"""Opening the database: where it is, how safely it writes, and which tables it has."""

from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import URL, Connection, Engine, event, inspect, make_url
from sqlalchemy.exc import ArgumentError

from app.errors import StoreUnavailable
from app.store import sqlite
from app.store.dialects import POSTGRESQL
from app.store.faults import named_failures
from app.store.schema import REVISION, create, revisions
from app.store.sqlite import BRIEF_S

WAIT_S = 2.0
"""For another writer; a person at a terminal has the time."""
MIGRATION_WAIT_S = 60.0  # a second worker waits for the first one's migration, however slow its disk
_WRITES = "winnow_writes"
_STREAMS = "winnow_streams"
_WAIT = "winnow_wait_s"
_EXAMPLE = "Use one such as sqlite:///var/winnow.db or postgresql://winnow@db.example/winnow."


def open_engine(url: str, *, wait_s: float = WAIT_S) -> Engine:
    """An engine on an SQLite file or a PostgreSQL database; safe for all threads of one process, closed by `dispose()`.

    What was committed outlives a power cut. Transactions of `writing` wait at most `wait_s` for another writer. For
    SQLite the parent folder is made if need be (only its owner may enter), and so is the file; one that goes later is
    never made anew. Tables come with `migrate`.

    Raises StoreUnavailable for any other kind of database, when the file cannot be made, and when it is gone while its
    log is still there; a file that is no database, and a server that does not answer, show at the first use.

    >>> open_engine("mysql://root:secret@db/winnow")
    Traceback (most recent call last):
    ...
    app.errors.StoreUnavailable: mysql: Only SQLite and PostgreSQL are supported. Use one such as \
sqlite:///var/winnow.db or postgresql://winnow@db.example/winnow.
    """
    parsed = _parse(url)
    _kind(parsed).require_usable(parsed)
    return _engine(parsed, wait_s)


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
        patient = _engine(engine.url, MIGRATION_WAIT_S, is_migrating=True)
        try:
            # The write lock is the lock between processes; what was true before it is looked at again.
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
        is_whole = kind_of(engine).is_whole(connection, "integrity_check")
        found = revisions(connection)
        begun.rollback()
    if not is_whole:
        raise StoreUnavailable(which, "The database is damaged.", "Restore it from a backup.")
    if found != {REVISION}:
        remedy = "Start winnow serve, which migrates it, or run the newer version."
        raise StoreUnavailable(which, "Its tables are not those of this version.", remedy)
    return REVISION


def writing(engine: Engine) -> Engine:
    """The same engine and pool, whose transactions take the write lock when they begin."""
    return engine.execution_options(**{_WRITES: True})


def reading(connection: Connection) -> Connection:
    """Another connection of the same pool, which takes no lock: to look at what is there while one waits or fails."""
    return connection.engine.execution_options(**{_WRITES: False}).connect()


def streaming(engine: Engine) -> Engine:
    """The same engine and pool, whose connections see one state of the database until they are closed."""
    return engine.execution_options(**{_STREAMS: True})


def brief(engine: Engine) -> Engine:
    """The same engine and pool, whose transactions wait BRIEF_S for another writer."""
    return engine.execution_options(**{_WAIT: BRIEF_S})


def file_of(url: str) -> Path:
    """The file that a URL names, which need not be there.

    Raises StoreUnavailable as `open_engine`, and for a database that is no file.

    >>> str(file_of("sqlite:///var/winnow.db"))
    'var/winnow.db'
    """
    parsed = _parse(url)
    found: Path = _kind(parsed).file_of(parsed)
    return found


def database_name(engine: Engine) -> str:
    """The path, or host and database, for messages."""
    return str(kind_of(engine).name_of(engine.url))


def file_identity(engine: Engine) -> tuple[int, int] | None:
    """Which file the path names, by device and number; None when it names none.

    Connections that are open do not notice when it goes, or when another one takes its place: they
    go on writing to a file that nobody will ever find again.
    """
    found: tuple[int, int] | None = kind_of(engine).identity(engine.url)
    return found


def kind_of(engine: Engine) -> ModuleType:
    """The module that knows this kind of database: sqlite or postgres."""
    return _kind(engine.url)


def _kind(url: URL) -> ModuleType:
    if url.get_backend_name() != POSTGRESQL:
        return sqlite
    from app.store import postgres

    return postgres


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        # The URL is not repeated: it may hold a password.
        raise StoreUnavailable("database URL", "It cannot be read as a URL.", _EXAMPLE) from None
    if parsed.get_backend_name() not in {"sqlite", POSTGRESQL}:
        raise StoreUnavailable(parsed.get_backend_name(), "Only SQLite and PostgreSQL are supported.", _EXAMPLE)
    return parsed


def _engine(url: URL, wait_s: float, *, is_migrating: bool = False) -> Engine:
    engine: Engine = _kind(url).engine(url, wait_s, is_migrating)
    event.listen(engine, "begin", _begin)
    return engine.execution_options(**{_WAIT: wait_s})


def _begin(connection: Connection) -> None:
    # A read is one statement and needs no BEGIN: it sees one state of the database anyway.
    options: Any = connection.get_execution_options()
    if options.get(_WRITES):
        kind_of(connection.engine).lock(connection, options[_WAIT])
    elif options.get(_STREAMS):
        kind_of(connection.engine).hold_still(connection)
