"""Tables: comma-, semicolon- or tab-separated values with a line of names, as spreadsheets and databases write them."""

import csv
from collections.abc import Callable, Iterator, Mapping
from io import TextIOBase
from pathlib import Path
from typing import Any

from app.errors import ExportUnusable
from app.importing import columns
from app.importing.files import Part, parts_of
from app.importing.imported import Record, Skipped
from app.importing.values import MAX_RECORD_CHARACTERS

_SEPARATORS = ",;\t|"
_ENDINGS = (".csv", ".tsv", ".tab", ".txt")


def looks_like(name: str, beginning: bytes) -> bool:
    """Whether the first line is of names of which one is known for a comment's text."""
    del name
    head = beginning.removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0]
    if b"\0" in head or len(head) > 10_000:
        return False
    names = _names(head.decode("utf-8", "replace"))
    return len(names) > 1 and columns.knows_text(names)


def read(path: Path, progress: Callable[[int], None], chosen: Mapping[str, str] | None = None) -> Iterator[Record]:
    """Every row's comment; see `jsonl.read`.

    Raises:
        ExportUnusable: see `Reader`; or its first line names no column for the text.
    """
    csv.field_size_limit(MAX_RECORD_CHARACTERS)
    for part in parts_of(path):
        if not part.name or part.name.removesuffix(".gz").endswith(_ENDINGS):
            # Bytes that are not UTF-8 become surrogates, so that their rows can be told from others.
            with part.decoded(progress, errors="surrogateescape") as text:
                yield from _rows(part, text, chosen or {})


def _rows(part: Part, text: TextIOBase, chosen: Mapping[str, str]) -> Iterator[Record]:
    head = text.readline(MAX_RECORD_CHARACTERS)
    names = [name.strip() for name in _names(head)]
    places = columns.assigned(names, chosen)
    absent = [name for name in chosen.values() if name not in names]
    if absent or ("text" not in places and "author_url" not in places):
        what = f"There is no column named {absent[0]}." if absent else "No column is known to hold the comments' text."
        remedy = "Its first line must name the columns; say which is the text with --columns text=NAME."
        raise ExportUnusable(str(part.export), what, remedy)
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=_separator(head))
    while True:
        before = lines.number
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            why = f"The row cannot be read; it was looked for in lines {before + 1:,} to {lines.number:,}."
            yield Skipped(part.place(before + 1), why)
            continue
        if lines.was_cut:
            lines.was_cut = False
            yield Skipped(part.place(lines.number), f"The line is longer than {MAX_RECORD_CHARACTERS:,} characters.")
        elif row:
            yield _record(row, names, places, part.place(before + 1))


def _record(row: list[str], names: list[str], places: Mapping[str, str], where: str) -> Record:
    if len(row) != len(names):
        return Skipped(where, f"The row has {len(row):,} columns, the first line has {len(names):,}.")
    try:
        "".join(row).encode()
    except UnicodeEncodeError:
        return Skipped(where, "It is not in UTF-8; save the table as UTF-8.")
    told: dict[str, Any] = dict(zip(names, row, strict=True))
    return columns.record_at(told, places, where)


def _separator(head: str) -> str:
    """What stands between the names: the candidate there are most of."""
    return max(_SEPARATORS, key=head.count)


def _names(head: str) -> list[str]:
    try:
        return next(csv.reader([head.rstrip("\r\n")], delimiter=_separator(head)), [])
    except csv.Error:
        return []


class _Lines:
    """The lines after the first, counted, none longer than is read."""

    def __init__(self, text: TextIOBase) -> None:
        self._text = text
        self.number = 1
        self.was_cut = False
        """Whether the last line was too long and its end was passed over."""

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._text.readline(MAX_RECORD_CHARACTERS)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) == MAX_RECORD_CHARACTERS and not line.endswith(("\n", "\r")):
            self.was_cut = True
            while line and not line.endswith(("\n", "\r")):
                line = self._text.readline(MAX_RECORD_CHARACTERS)
            return "\n"
        return line
