"""A backup as a file: a tar archive with the database, the models in use, and a list of both with their hashes.

Nothing in it is ever executed, and no name in it is taken as a path: what is read back is what the list names.
"""

import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from app.commands.files import written_whole
from app.errors import BackupUnusable
from app.models import MAX_CARD_BYTES

if TYPE_CHECKING:
    from app.store.copies import Contents

FORMAT = 1
LIST = "backup.json"
DATABASE = "winnow.db"
_NAME = re.compile(r"winnow\.db|models/(?!\.)[^/\\]+/(?:card\.json|weights\.npz|sites\.npz)")
_CHUNK = 1 << 20
_REMEDY = "Take another backup; nothing was changed."


class Backup(NamedTuple):
    """What a backup says of itself."""

    made_at: str
    """RFC 3339, UTC: everything that was acknowledged before is in it."""
    contents: "Contents"
    current: str
    """The model in use; empty if there was none."""
    models: tuple[str, ...]
    """Versions that are in it."""


class _Listed(NamedTuple):
    bytes: int
    sha256: str


def write(path: Path, backup: Backup, files: Mapping[str, Path], told: Callable[[int], None]) -> int:
    """Write a backup that is whole or not there, and that only its owner may read; its bytes.

    Args:
        path: where it goes; what is there is replaced.
        backup: what it says of itself.
        files: name in the archive -> the file.
        told: is given how many bytes more are written.

    Raises:
        CommandRefused: the disk is full, or the folder cannot be written.
    """
    listed = {name: _Listed(file.stat().st_size, _hash(file)) for name, file in files.items()}
    about = {"format": FORMAT, **backup._asdict(), "contents": backup.contents._asdict()}
    about["files"] = {name: each._asdict() for name, each in listed.items()}
    head = json.dumps(about, indent=1).encode()
    with written_whole(path, private=True) as sink, tarfile.open(fileobj=sink, mode="w|") as archive:  # type: ignore[call-overload]
        archive.addfile(_member(LIST, len(head)), io.BytesIO(head))
        for name, file in files.items():
            with file.open("rb") as content:
                archive.addfile(_member(name, listed[name].bytes), content)
            told(listed[name].bytes)
    return path.stat().st_size if path.is_file() else 0


def unpack(path: Path, folder: Path, told: Callable[[int], None]) -> Backup:
    """Write what a backup holds into a folder, each file under its name there, checked by its hash.

    Raises:
        BackupUnusable: it is no backup, damaged, or of a newer version.
        OSError: the folder cannot be written.
    """
    with _archive(path) as archive:
        backup, listed = _head(path, archive)
        while member := archive.next():
            expected = listed.pop(member.name, None)
            content = archive.extractfile(member) if member.isreg() else None
            if expected is None or content is None or member.size != expected.bytes:
                raise _damaged(path)
            target = folder / member.name
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if _copied(content, target) != expected.sha256:
                raise _damaged(path)
            told(member.size)
    if listed:
        raise _damaged(path)
    return backup


@contextmanager
def _archive(path: Path) -> Any:
    try:
        with tarfile.open(path, "r:") as archive:
            yield archive
    except (tarfile.TarError, EOFError):
        raise BackupUnusable(str(path), "It is no backup, or damaged.", _REMEDY) from None
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise BackupUnusable(str(path), f"It cannot be read: {error.strerror}.", "Name a backup.") from None


def _head(path: Path, archive: tarfile.TarFile) -> tuple[Backup, dict[str, _Listed]]:
    from app.store.copies import Contents

    first = archive.next()
    content = archive.extractfile(first) if first and first.isreg() and first.size <= MAX_CARD_BYTES else None
    try:
        if first is None or first.name != LIST or content is None:
            raise ValueError
        told = json.loads(content.read())
        if told["format"] > FORMAT:
            what = "A newer version of Winnow made it."
            raise BackupUnusable(str(path), what, "Restore it with that version.")
        listed = {str(name): _Listed(int(each["bytes"]), str(each["sha256"])) for name, each in told["files"].items()}
        backup = Backup(
            str(told["made_at"]), Contents(**told["contents"]), str(told["current"]), tuple(map(str, told["models"]))
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BackupUnusable(str(path), "It is no backup, or damaged.", _REMEDY) from None
    if DATABASE not in listed or not all(_NAME.fullmatch(name) for name in listed):
        raise _damaged(path)
    return backup, listed


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copied(content: IO[bytes], target: Path) -> str:
    """Its SHA-256."""
    hashed = hashlib.sha256()
    # Only for its owner: the folder of a database is not always.
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while chunk := content.read(_CHUNK):
            hashed.update(chunk)
            file.write(chunk)
    return hashed.hexdigest()


def _damaged(path: Path) -> BackupUnusable:
    return BackupUnusable(str(path), "It is damaged.", _REMEDY)
