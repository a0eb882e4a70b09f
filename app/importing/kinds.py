"""The kinds of exports that can be read, and how one is told from another: by how it begins, not by its name alone."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.errors import ExportUnusable
from app.importing import (
    blogger,
    disqus,
    ghost,
    isso,
    json_array,
    jsonl,
    mediawiki,
    page,
    page_text,
    remark42,
    staticman,
    table,
    wordpress,
)
from app.importing.files import Part, parts_of
from app.importing.imported import Record

_LOOKED_AT = 200
"""Of the files of a folder or an archive, so many are looked at to tell its kind."""


_AT_YOUR_WORD = frozenset({"jsonl", "json", "csv", "page", "page-text", "staticman", "remark42"})
"""Kinds that are tried on anything once they are named: theirs may begin in more ways than are known."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of export."""

    name: str
    """By which `--kind` takes it."""
    title: str
    """What people call it."""
    looks_like: Callable[[str, bytes], bool]
    """Of a file's name and its first bytes: whether it is of this kind."""
    read: Callable[..., Iterator[Record]]
    """A Reader; one that `takes_columns` has a third argument."""
    takes_columns: bool = False


KINDS: tuple[Kind, ...] = (
    Kind("wordpress", "WordPress' export, WXR", wordpress.looks_like, wordpress.read),
    Kind("disqus", "Disqus' XML export", disqus.looks_like, disqus.read),
    Kind("blogger", "Blogger's export or Takeout's feed.atom", blogger.looks_like, blogger.read),
    Kind("mediawiki", "MediaWiki's XML dump", mediawiki.looks_like, mediawiki.read),
    Kind("ghost", "Ghost's JSON export with comments", ghost.looks_like, ghost.read),
    Kind("isso", "Isso's SQLite database", isso.looks_like, isso.read),
    Kind("remark42", "Remark42's backup", remark42.looks_like, remark42.read),
    Kind("staticman", "Staticman's files, or Jekyll's below _data/comments", staticman.looks_like, staticman.read),
    Kind("jsonl", "JSON, an object a line: Winnow's own records, or others", jsonl.looks_like, jsonl.read, True),
    Kind("page", "a saved HTML page with its comments", page.looks_like, page.read),
    Kind("page-text", "such a page as plain text, where that is beyond doubt", page_text.looks_like, page_text.read),
    Kind("json", "JSON, an array of comments", json_array.looks_like, json_array.read, True),
    Kind("csv", "a table: CSV, TSV or semicolons, with names in its first line", table.looks_like, table.read, True),
)
"""The surest first: of two that a file looks like, the first is believed."""


def read(
    path: Path,
    kind: str = "",
    progress: Callable[[int], None] = lambda _: None,
    columns: Mapping[str, str] | None = None,
) -> Iterator[Record]:
    """Every record of an export, in its order, in memory that does not grow with it.

    Args:
        path: a file, gzipped or not, a zip archive, or a folder.
        kind: the name of a kind; empty to tell it by its beginning.
        progress: called with the number of bytes read since the last call.
        columns: field of a comment -> its name in the export, for kinds with columns.

    Raises:
        ExportUnusable: it is not there, of no known kind, or cannot be read to its end; or columns were named for a
            kind that has none.
    """
    found = kind_of(path, kind)
    if columns and not found.takes_columns:
        what = f"An export of the kind {found.name} has no columns to name."
        raise ExportUnusable(str(path), what, "Leave --columns out.")
    if found.takes_columns:
        return found.read(path, progress, columns or {})
    return found.read(path, progress)


def kind_of(path: Path, kind: str = "") -> Kind:
    """The kind of an export: the one that was named, or the one it looks like.

    Raises:
        ExportUnusable: it is not there, or of no known kind; the message lists those there are.
    """
    parts = parts_of(path)
    if kind:
        return _named(path, parts, kind)
    for part in parts[:_LOOKED_AT]:
        looked = _looks_like(part)
        if looked:
            return looked
    what = "It is empty." if not any(part.beginning() for part in parts[:1]) else "It is of no kind that is known."
    raise ExportUnusable(str(path), what, _listed())


def _named(path: Path, parts: list[Part], name: str) -> Kind:
    kind = next((each for each in KINDS if each.name == name), None)
    if kind is None:
        raise ExportUnusable(str(path), f"There is no kind of export named {name}.", _listed())
    if name not in _AT_YOUR_WORD and not any(kind.looks_like(part.shown, _beginning(part)) for part in parts):
        raise ExportUnusable(
            str(path), f"Nothing in it looks like {kind.title}.", "Leave --kind out to have it looked at."
        )
    return kind


def _beginning(part: Part) -> bytes:
    beginning = part.beginning()
    if beginning[:2] in (b"\xff\xfe", b"\xfe\xff"):  # UTF-16, as spreadsheets save it
        return beginning.decode("utf-16", "replace").encode("utf-8", "replace")
    return beginning


def _looks_like(part: Part) -> Kind | None:
    beginning = _beginning(part)
    return next((kind for kind in KINDS if kind.looks_like(part.shown, beginning)), None)


def _listed() -> str:
    kinds = "; ".join(f"{kind.name} ({kind.title})" for kind in KINDS)
    return f"Known kinds, for --kind: {kinds}."
