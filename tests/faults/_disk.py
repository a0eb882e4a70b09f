"""A disk that fails on demand under a real service: `_disk.c`, compiled when it is needed."""

import errno
import shutil
import struct
import subprocess
from dataclasses import astuple, dataclass
from pathlib import Path

COMPILER = shutil.which("gcc")


@dataclass(frozen=True, slots=True)
class Faults:
    """What calls on the database's files fail with; errors are numbers of errno, 0 for none."""

    write: int = 0
    read: int = 0
    sync: int = 0
    open_to_write: int = 0
    permille: int = 1_000
    """How many of 1,000 of these calls fail, of opening all."""
    sync_ms: int = 0
    """What each wait for the disk takes longer."""


WELL = Faults()
READ_ONLY = Faults(write=errno.EROFS, sync=errno.EROFS, open_to_write=errno.EROFS)
FULL = Faults(write=errno.ENOSPC)
SLOW = Faults(sync_ms=700)


class Disk:
    """The disk of one service."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the tests' own; the library and its numbers are made there."""
        self._numbers = folder / "faults"
        self._library = folder / "disk.so"
        self.set(WELL)
        source = Path(__file__).with_name("_disk.c")
        command = [str(COMPILER), "-shared", "-fPIC", "-O1", "-o", str(self._library), str(source), "-ldl"]
        subprocess.run(command, check=True)

    def environment(self) -> dict[str, str]:
        """What the service is started with."""
        return {"LD_PRELOAD": str(self._library), "FAULTS": str(self._numbers)}

    def set(self, faults: Faults) -> None:
        """From now on."""
        with self._numbers.open("r+b" if self._numbers.exists() else "wb") as file:
            file.write(struct.pack("6i", *astuple(faults)))
