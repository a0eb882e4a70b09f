"""Every link of a comment, whatever it is written in and whichever field it stands in."""

from collections.abc import Iterator
from dataclasses import dataclass

import re2

from app.core.comment import Comment
from app.core.hosts import Host, Url, describe, parse_url, redirect_target
from app.core.lists import Lists
from app.core.text import Seen

MAX_LINKS = 64
"""Links looked at in one comment; more than that is itself evidence."""

_WITH_SCHEME = re2.compile(r"""(?i)(?:https?|ftp):[/\\]{1,4}[^\s<>"`{}|^\[\]「」『』（）【】，。、]+""")
_BARE_HOST = re2.compile(
    r"""(?i)(?:^|[^\pL\pN@._/=-])([\pL\pN](?:[\pL\pN-]*\.)+[\pL][\pL\pN-]+)((?::\d+)?(?:[/?#][^\s<>"`{}|^\[\]]*)?)"""
)
_EMAIL = re2.compile(r"(?i)[a-z0-9._%+-]+@((?:[a-z0-9-]+\.)+[a-z]+)")
_TRAILING = ".,;:!?'\"…*_~"

# Two-letter suffixes that are also words, and suffixes that are also file endings. Without a path or `www.`,
# `done.It` is a missing space and `setup.py` a file.
_DOUBTFUL_SUFFIXES = frozenset(
    "am as at be by do in is it la me my no of on or so to us we py md sh rs pl ps pm zip mov cc ml mk st js ts vb app".split()
)
_NOT_HOSTS = frozenset({"asp.net", "vb.net", "ado.net", "node.js", "socket.io", "next.js", "e.g", "i.e", "system.io"})


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
    """What the reader clicks on, as sent; empty for a bare address."""
    markup: str
    """bare, no-scheme, html, image, bbcode, markdown, wiki, redirect or field."""


def find(comment: Comment, seen: Seen, lists: Lists) -> tuple[Link, ...]:
    """All links, those of the text first and in order, at most MAX_LINKS.

    Args:
        comment: the comment as sent.
        seen: its text as a reader sees it.
        lists: host kinds and suffixes.

    A redirector gives two links: itself and the address it sends the reader to.
    """
    own = own_domain(comment, lists)
    found: list[Link] = []
    met: set[tuple[str, str]] = set()  # `<a href=X>X</a>` is one link
    for written, field, begin, end, anchor, markup in _written(comment, seen, lists):
        url = parse_url(_with_scheme(written))
        if url is None or (field, url.href) in met:
            continue
        met.add((field, url.href))
        host = describe(url, own, lists)
        found.append(Link(url, host, field, begin, end, anchor, markup))
        target = redirect_target(url, lists)
        inner = parse_url(target) if target else None
        if inner is not None:
            found.append(Link(inner, describe(inner, own, lists), field, begin, end, anchor, "redirect"))
        if len(found) >= MAX_LINKS:
            break
    return tuple(found[:MAX_LINKS])


def own_domain(comment: Comment, lists: Lists) -> str:
    """The registrable domain of the page the comment stands under; empty if the page is not known."""
    page = parse_url(_with_scheme(comment.page_url.strip())) if comment.page_url else None
    return lists.split_host(page.host).registrable_domain if page else ""


def bare_spans(text: str, lists: Lists) -> list[tuple[int, int]]:
    """Where addresses stand in a plain text, in order and without overlap; nothing else is looked at.

    >>> from app.lists import load
    >>> text = "see www.example.com/a, example.org (http://a.example/b(c)) but not setup.py or e.g. this"
    >>> [text[begin:end] for begin, end in bare_spans(text, load())]
    ['www.example.com/a', 'example.org', 'http://a.example/b(c)']
    """
    if "." not in text and "//" not in text:
        return []
    spans = []
    for match in _WITH_SCHEME.finditer(text):
        begin, end = match.span()
        spans.append((begin, begin + len(_trimmed(text[begin:end]))))
    spans.extend(_hosts_without_scheme(text, spans, lists))
    return sorted(spans)


def emails(text: str) -> list[tuple[int, int, str]]:
    """E-mail addresses in a text: begin, end, domain."""
    return [(*match.span(), match.group(1).lower()) for match in _EMAIL.finditer(text)] if "@" in text else []


def _hosts_without_scheme(text: str, taken: list[tuple[int, int]], lists: Lists) -> Iterator[tuple[int, int]]:
    for match in _BARE_HOST.finditer(text):
        begin, end = match.span(1)
        rest = _trimmed(match.group(2))
        inside = any(b <= begin < e for b, e in taken)
        if not inside and text[end : end + 1] != "@" and _looks_like_host(match.group(1), rest, lists):
            yield begin, end + len(rest)


def _looks_like_host(host: str, rest: str, lists: Lists) -> bool:
    lowered = host.lower()
    if lowered in _NOT_HOSTS or len(lowered) > 253:
        return False
    if lowered.startswith("www.") and lowered.count(".") > 1:
        return True
    suffix = host.rpartition(".")[2]
    if not lists.split_host(lowered).suffix or lists.split_host(lowered).domain == "":
        return False
    if len(rest) > 1 and rest[0] in "/?":
        return True
    capitalised = suffix[:1].isupper() and not host.isupper()  # `the end.So we` is a missing space
    return suffix.lower() not in _DOUBTFUL_SUFFIXES and not capitalised


def _trimmed(written: str) -> str:
    """Without the punctuation of the sentence around it; brackets stay when they pair up."""
    while written:
        last = written[-1]
        unpaired = last == ")" and written.count("(") < written.count(")")
        if last not in _TRAILING and not unpaired:
            break
        written = written[:-1]
    return written


def _with_scheme(written: str) -> str:
    """An address as the reader's browser would take it from the address bar."""
    head = written[:12].lower()
    if head.startswith(("http:", "https:", "ftp:")):
        return written
    if written.startswith("//"):
        return "http:" + written
    return "" if ":" in head.partition("/")[0] and not head.rpartition(":")[2][:1].isdigit() else "http://" + written


def _written(comment: Comment, seen: Seen, lists: Lists) -> Iterator[tuple[str, str, int, int, str, str]]:
    """Every address as written: address, field, begin, end, anchor, markup."""
    for made in seen.links:
        anchor = seen.source[made.anchor_begin : made.anchor_end]
        if "." in made.url or "//" in made.url:
            yield made.url, "text", made.begin, made.end, anchor, made.markup
    plain = seen.plain
    for begin, end in bare_spans(plain.text, lists):
        span = plain.source_span(begin, end)
        written = plain.text[begin:end]
        markup = "bare" if "//" in written[:10] or ":\\" in written[:10] else "no-scheme"
        yield written, "text", *span, "", markup
    if comment.author_url.strip():
        yield comment.author_url.strip(), "author_url", 0, len(comment.author_url), comment.author, "field"
    for begin, end in bare_spans(comment.author, lists):
        yield comment.author[begin:end], "author", begin, end, "", "bare"
    domain = comment.author_email.rpartition("@")[2].strip()
    if "." in domain:
        at = len(comment.author_email) - len(comment.author_email.rpartition("@")[2])
        yield domain, "author_email", at, len(comment.author_email), "", "field"
