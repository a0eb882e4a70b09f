"""Names for networks of authors that tell who came from the same one, for a month, and not from where.

A network's name is a keyed hash of it. The key stands in a file of its own beside the database, so that a copy of the
database does not hold it, and is overwritten after KEY_DAYS: from then on nobody can tell which networks the older
names stand for, or whether a newer one is the same.
"""

import hmac
import logging
import os
import secrets
from datetime import timedelta
from pathlib import Path

from app.core.times import shifted

KEY_DAYS = 30
PREFIX = "n-"
NO_NAME = PREFIX
"""Of any network while there is no key: none has it."""
_DIGITS = 12
"""48 bits: of 100,000 networks in a month two have one name once in 56,000 months."""
_log = logging.getLogger(__name__)


def is_pseudonym(written: str) -> bool:
    """Whether it is such a name and no network.

    >>> is_pseudonym("n-0123456789ab"), is_pseudonym("203.0.113.0/24"), is_pseudonym("")
    (True, False, False)
    """
    return written.startswith(PREFIX)


def pseudonym(network: str, key: bytes) -> str:
    """The name of a network; empty for none.

    >>> pseudonym("203.0.113.0/24", b"k"), pseudonym("", b"k")
    ('n-38cc77f58339', '')
    """
    return PREFIX + hmac.digest(key, network.encode(), "sha256").hex()[:_DIGITS] if network else ""


def key_file(database: str) -> Path:
    """Where the key stands: beside the database's file.

    >>> key_file("var/winnow.db").name
    'winnow.db-networks'
    """
    return Path(f"{database}-networks")


def present_key(database: str) -> bytes | None:
    """The key that names networks now; None when there is none, or it cannot be read."""
    return _read(key_file(database))[1]


def key_at(database: str, at: str) -> bytes | None:
    """The key that names networks from now on: the one there is, or another where that is older than KEY_DAYS.

    Args:
        database: the path of its file. The caller holds its write lock, so that of several processes one makes a key.
        at: now; RFC 3339, UTC. A key from tomorrow, when the clock was wrong, is replaced too.

    None when there is none and none can be written, which the log says; nothing of a network is kept then.
    """
    path = key_file(database)
    since, key = _read(path)
    if key is not None and is_fresh(since, at):
        return key
    new = new_key()
    try:
        _overwrite(path, f"{at} {new.hex()}\n".encode())
    except OSError as error:
        _log.warning("networks of authors are not kept: %s cannot be written: %s", path, error.strerror)
        return None
    return new


def new_key() -> bytes:
    """32 bytes that nobody knows."""
    return secrets.token_bytes(32)


def is_fresh(since: str, at: str) -> bool:
    """Whether a key that names networks since then still does. One from tomorrow, when the clock was wrong, does not.

    >>> is_fresh("2026-11-01T10:00:00Z", "2026-11-30T10:00:00Z"), is_fresh("2026-10-01", "2026-11-30T10:00:00Z")
    (True, False)
    """
    return shifted(at, -timedelta(days=KEY_DAYS)) < since < shifted(at, timedelta(days=1))


def _read(path: Path) -> tuple[str, bytes | None]:
    """Since when it is used, and the key; of a file that is torn or not there, None."""
    try:
        since, key = path.read_text("ascii").split()
        shifted(since, timedelta())
        return since, bytes.fromhex(key)
    except (OSError, ValueError):
        return "", None


def _overwrite(path: Path, content: bytes) -> None:
    """In place, so that no block of the disk goes on holding the key before."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.pwrite(handle, content, 0)
        os.ftruncate(handle, len(content))
        os.fsync(handle)
    finally:
        os.close(handle)
