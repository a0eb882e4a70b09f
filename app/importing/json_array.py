"""A JSON document that is an array of comments, or an object with one under `comments`; fields of known names."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from app.importing import columns
from app.importing.files import parts_of
from app.importing.imported import Record, Skipped
from app.importing.json_rows import rows

TABLES = frozenset({"", "comments"})
_BEGINS = re.compile(rb'\s*(?:\[\s*\{|\{[^\[]{0,2000}"comments"\s*:\s*\[)')
_NAME = re.compile(rb'"([A-Za-z_ -]{2,40})"\s*:')


def looks_like(name: str, beginning: bytes) -> bool:
    """Whether it begins as such a document and has a field of a name that is known for a comment's text."""
    del name
    beginning = beginning.removeprefix(b"\xef\xbb\xbf")
    names = [match.group(1).decode() for match in _NAME.finditer(beginning)]
    return _BEGINS.match(beginning) is not None and columns.knows_text([name for name in names if name != "comments"])


def read(path: Path, progress: Callable[[int], None], chosen: Mapping[str, str] | None = None) -> Iterator[Record]:
    """Every object's comment; see `jsonl.read`."""
    for part in parts_of(path):
        if part.name and not part.name.removesuffix(".gz").endswith(".json"):
            continue
        with part.decoded(progress) as text:
            for row in rows(text, TABLES):
                where = part.place(row.line)
                if row.value is None:
                    yield Skipped(where, row.trouble)
                else:
                    yield columns.record(row.value, chosen or {}, where)
