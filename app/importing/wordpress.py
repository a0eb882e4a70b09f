"""WordPress' export, WXR: RSS with the comments of each post inside its item.

Written from wp-admin/includes/export.php of WordPress/WordPress: the elements of a comment, `wxr_cdata`, and that the
export leaves out comments in spam (`comment_approved <> 'spam'`); other programs that write WXR may hold them. The
statuses are those of wp_set_comment_status and of wp_trash_post_comments (`post-trashed`). `wp export` and
WordPress.com split a large site into several files, which a folder or an archive of them puts together again.
"""

import codecs
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from app.importing import values
from app.importing.cutting import Piece, pieces, texts
from app.importing.files import Part, parts_of
from app.importing.imported import Imported, Record, Skipped, Status

_STATUSES: dict[str, Status] = {
    "1": "approved",
    "approved": "approved",
    "0": "pending",
    "hold": "pending",
    "spam": "spam",
    "trash": "trash",
    "post-trashed": "trash",
}
_BY_VISITORS = frozenset({"", "comment", "pingback", "trackback", "review"})
"""Types of comments; plugins keep others in the same table, such as the notes of a shop about its orders."""
_LANGUAGE = re.compile(rb"<language>([A-Za-z-]{2,12})</language>")
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,100}encoding=["']([A-Za-z0-9_.:-]{2,40})["']""")


def looks_like(name: str, beginning: bytes) -> bool:
    """Whether a file is RSS with WordPress' own elements."""
    del name
    return b"<rss" in beginning and (b"wordpress.org/export/" in beginning or b"<wp:wxr_version" in beginning)


def encoding_of(beginning: bytes) -> str:
    """The encoding that an XML file says it has, if Python knows it; else UTF-8.

    >>> encoding_of(b'<?xml version="1.0" encoding="ISO-8859-2"?>'), encoding_of(b"<rss>")
    ('ISO-8859-2', 'utf-8-sig')
    """
    found = _ENCODING.match(beginning.removeprefix(b"\xef\xbb\xbf"))
    name = found.group(1).decode() if found else "utf-8"
    try:
        known = codecs.lookup(name)
    except LookupError:
        return "utf-8-sig"
    is_text = known._is_text_encoding  # rot13 and the like are none
    return name if is_text and known.name != "utf-8" else "utf-8-sig"


def read(path: Path, progress: Callable[[int], None]) -> Iterator[Record]:
    """Every comment, with the title, address and text of its post; see `Reader`."""
    for part in parts_of(path):
        beginning = part.beginning()
        if looks_like(part.name, beginning):
            yield from _comments(part, beginning, progress)
        elif part.name.endswith(".xml"):
            yield Skipped(part.name, "The file is no WordPress export.")


def _comments(part: Part, beginning: bytes, progress: Callable[[int], None]) -> Iterator[Record]:
    language = _LANGUAGE.search(beginning)
    site = {"language": language.group(1).decode() if language else ""}
    page: dict[str, str] = {}
    with part.decoded(progress, encoding_of(beginning)) as text:
        for piece in pieces(text, "rss", ("wp:comment",), "item"):
            if piece.name == "wp:comment":
                yield _comment(piece, part.place(piece.line), {**site, **page})
                continue
            page = {} if piece.element is None else _page(piece.element)
            if piece.trouble:
                yield Skipped(part.place(piece.line), piece.trouble)


def _page(item: Element) -> dict[str, str]:
    told = texts(item)
    return {
        "page_title": values.unescaped(told.get("title", "")),
        "page_url": told.get("link", ""),
        "page_text": values.plain(told.get("content:encoded", "")),
    }


def _comment(piece: Piece, where: str, page: dict[str, str]) -> Record:
    if piece.element is None:
        return Skipped(where, piece.trouble)
    told = {name.removeprefix("wp:comment_"): text for name, text in texts(piece.element).items()}
    status = _STATUSES.get(told.get("approved", ""))
    if status is None:
        return Skipped(where, "Its status is none of WordPress' own.")
    if told.get("type", "") not in _BY_VISITORS:
        return Skipped(where, "Its type is none that visitors write; a plugin keeps something else there.")
    comment = values.comment(
        text=told.get("content"),
        text_format="html",
        author=values.unescaped(told.get("author", "")),
        author_email=told.get("author_email"),
        author_url=told.get("author_url"),
        author_ip=told.get("author_IP"),
        type=told.get("type"),
        posted_at=values.moment(told.get("date_gmt")),
        comment_id=told.get("id") or where,
        parent_id=told.get("parent", "").removeprefix("0"),
        **page,
    )
    return Imported(comment, status, where)
