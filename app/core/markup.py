"""HTML, BBCode, Markdown and wiki links: what a reader sees, and what the markup links to."""

import html
from dataclasses import dataclass

import re2

from app.core.traced import Edit, Traced

_TAG = re2.compile(r"(?s)<!--.*?-->|<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})((?:\s[^<>]*)?)/?>")
_URL_ATTRIBUTE = re2.compile(r"""(?i)\b(?:href|src)\s*=\s*("[^"]*"|'[^']*'|[^\s>"']+)""")
_BBCODE = re2.compile(
    r"(?i)\[(/?)(url|link|img|b|i|u|s|quote|color|size|font|email|center|code|list|youtube)(?:\s*=\s*([^\[\]]*))?\]"
)
_MARKDOWN = re2.compile(
    r"""!?\[([^\[\]]{0,300})\]\(\s*<?((?:[^\s()<>]|\([^\s()<>]*\))+)>?(?:\s+["'(][^"')]*["')])?\s*\)"""
)
_WIKI = re2.compile(r"(?i)\[\[?((?:https?:|ftp:|//|www\.)[^\s\]|]+)(?:[\s|]+([^\]]{1,300}))?\]\]?")

# Elements that comment forms let through or spam tools send; any other `<word>` is text, such as List<String>.
_INLINE = frozenset(
    "a abbr b bdi bdo big cite code del em font i img ins kbd mark q s samp small span strike strong sub sup tt u var wbr".split()
)
_BLOCK = frozenset(
    "address article aside blockquote br center dd div dl dt footer form h1 h2 h3 h4 h5 h6 header hr iframe li object ol p"
    " pre script section style table tbody td th thead tr ul video".split()
)


@dataclass(frozen=True, slots=True)
class MarkupLink:
    """A link that markup makes, before it is parsed."""

    url: str
    """The address with its entities decoded."""
    begin: int
    """Where the address stands in the source."""
    end: int
    anchor_begin: int
    """Where the text that a reader clicks on stands in the source; equal to anchor_end when there is none."""
    anchor_end: int
    markup: str
    """html, image, bbcode, markdown or wiki."""


@dataclass(frozen=True, slots=True)
class Unmarked:
    """The text without its markup."""

    visible: Traced
    links: tuple[MarkupLink, ...]
    kinds: frozenset[str]
    """Which markup was found: html, bbcode, markdown, wiki."""
    splits_words: bool
    """A tag stood inside a word, as in `cas<b></b>ino`."""


def strip(source: str, text_format: str) -> Unmarked:
    """Take the markup out of a text.

    Args:
        source: the text as sent.
        text_format: auto (all of them), plain (none), html, markdown or bbcode.

    >>> found = strip('see <a href="http://x.example/a">this</a> [url=http://y.example]that[/url]', "auto")
    >>> found.visible.text
    'see this that'
    >>> [link.url for link in found.links]
    ['http://x.example/a', 'http://y.example']
    """
    edits: list[Edit] = []
    links: list[MarkupLink] = []
    kinds: set[str] = set()
    splits = False
    if text_format != "plain":
        if "<" in source and text_format in ("auto", "html"):
            splits = _html(source, edits, links, kinds)
        if "[" in source:
            if text_format in ("auto", "bbcode"):
                _bbcode(source, edits, links, kinds)
            if text_format in ("auto", "markdown"):
                _bracketed(source, edits, links, kinds)
    edits.sort()
    links.sort(key=lambda link: link.begin)
    return Unmarked(Traced.of(source).edited(edits), tuple(links), frozenset(kinds), splits)


def _html(source: str, edits: list[Edit], links: list[MarkupLink], kinds: set[str]) -> bool:
    splits = False
    open_anchor: MarkupLink | None = None
    run_begin = run_end = -1  # tags that stand side by side, such as <b></b>
    for match in _TAG.finditer(source):
        begin, end = match.span()
        name = (match.group(2) or "").lower()
        if name and name not in _INLINE and name not in _BLOCK:
            continue
        kinds.add("html")
        run_begin, run_end = (run_begin if begin == run_end else begin), end
        splits |= name not in _BLOCK and name != "a" and _inside_word(source, run_begin, run_end)
        edits.append((begin, end, "\n" if name in _BLOCK else ""))
        if open_anchor and name == "a":
            links.append(_with_anchor(open_anchor, begin))
            open_anchor = None
        attribute = _URL_ATTRIBUTE.search(match.group(3) or "")
        if attribute is None or match.group(1):
            continue
        link = _attribute_link(match, attribute, "image" if name == "img" else "html")
        if name == "a":
            open_anchor = link
        else:
            links.append(link)
    if open_anchor:
        links.append(open_anchor)
    return splits


def _inside_word(source: str, begin: int, end: int) -> bool:
    return 0 < begin and end < len(source) and source[begin - 1].isalnum() and source[end].isalnum()


def _attribute_link(tag: "re2._Match[str]", attribute: "re2._Match[str]", markup: str) -> MarkupLink:
    value = attribute.group(1)
    at = tag.start(3) + attribute.start(1)
    quoted = value[:1] in "\"'"
    url = html.unescape(value.strip("\"'")).strip()
    return MarkupLink(url, at + quoted, at + len(value) - quoted, tag.end(), tag.end(), markup)


def _with_anchor(link: MarkupLink, anchor_end: int) -> MarkupLink:
    return MarkupLink(link.url, link.begin, link.end, link.anchor_begin, anchor_end, link.markup)


def _bbcode(source: str, edits: list[Edit], links: list[MarkupLink], kinds: set[str]) -> None:
    open_link: MarkupLink | None = None
    for match in _BBCODE.finditer(source):
        begin, end = match.span()
        name = match.group(2).lower()
        kinds.add("bbcode")
        edits.append((begin, end, ""))
        if open_link:
            links.append(_with_anchor(open_link, begin))
            open_link = None
        value = match.group(3)
        if name in ("url", "link") and value and not match.group(1):
            at = match.start(3)
            quoted = value[:1] in "\"'"
            url = html.unescape(value.strip("\"' "))
            open_link = MarkupLink(url, at + quoted, at + len(value) - quoted, end, end, "bbcode")
    if open_link:  # never closed: what follows to the end of the line is what a reader would click on
        line_end = source.find("\n", open_link.anchor_begin)
        links.append(_with_anchor(open_link, len(source) if line_end < 0 else line_end))


def _bracketed(source: str, edits: list[Edit], links: list[MarkupLink], kinds: set[str]) -> None:
    for match in _MARKDOWN.finditer(source):
        kinds.add("markdown")
        edits.append((match.start(), match.start(1), ""))
        edits.append((match.end(1), match.end(), ""))
        url = html.unescape(match.group(2))
        markup = "image" if source[match.start()] == "!" else "markdown"
        links.append(MarkupLink(url, *match.span(2), *match.span(1), markup))
    for match in _WIKI.finditer(source):
        if source[match.end() : match.end() + 1] == "(":  # Markdown whose text is an address
            continue
        kinds.add("wiki")
        anchor = match.span(2) if match.group(2) else (match.end(1), match.end(1))
        edits.append((match.start(), anchor[0], ""))
        edits.append((anchor[1], match.end(), ""))
        links.append(MarkupLink(html.unescape(match.group(1)), *match.span(1), *anchor, "wiki"))
