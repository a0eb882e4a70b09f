"""Which site a request speaks for: its key, however the CMS sends it."""

import asyncio
import base64
import binascii
import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from time import monotonic
from typing import NamedTuple

from starlette.requests import Request

from app.errors import StoreUnavailable
from app.store.records import Site
from app.web.problems import RefusedRequest
from app.web.rates import Rates
from app.web.sender import sending_network

FRESH_S = 2.0
"""A revoked key dies within this time."""
STALE_S = 600.0
"""How long a key that was good goes on while the database does not answer."""
MAX_KEY_CHARACTERS = 256
FAILURES_PER_S, FAILURES_AT_ONCE = 0.5, 30
"""Keys that nobody has, from one network: what a typing error costs, and far too few to guess with."""

HELD_BACK_S = 0.5
"""Shorter than what the most impatient client waits for, 1 s."""
MAX_HELD_BACK = 200
"""Requests that are made to wait at the same time; further ones are answered at once."""


class Caller(NamedTuple):
    """The site a request speaks for."""

    site: Site
    degraded: tuple[str, ...]
    """("store",) when the database could not confirm the key just now."""
    client: str = ""
    """The door and the CMS's User-Agent, where one request judges many comments."""
    pages: str = ""
    """The address of the moderators' pages, likewise."""


@dataclass(frozen=True, slots=True)
class _Seen:
    site: Site
    confirmed_at: float
    """When the store last said so; seconds of the clock."""
    asked_at: float
    """When the store was last asked, with or without an answer."""


class Keys:
    """The good keys of the last seconds. Keys nobody has are never remembered."""

    def __init__(
        self,
        ask: Callable[[str], Site | None],
        ask_networks: Callable[[], tuple[tuple[Site, str], ...]] = tuple,
        clock: Callable[[], float] = monotonic,
        spent: Rates | None = None,
    ) -> None:
        self._ask = ask
        self._ask_networks = ask_networks
        self._clock = clock
        self._spent = spent or Rates(0, 0)
        self._failures = Rates(FAILURES_PER_S, FAILURES_AT_ONCE, clock)
        self._held_back = 0
        self._networks: tuple[tuple[Site, IPv4Network | IPv6Network], ...] = ()
        self._networks_asked_at = -math.inf
        self._seen: dict[bytes, _Seen] = {}

    def caller(self, request: Request, key: str | None = None, by_network: bool = False) -> Caller:
        """Whom a request speaks for; it remembers that, so that refusals can be told to the site.

        Args:
            request: as it came.
            key: where it did not come in a header.
            by_network: whether a site that is open to the request's address needs no key.

        Raises RefusedRequest (401 without a good key, 429 for too many requests, or too many keys that nobody has),
        StoreUnavailable when nobody can tell.
        """
        key = key_of(request) if key is None else key
        open_to_it = self.caller_from(request.client.host) if by_network and not key and request.client else None
        found = open_to_it or self._caller_with(key, request)
        request.state.site = found.site.name
        self.spend(found.site.name, 1)
        return found

    def spend(self, site: str, comments: int) -> None:
        """So many more comments, or other requests, of one site. Raises RefusedRequest (429) when it sends too much."""
        if wait_s := self._spent.take(site, comments):
            raise _rate_limited("The site sends more than WINNOW_SITE_COMMENTS_PER_SECOND.", wait_s)

    async def hold_back(self) -> None:
        """Wait before a 429 goes out: who sends on at once over the same connections is slowed down by it."""
        if self._held_back < MAX_HELD_BACK:
            self._held_back += 1
            try:
                await asyncio.sleep(HELD_BACK_S)
            finally:
                self._held_back -= 1

    def _caller_with(self, key: str, request: Request) -> Caller:
        if not key:
            raise RefusedRequest("key-missing")
        # Looked up by digest: how long a comparison takes tells nothing about the key itself.
        digest = hashlib.sha256(key[: MAX_KEY_CHARACTERS + 1].encode("utf-8", "replace")).digest()
        seen = self._seen.get(digest)
        now = self._clock()
        if seen is None:  # a key that was good goes on, whatever comes through the same proxy
            self._refuse_guesses(request)
        # Of a store that does not answer every request asks anew; one that hangs is not waited for every time.
        if seen is None or now - seen.confirmed_at >= FRESH_S:
            seen = self._confirmed(key, seen, now) if len(key) <= MAX_KEY_CHARACTERS else None
            if seen is None:
                self._seen.pop(digest, None)
                self._failures.take(sending_network(request))
                raise RefusedRequest("key-unknown")
            self._seen[digest] = seen
        return Caller(seen.site, () if seen.confirmed_at == seen.asked_at else ("store",))

    def _refuse_guesses(self, request: Request) -> None:
        if wait_s := self._failures.wait_s(sending_network(request)):
            raise _rate_limited("Too many keys came from your network that no site has.", wait_s)

    def caller_from(self, address: str) -> Caller | None:
        """The one site that is open to that address without a key; None when there is none, or more than one."""
        now = self._clock()
        if now - self._networks_asked_at >= FRESH_S:
            self._networks = tuple((site, ip_network(network)) for site, network in self._ask_networks())
            self._networks_asked_at = now
        try:
            asking = ip_address(address)
        except ValueError:
            return None
        if isinstance(asking, IPv6Address) and asking.ipv4_mapped:
            asking = asking.ipv4_mapped
        open_to_it = {site for site, network in self._networks if asking in network}
        return Caller(open_to_it.pop(), ()) if len(open_to_it) == 1 else None

    def _confirmed(self, key: str, seen: _Seen | None, now: float) -> _Seen | None:
        try:
            site = self._ask(key)
        except StoreUnavailable:
            if seen is None or now - seen.confirmed_at > STALE_S:
                raise
            return replace(seen, asked_at=now)
        return _Seen(site, now, now) if site else None


def _rate_limited(why: str, wait_s: float) -> RefusedRequest:
    return RefusedRequest("rate-limited", why, headers={"Retry-After": str(math.ceil(wait_s))})


def key_of(request: Request) -> str:
    """The key a request carries, from Bearer, X-API-Key or the Basic user name; empty without one."""
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    scheme = scheme.lower()
    if scheme == "bearer":
        return credentials.strip()
    if given := request.headers.get("x-api-key", "").strip():
        return given
    if scheme == "basic":
        try:
            user_and_password = base64.b64decode(credentials, validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return ""
        return user_and_password.partition(":")[0]
    return ""
