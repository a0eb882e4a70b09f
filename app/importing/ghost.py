"""Ghost's JSON export, if it was made with its comments.

Written from ghost/core/core/server/data/exporter (exporter.js, table-lists.js), api/endpoints/db.js and
data/schema/schema.js of TryGhost/Ghost. What its admin page exports holds posts, but neither comments nor members:
`comments` is no table of TABLES_ALLOWLIST. It is one of BACKUP_TABLES, which the Admin API adds on request:
`GET /ghost/api/admin/db/?include=comments,members`, with the same shape, `{"db": [{"data": {"comments": [...]}}]}`.
A comment has html, status (published, hidden by a moderator, deleted), post_id, member_id, parent_id, created_at.
Ghost has no status for spam, and nobody approves comments before they are shown.

Comments may stand before posts and members, so the export is read twice. Posts and members are kept in memory.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from app.errors import ExportUnusable
from app.importing import values
from app.importing.files import Part, parts_of
from app.importing.imported import Imported, Record, Skipped, Status
from app.importing.json_rows import rows

_STATUSES: dict[str, Status] = {"published": "published", "hidden": "trash", "deleted": "trash"}
_TABLES = frozenset({"posts", "members"})
Found = dict[tuple[str, str], tuple[str, str]]
"""Table and id -> title and slug of a post, or name and e-mail address of a member."""


def looks_like(name: str, beginning: bytes) -> bool:
    """Whether it begins as Ghost's exporter begins: `db` or `meta`, with the version and the time of the export."""
    del name
    start = beginning[:2000].lstrip()
    return start.startswith(b"{") and b'"exported_on"' in start and b'"meta"' in start


def read(path: Path, progress: Callable[[int], None]) -> Iterator[Record]:
    """Every comment, with its member's name and the title of its post; see `Reader`.

    Raises:
        ExportUnusable: see `Reader`; or it was made without comments, and how to make one with them.
    """
    for part in parts_of(path):
        if looks_like(part.name, part.beginning()):
            yield from _comments(part, _known(part), progress)


def _known(part: Part) -> Found:
    found: Found = {}
    with part.decoded() as text:
        for row in rows(text, _TABLES):
            value = row.value or {}
            names = ("title", "slug") if row.table == "posts" else ("name", "email")
            first, second = (values.text(value.get(name)) for name in names)
            found[row.table, values.text(value.get("id"))] = (first, second)
    return found


def _comments(part: Part, found: Found, progress: Callable[[int], None]) -> Iterator[Record]:
    any_row = False
    with part.decoded(progress) as text:
        for row in rows(text, frozenset({"comments"})):
            any_row = True
            where = part.place(row.line)
            yield Skipped(where, row.trouble) if row.value is None else _comment(row.value, found, where)
    if not any_row:
        what = "This export of Ghost holds no comments: its admin page leaves them out."
        remedy = "Get one from the Admin API, GET /ghost/api/admin/db/?include=comments,members; see docs/importing.md."
        raise ExportUnusable(str(part.export), what, remedy)


def _comment(row: dict[str, Any], found: Found, where: str) -> Record:
    status = _STATUSES.get(values.text(row.get("status")))
    if status is None:
        return Skipped(where, "Its status is none of Ghost's own.")
    title, slug = found.get(("posts", values.text(row.get("post_id"))), ("", ""))
    name, email = found.get(("members", values.text(row.get("member_id"))), ("", ""))
    comment = values.comment(
        text=row.get("html"),
        text_format="html",
        author=name,
        author_email=email,
        page_title=title,
        page_url=f"/{slug}/" if slug else "",
        posted_at=values.moment(row.get("created_at")),
        comment_id=values.text(row.get("id")) or where,
        parent_id=row.get("in_reply_to_id") or row.get("parent_id"),
    )
    return Imported(comment, status, where)
