"""Scoring many comments: lines -> chunks -> processes -> rows, in order, in bounded memory."""

import gzip
import json
import math
import zlib
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import partial
from io import BufferedIOBase, BufferedReader
from pathlib import Path
from typing import Any

from app import lists, models
from app.commands.printing import json_line
from app.core.classify import classify
from app.core.comment import History
from app.errors import CommandRefused
from app.processes import in_processes
from app.training.examples import comment_of
from app.web import answers

CHUNK_ROWS = 200
CHUNK_BYTES = 1 << 20
MAX_LINE_BYTES = 16 << 20
"""A longer line is not read but answered with an error; a record with its page has a few thousand."""
KEYS = ("score", "verdict", "action", "reasons")

Line = tuple[int, bytes | None]
"""Its number, from 1, and its bytes; None when it is longer than MAX_LINE_BYTES."""


@dataclass(frozen=True, slots=True)
class Job:
    """What every process needs to know."""

    models: Path
    version: str
    with_reasons: bool
    site: str = ""
    """The one whose own decisions count; empty: as shipped."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What became of a chunk."""

    written: bytes
    verdicts: Counter[str]
    """Rows by verdict; `error` for lines that could not be judged."""


class Scorer:
    """Scores lines of JSON with one model."""

    def __init__(self, job: Job) -> None:
        self._lists = lists.load()
        self._model = models.load(job.models, job.version, self._lists).of(job.site)
        self._with_reasons = job.with_reasons
        self._keys = KEYS if job.with_reasons else KEYS[:-1]

    def rows(self, chunk: list[Line]) -> Rows:
        """A row for every line, in order."""
        found = [self._row(*line) for line in chunk]
        verdicts = Counter(row.get("verdict", "error") for row in found)
        return Rows(b"".join(map(json_line, found)), verdicts)

    def _row(self, number: int, line: bytes | None) -> dict[str, Any]:
        if line is None:
            return _refused(None, number, f"The line is longer than {MAX_LINE_BYTES:,} bytes.")
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            return _refused(None, number, "The line is not JSON in UTF-8.")
        if not isinstance(row, dict):
            return _refused(None, number, "The line is not a JSON object.")
        if not isinstance(row.get("text"), str) and not isinstance(row.get("author_url"), str):
            return _refused(row, number, "The object has neither a text nor an author_url.")
        try:
            comment = comment_of(row)
            found = classify(comment, History(), self._model, self._lists, with_reasons=self._with_reasons)
        except Exception as error:  # noqa: BLE001  a defect costs its row, not the other millions
            return _refused(row, number, f"Winnow failed on it ({type(error).__name__}); please report this.")
        answer = answers.judged(_id(row, number), "", found)
        return {"id": answer["id"], **{key: answer[key] for key in self._keys}}


def _id(row: dict[str, Any] | None, number: int) -> Any:
    """The row's own id if it is text or a number, else the line's number as text.

    >>> _id({"id": "a"}, 7), _id({"id": None}, 7), _id({"id": ["a"]}, 7), _id(None, 7)
    ('a', '7', '7', '7')
    """
    identity = None if row is None else row.get("id")
    known = isinstance(identity, str) or (isinstance(identity, int | float) and math.isfinite(identity))
    return identity if known else str(number)


def _refused(row: dict[str, Any] | None, number: int, error: str) -> dict[str, Any]:
    return {"id": _id(row, number), "line": number, "error": error}


def chunks(path: str, file: BufferedIOBase) -> Iterator[list[Line]]:
    """The lines of a file in chunks, gzipped or not; blank lines are passed over, but counted.

    Raises:
        CommandRefused: the file cannot be read to its end.
    """
    chunk: list[Line] = []
    size = number = 0
    try:
        for number, line in _lines(file):
            chunk.append((number, line))
            size += len(line or b"")
            if len(chunk) >= CHUNK_ROWS or size >= CHUNK_BYTES:
                yield chunk
                chunk, size = [], 0
    except (OSError, EOFError, zlib.error) as error:
        what = f"It cannot be read beyond line {number:,} ({type(error).__name__})."
        raise CommandRefused(path, what, "Get a whole copy of the file.") from None
    if chunk:
        yield chunk


def _lines(file: BufferedIOBase) -> Iterator[Line]:
    number = 0
    while line := file.readline(MAX_LINE_BYTES):
        number += 1
        if len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = file.readline(MAX_LINE_BYTES)
            yield number, None
        elif line.strip():
            yield number, line


def unpacked(file: BufferedReader) -> BufferedIOBase:
    """The file itself, or what is in it when it begins as gzip does."""
    return gzip.GzipFile(fileobj=file) if file.peek(2).startswith(b"\x1f\x8b") else file


def score(source: Iterator[list[Line]], job: Job, workers: int) -> Generator[Rows, None, None]:
    """The rows of all chunks, in order; in `workers` processes when there are more than a few.

    Raises:
        CommandRefused: a process was killed.
        ModelUnusable, ListUnusable: see app.models and app.lists.
    """
    return in_processes(source, partial(_rows_of, job), workers, "winnow score")


def _rows_of(job: Job) -> Callable[[list[Line]], Rows]:
    return Scorer(job).rows
