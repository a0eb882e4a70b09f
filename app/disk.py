"""What has to be on disk before it is relied on."""

import os
from pathlib import Path


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
