"""The values of rules, checked and brought into the form that app.core.policy compares."""

import re
from ipaddress import ip_network
from urllib.parse import quote

from app.core.comment import RuleKind
from app.core.folding import letters
from app.core.hosts import Url, describe, parse_url
from app.core.lists import Lists
from app.errors import ValueRefused

MAX_CHARACTERS = 500
LEAST_LETTERS_OF_A_PATTERN = 3
"""Fewer stand in nearly every address; `t.me` has three."""
LEAST_PREFIX = {4: 8, 6: 16}
"""IP version -> the shortest prefix of a network that a rule may name."""
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+|\[[0-9a-f:.]+\]")
_EMAIL = re.compile(r"[^@\s]*@[^@\s.]+(\.[^@\s.]+)+")
_KEPT = "".join(map(chr, range(0x21, 0x7F)))
_WWW = re.compile(r"(?:^|(?<=[*.]))www(?=$|[*.])")

REFUSALS: dict[str, tuple[str, str]] = {
    "unreadable": (
        "The value is empty, longer than 500 characters, or has characters nobody can see.",
        "Write what comments are to be compared with.",
    ),
    "email": ("That is not an e-mail address.", "Write ann@example.org or @example.org."),
    "pattern": ("That is not a pattern of addresses.", "Write one such as example.org/casino/*."),
    "every-link": (
        "Nearly every address fits that pattern.",
        "Write more of the address, such as example.org/casino/*.",
    ),
    "suffix": (
        "That is an ending under which anybody can have a name: it would fit them all.",
        "Write the name in front of it too.",
    ),
    "wordless": ("There is no letter or digit in it.", "Write the words to look for."),
    "one-letter": ("Nearly every comment has that letter in it.", "Write a whole word or more."),
    "host": ("That is not a host name.", "Write only the name, such as www.example.org."),
    "unregistrable": ("Nobody can register that name.", "Use the kind host for it."),
    "subdomain": (
        "That is more than the domain somebody registered.",
        "Write the domain alone, or use the kind host for this one host.",
    ),
    "network": ("That is no IP address or network.", "Write one such as 192.0.2.7 or 192.0.2.0/24."),
    "whole-internet": (
        "A large part of the internet is in that network.",
        "Write the network of one provider at most.",
    ),
}
"""Code -> what is wrong with a value, and what to do about it."""


def normalised(kind: RuleKind, value: str, lists: Lists) -> str:
    """The value as it is stored.

    >>> from app.lists import load
    >>> normalised("host", "WWW.Casino.Example.", load())
    'www.casino.example'

    Raises:
        ValueRefused: a value that no comment could ever match, or nearly every one would.
    """
    value = value.strip()
    if not value or len(value) > MAX_CHARACTERS or not value.isprintable():
        raise _refused("unreadable", kind)
    if kind in ("host", "registrable_domain"):
        return _host(kind, value, lists)
    if kind == "ip_range":
        return _ip_range(value)
    if kind == "email" and not _EMAIL.fullmatch(value):
        raise _refused("email", value)
    if kind == "url_pattern":
        return _url_pattern(value, lists)
    said = letters(value)
    if kind in ("author", "phrase") and not said:
        raise _refused("wordless", value)
    if kind == "phrase" and len(said) == 1 and said.isascii():  # one sign may be a word in other scripts
        raise _refused("one-letter", value)
    return value


def _refused(code: str, which: str) -> ValueRefused:
    return ValueRefused(which, *REFUSALS[code])


def is_suffix(name: str, lists: Lists) -> bool:
    """Whether a name is one under which a registry gives names to anybody: `com`, `co.uk`.

    >>> from app.lists import load
    >>> [is_suffix(name, load()) for name in ("com", "co.uk", "github.io", "example")]
    [True, True, False, False]
    """
    parts = lists.split_host(name)
    return bool(parts.suffix) and not parts.domain and parts.suffix == parts.public_suffix


def _host(kind: RuleKind, value: str, lists: Lists) -> str:
    url = None if set(value) & set("/:@?#\\ ") and not value.startswith("[") else parse_url(f"http://{value}/")
    name = url.host.rstrip(".") if url else ""
    if url is None or is_suffix(name, lists):
        raise _refused("suffix" if url else "host", value)
    if not _HOST.fullmatch(name):
        raise _refused("host", value)
    return name if kind == "host" else _registrable(value, url, lists)


def _registrable(value: str, url: Url, lists: Lists) -> str:
    domain = describe(url, "", lists).registrable_domain
    if not domain:
        raise _refused("suffix" if lists.split_host(url.host.rstrip(".")).suffix else "unregistrable", value)
    if url.host.rstrip(".") != domain:
        raise _refused("subdomain", value)
    return domain


def _url_pattern(value: str, lists: Lists) -> str:
    """Refused when it says nothing of who is behind the address, such as `*.com/*`; `*/casino/*` says something."""
    if " " in value or not any(each.isalnum() for each in value):
        raise _refused("pattern", value)
    host, _, path = value.lower().rpartition("://")[2].partition("/")
    says_more = any(each.isalnum() for each in path)
    named = ".".join(part for part in re.split(r"[*.]+", _WWW.sub("", host)) if part)
    if not says_more and "*" in host and named and is_suffix(named, lists):
        raise _refused("suffix", value)
    if sum(each.isalnum() for each in named + path) < LEAST_LETTERS_OF_A_PATTERN:
        raise _refused("every-link", value)
    return value if value.isascii() else _in_ascii(value)


def _in_ascii(value: str) -> str:
    """As addresses are compared: a host in punycode, and other characters in percent signs."""
    scheme, separator, rest = value.rpartition("://")
    host, slash, path = rest.partition("/")
    url = None if "*" in host else parse_url(f"http://{host}/")
    host = url.host if url and not host.isascii() else host
    return f"{scheme}{separator}{quote(f'{host}{slash}{path}', safe=_KEPT)}"


def _ip_range(value: str) -> str:
    try:
        network = ip_network(value, strict=False)
    except ValueError:
        raise _refused("network", value) from None
    if network.prefixlen < LEAST_PREFIX[network.version]:
        raise _refused("whole-internet", value)
    return str(network)
