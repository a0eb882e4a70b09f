"""The values of rules, checked and brought into the form that app.core.policy compares."""

import re
from ipaddress import ip_network

from app.core.comment import RuleKind
from app.core.folding import fold
from app.core.hosts import Host, Url, describe, parse_url
from app.core.lists import Lists
from app.errors import CommandRefused

MAX_CHARACTERS = 500
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+|\[[0-9a-f:.]+\]")
_EMAIL = re.compile(r"[^@\s]*@[^@\s.]+(\.[^@\s.]+)+")


def normalised(kind: RuleKind, value: str, lists: Lists) -> str:
    """The value as it is stored.

    >>> from app.lists import load
    >>> normalised("host", "WWW.Casino.Example.", load())
    'www.casino.example'

    Raises:
        CommandRefused: a value that no comment could ever match, or every comment would.
    """
    value = value.strip()
    if not value or len(value) > MAX_CHARACTERS or not value.isprintable():
        what = f"The value is empty, longer than {MAX_CHARACTERS} characters, or has characters nobody can see."
        raise CommandRefused(kind, what, "Write what comments are to be compared with.")
    if kind in ("host", "registrable_domain"):
        return _host(kind, value, lists)
    if kind == "ip_range":
        return _ip_range(value)
    if kind == "email" and not _EMAIL.fullmatch(value):
        raise CommandRefused(value, "That is not an e-mail address.", "Write ann@example.org or @example.org.")
    if kind == "url_pattern" and (" " in value or not any(each.isalnum() for each in value)):
        remedy = "Write one such as example.org/casino/*."
        raise CommandRefused(value, "That is not a pattern of addresses.", remedy)
    if kind in ("author", "phrase") and not any(each.isalnum() for each in fold(value)):
        raise CommandRefused(value, "There is no letter or digit in it.", "Write the words to look for.")
    return value


def _host(kind: RuleKind, value: str, lists: Lists) -> str:
    url = None if set(value) & set("/:@?#\\ ") and not value.startswith("[") else parse_url(f"http://{value}/")
    if url is None or not _HOST.fullmatch(url.host.rstrip(".")):
        raise CommandRefused(value, "That is not a host name.", "Write only the name, such as www.example.org.")
    return url.host.rstrip(".") if kind == "host" else _registrable(value, url, describe(url, "", lists))


def _registrable(value: str, url: Url, host: Host) -> str:
    if not host.registrable_domain:
        raise CommandRefused(value, "Nobody can register that name.", "Use the kind host for it.")
    if url.host.rstrip(".") != host.registrable_domain:
        remedy = f"Write {host.registrable_domain}, or use the kind host for this one host."
        raise CommandRefused(value, "That is more than the domain somebody registered.", remedy)
    return host.registrable_domain


def _ip_range(value: str) -> str:
    try:
        return str(ip_network(value, strict=False))
    except ValueError:
        remedy = "Write one such as 192.0.2.7 or 192.0.2.0/24."
        raise CommandRefused(value, "That is no IP address or network.", remedy) from None
