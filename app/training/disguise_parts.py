"""A comment taken apart as a spammer's tool does it: words, addresses, and markup that stays as it is."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from urllib.parse import unquote

from app.core.comment import Comment
from app.core.folding import fold
from app.core.lists import Lists

_LINK = re.compile(
    r"""<a\s[^<>]*?href\s*=\s*["']?\s*(?P<html>[^\s"'<>]+)[^<>]*>(?P<html_anchor>[^<>]*)</a>"""
    r"""|\[url=["']?(?P<bbcode>[^\]\s"']+)["']?\](?P<bbcode_anchor>[^\[\]]*)\[/url\]"""
    r"""|\[url\](?P<plain>[^\[\]\s]+)\[/url\]"""
    r"""|\[(?P<markdown_anchor>[^\[\]]+)\]\((?P<markdown>[^\s()]+)\)"""
    r"""|(?<![\w@="'(/.])(?P<bare>(?:https?://|www\.)[^\s<>"'\[\](){}|^`]+)""",
    re.IGNORECASE,
)
_PART = re.compile(
    r"""<a\s[^<>]*?href\s*=\s*["']?\s*(?P<href>[^\s"'<>]+)[^<>]*>"""
    r"""|\[url=["']?(?P<bbcode>[^\]\s"']+)["']?\]"""
    r"""|\]\((?P<markdown>[^\s()]+)\)"""
    r"""|(?<![\w@="'(/.])(?P<bare>(?:https?://|www\.)[^\s<>"'\[\](){}|^`]+)"""
    r"""|<!--.*?-->|<[^<>]*>|\[/?(?:url|link|img|[bius]|quote|color|size|font|email|center|code|list)(?:=[^\]]*)?\]|&\#?\w+;|`[^`]*`|\S+@\S+|[\w-]+\.\w\S*""",
    re.IGNORECASE | re.DOTALL,
)
_MARKUP_LINK = re.compile(r"(?i)<a\s|<img\s|\[url|\[link|\[img|\]\(|<iframe")
_TRAILING = ".,;:!?'\"*_~"
_WORD = re.compile(r"[^\W\d_]{4,}")

Rewrite = Callable[[str], str]


def over_parts(text: str, prose: Rewrite | None = None, url: Rewrite | None = None, notation: str = "") -> str:
    """A text with its prose, its addresses, or the notation of its links rewritten.

    Args:
        text: as a comment has it.
        prose: for what a reader reads, piece by piece.
        url: for every address, without the punctuation behind it.
        notation: html, bbcode, markdown or bare.

    >>> over_parts('Buy <b>now</b>: <a href="http://x.example/a">x</a>', prose=str.upper)
    'BUY <b>NOW</b>: <a href="http://x.example/a">X</a>'
    """
    if notation:
        return _LINK.sub(lambda match: _written(*_told(match), notation), text)
    pieces: list[str] = []
    at = 0
    for match in _PART.finditer(text):
        pieces.append(prose(text[at : match.start()]) if prose else text[at : match.start()])
        pieces.append(_with_url(match, url) if url else match.group())
        at = match.end()
    pieces.append(prose(text[at:]) if prose else text[at:])
    return "".join(pieces)


def _with_url(match: "re.Match[str]", url: Rewrite) -> str:
    name = match.lastgroup
    if name is None:
        return match.group()
    written = match.group(name).rstrip(_TRAILING)
    begin = match.start(name) - match.start()
    whole = match.group()
    return whole[:begin] + (url(written) if written else "") + whole[begin + len(written) :]


def notations(text: str) -> list[tuple[str, str]]:
    """The address and the anchor of every link; the anchor of a bare one is empty."""
    return [_told(match)[:2] for match in _LINK.finditer(text)]


def _told(match: "re.Match[str]") -> tuple[str, str, str]:
    """Address, anchor, and the punctuation behind a bare address."""
    found = match.groupdict()
    if found["bare"] is not None:
        address = found["bare"].rstrip(_TRAILING)
        return address, "", found["bare"][len(address) :]
    for name in ("html", "bbcode", "markdown"):
        if found[name] is not None:
            return found[name], found[f"{name}_anchor"], ""
    return found["plain"], "", ""


def _written(url: str, anchor: str, behind: str, notation: str) -> str:
    shown = anchor or url
    return {
        "html": f'<a href="{url}">{shown}</a>',
        "bbcode": f"[url={url}]{shown}[/url]",
        "markdown": f"[{shown}]({url})",
        "bare": f"{anchor} {url}" if anchor and anchor.strip() != url else url,
    }[notation] + behind


def has_only_bare_links(text: str) -> bool:
    """Whether a text has addresses, and none of its links is made by markup."""
    return not _MARKUP_LINK.search(text) and any(True for _ in _LINK.finditer(text))


def without_links(text: str) -> str:
    """A text without its addresses and tags; anchors stay.

    >>> without_links('see <a href="http://x.example/a">this</a> and www.example.com.')
    'see this and .'
    """
    return re.sub(r"<[^<>]*>|\S+\.\w{2,}/\S*", "", _LINK.sub(lambda match: _told(match)[1] + _told(match)[2], text))


def slug_of(url: str) -> str:
    """The words of an address as one part of a path: `casino-example-win` of `http://casino.example/win`."""
    bare = re.sub(r"(?i)^(?:https?:)?//(?:www\.)?", "", unquote(url))
    return "-".join(re.findall(r"[^\W_]+", bare))[:80] or "page"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a transform may draw on besides the comment."""

    lists: Lists
    ham_text: str
    """The text of an honest comment somewhere else."""


Change = Callable[[Comment, Random, Surroundings], Comment]


def of_words(change: Callable[[str, Random], str], also_author: bool = True) -> Change:
    """A transform of every word of four letters and more outside markup and addresses."""

    def apply(comment: Comment, random: Random, _: Surroundings) -> Comment:
        def changed(text: str) -> str:
            return _WORD.sub(lambda match: change(match.group(), random), text)

        author = changed(comment.author) if also_author else comment.author
        return replace(comment, text=over_parts(comment.text, prose=changed), author=author)

    return apply


def of_trade_words(change: Callable[[str, Random], str]) -> Change:
    """A transform of the words that name a trade, as a spammer takes care of just those."""

    def apply(comment: Comment, random: Random, around: Surroundings) -> Comment:
        def one(match: "re.Match[str]") -> str:
            word = match.group()
            return change(word, random) if around.lists.trades.find(fold(word)) else word

        return replace(comment, text=over_parts(comment.text, prose=lambda text: _WORD.sub(one, text)))

    return apply


def of_links(change: Callable[[str, Random], str], only_bare: bool = False, also_author: bool = False) -> Change:
    """A transform of every address in the text.

    Args:
        change: the address as written to its disguise.
        only_bare: leave a comment alone that has links by markup, whose addresses no person reads.
        also_author: of the author's address too.
    """

    def apply(comment: Comment, random: Random, _: Surroundings) -> Comment:
        if only_bare and not has_only_bare_links(comment.text):
            return comment
        text = over_parts(comment.text, url=lambda url: change(url, random))
        url = change(comment.author_url, random) if also_author and comment.author_url else comment.author_url
        return replace(comment, text=text, author_url=url)

    return apply
