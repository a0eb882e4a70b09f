"""Isso's SQLite database, opened to be read and nothing else.

Written from isso/db/comments.py and isso/db/threads.py of isso-comments/isso: table `comments` (tid, id, parent,
created in seconds, mode, remote_addr, text, author, email, website) and table `threads` (id, uri, title). Mode 1 is
valid, 2 waits for moderation, 4 is deleted while it has replies. Text is Markdown; remote_addr has its last part cut
off. Without moderation every comment has mode 1 from the beginning, and the database does not tell which it was: mode 1
is published.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from app.errors import ExportUnusable
from app.importing import values
from app.importing.files import parts_of
from app.importing.imported import Imported, Record, Skipped, Status

_STATUSES: dict[Any, Status] = {1: "published", 2: "pending", 4: "trash"}
_COLUMNS = ("id", "parent", "created", "mode", "remote_addr", "text", "author", "email", "website")
_MAX_BYTES = 16 << 20
_REMEDY = "Make a copy with sqlite3 comments.db \".backup 'copy.db'\" and name that."


def looks_like(name: str, beginning: bytes) -> bool:
    """Whether it is an SQLite database that mentions Isso's tables; its schema stands in its first pages."""
    del name
    return beginning.startswith(b"SQLite format 3\0") and b"threads" in beginning and b"comments" in beginning


def read(path: Path, progress: Callable[[int], None]) -> Iterator[Record]:
    """Every comment, with the address and title of its thread; see `Reader`."""
    for part in parts_of(path):
        if not looks_like(part.name, part.beginning()):
            continue
        if part.is_packed or not _is_plain(part.path):
            raise ExportUnusable(str(path), "A database cannot be read while it is packed.", "Unpack it first.")
        try:
            yield from _comments(part.path, part.name, progress)
        except (sqlite3.Error, OverflowError) as error:
            what = f"The database cannot be read to its end ({type(error).__name__})."
            raise ExportUnusable(str(path), what, _REMEDY) from None


def _comments(path: Path, name: str, progress: Callable[[int], None]) -> Iterator[Record]:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
        _careful(database)
        columns = _columns(database)
        if not {"text", "mode"} <= columns:
            what = "It has no table of comments as Isso keeps them."
            raise ExportUnusable(str(path), what, "Name the file that dbpath in Isso's configuration names.")
        told = ", ".join(f"c.{column}" if column in columns else "NULL" for column in _COLUMNS)
        total = database.execute("SELECT count(*) FROM comments").fetchone()[0]
        share = path.stat().st_size / max(total, 1)
        query = f"SELECT {told}, t.uri, t.title FROM comments c LEFT JOIN threads t ON t.id = c.tid ORDER BY c.rowid"  # noqa: S608  column names of ours
        for number, row in enumerate(database.execute(query), 1):
            progress(int(share * number) - int(share * (number - 1)))
            yield _comment(row, f"{name + ', ' if name else ''}comment {row[0]}")


def _is_plain(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(6) == b"SQLite"


def _careful(database: sqlite3.Connection) -> None:
    """What a stranger's database could do is turned off: its own functions in views and triggers, huge values."""
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_BYTES)
    database.text_factory = lambda value: value.decode("utf-8", "replace")
    for pragma in ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON", "mmap_size = 0"):
        database.execute(f"PRAGMA {pragma}")


def _columns(database: sqlite3.Connection) -> set[str]:
    """Those of the table `comments`; empty when it or `threads` is no plain table."""
    tables = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ('comments', 'threads')"
        " AND sql NOT LIKE '%VIRTUAL%'"
    ).fetchall()
    if len(tables) != 2:
        return set()
    return {row[1] for row in database.execute("PRAGMA table_info(comments)")}


def _comment(row: tuple[Any, ...], where: str) -> Record:
    told = dict(zip((*_COLUMNS, "uri", "title"), row, strict=True))
    status = _STATUSES.get(told["mode"])
    if status is None:
        return Skipped(where, "Its mode is none of Isso's own.")
    if not isinstance(told["text"], str):
        return Skipped(where, "It has no text.")
    comment = values.comment(
        text=told["text"],
        text_format="markdown",
        author=told["author"],
        author_email=told["email"],
        author_url=told["website"],
        author_ip=told["remote_addr"],
        page_url=told["uri"],
        page_title=told["title"],
        posted_at=values.moment(told["created"]),
        comment_id=values.text(told["id"]) or where,
        parent_id=told["parent"],
    )
    return Imported(comment, status, where)
