"""A saved HTML page: its comments, with its title, address and main text.

What a browser shows is not always in what it saves: a page with Disqus' comments holds only a frame, and the comments
are in the frame's own document, which is read when it is saved by itself. Comments that a page's script fetches are
there only if the page was saved with them (in most browsers: "web page, complete").
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from app.errors import ExportUnusable
from app.importing import values
from app.importing.files import Part, parts_of
from app.importing.html_comments import Found, comments
from app.importing.imported import Imported, Record, Skipped
from app.importing.marks import names
from app.importing.tree import MAX_ELEMENTS, Node, parsed

MAX_PAGE_BYTES = 32 << 20
_MAX_NESTED = 20
"""Answers to answers to ... in schema.org's data."""
_MIN_ARTICLE = 140
"""Characters of a main text; less is a teaser."""
_MAX_TRIES = 5
"""Elements that are marked alike and looked at for it."""

_BEGINS = re.compile(rb"(?i)\s*<(!doctype\s+html|html|head|body)\b")
_BEFORE = re.compile(rb"\s*<(!--|\?xml)")
_CHARSET = re.compile(rb"""(?i)<meta[^>]{0,200}charset\s*=\s*["']?\s*([a-z0-9_:-]{2,40})""")
_SAVED_FROM = re.compile(r"<!-- saved from url=\(\d+\)(\S{1,2000}) -->")
_ARTICLES = (
    "entry-content", "post-content", "article-content", "article-body", "post-body", "single-content",
    "td-post-content", "e-content", "story-body", "content-body",
)  # fmt: skip

_HEADLINES = frozenset("entry-title post-title article-title p-name single-title wp-block-post-title".split())
_BESIDE_TAGS = frozenset(
    "script style nav aside form footer header noscript svg button iframe textarea select template".split()
)
_BESIDE = frozenset(
    "comments comment-list commentlist comments-area respond sidebar widget sharedaddy disqus-thread".split()
)


def looks_like(name: str, beginning: bytes) -> bool:
    """Whether it begins as an HTML document."""
    del name
    at = 3 if beginning.startswith(b"\xef\xbb\xbf") else 0
    while before := _BEFORE.match(beginning, at):  # such as the comment of browsers that says where it was saved from
        end = b"-->" if before.group(1) == b"!--" else b">"
        at = beginning.find(end, before.end()) + len(end)
        if at < before.end():
            return False
    return _BEGINS.match(beginning, at) is not None


def read(path: Path, progress: Callable[[int], None]) -> Iterator[Record]:
    """Every comment of the page, or of each page in a folder; see `Reader`.

    Raises:
        ExportUnusable: see `Reader`; or a single page in which no comment is found.
    """
    for part in parts_of(path):
        beginning = part.beginning()
        if part.name and not looks_like(part.name, beginning):
            continue
        with part.opened(progress) as file:
            source = file.read(MAX_PAGE_BYTES + 1)
        if len(source) > MAX_PAGE_BYTES:
            yield Skipped(part.shown, f"The page is larger than {MAX_PAGE_BYTES:,} bytes.")
            continue
        text = _decoded(source)
        try:
            page = parsed(text)
        except ValueError:
            yield Skipped(part.shown, f"The page has more than {MAX_ELEMENTS:,} elements.")
            continue
        records = list(_records(part, page, text))
        if not records and not part.name:
            raise ExportUnusable(str(path), *_why_none(page))
        yield from records or [Skipped(part.shown, _why_none(page)[0])]


