"""A comment's text taken apart as a spammer's tool does it: prose, addresses, and markup that stays as it is."""

import re
from collections.abc import Callable
from urllib.parse import unquote

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
    r"""|<!--.*?-->|<[^<>]*>|\[/?[a-z*]+(?:=[^\]]*)?\]|&\#?\w+;|`[^`]*`|\S+@\S+|[\w-]+\.\w\S*""",
    re.IGNORECASE | re.DOTALL,
)
_MARKUP_LINK = re.compile(r"(?i)<a\s|<img\s|\[url|\[link|\[img|\]\(|<iframe")
_TRAILING = ".,;:!?'\"*_~"

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
