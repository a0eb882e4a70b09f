"""By what a page's comments are known: the marks of themes, comment services, schema.org and microformats.

Written from the HTML that these write: wp-includes/class-walker-comment.php of WordPress (`comment`, `html5_comment`,
`ping`) and its twentyeleven theme; the block library's comment-template, comment-content, comment-author-name and
comment-date; Disqus' embed (`li.post`, `.post-message`, `a.time-ago`), seen in pages that copied it; Blogger's
threaded comments (`.comment-block`, `.comment-content`, `cite.user`) and its older `dl#comments-block`; schema.org's
Comment with `text` and `author`; microformats2 (`u-comment h-cite` with `p-author`, `e-content`, `dt-published`) and
hAtom (`hentry` with `entry-content`). What none of these knows is looked for by names alone: `comment`, `comment-item`
and the like around, `comment-text`, `comment-body` and the like inside.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from app.importing.tree import Node

_APART = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|_+")
_SEVERAL = re.compile(r"-{2,}.*|-*\d[\w-]*$")
"""A modifier such as `--highlighted`, or a number at the end."""
_NEAR = 30
"""So many elements around one are looked at."""
_DEPTH = re.compile(r"depth-\d+")
_ID = re.compile(r"^(?:li-|div-)?(?:comment|c|post|cmt)[-_]?(\d+)$")

_LISTS = frozenset("commentlist comment-list comments-list children comments comment-thread comments-area".split())
_ITEMS = frozenset(
    "comment comment-item comment-entry comment-row comment-card comment-node comment-single single-comment"
    " user-comment media-comment blog-comment post-comment article-comment comment-container the-comment".split()
)
_TEXTS = frozenset(
    "comment-content comment-text comment-body comment-message comment-inner comment-copy comment-html comment-markup"
    " comment-entry-content comment-description commenttext comment-main user-comment-text reply-content".split()
)
_NOT_AROUND = frozenset("a span button input label form body html h1 h2 h3 h4 h5 h6 p time script svg".split())


def names(node: Node) -> set[str]:
    """The classes of an element, in one spelling: small letters, words joined by one hyphen, no modifiers.

    >>> sorted(names(Node("li", {"class": "Comment__Body comment--new commentText"}, 1, None)))
    ['comment', 'comment-body', 'comment-text']
    """
    if node.names is not None:
        return node.names
    found: set[str] = set()
    for name in node.get("class")[:1000].split():
        plain = _APART.sub("-", name).lower()
        found.add(_SEVERAL.sub("", plain).strip("-") or plain)
    node.names = found
    return found


def number(node: Node) -> str:
    """The number in an element's id, if the id is one of a comment's.

    >>> number(Node("li", {"id": "li-comment-17"}, 1, None)), number(Node("li", {"id": "nav-17"}, 1, None))
    ('17', '')
    """
    match = _ID.match(node.get("id").lower())
    return match.group(1) if match else ""


@dataclass(frozen=True, slots=True)
class Marks:
    """One way of marking comments."""

    is_comment: Callable[[Node, set[str]], bool]
    """Of an element and its names: whether it holds one comment, and its answers perhaps."""
    is_text: Callable[[Node, set[str]], bool]
    """Whether it holds a comment's text and nothing else."""
    is_sure: bool = True
    """Whether a comment counts whose text is not marked; it is then what is left without author, date and buttons."""


def _has(*wanted: str) -> Callable[[Node, set[str]], bool]:
    return lambda _node, found: any(name in found for name in wanted)


def _is_wordpress(node: Node, found: set[str]) -> bool:
    if node.tag not in ("li", "div", "article") or not found & {"comment", "pingback", "trackback"}:
        return False
    if number(node) or _DEPTH.search(node.get("class")):
        return True
    return node.parent is not None and bool(names(node.parent) & (_LISTS - {"comments"}))


def _is_block(node: Node, _found: set[str]) -> bool:
    if node.tag != "li" or node.parent is None:
        return False
    above = node.parent
    return "wp-block-comment-template" in names(above) or any(
        "wp-block-comment-template" in names(each) for each in islice(above.around(), _NEAR) if above.tag == "ol"
    )


def _is_disqus(node: Node, found: set[str]) -> bool:
    return node.tag == "li" and "post" in found and node.get("id").startswith("post-")


def _is_schema(node: Node, _found: set[str]) -> bool:
    kind = node.get("itemtype").rstrip("/").rpartition("/")[2]
    return kind in ("Comment", "UserComments", "Answer")


def _is_hentry(node: Node, found: set[str]) -> bool:
    """hAtom: an entry that stands among comments, so that it is not the article."""
    if not found & {"hentry", "h-entry"}:
        return False
    return any(names(each) & _LISTS or each.get("id").lower() in _LISTS for each in islice(node.around(), _NEAR))


def _is_item(node: Node, found: set[str]) -> bool:
    return node.tag not in _NOT_AROUND and (bool(found & _ITEMS) or bool(number(node) and "comment" in node.get("id")))


ALL: tuple[Marks, ...] = (
    Marks(_is_block, _has("wp-block-comment-content")),
    Marks(_is_wordpress, _has("comment-content", "comment-text", "wp-block-comment-content")),
    Marks(_is_disqus, _has("post-message")),
    Marks(_is_schema, lambda node, _found: node.get("itemprop") in ("text", "commentText", "description")),
    Marks(_has("u-comment", "p-comment", "h-cite"), _has("e-content", "p-content", "p-name", "p-summary")),
    Marks(_is_hentry, _has("entry-content", "e-content", "entry-summary")),
    Marks(_is_item, lambda node, found: node.tag not in ("form", "textarea") and bool(found & _TEXTS)),
    Marks(lambda node, found: node.tag not in _NOT_AROUND and bool(found & _TEXTS), lambda _node, _found: False, False),
)
"""The surest first: the first by which comments are found on a page is the one that holds for it."""
