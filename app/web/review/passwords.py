"""Passwords: what one must be like, and Argon2 in few threads, so that nobody can fill the machine with it."""

import unicodedata

import anyio
import anyio.to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.web.review.pages import N_

MIN_CHARACTERS, MAX_CHARACTERS = 10, 1_000
AT_ONCE = 2
"""Verifications at a time: each takes a core and 19 MiB."""
# OWASP Password Storage Cheat Sheet, Argon2id: 19 MiB of memory, 2 passes, 1 lane.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$jZBnngShO0wOLrLRJD/bBg$wPMzrvjtSWSFq+k7aBf9ByWKrqTxHgQogCbKMZJN4pA"
"""Of random text, with HASHER's parameters: what is checked where there is no such moderator takes the same time."""


class Passwords:
    """Hashes and checks passwords away from the event loop."""

    def __init__(self) -> None:
        self._threads = anyio.CapacityLimiter(AT_ONCE)

    async def hashed(self, password: str) -> str:
        """What is stored instead of a password."""
        return await anyio.to_thread.run_sync(_hash, password, limiter=self._threads)

    async def fits(self, password: str, hashed: str) -> bool:
        """Whether that is the password; an empty hash is nobody's, and takes as long to find out."""
        return await anyio.to_thread.run_sync(_fits, password, hashed, limiter=self._threads)


def _hash(password: str) -> str:
    return HASHER.hash(_composed(password))


def _fits(password: str, hashed: str) -> bool:
    is_someones = bool(hashed) and len(password) <= MAX_CHARACTERS
    try:
        return HASHER.verify(hashed if is_someones else NOBODYS, _composed(password[:MAX_CHARACTERS])) and is_someones
    except (VerificationError, InvalidHashError):
        return False


def _composed(password: str) -> str:
    """Keyboards differ in how they send an accented letter; RFC 8265 has passwords compared in this form."""
    return unicodedata.normalize("NFC", password)


def is_outdated(hashed: str) -> bool:
    """Whether a hash was made with other parameters than are used now."""
    return HASHER.check_needs_rehash(hashed)


def objection(password: str, again: str, name: str) -> str:
    """Why that cannot be the moderator's password, as a sentence to translate; empty when it can."""
    if password != again:
        return N_("The two passwords are not the same.")
    if len(password) < MIN_CHARACTERS:
        return N_("A password has at least 10 characters.")
    if len(password) > MAX_CHARACTERS:
        return N_("A password has at most 1,000 characters.")
    if password.strip().casefold() == name.casefold():
        return N_("The password must not be your name.")
    return ""
