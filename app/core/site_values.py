"""What an operator sets up for a site, checked: its name, its thresholds, the networks that may speak for it."""

from ipaddress import ip_network

from app.core.comment import Thresholds
from app.errors import ValueRefused

MAX_NAME_CHARACTERS = 100

REFUSALS = {
    "name": (
        "That cannot be a site's name.",
        "Use 1 to 100 visible characters, with no blank at the ends.",
    ),
    "order": (
        "Hold, reject and discard do not rise in that order.",
        "Give hold <= reject <= discard, each from 0 to 1.",
    ),
    "network": ("That is no IP address and no network.", "Give one such as 192.0.2.7 or 2001:db8::/32."),
    "internet": (
        "That is the whole internet: anybody could speak for the site.",
        "Name the address of the CMS, or its network.",
    ),
}
"""Code -> what is wrong with a value, and what to do about it."""


def checked_name(name: str) -> str:
    """The name, if a site can have it.

    >>> checked_name("My blog")
    'My blog'

    Raises:
        ValueRefused: it is empty, too long, cannot be seen, or would be lost in an address.
    """
    if not name.strip(" .") or name != name.strip() or len(name) > MAX_NAME_CHARACTERS or not name.isprintable():
        raise ValueRefused("name", *REFUSALS["name"])
    return name


def checked_thresholds(hold: float, reject: float, discard: float) -> Thresholds:
    """Thresholds that rise from hold to discard.

    >>> checked_thresholds(0.3, 0.8, 1.0)
    Thresholds(hold=0.3, reject=0.8, discard=1.0)

    Raises:
        ValueRefused: they do not, or one of them is no probability.
    """
    if not 0 <= hold <= reject <= discard <= 1:
        raise ValueRefused("thresholds", *REFUSALS["order"])
    return Thresholds(hold, reject, discard)


def checked_network(written: str) -> str:
    """An IP address or network in its one spelling, with its prefix.

    >>> checked_network(" 192.0.2.7 "), checked_network("2001:DB8::1/32")
    ('192.0.2.7/32', '2001:db8::/32')

    Raises:
        ValueRefused: it is none, or everything.
    """
    try:
        network = ip_network(written.strip(), strict=False)
    except ValueError:
        raise ValueRefused(written, *REFUSALS["network"]) from None
    if network.prefixlen == 0:
        raise ValueRefused(written, *REFUSALS["internet"])
    return str(network)
