"""MediaWiki's XML dump: one record for each page of which the last edit is somebody's, its text as it is now.

Written from docs/export-0.1.xsd to export-0.11.xsd of MediaWiki: `page` with title, ns, id, redirect; `revision` with
timestamp, contributor (username and id, or ip), text. Versions add elements and change none of these.

A page is the record, not a signed comment on a talk page: signatures are wikitext that each wiki and each user words
differently, and a comment cut out at a wrong place would be judged as somebody's. What spammers do in wikis is to make
pages (User:, Talk:, articles) or to append links to them; both are in the page's text. Of a dump with all edits the
last one counts. Redirects and pages without text are passed over.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote
from xml.etree.ElementTree import Element

from app.importing import values
from app.importing.cutting import pieces, texts
from app.importing.files import Part, parts_of
from app.importing.imported import Imported, Record, Skipped
from app.importing.wordpress import encoding_of

_WIKITEXT = frozenset({"", "wikitext"})
_OF_PROGRAMS = frozenset({"8", "828"})
"""Namespaces of the interface's own messages and of Lua modules."""


def looks_like(name: str, beginning: bytes) -> bool:
    """Whether a file's root is MediaWiki's own."""
    del name
    return b"<mediawiki" in beginning


def read(path: Path, progress: Callable[[int], None]) -> Iterator[Record]:
    """Every page that is no redirect, as its last edit left it; see `Reader`."""
    for part in parts_of(path):
        beginning = part.beginning()
        if looks_like(part.name, beginning):
            yield from _pages(part, beginning, progress)


def _pages(part: Part, beginning: bytes, progress: Callable[[int], None]) -> Iterator[Record]:
    base = _base(beginning)
    page: dict[str, str] = {}
    latest: Element | None = None
    where = ""
    with part.decoded(progress, encoding_of(beginning)) as text:
        for piece in pieces(text, "mediawiki", ("revision",), "page"):
            if piece.trouble:
                yield Skipped(part.place(piece.line), piece.trouble)
            elif piece.name == "page" and piece.element is not None:
                page, latest, where = texts(piece.element), None, part.place(piece.line)
            elif piece.name == "revision" and piece.element is not None:
                latest = piece.element
            elif piece.name == "/page":
                yield from _page(page, latest, base, where or part.place(piece.line))
                page, latest, where = {}, None, ""


def _base(beginning: bytes) -> str:
    """The addresses of pages without their title, from the main page's address; empty if it is not told."""
    inside = beginning.decode("utf-8", "replace").partition("<base>")[2].partition("</base>")[0]
    return inside.rpartition("/")[0] + "/" if 8 < len(inside) < 500 else ""


def _page(page: dict[str, str], revision: Element | None, base: str, where: str) -> Iterator[Record]:
    if revision is None or "redirect" in page or page.get("ns") in _OF_PROGRAMS:
        return
    told = texts(revision)
    if told.get("model", "") not in _WIKITEXT or not told.get("text"):
        return
    by = next((texts(child) for child in revision if child.tag == "contributor"), {})
    title = page.get("title", "")
    comment = values.comment(
        text=told["text"],
        author=by.get("username") or by.get("ip"),
        author_ip=by.get("ip"),
        page_title=title,
        page_url=base + quote(title.replace(" ", "_"), safe="/:()',!@~") if base and title else "",
        type="wiki-page",
        posted_at=values.moment(told.get("timestamp")),
        comment_id=page.get("id") or where,
    )
    yield Imported(comment, "published", where)
