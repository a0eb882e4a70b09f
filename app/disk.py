"""What has to be on disk before it is relied on, and what may be read of a folder that others write to."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
"""Without O_NONBLOCK, opening a pipe would wait for somebody to write to it."""


def sync(path: Path) -> None:
    """Returns when a file's content is on disk; of a folder, which names stand in it.

    Raises:
        OSError: the disk says no, or there is no such path.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def opened(folder: Path, *names: str, most: int) -> Iterator[BufferedReader]:
    """A file in a folder, or in a folder of that; `names` lead there. To be read no further than `most` bytes.

    Neither the names nor what is opened may be a link, a pipe or a device: what is read stands below `folder`, and
    reading never waits for anybody.

    Raises:
        OSError: there is no such file, it is none, or it is larger than `most`.
    """
    place = os.open(folder, _FOLDER)
    try:
        for name in names[:-1]:
            inner = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=place)
            os.close(place)
            place = inner
        handle = os.open(names[-1], _FILE, dir_fd=place)
    finally:
        os.close(place)
    with os.fdopen(handle, "rb") as file:
        state = os.fstat(handle)
        if not stat.S_ISREG(state.st_mode):
            raise OSError(errno.EINVAL, "not a file", names[-1])
        if state.st_size > most:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), names[-1])
        yield file


def content(folder: Path, *names: str, most: int) -> bytes:
    """All of such a file; a file that grows meanwhile is refused as one that was too large before.

    Raises:
        OSError: as `opened`.
    """
    with opened(folder, *names, most=most) as file:
        read = file.read(most + 1)
    if len(read) > most:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), names[-1])
    return read
