"""From a link to who stands behind it: registrable domain, and what kind of host it is."""

import re
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

import can_ada

from app.core.lists import HostParts, Lists

SHARED_SERVICES = frozenset({"registry", "code", "sites", "documents", "answers", "social"})
"""Services where anyone can publish: the host's good name says nothing about the page."""

MAX_URL_CHARS = 2000
"""Longer ones are cut before parsing; browsers and search engines stop there too."""


MAX_HOST_CHARS = 253

_IP4_WITH_PATH = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}\d{1,3}(?::\d{1,5})?/[A-Za-z]")

# Suffixes that are also words, file endings or names in programs. Without a path or `www.`, `done.It` is a missing
# space and `setup.py` a file.
_DOUBTFUL_SUFFIXES = frozenset(
    "am as at be by do in is it la me my no of on or so to us we py md sh rs pl ps pm zip mov cc ml mk"
    " st js ts vb app"
    " host id name map open style target next new foo bar box java how now you here see say"
    " got like then al email windows read top".split()
)
_FILE_ENDINGS = frozenset("py md sh rs ps pm js ts vb mk".split())
SURE_SUFFIXES = frozenset({"com", "org"})
"""No sentence begins with these, and no program calls them."""
_SURE_BEFORE_CAPITAL = SURE_SUFFIXES | frozenset("net info biz ru xyz bet casino".split())
_NOT_HOSTS = frozenset({"asp.net", "vb.net", "ado.net", "node.js", "socket.io", "next.js", "e.g", "i.e", "system.io"})

_SHOWN = re.compile(r"(?i)(?:https?://)?(?:www\.)?([^\s\u2026]*?)(?:(?:\u2026|\.\.\.)([^\s\u2026]*))?$")
_SHOWN_SCHEME = re.compile(r"^[a-z]+://(?:www\.)?")
_LEAST_SHOWN = 4
_MAX_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Url:
    """An address as a browser understands it (WHATWG URL Standard)."""

    href: str
    scheme: str
    host: str
    """Lower case, punycode, IPv4 in dotted form; never empty."""
    port: str
    """Empty when it is the scheme's own."""
    path: str
    query: str
    """Without the question mark."""
    fragment: str
    userinfo: str
    """Name before an `@` in front of the host: `good.example` in `http://good.example@evil.example/`."""


@dataclass(frozen=True, slots=True)
class Host:
    """Who stands behind a host name."""

    name: str
    """As in the URL, in Unicode when it was punycode."""
    registrable_domain: str
    """What somebody registered; empty for an IP address. On shared hosting, the customer's own name counts."""
    domain: str
    """The label before the suffix."""
    subdomain: str
    suffix: str
    public_suffix: str
    kind: str
    """shared, shortener, redirector, bio, messenger, identity, own, ip or other."""
    service: str
    """For shared hosts: registry, code, sites, documents, answers or social; else empty."""


@lru_cache(maxsize=4096)
def parse_url(written: str) -> Url | None:
    """The address as a browser would open it; None when it would not.

    >>> parse_url("http:\\\\\\\\evil.example\\\\@good.example/").host
    'evil.example'
    >>> parse_url("casino.example/win") is None
    True
    """
    try:
        url = can_ada.parse(written[:MAX_URL_CHARS].encode("utf-8", "replace").decode())
    except (ValueError, TypeError):
        return None
    if url.protocol not in ("http:", "https:", "ftp:") or not url.hostname or len(url.hostname) > MAX_HOST_CHARS:
        return None
    userinfo = url.username if not url.password else f"{url.username}:{url.password}"
    return Url(
        url.href,
        url.protocol[:-1],
        url.hostname,
        url.port,
        url.pathname,
        url.search[1:],
        url.hash[1:],
        userinfo,
    )


def describe(url: Url, own_domain: str, lists: Lists, page: Url | None = None) -> Host:
    """Who stands behind a URL.

    Args:
        url: a parsed address.
        own_domain: the registrable domain of the page the comment stands under; empty if unknown.
        lists: shared hosts, shorteners and the rest.
        page: that page's address. Without it nothing on a listed host is the site's own.
    """
    name = url.host.rstrip(".")
    if _is_ip(name):
        return Host(name, "", name, "", "", "", "ip", "")
    parts = lists.split_host(name)
    listed = listed_kind(name, lists)
    is_customer = parts.suffix != parts.public_suffix and parts.suffix not in lists.sold_suffixes
    same_owner = not listed or is_customer or (page is not None and _is_same_place(url, page, lists))
    if own_domain and parts.registrable_domain == own_domain and same_owner:
        kind, service = "own", ""
    elif any(is_at(url, host, prefix) for host, prefix in lists.identities):
        kind, service = "identity", ""
    elif listed in SHARED_SERVICES:
        kind, service = "shared", listed
    elif listed:
        kind, service = listed, ""
    elif is_customer:  # the public suffix list names it as a place for customers
        kind, service = "shared", "sites"
    elif redirect_target(url, lists):
        kind, service = "redirector", ""
    else:
        kind, service = "other", ""
    return Host(
        readable(name), parts.registrable_domain, readable(parts.domain), readable(parts.subdomain),
        parts.suffix, parts.public_suffix, kind, service,
    )  # fmt: skip


def _is_same_place(url: Url, page: Url, lists: Lists) -> bool:
    """Whether two addresses on a listed host are one customer's: `me.host.example/…` or `host.example/me/…`."""
    name, of_page = (address.host.rstrip(".").removeprefix("www.") for address in (url, page))
    if name != of_page:
        return False
    return name not in lists.host_kinds or url.path.split("/", 2)[1:2] == page.path.split("/", 2)[1:2]


