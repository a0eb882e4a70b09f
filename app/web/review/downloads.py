"""Files that are made while they are sent: in little memory, whatever their size."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from starlette.responses import Response, StreamingResponse

from app.web.review.pages import HEADERS

TYPES = {
    "csv": "text/csv; charset=utf-8; header=present",
    "jsonl": "application/x-ndjson; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}
"""Ending -> media type."""
_LINE_ENDS = {ord(c): f"\\u{ord(c):04x}" for c in "\x85\u2028\u2029"}
"""JSON lets them stand in a string; many a program that reads lines ends one there."""


def headers(ending: str, name: str) -> dict[str, str]:
    """What makes a browser save an answer as winnow-<name>.<ending>, and nobody keep it on the way."""
    return {**HEADERS, "Content-Disposition": f'attachment; filename="winnow-{name}.{ending}"'}


def stream(
    chunks: Iterator[list[bytes]], ending: str, name: str, note: Callable[[int, bool], None], head: bytes = b""
) -> Response:
    """A file in pieces.

    Args:
        chunks: records, some in each chunk; read in the thread pool, one chunk after the other.
        ending: one of TYPES.
        name: part of the file's name; ASCII without quotes.
        note: called at the end with the number of records that went out, and whether that was all of them: who took
            the file is written down also when the browser hung up half-way.
        head: what comes before the first record.
    """

    def sent() -> Iterator[bytes]:
        records, is_whole = 0, False
        try:
            if head:
                yield head
            for chunk in chunks:
                records += len(chunk)
                yield b"".join(chunk)
            is_whole = True
        finally:
            note(records, is_whole)

    return StreamingResponse(sent(), 200, headers(ending, name), TYPES[ending])


def json_line(value: dict[str, Any]) -> bytes:
    """A line of UTF-8 JSON, in which nothing else is taken for the end of a line.

    >>> json_line({"text": "ď\u2028"}).decode()
    '{"text": "ď\\\\u2028"}\\n'
    """
    return (json.dumps(value, ensure_ascii=False).translate(_LINE_ENDS) + "\n").encode("utf-8", "replace")
