"""Comments as files of a static site: one YAML, JSON or front-matter file each, below a folder for each page.

Written from lib/Staticman.js of eduardoboucas/staticman: formats yaml, json and frontmatter (`_createFile`), the names
of files (`_getNewFilePath`), `_id` and `_parent` (`_applyInternalFields`). The other fields are named by each site
(`allowedFields`): usually name, email (often only its hash), url and message. Which page they belong to is told by the
path alone, `_data/comments/<slug>/`. Staticman publishes what a moderator merged, or everything where moderation is
off; the files do not tell which, so they are published. Files with a list of comments, as other Jekyll plugins keep
them, are read too.

YAML is read with PyYAML's BaseLoader, which makes text, lists and mappings and nothing else; it follows no merge keys,
which can grow without bounds.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from app.importing import columns
from app.importing.files import Part, parts_of
from app.importing.imported import Record, Skipped

MAX_FILE_BYTES = 1 << 18
"""A comment has some hundreds; a file with all comments of a page some ten thousand."""

_ENDINGS = (".yml", ".yaml", ".json", ".md")
_FIELD = re.compile(rb"(?m)^[-\s]{0,4}(_id|_parent|id|name|email|url|date|message|comment|body|text|content)\s*:")
_SLUG = re.compile(r"[\w.~%-]{1,200}")


def looks_like(name: str, beginning: bytes) -> bool:
    """Whether a file has the ending and at least two fields of such a comment, its text among them."""
    if not name.endswith(_ENDINGS) or len(beginning) > MAX_FILE_BYTES:
        return False
    if name.endswith(".json"):
        found = _records(name, beginning)
        return isinstance(found, list) and any("_id" in each and columns.knows_text(each) for each in found)
    fields = {match.group(1) for match in _FIELD.finditer(beginning)}
    if name.endswith(".md"):
        return b"_id" in fields
    return bool(fields & {b"message", b"comment", b"body", b"text", b"content"}) and len(fields) > 1


def read(path: Path, progress: Callable[[int], None]) -> Iterator[Record]:
    """The comments of every file of the tree, in order of their names; see `Reader`."""
    parts = [part for part in parts_of(path) if part.shown.endswith(_ENDINGS)]
    below = [part for part in parts if "comments" in PurePosixPath(part.name).parts[:-1]]
    for part in below or parts:
        yield from _file(part, progress)


def _file(part: Part, progress: Callable[[int], None]) -> Iterator[Record]:
    with part.opened(progress) as file:
        source = file.read(MAX_FILE_BYTES + 1)
    if len(source) > MAX_FILE_BYTES:
        yield Skipped(part.shown, f"The file is larger than {MAX_FILE_BYTES:,} bytes.")
        return
    found = _records(part.shown, source)
    if isinstance(found, str):
        yield Skipped(part.shown, found)
        return
    for number, row in enumerate(found, 1):
        yield _comment(part, row, part.shown if len(found) == 1 else f"{part.shown}, comment {number:,}")


def _records(name: str, source: bytes) -> list[dict[str, Any]] | str:
    """The mappings in a file; or why there are none, as a sentence."""
    text = source.decode("utf-8-sig", "replace")
    try:
        if name.endswith(".json"):
            found = json.loads(text)
        elif name.endswith(".md"):
            _, fields, content = re.split(r"(?m)^---[ \t]*\r?$\n?", text, maxsplit=2)
            found = {**(_yaml(fields) or {}), "text": content.strip()}
        else:
            found = _yaml(text)
    except (ValueError, TypeError, RecursionError, yaml.YAMLError):
        return "The file cannot be read as YAML, JSON or front matter."
    if isinstance(found, dict) and found and all(isinstance(each, dict) for each in found.values()):
        found = list(found.values())  # a mapping of ids to comments
    if isinstance(found, list):
        return [each for each in found if isinstance(each, dict)] or "There is no comment in the file."
    return [found] if isinstance(found, dict) else "There is no comment in the file."


def _yaml(text: str) -> Any:
    loader = yaml.BaseLoader(text)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


def _comment(part: Part, row: dict[str, Any], where: str) -> Record:
    told = {key: value for key, value in row.items() if isinstance(key, str) and isinstance(value, str | int | float)}
    if "@" not in str(told.get("email", "@")):
        del told["email"]  # a hash, for Gravatar's picture
    told.setdefault("page_url", _page(part, is_alone=where == part.shown))
    return columns.record(told, {}, where)


def _page(part: Part, is_alone: bool) -> str:
    """The address below the site, as the path tells it: the folder's name, or a file's that holds many comments.

    >>> _page(Part(Path("_data"), "comments/my-first-post/17.yml"), True)
    '/my-first-post/'
    """
    path = PurePosixPath(part.export.name, part.name)
    slug = path.parent.name if is_alone else path.stem
    return f"/{slug}/" if _SLUG.fullmatch(slug) and slug not in ("comments", "_data", ".") else ""
