"""The public suffix list, read from the file that tldextract carries.

tldextract itself is not imported: it loads an HTTP client (0.1 s, 8 MB) to fetch a newer list, which Winnow never does.
A test holds both to the same answers.
"""

import importlib.util
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

from app.core.lists import HostParts
from app.errors import ListUnusable

_PRIVATE_PART = "// ===BEGIN PRIVATE DOMAINS==="
_RULE = re.compile(r"^[.*!]*\w\S*", re.MULTILINE)
_SCHEME = re.compile(r"(?:[A-Za-z0-9+.-]+:)?//")
_AUTHORITY = re.compile(r"[^/?#]*")
_OTHER_DOTS = str.maketrans(dict.fromkeys("\u3002\uff0e\uff61", "."))

_Names = dict[str, bool | None]
"""Every rule, and every name on the way to one -> whether the rule is a private one; None for a name on the way."""


def bundled() -> Path:
    """The file with the list; it may be missing."""
    spec = importlib.util.find_spec("tldextract")
    return Path(spec.origin or "").parent / ".tld_set_snapshot" if spec else Path()


def splitter(file: Path | None = None) -> Callable[[str], HostParts]:
    """What cuts a host name, or the host of an address, at its public suffix.

    Raises:
        ListUnusable: the list cannot be read.

    >>> splitter()("shop.example.co.uk")
    HostParts(subdomain='shop', domain='example', suffix='co.uk', public_suffix='co.uk')
    """
    try:
        public, found, private = (file or bundled()).read_text(encoding="utf-8").partition(_PRIVATE_PART)
    except (OSError, UnicodeDecodeError):
        found = ""
    if not found:
        raise ListUnusable("public suffix list", "It cannot be read.", "Reinstall tldextract.")
    public_rules = _RULE.findall(public)
    public_names, names = _names(public_rules, ()), _names(public_rules, _RULE.findall(private))

    @lru_cache(maxsize=16384)
    def split(host: str) -> HostParts:
        return _cut(_host_of(host), names, public_names)

    return split


def _names(public: Iterable[str], private: Iterable[str]) -> _Names:
    names: _Names = {}
    for rules, is_private in ((public, False), (private, True)):
        for rule in rules:
            names[rule] = is_private
            on_the_way = rule.partition(".")[2]
            while on_the_way:
                names.setdefault(on_the_way, None)
                on_the_way = on_the_way.partition(".")[2]
    return names


def _host_of(address: str) -> str:
    """The host of an address that may have a scheme, a user, a port and a path.

    >>> _host_of("http://me@example.com.:80/a"), _host_of("example.com")
    ('example.com', 'example.com')
    """
    scheme = _SCHEME.match(address)
    authority = _AUTHORITY.match(address, scheme.end() if scheme else 0)
    host = authority.group().rpartition("@")[2] if authority else ""
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0].strip().translate(_OTHER_DOTS).rstrip(".")


def _cut(host: str, names: _Names, public_names: _Names) -> HostParts:
    labels = host.split(".")
    read = [_readable(label.lower()) for label in labels]
    at, is_private = _suffix_at(read, names)
    if at == len(labels):
        if host.startswith("[") or (len(labels) == len("4.4.4.4".split(".")) and host.replace(".", "").isdecimal()):
            return HostParts("", host, "", "")
        return HostParts(".".join(labels[:-1]), labels[-1], "", "")
    suffix = ".".join(labels[at:])
    public_suffix = ".".join(labels[_suffix_at(read, public_names)[0] :]) if is_private else suffix
    return HostParts(".".join(labels[: max(0, at - 1)]), labels[at - 1] if at else "", suffix, public_suffix)


def _suffix_at(labels: list[str], names: _Names) -> tuple[int, bool]:
    """Where the suffix begins (the number of labels when there is none), and whether a private rule says so."""
    suffix, name = (len(labels), False), ""
    for at in range(len(labels) - 1, -1, -1):
        longer = f"{labels[at]}.{name}" if name else labels[at]
        if longer not in names:
            if f"*.{name}" in names:  # one more label belongs to the suffix, if it is not an exception
                return (at + 1 if f"!{longer}" in names else at), bool(names[f"*.{name}"])
            break
        name, is_private = longer, names[longer]
        if is_private is not None:
            suffix = at, is_private
    return suffix


def _readable(label: str) -> str:
    """Punycode in letters, as the list has them; a label that cannot be read stays as it is."""
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode().decode("punycode")
    except (UnicodeError, OverflowError):
        return label