def names_address(anchor: str, address: str) -> bool:
    """Whether the words clicked on are the address itself, whole or cut short, as platforms make links of addresses.

    >>> anchors = ("www.example.com/a/b?id=7", "http://example.com/...?id=7", "example.com", "more")
    >>> [names_address(anchor, "https://www.example.com/a/b?id=7") for anchor in anchors]
    [True, True, False, False]
    """
    shown = _SHOWN.match(anchor.strip()[:_MAX_SHOWN])
    if not shown or len(shown.group(1)) < _LEAST_SHOWN:
        return False
    begin, end = shown.group(1).lower().rstrip("/"), shown.group(2)
    whole = _SHOWN_SCHEME.sub("", address.lower()).rstrip("/")
    return begin == whole if end is None else whole.startswith(begin) and whole.endswith(end.lower().rstrip("/"))


def redirect_target(url: Url, lists: Lists) -> str:
    """The address that a redirecting page sends the reader to; empty if there is none in the query.

    For hosts that are not listed, only a whole URL in a parameter that such pages use counts.
    """
    if not url.query and "*" not in url.path:
        return ""
    targets = [
        (name.lower(), _target(value)) for name, _, value in (p.partition("=") for p in url.query.split("&")[:32])
    ]
    targets.append(("*", _target(url.query) or _target(url.path.partition("*")[2])))
    parameters = {name: target for name, target in reversed(targets) if target}  # the first of a name counts
    for redirector in lists.redirectors if parameters else ():
        target = parameters.get(redirector.parameter)
        if target and is_at(url, redirector.host, redirector.path_prefix):
            return target
    return ""


def is_at(url: Url, host: str, path_prefix: str) -> bool:
    """Whether an address is on a host, or below it, with a path that begins so; `*` is any host."""
    on_host = host in ("*", url.host) or url.host.endswith("." + host)
    return on_host and url.path.startswith(path_prefix)


def _target(value: str) -> str:
    """The address that a parameter holds: plain, percent-encoded, or in the ways of Bing and Proofpoint."""
    written = unquote(value)
    if written.startswith("a1"):
        try:
            written = urlsafe_b64decode(written[2:] + "==").decode()
        except ValueError:
            return ""
    elif written.lower().startswith(("http-3a__", "https-3a__")):
        written = unquote(written.replace("-", "%").replace("_", "/"))
    for _ in range(2):
        if written.lower().startswith(("http://", "https://")):
            return written
        written = unquote(written)
    return ""


def _is_ip(name: str) -> bool:
    return name.startswith("[") or name.replace(".", "").isdigit()


def listed_kind(name: str, lists: Lists) -> str:
    """As hosts.tsv has it, of the longest host there that this one is, or stands below; empty if none."""
    while name:
        kind = lists.host_kinds.get(name)
        if kind:
            return kind
        name = name.partition(".")[2]
    return ""


@lru_cache(maxsize=4096)
def readable(name: str) -> str:
    """Punycode in letters; a label that cannot be read stays as it is.

    >>> readable("xn--80ak6aa92e.com")
    'аррӏе.com'
    """
    if "xn--" not in name:
        return name
    labels = []
    for label in name.split("."):
        try:
            labels.append(label[4:].encode().decode("punycode") if label.startswith("xn--") else label)
        except (UnicodeError, OverflowError):
            labels.append(label)
    return ".".join(labels)


def looks_like_host(host: str, rest: str, lists: Lists) -> bool:
    """Whether a word with dots in it, and what follows it, is an address: `a.example/b`, but not `setup.py`."""
    lowered = host.lower()
    if lowered in _NOT_HOSTS or len(lowered) > MAX_HOST_CHARS:
        return False
    if lowered[-1:].isdigit():
        return bool(_IP4_WITH_PATH.match(host + rest))
    if lowered.startswith("www.") and lowered.count(".") > 1:
        return True
    suffix = host.rpartition(".")[2]
    parts = lists.split_host(lowered)
    if not parts.suffix or not parts.domain or (len(rest) > 1 and rest[0] in "/?"):
        return bool(parts.registrable_domain)
    # `the end.So we` is a missing space; no sentence begins with com or org.
    if _is_capitalised(suffix, host) and suffix.lower() not in SURE_SUFFIXES:
        return False
    return suffix.lower() not in _DOUBTFUL_SUFFIXES or "." in parts.public_suffix or _is_made_up(parts)


def _is_made_up(parts: HostParts) -> bool:
    """Whether a name in a country's doubtful suffix is no word of a sentence: `gacor88.id`, `kredyt-online.pl`."""
    name, suffix = parts.domain, parts.suffix
    return (
        len(suffix) == len("id")
        and suffix not in _FILE_ENDINGS
        and len(name) > len("a-1")
        and not name.isalpha()
        and any(c.isalpha() for c in name)
    )


def without_sentence_after(host: str, lists: Lists) -> str:
    """A host without the words glued on behind it: `casino.com` of `casino.com.Thanks`; empty if there are none."""
    if len(host) > MAX_HOST_CHARS:
        return ""
    kept, capital = host, False
    for _ in range(2):
        kept, _, word = kept.rpartition(".")
        capital = capital or _is_capitalised(word, host)
        if not capital:
            parts = lists.split_host(f"{kept}.{word}".lower())
            if "." in parts.public_suffix or (parts.suffix and word.lower() not in _DOUBTFUL_SUFFIXES):
                return ""
        if kept.count(".") and kept.rpartition(".")[2].lower() in (_SURE_BEFORE_CAPITAL if capital else SURE_SUFFIXES):
            return kept
    return ""


def _is_capitalised(label: str, host: str) -> bool:
    return label[:1].isupper() and not host.isupper()
