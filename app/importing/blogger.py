"""Blogger's export: one Atom feed with posts, pages, settings and comments, in no promised order.

Two forms of it are read. The older download marks an entry by the category `.../blogger/2008/kind#comment` and names
its post by `thr:in-reply-to` (as blogger-importer of WordPress and the gdata client read it). Takeout's feed.atom has
elements of the namespace `http://schemas.google.com/blogger/2018` instead: `blogger:type` COMMENT, `blogger:status`
(LIVE, SPAM, ...), `blogger:parent` with the post's id, `blogger:inReplyTo`, `blogger:trashed`, `blogger:filename`
(its elements as listed in xml/blogger-atom.fs of forthy42/net2o, and by importers that test with it). The API calls the
statuses live, emptied, pending and spam. The older download holds no status: what is in it, is shown.

A comment may come before its post, so the feed is read twice: first for the posts.
"""

import html
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, tostring

from app.importing import values
from app.importing.cutting import pieces, texts
from app.importing.files import Part, parts_of
from app.importing.imported import Imported, Record, Skipped, Status
from app.importing.wordpress import encoding_of

MAX_POSTS = 500_000
"""So many posts are remembered, of each its address and title; the comments of others come without their page."""

_STATUSES: dict[str, Status] = {
    "": "published",
    "LIVE": "published",
    "PENDING": "pending",
    "SPAM": "spam",
    "SPAM_COMMENT": "spam",
    "GHOSTED": "spam",
    "EMPTIED": "trash",
    "DELETED": "trash",
    "SOFT_TRASHED": "trash",
    "TRASHED": "trash",
}
Post = tuple[str, str]
"""Its address and its title."""


def looks_like(name: str, beginning: bytes) -> bool:
    """Whether a file is an Atom feed of Blogger's."""
    del name
    of_blogger = (b"schemas.google.com/blogger", b"blogger.com,1999:blog", b"www.blogger.com")
    return b"<feed" in beginning and any(mark in beginning for mark in of_blogger)


def read(path: Path, progress: Callable[[int], None]) -> Iterator[Record]:
    """Every comment, with the title and address of its post; see `Reader`."""
    for part in parts_of(path):
        beginning = part.beginning()
        if looks_like(part.name, beginning):
            encoding = encoding_of(beginning)
            posts = _posts(part, encoding)
            yield from _comments(part, encoding, posts, progress)


def _posts(part: Part, encoding: str) -> dict[str, Post]:
    posts: dict[str, Post] = {}
    with part.decoded(encoding=encoding) as text:
        for piece in pieces(text, "feed", ("entry",)):
            if piece.element is not None and _kind(piece.element) != "comment" and len(posts) < MAX_POSTS:
                told = texts(piece.element)
                address = _address(piece.element) or told.get("blogger:filename", "")
                posts[told.get("id", "")] = (address, values.unescaped(told.get("title", "")))
    return posts


def _comments(part: Part, encoding: str, posts: dict[str, Post], progress: Callable[[int], None]) -> Iterator[Record]:
    with part.decoded(progress, encoding) as text:
        for piece in pieces(text, "feed", ("entry",)):
            where = part.place(piece.line)
            if piece.element is None:
                yield Skipped(where, piece.trouble)
            elif _kind(piece.element) == "comment":
                yield _comment(piece.element, posts, where)


def _kind(entry: Element) -> str:
    """comment, post, page, settings, ..."""
    for child in entry:
        if child.tag == "blogger:type":
            return (child.text or "").strip().lower()
        term = child.get("term", "") if child.tag == "category" else ""
        if "/blogger/2008/kind#" in term:
            return term.rpartition("#")[2].lower()
    return ""


def _address(entry: Element) -> str:
    for child in entry:
        if child.tag == "link" and child.get("rel") == "alternate":
            return child.get("href", "")
    return ""


def _comment(entry: Element, posts: dict[str, Post], where: str) -> Record:
    told = texts(entry)
    author = next((texts(child) for child in entry if child.tag == "author"), {})
    status = _STATUSES.get(told.get("blogger:status", "").upper())
    if status is None:
        return Skipped(where, "Its status is none that is known of Blogger.")
    if told.get("blogger:trashed"):
        status = "trash"
    email = author.get("email", "")
    address, title = posts.get(_post_of(entry, told), ("", ""))
    comment = values.comment(
        text=_content(entry),
        text_format="html",
        author=values.unescaped(author.get("name", "")),
        author_email="" if email == "noreply@blogger.com" else email,
        author_url=author.get("uri"),
        page_url=address or _reply(entry).get("href"),
        page_title=title,
        posted_at=values.moment(told.get("published")),
        comment_id=told.get("id") or where,
        parent_id=told.get("blogger:inReplyTo") or _related(entry),
    )
    return Imported(comment, status, where)


def _post_of(entry: Element, told: dict[str, str]) -> str:
    return told.get("blogger:parent") or _reply(entry).get("ref", "")


def _reply(entry: Element) -> dict[str, str]:
    for child in entry:
        if child.tag == "thr:in-reply-to":
            return dict(child.attrib)
    return {}


def _related(entry: Element) -> str:
    """The comment that an answer is to: the end of its address in the feeds."""
    for child in entry:
        if child.tag == "link" and child.get("rel") == "related":
            return child.get("href", "").rpartition("/")[2]
    return ""


def _content(entry: Element) -> str:
    """The text as HTML; content of the type xhtml stands there as elements."""
    for child in entry:
        if child.tag in ("content", "summary"):
            if len(child):
                return "".join(tostring(each, "unicode") for each in child)
            return html.escape(child.text or "", quote=False) if child.get("type") == "text" else child.text or ""
    return ""
