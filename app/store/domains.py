"""What the store gives about where comments link to."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from app.store.people import Seen

MAX_LINKS = 5_000
"""Of one domain the newest so many links are told of."""
DomainOrder = Literal[
    "comments", "spam", "ham", "undecided", "passed", "sites", "authors", "blocked", "newest", "domain"
]
DOMAIN_ORDERS: tuple[DomainOrder, ...] = (
    "comments", "spam", "ham", "undecided", "passed", "sites", "authors", "blocked", "newest", "domain",
)  # fmt: skip


class DomainCount(NamedTuple):
    """What became of the comments that link to a domain, in a window of time."""

    domain: str
    """Registrable; an IP address or a host without a public suffix stands for itself."""
    host_kind: str
    """See docs/features.md; of several kinds the last in the alphabet."""
    comments: int
    spam: int
    """That a person called spam."""
    ham: int
    undecided: int
    """Held or worse, and nobody has decided."""
    passed: int
    """Published, and nobody has decided."""
    sites: int
    authors: int
    """By e-mail address, else by name."""
    blocked: int
    """Authors who had a comment called spam."""
    first_at: str
    last_at: str


class DomainLink(NamedTuple):
    """One link to a domain, with its comment."""

    url: str
    host: str
    registrable_domain: str
    """Empty for an IP address, and for a host without a public suffix."""
    host_kind: str
    seen: Seen


@dataclass(frozen=True, slots=True)
class DomainLinks:
    """The newest links to a domain."""

    links: tuple[DomainLink, ...]
    """Newest comment first."""
    is_more: bool
    """There are older ones than MAX_LINKS."""
