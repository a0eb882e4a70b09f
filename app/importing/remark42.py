"""Remark42's backup: a line of JSON about the site, then a comment a line; as a file, gzipped.

Written from backend/app/migrator/native.go and backend/app/store/comment.go of umputun/remark42: `text` is HTML, `pid`
the parent's id, `locator.url` and `title` the page, `delete` is true of a deleted comment, whose text is gone.
`user.ip` is a hash and no address. Nobody approves comments in Remark42, and spam is deleted there.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from app.importing import values
from app.importing.files import Part, parts_of
from app.importing.imported import Imported, Record, Skipped
from app.importing.jsonl import objects


def looks_like(name: str, beginning: bytes) -> bool:
    """Whether the first line is about the site (version, users, posts), or is a comment with its locator."""
    del name
    line = beginning.lstrip().partition(b"\n")[0]
    if not line.startswith(b"{"):
        return False
    if line.startswith(b'{"version":') and b'"users":' in line and b'"posts":' in line:
        return True
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(row, dict) and isinstance(row.get("locator"), dict) and "pid" in row


def read(path: Path, progress: Callable[[int], None]) -> Iterator[Record]:
    """Every comment; see `Reader`."""
    for part in parts_of(path):
        with part.opened(progress) as file:
            for number, row in objects(part, file):
                if isinstance(row, Skipped):
                    yield row
                elif number > 1 or "version" not in row:
                    yield _comment(part, number, row)


def _comment(part: Part, number: int, row: dict[str, Any]) -> Record:
    where = part.place(number)
    user, locator = _inside(row, "user"), _inside(row, "locator")
    is_deleted = row.get("delete") is True
    if not is_deleted and not isinstance(row.get("text"), str):
        return Skipped(where, "It has no text.")
    comment = values.comment(
        text=row.get("text"),
        text_format="html",
        author=user.get("name"),
        page_url=locator.get("url"),
        page_title=row.get("title"),
        posted_at=values.moment(row.get("time")),
        comment_id=values.text(row.get("id")) or where,
        parent_id=row.get("pid"),
    )
    return Imported(comment, "trash" if is_deleted else "published", where)


def _inside(row: dict[str, Any], name: str) -> dict[str, Any]:
    value = row.get(name)
    return value if isinstance(value, dict) else {}
