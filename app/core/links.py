"""Every link of a comment, whatever it is written in and whichever field it stands in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import re2

from app.core.comment import Comment
from app.core.hosts import (
    MAX_HOST_CHARS,
    SURE_SUFFIXES,
    Host,
    Url,
    describe,
    looks_like_host,
    names_address,
    parse_url,
    redirect_target,
    without_sentence_after,
)
from app.core.lists import Lists
from app.core.text import Seen, plain_address, read

MAX_LINKS = 64
"""Links looked at in one comment; more than that is itself evidence."""

MAX_LINKS_OF_A_FIELD = 16
"""Of those MAX_LINKS, as many are kept for the author's name, address and e-mail each when they have them."""

MAX_CANDIDATES = 1000
"""Words with a dot inside that are tried as hosts in one text: each is looked up among the suffixes."""

# What ends an address: blanks, brackets, and the punctuation of scripts that put no space after it.
_STOP = r"""\s<>"`{}|^\[\]「」『』（）【】《》，。、！；：…،؛؟«»“”„"""
_IP6 = r"\[[0-9a-f]{0,4}:[0-9a-f:.]{1,42}\]"
_WITH_SCHEME = re.compile(rf"(?i)(?:https?|ftp):[/\\]{{1,4}}(?:{_IP6}(?:[:/?#][^{_STOP}]*)?|[^{_STOP}]+)")
_BARE_HOST = re2.compile(
    r"(?i)(?:^|[^\pL\pN@._/=-]|\.\.)((?:[\pL\pN][\pL\pN-]*\.)+[\pL][\pL\pN-]+|(?:\d{1,3}\.){3}\d{1,3})"
    rf"""((?::\d+)?(?:[/?#][^{_STOP}]*)?)"""
)
_GLUED = re.compile(r"(?i)[,;](?=https?:|www\.)|(?<=[^/])(?=https?://)")
_EMAIL = re2.compile(r"(?i)[a-z0-9._%+-]+@((?:[a-z0-9-]+\.)+[a-z]+)")
_DEFANGED = re.compile(r"(?i)^h(?:xx|\*\*|tx|xt)p(?=s?:)")
_SCHEME = re.compile(r"(?i)^(?:https?|ftp):")
_OTHER_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:(?!\d)")
_UNSPACED = "\u0e00-\u0fff\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_PROSE_BEFORE = re.compile(rf"^[{_UNSPACED}]+(?=[a-z0-9])")
_PROSE_AFTER = re.compile(r"(?<=[A-Za-z])[^\x00-\x7f]")
_CODE_AFTER = re.compile(r"_\w|\(")
_AUTHORITY = re.compile(r"^[A-Za-z]+:[/\\]+[^/\\?#]*")
_PATH = re.compile(r"[/?#=&]")
_AFTER_HOST = re.compile(r"[:/?#]")
_TRAILING = ".,;:!?'\"…*_~"

_Written = tuple[str, str, int, int, str, str]
"""An address as written: address, field, begin, end, anchor, markup."""


@dataclass(frozen=True, slots=True)
class Link:
    """One link, with where it stands and who is behind it."""

    url: Url
    host: Host
    field: str
    """text, author, author_url or author_email."""
    begin: int
    """First code point of the address in that field, as sent."""
    end: int
    anchor: str
    """What the reader clicks on, as a reader sees it; empty for a bare address."""
    markup: str
    """bare, no-scheme, html, image, bbcode, markdown, wiki, redirect or field."""


def find(comment: Comment, seen: Seen, lists: Lists) -> tuple[Link, ...]:
    """All links, those of the text first and in order, at most MAX_LINKS; those of other fields are never left out.

    Args:
        comment: the comment as sent.
        seen: its text as a reader sees it.
        lists: host kinds and suffixes.

    A redirector gives two links: itself and the address it sends the reader to.
    """
    page, own = _page(comment), own_domain(comment, lists)

    def links(written_links: Iterator[_Written], most: int) -> list[Link]:
        found: list[Link] = []
        met: set[str] = set()  # `<a href=X>X</a>` is one link
        for written, field, begin, end, anchor, markup in written_links:
            url = parse_url(_with_scheme(written))
            if url is None or url.href in met:
                continue
            met.add(url.href)
            found.append(Link(url, describe(url, own, lists, page), field, begin, end, anchor, markup))
            target = redirect_target(url, lists)
            inner = parse_url(target) if target else None
            if inner is not None:
                found.append(Link(inner, describe(inner, own, lists, page), field, begin, end, anchor, "redirect"))
            if len(found) >= most:
                break
        return found[:most]

    of_author = [
        link
        for written in (_in_author_url(comment, lists), _in_author(comment, lists), _in_author_email(comment))
        for link in links(written, MAX_LINKS_OF_A_FIELD)
    ]
    return (*links(_in_text(seen, lists), MAX_LINKS - len(of_author)), *of_author)


