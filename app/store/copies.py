"""Whole databases: copied while others write, looked over, and put in the place of another."""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from app.disk import sync
from app.errors import StoreUnavailable
from app.store.database import WAIT_S, migrate, open_engine
from app.store.faults import named_failures
from app.store.sqlite import BRIEF_S

PAGES = 1_000
"""Copied at once, some 4 MB: progress is told in between."""
_SHARED_BYTES = (0x40000002, 510)
"""Where SQLite locks a file that a connection has open (https://www.sqlite.org/fileformat2.html#the_lock_byte_page)."""
_BESIDE = ("-wal", "-shm")


class Contents(NamedTuple):
    """What a database holds."""

    revision: str
    """Of its tables."""
    sites: int
    comments: int
    decisions: int


def copy(source: Path, target: Path, told: Callable[[int, int], None] = lambda _done, _all: None) -> Contents:
    """Copy a database as it is at this moment, all that was committed and nothing later, and look the copy over.

    Nobody who reads or writes meanwhile waits; what is written stays in the log until the copy is done.

    Args:
        source: may be in use.
        target: is made; one file without a log.
        told: is given the bytes that are copied, and all there are.

    Raises:
        StoreUnavailable: it cannot be read, the copy cannot be written, or it is damaged.
    """
    with (
        named_failures(str(source)),
        closing(_opened(source, "rw")) as reading,
        closing(_opened(target, "rwc")) as copied,
    ):
        copied.execute("PRAGMA synchronous=OFF")  # who keeps it has it on disk in another form
        # A transaction that has read sees one state until it ends, however many steps the copy takes.
        reading.execute("BEGIN")
        (page_size,) = reading.execute("PRAGMA page_size").fetchone()
        reading.execute("SELECT count(*) FROM sqlite_master").fetchone()
        reading.backup(
            copied, pages=PAGES, progress=lambda _, left, pages: told((pages - left) * page_size, pages * page_size)
        )
        copied.execute("PRAGMA journal_mode=DELETE")
        return _looked_over(copied, target)


def made_current(path: Path) -> Contents:
    """Look a copy over that nobody uses, and bring its tables to this version; on disk when this returns.

    Raises:
        StoreUnavailable: it is damaged, no database, of a newer version, or another program's.
    """
    with named_failures(str(path)), closing(_opened(path, "rw")) as connection:
        found = _looked_over(connection, path)
    engine = open_engine(f"sqlite:///{path}")
    try:
        migrate(engine)
    finally:
        engine.dispose()
    sync(path)
    return found


def replace(path: Path, by: Path, aside: Path) -> bool:
    """Put one database in the place of another, which is kept under the name `aside`; whether there was one.

    Args:
        path: need not be there.
        by: on disk, on the same file system, and used by nobody.
        aside: must not be there.

    Raises:
        StoreUnavailable: somebody has the database open.
        OSError: a name cannot be written.
    """
    if not path.exists():
        by.replace(path)
        sync(path.parent)
        return False
    with suppress(sqlite3.Error), closing(_opened(path, "rw")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # so that the file alone is all of it, if it is sound
    with _used_by_nobody(path):
        os.link(path, aside)
        for ending in _BESIDE:
            with suppress(FileNotFoundError):
                path.with_name(path.name + ending).replace(aside.with_name(aside.name + ending))
        by.replace(path)
        sync(path.parent)
    return True


@contextmanager
def _used_by_nobody(path: Path) -> Iterator[None]:
    """Nobody else has it open in the block, or opens it. SQLite's own lock, which a damaged file can have, too."""
    begin, length = _SHARED_BYTES
    handle = os.open(path, os.O_RDWR)
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, length, begin)
        yield
    except BlockingIOError:
        remedy = "Stop winnow serve and whatever else has it open, then try again."
        raise StoreUnavailable(str(path), "The database is in use.", remedy) from None
    finally:
        os.close(handle)


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    wait_s = WAIT_S if mode == "rw" else BRIEF_S
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=wait_s, isolation_level=None)


def _looked_over(connection: sqlite3.Connection, path: Path) -> Contents:
    broken = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if broken != ("ok",):
        raise StoreUnavailable(str(path), "The database is damaged.", "Restore it from a backup.")

    def number(table: str) -> int:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - names of ours

    (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
    return Contents(str(revision), number("sites"), number("comments"), number("decisions"))
