"""JSON, an object a line: Winnow's own records, or any with fields of known names.

Winnow's own hold what `winnow import` writes: the fields of a comment, `id`, `label` and `status`.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from app.importing import columns
from app.importing.files import Part, parts_of
from app.importing.imported import Record, Skipped

MAX_LINE_BYTES = 16 << 20
_MARK = b"\xef\xbb\xbf"
_ENDINGS = (".jsonl", ".ndjson", ".json")


def looks_like(name: str, beginning: bytes) -> bool:
    """Whether the first line that is not blank is a JSON object with a field of a name known for a text."""
    del name
    line, ended, _ = beginning.removeprefix(_MARK).lstrip().partition(b"\n")
    if not line.startswith(b"{"):
        return False
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return not ended and b'"text"' in line and len(line) > 60_000  # longer, with its page, than what is looked at
    return isinstance(row, dict) and columns.knows_text(row)


def read(path: Path, progress: Callable[[int], None], chosen: Mapping[str, str] | None = None) -> Iterator[Record]:
    """Every line's comment; see `Reader`. Blank lines are passed over.

    Args:
        path: a file, or a folder of them.
        progress: see `Reader`.
        chosen: field of a comment -> name in the records, for names that are not known by themselves.
    """
    for part in parts_of(path):
        if part.name and not part.name.removesuffix(".gz").endswith(_ENDINGS):
            continue
        with part.opened(progress) as file:
            for number, row in objects(part, file):
                if isinstance(row, Skipped):
                    yield row
                else:
                    yield columns.record(row, chosen or {}, part.place(number))


def objects(part: Part, file: IO[bytes]) -> Iterator[tuple[int, dict[str, Any] | Skipped]]:
    """The object of each line with the line's number, or why there is none."""
    number = 0
    while line := file.readline(MAX_LINE_BYTES):
        number += 1
        if len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = file.readline(MAX_LINE_BYTES)
            yield number, Skipped(part.place(number), f"The line is longer than {MAX_LINE_BYTES:,} bytes.")
        elif line.strip():
            yield number, _object(part, number, line.removeprefix(_MARK) if number == 1 else line)


def _object(part: Part, number: int, line: bytes) -> dict[str, Any] | Skipped:
    try:
        row: Any = json.loads(line)
    except (ValueError, RecursionError):
        return Skipped(part.place(number), "The line is not JSON in UTF-8.")
    return row if isinstance(row, dict) else Skipped(part.place(number), "The line is not a JSON object.")
