"""The files of a public corpus -> comment records, one by one; what cannot be read is told and passed over."""

import csv
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import IO, BinaryIO

from app.errors import CorpusUnusable
from app.importing import values
from app.importing.imported import Skipped
from app.training.corpora import Corpus, CorpusFile

MAX_UNPACKED_BYTES = 64 << 20
"""Of one member of an archive; a small archive may hold an enormous one."""
MAX_MEMBERS = 100
_MAX_FIELD = 1 << 20
_EDGES = " \t\r\n\ufeff\u00a0"
"""Taken from the ends of a text; the YouTube collection's end in a byte order mark."""

Row = dict[str, str]


class _Cut(Exception):
    """A member holds more than it may."""


class _Bounded(io.RawIOBase):
    """The bytes of a member, and not one more than MAX_UNPACKED_BYTES."""

    def __init__(self, inner: IO[bytes]) -> None:
        self._inner = inner
        self._left = MAX_UNPACKED_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]
        piece = self._inner.read(len(into))
        self._left -= len(piece)
        if self._left < 0:
            raise _Cut
        into[: len(piece)] = piece
        return len(piece)


def records(corpus: Corpus, file: CorpusFile, content: BinaryIO) -> Iterator[Row | Skipped]:
    """Every comment of a file, as a record of DESIGN's format, or why there is none at that place.

    The id is made of the comment itself, so that the same comment has the same id in every pull.

    Args:
        corpus: whose name goes into `site` and the ids.
        file: how it is read.
        content: its bytes, from which can be read anywhere.

    Raises:
        CorpusUnusable: it is no such archive or table, is damaged, or unpacks to more than it may.
    """
    content.seek(0)
    try:
        if not file.members:
            yield from _lines(corpus, file, "", content)
            return
        with zipfile.ZipFile(content) as archive:
            names = [name for name in archive.namelist() if fnmatchcase(name, file.members)]
            if not names or len(names) > MAX_MEMBERS:
                raise _unusable(file, f"The archive has {len(names)} files named {file.members}.")
            for name in sorted(names):
                with archive.open(name) as member:
                    yield from _lines(corpus, file, name, member)
    except _Cut:
        raise _unusable(file, f"A file of it is larger than {MAX_UNPACKED_BYTES:,} bytes when unpacked.") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, csv.Error) as error:
        raise _unusable(file, f"It cannot be read ({type(error).__name__}).") from error


def _lines(corpus: Corpus, file: CorpusFile, member: str, content: IO[bytes]) -> Iterator[Row | Skipped]:
    raw = io.BufferedReader(_Bounded(content))
    text = io.TextIOWrapper(raw, encoding="utf-8-sig", errors="replace", newline="" if file.format == "csv" else "\n")
    where = f"{member}, line " if member else "line "
    for number, told in _told(file, text):
        label = file.label or file.labels.get(told.pop("label", "").strip(), "")
        told = {name: values.text(value).strip(_EDGES) for name, value in told.items()}
        if not label or not told.get("text"):
            yield Skipped(f"{where}{number:,}", "It has no label that is known." if not label else "It has no text.")
            continue
        if "posted_at" in told:
            told["posted_at"] = values.moment(told["posted_at"])
        page = file.pages.get(member, "")
        yield _record(corpus, {**told, "page_url": page, "label": label})


def _told(file: CorpusFile, text: io.TextIOWrapper) -> Iterator[tuple[int, Row]]:
    """Number of the line -> what it tells, by field."""
    if file.format == "csv":
        csv.field_size_limit(_MAX_FIELD)
        rows = csv.DictReader(text)
        absent = set(file.columns.values()) - set(rows.fieldnames or ())
        if absent:
            raise _unusable(file, f"There is no column named {min(absent)}.")
        for row in rows:
            yield rows.line_num, {name: row[column] or "" for name, column in file.columns.items()}
        return
    for number, line in enumerate(text, 1):
        if not line.strip():
            continue
        label, tab, rest = line.partition("\t")
        if file.format == "a text a line":
            yield number, {"text": line}
        else:
            yield number, {"label": label, "text": rest} if tab else {}


def _record(corpus: Corpus, told: Row) -> Row:
    known = "\0".join(told.get(name, "") for name in ("text", "author", "posted_at", "page_url"))
    identity = f"{corpus.name}-{hashlib.sha256(known.encode()).hexdigest()[:12]}"
    fields = {"language": corpus.language, "site": corpus.name, "source": corpus.name}
    return {"id": identity, **{name: value for name, value in told.items() if value}, **fields}


def _unusable(file: CorpusFile, what: str) -> CorpusUnusable:
    return CorpusUnusable(file.url, what, "Nothing was changed; look for a newer list of corpora.")