def own_domain(comment: Comment, lists: Lists) -> str:
    """The registrable domain of the page the comment stands under; empty if the page is not known."""
    page = _page(comment)
    return lists.split_host(page.host).registrable_domain if page else ""


def _page(comment: Comment) -> Url | None:
    return parse_url(_with_scheme(comment.page_url.strip())) if comment.page_url else None


def bare_spans(text: str, lists: Lists) -> list[tuple[int, int]]:
    """Where addresses stand in a plain text, in order and without overlap; nothing else is looked at.

    >>> from app.lists import load
    >>> text = "see www.example.com/a, example.org (http://a.example/b(c)) but not setup.py or e.g. this"
    >>> [text[begin:end] for begin, end in bare_spans(text, load())]
    ['www.example.com/a', 'example.org', 'http://a.example/b(c)']
    """
    spans = list(_addresses_with_scheme(text, lists)) if ":/" in text or ":\\" in text else []
    return sorted(spans + list(_hosts_without_scheme(text, spans, lists))) if _has_inner_dot(text) else spans


def bare_addresses(seen: Seen, lists: Lists) -> Iterator[tuple[str, int, int]]:
    """The addresses that a reader sees in a text, as he sees them, with their spans in the source."""
    for begin, end in bare_spans(seen.plain.text, lists):
        yield seen.plain.text[begin:end], *seen.plain.source_span(begin, end)


def href_of(written: str) -> str:
    """The address that a browser would open; empty when it would open none.

    >>> href_of("www.example.com/a b"), href_of("mailto:jana@example.com")
    ('http://www.example.com/a%20b', '')
    """
    url = parse_url(_with_scheme(written))
    return url.href if url else ""


def _has_inner_dot(text: str) -> bool:
    """Whether a dot stands between two labels; only then is it worth looking for hosts."""
    at = text.find(".")
    while at >= 0:
        if text[at + 1 : at + 2].isalnum() and (text[at - 1 : at].isalnum() or text[at - 1 : at] == "-"):
            return True
        at = text.find(".", at + 1)
    return False


def emails(text: str) -> list[tuple[int, int, str]]:
    """E-mail addresses in a text: begin, end, domain."""
    return [(*match.span(), match.group(1).lower()) for match in _EMAIL.finditer(text)] if "@" in text else []


def _addresses_with_scheme(text: str, lists: Lists) -> Iterator[tuple[int, int]]:
    for match in _WITH_SCHEME.finditer(text):
        for begin, end in _parted(text, *match.span()):
            written = _trimmed(text[begin:end])
            authority = _AUTHORITY.search(written)
            if authority and not authority.group().isascii():
                kept = _without_prose_after(authority.group(), lists)
                written = written if kept == authority.group() else kept
            if written:
                yield begin, begin + len(written)


