"""The files of an export, whatever they are packed in: one file, gzipped or not, a folder, or a zip archive."""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, cast

from app.errors import ExportUnusable

BEGINNING_BYTES = 65_536
"""What is looked at to tell the kind of an export."""
MAX_FILES = 100_000
"""Of one folder or archive; a comment tree with more is refused rather than half read."""

_BESIDE = frozenset(
    ".png .jpg .jpeg .gif .webp .avif .svg .ico .bmp .mp4 .webm .mov .mp3 .ogg .pdf .css .js .woff .woff2 .ttf"
    " .map".split()
)

Progress = Callable[[int], None]
"""Called with the number of bytes read since the last call."""

_UNREADABLE = (OSError, EOFError, zlib.error, zipfile.BadZipFile)
_UNOPENABLE = (*_UNREADABLE, RuntimeError, NotImplementedError, ValueError, struct.error)
"""What a zip archive raises besides: a password is a RuntimeError, a rare method of packing NotImplementedError."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of an export."""

    export: Path
    """The export that was named."""
    name: str
    """Within it, with slashes; empty when it is the export itself."""
    is_packed: bool = False
    """Whether it stands in a zip archive."""

    @property
    def path(self) -> Path:
        """The file on disk: itself, or the archive it stands in."""
        return self.export if self.is_packed or not self.name else self.export / self.name

    @property
    def shown(self) -> str:
        """What it is called in messages."""
        return self.name or self.export.name

    def place(self, line: int) -> str:
        """Where a record stands that begins in a line.

        >>> Part(Path("a.xml"), "").place(1204), Part(Path("a"), "b.xml").place(3)
        ('line 1,204', 'b.xml, line 3')
        """
        return f"{self.name}, line {line:,}" if self.name else f"line {line:,}"

    @contextmanager
    def opened(self, progress: Progress = lambda _: None) -> Iterator[IO[bytes]]:
        """Its bytes, unpacked.

        Raises:
            ExportUnusable: it cannot be opened, or not read to its end.
        """
        with ExitStack() as opened:
            try:
                raw = _opened(self, opened)
            except _UNOPENABLE as error:
                raise self._unusable(error) from None
            try:
                yield _unpacked(_Counted(raw, progress))
            except _UNREADABLE as error:
                raise self._unusable(error) from None

    def _unusable(self, error: Exception) -> ExportUnusable:
        what = f"{self.shown} cannot be read to its end ({type(error).__name__})."
        return ExportUnusable(str(self.export), what, "Get a whole copy of the export.")

    @contextmanager
    def decoded(
        self, progress: Progress = lambda _: None, encoding: str = "utf-8-sig", errors: str = "replace"
    ) -> Iterator[io.TextIOWrapper]:
        """Its text; what is not in its encoding becomes U+FFFD, lines keep their ends. A UTF-16 mark is believed."""
        with self.opened(progress) as file:
            marked = file.peek(2)[:2] in (b"\xff\xfe", b"\xfe\xff")  # type: ignore[attr-defined]
            if marked:
                encoding, errors = "utf-16", "replace"
            yield io.TextIOWrapper(file, encoding, errors=errors, newline="")

    def beginning(self) -> bytes:
        """Its first bytes, unpacked; of a packed file that is broken, what could be unpacked."""
        try:
            with self.opened() as file:
                return file.read(BEGINNING_BYTES)
        except ExportUnusable:
            return b""


def parts_of(path: Path) -> list[Part]:
    """Every file of an export, in order of their names; hidden ones, pictures and the like are passed over.

    Raises:
        ExportUnusable: there is no such file, it cannot be opened, or there are more than MAX_FILES.
    """
    try:
        if path.is_dir():
            names = [file.relative_to(path).as_posix() for file in _visible(path)]
            found = [Part(path, name) for name in names if not _is_beside(name)]
        elif zipfile.is_zipfile(path) and _begins_as_zip(path):
            with zipfile.ZipFile(path) as archive:
                names = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
            found = [Part(path, name, is_packed=True) for name in names if not _is_beside(name)]
        else:
            with path.open("rb"):
                found = [Part(path, "")]
    except _UNOPENABLE as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise ExportUnusable(str(path), f"It cannot be opened: {reason}.", "Check the path.") from None
    if len(found) > MAX_FILES:
        raise ExportUnusable(str(path), f"It holds more than {MAX_FILES:,} files.", "Name a folder of it.")
    return sorted(found, key=lambda part: part.name)


def size_of(path: Path) -> int:
    """Bytes on disk, of all files of a folder: what progress adds up to, unless a zip archive is read."""
    if path.is_dir():
        return sum(file.stat().st_size for file in _visible(path))
    return path.stat().st_size


def _is_beside(name: str) -> bool:
    return name.startswith("__MACOSX/") or PurePosixPath(name).suffix.lower() in _BESIDE


def _visible(folder: Path) -> list[Path]:
    found: list[Path] = []
    for file in folder.rglob("*"):
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(folder).parts):
            found.append(file)
        if len(found) > MAX_FILES:
            break
    return found


def _begins_as_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def _opened(part: Part, opened: ExitStack) -> io.RawIOBase:
    if part.is_packed:
        archive = opened.enter_context(zipfile.ZipFile(part.export))
        return cast("io.RawIOBase", opened.enter_context(archive.open(part.name)))
    return opened.enter_context(part.path.open("rb", buffering=0))


def _unpacked(raw: io.RawIOBase) -> IO[bytes]:
    file = io.BufferedReader(raw, 1 << 18)
    if file.peek(2).startswith(b"\x1f\x8b"):
        return cast("IO[bytes]", io.BufferedReader(cast("io.RawIOBase", gzip.GzipFile(fileobj=file)), 1 << 18))
    return file


class _Counted(io.RawIOBase):
    """Tells how much has been read."""

    def __init__(self, inner: io.RawIOBase, progress: Progress) -> None:
        self._inner = inner
        self._progress = progress

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        read = self._inner.read(len(buffer)) or b""
        buffer[: len(read)] = read
        self._progress(len(read))
        return len(read)