def _decoded(source: bytes) -> str:
    if source[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return source.decode("utf-16", "replace")
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError:
        told = _CHARSET.search(source[:4096])
        try:
            return source.decode(told.group(1).decode() if told else "cp1252", "replace")
        except (LookupError, ValueError):
            return source.decode("utf-8", "replace")


def _records(part: Part, page: Node, text: str) -> Iterator[Record]:
    told = about(page, text)
    found = comments(page)
    if not found:
        found = list(_of_json(page))
    for number, each in enumerate(found, 1):
        where = part.place(each.line)
        comment = values.comment(
            text=each.text,
            text_format="html",
            author=each.author,
            author_url=each.author_url,
            type=each.kind,
            posted_at=values.moment(each.posted_at),
            comment_id=each.identity or f"{where}, comment {number:,}",
            parent_id=each.parent,
            **told,
        )
        yield Imported(comment, "pending" if each.is_pending else "published", where)


def about(page: Node, source: str = "") -> dict[str, str]:
    """page_url, page_title, page_text and language of a page, as far as it tells.

    >>> about(parsed('<html lang=sk><title>Garden &amp; balcony</title><article>Tomatoes.</article>'))["page_title"]
    'Garden & balcony'
    """
    told: dict[str, str] = {}
    articles: dict[str, str] = {}
    tried: Counter[str] = Counter()
    for node in page.inside():
        if node.tag == "meta" and node.get("property") in ("og:title", "og:url"):
            told.setdefault(node.get("property"), node.get("content"))
        elif node.tag == "link" and node.get("rel") == "canonical":
            told.setdefault("canonical", node.get("href"))
        elif node.tag == "html":
            told.setdefault("lang", node.get("lang"))
        elif node.tag in ("title", "h1", "h2", "h3"):
            is_headline = bool(names(node) & _HEADLINES) or node.get("itemprop") == "headline"
            told.setdefault("headline" if is_headline else node.tag, node.text())
        elif node.tag in ("article", "main", "body", "div", "section"):
            for mark in _marks_of_article(node):
                tried[mark] += 1
                if len(articles.get(mark, "")) < _MIN_ARTICLE and tried[mark] <= _MAX_TRIES:
                    articles[mark] = _main_text(node)
    saved = _SAVED_FROM.search(source[:5000])
    best = [articles[mark] for mark in ("itemprop", *_ARTICLES, "article", "main", "body") if mark in articles]
    return {
        "page_url": told.get("canonical") or told.get("og:url") or (saved.group(1) if saved else ""),
        "page_title": (told.get("og:title") or told.get("headline") or told.get("title") or told.get("h1") or "")[
            :1000
        ],
        "page_text": next((text for text in best if len(text) >= _MIN_ARTICLE), ""),
        "language": told.get("lang", "")[:20],
    }


def _marks_of_article(node: Node) -> list[str]:
    found = [name for name in _ARTICLES if name in names(node)]
    if node.get("itemprop") == "articleBody":
        found.append("itemprop")
    if node.tag in ("article", "main", "body") and not names(node) & {"comment", "comment-body"}:
        found.append(node.tag)
    return found


def _main_text(node: Node) -> str:
    """The text of an article without what stands around it."""
    pieces: list[str] = []
    length = 0
    waiting: list[Node | str] = [node]
    while waiting and length < 2 * values.MAX_PAGE_CHARACTERS:
        each = waiting.pop()
        if isinstance(each, str):
            pieces.append(each)
            length += len(each)
        elif each is node or not _is_beside(each):
            pieces.append(" " if each.tag not in ("a", "b", "i", "em", "strong", "span", "sup", "sub") else "")
            waiting += reversed(each.children)
    return " ".join("".join(pieces).split())[: values.MAX_PAGE_CHARACTERS]


def _is_beside(node: Node) -> bool:
    return node.tag in _BESIDE_TAGS or node.get("id").lower() in _BESIDE or bool(names(node) & _BESIDE)


def _why_none(page: Node) -> tuple[str, str]:
    for node in page.inside():
        address = node.get("src") + node.get("data-src")
        if node.get("id") in ("disqus_thread", "dsq-count-scr") or "disqus.com/embed" in address:
            what = "The comments of this page are Disqus', and the saved page holds only an empty frame for them."
            return what, "Take Disqus' export, or save the frame's own document and name that."
    what = "No comments were found on this page."
    return (
        what,
        'If a script loads them, save the page as "complete" once they are shown; or take the CMS\' own export.',
    )


def _of_json(page: Node) -> Iterator[Found]:
    """What schema.org's data in the page says of its comments (JSON-LD)."""
    for node in page.inside():
        if node.tag == "script" and node.get("type").lower() == "application/ld+json":
            try:
                told = json.loads("".join(child for child in node.children if isinstance(child, str)))
            except (ValueError, RecursionError):
                continue
            yield from _in_data(told, node.line, "", 0)


def _in_data(told: Any, line: int, parent: str, depth: int) -> Iterator[Found]:
    if depth > _MAX_NESTED:
        return
    if isinstance(told, list):
        for each in told:
            yield from _in_data(each, line, parent, depth + 1)
    if not isinstance(told, dict):
        return
    if told.get("@type") in ("Comment", "UserComments"):
        author = told.get("author")
        by = author if isinstance(author, dict) else {"name": author}
        text = values.text(told.get("text"))
        if text.strip():
            identity = values.text(told.get("@id") or told.get("url"))
            name, address, posted = (
                values.text(each) for each in (by.get("name"), by.get("url"), told.get("dateCreated"))
            )
            yield Found(text, name, address, posted, identity, parent, "", False, line)
            parent = identity
    for name in ("comment", "comments", "@graph", "mainEntity", "mainEntityOfPage"):
        yield from _in_data(told.get(name), line, parent, depth + 1)
