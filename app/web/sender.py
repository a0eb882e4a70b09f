"""Where a request comes from, as far as failures are counted by it."""

from ipaddress import IPv6Address, ip_address, ip_network

from starlette.requests import Request

from app.store.records import network_of

# This machine, and networks that are nobody's in the internet: RFC 1122, 1918, 3927, 6598, 4193, 4291.
_NEARBY = [
    ip_network(network)
    for network in "127.0.0.0/8 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 169.254.0.0/16 100.64.0.0/10 "
    "::1/128 fc00::/7 fe80::/10".split()
]


def sending_network(request: Request) -> str:
    """The network that asks; empty when nobody can tell."""
    return network_of(_sender(request))


def _sender(request: Request) -> str:
    """The address that asks, as far as failures are counted by its network.

    Behind a proxy all requests come from one address nearby; what the proxy says then stands last in X-Forwarded-For.
    Who can make it up gains nothing but attempts on other names: each name is counted on its own.
    """
    address = request.client.host if request.client else ""
    if not _is_nearby(address):
        return address
    return request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip() or address


def _is_nearby(address: str) -> bool:
    try:
        known = ip_address(address)
    except ValueError:
        return not address  # a socket of this machine
    if isinstance(known, IPv6Address) and known.ipv4_mapped:
        known = known.ipv4_mapped
    return any(known in network for network in _NEARBY)
