"""Who the moderators are, as the store takes and gives them: people, sessions, invitations, and how long to wait."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple

from app.store.records import key_hash

TOKEN_BYTES = 32
MAX_NAME_CHARACTERS = 60
INVITED_FOR = timedelta(days=7)
"""How long a set-up link can be used."""
FIRST_WAIT_S = 5
LONGEST_WAIT_S = 15 * 60
FREE_PER_NAME = 5
"""Failures in a row that one name has before anybody must wait for it."""
FREE_PER_NETWORK = 20
"""The same of one network, whichever names were tried from there."""
FORGOTTEN_AFTER = timedelta(hours=24)
"""Failures are no longer in a row when the last one is older."""


@dataclass(frozen=True, slots=True)
class Moderator:
    """Somebody who may see the pages; how much more is their role."""

    name: str
    role: str
    """viewer, moderator or admin; see core.moderation."""
    language: str = ""
    """Of the pages; empty: the browser's."""
    zone: str = ""
    """IANA name; empty: the browser's."""
    keys: dict[str, Any] | None = field(default=None, compare=False)
    """Keyboard: {"on": bool, "keys": {action: key}}; None: as shipped."""
    created_at: str = ""
    disabled_at: str | None = None
    """From then on nobody signs in with the name; None while it may be used."""
    has_password: bool = False
    """False until the set-up link was followed."""


class Seen(NamedTuple):
    """A moderator in the list of them all."""

    moderator: Moderator
    last_at: str
    """Of the newest session or act; empty when there never was one."""


class Session(NamedTuple):
    """One browser that is signed in."""

    token_hash: str
    moderator: str
    created_at: str
    last_at: str
    """To the minute."""
    user_agent: str


def is_name(text: str) -> bool:
    """Whether a moderator can be called that: visible characters, no blank at the ends.

    >>> is_name("Jana Nováková"), is_name(" jana"), is_name("jana\\u202e"), is_name("")
    (True, False, False, False)
    """
    return 0 < len(text) <= MAX_NAME_CHARACTERS and text == text.strip() and text.isprintable()


def new_token() -> str:
    """256 random bits, for a cookie or a link: 43 characters of [A-Za-z0-9_-].

    >>> len(new_token()), new_token() == new_token()
    (43, False)
    """
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """What is stored instead of a token: SHA-256, for the token is random and nobody's choice.

    >>> token_hash("abc")[:16]
    'ba7816bf8f01cfea'
    """
    return key_hash(token)


def wait_s(failures: int, free: int) -> int:
    """How long nobody may try again after so many failures in a row: twice as long after each.

    >>> [wait_s(failures, FREE_PER_NAME) for failures in (4, 5, 6, 7, 99)]
    [0, 5, 10, 20, 900]
    """
    if failures < free:
        return 0
    return min(LONGEST_WAIT_S, FIRST_WAIT_S << min(failures - free, 16))
