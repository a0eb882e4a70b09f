"""Where a webhook may lead: its URL taken apart once, and every address its name stands for looked at.

Whoever can name an address to call can otherwise have this machine call its neighbours (SSRF).
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple

import can_ada

from app.errors import AddressRefused

MAX_URL_CHARACTERS = 2_000
MAX_ADDRESSES = 4
"""Of one name; a receiver that cannot be reached at four of them is down."""
_PORTS = {"https": 443, "http": 80}

# What Python's is_global of 3.11 lets through though nobody is to be reached there.
_NOT_PUBLIC = tuple(map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "2001::/32", "2002::/16", "3fff::/20")))
_UNICAST = ip_network("2000::/3")
"""All of IPv6 that is given out to anybody."""
_WRAPS = tuple(map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "::ffff:0:0/96", "::ffff:0:0:0/96", "::/96")))
"""An IPv4 address in the last 32 bits: NAT64, mapped, translated, compatible."""
_6TO4 = ip_network("2002::/16")
_OWN = tuple(
    map(
        ip_network,
        ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "::1/128", "fc00::/7"),
    )
)
"""What allow_private adds. Link-local is not among them: clouds give their secrets away at 169.254.169.254."""
_NEVER = tuple(map(ip_address, ("100.100.100.200", "fd00:ec2::254")))
"""Clouds that do so inside such a network."""

REFUSALS = {
    "unreadable": ("It is no web address.", "Give one such as https://cms.example/hook, of at most 2,000 characters."),
    "password": (
        "It holds a user name or password, which would stand in lists and logs.",
        "Leave it out: the signature says who is calling.",
    ),
    "plain": ("It is not encrypted.", "Use https, or --allow-private within your own network."),
    "private": ("It leads into a private network.", "Only a webhook added with --allow-private may lead there."),
    "nowhere": ("It leads where no receiver can be.", "Name another address."),
}
"""Code -> why an address is not called, and what to do about it."""


class Target(NamedTuple):
    """A URL, taken apart by one parser, so that no other can read it differently."""

    url: str
    """As browsers write it."""
    is_tls: bool
    host: str
    """A name in ASCII or an address; IPv6 without brackets."""
    port: int
    path: str
    """With its query, ready for a request line."""

    @property
    def authority(self) -> str:
        """For the header Host.

        >>> target_of("https://[2001:db8::1]:8443/x", allow_private=False).authority
        '[2001:db8::1]:8443'
        """
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS["https" if self.is_tls else "http"] else f"{host}:{self.port}"


def target_of(url: str, *, allow_private: bool) -> Target:
    """The URL taken apart; http only where private addresses are allowed. Any port will do.

    Raises:
        AddressRefused: it cannot be read, holds a password, or is not encrypted.

    >>> target_of("https://Cms.Example/hooks?site=1", allow_private=False)
    Target(url='https://cms.example/hooks?site=1', is_tls=True, host='cms.example', port=443, path='/hooks?site=1')
    >>> target_of("http://0x7f.1:8080/", allow_private=True).host
    '127.0.0.1'
    """
    try:
        url.encode()  # half a character (a lone surrogate) would be a TypeError to the parser
        parsed = can_ada.parse(url.strip()) if len(url) <= MAX_URL_CHARACTERS else None
    except ValueError:
        parsed = None
    scheme = parsed.protocol.removesuffix(":") if parsed else ""
    if parsed is None or scheme not in _PORTS:
        raise AddressRefused("URL", *REFUSALS["unreadable"])
    if parsed.username or parsed.password:
        raise AddressRefused("URL", *REFUSALS["password"])
    if scheme == "http" and not allow_private:
        raise AddressRefused(parsed.hostname, *REFUSALS["plain"])
    host = parsed.hostname.removeprefix("[").removesuffix("]")
    port = int(parsed.port) if parsed.port else _PORTS[scheme]
    plain = f"{scheme}://{parsed.host}{parsed.pathname}{parsed.search}"  # without #fragment, which is never sent
    return Target(plain, scheme == "https", host, port, f"{parsed.pathname}{parsed.search}")


def refusal(address: str, *, allow_private: bool) -> str:
    """Why that address is not called; empty when it may be.

    >>> refusal("203.0.114.7", allow_private=False), refusal("10.0.0.7", allow_private=True)
    ('', '')
    >>> refusal("::ffff:127.0.0.1", allow_private=False)
    'It leads into a private network.'
    >>> refusal("169.254.169.254", allow_private=True)
    'It leads where no receiver can be.'
    """
    plain = _plain(ip_address(address))
    if plain not in _NEVER and any(plain in network for network in _OWN):
        return "" if allow_private else REFUSALS["private"][0]
    return "" if _is_public(plain) else REFUSALS["nowhere"][0]


def checked(target: Target, addresses: Sequence[str], *, allow_private: bool) -> Sequence[str]:
    """The addresses to try, in order.

    Raises:
        AddressRefused: one of them may not be called. All of them must be good, for a name that stands for a good and
            a bad one is a trick.
    """
    for each in addresses:
        if refusal(each, allow_private=allow_private):
            is_own = not allow_private and not refusal(each, allow_private=True)
            raise AddressRefused(target.host, *REFUSALS["private" if is_own else "nowhere"])
    return tuple(dict.fromkeys(addresses))[:MAX_ADDRESSES]


def checked_url(url: str) -> Target:
    """The URL of a webhook for others than the operator: encrypted, and no address of a private network.

    >>> checked_url("https://cms.example/hook").host
    'cms.example'

    Raises:
        AddressRefused: as `target_of` and `checked`. What a name stands for is looked at at every attempt.
    """
    target = target_of(url, allow_private=False)
    try:
        literal = ip_address(target.host)
    except ValueError:
        return target
    checked(target, [str(literal)], allow_private=False)
    return target


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that is wrapped up in an IPv6 one, which is where packets would go in the end."""
    if isinstance(address, IPv4Address) or address in _OWN[5]:
        return address
    if any(address in network for network in _WRAPS):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _6TO4:
        return IPv4Address(int(address) >> 80 & 0xFFFFFFFF)
    return address


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if address.is_multicast or not address.is_global or any(address in network for network in _NOT_PUBLIC):
        return False
    return isinstance(address, IPv4Address) or address in _UNICAST
