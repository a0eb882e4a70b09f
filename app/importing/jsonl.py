"""JSON, an object a line: Winnow's own records (DESIGN: comment records), or any with fields of known names.

Winnow's own hold what `winnow import` writes: the fields of a comment, `id`, `label` and `status`.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from app.importing import columns
from app.importing.files import Part, parts_of
from app.importing.imported import Record, Skipped

MAX_LINE_BYTES = 16 << 20


def looks_like(name: str, beginning: bytes) -> bool:
    """Whether the first line that is not blank is the beginning of a JSON object with a field of a known name."""
    del name
    line = beginning.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")[0]
    if not line.startswith(b"{"):
        return False
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return len(line) > 60_000 and b'"text"' in line  # a first record with its page, longer than what is looked at
    return isinstance(row, dict) and columns.knows_text(row)


def read(path: Path, progress: Callable[[int], None], chosen: Mapping[str, str] | None = None) -> Iterator[Record]:
    """Every line's comment; see `Reader`. Blank lines are passed over, files that are no JSONL are reported.

    Args:
        path: a file, or a folder of them.
        progress: see `Reader`.
        chosen: field of a comment -> name in the records, for names that are not known by themselves.
    """
    for part in parts_of(path):
        if part.name and not part.name.removesuffix(".gz").endswith((".jsonl", ".ndjson", ".json")):
            continue
        with part.opened(progress) as file:
            number = 0
            while line := file.readline(MAX_LINE_BYTES):
                number += 1
                if len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
                    while line and not line.endswith(b"\n"):
                        line = file.readline(MAX_LINE_BYTES)
                    yield Skipped(part.place(number), f"The line is longer than {MAX_LINE_BYTES:,} bytes.")
                elif line.strip():
                    yield _record(part, number, line, chosen or {})


def _record(part: Part, number: int, line: bytes, chosen: Mapping[str, str]) -> Record:
    where = part.place(number)
    try:
        row: Any = json.loads(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)
    except (ValueError, RecursionError):
        return Skipped(where, "The line is not JSON in UTF-8.")
    if not isinstance(row, dict):
        return Skipped(where, "The line is not a JSON object.")
    return columns.record(row, chosen, where)
