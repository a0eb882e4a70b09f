"""From a link to who stands behind it: registrable domain, and what kind of host it is."""

from base64 import urlsafe_b64decode
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

import can_ada

from app.core.lists import Lists

SHARED_SERVICES = frozenset({"registry", "code", "sites", "documents", "answers", "social"})
"""Services where anyone can publish: the host's good name says nothing about the page."""

MAX_URL_CHARS = 2000
"""Longer ones are cut before parsing; browsers and search engines stop there too."""


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
    """shared, shortener, redirector, bio, messenger, own, ip or other."""
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
    if url.protocol not in ("http:", "https:", "ftp:") or not url.hostname or len(url.hostname) > 253:
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


def describe(url: Url, own_domain: str, lists: Lists) -> Host:
    """Who stands behind a URL.

    Args:
        url: a parsed address.
        own_domain: the registrable domain of the page the comment stands under; empty if unknown.
        lists: shared hosts, shorteners and the rest.
    """
    name = url.host.rstrip(".")
    if _is_ip(name):
        return Host(name, "", name, "", "", "", "ip", "")
    parts = lists.split_host(name)
    listed = _listed_kind(name, lists)
    if own_domain and parts.registrable_domain == own_domain:
        kind, service = "own", ""
    elif listed in SHARED_SERVICES:
        kind, service = "shared", listed
    elif listed:
        kind, service = listed, ""
    elif parts.suffix != parts.public_suffix:  # the public suffix list names it as a place for customers
        kind, service = "shared", "sites"
    elif redirect_target(url, lists):
        kind, service = "redirector", ""
    else:
        kind, service = "other", ""
    return Host(
        _readable(name), parts.registrable_domain, _readable(parts.domain), _readable(parts.subdomain),
        parts.suffix, parts.public_suffix, kind, service,
    )  # fmt: skip


def redirect_target(url: Url, lists: Lists) -> str:
    """The address that a redirecting page sends the reader to; empty if there is none in the query.

    For hosts that are not listed, only a whole URL in a parameter that such pages use counts.
    """
    targets = [
        (name.lower(), _target(value)) for name, _, value in (p.partition("=") for p in url.query.split("&")[:32])
    ]
    targets.append(("*", _target(url.query) or _target(url.path.partition("*")[2])))
    parameters = {name: target for name, target in reversed(targets) if target}  # the first of a name counts
    for redirector in lists.redirectors if parameters else ():
        anywhere = redirector.host == "*"
        if not anywhere and url.host != redirector.host and not url.host.endswith("." + redirector.host):
            continue
        target = parameters.get(redirector.parameter)
        if target and url.path.startswith(redirector.path_prefix):
            return target
    return ""


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


def _listed_kind(name: str, lists: Lists) -> str:
    """The kind of the longest listed host that this one is, or stands below; empty if none."""
    while name:
        kind = lists.host_kinds.get(name)
        if kind:
            return kind
        name = name.partition(".")[2]
    return ""


@lru_cache(maxsize=4096)
def _readable(name: str) -> str:
    """Punycode in letters; a label that cannot be read stays as it is.

    >>> _readable("xn--80ak6aa92e.com")
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
