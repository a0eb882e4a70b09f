"""Disqus' export: all threads (the pages) first, then all posts (the comments), which name their thread by its id.

Written from Disqus' documentation of its export (schemas disqus.xsd and disqus-internals.xsd) and from
backend/app/migrator/disqus.go of umputun/remark42 with its test data: `dsq:id` is the id that `thread` and `parent` of
a post refer to, `isDeleted` and `isSpam` are true or false, `message` is HTML. A comment that waits for approval cannot
be told from one that is shown, nor a moderator's approval from nobody's objection, so what is neither deleted nor spam
is published. The threads are kept in memory, about 300 bytes each.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from app.importing import values
from app.importing.cutting import pieces, texts
from app.importing.files import parts_of
from app.importing.imported import Imported, Record, Skipped, Status
from app.importing.wordpress import encoding_of

MAX_THREADS = 2_000_000
"""So many pages are remembered; the comments of later ones come without their page."""


def looks_like(name: str, beginning: bytes) -> bool:
    """Whether a file's root is Disqus' own."""
    del name
    return b"<disqus" in beginning and b"disqus.com" in beginning


def read(path: Path, progress: Callable[[int], None]) -> Iterator[Record]:
    """Every post, with the title and address of its thread; see `Reader`."""
    for part in parts_of(path):
        beginning = part.beginning()
        if not looks_like(part.name, beginning):
            continue
        threads: dict[str, tuple[str, str]] = {}
        with part.decoded(progress, encoding_of(beginning)) as text:
            for piece in pieces(text, "disqus", ("thread", "post")):
                where = part.place(piece.line)
                if piece.element is None:
                    yield Skipped(where, piece.trouble)
                elif piece.name == "post":
                    yield _comment(piece.element, threads, where)
                elif len(threads) < MAX_THREADS:
                    told = texts(piece.element)
                    threads[piece.element.get("dsq:id", "")] = (told.get("link", ""), told.get("title", ""))


def _comment(post: Element, threads: dict[str, tuple[str, str]], where: str) -> Record:
    told = texts(post)
    author = next((texts(child) for child in post if child.tag == "author"), {})
    identity = post.get("dsq:id") or told.get("id", "")
    address, title = threads.get(_referred(post, "thread"), ("", ""))
    comment = values.comment(
        text=told.get("message"),
        text_format="html",
        author=author.get("name") or author.get("username"),
        author_email=author.get("email"),
        author_ip=told.get("ipAddress"),
        page_url=address,
        page_title=values.unescaped(title),
        posted_at=values.moment(told.get("createdAt")),
        comment_id=identity or where,
        parent_id=_referred(post, "parent"),
    )
    return Imported(comment, _status(told), where)


def _referred(post: Element, name: str) -> str:
    """The id of another record; of `dsq:id`, or where that is missing as text."""
    for child in post:
        if child.tag == name:
            return child.get("dsq:id") or (child.text or "").strip()
    return ""


def _status(told: dict[str, str]) -> Status:
    """Spam before deleted: a moderator who marks spam lets Disqus delete it."""
    if told.get("isSpam") == "true":
        return "spam"
    return "trash" if told.get("isDeleted") == "true" else "published"
