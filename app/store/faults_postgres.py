"""PostgreSQL's errors: what happened, what to do. By SQLSTATE (the documentation's appendix A), never by message."""

import sys
from typing import Any

_LOST = (
    "The database cannot be reached.",
    "See that PostgreSQL runs where WINNOW_DATABASE_URL says, with that database, user and password.",
)
_NO_ENTRY = ("The database does not let Winnow in.", "Correct name and password in WINNOW_DATABASE_URL.")
_BUSY = ("The database is busy.", "Try again; if it lasts, see what else writes to it.")
# The longest beginning of the code that is here counts.
_CAUSES: dict[str, tuple[str, str]] = {
    "08": _LOST,
    "23": (
        "What was written contradicts what is there already, such as an id or a key used twice.",
        "Nothing was written; use another id or key.",
    ),
    "25006": ("The database is read-only.", "Let WINNOW_DATABASE_URL name the server that writes, not its copy."),
    "28": _NO_ENTRY,
    "3D000": ("There is no such database.", "Make it: createdb winnow. Or name another one."),
    "42": ("The tables are not those of this version.", "Let Winnow migrate the database, or name another one."),
    "42501": ("Winnow may not do that in the database.", "Make its user the owner of the database."),
    "53": (
        "The database has no room for more connections or work.",
        "Raise max_connections, or use PgBouncer.",
    ),
    "53100": ("The disk is full.", "Free some space; what was acknowledged is safe."),
    "54": ("A text is larger than a row may be.", "Lower the limit on the size of comments."),
    "55P03": _BUSY,
    "57014": _BUSY,
    "57P": _LOST,
    "58": ("The disk could not be read or written.", "Check the server's disk; Winnow tries again by itself."),
    "XX": ("The database is damaged.", "Restore it from a backup."),
}


def errors() -> tuple[type[Exception], ...]:
    """What its driver raises; none while nothing has loaded it."""
    psycopg: Any = sys.modules.get("psycopg")
    return (psycopg.Error,) if psycopg else ()


def cause_of(error: BaseException | None) -> tuple[str, str] | None:
    """What happened and what to do, of the driver's error; None for any other."""
    if not isinstance(error, errors()):
        return None
    state = _state(error)
    known = (state[:length] for length in range(len(state), 1, -1))
    return next((_CAUSES[each] for each in known if each in _CAUSES), None)


def is_lost(error: BaseException | None) -> bool:
    """Whether the connection leads nowhere any more."""
    return isinstance(error, errors()) and _state(error)[:3] in {"08", "080", "57P"}


def is_damage(error: BaseException | None) -> bool:
    """Whether what was read cannot be right."""
    return isinstance(error, errors()) and _state(error).startswith("XX")


def _state(error: BaseException | None) -> str:
    """Its SQLSTATE; of an error that is the driver's own, that the connection is lost, or empty."""
    state: str | None = getattr(error, "sqlstate", None)
    psycopg: Any = sys.modules.get("psycopg")
    if state or psycopg is None:
        return state or ""
    return "08" if isinstance(error, psycopg.OperationalError) else ""
