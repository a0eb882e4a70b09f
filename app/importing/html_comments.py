"""The comments on a page: each with its own text, without its answers', its author and its buttons."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.importing.marks import ALL, Marks, names, number
from app.importing.tree import Node

_NOT_TEXT = frozenset(
    "script style form button nav svg noscript textarea input select template iframe object label".split()
)
_AROUND_TEXT = frozenset(
    "comment-author vcard comment-meta commentmetadata comment-metadata reply comment-reply comment-reply-link"
    " edit-link comment-edit-link avatar comment-avatar says comment-awaiting-moderation comment-respond comment-form"
    " comment-action comment-actions comment-footer comment-header comment-info comment-date comment-time"
    " comment-permalink screen-reader-text author p-author user-name username byline date datetime timestamp"
    " dt-published published comment-tools comment-controls comment-vote votes likes share permalink u-url icon".split()
)
_OF_AUTHOR = (
    "fn", "wp-block-comment-author-name", "p-author", "comment-author-name", "comment-author", "publisher-anchor-color",
    "author", "user", "comment-user", "comment-name", "username", "user-name", "h-card", "vcard", "says",
)  # fmt: skip
"""What marks the author's name, the surest first."""
_WORDS_AROUND_NAME = re.compile(r"\s*\b(says|said|wrote|writes)\s*[:.…]*\s*$|\s*:\s*$|\s+on$")
_KEPT = frozenset("a b strong i em u s strike del ins code pre blockquote q cite ul ol li sub sup".split())
_BREAKS = frozenset("p div br li tr h1 h2 h3 h4 h5 h6 section article dd dt".split())
_MAX_TEXT = 200_000
_MAX_NAME = 400
"""With the words around it."""
Holder = tuple[Node, Node | None]
"""An element that holds a comment, and the one around it that holds the comment it answers."""


@dataclass(frozen=True, slots=True)
class Found:
    """One comment."""

    text: str
    """HTML of few elements: links, emphasis, quotations, lists; paragraphs are blank lines."""
    author: str
    author_url: str
    posted_at: str
    """As the page says it, for machines."""
    identity: str
    """The number in its id; empty if it has none."""
    parent: str
    """The identity of the comment that it answers."""
    kind: str
    """pingback, trackback, or empty."""
    is_pending: bool
    line: int


def comments(page: Node) -> list[Found]:
    """The comments of a page, in its order; see `marks`."""
    old = _of_old_blogger(page)
    for marks in ALL if not old else ():
        holders = _holders(page, marks)
        found = [_comment(*holder, marks, holders) for holder in holders.values()]
        found = [each for each in found if each.text]
        if found:
            return found
    return old


def _holders(page: Node, marks: Marks) -> dict[int, Holder]:
    """The elements that hold one comment each, by their identity in memory, in the order of the page.

    Themes mark one comment twice, `li#li-comment-5.comment > article#comment-5.comment`: the outer one counts.
    """
    holders: dict[int, Holder] = {}
    waiting: list[tuple[Node, Node | None]] = [(page, None)]
    while waiting:
        node, above = waiting.pop()
        if marks.is_comment(node, names(node)) and (above is None or not _is_same(above, node, marks)):
            holders[id(node)] = (node, above)
            above = node
        waiting += [(child, above) for child in reversed(node.children) if isinstance(child, Node)]
    return holders


def _is_same(above: Node, node: Node, marks: Marks) -> bool:
    if not marks.is_sure:
        return True
    own = number(node)
    if own and number(above):
        return own == number(above)
    between = next(node.around())
    return between is above and node.tag != "li" and above.tag == "li"


def _comment(holder: Node, above: Node | None, marks: Marks, holders: dict[int, Holder]) -> Found:
    own = list(_own(holder, holders))
    marked = next((node for node in own if marks.is_text(node, names(node))), None)
    kind = next((name for name in ("pingback", "trackback") if name in names(holder)), "")
    text = _written(marked or holder, holders, is_marked=marked is not None)
    if kind:
        text = re.sub(r"^\s*(Pingback|Trackback):\s*", "", text)
    author = next((node for name in _OF_AUTHOR for node in own if name in names(node) and node.tag != "img"), None)
    author = author or next((node for node in own if node.get("itemprop") in ("author", "creator")), None)
    named = next((node for node in author.inside() if "fn" in names(node)), author) if author else None
    is_pending = any("comment-awaiting-moderation" in names(node) for node in own)
    return Found(
        text,
        _without_words(named.text()) if named and not kind else "",
        _author_url(author) if not kind else "",
        _posted(own),
        number(holder) or next((number(node) for node in own if number(node)), ""),
        number(above) if above else "",
        kind,
        is_pending,
        holder.line,
    )


