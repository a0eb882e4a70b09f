"""Database errors -> StoreUnavailable, with the cause in words.

Neither SQL nor anything a visitor wrote gets into the message, nor into the chain of causes that a
log would print: a failing INSERT must not copy a comment into the logs.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app.errors import StoreUnavailable
from app.store import faults_postgres


def database_errors() -> tuple[type[Exception], ...]:
    """What a database call may raise; UnicodeEncodeError is a lone surrogate that the edge let through."""
    return (SQLAlchemyError, sqlite3.Error, UnicodeEncodeError, *faults_postgres.errors())


_LOCKED = (
    "The database is locked by another program.",
    "Try again; if it lasts, see what else has the file open.",
)

READ_ONLY = (
    "The database is read-only.",
    "Give Winnow's user the right to write the file and its folder.",
)

# Primary result codes of https://www.sqlite.org/rescode.html -> what happened, what to do.
_CAUSES: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_ERROR: (
        "The tables are not those of this version.",
        "Let Winnow migrate the database, or name another one.",
    ),
    sqlite3.SQLITE_PERM: (
        "Access to the file is denied.",
        "Give Winnow's user the right to read and write it.",
    ),
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_IOERR: ("The disk could not be read or written.", "Check the disk; Winnow tries again by itself."),
    sqlite3.SQLITE_CORRUPT: ("The database is damaged.", "Restore it from a backup."),
    sqlite3.SQLITE_FULL: ("The disk is full.", "Free some space; what was acknowledged is safe."),
    sqlite3.SQLITE_CANTOPEN: (
        "There is no such file, or it cannot be opened.",
        "Check that its folder exists and that Winnow's user may write there.",
    ),
    sqlite3.SQLITE_TOOBIG: (
        "A text is larger than a row may be.",
        "Lower the limit on the size of comments.",
    ),
    sqlite3.SQLITE_CONSTRAINT: (
        "What was written contradicts what is there already, such as an id or a key used twice.",
        "Nothing was written; use another id or key.",
    ),
    sqlite3.SQLITE_NOTADB: ("The file is not a database.", "Restore it from a backup, or name another file."),
}

_SPOIL = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_NOTADB,
    }
)


def unavailable(which: str, error: BaseException) -> StoreUnavailable:
    """The error to raise instead of `error`; `which` names the database.

    >>> unavailable("winnow.db", UnicodeEncodeError("utf-8", "secret", 0, 1, "surrogates not allowed")).what
    'A text holds half a character (a lone surrogate).'
    """
    if isinstance(error, UnicodeEncodeError):
        what, remedy = "A text holds half a character (a lone surrogate).", "Remove it before it gets here."
        return StoreUnavailable(which, what, remedy)
    cause = _cause(error)
    known = faults_postgres.cause_of(cause) or _CAUSES.get(_code(cause))
    if known is None:
        # The class name is all that is sure to hold no SQL and no user text.
        known = (f"The database failed ({type(cause).__name__}).", "Run winnow doctor.")
    return StoreUnavailable(which, *known)


def is_damage(error: BaseException) -> bool:
    """Whether what was read cannot be right."""
    cause = _cause(error)
    return _code(cause) == sqlite3.SQLITE_CORRUPT or faults_postgres.is_damage(cause)


def spoils_connections(error: BaseException) -> bool:
    """Whether connections that are open may go on failing when the file is well again.

    In SQLite they keep what they have read, and one that could only be opened for reading stays so; to a server that
    was started anew none leads any more.
    """
    cause = _cause(error)
    return _code(cause) in _SPOIL or faults_postgres.is_lost(cause)


def _cause(error: BaseException) -> BaseException | None:
    return error.orig if isinstance(error, DBAPIError) else error


def _code(cause: BaseException | None) -> int:
    """SQLite's primary result code, which is the low byte; the rest only refines it. -1 without one."""
    code = getattr(cause, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else -1


@contextmanager
def named_failures(which: str) -> Iterator[None]:
    """Turn every database error of the block into StoreUnavailable about `which`."""
    try:
        yield
    except database_errors() as error:
        raise unavailable(which, error) from None
