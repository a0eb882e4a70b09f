"""The objects of large JSON documents, one at a time: a document of gigabytes is never in memory as a whole."""

import json
import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from io import TextIOBase
from typing import Any

from app.importing.values import MAX_RECORD_CHARACTERS

CHUNK_CHARACTERS = 1 << 18
MAX_NESTING = 100
"""A document that nests deeper around its tables is left there."""

_TOKEN = re.compile(r'["{}\[\]]')
_STRING_END = re.compile(r'[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Row:
    """One object of a table, or why it could not be read."""

    table: str
    """The name under which its array stands; empty for an array that is the document."""
    line: int
    value: dict[str, Any] | None
    trouble: str = ""


def rows(text: TextIOBase, tables: Set[str]) -> Iterator[Row]:
    """Every object of the arrays with these names, wherever in the document they stand, in its order.

    Objects that stand inside another's object are part of that one.

    >>> import io
    >>> [(row.table, row.value) for row in rows(io.StringIO('{"a": [{"b": [1, {}]}, 2], "c": [{}]}'), {"a", ""})]
    [('a', {'b': [1, {}]})]
    """
    scan = _Scan(tables)
    while chunk := text.read(CHUNK_CHARACTERS):
        yield from scan.feed(chunk)
        if scan.is_lost:
            return
    yield from scan.end()


class _Scan:
    def __init__(self, tables: Set[str]) -> None:
        self._tables = tables
        self._buffer = ""
        self._at = 0
        self._key = ""
        """The last string, which is the name of whatever opens next."""
        self._around: list[str] = []
        """What is open around the place: `{` for an object, the name after `[` for an array."""
        self._row: int | None = None
        """Where the row begins that is being looked at."""
        self._depth = 0
        """How many objects and arrays are open inside the row, itself among them."""
        self._line = 1
        self._counted = 0
        self._row_line = 1
        self.is_lost = False
        """Whether a record had no end, so that nothing after it can be told apart."""

    def feed(self, chunk: str) -> Iterator[Row]:
        keep = self._at if self._row is None else self._row
        self._line_at(keep)
        self._buffer = self._buffer[keep:] + chunk
        self._at -= keep
        self._counted -= keep
        self._row = None if self._row is None else 0
        while (place := self._next()) is not None:
            yield from self._take(place)
        if len(self._buffer) > MAX_RECORD_CHARACTERS + CHUNK_CHARACTERS:
            self.is_lost = True
            why = f"It is longer than {MAX_RECORD_CHARACTERS:,} characters, or has no end; what follows cannot be read."
            yield Row("", self._row_line if self._row is not None else self._line, None, why)

    def end(self) -> Iterator[Row]:
        """What was open when the document ended."""
        if self._row is not None:
            yield Row("", self._row_line, None, "The export ends in the middle of it.")
        elif self._around:
            yield Row("", self._line_at(len(self._buffer)), None, "The export was cut short here: it does not end.")

    def _line_at(self, place: int) -> int:
        if place > self._counted:
            self._line += self._buffer.count("\n", self._counted, place)
            self._counted = place
        return self._line

    def _next(self) -> int | None:
        """The place of the next bracket outside of strings; None when more of the document is needed."""
        while match := _TOKEN.search(self._buffer, self._at):
            if match.group() != '"':
                self._at = match.end()
                return match.start()
            closed = _STRING_END.match(self._buffer, match.end())
            if closed is None:
                self._at = match.start()
                return None
            self._at = closed.end()
            if self._row is None:
                self._key = self._buffer[match.end() : min(closed.end() - 1, match.end() + 100)]
        self._at = len(self._buffer)
        return None

    def _take(self, place: int) -> Iterator[Row]:
        character = self._buffer[place]
        if self._row is not None:
            self._depth += 1 if character in "{[" else -1
            if self._depth == 0:
                source, self._row = self._buffer[self._row : place + 1], None
                yield _parsed(self._around[-1][1:], self._row_line, source)
        elif character == "{" and self._around and self._around[-1][1:] in self._tables and self._around[-1][0] == "[":
            self._row, self._depth, self._row_line = place, 1, self._line_at(place)
        elif character in "{[":
            self._around.append(f"[{self._key}" if character == "[" else "{")
            self._key = ""
            self.is_lost = len(self._around) > MAX_NESTING
        elif self._around:
            self._around.pop()
            self._key = ""


def _parsed(table: str, line: int, source: str) -> Row:
    try:
        value = json.loads(source)
    except (ValueError, RecursionError):
        return Row(table, line, None, "It is not JSON.")
    return Row(table, line, value if isinstance(value, dict) else None)
