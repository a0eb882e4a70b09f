"""Files that are there whole or not at all."""

import gzip
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn, Protocol

from app.disk import sync
from app.errors import CommandRefused

_TERMINATED = 128 + signal.SIGTERM


class Sink(Protocol):
    """What can be written to."""

    def write(self, data: bytes, /) -> object:
        """Append the bytes."""


@contextmanager
def written_whole(path: Path, *, private: bool = False) -> Iterator[Sink]:
    """A file to write that gets its name only when all is written and on disk; gzipped if it ends in .gz.

    Until then it is called `<path>.part`, and when the block fails that is removed. A device such as
    /dev/null is written as it is. What is `private` only its owner may read.

    Raises:
        CommandRefused: the disk is full, or the folder cannot be written.
    """
    path = path.resolve()  # a link stays a link
    if path.exists() and not path.is_file():
        with _named(path), path.open("wb") as file:
            yield file
        return
    part = part_of(path)
    try:
        with _named(path):
            with part.open("wb") as file:
                if private:
                    os.fchmod(file.fileno(), 0o600)
                if path.suffix == ".gz":
                    with gzip.GzipFile("", "wb", 6, file, 0) as packed:
                        yield packed
                else:
                    yield file
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            sync(path.parent)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def terminable() -> Iterator[None]:
    """SIGTERM ends the block as Ctrl+C does, so that nothing half-written stays."""

    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        raise SystemExit(_TERMINATED)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def standard_output() -> Iterator[Sink]:
    """The bytes of stdout, flushed at the end."""
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()


def part_of(path: Path) -> Path:
    """What a file is called while it is written.

    >>> part_of(Path("out.jsonl")).name
    'out.jsonl.part'
    """
    return path.with_name(path.name + ".part")


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Turns a failure to write into a sentence; whatever else the block does names its own failures."""
    try:
        yield
    except OSError as error:
        what = f"The file cannot be written: {error.strerror or type(error).__name__}."
        raise CommandRefused(str(path), what, "Nothing was changed; choose another place or free some.") from None
