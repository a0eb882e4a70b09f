"""Who put which model in use, when and why: a line for each time, beside the models."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from app.disk import sync

RELEASES = "releases.jsonl"
"""A model's own folder is finished and never rewritten; what is done with it afterwards is written down here."""
MOST_LETTERS = 500
"""Of a reason or a name."""
_MOST_BYTES = 1 << 20
"""Of the end of the file, which is what is read; a line has a few hundred."""


class Release(NamedTuple):
    """A model was put in use."""

    version: str
    at: str
    """RFC 3339, UTC."""
    by: str
    """Who did it, as their machine knows them."""
    why: str
    """In their own words; empty if they gave none."""
    before: str
    """The version that was in use until then; empty if none was."""


def write(folder: Path, release: Release) -> None:
    """Add a line. It is on disk when this returns; a line that an earlier crash left unfinished stays alone.

    Raises:
        OSError: it cannot be written.
    """
    told = {name: value[:MOST_LETTERS] for name, value in release._asdict().items()}
    path = folder / RELEASES
    line = (json.dumps(told, ensure_ascii=False) + "\n").encode("utf-8", "replace")
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o644)
    try:
        size = os.fstat(handle).st_size
        broken = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
        os.write(handle, b"\n" + line if broken else line)
        os.fsync(handle)
    finally:
        os.close(handle)
    sync(folder)


def read(folder: Path) -> list[Release]:
    """All releases that are written down, the earliest first; lines that are none are passed over.

    Empty where nothing is written down, or it cannot be read.
    """
    try:
        with os.fdopen(os.open(folder / RELEASES, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _MOST_BYTES))
            lines = file.read(_MOST_BYTES).splitlines()
    except OSError:
        return []
    return [release for line in lines if (release := _release(line)) is not None]


def of_version(folder: Path, version: str) -> list[Release]:
    """The releases of one version, the earliest first."""
    return [release for release in read(folder) if release.version == version]


def _release(line: bytes) -> Release | None:
    try:
        told: Any = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, Mapping) or not isinstance(told.get("version"), str):
        return None
    return Release(*(told[name][:MOST_LETTERS] if isinstance(told.get(name), str) else "" for name in Release._fields))
