"""HTML, BBCode, Markdown and wiki links: what a reader sees, and what the markup links to."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

import re2

from app.core.traced import Edit, Traced

# The patterns for `re` begin with a bracket and stop at the next, so they stay linear; the others need re2.
_TAG = re.compile(r"<!--|<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})((?:[\s/][^<>]*)?)>")
_ATTRIBUTE = re2.compile(r"""([a-zA-Z][a-zA-Z0-9:-]*)\s*=\s*("[^"]*"|'[^']*'|["']?[^\s>"']+)""")
_BBCODE = re.compile(
    r"(?i)\[(/?)(url|link|img|b|i|u|s|quote|color|size|font|email|center|code|list|youtube)\s*(?:=([^\[\]]*))?\]"
)
_LINKING = frozenset({"url", "link", "img"})
_MARKDOWN = re2.compile(
    r"""!?\[([^\[\]]*)\]\(\s*<?((?:[^\s()<>]|\([^\s()<>]*\))+)>?(?:\s+(?:"[^"]*"|'[^']*'|\([^()]*\)))?\s*\)"""
)
_REFERENCE = re2.compile(r"(?m)^ {0,3}\[([^\[\]]+)\]:[ \t]*<?([^\s<>]+)")
_REFERRING = re2.compile(r"\[([^\[\]]+)\] ?\[([^\[\]]*)\]")
_WIKI = re2.compile(r"(?i)\[\[?((?:https?:|ftp:|//|www\.)[^\s\]|]+)(?:[\s|]+([^\]]+))?\]\]?")
_BREAK = re.compile(r"[\s<>\[\]]")
_QUOTES = "\"'`\u201c\u201d\u201e\u00ab\u00bb\u2018\u2019 \t\r\n"
"""What people and word processors put around an address."""

# Elements that comment forms let through or spam tools send; any other `<word>` is text, such as List<String>.
_INLINE = frozenset(
    "a abbr b bdi bdo big cite code del em font i img ins kbd mark q s samp small span strike strong sub sup tt u"
    " var wbr".split()
)
_BLOCK = frozenset(
    "address article aside blockquote br center dd div dl dt footer form h1 h2 h3 h4 h5 h6 header hr iframe li"
    " object ol p pre script section style table tbody td th thead tr ul video".split()
)
# Tags that honest text has between letters, as in `H<sub>2</sub>O`.
_BETWEEN_LETTERS = _BLOCK | {"a", "sub", "sup", "wbr"}


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
    in_run = outside = 0  # tags; those that only split a word do not make a text HTML
    for begin, end, match in _tags(source):
        name = (match.group(2) or "").lower()
        if begin != run_end:
            run_begin, outside, in_run = begin, outside + in_run, 0
        run_end, in_run = end, in_run + 1
        gap = _gap(source, begin, end) if match.group(1) else ""
        if not gap and name not in _BETWEEN_LETTERS and _inside_word(source, run_begin, run_end):
            splits, in_run = True, 0
        edits.append((begin, end, "\n" if name in _BLOCK else gap))
        if open_anchor and name == "a":
            links.append(_with_anchor(open_anchor, begin))
            open_anchor = None
        link = None if match.group(1) else _attribute_link(match, "image" if name == "img" else "html")
        if link and name == "a":
            open_anchor = link
        elif link:
            links.append(link)
    if open_anchor:
        links.append(_with_anchor(open_anchor, _line_end(source, open_anchor.anchor_begin)))
    if outside + in_run:
        kinds.add("html")
    return splits


def _tags(source: str) -> Iterator[tuple[int, int, "re.Match[str]"]]:
    """Every tag and comment, with where it begins and ends; a comment's match has no name."""
    at = 0
    comments_close = True
    for match in _TAG.finditer(source):
        begin, end = match.span()
        name = match.group(2)
        if begin < at:
            continue
        if name is None:
            close = source.find("-->", end) if comments_close else -1
            if close < 0:  # not a comment but text; and no later one closes either
                comments_close = False
                continue
            end = close + 3
        elif name.lower() not in _INLINE and name.lower() not in _BLOCK:
            continue
        at = end
        yield begin, end, match


def _inside_word(source: str, begin: int, end: int) -> bool:
    return begin > 0 and end < len(source) and source[begin - 1].isalnum() and source[end].isalnum()


def _gap(source: str, begin: int, end: int) -> str:
    """A space where the tag source[begin:end] closes an address: what follows must not become a part of it."""
    before = source[max(0, begin - 300) : begin].lower()
    if end == len(source) or ("://" not in before and "www." not in before):
        return ""
    piece = _BREAK.split(before)[-1]
    return " " if "://" in piece or piece.startswith("www.") else ""


def _line_end(source: str, at: int) -> int:
    """Where markup that is never closed ends: at the end of its line."""
    found = source.find("\n", at)
    return len(source) if found < 0 else found


def _unquoted(source: str, begin: int, end: int) -> tuple[str, int, int]:
    """An address with its entities decoded, and its span without the quotes and spaces around it."""
    written = source[begin:end]
    begin += len(written) - len(written.lstrip(_QUOTES))
    end = max(begin, end - len(written) + len(written.rstrip(_QUOTES)))
    return html.unescape(source[begin:end]).strip(_QUOTES), begin, end


def _attribute_link(tag: "re.Match[str]", markup: str) -> MarkupLink | None:
    """What the tag's first href or src links to. Other attributes may hold `href=` as text, so all are read."""
    attributes = tag.group(3) or ""
    for attribute in _ATTRIBUTE.finditer(attributes) if "=" in attributes else ():
        if attribute.group(1).lower() in ("href", "src"):
            at = tag.start(3)
            url, begin, end = _unquoted(tag.string, at + attribute.start(2), at + attribute.end(2))
            return MarkupLink(url, begin, end, tag.end(), tag.end(), markup)
    return None


def _with_anchor(link: MarkupLink, anchor_end: int) -> MarkupLink:
    return MarkupLink(link.url, link.begin, link.end, link.anchor_begin, anchor_end, link.markup)


def _bbcode(source: str, edits: list[Edit], links: list[MarkupLink], kinds: set[str]) -> None:
    open_link: MarkupLink | None = None  # [url=address]text
    address_begin, markup = -1, "bbcode"  # [url]address
    matches = list(_BBCODE.finditer(source))
    closed = {match.group(2).lower() for match in matches if match.group(1)}
    for match in matches:
        begin, end = match.span()
        name, closes = match.group(2).lower(), bool(match.group(1))
        if name not in closed and name not in _LINKING:  # `row[i]` is code
            continue
        kinds.add("bbcode")
        edits.append((begin, end, _gap(source, begin, end) if closes else ""))
        if name not in _LINKING:
            continue
        if open_link and name != "img":
            links.append(_with_anchor(open_link, begin))
            open_link = None
        if address_begin >= 0:
            links.append(_content_link(source, address_begin, begin, markup))
            address_begin = -1
        if closes:
            continue
        if match.group(3) and name != "img":
            url, url_begin, url_end = _unquoted(source, *match.span(3))
            open_link = MarkupLink(url, url_begin, url_end, end, end, "bbcode")
        else:
            address_begin, markup = end, "image" if name == "img" else "bbcode"
    if open_link:
        links.append(_with_anchor(open_link, _line_end(source, open_link.anchor_begin)))


def _content_link(source: str, begin: int, end: int, markup: str) -> MarkupLink:
    """The link of `[url]address[/url]`, whose text is its address."""
    url, begin, end = _unquoted(source, begin, end)
    return MarkupLink(url, begin, end, begin, end, markup)


def _spanned(source: str, url: tuple[int, int], anchor: tuple[int, int], markup: str) -> MarkupLink:
    address = html.unescape(source[url[0] : url[1]])
    return MarkupLink(address, url[0], url[1], anchor[0], anchor[1], markup)


def _bracketed(source: str, edits: list[Edit], links: list[MarkupLink], kinds: set[str]) -> None:
    for match in _MARKDOWN.finditer(source):
        kinds.add("markdown")
        edits.append((match.start(), match.start(1), ""))
        edits.append((match.end(1), match.end(), ""))
        markup = "image" if source[match.start()] == "!" else "markdown"
        links.append(_spanned(source, match.span(2), match.span(1), markup))
    if "]:" in source:
        _references(source, links, kinds)
    for match in _WIKI.finditer(source):
        if source[match.end() : match.end() + 1] == "(":  # Markdown whose text is an address
            continue
        kinds.add("wiki")
        anchor = match.span(2) if match.group(2) else (match.end(1), match.end(1))
        edits.append((match.start(), anchor[0] if match.group(2) else match.start(1), ""))
        edits.append((anchor[1], match.end(), ""))
        links.append(_spanned(source, match.span(1), anchor, "wiki"))


def _references(source: str, links: list[MarkupLink], kinds: set[str]) -> None:
    """Markdown's `[text][label]` with `[label]: address` on a line of its own."""
    definitions = [match for match in _REFERENCE.finditer(source) if "//" in match.group(2) or "." in match.group(2)]
    anchors: dict[str, tuple[int, int]] = {}
    for match in _REFERRING.finditer(source) if definitions else ():
        anchors.setdefault((match.group(2) or match.group(1)).lower(), match.span(1))
    for match in definitions:
        kinds.add("markdown")
        anchor = anchors.get(match.group(1).lower(), (match.end(2), match.end(2)))
        links.append(_spanned(source, match.span(2), anchor, "markdown"))