def _own(holder: Node, holders: dict[int, Holder]) -> Iterator[Node]:
    """The elements of a comment without its answers'."""
    waiting = [child for child in reversed(holder.children) if isinstance(child, Node)]
    while waiting:
        node = waiting.pop()
        if id(node) not in holders:
            yield node
            waiting += [child for child in reversed(node.children) if isinstance(child, Node)]


def _without_words(name: str) -> str:
    """A name as people call themselves; it is cut before the pattern sees it, whose time grows with the square.

    >>> _without_words("Jana says:"), len(_without_words("x" * 900))
    ('Jana', 200)
    """
    return _WORDS_AROUND_NAME.sub("", name[:_MAX_NAME])[:200]


def _author_url(author: Node | None) -> str:
    links = [author, *author.inside(), *list(author.around())[:1]] if author else []
    for node in links:
        address = node.get("href") if node.tag == "a" else ""
        if address.startswith(("http://", "https://")) and "#comment-" not in address:
            return address[:2000]
    return ""


def _posted(own: list[Node]) -> str:
    for node in own:
        if node.tag == "time" and node.get("datetime"):
            return node.get("datetime")
        if node.get("itemprop") in ("datePublished", "dateCreated", "commentTime"):
            return node.get("datetime") or node.get("content") or node.text()
        if names(node) & {"published", "dt-published", "time-ago"} and node.get("title"):
            return node.get("title")
    return ""


def _written(holder: Node, holders: dict[int, Holder], is_marked: bool) -> str:
    """What is written in an element, as HTML of few elements."""
    pieces: list[str] = []
    waiting: list[Node | str] = [holder]
    length = 0
    while waiting and length < _MAX_TEXT:
        node = waiting.pop()
        if isinstance(node, str):
            pieces.append(node)
            length += len(node)
            continue
        if node is not holder and (id(node) in holders or _is_no_text(node, is_marked)):
            continue
        opening, closing = _tags(node) if node is not holder else ("", "")
        pieces.append(opening)
        waiting.append(closing)
        waiting += [
            html.escape(child, quote=False) if isinstance(child, str) else child for child in reversed(node.children)
        ]
    lines = (" ".join(line.split()) for line in "".join(pieces).replace("\xa0", " ").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _is_no_text(node: Node, is_marked: bool) -> bool:
    if node.tag in _NOT_TEXT or "comment-reply-link" in names(node):
        return True
    return not is_marked and (node.tag in ("footer", "header", "time", "cite") or bool(names(node) & _AROUND_TEXT))


def _tags(node: Node) -> tuple[str, str]:
    if node.tag == "a" and node.get("href"):
        return f'<a href="{html.escape(node.get("href"))}">', "</a>"
    if node.tag == "img":
        shown = node.get("alt") if names(node) & {"emoji", "wp-smiley"} else ""
        return (shown or f'<img src="{html.escape(node.get("src"))}">'), ""
    if node.tag == "br":
        return "\n", ""
    if node.tag in _KEPT - {"a"}:
        return f"<{node.tag}>", f"</{node.tag}>"
    return ("\n", "\n") if node.tag in _BREAKS else ("", "")


def _of_old_blogger(page: Node) -> list[Found]:
    """Blogger's older templates: `dt.comment-author`, `dd.comment-body` and `dd.comment-footer` one after another."""
    found: list[Found] = []
    author: Node | None = None
    for node in page.inside():
        if node.tag == "dt" and "comment-author" in names(node):
            author = node
        elif author and node.tag == "dd" and "comment-body" in names(node):
            name = _without_words(author.text())
            identity = number(author)
            text = _written(node, {}, is_marked=True)
            if text:
                found.append(Found(text, name, _author_url(author), "", identity, "", "", False, node.line))
    return found