def _parted(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """The addresses of `http://a.example,http://b.example`; one in another's query or path is a part of it."""
    at = begin
    path = _PATH.search(text, begin + 8, end)
    for glue in _GLUED.finditer(text, begin + 8, end):
        comma = glue.start() != glue.end()
        if comma or path is None or path.start() >= glue.start():
            yield at, glue.start()
            at = glue.end()
            if path is not None and path.start() < at + 8:
                path = _PATH.search(text, at + 8, end)
    yield at, end


def _hosts_without_scheme(text: str, taken: list[tuple[int, int]], lists: Lists) -> Iterator[tuple[int, int]]:
    passed = 0  # of `taken`: both come in order
    for match in islice(_BARE_HOST.finditer(text), MAX_CANDIDATES):
        begin, end = match.span(1)
        while passed < len(taken) and taken[passed][1] <= begin:
            passed += 1
        if (passed < len(taken) and taken[passed][0] <= begin) or text[end : end + 1] == "@":
            continue
        if _CODE_AFTER.match(text, end) and match.group(1).rpartition(".")[2].lower() not in SURE_SUFFIXES:
            continue
        for at, until in _parted(text, begin, match.end()):
            host, rest = _cut_at_path(text[at:until])
            prose = _PROSE_BEFORE.match(host.lower())
            skipped = prose.end() if prose else 0
            kept = _without_prose_after(host[skipped:], lists)
            rest = _trimmed(rest) if kept == host[skipped:] else ""
            shorter = without_sentence_after(kept, lists)
            if shorter and (kept[:4].lower() == "www." or not looks_like_host(kept, rest, lists)):
                kept, rest = shorter, ""
            if looks_like_host(kept, rest, lists):
                yield at + skipped, at + skipped + len(kept) + len(rest)


def _cut_at_path(written: str) -> tuple[str, str]:
    """An address without scheme as host and the rest."""
    found = _AFTER_HOST.search(written)
    return (written[: found.start()], written[found.start() :]) if found else (written, "")


def _without_prose_after(host: str, lists: Lists) -> str:
    """A host without the words that follow it unspaced: `example.com` of `example.com更多`."""
    prose = _PROSE_AFTER.search(host, host.rfind(".") + 1)
    if prose is None or prose.start() > MAX_HOST_CHARS + len("https:////"):
        return host
    kept = host[: prose.start()]
    return kept if lists.split_host(kept.lower()).suffix else host


def _trimmed(written: str) -> str:
    """Without the punctuation of the sentence around it; brackets stay when they pair up."""
    end = len(written)
    unpaired = written.count(")") - written.count("(")
    while end and (written[end - 1] in _TRAILING or (unpaired > 0 and written[end - 1] == ")")):
        end -= 1
        unpaired -= written[end] == ")"
    return written[:end]


def _with_scheme(written: str) -> str:
    """An address as the reader's browser would take it from the address bar; empty if it is no address."""
    written = _DEFANGED.sub("http", written)
    if _SCHEME.match(written):
        return written
    if written[:2].replace("\\", "/") == "//":
        return "http:" + written
    return "" if _OTHER_SCHEME.match(written) or written[:1] in "/\\?#" else "http://" + written


def _in_text(seen: Seen, lists: Lists) -> Iterator[_Written]:
    for made in seen.links:
        address = plain_address(made.url)
        if _leaves_the_page(address, lists):
            anchor = seen.shown(made.anchor_begin, made.anchor_end)
            if made.markup == "html" and names_address(anchor, address):  # the platform's doing
                yield address, "text", made.anchor_begin, made.anchor_end, "", "bare"
            else:
                yield address, "text", made.begin, made.end, anchor, made.markup
    for written, begin, end in bare_addresses(seen, lists):
        # An address with a path is one, scheme or not; without either it may be no more than a name.
        has_scheme = "//" in written[:10] or ":\\" in written[:10]
        markup = "bare" if has_scheme or len(_cut_at_path(written)[1]) > 1 else "no-scheme"
        yield written, "text", begin, end, "", markup


def _in_author_url(comment: Comment, lists: Lists) -> Iterator[_Written]:
    author_url = comment.author_url.strip()
    if author_url:
        begin = comment.author_url.index(author_url)
        seen_url = read(author_url, "plain", lists.lookalikes).plain.text.strip()
        yield seen_url, "author_url", begin, begin + len(author_url), comment.author, "field"


def _in_author(comment: Comment, lists: Lists) -> Iterator[_Written]:
    for written, begin, end in bare_addresses(read(comment.author, "plain", lists.lookalikes), lists):
        yield written, "author", begin, end, "", "bare"


def _in_author_email(comment: Comment) -> Iterator[_Written]:
    at = comment.author_email.rfind("@") + 1
    domain = comment.author_email[at:].strip()
    if at and "." in domain:
        begin = comment.author_email.index(domain, at)
        yield domain, "author_email", begin, begin + len(domain), "", "field"


def _leaves_the_page(url: str, lists: Lists) -> bool:
    """Whether what markup links to is an address; `#note`, `photo.jpg` and `/about` stay on the site."""
    if "//" in url[:12] or "\\" in url[:12] or _SCHEME.match(url):
        return True
    host, rest = _cut_at_path(url)
    return "." in host and looks_like_host(host, rest or "/", lists)
